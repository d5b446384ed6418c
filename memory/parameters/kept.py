"""Each person's own memory of a tool, as it is stored."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import DateTime, Text, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import PersonId
from memory.parameters.edits import decode, encode
from memory.parameters.evidence import Evidence

TOOLS = 24
"""Tools that are remembered of one person."""


class EvidenceRow(Base):
    __tablename__ = "parameter_evidence"

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    tool: Mapped[str] = mapped_column(Text, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    """`memory.parameters.edits.encode`: at most 8 KB."""
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    """When it last changed."""


OF_PERSON = text("SELECT tool, body FROM parameter_evidence WHERE person = :person ORDER BY at DESC, tool")
OF_TOOL = text("SELECT body FROM parameter_evidence WHERE person = :person AND tool = :tool")
WRITE = text(
    "INSERT INTO parameter_evidence (person, tool, body) VALUES (:person, :tool, :body)"
    " ON CONFLICT (person, tool) DO UPDATE SET body = excluded.body, at = clock_timestamp()"
)
DELETE = text("DELETE FROM parameter_evidence WHERE person = :person AND tool = :tool")


def key_of(call: str) -> str:
    """What is stored of a call's id: enough to know it again. A ticket's key, which may be one, holds its project."""
    return hashlib.sha256(call.encode()).hexdigest()[:16]


async def all_of(database: Database, person: PersonId) -> Mapping[str, Evidence]:
    """All that is remembered of a person, by tool, the one used last first."""
    return {row.tool: decode(row.body) for row in await database.single.rows(OF_PERSON, {"person": person})}


async def one_of(database: Database, person: PersonId, tool: str) -> Evidence:
    """What is remembered of a person and one tool."""
    rows = await database.single.rows(OF_TOOL, {"person": person, "tool": tool})
    return decode(rows[0].body) if rows else Evidence()


async def read(connection: AsyncConnection, person: PersonId, tool: str) -> Evidence:
    """What is remembered of a person and one tool, within the caller's transaction (`models.alone`)."""
    body = await connection.scalar(OF_TOOL, {"person": person, "tool": tool})
    return Evidence() if body is None else decode(body)


async def write(connection: AsyncConnection, person: PersonId, tool: str, evidence: Evidence) -> None:
    """Keep it, in place of what was there; nothing is kept of a tool of which nothing is known any more."""
    if not evidence.calls and not evidence.told:
        await connection.execute(DELETE, {"person": person, "tool": tool})
        return
    await connection.execute(WRITE, {"person": person, "tool": tool, "body": encode(evidence)})
    rows = (await connection.execute(OF_PERSON, {"person": person})).all()
    if len(rows) > TOOLS:
        unused = [row.tool for row in reversed(rows) if not _is_pinned(decode(row.body))] or [rows[-1].tool]
        await connection.execute(DELETE, {"person": person, "tool": unused[0]})


def _is_pinned(evidence: Evidence) -> bool:
    return any(told.standing != "order" for told in evidence.told.values())
