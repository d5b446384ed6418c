"""What a person's own records at a service say of how they work, read only after they chose so (warm start)."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

Value: TypeAlias = str | int | tuple[str, ...] | None
"""One argument as the tool's `settle` leaves it; a list is a tuple, None is a field that was left blank."""

MOST = 200
"""Records that are read of each kind, the newest."""
LOOKED_INTO = 48
"""Of these, how many may cost a request each, where a list does not tell who set what. Memory keeps 32 of a tool."""
_PREFIX = re.compile(r"\[[^\[\]\n]{1,40}\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRecord:
    """One thing that the person made, as the call that would have made it."""

    tool: str
    """Which tool's call it stands for: `create_ticket`."""
    key: str
    """What names it at the service, and so the same at the next reading."""
    at: datetime
    """When the person made it."""
    values: Mapping[str, Value]
    """Parameters that the person set themselves. What somebody else set, or may have set, is not here."""
    words: str = ""
    """Its title, of which memory keeps hashes only."""
    shown: Mapping[str, str] = field(default_factory=dict[str, str])
    """value → how the service speaks of it: "PLAT" → "Platform (PLAT)"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRecords:
    """What a skill can learn from, in the words of the consent."""

    named: str
    """Several of them, in a person's words: "tickets"."""
    such_as: tuple[str, ...]
    """Fields that are learned from them, for an example: ("components", "labels")."""
    read: Callable[..., Awaitable[Sequence[OwnRecord]]]
    """(context, *, most) → the person's newest records, at most `most` of them, in any order. Only reads. Raises what
    the integration's client raises."""

    async def newest(self, ctx: Any, *, most: int = MOST) -> Sequence[OwnRecord]:
        """Read them, oldest first, so that what is learned last is the newest."""
        return sorted(await self.read(ctx, most=most), key=lambda record: record.at)


def prefix_of(title: str) -> str | None:
    """The mark in square brackets with which a title begins, such as `[infra]`; None when there is none."""
    found = _PREFIX.match(title.lstrip())
    return found.group() if found else None
