"""How a person mends what is missing of a skill at its vendor, and where."""

from datetime import datetime
from typing import Literal, TypeAlias

from bot.self_service.connections import Connections, NotSetUp
from bot.self_service.standing import SkillState
from integrations.integration import Level
from memory.people import Person

Way: TypeAlias = Literal["connect", "reconnect", "widen"]
"""`widen`: the account is connected, and its consent allows no more than reading."""


def way_of(state: SkillState) -> Way | None:
    """Return what a visit to the vendor would do for the skill; None where it would do nothing."""
    match state.status:
        case "ended":
            return "reconnect"
        case "not_connected":
            return "connect"
        case "connected" if state.limit == "consent":
            return "widen"
        case _:
            return None


async def address_of(
    connections: Connections, person: Person, state: SkillState, *, now: datetime, level: Level = "write"
) -> str | None:
    """Return where `person`, and nobody else, goes that way; None where there is none, or where nobody can connect.

    Reconnecting changes nothing that the person decided: what they let only read stays so.
    """
    way = way_of(state)
    if way is None:
        return None
    if way == "reconnect" and state.skill in person.read_only:
        level = "read"
    try:
        return await connections.offer(person.id, state.skill, now=now, level=level)
    except NotSetUp:
        return None
