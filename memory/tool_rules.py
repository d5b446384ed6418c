"""What the admins of a workspace decided about single tools: ask every time, or never."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import DateTime, Text, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from memory.audit import Entry, enter_within
from memory.database import Base, Database
from memory.ids import PersonId, WorkspaceId

Rule: TypeAlias = Literal["ask", "forbid"]
EVERY = "*"
"""Stands for all tools that change something."""
SAID: Mapping[Rule | None, str] = {
    "ask": "Asks every time",
    "forbid": "Forbidden",
    None: "As each person decides",
}


class ToolRuleRow(Base):
    __tablename__ = "tool_rules"

    workspace: Mapped[str] = mapped_column(Text, primary_key=True)
    tool: Mapped[str] = mapped_column(Text, primary_key=True)
    rule: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRule:
    """One tool in one workspace. Without a rule each person decides."""

    tool: str
    rule: Rule
    changed_by: PersonId
    changed_at: datetime


OF_WORKSPACE = text("SELECT * FROM tool_rules WHERE workspace = :workspace ORDER BY tool")
_RULES: dict[str, Rule] = {"ask": "ask", "forbid": "forbid"}


@dataclass(frozen=True, slots=True)
class ToolRules:
    """Every workspace's rules."""

    database: Database

    async def of(self, workspace: WorkspaceId) -> dict[str, Rule]:
        """Return tool → rule; a tool that is not there has none, `EVERY` is one for all that change something."""
        return {rule.tool: rule.rule for rule in await self.list(workspace)}

    async def list(self, workspace: WorkspaceId) -> tuple[ToolRule, ...]:
        """Return every rule, with who made it and when."""
        rows = await self.database.single.rows(OF_WORKSPACE, {"workspace": workspace})
        return tuple(
            ToolRule(
                tool=row.tool,
                rule=_RULES[row.rule],
                changed_by=PersonId(row.changed_by),
                changed_at=row.changed_at,
            )
            for row in rows
        )

    async def set(self, workspace: WorkspaceId, tool: str, rule: Rule | None, *, by: PersonId, now: datetime) -> None:
        """Decide about one tool; with None each person decides again."""
        made_by = {"rule": rule, "changed_by": by, "changed_at": now}
        if rule is None:
            here = (ToolRuleRow.workspace == workspace, ToolRuleRow.tool == tool)
            statement = delete(ToolRuleRow).where(*here)
        else:
            statement = (
                insert(ToolRuleRow)
                .values(workspace=workspace, tool=tool, **made_by)
                .on_conflict_do_update(index_elements=["workspace", "tool"], set_=made_by)
            )
        entry = Entry(
            workspace=workspace, at=now, person=by, actor=by, action="rule.changed", tool=tool, outcome=SAID[rule]
        )
        async with self.database.sessions.begin() as session:
            await session.execute(statement)
            await enter_within(session, entry)
