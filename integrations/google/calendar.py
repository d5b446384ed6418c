"""Google Calendar as one person sees it: events, free time, and the few things that are changed there."""

import asyncio
import uuid
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter

from integrations.errors import NotFound, Refused, unseen
from integrations.google.answers import NOTHING
from integrations.google.calendar_models import (
    Answer,
    CalendarOf,
    CalendarPage,
    Event,
    EventPage,
    FreeBusy,
    Guest,
    ListedCalendar,
    Span,
    When,
)
from integrations.google.calls import Calls

T = TypeVar("T")

OWN = "primary"
"""How Google names the calendar of whoever asks."""
MAX_EVENTS = 100
_MAX_CALENDARS = 250
_MAX_PAGES, _PAGE = 8, 500
"""Of what was made: Google lists it in an order of its own, so all of it has to be seen to find the newest."""
_MADE = (
    "items(id,status,created,creator,organizer,summary,location,start,end,visibility,recurringEventId"
    ",sequence,guestsCanModify,guestsCanInviteOthers,attendees(email,displayName,self,organizer,resource)),nextPageToken"
)
_AT_A_TIME = 50
"""Calendars in one question for free time; Google takes no more."""
_RESPONSES: dict[Answer, str] = {"accept": "accepted", "decline": "declined", "tentative": "tentative"}

_EVENT = TypeAdapter(Event)
_EVENTS = TypeAdapter(EventPage)
_CALENDAR = TypeAdapter(CalendarOf)
_CALENDARS = TypeAdapter(CalendarPage)
_FREE_BUSY = TypeAdapter(FreeBusy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What stands in one calendar for some days."""

    events: tuple[Event, ...]
    zone: str | None
    """The zone of whose calendar it is."""
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to be made. `start` and `end` have a zone."""

    title: str
    start: datetime
    end: datetime
    zone: str
    guests: tuple[str, ...] = ()
    """Addresses."""
    description: str = ""
    room: str | None = None
    """A room's own address, or the place in words."""


class Calendar:
    """One person's calendar, and as much of other people's as they share. Events are named by id."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def events(self, start: datetime, end: datetime, *, whose: str = OWN) -> Agenda:
        """What takes place between two moments, in order, at most 100; each date of a series by itself."""
        answer = self._calls.read(
            "calendar.events.list",
            _EVENTS,
            calendarId=whose,
            timeMin=start.isoformat(),
            timeMax=end.isoformat(),
            singleEvents=True,
            orderBy="startTime",
            maxResults=MAX_EVENTS,
        )
        page = await _seen("your calendar" if whose == OWN else f"the calendar of {whose}", answer)
        kept = tuple(event for event in page.items if event.status != "cancelled")
        return Agenda(events=kept, zone=page.time_zone, more=page.next_page_token is not None)

    async def made(self, since: datetime, *, limit: int) -> tuple[Event, ...]:
        """What this person made in their own calendar of what takes place since then, the newest made first.

        A series is one event. Descriptions are not read.
        """
        found: list[Event] = []
        token: str | None = None
        for _ in range(_MAX_PAGES):
            page = await self._calls.read(
                "calendar.events.list",
                _EVENTS,
                calendarId=OWN,
                timeMin=since.isoformat(),
                eventTypes=["default"],
                maxResults=_PAGE,
                fields=_MADE,
                **({"pageToken": token} if token else {}),
            )
            found += [event for event in page.items if event.is_made_here and event.status != "cancelled"]
            token = page.next_page_token
            if not token:
                break
        newest = sorted(found, key=lambda event: event.created or since, reverse=True)
        return tuple(newest[:limit])

    async def event(self, event: str) -> Event:
        """One event of this person's calendar. What was cancelled is not there."""
        answer = self._calls.read("calendar.events.get", _EVENT, calendarId=OWN, eventId=event)
        found = await _seen("this event in your calendar", answer)
        if found.status == "cancelled":
            raise NotFound("This event is cancelled already.")
        return found

    async def calendar(self, whose: str = OWN) -> CalendarOf | None:
        """Somebody's zone and working hours; None where this person may not know."""
        try:
            return await self._calls.read("calendar.calendars.get", _CALENDAR, calendarId=whose)
        except (NotFound, Refused):
            return None

    async def calendars(self, people: Iterable[str]) -> dict[str, CalendarOf | None]:
        """Zone and working hours of several people, by address."""
        asked = tuple(dict.fromkeys(people))
        found = await asyncio.gather(*(self.calendar(person) for person in asked))
        return dict(zip(asked, found, strict=True))

    async def listed(self) -> tuple[ListedCalendar, ...]:
        """The calendars in this person's list: their own, colleagues', rooms'."""
        page = await self._calls.read("calendar.calendarList.list", _CALENDARS, maxResults=_MAX_CALENDARS)
        return page.items

    async def busy(self, people: Sequence[str], start: datetime, end: datetime) -> dict[str, tuple[Span, ...] | None]:
        """When each of `people` is taken, by address; None where this person may not know."""
        found: dict[str, tuple[Span, ...] | None] = {}
        for first in range(0, len(people), _AT_A_TIME):
            body = {
                "timeMin": start.isoformat(),
                "timeMax": end.isoformat(),
                "items": [{"id": person} for person in people[first : first + _AT_A_TIME]],
            }
            # A question in the form of a POST: nothing changes, so it may be asked twice.
            answer = await self._calls.read("calendar.freebusy.query", _FREE_BUSY, body=body)
            told = {name.lower(): entry for name, entry in answer.calendars.items()}
            for person in people[first : first + _AT_A_TIME]:
                entry = told.get(person.lower())
                found[person] = None if entry is None or entry.errors else entry.busy
        return found

    async def create(self, new: NewEvent) -> Event:
        """Make an event and invite its guests, who are told by mail."""
        guests: list[dict[str, Any]] = [{"email": address} for address in new.guests]
        body: dict[str, Any] = {
            # Our own id, as Google advises: with it, the same event cannot come into being twice.
            "id": uuid.uuid4().hex,
            "summary": new.title,
            "start": {"dateTime": new.start.isoformat(), "timeZone": new.zone},
            "end": {"dateTime": new.end.isoformat(), "timeZone": new.zone},
        }
        if new.description:
            body["description"] = new.description
        if new.room and "@" in new.room:
            guests.append({"email": new.room, "resource": True})
        elif new.room:
            body["location"] = new.room
        if guests:
            body["attendees"] = guests
        return await self._calls.write("calendar.events.insert", _EVENT, calendarId=OWN, sendUpdates="all", body=body)

    async def move(self, event: Event, start: datetime, end: datetime, *, zone: str) -> Event:
        """Give an event another time, if nobody changed it since it was read; its guests are told by mail."""
        # A patch leaves what it does not name: a whole day's date would stand beside the time.
        cleared = {"date": None} if event.start.day else {}
        body = {
            "start": {"dateTime": start.isoformat(), "timeZone": zone, **cleared},
            "end": {"dateTime": end.isoformat(), "timeZone": zone, **cleared},
        }
        return await self._patch(event, body)

    async def move_back(self, event: Event, start: When, end: When) -> Event:
        """Give an event the time that it had, if nobody changed it since it was read; its guests are told by mail."""
        body = {"start": _written(start, over=event.start), "end": _written(end, over=event.end)}
        return await self._patch(event, body)

    async def describe(self, event: Event, description: str) -> Event:
        """Give an event another description; nobody is told."""
        return await self._patch(event, {"description": description}, tell=False)

    async def cancel(self, event: Event) -> None:
        """Take an event out of everybody's calendar, if nobody changed it; its guests are told by mail."""
        answer = self._calls.write(
            "calendar.events.delete",
            NOTHING,
            if_match=event.etag,
            calendarId=OWN,
            eventId=event.id,
            sendUpdates="all",
        )
        await _seen("this event in your calendar", answer)

    async def answer(self, event: Event, guest: str, answer: Answer, *, message: str = "") -> Event:
        """Answer an invitation in the name of `guest`, this person's address on it; the organiser is told by mail."""
        comment = {"comment": message} if message else {}
        return await self._respond(event, {"email": guest, "responseStatus": _RESPONSES[answer], **comment})

    async def answer_back(self, event: Event, before: Guest) -> Event:
        """Give an invitation the answer and the comment that it had before; the organiser is told by mail."""
        entry = {"email": before.email, "responseStatus": before.response_status, "comment": before.comment or ""}
        return await self._respond(event, entry)

    async def _respond(self, event: Event, own: dict[str, Any]) -> Event:
        # Only one's own entry: the others' answers, which may have changed meanwhile, stay as they are.
        return await self._patch(event, {"attendeesOmitted": True, "attendees": [own]})

    async def _patch(self, event: Event, body: dict[str, Any], *, tell: bool = True) -> Event:
        answer = self._calls.write(
            "calendar.events.patch",
            _EVENT,
            if_match=event.etag,
            calendarId=OWN,
            eventId=event.id,
            sendUpdates="all" if tell else "none",
            body=body,
        )
        return await _seen("this event in your calendar", answer)


def _written(when: When, *, over: When) -> dict[str, Any]:
    """A start or an end as a patch of `over` has it: what it does not name would stay, so the other form is cleared."""
    if when.day is not None:
        return {"date": when.day.isoformat(), **({} if over.day else {"dateTime": None, "timeZone": None})}
    moment = when.date_time.isoformat() if when.date_time else None
    return {"dateTime": moment, "timeZone": when.time_zone, **({"date": None} if over.day else {})}


async def _seen(subject: str, answer: Awaitable[T]) -> T:
    """What `answer` brings; if there is no such thing, an error that says what was looked for."""
    try:
        return await answer
    except NotFound as error:
        raise unseen(subject) from error
