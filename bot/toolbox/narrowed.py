"""What an agent leaves of the skills that its user has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.toolbox.menu import Available
from integrations.integration import Level
from skills.skill import Skill

KNOWLEDGE = "knowledge"
"""The skill that searches what the agent itself knows."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A person's skills, as far as one agent goes with them."""

    skills: Mapping[str, Level] | None
    """As the agent's file lists them; None is all."""
    knows: bool
    """Whether the agent knows anything of its own."""

    def usable(self, found: Sequence[Available]) -> list[Available]:
        """Those that it works with, each no further than the agent goes."""
        return [self._limited(one) for one in found if self._has(one.skill)]

    def missing(self, found: Sequence[Skill]) -> list[Skill]:
        """Those that could be connected for it."""
        return [skill for skill in found if self._has(skill)]

    def off(self, why: Mapping[str, str]) -> dict[str, str]:
        """Of the skills that are off here those that it would work with."""
        return {name: said for name, said in why.items() if self.skills is None or name in self.skills}

    def _has(self, skill: Skill) -> bool:
        if skill.name == KNOWLEDGE:
            return self.knows
        # What lies at hand belongs to the conversation, as its attached files do, whoever answers there.
        return self.skills is None or skill.name in self.skills or skill.at_hand

    def _limited(self, one: Available) -> Available:
        level = self.skills.get(one.skill.name, "write") if self.skills is not None else "write"
        if level == "write" or not one.skill.changes:
            return one
        return replace(one, level="read", widens=False, by_agent=True)
