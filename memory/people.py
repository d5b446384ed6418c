"""The people who talk to Pinyon, as their workspace describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import ARRAY, DateTime, Text, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import PersonId, WorkspaceId, person_id, workspace_of


class PersonRow(Base):
    __tablename__ = "people"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    enterprise: Mapped[str | None] = mapped_column(Text)
    workspace: Mapped[str] = mapped_column(Text, index=True)
    user: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    zone: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    is_guest: Mapped[bool]
    is_outsider: Mapped[bool]
    is_bot: Mapped[bool]
    is_admin: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    deactivated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    greeted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    refreshed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    switched_off: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    read_only: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone in a workspace."""

    id: PersonId
    enterprise: str | None = None
    workspace: WorkspaceId
    user: str
    name: str
    email: str | None = None
    zone: str = "UTC"
    """IANA time zone."""
    locale: str = "en-US"
    is_guest: bool = False
    is_outsider: bool = False
    """Belongs to another organisation and shares a channel (Slack Connect)."""
    is_bot: bool = False
    is_admin: bool = False
    """An admin or owner of the workspace in Slack, and so of Pinyon there."""
    deactivated_at: datetime | None = None
    greeted_at: datetime | None = None
    refreshed_at: datetime
    """When the workspace was last asked."""
    switched_off: tuple[str, ...] = ()
    """Names of the skills that the person switched off."""
    read_only: tuple[str, ...] = ()
    """Names of the skills with which the person lets Pinyon only read."""

    @property
    def is_member(self) -> bool:
        """Whether Pinyon works for them: not a guest, an outsider, a bot, or gone."""
        return not (self.is_guest or self.is_outsider or self.is_bot or self.deactivated_at)


Switch: TypeAlias = Literal["off", "read", "write"]
"""How far a person lets Pinyon use a skill: not at all, only to read, or also to change things after asking."""
BY_ID = text("SELECT * FROM people WHERE id = :id")
# One statement, so that two clicks at once do not undo each other.
SWITCH = text(
    "UPDATE people SET"
    " switched_off = array_remove(switched_off, :skill) || CASE WHEN :off THEN ARRAY[:skill] ELSE '{}' END,"
    " read_only = array_remove(read_only, :skill) || CASE WHEN :read_only THEN ARRAY[:skill] ELSE '{}' END"
    " WHERE id = :id"
)


@dataclass(frozen=True, slots=True)
class People:
    """Everyone Pinyon has met."""

    database: Database

    async def upsert(self, person: Person) -> Person:
        """Keep what the workspace says now; greeting and switched-off skills stay as they were."""
        said: dict[str, Any] = {
            "enterprise": person.enterprise,
            "workspace": person.workspace,
            "user": person.user,
            "name": person.name,
            "email": person.email,
            "zone": person.zone,
            "locale": person.locale,
            "is_guest": person.is_guest,
            "is_outsider": person.is_outsider,
            "is_bot": person.is_bot,
            "is_admin": person.is_admin,
            "deactivated_at": person.deactivated_at,
            "refreshed_at": person.refreshed_at,
        }
        statement = (
            insert(PersonRow)
            .values(
                id=person.id,
                greeted_at=person.greeted_at,
                switched_off=[*person.switched_off],
                read_only=[*person.read_only],
                **said,
            )
            .on_conflict_do_update(index_elements=["id"], set_=said)
            .returning(PersonRow)
        )
        async with self.database.sessions.begin() as session:
            return _read((await session.execute(statement)).scalar_one())

    async def get(self, person: PersonId) -> Person | None:
        found = await self.database.single.rows(BY_ID, {"id": person})
        return _read(found[0]) if found else None

    async def of(self, workspace: WorkspaceId) -> tuple[Person, ...]:
        """Return everybody of a workspace, by name; also those who left, or for whom Pinyon does not work."""
        statement = select(PersonRow).where(PersonRow.workspace == workspace)
        async with self.database.sessions() as session:
            rows = await session.scalars(statement.order_by(func.lower(PersonRow.name), PersonRow.id))
            return tuple(_read(row) for row in rows)

    async def greet(self, person: PersonId, *, now: datetime) -> bool:
        """Whether this is the first greeting of a known person; of several askers at once, one hears True."""
        async with self.database.sessions.begin() as session:
            first = await session.execute(
                update(PersonRow)
                .where(PersonRow.id == person, PersonRow.greeted_at.is_(None))
                .values(greeted_at=now)
                .returning(PersonRow.id)
            )
            return first.first() is not None

    async def switch(self, person: PersonId, skill: str, to: Switch) -> None:
        """Set how far the person lets Pinyon use a skill."""
        async with self.database.sessions.begin() as session:
            await session.execute(SWITCH, {"id": person, "skill": skill, "off": to == "off", "read_only": to == "read"})

    async def forget(self, person: PersonId) -> None:
        async with self.database.sessions.begin() as session:
            await session.execute(delete(PersonRow).where(PersonRow.id == person))


def profile_from_slack(user: Mapping[str, Any], *, workspace: WorkspaceId, now: datetime) -> Person:
    """Read `user` of Slack's `users.info`, as seen from `workspace`. What Slack leaves out counts against nobody.

    On Enterprise Grid a colleague of another team of the same organisation lists our workspace among their own.
    """
    profile: Mapping[str, Any] = user.get("profile") or {}
    grid: Mapping[str, Any] = user.get("enterprise_user") or {}
    teams = {user.get("team_id") or workspace, *(grid.get("teams") or ())}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return Person(
        id=person_id(workspace, user["id"]),
        enterprise=grid.get("enterprise_id") or None,
        workspace=workspace,
        user=user["id"],
        name=next((name for name in names if name), user["id"]),
        email=profile.get("email") or None,
        zone=user.get("tz") or "UTC",
        locale=user.get("locale") or "en-US",
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_outsider=bool(user.get("is_stranger")) or workspace not in teams,
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        deactivated_at=now if user.get("deleted") else None,
        refreshed_at=now,
    )


def _read(row: PersonRow) -> Person:
    return Person(
        id=PersonId(row.id),
        enterprise=row.enterprise,
        workspace=workspace_of(PersonId(row.id)),
        user=row.user,
        name=row.name,
        email=row.email,
        zone=row.zone,
        locale=row.locale,
        is_guest=row.is_guest,
        is_outsider=row.is_outsider,
        is_bot=row.is_bot,
        is_admin=row.is_admin,
        deactivated_at=row.deactivated_at,
        greeted_at=row.greeted_at,
        refreshed_at=row.refreshed_at,
        switched_off=tuple(row.switched_off),
        read_only=tuple(row.read_only),
    )
