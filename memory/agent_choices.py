"""Which agent answers whom, in which thread and channel, and how much each is used."""

# ruff: noqa: S608  statements are put together from constant pieces of these files

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from memory.agent_rows import AgentStore
from memory.database import Base
from memory.ids import AgentId, ConversationId, PersonId, TurnId, WorkspaceId, workspace_of

COUNTED = timedelta(days=30)
"""How long a turn is known to have been counted; no turn is run again after so long."""
_SAME_QUESTION = re.compile(r"(?::[cr]\d+)+$")


class AgentChoiceRow(Base):
    """No foreign keys here and below: people choose the built-in ones too."""

    __tablename__ = "agent_choices"

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    lasting: Mapped[str | None] = mapped_column(Text)
    once: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AgentChannelRow(Base):
    __tablename__ = "agent_channels"

    workspace: Mapped[str] = mapped_column(Text, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    agent: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AgentThreadRow(Base):
    __tablename__ = "agent_threads"

    conversation: Mapped[str] = mapped_column(Text, primary_key=True)
    agent: Mapped[str] = mapped_column(Text)
    turn: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AgentUseRow(Base):
    """How much one person used one agent."""

    __tablename__ = "agent_uses"
    __table_args__ = (Index("agent_uses_by_workspace", "workspace"),)

    agent: Mapped[str] = mapped_column(Text, primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    workspace: Mapped[str] = mapped_column(Text)
    turns: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AgentTurnRow(Base):
    """A question that was counted."""

    __tablename__ = "agent_turns"

    turn: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """How much an agent is used."""

    people: int
    turns: int
    last: datetime | None
    """By the person who was asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What there is to say who answers a turn. Whether the person may still use them is not looked at here."""

    thread: AgentId | None
    """Settled in this thread."""
    once: AgentId | None
    """The person's choice for their next question."""
    lasting: AgentId | None
    """The person's choice from now on."""
    channel: AgentId | None
    """The channel's default."""
    is_new: bool
    """Whether nothing was asked in this thread before."""


# One round trip: every turn begins with it.
STANDING = text(
    "SELECT (SELECT agent FROM agent_threads WHERE conversation = :conversation) AS thread,"
    " (SELECT once FROM agent_choices WHERE person = :person) AS once,"
    " (SELECT lasting FROM agent_choices WHERE person = :person) AS lasting,"
    " (SELECT agent FROM agent_channels WHERE workspace = :workspace AND channel = :channel) AS channel,"
    " NOT EXISTS (SELECT FROM turns before WHERE before.conversation = :conversation AND before.id <> :asked"
    " AND before.seq < coalesce((SELECT seq FROM turns WHERE id = :asked), 9223372036854775807)"
    " AND NOT starts_with(before.id, concat(CAST(:asked AS text), ':'))) AS is_new"
)
_MINE = (
    " (left(CAST(:agent AS text), 8) = 'builtin:'"
    " OR EXISTS (SELECT FROM agents WHERE id = :agent AND workspace = :workspace))"
)
CHOOSE = text(
    "INSERT INTO agent_choices (person, lasting, at)"
    f" SELECT :person, CAST(:agent AS text), CAST(:now AS timestamptz) WHERE CAST(:agent AS text) IS NULL OR{_MINE}"
    " ON CONFLICT (person) DO UPDATE SET lasting = excluded.lasting, once = NULL, at = excluded.at"
)
CHOOSE_ONCE = text(
    "INSERT INTO agent_choices (person, once, at)"
    f" SELECT :person, CAST(:agent AS text), CAST(:now AS timestamptz) WHERE CAST(:agent AS text) IS NULL OR{_MINE}"
    " ON CONFLICT (person) DO UPDATE SET once = excluded.once, at = excluded.at"
)
CHOSEN = text("SELECT lasting, once FROM agent_choices WHERE person = :person")
OF_CHANNEL = text("SELECT agent FROM agent_channels WHERE workspace = :workspace AND channel = :channel")
CLEAR_CHANNEL = text("DELETE FROM agent_channels WHERE workspace = :workspace AND channel = :channel")
SET_CHANNEL = text(
    "INSERT INTO agent_channels (workspace, channel, agent, by, at)"
    f" SELECT :workspace, :channel, CAST(:agent AS text), :by, CAST(:now AS timestamptz) WHERE{_MINE}"
    " ON CONFLICT (workspace, channel) DO UPDATE SET agent = excluded.agent, by = excluded.by, at = excluded.at"
)
OF_THREAD = text("SELECT agent, turn FROM agent_threads WHERE conversation = :conversation")
_COUNT = (
    "counted AS (INSERT INTO agent_turns (turn, at) VALUES (:turn, :now) ON CONFLICT (turn) DO NOTHING RETURNING turn),"
    " uses AS (INSERT INTO agent_uses (agent, person, workspace, turns, last_at)"
    " SELECT CAST(:agent AS text), CAST(:person AS text), :workspace, 1, CAST(:now AS timestamptz) FROM counted"
    " ON CONFLICT (agent, person) DO UPDATE SET turns = agent_uses.turns + 1,"
    " last_at = greatest(agent_uses.last_at, excluded.last_at) RETURNING agent)"
)
COUNT = text(f"WITH {_COUNT} SELECT FROM uses")
# One statement: a turn that is run again finds all of it done, or nothing.
SETTLE = text(
    f"WITH {_COUNT}, settled AS (INSERT INTO agent_threads AS threads (conversation, agent, turn, at)"
    " VALUES (:conversation, :agent, :turn, :now) ON CONFLICT (conversation) DO UPDATE SET agent = excluded.agent,"
    " turn = excluded.turn, at = excluded.at WHERE threads.turn <> excluded.turn RETURNING turn)"
    " UPDATE agent_choices SET once = NULL WHERE person = :person AND :spend AND once = :agent"
    " AND EXISTS (SELECT FROM settled)"
)
USED = text(
    "SELECT agent, count(*) AS people, sum(turns) AS turns, max(last_at) FILTER (WHERE person = :person) AS last"
    " FROM agent_uses WHERE workspace = :workspace AND agent = ANY(:agents) GROUP BY agent"
)
PRUNE = text("DELETE FROM agent_turns WHERE at < :before")


class ChosenAgents(AgentStore):
    """Who answers."""

    async def choose(self, person: PersonId, agent: AgentId | None, *, once: bool, now: datetime) -> None:
        """Let this one answer from now on, or the next question only; None is back to the default.

        Whoever chooses from now on has no choice for the next question any more. An agent of another workspace cannot
        be chosen: nothing happens.
        """
        statement = CHOOSE_ONCE if once else CHOOSE
        await self._rows(statement, person=person, agent=agent, workspace=workspace_of(person), now=now)

    async def chosen(self, person: PersonId) -> tuple[AgentId | None, AgentId | None]:
        """(from now on, for the next question only)."""
        rows = await self._rows(CHOSEN, person=person)
        return (rows[0].lasting, rows[0].once) if rows else (None, None)

    async def of_channel(self, workspace: WorkspaceId, channel: str) -> AgentId | None:
        rows = await self._rows(OF_CHANNEL, workspace=workspace, channel=channel)
        return AgentId(rows[0].agent) if rows else None

    async def set_channel(
        self, workspace: WorkspaceId, channel: str, agent: AgentId | None, *, by: PersonId, now: datetime
    ) -> None:
        """Let an agent answer in a channel where nobody chose; None takes that back."""
        where: dict[str, Any] = {"workspace": workspace, "channel": channel}
        if agent is None:
            await self._rows(CLEAR_CHANNEL, **where)
        else:
            await self._rows(SET_CHANNEL, **where, agent=agent, by=by, now=now)

    async def of_thread(self, conversation: ConversationId) -> tuple[AgentId, TurnId] | None:
        """(who answers there, the turn that settled it)."""
        rows = await self._rows(OF_THREAD, conversation=conversation)
        return (rows[0].agent, rows[0].turn) if rows else None

    async def standing(self, conversation: ConversationId, turn: TurnId, person: PersonId, channel: str) -> Standing:
        """All that is known of who answers `turn`, in one round trip. A continuation is its question's turn."""
        asked: dict[str, Any] = {"conversation": conversation, "asked": question_of(turn), "person": person}
        rows = await self._rows(STANDING, **asked, workspace=workspace_of(person), channel=channel)
        return Standing(**rows[0]._asdict())

    async def settle(
        self, conversation: ConversationId, agent: AgentId, turn: TurnId, person: PersonId, *, once: bool, now: datetime
    ) -> None:
        """Let this one answer in a thread from now on. `once` uses up the person's choice for one question.

        Counts the use. The same turn again, or a continuation of it, changes nothing.
        """
        await self._rows(SETTLE, conversation=conversation, spend=once, **_use(agent, person, turn, now))

    async def count(self, agent: AgentId, person: PersonId, turn: TurnId, *, now: datetime) -> None:
        """One more turn; the same turn again, or a continuation of it, is no more."""
        await self._rows(COUNT, **_use(agent, person, turn, now))

    async def used(self, agents: Sequence[AgentId], workspace: WorkspaceId, person: PersonId) -> dict[AgentId, Used]:
        """By people of `workspace`; built-ins as well. One that nobody used is not among them."""
        rows = await self._rows(USED, agents=[*agents], workspace=workspace, person=person) if agents else ()
        return {AgentId(row.agent): Used(people=int(row.people), turns=int(row.turns), last=row.last) for row in rows}

    async def prune(self, *, now: datetime) -> None:
        """Forget which turns were counted, of those older than `COUNTED`; what they came to stays."""
        await self._rows(PRUNE, before=now - COUNTED)


def question_of(turn: TurnId) -> TurnId:
    """The turn in which it was asked, of one that goes on with it or tries it again."""
    return TurnId(_SAME_QUESTION.sub("", turn))


def _use(agent: AgentId, person: PersonId, turn: TurnId, now: datetime) -> dict[str, Any]:
    mine = {"agent": agent, "person": person, "workspace": workspace_of(person)}
    return {**mine, "turn": question_of(turn), "now": now}
