"""Where a person let Pinyon learn from their own records at a service: what is to be read, and what was learned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Index, Text, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from memory.audit import OURSELVES, Action, AuditRow, Entry, enter_within
from memory.database import Base, Database
from memory.grants import Grant
from memory.ids import GrantId, PersonId, workspace_of

TRIES = 4
"""How often one is begun. The usual failures end it earlier; this ends one that stops the process each time."""


class WarmStartRow(Base):
    """One person's consent for one service. The row goes when they take it back."""

    __tablename__ = "warm_starts"

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    integration: Mapped[str] = mapped_column(Text, primary_key=True)
    grant: Mapped[str] = mapped_column(Text)
    """With which account."""
    account: Mapped[str] = mapped_column(Text)
    """What the person calls it, for the audit log."""
    allowed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When to read, or to look again whether it was done; None when it is over."""
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    learned: Mapped[int | None]
    """How many values; None when nothing was read so far."""


Index("ix_warm_starts_due", WarmStartRow.due_at, postgresql_where=WarmStartRow.due_at.is_not(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What a person let Pinyon learn from."""

    person: PersonId
    integration: str
    grant: GrantId
    allowed_at: datetime
    tries: int
    learned: int | None
    """How many values; None when nothing was read so far."""
    is_over: bool


@dataclass(frozen=True, slots=True)
class WarmStarts:
    """Everyone's consents to learning from their own records. Each is given by a button, and entered in the log."""

    database: Database

    async def allow(self, grant: Grant, *, now: datetime) -> None:
        """The person chose that Pinyon learns from their own records with this account."""
        async with self.database.sessions.begin() as session:
            await allow_within(session, grant, now=now)

    async def of(self, person: PersonId) -> Sequence[Allowed]:
        """What a person let Pinyon learn from, by service."""
        async with self.database.sessions() as session:
            mine = select(WarmStartRow).where(WarmStartRow.person == person).order_by(WarmStartRow.integration)
            return [_read(row) for row in await session.scalars(mine)]

    async def begin(
        self, *, now: datetime, lease: timedelta, person: PersonId | None = None, integration: str = ""
    ) -> Allowed | None:
        """Take what is due the longest, of everybody or one person's service: nobody else does until `lease` is over.

        What stopped the process each time is given up.
        """
        due = [WarmStartRow.due_at <= now]
        if person is not None:
            due += [WarmStartRow.person == person, WarmStartRow.integration == integration]
        async with self.database.sessions.begin() as session:
            await session.execute(update(WarmStartRow).where(*due, WarmStartRow.tries >= TRIES).values(due_at=None))
            first = select(WarmStartRow).where(*due).order_by(WarmStartRow.due_at).limit(1)
            row = await session.scalar(first.with_for_update(skip_locked=True))
            if row is None:
                return None
            row.due_at, row.tries = now + lease, row.tries + 1
            return _read(row)

    async def later(self, allowed: Allowed, *, due: datetime) -> None:
        """It could not be read now."""
        async with self.database.sessions.begin() as session:
            await session.execute(update(WarmStartRow).where(*_same(allowed)).values(due_at=due))

    async def end(self, allowed: Allowed, *, now: datetime, learned: int | None, outcome: str) -> bool:
        """It is over, however it went; `outcome` says so in the log. False when it was taken back meanwhile."""
        over = update(WarmStartRow).where(*_same(allowed)).returning(WarmStartRow)
        async with self.database.sessions.begin() as session:
            row = await session.scalar(over.values(due_at=None, learned=learned))
            if row is not None:
                await enter_within(session, _entry(row, "memory.own_records_read", at=now, outcome=outcome))
            return row is not None

    async def is_still(self, allowed: Allowed) -> bool:
        """Whether it was not taken back since it was begun."""
        async with self.database.sessions() as session:
            return await session.scalar(select(WarmStartRow.person).where(*_same(allowed))) is not None

    async def take_back(self, person: PersonId, integration: str = "", *, now: datetime) -> tuple[str, ...]:
        """Learn from a person's records no more, of one service or of all; the services for which that changed."""
        mine = [WarmStartRow.person == person]
        if integration:
            mine.append(WarmStartRow.integration == integration)
        async with self.database.sessions.begin() as session:
            gone = (await session.scalars(delete(WarmStartRow).where(*mine).returning(WarmStartRow))).all()
            for row in gone:
                await enter_within(session, _entry(row, "memory.own_records_forgotten", at=now, actor=person))
            return tuple(row.integration for row in gone)

    async def first_uses(self, person: PersonId) -> Mapping[str, datetime]:
        """Since when the person uses each tool that writes: from then on their records may be Pinyon's doing."""
        written = (
            AuditRow.workspace == workspace_of(person),
            AuditRow.person == person,
            AuditRow.action == "tool.done",
        )
        first = select(AuditRow.tool, func.min(AuditRow.at)).where(*written).group_by(AuditRow.tool)
        async with self.database.sessions() as session:
            return {str(row[0]): row[1] for row in (await session.execute(first)).all()}


async def allow_within(session: AsyncSession, grant: Grant, *, now: datetime) -> None:
    """As `allow`, in the caller's transaction; what was learned before stays learned."""
    said: dict[str, Any] = {"grant": grant.id, "account": grant.label, "allowed_at": now, "due_at": now, "tries": 0}
    keys: dict[str, Any] = {"person": grant.person, "integration": grant.integration}
    statement = insert(WarmStartRow).values(**keys, **said)
    row = await session.scalar(
        statement.on_conflict_do_update(index_elements=[*keys], set_=said).returning(WarmStartRow)
    )
    if row is not None:
        await enter_within(session, _entry(row, "memory.own_records_allowed", at=now, actor=grant.person))


async def refuse_within(session: AsyncSession, grant: Grant) -> None:
    """The person connected without it: what was allowed earlier and not read yet is not read."""
    mine = (WarmStartRow.person == grant.person, WarmStartRow.integration == grant.integration)
    await session.execute(delete(WarmStartRow).where(*mine, WarmStartRow.due_at.is_not(None)))


def _same(allowed: Allowed) -> tuple[Any, ...]:
    mine = (WarmStartRow.person == allowed.person, WarmStartRow.integration == allowed.integration)
    return *mine, WarmStartRow.allowed_at == allowed.allowed_at


def _entry(row: WarmStartRow, action: Action, *, at: datetime, actor: PersonId = OURSELVES, outcome: str = "") -> Entry:
    person = PersonId(row.person)
    return Entry(
        workspace=workspace_of(person),
        at=at,
        person=person,
        actor=actor,
        action=action,
        account=row.account,
        target=row.integration,
        outcome=outcome,
    )


def _read(row: WarmStartRow) -> Allowed:
    return Allowed(
        person=PersonId(row.person),
        integration=row.integration,
        grant=GrantId(row.grant),
        allowed_at=row.allowed_at,
        tries=row.tries,
        learned=row.learned,
        is_over=row.due_at is None,
    )
