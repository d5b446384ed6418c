"""What every test may ask for: a real PostgreSQL, one fresh database each."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from dbos import DBOS
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

from memory.database import Database, alembic_config, open_database, start_embedded

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> str:
    """The URL of a PostgreSQL that lives as long as the test session, with a template that holds our tables."""
    folder = Path(tempfile.mkdtemp(prefix="pinyon-test-"))
    folder.chmod(0o755)
    url = start_embedded(folder / "pg")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_pinyon")
    template = make_url(url).set(drivername="postgresql+psycopg", database="template_pinyon")
    command.upgrade(alembic_config(template), "head")
    DBOS.migrate(template.render_as_string(hide_password=False))
    return url


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """The URL of a database of this test's own, with all tables and no rows."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template_pinyon").format(sql.Identifier(name)))
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database of this test's own."""
    database = open_database(database_url)
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    yield database
    await database.close()
