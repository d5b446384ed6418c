"""What the gate is told of the calendar: who takes part in an event, and whether it is the person's alone."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from integrations.google.calendar_models import Event
from skills.calendar.slots import Slot
from skills.record import Record

_BY_HAND = {"default", "focusTime", "outOfOffice", "workingLocation"}
"""Kinds of events that people make themselves. Others come into a calendar by what somebody else does, such as a mail
with a reservation."""
# Times are left out: they are said in our words, in which every other event of that day is said too.
_OTHERS_WORDS = ("organiser", "place", "notes")


def of_events(events: Sequence[Event], rows: Sequence[JsonValue], *, theirs: bool = False) -> tuple[Record, ...]:
    """Each event of a listing; `rows` is what the model reads of it, `theirs` that it is a colleague's calendar."""
    shown = [row for row in rows if isinstance(row, dict)]
    return tuple(of_event(event, row, theirs=theirs) for event, row in zip(events, shown, strict=True))


def of_event(event: Event, shown: Mapping[str, JsonValue], *, theirs: bool = False) -> Record:
    """One event. In a colleague's calendar it is they whom Google calls the calendar's own person."""
    ours = not theirs and _is_ours(event)
    return Record(
        kind="event",
        id=event.id,
        # Of one that is hidden from the asker the model is told that somebody is busy.
        name=event.summary or "",
        keys=(event.html_link,) if event.html_link else (),
        author=event.organizer.email.lower() if ours and event.organizer else "",
        readers=_readers(event, theirs=theirs),
        text="\n".join(_words(shown)),
        ours=ours,
    )


def of_times(slots: Iterable[Slot], rows: Sequence[JsonValue]) -> tuple[Record, ...]:
    """Each free time under the start by which an event is made of it; `rows` is what the model reads of them.

    One without a start stands for none found. Never the people: the model named them, and they are no finding.
    """
    starts = [str(row["start"]) for row, _ in zip(rows, slots, strict=True) if isinstance(row, dict)]
    return tuple(Record(kind="time", id=start) for start in starts) or (Record(kind="time"),)


def of_written(event: Event, *, title: str = "", text: str = "") -> Record:
    """What a write made, moved or answered, with no words but its own; only what it made has a title of ours."""
    return Record(
        kind="event",
        id=event.id,
        name=title,
        readers=_readers(event, theirs=False),
        text=text,
        ours=bool(title),
    )


def _is_ours(event: Event) -> bool:
    """Whether nobody but the asker can have made it what it is."""
    by_asker = event.organizer is not None and event.organizer.is_self
    return by_asker and event.event_type in _BY_HAND and all(guest.is_self for guest in event.people)


def _readers(event: Event, *, theirs: bool) -> frozenset[str]:
    """Everybody beside the asker who is asked to it."""
    people = (*event.people, *((event.organizer,) if event.organizer else ()))
    found = frozenset(person.email.lower() for person in people if person.email and (theirs or not person.is_self))
    # Where guests are kept from one another, none of them may be told who else comes: together they are a place.
    return found if event.guests_can_see_other_guests or not found else frozenset({f"event:{event.id}".lower()})


def _words(shown: Mapping[str, JsonValue]) -> list[str]:
    """What people wrote that the model reads beside the title."""
    said = [value for name in _OTHERS_WORDS if isinstance(value := shown.get(name), str)]
    guests = shown.get("guests")
    for guest in guests if isinstance(guests, list) else []:
        if isinstance(guest, dict):
            said += [value for name in ("name", "email", "said") if isinstance(value := guest.get(name), str)]
    return said
