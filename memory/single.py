"""Runs single statements on connections of their own: a session, or a transaction, costs six times the CPU."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import URL
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.sql import ClauseElement

PATIENCE = 10.0
"""Seconds that a statement waits for a connection."""
_DIALECT = PGDialect_psycopg()


class SingleStatements:
    """At most `most` connections, each opened when it is needed first."""

    def __init__(self, url: URL, *, name: str, most: int, patience: float = PATIENCE) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._name = name
        self._patience = patience
        self._free = asyncio.Semaphore(most)
        self._idle: list[psycopg.AsyncConnection[Any]] = []

    async def rows(self, statement: Executable, values: Mapping[str, Any]) -> list[Any]:
        """Run `statement` as a transaction by itself; its rows, with the columns as attributes.

        It runs once more when its connection had broken while it was idle, as all do when the server restarts. Raises
        SQLAlchemy's OperationalError and InterfaceError when the database is away, and its TimeoutError when no
        connection becomes free; the statement may have run even then.
        """
        if self._free.locked():
            try:
                async with asyncio.timeout(self._patience):
                    await self._free.acquire()
            except TimeoutError:
                raise NoConnection(f"no connection became free within {self._patience:g} s") from None
        else:
            await self._free.acquire()
        try:
            return await self._run(_compiled(statement), values)
        except psycopg.OperationalError as error:
            raise OperationalError(None, None, error) from error
        except psycopg.InterfaceError as error:
            raise InterfaceError(None, None, error) from error
        finally:
            self._free.release()

    async def _run(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        if self._idle:
            try:
                return await self._run_on(self._idle.pop(), statement, values)
            except psycopg.OperationalError as error:
                if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
                    raise
                await self._drop_idle()
        return await self._run_on(await self._open(), statement, values)

    async def _run_on(
        self, connection: psycopg.AsyncConnection[Any], statement: str, values: Mapping[str, Any]
    ) -> list[Any]:
        try:
            cursor = await connection.execute(statement.encode(), values)
            rows = await cursor.fetchall() if cursor.description else []
        except BaseException:
            with suppress(psycopg.Error, OSError):
                await connection.close()  # a statement that was cut off may still run on it
            raise
        self._idle.append(connection)
        return rows

    async def close(self) -> None:
        await self._drop_idle()

    async def _drop_idle(self) -> None:
        while self._idle:
            with suppress(psycopg.Error, OSError):
                await self._idle.pop().close()

    async def _open(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection[Any].connect(
            self._url,
            autocommit=True,
            connect_timeout=5,
            options="-c lock_timeout=8s -c timezone=UTC",
            application_name=self._name,
            row_factory=namedtuple_row,
        )


@lru_cache(maxsize=256)
def _compiled(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=_DIALECT))
