"""The table of people's agents, and what every part of their store does with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import DateTime, Index, Text, UniqueConstraint, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from memory.audit import Action, Entry
from memory.database import Base, Database
from memory.ids import AgentId, PersonId, WorkspaceId, workspace_of

_AGENT = re.compile(r"[A-Za-z0-9_-]{22}")
GONE = "It was deleted meanwhile, or is another workspace's."


class AgentRow(Base):
    __tablename__ = "agents"
    __table_args__ = (UniqueConstraint("workspace", "handle"), Index("agents_by_owner", "owner"))

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    workspace: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    handle: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    live: Mapped[int | None]
    draft: Mapped[str | None] = mapped_column(Text)
    draft_revision: Mapped[int]
    draft_saved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    draft_saved_by: Mapped[str | None] = mapped_column(Text)
    draft_writer: Mapped[str | None] = mapped_column(Text)
    copies_knowledge: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    disabled_why: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class DraftChanged(Exception):
    """Somebody else saved the draft meanwhile."""


class AgentGone(Exception):
    """There is no such agent in that person's workspace; it may have been deleted meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAgent:
    """An agent of somebody's."""

    id: AgentId
    workspace: WorkspaceId
    owner: PersonId
    handle: str
    """Its live version's; before the first one, its draft's. Unique in the workspace."""
    name: str
    """The same."""
    live: int | None
    """The number of the version that answers; None before the first."""
    draft: str | None
    """The file as it was saved last, where it differs from what is live."""
    draft_revision: int
    """Counts the draft's savings, so that nobody overwrites what they did not see."""
    draft_saved_at: datetime | None
    draft_saved_by: PersonId | None
    draft_writer: PersonId | None
    """The one person who wrote all of the draft's words; None where it was several, or nobody knows (an imported or
    copied file)."""
    copies_knowledge: bool
    """Whether a copy as template takes its knowledge and fixed values along."""
    disabled_at: datetime | None
    disabled_why: str
    reports: int
    """So many people reported it since it was enabled last."""
    created_at: datetime
    owner_left: bool = False
    """Whether Pinyon does not work for its owner any more."""


COLUMNS: Final = (
    "a.id, a.workspace, a.owner, a.handle, a.name, a.live, a.draft, a.draft_revision, a.draft_saved_at,"
    " a.draft_saved_by, a.draft_writer, a.copies_knowledge, a.disabled_at, a.disabled_why, a.created_at,"
    " coalesce(o.is_guest OR o.is_outsider OR o.is_bot OR o.deactivated_at IS NOT NULL, false) AS owner_left,"
    " (SELECT count(*) FROM agent_reports r WHERE r.agent = a.id) AS reports"
)
"""What a `StoredAgent` is read from, in a statement over `FROM_AGENTS`."""
FROM_AGENTS: Final = " FROM agents a LEFT JOIN people o ON o.id = a.owner"
_FIELDS = tuple(StoredAgent.__dataclass_fields__)


class AgentStore:
    """A part of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        return await self._database.single.rows(statement, values)


async def locked(session: AsyncSession, agent: AgentId, by: PersonId, *, revision: int | None = None) -> AgentRow:
    """An agent of the workspace of `by`, held until the transaction ends. Raises AgentGone, DraftChanged."""
    if not is_agent(agent):
        raise AgentGone(GONE)
    mine = (AgentRow.id == agent, AgentRow.workspace == workspace_of(by))
    row = (await session.execute(select(AgentRow).where(*mine).with_for_update())).scalar_one_or_none()
    if row is None:
        raise AgentGone(GONE)
    if revision is not None and row.draft_revision != revision:
        raise DraftChanged("Somebody else saved it meanwhile.")
    return row


def entry(row: AgentRow, action: Action, *, by: PersonId, at: datetime, outcome: str = "", to: str = "") -> Entry:
    """One line of the audit log: the agent and whom it concerns by their ids, never by a name."""
    return Entry(
        workspace=WorkspaceId(row.workspace),
        at=at,
        person=by,
        actor=by,
        action=action,
        target=", ".join(filter(None, (row.id, to))),
        outcome=outcome,
    )


def is_agent(agent: str) -> bool:
    """Whether it may be the id of a person's agent; what stands in an address may be anything."""
    return _AGENT.fullmatch(agent) is not None


def read_agent_row(row: Any) -> StoredAgent:
    return StoredAgent(**{name: getattr(row, name) for name in _FIELDS})
