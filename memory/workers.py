"""Who is alive, and what the dead left behind."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import DateTime, Integer, Text, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import TurnId

DEAD_AFTER = 8.0
"""Seconds of silence after which a worker counts as dead."""


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

    async def beat(self, worker: str) -> bool:
        """Say that `worker` lives; False when it was declared dead and has to end."""
        async with self._database.engine.begin() as connection:
            beaten = await connection.execute(
                text("UPDATE workers SET beat = clock_timestamp() WHERE id = :id"), {"id": worker}
            )
            return bool(beaten.rowcount)

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
        async with self._database.engine.connect() as connection:
            return set(await connection.scalars(text("SELECT id FROM workers")))

    async def bury(self) -> int:
        """Delete the silent, in a transaction of its own: after it nothing of theirs can write. Returns how many."""
        async with self._database.engine.begin() as connection:
            gone = await connection.execute(
                text("DELETE FROM workers WHERE beat < clock_timestamp() - make_interval(secs => :dead)"),
                {"dead": DEAD_AFTER},
            )
            return gone.rowcount


async def lead(connection: AsyncConnection) -> bool:
    """Whether this transaction may do the leader's work. The lock ends with it, even if its process is stopped."""
    return bool(await connection.scalar(text("SELECT pg_try_advisory_xact_lock(7002)")))


async def running_without_worker(connection: AsyncConnection) -> Sequence[TurnId]:
    """The turns that should be running and whose worker is gone."""
    rows = await connection.execute(
        text(
            "SELECT id FROM turns WHERE state IN ('admitted', 'stopping')"
            " AND NOT EXISTS (SELECT 1 FROM workers w WHERE w.id = turns.worker)"
        )
    )
    return [TurnId(row.id) for row in rows]


async def take_over(database: Database, turn: TurnId) -> int:
    """Count one more take-over of `turn`; how many that makes."""
    async with database.engine.begin() as connection:
        attempts = await connection.scalar(
            text("UPDATE turns SET attempts = attempts + 1 WHERE id = :id RETURNING attempts"), {"id": turn}
        )
    return int(attempts or 0)
