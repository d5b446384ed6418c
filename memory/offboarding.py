"""Ends what somebody, or a whole workspace, can still do here, and tells who has to be looked at again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select, text, union, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from memory.agent_choices import AgentChannelRow, AgentChoiceRow, AgentThreadRow, AgentTurnRow, AgentUseRow
from memory.agent_rows import AgentRow
from memory.agent_rules import AgentReportRow, AgentRuleRow
from memory.agent_shares import AgentOpeningRow, AgentShareRow
from memory.audit import OURSELVES, Entry, enter_within
from memory.connect_flows import ConnectFlowRow, ConnectLinkRow
from memory.database import Database
from memory.databases import DatabaseRow
from memory.files import FileRow
from memory.grants import GrantRow
from memory.ids import PersonId, TurnId, WorkspaceId, workspace_of
from memory.knowledge import KnowledgeSourceRow
from memory.pages import PageRow
from memory.parameters import models
from memory.parameters.aliases import AliasRow
from memory.parameters.happened import EventRow
from memory.parameters.kept import EvidenceRow
from memory.parameters.store import ParameterMemory
from memory.pending import PendingRow
from memory.people import PersonRow
from memory.permissions import PermissionRow, void_within
from memory.shares import ShareRow
from memory.skill_rules import SkillRuleRow
from memory.tool_rules import ToolRuleRow
from memory.turns import STOPS, TurnRow
from memory.warm_starts import WarmStartRow
from memory.web_replies import WebReplyRow
from memory.web_sessions import WebSessionRow
from memory.workings import WorkingRow

LEFT = "They left the workspace, or it ended our access."

MEMORY = (EvidenceRow, AliasRow, EventRow)
"""What is remembered of people, and what became of it."""

AGENTS = (AgentChoiceRow, AgentOpeningRow, AgentReportRow, AgentUseRow)
"""Which agents people chose, came to by a link, reported and used."""

THEIRS = (*MEMORY, *AGENTS, FileRow, PageRow, WorkingRow, WebReplyRow)
"""All that is kept for a person alone, beside their accounts."""

DECIDED = (DatabaseRow, SkillRuleRow, ToolRuleRow, AgentRuleRow, AgentChannelRow)
"""What was decided for all of a workspace."""

SHAPED = (AgentRow, KnowledgeSourceRow)
"""The agents of a workspace. They stay when their owner leaves: who uses them goes on, and an admin hands them over."""

Whose: TypeAlias = Callable[[InstrumentedAttribute[str]], ColumnElement[bool]]
"""Picks rows by the column that names their person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What was ended, and has to be followed up outside of the database."""

    people: tuple[PersonId, ...]
    """Who had accounts or was signed in."""
    cards: tuple[TurnId, ...]
    """Whose cards stand in Slack as if somebody could still answer them."""


@dataclass(frozen=True, slots=True)
class Offboarding:
    """What ends with a person, and with a workspace."""

    database: Database

    async def end_person(self, person: PersonId) -> Left:
        """End everything of one person at once. Asked again, it finds nothing more."""
        # Before their evidence goes, which says that this is still to be done.
        await ParameterMemory(self.database).forget_everything(person)
        return await self._end(lambda column: column == person)

    async def end_workspace(self, workspace: WorkspaceId) -> Left:
        """End everything of everybody in a workspace that has thrown us out, and forget what its admins decided."""
        async with self.database.sessions.begin() as session:
            for row in (*DECIDED, *SHAPED):
                await session.execute(delete(row).where(row.workspace == workspace))
            for row, named in ((AgentThreadRow, AgentThreadRow.conversation), (AgentTurnRow, AgentTurnRow.turn)):
                await session.execute(delete(row).where(func.split_part(named, ":", 1) == workspace))
            await models.clear(await session.connection(), workspace)
        # Everybody's id begins with their workspace (`memory.ids`), in every table alike.
        return await self._end(lambda column: func.split_part(column, ":", 1) == workspace)

    async def overlooked(self, *, most: int) -> Sequence[PersonId]:
        """Return who is known to be gone and still has something here: nobody told us, or we stopped half way."""
        statement = select(PersonRow.id).where(_is_gone(), _has_something()).order_by(PersonRow.id).limit(most)
        async with self.database.sessions() as session:
            return [PersonId(person) for person in await session.scalars(statement)]

    async def unseen(self, workspace: WorkspaceId, *, before: datetime, most: int) -> Sequence[PersonId]:
        """Return who has something here and was not looked at since, the longest unseen first."""
        here = (PersonRow.workspace == workspace, PersonRow.refreshed_at < before, not_(_is_gone()), _has_something())
        statement = select(PersonRow.id).where(*here).order_by(PersonRow.refreshed_at).limit(most)
        async with self.database.sessions() as session:
            return [PersonId(person) for person in await session.scalars(statement)]

    async def _end(self, whose: Whose) -> Left:
        async with self.database.engine.begin() as connection:
            people = await _having(connection, whose)
            for row in (WebSessionRow, ConnectFlowRow, ConnectLinkRow, ShareRow, WarmStartRow, *THEIRS):
                await connection.execute(delete(row).where(whose(row.person)))
            await connection.execute(delete(AgentShareRow).where(_with_them(whose)))
            cards = await _void(connection, whose)
            await _stop(connection, whose)
            await void_within(connection, whose(PermissionRow.person), because=LEFT)
        # By itself and last: a refresh may hold a grant's row for as long as its vendor takes to answer.
        async with self.database.engine.begin() as connection:
            await _disconnect(connection, whose)
        return Left(people=people, cards=cards)


def _with_them(whose: Whose) -> ColumnElement[bool]:
    """Agents that are shared with somebody by their name."""
    return and_(AgentShareRow.kind == "person", whose(AgentShareRow.whom))


async def _having(connection: AsyncConnection, whose: Whose) -> tuple[PersonId, ...]:
    """Who has accounts, or is signed in."""
    found = union(*(select(row.person).where(whose(row.person)) for row in (GrantRow, WebSessionRow)))
    return tuple(sorted(PersonId(person) for person in await connection.scalars(found)))


async def _void(connection: AsyncConnection, whose: Whose) -> tuple[TurnId, ...]:
    """Close what waits for somebody's answer; gives the turns whose cards show it."""
    waiting = (whose(PendingRow.person), PendingRow.state.in_(("open", "approved")))
    # Locked first, in the order of clicks on cards: of a click at the same moment all counts, or nothing.
    await connection.execute(select(PendingRow.id).where(*waiting).order_by(PendingRow.id).with_for_update())
    closed = await connection.scalars(
        update(PendingRow)
        .where(*waiting)
        .values(state="expired", reason=None, decided_at=func.clock_timestamp())
        .returning(PendingRow.turn)
    )
    return tuple(sorted({TurnId(turn) for turn in closed}))


async def _stop(connection: AsyncConnection, whose: Whose) -> None:
    """Drop the questions that wait, and ask what runs to stop, on whichever worker."""
    mine = whose(TurnRow.person)
    over = {"state": "stopped", "finished_at": func.clock_timestamp()}
    await connection.execute(update(TurnRow).where(mine, TurnRow.state == "queued").values(**over))
    running = update(TurnRow).where(mine, TurnRow.state == "admitted").values(state="stopping").returning(TurnRow.id)
    for turn in (await connection.scalars(running)).all():
        await connection.execute(text("SELECT pg_notify(:channel, :turn)"), {"channel": STOPS, "turn": turn})


async def _disconnect(connection: AsyncConnection, whose: Whose) -> None:
    """Use somebody's accounts no more."""
    named = (GrantRow.person, GrantRow.integration, GrantRow.label)
    used = (whose(GrantRow.person), GrantRow.problem.is_distinct_from("disconnecting"))
    over = update(GrantRow).where(*used).values(problem="disconnecting").returning(*named)
    for person, integration, label in (await connection.execute(over)).all():
        entry = Entry(
            workspace=workspace_of(PersonId(person)),
            person=PersonId(person),
            actor=OURSELVES,
            action="account.disconnected",
            account=label,
            reason=LEFT,
            target=integration,
        )
        await enter_within(connection, entry)


def _is_gone() -> ColumnElement[bool]:
    """As `Person.is_member` says it."""
    return or_(PersonRow.is_guest, PersonRow.is_outsider, PersonRow.is_bot, PersonRow.deactivated_at.is_not(None))


def _has_something() -> ColumnElement[bool]:
    """Whether somebody has anything here that ends when they leave."""
    mine = (
        (GrantRow.person, GrantRow.problem.is_distinct_from("disconnecting")),
        (WebSessionRow.person, WebSessionRow.person.is_not(None)),
        (ConnectLinkRow.person, ConnectLinkRow.used_at.is_(None)),
        (PendingRow.person, PendingRow.state == "open"),
        (PermissionRow.person, PermissionRow.person.is_not(None)),
        (AgentShareRow.whom, AgentShareRow.kind == "person"),
        *((row.person, row.person.is_not(None)) for row in (WarmStartRow, *THEIRS)),
    )
    return or_(*(select(person).where(and_(person == PersonRow.id, which)).exists() for person, which in mine))
