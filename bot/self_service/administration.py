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
class Administration:
    """The decisions of every workspace's admins. Each call is about one workspace; who may ask is the caller's part."""

    rules: SkillRules
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
