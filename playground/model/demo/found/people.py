"""People as the tools describe them."""

import re
from dataclasses import dataclass
from datetime import datetime

from playground.model.conversation import Json
from playground.model.wires.wire import items, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A person in the workspace."""

    id: str
    name: str
    handle: str
    title: str
    standing: str
    """`guest` or `other company`; empty for a member."""
    team: str
    address: str
    zone: str
    local_time: datetime | None

    @property
    def described(self) -> str:
        """Who they are, in a few words."""
        facts = [self.title, self.standing, self.team and f"team {self.team}", self.address]
        return f"{self.name} ({self.handle})" + "".join(f", {fact}" for fact in facts if fact)

    @property
    def clock(self) -> str:
        """What time it is for them; empty when nobody knows."""
        if self.local_time is None:
            return ""
        return f"{self.local_time:%H:%M} on {self.local_time:%A} for {self.name} ({self.zone})"


def people_of(content: Json) -> list[Someone]:
    return [someone_of(row) for row in items(content.get("people") or content.get("members"))]


def someone_of(row: Json) -> Someone:
    return Someone(
        id=text_of(row.get("id")),
        name=text_of(row.get("name")),
        handle=text_of(row.get("handle")),
        title=text_of(row.get("title")),
        standing=text_of(row.get("standing")),
        team=text_of(row.get("team")),
        address=text_of(row.get("address")),
        zone=text_of(row.get("time_zone")),
        local_time=_clock(text_of(row.get("local_time"))),
    )


def _clock(said: str) -> datetime | None:
    """From `2026-11-20T02:30-07:00 (Friday)`."""
    try:
        return datetime.fromisoformat(re.sub(r"\s*\(.*$", "", said))
    except ValueError:
        return None
