"""Runs one SELECT on PostgreSQL: read only, on a connection of its own, within limits of time, cost, rows and bytes."""

import json
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import structlog
from psycopg import sql
from psycopg.rows import tuple_row
from psycopg.types.string import TextLoader
from sqlalchemy.engine import URL

from bot.databases.rows import Away, Failed, Limits, Rows, Value, plain, weight

log = structlog.get_logger()

CONNECTING = 8
"""Seconds."""
AT_A_TIME = 200
"""Rows of one fetch."""
AS_TEXT = ("date", "timestamp", "timestamptz", "time", "timetz", "interval", "json", "jsonb", "uuid")
"""Types that are read as PostgreSQL writes them: Python's own know no infinity, and a month is no number of days."""
# The row is measured where it is made: one of a gigabyte would arrive whole before anybody could count it. A row that
# is too large makes a negative number, whose root is refused with a code of its own, which nothing else here raises.
WRAPPED = (
    "SELECT pinyon_row.* FROM (SELECT * FROM (\n{asked}\n) AS pinyon_asked LIMIT {most}) AS pinyon_row"
    # `pinyon_row` alone could be a column of that name; `ROW(pinyon_row.*)` cannot.
    " WHERE pg_catalog.sqrt("
    "({row_bytes} - pg_catalog.octet_length(ROW(pinyon_row.*)::pg_catalog.text))::pg_catalog.float8) >= 0"
)
SETTINGS = (
    "SET LOCAL statement_timeout = {seconds}; SET LOCAL lock_timeout = {lock_seconds};"
    " SET LOCAL idle_in_transaction_session_timeout = {idle}; SET LOCAL search_path = pg_catalog;"
    " SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL jit = off;"
    " SET LOCAL standard_conforming_strings = on"
)
WHY: Mapping[str, str] = {
    "22012": "Something is divided by zero. Use nullif(…, 0).",
    "22P02": "A value cannot be read as the type that the SQL asks for.",
    "22007": "A value is no date or time. Compare with DATE '2026-01-31'.",
    "22008": "A date or time is out of range.",
    "22003": "A number is out of range.",
    "2201F": "One row is larger than may be read. Choose fewer columns, or join fewer texts.",
    "57014": "It took too long and was stopped. Ask for a shorter time, or fewer tables at once.",
    "55P03": "A table is locked at the moment. Try once more.",
    "21000": "A subquery gave more than one row where one is needed.",
    "25006": "Only reading is allowed.",
    "53100": "The database has no room for this. Ask for less at once.",
    "53200": "The database has no memory for this. Ask for less at once.",
    "54001": "The statement is too deep for the database. Write it more simply.",
}
"""What a state means, in our words: PostgreSQL's own may hold a value out of a row (`security.md` 37)."""


async def run_postgres(url: URL, asked: str, limits: Limits) -> Rows:
    """Run `asked`, which is one SELECT. Raises Failed and Away."""
    wrapped = WRAPPED.format(asked=asked, most=limits.rows + 1, row_bytes=limits.row_bytes)
    async with opened(url, limits) as connection:
        await _check_cost(connection, wrapped, limits)
        return await _fetch(connection, wrapped, limits)


@asynccontextmanager
async def opened(url: URL, limits: Limits) -> AsyncGenerator[psycopg.AsyncConnection[tuple[Any, ...]]]:
    """A connection in a transaction that can only read, and that is rolled back. Raises Failed and Away."""
    connection = await _connected(url)
    try:
        if connection.info.parameter_status("is_superuser") == "on":
            raise Away("The role of this database may do everything there. An admin gives it one that can only read.")
        await connection.execute(_settings(limits).encode())
        yield connection
    except psycopg.Error as error:
        raise translated(error) from error
    finally:
        await _closed(connection)


async def _connected(url: URL) -> psycopg.AsyncConnection[tuple[Any, ...]]:
    socket = url.query.get("host")
    try:
        connection = await psycopg.AsyncConnection.connect(
            host=url.host or (socket if isinstance(socket, str) else ""),
            port=str(url.port or 5432),
            user=url.username,
            password=str(url.password or ""),
            dbname=url.database,
            sslmode=str(url.query.get("sslmode", "prefer")),
            passfile=f"{os.devnull}/none",  # nobody's password but the one that was written into the address
            connect_timeout=CONNECTING,
            application_name="pinyon questions",
            client_encoding="utf8",
            row_factory=tuple_row,
        )
    except (psycopg.Error, OSError, UnicodeError) as error:
        log.info("database.away", server=url.host, error=type(error).__name__)
        raise Away(f"The database does not let us in ({_reason(error)}). An admin looks at its address.") from error
    await connection.set_read_only(True)
    for name in AS_TEXT:
        connection.adapters.register_loader(name, TextLoader)
    return connection


def _settings(limits: Limits) -> str:
    return SETTINGS.format(
        seconds=round(limits.seconds * 1000),
        lock_seconds=round(limits.lock_seconds * 1000),
        idle=round(limits.seconds * 2000),
    )


async def _check_cost(connection: psycopg.AsyncConnection[tuple[Any, ...]], wrapped: str, limits: Limits) -> None:
    # Prepared, it can be only one statement, whatever stands in it.
    found = await connection.execute(f"EXPLAIN (FORMAT JSON) {wrapped}".encode(), prepare=True)
    [(plan,)] = await found.fetchall()
    cost = float(json.loads(plan)[0]["Plan"]["Total Cost"])  # JSON is read as text here
    if cost > limits.cost:
        raise Failed(
            f"It would read too much (an estimate of {cost:,.0f}, at most {limits.cost:,.0f}). Ask for a shorter time,"
            " join on keys, and sum up before joining."
        )


async def _fetch(connection: psycopg.AsyncConnection[tuple[Any, ...]], wrapped: str, limits: Limits) -> Rows:
    rows: list[tuple[Value, ...]] = []
    size = 0
    async with connection.cursor(name="pinyon") as cursor:
        await cursor.execute(sql.SQL("{}").format(sql.SQL(wrapped)))  # pyright: ignore[reportArgumentType]: checked text
        columns = tuple(column.name for column in cursor.description or ())
        while found := await cursor.fetchmany(AT_A_TIME):
            for row in found:
                values = tuple(map(plain, row))
                size += weight(values)
                if len(rows) >= limits.rows or (size > limits.bytes and rows):
                    return Rows(columns=columns, rows=tuple(rows), is_cut=True)
                rows.append(values)
    return Rows(columns=columns, rows=tuple(rows))


async def _closed(connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
    """Close it; whatever still runs on it, because somebody stopped waiting, is stopped too."""
    if connection.info.transaction_status is psycopg.pq.TransactionStatus.ACTIVE:
        await connection.cancel_safe(timeout=2.0)
    await connection.close()


def translated(error: psycopg.Error) -> Failed | Away:
    """What went wrong, for whoever can mend it, without any value out of a row."""
    state = error.sqlstate or ""
    if state == "42501":
        return Away("The role of this database may not read one of these tables. An admin grants it, or closes them.")
    if state.startswith("42"):  # syntax and names: such messages quote the statement and nothing else
        return Failed(f"PostgreSQL says: {error.diag.message_primary}. Mend the SQL.")
    if state in WHY:
        return Failed(WHY[state])
    if not state or state.startswith(("08", "28", "3D", "57P")):
        return Away("The database stopped answering. Time may help; else an admin looks at it.")
    return Failed(f"PostgreSQL refused it ({state}). Write it in another way.")


def _reason(error: Exception) -> str:
    """Why nobody could get in, without names and addresses."""
    said = str(error).lower()
    for words, reason in (
        ("password", "wrong role or password"),
        ("does not exist", "no such role or database"),
        ("ssl", "no encrypted connection"),
        ("timeout", "no answer in time"),
        ("pg_hba", "this machine is not allowed"),
    ):
        if words in said:
            return reason
    return "no connection"
