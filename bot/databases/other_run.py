"""Runs one SELECT on other databases than PostgreSQL, in a thread: read only, within limits of time, rows and bytes."""

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from bot.databases.rows import Away, Failed, Limits, Rows, collected

if TYPE_CHECKING:
    from sqlalchemy import Connection

STEPS = 10_000
"""Instructions of SQLite's machine between two looks at the clock."""
READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_TRANSACTION}
"""What SQLite is let do; not to attach a file, nor to change a setting."""


def run_other(url: URL, asked: str, limits: Limits) -> Rows:
    """Run `asked`, which is one SELECT; blocks for as long as it takes. Raises Failed and Away."""
    with connected(url, limits) as connection:
        wrapped = f"SELECT * FROM (\n{asked}\n) AS pinyon_asked LIMIT {limits.rows + 1}"  # noqa: S608 - it passed the wall
        found = connection.exec_driver_sql(wrapped, execution_options={"stream_results": True, "no_parameters": True})
        return collected([*found.keys()], (tuple(row) for row in found), limits)


@contextmanager
def connected(url: URL, limits: Limits, *, looks: bool = False) -> "Generator[Connection]":
    """A connection that can only read; with `looks` it may also ask what tables there are. Raises Failed and Away."""
    from sqlalchemy import create_engine, pool

    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(
                "sqlite://", creator=lambda: _sqlite(url, limits, looks=looks), poolclass=pool.NullPool
            )
        else:
            engine = create_engine(url, poolclass=pool.NullPool)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise Away(f"The driver for {url.get_backend_name()} is not installed where Pinyon runs.") from error
    try:
        with engine.connect() as connection:
            for statement in _first(url, limits):
                connection.exec_driver_sql(statement)
            yield connection
    except DBAPIError as error:
        raise _translated(error) from error
    except SQLAlchemyError as error:
        raise Away("The database cannot be asked now. An admin looks at its address.") from error
    finally:
        engine.dispose()


def _sqlite(url: URL, limits: Limits, *, looks: bool) -> Any:
    connection = sqlite3.connect(f"file:{url.database}?mode=ro", uri=True, timeout=limits.lock_seconds)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.row_bytes)
    until = time.monotonic() + limits.seconds
    connection.set_progress_handler(lambda: int(time.monotonic() > until), STEPS)
    if not looks:
        connection.set_authorizer(_only_reads)
    return connection


def _only_reads(action: int, name: str | None, value: str | None, *_: str | None) -> int:
    # SQLAlchemy asks how it is isolated when it connects.
    is_look = action == sqlite3.SQLITE_PRAGMA and name == "read_uncommitted" and value is None
    return sqlite3.SQLITE_OK if is_look or action in READS else sqlite3.SQLITE_DENY


def _first(url: URL, limits: Limits) -> tuple[str, ...]:
    if url.get_backend_name() == "sqlite":
        return ()
    # MySQL counts milliseconds; MariaDB calls it otherwise, and in seconds.
    clock = (
        f"SET SESSION max_statement_time = {limits.seconds:g}"
        if url.get_backend_name() == "mariadb"
        else f"SET SESSION max_execution_time = {round(limits.seconds * 1000)}"
    )
    return clock, "SET SESSION TRANSACTION READ ONLY"


def _translated(error: DBAPIError) -> Failed | Away:
    said = str(error.orig)
    if "interrupted" in said:
        return Failed("It took too long and was stopped. Ask for a shorter time, or fewer tables at once.")
    if "too big" in said:
        return Failed("One row is larger than may be read. Choose fewer columns, or join fewer texts.")
    if said.startswith(("no such", "near ", "ambiguous", "misuse of", "wrong number")):
        return Failed(f"The database says: {said[:200]}. Mend the SQL.")
    if "unable to open" in said or "not a database" in said:
        return Away("The database cannot be opened. An admin looks at its address.")
    return Failed("The database refused it. Write it in another way.")
