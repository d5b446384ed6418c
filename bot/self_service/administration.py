"""What the admins of a workspace see and decide about its skills."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeAlias, TypeVar

import structlog

from memory.ids import PersonId, WorkspaceId
from memory.people import People, Person
from memory.skill_rules import Allowed, SkillRule, SkillRules
from memory.tool_rules import EVERY, Rule, ToolRules
from skills.skill import Skill

log = structlog.get_logger()
Found = TypeVar("Found")
Decided: TypeAlias = Literal["decided", "unknown", "nobody"]
"""`unknown`: there is no such skill; `nobody`: chosen people were meant, and none was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledSkill:
    """One skill, and what the admins decided about it."""

    skill: Skill
    rule: SkillRule
    chosen: tuple[Person, ...]
    """Who may use it, where not everybody may."""
    changed_by: str
    """The name of the admin who decided last; empty where nobody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledTool:
    """One thing that a skill can change, and what the admins decided about it."""

    tool: str
    does: str
    """What it does, in a person's words: "Post this comment on GitHub"."""
    rule: Rule | None
    """None: each person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledEvery:
    """What the admins decided about all changes at once."""

    rule: Rule | None = None
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """The decisions of every workspace's admins. Each call is about one workspace; who may ask is the caller's part."""

    rules: SkillRules
    tool_rules: ToolRules
    people: People
    skills: Mapping[str, Skill]

    async def ruled(self, workspace: WorkspaceId) -> tuple[RuledSkill, ...]:
        """Return every skill, with the rule that holds now."""
        rules, known = await asyncio.gather(self.rules.of(workspace), self.people.of(workspace))
        by_id = {person.id: person for person in known}
        return tuple(
            _ruled(skill, rules.get(name) or SkillRule(skill=name), by_id) for name, skill in self.skills.items()
        )

    async def members(self, workspace: WorkspaceId) -> tuple[Person, ...]:
        """Return whom an admin can choose: the members that Pinyon has met, by name."""
        return tuple(person for person in await self.people.of(workspace) if person.is_member)

    async def decide(
        self, admin: Person, skill: str, allowed: Allowed, *, people: Collection[str] | None, now: datetime
    ) -> Decided:
        """Decide about a skill in the admin's own workspace; it holds from the next turn on.

        `people` are the ids of those who may use it, None for everybody. Ids of others than the workspace's own
        people count for nothing.
        """
        if skill not in self.skills:
            return "unknown"
        chosen: tuple[PersonId, ...] | None = None
        if people is not None:
            chosen = tuple(person.id for person in await self.people.of(admin.workspace) if person.id in people)
        if chosen == ():
            return "nobody"
        rule = SkillRule(skill=skill, allowed=allowed, people=chosen)
        await self.rules.set(admin.workspace, rule, by=admin.id, now=now)
        count = None if chosen is None else len(chosen)
        log.info("skill.ruled", workspace=admin.workspace, by=admin.id, skill=skill, allowed=allowed, people=count)
        return "decided"

    async def tools(self, workspace: WorkspaceId, skill: str) -> tuple[RuledTool, ...]:
        """Return what a skill can change, with the rules that hold now; nothing of a skill that is not there."""
        declared = self.skills.get(skill)
        if declared is None:
            return ()
        rules = await self.tool_rules.of(workspace)
        return tuple(
            RuledTool(tool=tool.name, does=tool.says.ask.removesuffix("?"), rule=rules.get(tool.name))
            for tool in declared.tools
            if tool.effect == "write"
        )

    async def every(self, workspace: WorkspaceId) -> RuledEvery:
        """Return the rule for all changes at once."""
        rule = next((rule for rule in await self.tool_rules.list(workspace) if rule.tool == EVERY), None)
        if rule is None:
            return RuledEvery()
        by = await self.people.get(rule.changed_by)
        return RuledEvery(rule=rule.rule, changed_by=by.name if by else "", changed_at=rule.changed_at)

    async def decide_tools(
        self, admin: Person, skill: str, decided: Mapping[str, Rule | None], *, now: datetime
    ) -> Decided:
        """Decide about what a skill can change; only what is different now is entered. It holds from the next call on.

        A name that is none of the skill's changing tools makes all of it count for nothing.
        """
        before = {one.tool: one.rule for one in await self.tools(admin.workspace, skill)}
        if not decided.keys() <= before.keys():
            return "unknown"
        for tool, rule in decided.items():
            if rule != before[tool]:
                await self._decide_tool(admin, tool, rule, now=now)
        return "decided"

    async def ask_before_every_change(self, admin: Person, *, asks: bool, now: datetime) -> None:
        """Let everybody be asked before every change, or let each person decide again."""
        rule: Rule | None = "ask" if asks else None
        if (await self.every(admin.workspace)).rule != rule:
            await self._decide_tool(admin, EVERY, rule, now=now)

    async def _decide_tool(self, admin: Person, tool: str, rule: Rule | None, *, now: datetime) -> None:
        await self.tool_rules.set(admin.workspace, tool, rule, by=admin.id, now=now)
        log.info("tool.ruled", workspace=admin.workspace, by=admin.id, tool=tool, rule=rule)


@dataclass(slots=True)
class OneAtATime(Generic[Found]):
    """Long work that many may ask for: whoever asks while it runs gets what comes of that run."""

    work: Callable[[], Awaitable[Found]]
    running: asyncio.Future[Found] | None = field(default=None, init=False)

    async def __call__(self) -> Found:
        if self.running is None or self.running.done():
            self.running = asyncio.ensure_future(self.work())
        # Somebody who closes the page does not end it for the others.
        return await asyncio.shield(self.running)


def _ruled(skill: Skill, rule: SkillRule, known: Mapping[PersonId, Person]) -> RuledSkill:
    by = known.get(rule.changed_by) if rule.changed_by else None
    return RuledSkill(
        skill=skill,
        rule=rule,
        chosen=tuple(person for person in known.values() if person.id in (rule.people or ())),
        changed_by=by.name if by else "",
    )
