"""The migrations make exactly the tables that the code names."""

import asyncio
import sys
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import create_engine, pool, text
from sqlalchemy.engine import URL, make_url

from memory.database import Base, alembic_config, import_tables, open_database

ROOT = Path(__file__).parents[1]


@pytest.fixture
def empty(postgres: str) -> URL:
    """A database without any table."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS bare"))
        connection.execute(sql.SQL("CREATE DATABASE bare"))
    return make_url(postgres).set(drivername="postgresql+psycopg", database="bare")


def test_the_tables_are_those_that_the_code_names(database_url: str) -> None:
    import_tables()
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True, "include_name": of_this_schema},
        )
        assert compare_metadata(context, Base.metadata) == []


def of_this_schema(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name is None


def test_there_is_one_newest_revision_and_a_line_that_leads_to_it() -> None:
    script = ScriptDirectory.from_config(alembic_config("postgresql://nowhere/none"))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


async def test_two_processes_that_start_at_once_make_the_tables_once(empty: URL) -> None:
    code = "import asyncio, sys; from memory.database import migrate; asyncio.run(migrate(sys.argv[1]))"
    starting = (sys.executable, "-c", code, empty.render_as_string(hide_password=False))
    both = [await asyncio.create_subprocess_exec(*starting, cwd=ROOT) for _ in range(2)]
    assert [await process.wait() for process in both] == [0, 0]


def test_two_accounts_of_one_name_are_told_apart_by_the_migration(empty: URL) -> None:
    config = alembic_config(empty)
    command.upgrade(config, "0001")
    row = (
        "INSERT INTO grants (id, workspace, person, integration, account_id, account_name, label, scopes, sealed,"
        " version, connected_at) VALUES (:id, 'T1', 'T1:U1', 'github', :id, 'octo', 'octo', '{}', '', 1, now())"
    )
    engine = create_engine(empty, poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text(row), [{"id": "a"}, {"id": "b"}])
    command.upgrade(config, "head")
    with engine.connect() as connection:
        labels = connection.scalars(text("SELECT label FROM grants ORDER BY id")).all()
    assert labels == ["octo", "octo 2"]


def test_another_database_than_postgresql_is_refused() -> None:
    with pytest.raises(ValueError, match="PINYON_DATABASE_URL must begin with postgresql://"):
        open_database("sqlite:///file")
