"""What the model is shown of calendars: short JSON, with every time on the clocks of those who take part (pure)."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from integrations.google.calendar_models import Event, Guest, Period
from skills.calendar.slots import Participant, Slot
from skills.calendar.times import UNKNOWN_ZONE, capped, elsewhere, said_day, said_everywhere, said_span

MAX_NOTES = 600
"""Characters of an event's description."""
MAX_GUESTS = 30
_ON_CARD = 8
_MAX_TITLE = 200
_KINDS = {
    "outOfOffice": "out of office",
    "focusTime": "focus time",
    "workingLocation": "working location",
    "birthday": "birthday",
}
_ANSWERS = {"needsAction": "not answered", "accepted": "yes", "declined": "no", "tentative": "maybe"}
Zones = Mapping[str, ZoneInfo | None]
"""Of people by address."""


def agenda(events: Sequence[Event], own: ZoneInfo, zones: Zones, *, theirs: bool = False) -> list[JsonValue]:
    """The rows of a listing, each saying with which others it overlaps; `theirs` when it is a colleague's calendar."""
    rows: list[JsonValue] = []
    for event in events:
        shown = _their_row(event, own, zones) if theirs else row(event, own, zones)
        if overlapping := [other.id for other in events if _clash(event, other)]:
            shown["overlaps"] = list[JsonValue](overlapping)
        rows.append(shown)
    return rows


def row(event: Event, own: ZoneInfo, zones: Zones) -> dict[str, JsonValue]:
    """One event."""
    shown: dict[str, JsonValue] = {"id": event.id, "title": event.title, **_when(event, own, zones)}
    if event.recurring_event_id:
        shown["series"] = event.recurring_event_id
    if event.event_type in _KINDS:
        shown["kind"] = _KINDS[event.event_type]
    if event.visibility in {"private", "confidential"}:
        shown["private"] = True
    if event.transparency == "transparent":
        shown["counts_as"] = "free"
    if event.organizer and event.people:
        shown["organiser"] = event.organizer.named
    if event.people:
        shown["guests"] = [_guest(guest, zones) for guest in event.people[:MAX_GUESTS]]
    if len(event.people) > MAX_GUESTS:
        shown["more_guests"] = len(event.people) - MAX_GUESTS
    if event.own_answer:
        shown["your_answer"] = _ANSWERS.get(event.own_answer, event.own_answer)
    if place := place_of(event):
        shown["place"] = place
    if event.description and (notes := plain_text(event.description)):
        shown["notes"] = notes if len(notes) <= MAX_NOTES else f"{notes[:MAX_NOTES]} …[cut]"
    if event.html_link:
        shown["link"] = event.html_link
    return shown


def _their_row(event: Event, own: ZoneInfo, zones: Zones) -> dict[str, JsonValue]:
    """One event of a colleague's calendar, in which Google means them where it says `self`."""
    guests = tuple(replace(guest, is_self=False) for guest in event.attendees)
    shown = row(replace(event, attendees=guests), own, zones)
    if event.own_answer:
        shown["their_answer"] = _ANSWERS.get(event.own_answer, event.own_answer)
    return shown


def slot(found: Slot, own: ZoneInfo, people: Iterable[Participant]) -> JsonValue:
    """One time that is free."""
    return {
        "start": found.start.astimezone(own).isoformat(),
        "end": found.end.astimezone(own).isoformat(),
        "local": {
            person.name: said_span(found.start, found.end, person.zone) if person.zone else UNKNOWN_ZONE
            for person in people
        },
        "outside_usual_day": list[JsonValue](found.outside),
    }


def participant(person: Participant, day: date) -> JsonValue:
    """One of those whose time is looked for, with the usual day that counted for them."""
    hours = ", ".join(dict.fromkeys(_hours(period) for period in person.usual_day))
    shown: dict[str, JsonValue] = {"zone": person.zone.key if person.zone else UNKNOWN_ZONE}
    if person.zone:
        offset = datetime.combine(day, datetime.min.time(), person.zone).strftime("%z")
        shown["utc_offset"] = f"{offset[:3]}:{offset[3:]}"
        shown["usual_day"] = hours if person.hours else f"{hours}, assumed"
    return shown


def described(event: Event, own: ZoneInfo, zones: Zones) -> str:
    """An event in a person's words, for a card."""
    which = (
        "every date of the series" if event.is_series else "one date of a series" if event.recurring_event_id else ""
    )
    others = [guest.named for guest in event.people if not guest.is_self]
    title = " ".join(event.title.split())[:_MAX_TITLE]
    parts = [
        f"{title}: {said_when(event, own, zones)}",
        which,
        f"with {capped(others, _ON_CARD)}" if others else "",
    ]
    return "; ".join(filter(None, parts))


def said_when(event: Event, own: ZoneInfo, zones: Zones) -> str:
    """When an event is, on the clocks of everybody concerned."""
    if event.start.date_time and event.end.date_time:
        return said_everywhere(event.start.date_time, event.end.date_time, own, by_name(event, zones))
    return _said_days(event)


def by_name(event: Event, zones: Zones) -> Zones:
    """The zones of an event's other guests, under the names by which they are shown."""
    return {guest.named: zones.get(guest.email.lower()) for guest in event.people if not guest.is_self}


def place_of(event: Event) -> str:
    rooms = [room.named for room in event.rooms if room.response_status != "declined"]
    return ", ".join(dict.fromkeys(filter(None, (*rooms, event.location))))


def plain_text(description: str) -> str:
    """A description, which may be HTML, as text on few lines."""
    text = html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"(?i)<br\s*/?>|</p>|</li>", "\n", description)))
    return re.sub(r"[ \t\xa0]+", " ", re.sub(r"\s*\n\s*", "\n", text)).strip()


def _when(event: Event, own: ZoneInfo, zones: Zones) -> dict[str, JsonValue]:
    start, end = event.start.date_time, event.end.date_time
    if start is None or end is None:
        return {"start": _iso(event.start.day), "end": _iso(_last_day(event)), "when": _said_days(event)}
    shown: dict[str, JsonValue] = {
        "start": start.astimezone(own).isoformat(),
        "end": end.astimezone(own).isoformat(),
        "when": f"{said_span(start, end, own)} {own.key}",
    }
    if there := elsewhere(start, end, own, by_name(event, zones)):
        shown["elsewhere"] = list[JsonValue](there)
    return shown


def _guest(guest: Guest, zones: Zones) -> JsonValue:
    shown: dict[str, JsonValue] = {
        "name": "you" if guest.is_self else guest.named,
        "email": guest.email,
        "answer": _ANSWERS.get(guest.response_status, guest.response_status),
    }
    if not guest.is_self:
        zone = zones.get(guest.email.lower())
        shown["zone"] = zone.key if zone else UNKNOWN_ZONE
    if guest.comment:
        shown["said"] = guest.comment[:200]
    if guest.optional:
        shown["optional"] = True
    return shown


def _clash(one: Event, other: Event) -> bool:
    """Whether two timed events that take the person's time overlap."""
    if one is other or not (_takes_time(one) and _takes_time(other)):
        return False
    first, second = (one.start.date_time, one.end.date_time), (other.start.date_time, other.end.date_time)
    if first[0] is None or first[1] is None or second[0] is None or second[1] is None:
        return False
    return first[0] < second[1] and second[0] < first[1]


def _takes_time(event: Event) -> bool:
    return event.transparency != "transparent" and event.own_answer != "declined"


def _said_days(event: Event) -> str:
    first, last = event.start.day, _last_day(event)
    if first is None:
        return "no time given"
    return (
        f"{said_day(first)}, all day"
        if last in {None, first}
        else f"{said_day(first)} – {said_day(last or first)}, all day"
    )


def _last_day(event: Event) -> date | None:
    """Google's end is the day after."""
    return event.end.day - timedelta(days=1) if event.end.day else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _hours(period: Period) -> str:
    return f"{_clock(period.period_start)}–{_clock(period.period_end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
