"""Calendar's API: which methods there are, and which scopes let them be asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from aiohttp import web

from playground.google import calendar_reads as reads
from playground.google import calendar_writes as writes
from playground.google.calendar_world import CalendarWorld
from playground.google.calls import Answer, Call, Calls, Route
from playground.google.scopes import (
    CALENDAR,
    CALENDAR_EVENTS,
    CALENDAR_EVENTS_READ,
    CALENDAR_FREE_BUSY,
    CALENDAR_READ,
    CALENDAR_SETTINGS_READ,
)

SERVICE = "calendar-json.googleapis.com"

_READ = (CALENDAR, CALENDAR_READ)
_PREFERENCES = (*_READ, CALENDAR_SETTINGS_READ)
_SEE = (*_READ, CALENDAR_EVENTS, CALENDAR_EVENTS_READ)
_CHANGE = (CALENDAR, CALENDAR_EVENTS)

_ROOT = "/calendar/v3"
_CALENDAR = f"{_ROOT}/calendars/{{calendarId}}"
_EVENTS = f"{_CALENDAR}/events"
_EVENT = f"{_EVENTS}/{{eventId}}"
_LIST = f"{_ROOT}/users/me/calendarList"
_SETTINGS = f"{_ROOT}/users/me/settings"

_Endpoint: TypeAlias = Callable[[CalendarWorld, Call], Answer]


@dataclass(frozen=True, slots=True)
class Method:
    """One method of Google's description."""

    name: str
    verb: str
    path: str
    scopes: tuple[str, ...]
    endpoint: _Endpoint


METHODS = (
    Method("calendar.calendarList.list", "GET", _LIST, _READ, reads.list_calendars),
    Method("calendar.calendarList.get", "GET", f"{_LIST}/{{calendarId}}", _READ, reads.read_list_entry),
    Method("calendar.settings.list", "GET", _SETTINGS, _PREFERENCES, reads.list_settings),
    Method("calendar.settings.get", "GET", f"{_SETTINGS}/{{setting}}", _PREFERENCES, reads.read_setting),
    Method("calendar.freebusy.query", "POST", f"{_ROOT}/freeBusy", (*_READ, CALENDAR_FREE_BUSY), reads.free_busy),
    Method("calendar.calendars.get", "GET", _CALENDAR, _READ, reads.read_calendar),
    Method("calendar.events.list", "GET", _EVENTS, _SEE, reads.list_events),
    Method("calendar.events.insert", "POST", _EVENTS, _CHANGE, writes.insert),
    Method("calendar.events.get", "GET", _EVENT, _SEE, reads.read_event),
    Method("calendar.events.instances", "GET", f"{_EVENT}/instances", _SEE, reads.list_instances),
    Method("calendar.events.patch", "PATCH", _EVENT, _CHANGE, writes.patch),
    Method("calendar.events.update", "PUT", _EVENT, _CHANGE, writes.update),
    Method("calendar.events.delete", "DELETE", _EVENT, _CHANGE, writes.delete),
)


class CalendarApi:
    """Calendar's methods over one world."""

    def __init__(self, world: CalendarWorld) -> None:
        self._world = world

    def add_to(self, router: web.UrlDispatcher, calls: Calls) -> None:
        routes = [
            Route(
                method=method.verb,
                path=method.path,
                scopes=method.scopes,
                endpoint=partial(method.endpoint, self._world),
            )
            for method in METHODS
        ]
        calls.add(router, SERVICE, routes)
