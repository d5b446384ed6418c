"""Calendar's things as its API writes them, in somebody's calendar and for the person who asks."""

import base64
from datetime import datetime, time
from zoneinfo import ZoneInfo

from playground.google.accounts import Account
from playground.google.calendar_times import event_time, stamp
from playground.google.calendar_world import CalendarWorld, Event, Guest, Hours
from playground.google.calls import Json

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_ETAG = '"p33e5v8dq2m4so0g"'
"""Of what nobody can change here."""


def page(url: str, event: Event, calendar: str) -> str:
    """Where a person looks at `event`; `url` is the server's origin."""
    coded = base64.urlsafe_b64encode(f"{event.id} {calendar}".encode()).decode().rstrip("=")
    return f"{url}/calendar/event?eid={coded}"


def event(world: CalendarWorld, found: Event, *, calendar: str, asker: Account, zone: ZoneInfo, url: str) -> Json:
    """`found` as it stands in `calendar`. Of a private one, whoever is not asked to it sees only the time."""
    shape: Json = {
        "kind": "calendar#event",
        "etag": found.etag,
        "id": found.id,
        "status": "cancelled" if found.cancelled else "confirmed",
        "htmlLink": page(url, found, calendar),
        "created": stamp(found.created),
        "updated": stamp(found.updated),
        "start": event_time(found.start, zone),
        "end": event_time(found.end, zone),
        "iCalUID": found.uid,
        "sequence": found.sequence,
        "eventType": found.kind,
    } | _repetition(found, zone)
    if found.private:
        shape["visibility"] = "private"
    if found.private and not found.concerns(asker.email):
        return shape
    return shape | _details(world, found, calendar)


def calendar(world: CalendarWorld, address: str) -> Json:
    """A calendar by itself: whose it is, in which zone, and when they work."""
    shape: Json = {
        "kind": "calendar#calendar",
        "etag": _ETAG,
        "id": address,
        "summary": world.rooms[address].name if address in world.rooms else address,
        "timeZone": world.zone_of(address).key,
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }
    if room := world.rooms.get(address):
        return shape | {"description": f"{room.seats} seats", "autoAcceptInvitations": True}
    if hours := world.hours.get(address):
        shape["workingHours"] = {"workingHoursEnabled": True, "availableTimes": _available(hours)}
    return shape


def list_entry(world: CalendarWorld, address: str, asker: Account) -> Json:
    """A calendar as it stands in the asker's list."""
    is_own = address == asker.email
    shape: Json = {
        "kind": "calendar#calendarListEntry",
        "etag": _ETAG,
        "id": address,
        "summary": world.rooms[address].name if address in world.rooms else address,
        "timeZone": world.zone_of(address).key,
        "colorId": "14" if is_own else "8",
        "backgroundColor": "#9fe1e7" if is_own else "#16a765",
        "foregroundColor": "#000000",
        "selected": is_own,
        "accessRole": "owner" if is_own else "reader",
        "defaultReminders": [{"method": "popup", "minutes": 10}] if is_own else [],
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }
    if is_own:
        shape["primary"] = True
    if room := world.rooms.get(address):
        shape["description"] = f"{room.seats} seats"
    return shape


def settings(world: CalendarWorld, asker: Account) -> list[Json]:
    values = {
        "autoAddHangouts": "true",
        "dateFieldOrder": "DMY",
        "defaultEventLength": "30",
        "format24HourTime": "true",
        "hideWeekends": "false",
        "locale": "en_GB",
        "showDeclinedEvents": "true",
        "timezone": world.zone_of(asker.email).key,
        "weekStart": "1",
    }
    return [{"kind": "calendar#setting", "etag": _ETAG, "id": name, "value": value} for name, value in values.items()]


def _details(world: CalendarWorld, found: Event, calendar: str) -> Json:
    shape: Json = {
        "creator": _person(world, found.creator, calendar),
        "organizer": _person(world, found.organizer, calendar),
        "reminders": {"useDefault": True},
    }
    texts = {
        "summary": found.title,
        "description": found.description,
        "location": found.location,
        "colorId": found.color,
    }
    shape |= {name: text for name, text in texts.items() if text}
    if found.guests:
        shape["attendees"] = [_guest(world, found, guest, calendar) for guest in found.guests]
    if found.free:
        shape["transparency"] = "transparent"
    if found.guests_may_change:
        shape["guestsCanModify"] = True
    if not found.guests_may_invite:
        shape["guestsCanInviteOthers"] = False
    if found.kind == "outOfOffice":
        shape["outOfOfficeProperties"] = {"autoDeclineMode": "declineNone"}
    if found.kind == "focusTime":
        shape["focusTimeProperties"] = {"autoDeclineMode": "declineNone", "chatStatus": "available"}
    return shape


def _repetition(found: Event, zone: ZoneInfo) -> Json:
    if found.is_series:
        return {"recurrence": [_rule(found)]}
    if found.series and found.original is not None:
        return {"recurringEventId": found.series, "originalStartTime": event_time(found.original, zone)}
    return {}


def _rule(series: Event) -> str:
    """The seed names the days of a repeated event one by one, and so does its rule (RFC 5545, RDATE)."""
    if isinstance(series.start, datetime):
        moments = [start for start in series.occurrences if isinstance(start, datetime)]
        local = ",".join(f"{start.astimezone(series.start.tzinfo):%Y%m%dT%H%M%S}" for start in moments)
        return f"RDATE;TZID={series.start.tzinfo}:{local}"
    return "RDATE;VALUE=DATE:" + ",".join(f"{start:%Y%m%d}" for start in series.occurrences)


def _person(world: CalendarWorld, address: str, calendar: str) -> Json:
    shape: Json = {"email": address}
    if name := world.display_name(address):
        shape["displayName"] = name
    return shape | ({"self": True} if address == calendar else {})


def _guest(world: CalendarWorld, found: Event, guest: Guest, calendar: str) -> Json:
    shape = _person(world, guest.email, calendar) | {"responseStatus": guest.reply}
    if guest.email == found.organizer:
        shape["organizer"] = True
    if guest.email in world.rooms:
        shape["resource"] = True
    if guest.optional:
        shape["optional"] = True
    return shape | ({"comment": guest.comment} if guest.comment else {})


def _available(hours: Hours) -> list[Json]:
    """Minutes from the start of each day, on the calendar's own clock."""
    start, end = _minutes(hours.start), _minutes(hours.end)
    return [{"dayOfWeek": day, "periodStart": start, "periodEnd": end} for day in _DAYS]


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
