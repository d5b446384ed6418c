"""Endpoints of Calendar that only look: calendars, settings, events, and when people are busy."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playground.google import calendar_shapes as shapes
from playground.google.calendar_times import query_time, query_zone, stamp, told
from playground.google.calendar_world import CalendarWorld, Event
from playground.google.calls import Answer, Call, Json, is_list, is_object
from playground.google.errors import Refusal

_LONGEST = timedelta(days=92)
"""Free and busy times are told for about three months at once."""
_MOST_CALENDARS = 50


def list_calendars(world: CalendarWorld, call: Call) -> Answer:
    """One's own calendar and the rooms; colleagues' are open without standing in the list."""
    addresses = [call.account.email, *sorted(world.rooms, key=lambda room: world.rooms[room].name)]
    shown, following = call.page(addresses, call.number("maxResults", 100, 250))
    entries = [shapes.list_entry(world, address, call.account) for address in shown]
    body: Json = {"kind": "calendar#calendarList", "etag": '"p32k9"', "items": entries}
    return Answer(body=body | _leads_on(following))


def read_list_entry(world: CalendarWorld, call: Call) -> Answer:
    address = world.calendar(call.match["calendarId"], call.account)
    if address != call.account.email and address not in world.rooms:
        raise not_found()
    return Answer(body=shapes.list_entry(world, address, call.account))


def read_calendar(world: CalendarWorld, call: Call) -> Answer:
    return Answer(body=shapes.calendar(world, world.calendar(call.match["calendarId"], call.account)))


def list_settings(world: CalendarWorld, call: Call) -> Answer:
    items = shapes.settings(world, call.account)
    return Answer(body={"kind": "calendar#settings", "etag": '"p31s7"', "items": items})


def read_setting(world: CalendarWorld, call: Call) -> Answer:
    for setting in shapes.settings(world, call.account):
        if setting["id"] == call.match["setting"]:
            return Answer(body=setting)
    raise not_found()


def list_events(world: CalendarWorld, call: Call) -> Answer:
    """What stands in a calendar between two times, each occurrence by itself when `singleEvents` is set."""
    if "syncToken" in call.query:
        raise Refusal(410, "Sync token is no longer valid, a full sync is required.", reason="fullSyncRequired")
    address = world.calendar(call.match["calendarId"], call.account)
    zone = query_zone(call.query.get("timeZone", ""), world.zone_of(address))
    wanted = _wanted(world, call, address, zone)
    found = sorted((event for event in world.entries(address) if wanted(event)), key=_order(world, call, zone))
    shown, following = call.page(found, call.number("maxResults", 250, 2_500))
    is_own = address == call.account.email
    body: Json = {
        "kind": "calendar#events",
        "etag": f'"{max((event.etag.strip(chr(34)) for event in found), default="p30")}"',
        "summary": world.rooms[address].name if address in world.rooms else address,
        "updated": stamp(max((event.updated for event in found), default=call.now)),
        "timeZone": zone.key,
        "accessRole": "owner" if is_own else "reader",
        "defaultReminders": [{"method": "popup", "minutes": 10}] if is_own else [],
        "items": [shape(world, call, event, address, zone) for event in shown],
    }
    return Answer(body=body | (_leads_on(following) or {"nextSyncToken": "CPDAlvWDx70CEPDAlvWDx70CGAU="}))


def read_event(world: CalendarWorld, call: Call) -> Answer:
    address = world.calendar(call.match["calendarId"], call.account)
    found = entry(world, call, address)
    if call.headers.get("If-None-Match") == found.etag:
        return Answer(body=b"", status=304, headers={"ETag": found.etag})
    zone = query_zone(call.query.get("timeZone", ""), world.zone_of(address))
    return Answer(body=shape(world, call, found, address, zone), headers={"ETag": found.etag})


def list_instances(world: CalendarWorld, call: Call) -> Answer:
    """Every occurrence of one repeated event."""
    address = world.calendar(call.match["calendarId"], call.account)
    series = entry(world, call, address)
    zone = query_zone(call.query.get("timeZone", ""), world.zone_of(address))
    between = _between(world, call, zone)
    deleted = call.flag("showDeleted")
    found = [one for one in world.of(series) if between(one) and (deleted or not one.cancelled)]
    shown, following = call.page(found, call.number("maxResults", 250, 2_500))
    body: Json = {
        "kind": "calendar#events",
        "etag": series.etag,
        "summary": address,
        "updated": stamp(series.updated),
        "timeZone": zone.key,
        "accessRole": "owner" if address == call.account.email else "reader",
        "items": [shape(world, call, event, address, zone) for event in shown],
    }
    return Answer(body=body | _leads_on(following))


def free_busy(world: CalendarWorld, call: Call) -> Answer:
    """When people and rooms are taken, and nothing of what they do; unknown ones get an error of their own."""
    start, end = query_time(call.text("timeMin")), query_time(call.text("timeMax"))
    if start is None or end is None:
        raise Refusal(400, "Missing timeMin/timeMax parameter.", reason="required")
    if end <= start:
        raise _empty_range()
    if end - start > _LONGEST:
        raise Refusal(400, "The requested time range is too long.", reason="timeRangeTooLong", domain="calendar")
    zone = query_zone(call.text("timeZone"), ZoneInfo("UTC"))
    asked = _items(call)
    return Answer(
        body={
            "kind": "calendar#freeBusy",
            "timeMin": told(start, ZoneInfo("UTC")).replace("Z", ".000Z"),
            "timeMax": told(end, ZoneInfo("UTC")).replace("Z", ".000Z"),
            "calendars": {identity: _busy(world, call, identity, (start, end), zone) for identity in asked},
        }
    )


def shape(world: CalendarWorld, call: Call, found: Event, address: str, zone: ZoneInfo) -> Json:
    return shapes.event(world, found, calendar=address, asker=call.account, zone=zone, url=call.url)


def entry(world: CalendarWorld, call: Call, address: str) -> Event:
    """The event of the path, which must stand in that calendar."""
    found = world.events.get(call.match["eventId"])
    if found is None or not found.concerns(address):
        raise not_found()
    return found


def not_found() -> Refusal:
    return Refusal(404, "Not Found", reason="notFound")


def _busy(world: CalendarWorld, call: Call, identity: str, span: tuple[datetime, datetime], zone: ZoneInfo) -> Json:
    try:
        address = world.calendar(identity, call.account)
    except Refusal:
        return {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
    busy = world.busy(address, *span)
    return {"busy": [{"start": told(first, zone), "end": told(last, zone)} for first, last in busy]}


def _items(call: Call) -> list[str]:
    raw: object = call.body.get("items") or []
    if not is_list(raw) or not all(is_object(item) and isinstance(item.get("id"), str) for item in raw):
        raise Refusal(400, "Bad Request", reason="badRequest")
    if len(raw) > _MOST_CALENDARS:
        raise Refusal(400, "Too many calendars requested.", reason="tooManyCalendarsRequested")
    return [str(item["id"]) for item in raw if is_object(item)]


def _wanted(world: CalendarWorld, call: Call, address: str, zone: ZoneInfo) -> Callable[[Event], bool]:
    """Whether an event is one that the query asks for."""
    query = call.query
    single, deleted = call.flag("singleEvents"), call.flag("showDeleted")
    between = _between(world, call, zone)
    since = query_time(query.get("updatedMin", ""))
    kinds = query.getall("eventTypes", [])
    words = query.get("q", "").lower().split()
    uid = query.get("iCalUID", "")

    def wanted(event: Event) -> bool:
        if (single and event.is_series) or not (single or _stands_alone(event)):
            return False
        # What was cancelled of a series is told also to those who do not ask for it: they know only the series.
        if event.cancelled and not (deleted or (event.series and not single)):
            return False
        if (since and event.updated < since) or (uid and event.uid != uid) or (kinds and event.kind not in kinds):
            return False
        seen = not event.private or event.concerns(call.account.email)
        return between(event) and (not words or (seen and _speaks_of(world, event, words)))

    _need_order(call, single=single)
    return wanted


def _stands_alone(event: Event) -> bool:
    """Whether it is told when series are told as one: occurrences only when something is different about them."""
    return not event.series or event.changed_alone or event.cancelled


def _between(world: CalendarWorld, call: Call, zone: ZoneInfo) -> Callable[[Event], bool]:
    start, end = query_time(call.query.get("timeMin", "")), query_time(call.query.get("timeMax", ""))
    if start and end and end <= start:
        raise _empty_range()

    def between(event: Event) -> bool:
        parts = world.of(event) if event.is_series else [event]
        spans = [world.span(part, zone) for part in parts]
        return any((start is None or last > start) and (end is None or first < end) for first, last in spans)

    return between


def _speaks_of(world: CalendarWorld, event: Event, words: list[str]) -> bool:
    people = [event.organizer, *(guest.email for guest in event.guests)]
    named = [f"{address} {world.display_name(address)}" for address in people]
    text = " ".join([event.title, event.description, event.location, *named]).lower()
    return all(word in text for word in words)


def _need_order(call: Call, *, single: bool) -> None:
    order = call.query.get("orderBy", "")
    if order not in ("", "startTime", "updated"):
        raise Refusal(400, "Bad Request", reason="badRequest", place=("orderBy", "parameter"))
    if order == "startTime" and not single:
        said = "The requested ordering is not available for the particular query."
        raise Refusal(400, said, reason="orderByNotAvailable", domain="calendar")


def _order(world: CalendarWorld, call: Call, zone: ZoneInfo) -> Callable[[Event], Any]:
    match call.query.get("orderBy"):
        case "startTime":
            return lambda event: (world.span(event, zone)[0], event.id)
        case "updated":
            return lambda event: (event.updated, event.id)
        case _:
            # An order that nobody should rely on, and that stays the same.
            return lambda event: event.id


def _leads_on(following: str) -> Json:
    return {"nextPageToken": following} if following else {}


def _empty_range() -> Refusal:
    return Refusal(400, "The specified time range is empty.", reason="timeRangeEmpty", domain="calendar")
