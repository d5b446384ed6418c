"""What a person let Pinyon do without asking: what of it counts, and how it is taken back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.self_service.connections import Connections
from bot.toolbox.declared import permission
from memory.ids import PersonId, workspace_of
from memory.permissions import Permission, StandingPermissions
from memory.tool_rules import EVERY, Rule, ToolRules
from skills.skill import Tool

KEY: TypeAdapter[tuple[str, str, str, dict[str, Any]]] = TypeAdapter(tuple[str, str, str, dict[str, Any]])
"""Tool, its schema's hash, account, targets."""
GONE = "No longer valid: I cannot do this any more."
CHANGED = "No longer valid: how I do this has changed, so I ask again."
OVERRULED: Mapping[Rule, str] = {
    "ask": "I ask all the same: an admin set it so.",
    "forbid": "I do not do this at all: an admin set it so.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One thing that a person let Pinyon do without asking, as it stands now."""

    id: str
    says: str
    """After "I will …"; names the target in full, so it is a value."""
    service: str
    """The vendor's name as people know it."""
    given_at: datetime
    note: str = ""
    """Why it does not count now, as a sentence; empty when it does."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """Everyone's."""

    connections: Connections

    async def of(self, person: PersonId) -> tuple[Given, ...]:
        """Return all that `person` gave, newest first."""
        given, rules = await asyncio.gather(
            self._store.list(person), ToolRules(self.connections.grants.database).of(workspace_of(person))
        )
        return tuple(self._given(one, rules) for one in given)

    async def revoke(self, person: PersonId, which: str, *, now: datetime) -> str | None:
        """Take back what has the id `which`: what is asked again, after "before I …". None when there is none."""
        ended = await self._store.revoke(person, which, now=now)
        return ended.says if ended else None

    @property
    def _store(self) -> StandingPermissions:
        return StandingPermissions(self.connections.grants.database)

    def _given(self, one: Permission, rules: Mapping[str, Rule]) -> Given:
        declared = self.connections.integrations.get(one.integration)
        tools = (tool for skill in self.connections.skills.values() for tool in skill.tools)
        return Given(
            id=one.id,
            says=one.says,
            service=declared.title if declared else one.integration,
            given_at=one.given_at,
            note=_note(one, next((tool for tool in tools if tool.name == one.tool), None), rules),
        )


def _note(one: Permission, tool: Tool | None, rules: Mapping[str, Rule]) -> str:
    if tool is None:
        return GONE
    if not _still_fits(one.key, tool):
        return CHANGED
    held = {rules.get(tool.name), rules.get(EVERY)}
    return OVERRULED["forbid"] if "forbid" in held else OVERRULED["ask"] if "ask" in held else ""


def _still_fits(key: str, tool: Tool) -> bool:
    """Whether a call could still be covered: the key holds the tool's schema as it was."""
    try:
        named = KEY.validate_json(key)
    except ValidationError:
        return False
    return permission(tool, named[3], named[2]) == key
