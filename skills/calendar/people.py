"""Who takes part: on whose clocks, in which hours, and when they are taken."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from integrations.google.calendar import OWN
from integrations.google.calendar_models import CalendarOf, Event, Span
from integrations.google.client import Google
from skills.calendar.names import own_zone
from skills.calendar.slots import Participant, Window
from skills.calendar.times import day_start, zone_named
from skills.skill import ToolContext

MAX_ZONES = 30
"""People of a listing whose zone is looked up."""
YOU = "you"


async def participants(
    ctx: ToolContext[Google], others: list[str], window: Window
) -> tuple[list[Participant], list[str]]:
    """The person and the others with what is known of their time, and of whom nothing is."""
    start = day_start(window.day, window.zone)
    end = day_start(window.day + timedelta(days=window.days), window.zone) + timedelta(days=1)
    busy, calendars = await asyncio.gather(
        ctx.client.calendar.busy([OWN, *others], start, end), ctx.client.calendar.calendars([OWN, *others])
    )
    people = [_participant(ctx, who, found, busy.get(who) or (), window=window) for who, found in calendars.items()]
    return people, [YOU if who == OWN else who for who in (OWN, *others) if busy.get(who) is None]


def _participant(
    ctx: ToolContext[Google], who: str, found: CalendarOf | None, busy: tuple[Span, ...], *, window: Window
) -> Participant:
    hours = found.hours if found else ()
    if who != OWN:
        return Participant(name=who, zone=_zone_of(found), hours=hours, busy=busy)
    # Whoever says from when to when they can means those hours, whatever they usually do.
    said = window.hours
    return Participant(name=YOU, zone=own_zone(ctx), hours=said or hours, busy=busy)


def notes_on(people: Sequence[Participant], *, slots: int, unseen: Sequence[str]) -> Iterable[str]:
    """What has to be said with the times that were found."""
    if unseen:
        yield f"Whether {', '.join(unseen)} can come is not known: their calendar cannot be seen."
    if unknown := [person.name for person in people if person.zone is None]:
        yield f"The time zone of {', '.join(unknown)} is not known."
    if not slots:
        yield "No time is free for all. Look at more days, fewer minutes or wider hours."


async def zones_of_guests(ctx: ToolContext[Google], events: Iterable[Event]) -> dict[str, ZoneInfo | None]:
    """The zones of those who take part, by address; of very many, only the first are looked up."""
    people = [guest.email.lower() for event in events for guest in event.people if guest.email]
    asked = list(dict.fromkeys(people))[:MAX_ZONES]
    return await zones_of(ctx, asked)


def _zone_of(found: CalendarOf | None) -> ZoneInfo | None:
    return zone_named(found.time_zone) if found else None


async def zones_of(ctx: ToolContext[Google], people: Iterable[str]) -> dict[str, ZoneInfo | None]:
    """The zones of people, by address; None where they are not known."""
    return {who: _zone_of(found) for who, found in (await ctx.client.calendar.calendars(people)).items()}
