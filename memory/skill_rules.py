"""What the admins of a workspace decided about skills: whether one exists there, how far it goes, and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import ARRAY, DateTime, Text, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from memory.audit import Entry, enter_within
from memory.database import Base, Database
from memory.ids import PersonId, WorkspaceId

Allowed: TypeAlias = Literal["off", "read", "write"]


class SkillRuleRow(Base):
    __tablename__ = "skill_rules"

    workspace: Mapped[str] = mapped_column(Text, primary_key=True)
    skill: Mapped[str] = mapped_column(Text, primary_key=True)
    allowed: Mapped[str] = mapped_column(Text)
    people: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRule:
    """One skill in one workspace. Without a rule everybody may read, and change things after being asked."""

    skill: str
    allowed: Allowed = "write"
    people: tuple[PersonId, ...] | None = None
    """Who may use it; None for all members."""
    changed_by: PersonId | None = None
    changed_at: datetime | None = None

    def allows(self, person: PersonId) -> Allowed:
        """How far the admins let `person` go."""
        return self.allowed if self.people is None or person in self.people else "off"


OF_WORKSPACE = text("SELECT * FROM skill_rules WHERE workspace = :workspace")
_ALLOWED: dict[str, Allowed] = {"off": "off", "read": "read", "write": "write"}
_SAID: dict[Allowed, str] = {"off": "Off", "read": "Read only", "write": "On"}


@dataclass(frozen=True, slots=True)
class SkillRules:
    """Every workspace's rules."""

    database: Database

    async def of(self, workspace: WorkspaceId) -> Mapping[str, SkillRule]:
        """Return the rules of a workspace by skill; a skill that is not there has none."""
        rows = await self.database.single.rows(OF_WORKSPACE, {"workspace": workspace})
        return {
            row.skill: SkillRule(
                skill=row.skill,
                allowed=_ALLOWED[row.allowed],
                people=None if row.people is None else tuple(PersonId(person) for person in row.people),
                changed_by=PersonId(row.changed_by),
                changed_at=row.changed_at,
            )
            for row in rows
        }

    async def set(self, workspace: WorkspaceId, rule: SkillRule, *, by: PersonId, now: datetime) -> None:
        """Decide about one skill."""
        fresh = {
            "allowed": rule.allowed,
            "people": None if rule.people is None else sorted(rule.people),
            "changed_by": by,
            "changed_at": now,
        }
        statement = (
            insert(SkillRuleRow)
            .values(workspace=workspace, skill=rule.skill, **fresh)
            .on_conflict_do_update(index_elements=["workspace", "skill"], set_=fresh)
        )
        entry = Entry(
            workspace=workspace,
            at=now,
            person=by,
            actor=by,
            action="rule.changed",
            target=rule.skill,
            outcome=f"{_SAID[rule.allowed]}{'' if rule.people is None else f', for {len(rule.people)} chosen'}",
        )
        async with self.database.sessions.begin() as session:
            await session.execute(statement)
            await enter_within(session, entry)
