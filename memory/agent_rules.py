"""What admins decide of agents: rules for sharing, disabling, handing over; and what people reported."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import DateTime, ForeignKey, Text, delete, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from memory.agent_files import DROP_DRAFT
from memory.agent_rows import AgentGone, AgentRow, AgentStore, entry, locked
from memory.agent_shares import AgentLinkRow, AgentShareRow
from memory.audit import Entry, enter_within
from memory.database import Base
from memory.ids import AgentId, PersonId, WorkspaceId, workspace_of

Who: TypeAlias = Literal["all", "admins", "nobody"]
LONGEST_REASON = 500
"""Characters of what somebody says of an agent."""


class AgentRuleRow(Base):
    __tablename__ = "agent_rules"

    workspace: Mapped[str] = mapped_column(Text, primary_key=True)
    widely: Mapped[str] = mapped_column(Text)
    links: Mapped[str] = mapped_column(Text)
    most: Mapped[int]
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AgentReportRow(Base):
    __tablename__ = "agent_reports"

    agent: Mapped[str] = mapped_column(Text, ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRules:
    """What the admins of a workspace decided of agents."""

    widely: Who = "all"
    """Who may share with the whole workspace."""
    links: Who = "all"
    """Who may make links."""
    most: int = 50
    """So many agents one person may own."""


RULES = text("SELECT widely, links, most FROM agent_rules WHERE workspace = :workspace")
REPORT = text(
    "INSERT INTO agent_reports (agent, person, why, at)"
    " SELECT id, :person, CAST(:why AS text), CAST(:now AS timestamptz) FROM agents"
    " WHERE id = :agent AND workspace = :workspace"
    " ON CONFLICT (agent, person) DO UPDATE SET why = excluded.why, at = excluded.at"
)
REPORTED = text(
    "SELECT r.agent, r.why FROM agent_reports r JOIN agents a ON a.id = r.agent"
    " WHERE a.workspace = :workspace ORDER BY r.at DESC, r.person"
)


class RuledAgents(AgentStore):
    """What admins decide. Each decision is about an agent of the workspace of `by`; else it raises AgentGone."""

    async def rules(self, workspace: WorkspaceId) -> AgentRules:
        rows = await self._rows(RULES, workspace=workspace)
        return AgentRules(**rows[0]._asdict()) if rows else AgentRules()

    async def set_rules(self, workspace: WorkspaceId, rules: AgentRules, *, by: PersonId, now: datetime) -> None:
        fresh = {
            "widely": rules.widely,
            "links": rules.links,
            "most": rules.most,
            "changed_by": by,
            "changed_at": now,
        }
        statement = (
            insert(AgentRuleRow)
            .values(workspace=workspace, **fresh)
            .on_conflict_do_update(index_elements=["workspace"], set_=fresh)
        )
        decided = Entry(
            workspace=workspace,
            at=now,
            person=by,
            actor=by,
            action="agent.rules_set",
            outcome=f"With everybody: {rules.widely}. By link: {rules.links}. Agents each: {rules.most}.",
        )
        async with self._database.sessions.begin() as session:
            await session.execute(statement)
            await enter_within(session, decided)

    async def disable(self, agent: AgentId, *, by: PersonId, why: str, now: datetime) -> None:
        async with self._database.sessions.begin() as session:
            row = await locked(session, agent, by)
            values = {"disabled_at": now, "disabled_why": why[:LONGEST_REASON]}
            await session.execute(update(AgentRow).where(AgentRow.id == agent).values(**values))
            await enter_within(session, entry(row, "agent.disabled", by=by, at=now))

    async def enable(self, agent: AgentId, *, by: PersonId, now: datetime) -> None:
        """Let it answer again. What was reported of it is settled by this, also of one that was not disabled."""
        async with self._database.sessions.begin() as session:
            row = await locked(session, agent, by)
            await session.execute(delete(AgentReportRow).where(AgentReportRow.agent == agent))
            enabled = {"disabled_at": None, "disabled_why": ""}
            await session.execute(update(AgentRow).where(AgentRow.id == agent).values(**enabled))
            await enter_within(session, entry(row, "agent.enabled", by=by, at=now))

    async def report(self, agent: AgentId, *, by: PersonId, why: str, now: datetime) -> None:
        """Once a person; `why` is read by admins."""
        said = why.replace("\x00", "")[:LONGEST_REASON]
        await self._rows(REPORT, agent=agent, person=by, why=said, workspace=workspace_of(by), now=now)

    async def reported(self, workspace: WorkspaceId) -> dict[AgentId, tuple[str, ...]]:
        """What people said of reported agents, newest first."""
        said: dict[AgentId, list[str]] = defaultdict(list)
        for row in await self._rows(REPORTED, workspace=workspace):
            said[row.agent].append(row.why)
        return {agent: tuple(words) for agent, words in said.items()}

    async def hand_over(
        self, agent: AgentId, to: PersonId, *, by: PersonId, now: datetime, keeps_draft: bool = True
    ) -> None:
        """The agent is `to`'s from now on; who had it may not even use it, unless it is shared with them.

        Links end: they were given away by somebody else. Raises AgentGone, also where `to` is of another workspace.
        """
        mine = (AgentShareRow.agent == agent, AgentShareRow.kind == "person", AgentShareRow.whom == to)
        if workspace_of(to) != workspace_of(by):
            raise AgentGone("It stays in its workspace.")
        async with self._database.sessions.begin() as session:
            row = await locked(session, agent, by)
            await session.execute(update(AgentRow).where(AgentRow.id == agent).values(owner=to))
            if not keeps_draft:
                await session.execute(DROP_DRAFT, {"agent": agent})
            await session.execute(delete(AgentShareRow).where(*mine))
            links = update(AgentLinkRow).where(AgentLinkRow.agent == agent, AgentLinkRow.revoked_at.is_(None))
            await session.execute(links.values(revoked_at=now))
            await enter_within(session, entry(row, "agent.handed_over", by=by, at=now, to=to))
