"""Opening PostgreSQL, and the shape of what is in it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from memory.database import Base, Database, import_tables, migrate, open_database
from memory.direct import DirectConnection


@pytest.mark.parametrize("url", ["mysql://localhost/pinyon", "sqlite:///pinyon.db"])
def test_anything_but_postgresql_is_refused_by_its_setting(url: str) -> None:
    with pytest.raises(ValueError, match="PINYON_DATABASE_URL must begin with postgresql://"):
        open_database(url)


async def test_a_server_that_is_away_shows_itself_at_the_first_query() -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(OperationalError):
        async with database.engine.connect():
            pass
    await database.close()


async def test_the_password_stands_in_no_repr() -> None:
    database = open_database("postgresql://pinyon:hunter2@127.0.0.1:1/none")
    assert "hunter2" not in repr(database)
    await database.close()


async def test_the_migrations_make_the_tables_that_the_code_declares(database: Database) -> None:
    import_tables()

    def differences(connection: Connection) -> list[object]:
        def ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:  # noqa: FBT001
            return kind != "table" or name in Base.metadata.tables

        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True, "target_metadata": Base.metadata}
        )
        return list(compare_metadata(context, Base.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_what_is_up_to_date_changes_nothing(database: Database) -> None:
    await migrate(database.url)
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM turns")) == 0


async def test_time_is_told_in_utc(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("SHOW timezone")) == "UTC"


async def test_a_connection_beside_the_pool_opens_itself_again(database: Database) -> None:
    connection = DirectConnection(database.url, name="beside")
    [(pid,)] = await connection.run(sql.SQL("SELECT pg_backend_pid()"))
    async with database.engine.begin() as other:
        await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with pytest.raises(Exception, match=r"terminating|closed"):
        await connection.run(sql.SQL("SELECT 1"))
    assert await connection.run(sql.SQL("SELECT 1"), sql.SQL("SELECT 2")) == [(2,)]
    await connection.close()
    await connection.close()


async def test_statements_that_go_together_are_done_together(database: Database) -> None:
    connection = DirectConnection(database.url, name="beside")
    insert = sql.SQL("INSERT INTO feedback (turn, person, word) VALUES ('a', 'b', 'up')")
    with pytest.raises(Exception, match="division by zero"):
        await connection.run(insert, sql.SQL("SELECT 1 / 0"))
    assert await connection.run(sql.SQL("SELECT count(*) FROM feedback")) == [(0,)]
    assert await connection.run(insert) == []
    await connection.close()


async def test_a_statement_that_is_wrong_is_no_outage(database: Database) -> None:
    async with database.engine.connect() as connection:
        with pytest.raises(DBAPIError) as error:
            await connection.execute(text("SELECT 1 / 0"))
    assert not isinstance(error.value, OperationalError)
