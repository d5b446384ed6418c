"""What the meetings that a person organised say of how they plan meetings."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from integrations.google.calendar_models import Event, Guest
from integrations.google.client import Google
from skills.calendar.times import minutes_of
from skills.own_records import OwnRecord, OwnRecords, Value
from skills.skill import ToolContext

BACK = timedelta(days=180)
"""How far back meetings are looked at. Google cannot list the newest first."""
_PRIVATE = {"private", "confidential"}


async def own_records(ctx: ToolContext[Google], *, most: int) -> Sequence[OwnRecord]:
    """The meetings that the person made, with what only they can have set.

    What is private, takes whole days or is with nobody is left out. Guests may usually invite more, and Google does not
    tell who did: whom a meeting is with counts where it is one person, or where guests may not. Where they may change
    everything, nothing counts but the length of what kept its time.
    """
    made = await ctx.client.calendar.made(ctx.now - BACK, limit=most)
    return [record for event in made if event.visibility not in _PRIVATE for record in _records(event)]


def _records(event: Event) -> Iterator[OwnRecord]:
    begins, ends, guests = event.start.date_time, event.end.date_time, _others(event)
    if not (event.created and begins and ends and guests) or (event.guests_can_modify and event.sequence):
        return
    values: dict[str, Value] = {"minutes": minutes_of(begins, ends)}
    is_own_doing = len(guests) == 1 or not event.guests_can_invite_others
    if is_own_doing and not event.guests_can_modify:
        values |= {"attendees": tuple(sorted(guest.email.lower() for guest in guests)), **_room(event)}
    for tool, wanted in (("create_event", values.keys()), ("find_time", {"minutes", "attendees"})):
        yield OwnRecord(
            tool=tool,
            key=event.id,
            at=event.created,
            values={name: value for name, value in values.items() if name in wanted},
            words=event.summary or "",
        )


def _others(event: Event) -> list[Guest]:
    return [guest for guest in event.people if guest.email and not (guest.is_self or guest.organizer)]


def _room(event: Event) -> dict[str, Value]:
    """The room by the name that people say, or none; what else stands as the place may be a link or an address."""
    match [room.display_name or room.email for room in event.rooms]:
        case [only]:
            return {"room": only}
        case [] if not event.location:
            return {"room": None}
        case _:
            return {}


OWN_RECORDS = OwnRecords(named="events", such_as=("length", "guests"), read=own_records)
