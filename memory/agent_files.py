"""The files of agents that people shaped: drafts, versions, and which version is live."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Text, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from memory.agent_rows import (
    COLUMNS,
    FROM_AGENTS,
    GONE,
    AgentGone,
    AgentRow,
    AgentStore,
    DraftChanged,
    StoredAgent,
    entry,
    is_agent,
    locked,
    read_agent_row,
)
from memory.audit import enter_within
from memory.database import Base
from memory.ids import AgentId, PersonId, WorkspaceId, workspace_of

MOST_VERSIONS = 200
"""Versions that are kept of an agent; the oldest go first."""
_ONE_OF_A_KIND = "uq_agents_workspace"


class AgentVersionRow(Base):
    __tablename__ = "agent_versions"

    agent: Mapped[str] = mapped_column(Text, ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    writer: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class HandleTaken(Exception):
    """Another agent of the workspace has that handle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published file."""

    agent: AgentId
    number: int
    """From 1."""
    text: str
    """Byte for byte."""
    author: PersonId
    """Who published it."""
    writer: PersonId | None
    """The one person who wrote all of its words."""
    note: str
    """What they said is new; may be empty."""
    published_at: datetime


BY_ID = text(f"SELECT {COLUMNS}{FROM_AGENTS} WHERE a.id = :agent")
BY_HANDLE = text(f"SELECT {COLUMNS}{FROM_AGENTS} WHERE a.workspace = :workspace AND a.handle = :handle")
OF_OWNER = text(f"SELECT {COLUMNS}{FROM_AGENTS} WHERE a.owner = :person ORDER BY a.created_at, a.id")
OF_WORKSPACE = text(f"SELECT {COLUMNS}{FROM_AGENTS} WHERE a.workspace = :workspace ORDER BY lower(a.name), a.id")
HANDLES = text("SELECT handle FROM agents WHERE workspace = :workspace")
VERSIONS = text("SELECT * FROM agent_versions WHERE agent = :agent ORDER BY number DESC")
VERSION = text("SELECT * FROM agent_versions WHERE agent = :agent AND number = :number")
LIVE = text(
    "SELECT v.* FROM agent_versions v JOIN agents a ON a.id = v.agent AND a.live = v.number WHERE a.id = ANY(:agents)"
)
DROP_DRAFT = text(
    "UPDATE agents SET draft = NULL, draft_saved_at = NULL, draft_saved_by = NULL, draft_writer = NULL,"
    " draft_revision = draft_revision + 1 WHERE id = :agent AND live IS NOT NULL"
)

DROP_DRAFT_AT = text(f"{DROP_DRAFT.text} AND draft_revision = :revision RETURNING id")


class KeptAgents(AgentStore):
    """Making and publishing."""

    async def make(
        self, owner: PersonId, *, handle: str, name: str, text: str, writer: PersonId | None, now: datetime
    ) -> StoredAgent:
        """Begin one, as a draft. Raises HandleTaken."""
        # 128 bits: nobody guesses one (facts/security.md §2 number 18).
        agent = AgentId(secrets.token_urlsafe(16))
        row = {
            "id": agent,
            "workspace": workspace_of(owner),
            "owner": owner,
            "handle": handle,
            "name": name,
            "draft": text,
            "draft_revision": 1,
            "draft_saved_at": now,
            "draft_saved_by": owner,
            "draft_writer": writer,
            "created_at": now,
        }
        try:
            async with self._database.sessions.begin() as session:
                await session.execute(insert(AgentRow).values(**row))
        except IntegrityError as error:
            raise _clash(error, handle) from error
        return await self._get(agent)

    async def find(self, agent: AgentId) -> StoredAgent | None:
        rows = await self._rows(BY_ID, agent=agent) if is_agent(agent) else ()
        return read_agent_row(rows[0]) if rows else None

    async def called(self, workspace: WorkspaceId, handle: str) -> StoredAgent | None:
        rows = await self._rows(BY_HANDLE, workspace=workspace, handle=handle) if "\x00" not in handle else ()
        return read_agent_row(rows[0]) if rows else None

    async def handles(self, workspace: WorkspaceId) -> frozenset[str]:
        """All that are taken by people's agents."""
        return frozenset(row.handle for row in await self._rows(HANDLES, workspace=workspace))

    async def owned_by(self, person: PersonId) -> Sequence[StoredAgent]:
        """Oldest first."""
        return [read_agent_row(row) for row in await self._rows(OF_OWNER, person=person)]

    async def all_of(self, workspace: WorkspaceId) -> Sequence[StoredAgent]:
        """By name."""
        return [read_agent_row(row) for row in await self._rows(OF_WORKSPACE, workspace=workspace)]

    async def save_draft(
        self,
        agent: AgentId,
        *,
        handle: str,
        name: str,
        text: str,
        by: PersonId,
        writer: PersonId | None,
        revision: int,
        now: datetime,
    ) -> StoredAgent:
        """Keep a draft; what is live already is none.

        Raises DraftChanged when `revision` is not the draft's, HandleTaken where it is not live yet and another has
        the handle, AgentGone.
        """
        try:
            async with self._database.sessions.begin() as session:
                row = await locked(session, agent, by, revision=revision)
                is_live = row.live is not None and await _text_of(session, agent, row.live) == text
                known_as = {"handle": handle, "name": name} if row.live is None else {}
                draft = {
                    "draft": None if is_live else text,
                    "draft_saved_at": None if is_live else now,
                    "draft_saved_by": None if is_live else by,
                    "draft_writer": None if is_live else writer,
                    "draft_revision": revision + 1,
                }
                await session.execute(update(AgentRow).where(AgentRow.id == agent).values(**draft, **known_as))
        except IntegrityError as error:
            raise _clash(error, handle) from error
        return await self._get(agent)

    async def drop_draft(self, agent: AgentId, *, revision: int) -> None:
        """Back to what is live. Raises DraftChanged, also before the first version."""
        if not await self._rows(DROP_DRAFT_AT, agent=agent, revision=revision):
            raise DraftChanged("The draft changed meanwhile.")

    async def publish(
        self, agent: AgentId, *, handle: str, name: str, by: PersonId, revision: int, note: str, now: datetime
    ) -> Version:
        """Make the draft the live version. Raises DraftChanged, HandleTaken, AgentGone."""
        try:
            async with self._database.sessions.begin() as session:
                row = await locked(session, agent, by, revision=revision)
                if row.draft is None:
                    raise DraftChanged("There is no draft any more.")
                version = await _publish(session, row, by=by, note=note, now=now)
                known_as = {"handle": handle, "name": name, "live": version.number}
                dropped = {"draft": None, "draft_saved_at": None, "draft_saved_by": None, "draft_writer": None}
                await session.execute(
                    update(AgentRow)
                    .where(AgentRow.id == agent)
                    .values(**known_as, **dropped, draft_revision=revision + 1)
                )
                await enter_within(
                    session, entry(row, "agent.published", by=by, at=now, outcome=f"Version {version.number}")
                )
        except IntegrityError as error:
            raise _clash(error, handle) from error
        return version

    async def versions(self, agent: AgentId) -> Sequence[Version]:
        """Newest first; at most `MOST_VERSIONS`."""
        return [_version(row) for row in await self._rows(VERSIONS, agent=agent)]

    async def version(self, agent: AgentId, number: int) -> Version | None:
        rows = await self._rows(VERSION, agent=agent, number=number) if is_agent(agent) and 0 < number < 2**31 else ()
        return _version(rows[0]) if rows else None

    async def live(self, agents: Sequence[AgentId]) -> Mapping[AgentId, Version]:
        """The live versions of several agents at once; one that was never published is not among them."""
        rows = await self._rows(LIVE, agents=[*agents]) if agents else ()
        return {AgentId(row.agent): _version(row) for row in rows}

    async def delete(self, agent: AgentId, *, by: PersonId, now: datetime) -> None:
        """With all versions, shares, links and choices."""
        async with self._database.sessions.begin() as session:
            mine = (AgentRow.id == agent, AgentRow.workspace == workspace_of(by))
            row = (await session.execute(delete(AgentRow).where(*mine).returning(AgentRow))).scalar_one_or_none()
            if row is None:
                return
            await forget_within(session, agent)
            await enter_within(session, entry(row, "agent.deleted", by=by, at=now))

    async def _get(self, agent: AgentId) -> StoredAgent:
        if found := await self.find(agent):
            return found
        raise AgentGone(GONE)


FORGET = tuple(
    text(statement)
    for statement in (
        "UPDATE agent_choices SET lasting = nullif(lasting, :agent), once = nullif(once, :agent)"
        " WHERE lasting = :agent OR once = :agent",
        "DELETE FROM agent_channels WHERE agent = :agent",
        "DELETE FROM agent_threads WHERE agent = :agent",
        "DELETE FROM agent_uses WHERE agent = :agent",
    )
)
"""What names an agent without a foreign key, because it may name a built-in one too."""


async def forget_within(session: AsyncSession, agent: AgentId) -> None:
    """Forget who chose an agent, in the caller's transaction."""
    for statement in FORGET:
        await session.execute(statement, {"agent": agent})


async def _publish(session: AsyncSession, row: AgentRow, *, by: PersonId, note: str, now: datetime) -> Version:
    version = Version(
        agent=AgentId(row.id),
        number=(row.live or 0) + 1,
        text=row.draft or "",
        author=by,
        writer=PersonId(row.draft_writer) if row.draft_writer else None,
        note=note,
        published_at=now,
    )
    values = {name: getattr(version, name) for name in Version.__dataclass_fields__}
    await session.execute(insert(AgentVersionRow).values(**values))
    too_old = (AgentVersionRow.agent == row.id, AgentVersionRow.number <= version.number - MOST_VERSIONS)
    await session.execute(delete(AgentVersionRow).where(*too_old))
    return version


async def _text_of(session: AsyncSession, agent: AgentId, number: int) -> str | None:
    mine = (AgentVersionRow.agent == agent, AgentVersionRow.number == number)
    return await session.scalar(select(AgentVersionRow.text).where(*mine))


def _version(row: Any) -> Version:
    return Version(**{name: getattr(row, name) for name in Version.__dataclass_fields__})


def _clash(error: IntegrityError, handle: str) -> Exception:
    """What a broken constraint means."""
    broken = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return HandleTaken(handle) if broken == _ONE_OF_A_KIND else error
