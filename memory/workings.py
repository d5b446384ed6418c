"""The code behind results, for whoever wants to check it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import DateTime, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import CallId, PersonId, TurnId, WorkingId

KEPT = timedelta(days=30)


class WorkingRow(Base):
    __tablename__ = "workings"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person: Mapped[str] = mapped_column(Text)
    turn: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (Index("workings_by_age", "at"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWorking:
    """The code behind one result."""

    id: WorkingId
    person: PersonId
    """Who asked; the code is shown to nobody else."""
    turn: TurnId
    language: Literal["python", "sql"]
    code: str


KEEP = text(
    "INSERT INTO workings (id, person, turn, language, code) VALUES (:id, :person, :turn, :language, :code)"
    " ON CONFLICT (id) DO NOTHING"
)
FIND = text("SELECT id, person, turn, language, code FROM workings WHERE id = :id")
PRUNE = text("DELETE FROM workings WHERE at < :before")


class Workings:
    """The code behind all results of the last weeks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self, turn: TurnId, call: CallId, *, person: PersonId, language: Literal["python", "sql"], code: str
    ) -> WorkingId:
        """Keep the code of a call; the same call again changes nothing."""
        name = WorkingId(hashlib.sha256(f"{turn}\n{call}".encode()).hexdigest()[:32])
        values = {"id": name, "person": person, "turn": turn, "language": language, "code": code}
        await self._database.single.rows(KEEP, values)
        return name

    async def find(self, working: WorkingId) -> StoredWorking | None:
        """None when it is gone."""
        rows = await self._database.single.rows(FIND, {"id": working})
        return StoredWorking(**rows[0]._asdict()) if rows else None

    async def prune(self, *, now: datetime) -> None:
        """Forget what is older than `KEPT`."""
        await self._database.single.rows(PRUNE, {"before": now - KEPT})
