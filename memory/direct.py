"""One connection beside the pool: what keeps turns going must not wait behind the turns."""

import asyncio
from contextlib import suppress
from typing import Any, TypeAlias

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

Row: TypeAlias = tuple[Any, ...]


class DirectConnection:
    """Opens itself at the first query, and again after a failure."""

    def __init__(self, url: URL, *, name: str) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._name = name
        self._connection: psycopg.AsyncConnection[Row] | None = None
        self._turn = asyncio.Lock()

    async def run(self, *statements: sql.Composable) -> list[Row]:
        """Run `statements` in one transaction and one round trip; the rows of the last one.

        Each statement sees what was committed before it began, so one may wait for a lock and the next see what the
        lock's last holder did. Raises psycopg's errors; what was sent may have been done even then.
        """
        async with self._turn:
            connection = self._connection = self._connection or await self._open()
            try:
                # Without parameters psycopg sends one simple query: the server begins, runs and commits it as a whole,
                # so that a process which is stopped in the middle holds no lock.
                cursor = await connection.execute(sql.SQL("; ").join(statements))
                while cursor.nextset():
                    pass
                return await cursor.fetchall() if cursor.description else []
            except BaseException:
                self._connection = None
                with suppress(psycopg.Error, OSError):
                    await connection.close()
                raise

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _open(self) -> psycopg.AsyncConnection[Row]:
        return await psycopg.AsyncConnection[Row].connect(
            self._url,
            autocommit=True,
            prepare_threshold=None,  # several statements cannot be prepared
            connect_timeout=5,
            # Not durable at once: what is done with an admission is committed later, and the log keeps that order.
            options="-c lock_timeout=8s -c timezone=UTC -c synchronous_commit=off",
            application_name=self._name,
        )
