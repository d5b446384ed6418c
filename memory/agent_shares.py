"""Whom agents are shared with: people, channels, the workspace, and whoever came by a link."""

# ruff: noqa: S608  statements are put together from constant pieces of these files

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import DateTime, ForeignKey, Index, Text, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from memory.agent_rows import (
    COLUMNS,
    FROM_AGENTS,
    AgentGone,
    AgentStore,
    StoredAgent,
    entry,
    is_agent,
    locked,
    read_agent_row,
)
from memory.audit import enter_within
from memory.database import Base
from memory.ids import AgentId, LinkId, PersonId, WorkspaceId, workspace_of

AgentRole: TypeAlias = Literal["owner", "editor", "user"]
ShareKind: TypeAlias = Literal["person", "channel", "workspace"]
_LINK = re.compile(r"[A-Za-z0-9_-]{22}")


class AgentShareRow(Base):
    __tablename__ = "agent_shares"

    agent: Mapped[str] = mapped_column(Text, ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    whom: Mapped[str] = mapped_column(Text, primary_key=True)
    role: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("agent_shares_by_whom", "whom"),)


class AgentLinkRow(Base):
    __tablename__ = "agent_links"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    agent: Mapped[str] = mapped_column(Text, ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    workspace: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AgentOpeningRow(Base):
    """Somebody came by a link."""

    __tablename__ = "agent_openings"

    link: Mapped[str] = mapped_column(Text, ForeignKey("agent_links.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentShare:
    """Whom an agent is shared with, beside its owner."""

    agent: AgentId
    kind: ShareKind
    to: str
    """A person's id, a Slack channel's id; empty for the workspace."""
    role: AgentRole
    """`editor` for people only."""
    by: PersonId
    at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLink:
    """A link at which members of the workspace may use an agent."""

    id: LinkId
    agent: AgentId
    workspace: WorkspaceId
    by: PersonId
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_alive(self, now: datetime) -> bool:
        """Whether it was neither taken back nor is too old. What the admins let links do is a question of its own."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the shares of an agent say of one person; whether they are in a channel only Slack knows."""

    agent: StoredAgent
    role: AgentRole | None
    """Without channels: as its owner, by their name, the workspace, or a living link that they opened."""
    channels: tuple[str, ...]
    """Channels whose members use it."""
    everybody: bool = False
    """Whether the whole workspace uses it."""
    is_known: bool = False
    """Whether it is theirs, or was given to them: by their name, or by a link that they opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far an agent is shared, in numbers."""

    people: int
    channels: int
    links: int
    """That still work."""
    everybody: bool


def _let(rule: str) -> str:
    """SQL: whether the admins' rule lets this agent's owner share so, which holds for what is shared already too."""
    return (
        f"CASE coalesce(rules.{rule}, 'all') WHEN 'all' THEN true"
        " WHEN 'admins' THEN coalesce(o.is_admin AND o.deactivated_at IS NULL, false) ELSE false END"
    )


_RULED = f"{FROM_AGENTS} LEFT JOIN agent_rules rules ON rules.workspace = a.workspace"
_LIVING_SHARE = "s.agent = a.id AND (s.expires_at IS NULL OR s.expires_at > :now)"
_LIVING_LINK = "l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > :now)"
_EVERYBODY = f"EXISTS (SELECT FROM agent_shares s WHERE {_LIVING_SHARE} AND s.kind = 'workspace') AND {_let('widely')}"
_ACCESS = (
    f"SELECT {COLUMNS}, a.owner = :person AS owns,"
    f" (SELECT min(s.role) FROM agent_shares s WHERE {_LIVING_SHARE} AND s.kind = 'person' AND s.whom = :person)"
    " AS named,"  # `editor` comes before `user` in the alphabet too
    f" {_EVERYBODY} AS everybody,"
    f" {_let('links')} AND EXISTS (SELECT FROM agent_links l JOIN agent_openings opened ON opened.link = l.id"
    f" WHERE l.agent = a.id AND {_LIVING_LINK} AND opened.person = :person) AS came,"
    f" ARRAY(SELECT s.whom FROM agent_shares s WHERE {_LIVING_SHARE} AND s.kind = 'channel' ORDER BY s.whom)"
    f" AS channels{_RULED} WHERE a.workspace = :workspace"
)
ACCESS = text(f"{_ACCESS} AND a.id = :agent")
ACCESSIBLE = text(
    f"SELECT * FROM ({_ACCESS}) AS mine"
    " WHERE owns OR named IS NOT NULL OR everybody OR came OR cardinality(channels) > 0 ORDER BY lower(name), id"
)
SHARES = text(
    "SELECT s.agent, s.kind, s.whom, s.role, s.by, s.at, s.expires_at FROM agent_shares s"
    " WHERE s.agent = :agent AND (s.expires_at IS NULL OR s.expires_at > :now) ORDER BY s.kind, s.at, s.whom"
)
LINKS = text(f"SELECT l.* FROM agent_links l WHERE l.agent = :agent AND {_LIVING_LINK} ORDER BY l.made_at DESC, l.id")
LINK = text("SELECT * FROM agent_links WHERE id = :link")
OPEN = text(
    "INSERT INTO agent_openings (link, person, at)"
    f" SELECT l.id, :person, CAST(:now AS timestamptz) FROM agent_links l JOIN (SELECT a.id, a.workspace, a.live,"
    f" a.disabled_at, {_let('links')} AS let{_RULED}) AS a ON a.id = l.agent"
    f" WHERE l.id = :link AND a.workspace = :workspace AND {_LIVING_LINK}"
    " AND a.let AND a.live IS NOT NULL AND a.disabled_at IS NULL"
    " ON CONFLICT (link, person) DO UPDATE SET at = excluded.at RETURNING link"
)
COPIES = text("UPDATE agents SET copies_knowledge = :copies WHERE id = :agent")
REACH = text(
    f"SELECT a.id, {_EVERYBODY} AS everybody,"
    f" (SELECT count(*) FROM agent_shares s WHERE {_LIVING_SHARE} AND s.kind = 'person') AS people,"
    f" (SELECT count(*) FROM agent_shares s WHERE {_LIVING_SHARE} AND s.kind = 'channel') AS channels,"
    f" CASE WHEN {_let('links')} THEN (SELECT count(*) FROM agent_links l WHERE l.agent = a.id AND {_LIVING_LINK})"
    f" ELSE 0 END AS links{_RULED} WHERE a.workspace = :workspace"
)
IS_EVERYBODYS = text(f"SELECT {_EVERYBODY} AS everybody{_RULED} WHERE a.id = :agent AND a.disabled_at IS NULL")
UNSHARE = text("DELETE FROM agent_shares WHERE agent = :agent AND kind = :kind AND whom = :whom RETURNING agent")
_WITH: Mapping[str, str] = {"person": "With one person", "channel": "With a channel", "workspace": "With everybody"}


class SharedAgents(AgentStore):
    """Sharing. What has expired, or the admins do not let be any more, gives nobody anything."""

    async def access(self, agent: AgentId, person: PersonId, *, now: datetime) -> Access | None:
        """None where there is no such agent in the person's workspace."""
        asked = {"agent": agent, "person": person, "workspace": workspace_of(person), "now": now}
        rows = await self._rows(ACCESS, **asked) if is_agent(agent) else ()
        return _access(rows[0]) if rows else None

    async def accessible(self, person: PersonId, *, now: datetime) -> Sequence[Access]:
        """All agents of the workspace that are this person's or shared in any way that may reach them."""
        rows = await self._rows(ACCESSIBLE, person=person, workspace=workspace_of(person), now=now)
        return [_access(row) for row in rows]

    async def shares(self, agent: AgentId, *, now: datetime) -> Sequence[AgentShare]:
        """Those that have not expired."""
        return [_share(row) for row in await self._rows(SHARES, agent=agent, now=now)]

    async def share(self, agent: AgentId, share: AgentShare) -> None:
        """Again with the same whom: the new role and expiry count. Raises AgentGone, also of a stranger's workspace."""
        if share.kind == "person" and workspace_of(PersonId(share.to)) != workspace_of(share.by):
            raise AgentGone("It is shared within its workspace only.")
        fresh = {"role": share.role, "by": share.by, "at": share.at, "expires_at": share.expires_at}
        statement = (
            insert(AgentShareRow)
            .values(agent=agent, kind=share.kind, whom=share.to, **fresh)
            .on_conflict_do_update(index_elements=["agent", "kind", "whom"], set_=fresh)
        )
        until = f", until {share.expires_at:%Y-%m-%d %H:%M} UTC" if share.expires_at else ""
        said = f"{_WITH[share.kind]}{', as editor' if share.role == 'editor' else ''}{until}"
        async with self._database.sessions.begin() as session:
            row = await locked(session, agent, share.by)
            await session.execute(statement)
            shared = entry(row, "agent.shared", by=share.by, at=share.at, outcome=said, to=share.to)
            await enter_within(session, shared)

    async def unshare(self, agent: AgentId, *, kind: str, to: str, by: PersonId, now: datetime) -> bool:
        """Whether it was shared so."""
        async with self._database.sessions.begin() as session:
            row = await locked(session, agent, by)
            ended = await session.execute(UNSHARE, {"agent": agent, "kind": kind, "whom": to})
            if ended.first() is None:
                return False
            await enter_within(session, entry(row, "agent.unshared", by=by, at=now, to=to, outcome=_WITH.get(kind, "")))
        return True

    async def make_link(self, agent: AgentId, *, by: PersonId, expires_at: datetime | None, now: datetime) -> ShareLink:
        """Raises AgentGone."""
        link = ShareLink(
            # 128 bits: nobody guesses one (facts/security.md §2 number 18).
            id=LinkId(secrets.token_urlsafe(16)),
            agent=agent,
            workspace=workspace_of(by),
            by=by,
            made_at=now,
            expires_at=expires_at,
            revoked_at=None,
        )
        values = {name: getattr(link, name) for name in ShareLink.__dataclass_fields__}
        until = f"Until {expires_at:%Y-%m-%d %H:%M} UTC" if expires_at else ""
        async with self._database.sessions.begin() as session:
            row = await locked(session, agent, by)
            await session.execute(insert(AgentLinkRow).values(**values))
            # The link itself opens something: it is in no log.
            await enter_within(session, entry(row, "agent.link_made", by=by, at=now, outcome=until))
        return link

    async def links(self, agent: AgentId, *, now: datetime) -> Sequence[ShareLink]:
        """Those that are alive, newest first."""
        return [_link(row) for row in await self._rows(LINKS, agent=agent, now=now)]

    async def link(self, link: LinkId) -> ShareLink | None:
        """Also one that has ended."""
        rows = await self._rows(LINK, link=link) if _LINK.fullmatch(link) else ()
        return _link(rows[0]) if rows else None

    async def open_link(self, link: LinkId, person: PersonId, *, now: datetime) -> bool:
        """`person` came by this link: while it lives they may use its agent.

        False where it has ended, is another workspace's, its agent is disabled, or the admins do not let it work.
        """
        if not _LINK.fullmatch(link):
            return False
        return bool(await self._rows(OPEN, link=link, person=person, workspace=workspace_of(person), now=now))

    async def revoke_link(self, link: LinkId, *, by: PersonId, now: datetime) -> bool:
        """Who came by it may not use the agent any more, from this moment. False when it was over, or is none here."""
        known = await self.link(link)
        if known is None or known.workspace != workspace_of(by):
            return False
        alive = (AgentLinkRow.id == link, AgentLinkRow.revoked_at.is_(None))
        async with self._database.sessions.begin() as session:
            row = await locked(session, known.agent, by)
            over = update(AgentLinkRow).where(*alive).values(revoked_at=now).returning(AgentLinkRow.id)
            if (await session.execute(over)).first() is None:
                return False
            await enter_within(session, entry(row, "agent.link_revoked", by=by, at=now))
        return True

    async def let_copy_knowledge(self, agent: AgentId, *, copies: bool) -> None:
        await self._rows(COPIES, agent=agent, copies=copies)

    async def is_everybodys(self, agent: AgentId, *, now: datetime) -> bool:
        """Whether every member of its workspace may use it now."""
        rows = await self._rows(IS_EVERYBODYS, agent=agent, now=now)
        return bool(rows and rows[0].everybody)

    async def reach(self, workspace: WorkspaceId, *, now: datetime) -> Mapping[AgentId, Reach]:
        """How far each agent of a workspace is shared."""
        return {
            AgentId(row.id): Reach(
                people=row.people, channels=row.channels, links=row.links, everybody=bool(row.everybody)
            )
            for row in await self._rows(REACH, workspace=workspace, now=now)
        }


def _access(row: Any) -> Access:
    stored = read_agent_row(row)
    role: AgentRole | None = "user" if row.everybody or row.came else None
    if row.named is not None:
        role = "editor" if row.named == "editor" else "user"
    if row.owns:
        role = "owner"
    return Access(
        agent=stored,
        role=role,
        channels=tuple(row.channels),
        everybody=bool(row.everybody),
        is_known=bool(row.owns or row.named is not None or row.came),
    )


def _share(row: Any) -> AgentShare:
    return AgentShare(
        agent=row.agent,
        kind=row.kind,
        to=row.whom,
        role=row.role,
        by=row.by,
        at=row.at,
        expires_at=row.expires_at,
    )


def _link(row: Any) -> ShareLink:
    return ShareLink(**{name: getattr(row, name) for name in ShareLink.__dataclass_fields__})
