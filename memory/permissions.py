"""What people need not be asked about any more, until they take it back or their account changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, DateTime, Text, UniqueConstraint, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from memory.audit import OURSELVES, Action, Entry, digest, enter_within, target_of, utc_now
from memory.database import Base, Database
from memory.ids import PersonId, workspace_of


class PermissionRow(Base):
    __tablename__ = "permissions"
    __table_args__ = (UniqueConstraint("person", "key"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    tool: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    says: Mapped[str] = mapped_column(Text)
    integration: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One thing that a person let Pinyon do without asking."""

    id: str
    person: PersonId
    key: str
    """`bot.toolbox.declared.permission`: tool as it was then, target, account."""
    tool: str
    target: str
    """What it is for, in full, as the card showed it."""
    says: str
    """What is not asked any more, after "I will …"."""
    integration: str
    given_at: datetime


OF_PERSON = text("SELECT * FROM permissions WHERE person = :person ORDER BY given_at DESC, id")
KEYS = text("SELECT key FROM permissions WHERE person = :person")


@dataclass(frozen=True, slots=True)
class StandingPermissions:
    """Everyone's."""

    database: Database

    async def given(self, person: PersonId) -> frozenset[str]:
        """Return the keys of all that `person` need not be asked about."""
        return frozenset(row.key for row in await self.database.single.rows(KEYS, {"person": person}))

    async def list(self, person: PersonId) -> tuple[Permission, ...]:
        """Return what `person` gave, newest first."""
        return tuple(_read(row) for row in await self.database.single.rows(OF_PERSON, {"person": person}))

    async def give(
        self,
        person: PersonId,
        key: str,
        *,
        tool: str,
        target: str,
        says: str,
        integration: str,
        now: datetime,
    ) -> None:
        """Keep that `person` need not be asked about `key`; given twice, it is given once."""
        async with self.database.engine.begin() as connection:
            await give_within(
                connection, person, key, tool=tool, target=target, says=says, integration=integration, now=now
            )

    async def revoke(self, person: PersonId, which: str, *, now: datetime) -> Permission | None:
        """Take back what has the id or key `which`; None when the person has no such permission."""
        named = (PermissionRow.id == which) | (PermissionRow.key == which)
        async with self.database.engine.begin() as connection:
            ended = await _end(connection, PermissionRow.person == person, named)
            for one in ended:
                await enter_within(connection, _entry("permission.revoked", one, at=now))
        return ended[0] if ended else None

    async def void(self, person: PersonId, integration: str, *, because: str) -> None:
        """End all that rests on the person's accounts at a vendor. `because` is a sentence of ours."""
        async with self.database.engine.begin() as connection:
            await void_within(connection, *at_vendor(person, integration), because=because)


async def give_within(
    connection: AsyncConnection | AsyncSession,
    person: PersonId,
    key: str,
    *,
    tool: str,
    target: str,
    says: str,
    integration: str,
    now: datetime,
) -> None:
    """Do `StandingPermissions.give` within the caller's transaction."""
    statement = (
        insert(PermissionRow)
        .values(
            id=uuid4().hex,
            person=person,
            key=key,
            tool=tool,
            target=target,
            says=says,
            integration=integration,
            given_at=now,
        )
        .on_conflict_do_nothing(index_elements=["person", "key"])
        .returning(PermissionRow.__table__)
    )
    for row in (await connection.execute(statement)).all():
        await enter_within(connection, _entry("permission.given", _read(row), at=now))


def at_vendor(person: PersonId, integration: str) -> tuple[ColumnElement[bool], ...]:
    """Pick what rests on the person's accounts at one vendor."""
    return PermissionRow.person == person, PermissionRow.integration == integration


async def void_within(connection: AsyncConnection | AsyncSession, *which: ColumnElement[bool], because: str) -> None:
    """End every permission for which `which` holds, within the caller's transaction and towards its end."""
    for one in await _end(connection, *which):
        entry = _entry("permission.revoked", one, at=utc_now(), actor=OURSELVES, reason=because)
        await enter_within(connection, entry)


async def _end(connection: AsyncConnection | AsyncSession, *which: ColumnElement[bool]) -> Sequence[Permission]:
    statement = delete(PermissionRow).where(*which).returning(PermissionRow.__table__)
    return [_read(row) for row in (await connection.execute(statement)).all()]


def _entry(action: Action, one: Permission, *, at: datetime, actor: PersonId | None = None, reason: str = "") -> Entry:
    target, target_hash = target_of([one.target])
    return Entry(
        workspace=workspace_of(one.person),
        at=at,
        person=one.person,
        actor=actor or one.person,
        action=action,
        tool=one.tool,
        reason=reason,
        target=target,
        target_hash=target_hash,
        arguments_hash=digest(one.key),
    )


def _read(row: Any) -> Permission:
    return Permission(
        id=row.id,
        person=PersonId(row.person),
        key=row.key,
        tool=row.tool,
        target=row.target,
        says=row.says,
        integration=row.integration,
        given_at=row.given_at,
    )
