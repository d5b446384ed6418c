"""Writes with everything in full, as their cards show them, and what keeps them from being asked about."""

from datetime import datetime
from typing import Any

from integrations.google.calendar_models import Answer, Event
from integrations.google.client import Google
from skills.calendar import shown
from skills.calendar.names import addresses, found_event, found_room, moment, own_zone
from skills.calendar.people import zones_of, zones_of_guests
from skills.calendar.times import later, minutes_of, said_everywhere
from skills.described import Described
from skills.errors import RetryToolCall, ToolFailed
from skills.left_out import unless_left_out
from skills.skill import ToolContext, Version

MAX_TITLE = 250
MAX_TEXT = 8_000
MAX_MESSAGE = 1_000
"""Characters of a word to guests or organiser."""


async def new_in_full(
    ctx: ToolContext[Google],
    *,
    title: str,
    start: datetime,
    minutes: int,
    attendees: list[str],
    description: str,
    room: str | None,
) -> dict[str, Any]:
    check_words(title, description)
    begins, guests = moment(ctx, start), addresses(attendees, "attendees")
    named = unless_left_out(room)
    place = await _room_in_full(ctx, named, begins, minutes) if named else None
    zones = await zones_of(ctx, guests)
    return {
        "title": " ".join(title.split()),
        "start": _start_in_full(ctx, begins, minutes, zones),
        "minutes": minutes,
        "attendees": guests,
        "description": description,
        "room": place,
    }


async def move_in_full(ctx: ToolContext[Google], *, event: str, start: datetime, minutes: int | None) -> dict[str, Any]:
    found = await found_event(ctx, event)
    begins = moment(ctx, start)
    long = minutes or length_of(found)
    zones = await zones_of_guests(ctx, [found])
    check_movable(found)
    own = own_zone(ctx)
    return {
        "event": Described(found.id, shown.described(found, own, zones)),
        "start": _start_in_full(ctx, begins, long, shown.by_name(found, zones)),
        "minutes": long,
    }


async def cancel_in_full(ctx: ToolContext[Google], *, event: str, message: str) -> dict[str, Any]:
    _check_message(message)
    found = await found_event(ctx, event)
    check_own(found)
    return {"event": await _described(ctx, found), "message": message}


async def answer_in_full(ctx: ToolContext[Google], *, event: str, answer: Answer, message: str) -> dict[str, Any]:
    _check_message(message)
    found = await found_event(ctx, event)
    own_guest(found)
    return {"event": await _described(ctx, found), "answer": answer, "message": message}


async def as_it_stands(ctx: ToolContext[Google], event: str, **_: object) -> Version:
    """When the event is, what it is called and who is invited; answers may change."""
    found = await found_event(ctx, event)
    guests = " ".join(sorted(guest.email for guest in found.attendees))
    when = f"{found.start} {found.end} {found.recurrence}"
    people = sum(not guest.is_self for guest in found.people)
    said = f"{shown.said_when(found, own_zone(ctx), {})}, {people} other guest{'' if people == 1 else 's'}"
    return Version(fingerprint=f"{found.id} {found.status} {found.summary!r} {when} {guests}", said=said)


async def _described(ctx: ToolContext[Google], event: Event) -> Described:
    return Described(event.id, shown.described(event, own_zone(ctx), await zones_of_guests(ctx, [event])))


async def _room_in_full(ctx: ToolContext[Google], room: str, begins: datetime, minutes: int) -> Described:
    """The room as the card shows it. Raises RetryToolCall when it is taken at that time."""
    found = await found_room(ctx, room)
    if found is None:
        return Described(room, f"{room} (as a note: none of your calendars is a room of that name)")
    ends = later(begins, minutes)
    busy = (await ctx.client.calendar.busy([found.id], begins, ends)).get(found.id)
    if busy:
        raise RetryToolCall(f"`room` {room!r} is taken then. Name another room or time, or `none`.")
    state = "free then" if busy is not None else "whether it is free cannot be seen"
    # By the name that was said: nobody says a room's address, and the name is looked up again when it is booked.
    return Described(" ".join(room.split()), f"{found.summary or found.id} ({state})")


def _start_in_full(ctx: ToolContext[Google], begins: datetime, minutes: int, zones: shown.Zones) -> Described:
    """A start as text with its offset, which the tool takes as well, shown on everybody's clocks."""
    return Described(begins.isoformat(), said_everywhere(begins, later(begins, minutes), own_zone(ctx), zones))


def length_of(event: Event) -> int:
    """Minutes. An all-day event that gets a time without a length has none to keep."""
    if event.start.date_time is None or event.end.date_time is None:
        raise RetryToolCall("`minutes` is needed: this event takes the whole day.")
    return minutes_of(event.start.date_time, event.end.date_time)


def check_movable(event: Event) -> None:
    if event.is_series:
        raise RetryToolCall("`event` is a whole series, and I move single dates only: name one by its own id.")
    if not event.is_own and not event.guests_can_modify:
        raise ToolFailed("Only the organiser can move this event. Ask them, or decline it with a message.")


def check_own(event: Event) -> None:
    if not event.is_own:
        raise ToolFailed("Only the organiser can cancel this event. The person can decline it: `answer_invitation`.")


def own_guest(event: Event) -> str:
    """The person's address among the guests."""
    found = next((guest.email for guest in event.attendees if guest.is_self), None)
    if not found:
        raise ToolFailed("The person is no guest of this event, so there is no invitation to answer.")
    return found


def check_words(title: str, description: str) -> None:
    if not title.strip() or len(title) > MAX_TITLE:
        raise RetryToolCall(f"`title` must have 1 to {MAX_TITLE} characters, got {len(title)}.")
    if len(description) > MAX_TEXT:
        raise RetryToolCall(f"`description` may have {MAX_TEXT:,} characters, got {len(description):,}.")


def _check_message(message: str) -> None:
    if len(message) > MAX_MESSAGE:
        raise RetryToolCall(f"`message` may have {MAX_MESSAGE:,} characters, got {len(message):,}. Say it shorter.")
