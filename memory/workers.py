"""Who is alive, and what the dead left behind."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import sql
from sqlalchemy import DateTime, Integer, Text, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.direct import DirectConnection
from memory.ids import TurnId

DEAD_AFTER = 8.0
"""Seconds of silence after which a worker counts as dead."""


class Fenced(BaseException):
    """The worker was declared dead and another one has its turns. A BaseException: nothing on the way may eat it."""


class WorkerRow(Base):
    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    slots: Mapped[int] = mapped_column(Integer)
    beat: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class Workers:
    """The roll of live workers. A row that is gone is the fence: its worker may write nothing more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enter(self, worker: str, slots: int) -> None:
        async with self._database.engine.begin() as connection:
            await connection.execute(
                text("INSERT INTO workers (id, slots) VALUES (:id, :slots)"), {"id": worker, "slots": slots}
            )

    async def close(self, worker: str) -> None:
        """Take no more turns: the worker drains."""
        async with self._database.engine.begin() as connection:
            await connection.execute(text("UPDATE workers SET slots = 0 WHERE id = :id"), {"id": worker})

    async def leave(self, worker: str) -> None:
        """Go; whatever still runs belongs to the others."""
        async with self._database.engine.begin() as connection:
            await connection.execute(text("DELETE FROM workers WHERE id = :id"), {"id": worker})

    async def alive(self) -> set[str]:
        """The ids of all workers on the roll."""
        return {row.id for row in await self._database.single.rows(text("SELECT id FROM workers"), {})}

    async def has(self, worker: str) -> bool:
        """Whether `worker` is on the roll: nobody has declared it dead."""
        return bool(await self._database.single.rows(text("SELECT 1 FROM workers WHERE id = :id"), {"id": worker}))

    async def bury(self, *, dead_after: float = DEAD_AFTER) -> int:
        """Delete the silent, in a transaction of its own: after it nothing of theirs can write. Returns how many."""
        async with self._database.engine.begin() as connection:
            gone = await connection.execute(
                text("DELETE FROM workers WHERE beat < clock_timestamp() - make_interval(secs => :dead)"),
                {"dead": dead_after},
            )
            return gone.rowcount


async def beat(connection: DirectConnection, worker: str) -> int:
    """Say that `worker` lives; how many are on the roll, or 0 when it was declared dead and has to end."""
    rows = await connection.run(
        sql.SQL(
            "UPDATE workers SET beat = clock_timestamp() WHERE id = {} RETURNING (SELECT count(*) FROM workers)"
        ).format(sql.Literal(worker))
    )
    return int(rows[0][0]) if rows else 0


async def fence(connection: AsyncConnection, worker: str) -> None:
    """Hold `worker` on the roll until the caller's transaction ends. Raises Fenced when it was declared dead.

    The share lock does not stop its heartbeat and conflicts with the leader's DELETE, so what the transaction writes
    is written before the fence or refused (queue.md §3).
    """
    alive = await connection.scalar(text("SELECT 1 FROM workers WHERE id = :id FOR KEY SHARE"), {"id": worker})
    if alive is None:
        raise Fenced(worker)


async def lead(connection: AsyncConnection) -> bool:
    """Whether this transaction may do the leader's work. The lock ends with it, even if its process is stopped."""
    return bool(await connection.scalar(text("SELECT pg_try_advisory_xact_lock(7002)")))


async def still_leads(connection: AsyncConnection) -> None:
    """Keep the leader's transaction from being idle. Raises the database's error when it was ended."""
    await connection.execute(text("SELECT 1"))


async def running_without_worker(connection: AsyncConnection) -> Sequence[TurnId]:
    """The turns that should be running and whose worker is gone, oldest first."""
    rows = await connection.execute(
        text(
            "SELECT id FROM turns WHERE state IN ('admitted', 'stopping')"
            " AND NOT EXISTS (SELECT 1 FROM workers w WHERE w.id = turns.worker) ORDER BY seq"
        )
    )
    return [TurnId(row.id) for row in rows]


async def take_over(database: Database, turn: TurnId) -> int:
    """Count one more take-over of `turn`; how many that makes, or 0 when it ended meanwhile."""
    async with database.engine.begin() as connection:
        attempts = await connection.scalar(
            text(
                "UPDATE turns SET attempts = attempts + 1 WHERE id = :id AND state IN ('admitted', 'stopping')"
                " RETURNING attempts"
            ),
            {"id": turn},
        )
    return int(attempts or 0)
