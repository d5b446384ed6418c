"""Single statements, on connections of their own."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from memory.database import Database
from memory.single import SingleStatements

PID = text("SELECT pg_backend_pid() AS pid")
SLEEP = text("SELECT pg_sleep(:seconds)")


async def test_rows_carry_their_columns_by_name(database: Database) -> None:
    [row] = await database.single.rows(text("SELECT CAST(:n AS int) AS n, '50%' AS share"), {"n": 7})
    assert (row.n, row.share) == (7, "50%")


async def test_a_change_is_kept_at_once_and_may_give_nothing_back(database: Database) -> None:
    written = await database.single.rows(text("INSERT INTO workers (id, slots) VALUES (:id, 1)"), {"id": "w1"})
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM workers")) == 1
    assert written == []


async def test_a_connection_is_used_again(database: Database) -> None:
    [first], [second] = [await database.single.rows(PID, {}) for _ in range(2)]
    assert first.pid == second.pid


async def test_a_connection_that_broke_while_it_was_idle_is_not_noticed(database: Database) -> None:
    await asyncio.gather(*(database.single.rows(SLEEP, {"seconds": 0.01}) for _ in range(3)))
    async with database.engine.connect() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = :db"
            ),
            {"db": database.url.database},
        )
    assert len(await database.single.rows(PID, {})) == 1


async def test_a_server_that_is_away_is_said_in_sqlalchemys_words() -> None:
    nobody = SingleStatements(URL.create("postgresql", host="127.0.0.1", port=1), name="test", most=1)
    with pytest.raises(OperationalError):
        await nobody.rows(PID, {})


async def test_a_statement_that_was_cut_off_takes_its_connection_with_it(database: Database) -> None:
    [before] = await database.single.rows(PID, {})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await database.single.rows(SLEEP, {"seconds": 30})
    [after] = await database.single.rows(PID, {})
    assert before.pid != after.pid


async def test_no_more_run_at_once_than_there_are_connections(database: Database) -> None:
    few = SingleStatements(database.url, name="test", most=2)
    found = await asyncio.gather(
        *(few.rows(text("SELECT pg_backend_pid() AS pid, pg_sleep(0.02)"), {}) for _ in range(8))
    )
    await few.close()
    assert len({rows[0].pid for rows in found}) <= 2


async def test_who_waits_too_long_for_a_connection_is_told(database: Database) -> None:
    one = SingleStatements(database.url, name="test", most=1, patience=0.05)
    busy = asyncio.create_task(one.rows(SLEEP, {"seconds": 1}))
    await asyncio.sleep(0.02)
    with pytest.raises(NoConnection):
        await one.rows(PID, {})
    busy.cancel()
    await asyncio.gather(busy, return_exceptions=True)
    await one.close()
