"""How what was done in the calendar is taken back, when nothing has come of it meanwhile."""

import hashlib
from datetime import UTC
from typing import Any

from pydantic import JsonValue, TypeAdapter

from integrations.google.calendar_models import Event, Guest, When
from integrations.google.client import Google
from skills.errors import ToolFailed
from skills.skill import ToolContext

_WHEN: TypeAdapter[When] = TypeAdapter(When)


async def event(ctx: ToolContext[Google], *, event: str, state: str) -> None:
    """Cancel a new event for everybody. Raises ToolFailed when somebody changed it since."""
    found = await ctx.client.calendar.event(event)
    if state_of(found) != state:
        raise ToolFailed("The event was changed since, so I leave it. You can cancel it in the calendar.")
    await ctx.client.calendar.cancel(found)


async def move(ctx: ToolContext[Google], *, event: str, before: dict[str, Any], after: str) -> None:
    """Move an event back. Raises ToolFailed when it was moved again since."""
    found = await ctx.client.calendar.event(event)
    if said_times(found) != after:
        raise ToolFailed("The event was moved again since, so I leave it. You can move it in the calendar.")
    start, end = (_WHEN.validate_python(before[name]) for name in ("start", "end"))
    await ctx.client.calendar.move_back(found, start, end)


async def answer(ctx: ToolContext[Google], *, event: str, before: dict[str, str], after: str) -> None:
    """Give an invitation the answer that it had. Raises ToolFailed when it was answered otherwise since."""
    found = await ctx.client.calendar.event(event)
    own = _own_guest(found)
    if own is None or own.response_status != after:
        raise ToolFailed("The answer was changed since, so I leave it. You can change it in the calendar.")
    entry = Guest(email=own.email, response_status=before["answer"], comment=before["comment"])
    await ctx.client.calendar.answer_back(found, entry)


def state_of(event: Event) -> str:
    """What a person would change of an event; answers are no change, and a room answers as well."""
    guests = sorted(guest.email.lower() for guest in event.people)
    told = f"{event.summary!r} {event.description!r} {said_times(event)} {guests}"
    return hashlib.sha256(told.encode()).hexdigest()


def said_times(event: Event) -> str:
    """When an event is, the same in every zone in which it may be told."""
    return f"{_moment(event.start)} {_moment(event.end)}"


def times_of(event: Event) -> dict[str, JsonValue]:
    """When an event is, with all that it needs to be moved back there."""
    return {
        "start": _WHEN.dump_python(event.start, mode="json", by_alias=True),
        "end": _WHEN.dump_python(event.end, mode="json", by_alias=True),
    }


def answer_of(event: Event) -> dict[str, JsonValue] | None:
    """What the asker answered so far; None where that differs from date to date, or they are no guest."""
    own = _own_guest(event)
    return None if own is None or event.is_series else {"answer": own.response_status, "comment": own.comment or ""}


def _own_guest(event: Event) -> Guest | None:
    return next((guest for guest in event.attendees if guest.is_self), None)


def _moment(when: When) -> str:
    if when.date_time is not None:
        return when.date_time.astimezone(UTC).isoformat()
    return when.day.isoformat() if when.day else ""
