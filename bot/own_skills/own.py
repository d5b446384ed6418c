"""What a skill without an account acts on, and for whom."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.agents.file import Source
from memory.ids import AgentId, ConversationId, TurnId
from memory.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where, and for whom, a skill acts."""

    person: Person
    conversation: ConversationId
    turn: TurnId
    question: str
    """What the person wrote, in their own words: now, as answers to what this turn asked, and earlier in the thread."""
    channel: str
    private: bool
    """Whether only the asker reads there."""
    now: datetime
    agent: AgentId | None = None
    """The agent that answers; None where none is known."""
    knows: tuple[Source, ...] = ()
    """What that agent's file declares that it knows."""


class OwnSkill(ABC):
    """What stands behind one skill; built once, in `app.build`."""

    __slots__ = ()

    async def off(self, person: Person) -> str:
        """Why `person` cannot use it, in a sentence that names the next step; empty when they can."""
        del person
        return ""

    @property
    def missing(self) -> frozenset[str]:
        """The names of those of its tools that cannot be offered as things are set up."""
        return frozenset()

    @abstractmethod
    def client(self, here: Here) -> Any:
        """The client that the skill's tools are given. Cheap: one is made for every call."""


def _nothing(here: Here) -> None:
    """Nothing is made ready."""


@dataclass(frozen=True, slots=True)
class OwnSkills:
    """All of them, by the skill's name."""

    by_name: Mapping[str, OwnSkill] = field(default_factory=dict[str, OwnSkill])
    computes: Callable[[Here], None] = _nothing
    """Makes ready what will probably compute with a table that came; returns at once."""

    async def off(self, person: Person) -> dict[str, str]:
        """The skills that `person` cannot use, with the reason for each."""
        reasons = await asyncio.gather(*(own.off(person) for own in self.by_name.values()))
        return {name: why for name, why in zip(self.by_name, reasons, strict=True) if why}

    def missing(self, skill: str) -> frozenset[str]:
        """The names of the tools of a skill that cannot be offered."""
        own = self.by_name.get(skill)
        return own.missing if own is not None else frozenset()

    def client(self, skill: str, here: Here) -> Any:
        """The client for a skill; None for one that needs none."""
        own = self.by_name.get(skill)
        return own.client(here) if own is not None else None
