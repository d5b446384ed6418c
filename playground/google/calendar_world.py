"""The state of the playground's Calendar: events, who is asked to them, and when somebody is busy."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from playground.google.accounts import Account, Accounts
from playground.google.errors import Refusal

Reply: TypeAlias = Literal["needsAction", "declined", "tentative", "accepted"]
Kind: TypeAlias = Literal["default", "outOfOffice", "focusTime"]
Moment: TypeAlias = datetime | date
"""A datetime carries the event's own zone; a plain date is a whole day."""


@dataclass(slots=True, kw_only=True)
class Guest:
    """Somebody who is asked to an event, or a room that is booked for it."""

    email: str
    reply: Reply = "needsAction"
    comment: str = ""
    optional: bool = False


@dataclass(slots=True, kw_only=True)
class Event:
    """One event, one occurrence of a repeated event, or the repeated event as a whole."""

    id: str
    uid: str
    title: str
    organizer: str
    """An address, as everywhere here."""
    creator: str
    start: Moment
    end: Moment
    """A whole-day event ends on the day after."""
    created: datetime
    updated: datetime
    description: str = ""
    location: str = ""
    guests: list[Guest] = field(default_factory=list[Guest])
    kind: Kind = "default"
    private: bool = False
    free: bool = False
    """Whether it leaves people available."""
    guests_may_change: bool = False
    guests_may_invite: bool = True
    color: str = ""
    cancelled: bool = False
    sequence: int = 0
    revision: int = 0
    series: str = ""
    """The id of the repeated event that this is an occurrence of."""
    original: Moment | None = None
    """When this occurrence took place before it was moved."""
    changed_alone: bool = False
    """Whether this occurrence was changed apart from its series."""
    occurrences: tuple[Moment, ...] = ()
    """Of a repeated event: when it starts each time."""
    dropped_by: set[str] = field(default_factory=set[str])
    """Who took it out of their own calendar."""

    @property
    def is_series(self) -> bool:
        return bool(self.occurrences)

    @property
    def etag(self) -> str:
        millis = int(self.updated.timestamp() * 1000)
        return f'"{millis * 2}{self.revision:03d}"'

    def guest(self, address: str) -> Guest | None:
        return next((guest for guest in self.guests if guest.email == address), None)

    def concerns(self, address: str) -> bool:
        """Whether it stands in the calendar of `address`."""
        asked = self.organizer == address or self.guest(address) is not None
        return asked and address not in self.dropped_by

    def is_declined_by(self, address: str) -> bool:
        guest = self.guest(address)
        return guest is not None and guest.reply == "declined"

    def touch(self, now: datetime) -> None:
        """Note that it changed: whoever holds the old etag is refused from now on."""
        self.updated = max(now, self.updated)
        self.revision += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    email: str
    name: str
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When somebody works, Monday to Friday, on their own clock."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail that Google sends about an event."""

    to: str
    about: str
    """The event's id."""
    subject: str
    at: datetime


class CalendarWorld:
    """Every calendar of the company."""

    def __init__(self, accounts: Accounts, clock: Callable[[], datetime], zone: ZoneInfo) -> None:
        self.accounts = accounts
        self.clock = clock
        self.zone = zone
        self.events: dict[str, Event] = {}
        self.rooms: dict[str, Room] = {}
        self.hours: dict[str, Hours] = {}
        self.names: dict[str, str] = {}
        """Addresses of people elsewhere, and what they are called."""
        self.notices: list[Notice] = []
        self._seeds: dict[str, str] = {}
        self._made = 0

    def add(self, event: Event, *, seed: str = "") -> Event:
        self.events[event.id] = event
        if seed:
            self._seeds[seed] = event.id
        return event

    def named(self, name: str, *, on: date | None = None) -> Event:
        """The event that the seed calls `name` (`ev-iv-2`), or whose id or title it is; of a series, the one on `on`.

        KeyError when there is none.
        """
        event = self.events.get(self._seeds.get(name, name)) or self._titled(name)
        if on is None:
            return event
        for occurrence in self.of(event):
            if day_of(occurrence.start) == on:
                return occurrence
        raise KeyError(name)

    def new_id(self) -> str:
        """An id that looks like one of Google's, the same in each run."""
        self._made += 1
        return opaque("made", str(self._made))

    def of(self, series: Event) -> list[Event]:
        """Every occurrence of a repeated event, the first first."""
        found = [event for event in self.events.values() if event.series == series.id]
        return sorted(found, key=lambda event: self.span(event)[0])

    def zone_of(self, address: str) -> ZoneInfo:
        account = self.accounts.find(address)
        return account.zone if account else self.zone

    def display_name(self, address: str) -> str:
        if room := self.rooms.get(address):
            return room.name
        account = self.accounts.find(address)
        return account.name if account else self.names.get(address, "")

    def span(self, event: Event, zone: ZoneInfo | None = None) -> tuple[datetime, datetime]:
        """From when until when; a whole day is one of `zone`, else of the organiser's zone."""
        here = zone or self.zone_of(event.organizer)
        return at_midnight(event.start, here), at_midnight(event.end, here)

    def calendar(self, identity: str, account: Account) -> str:
        """The address whose calendar `identity` names; refused when there is none that `account` may see."""
        address = account.email if identity == "primary" else identity.lower()
        if self.accounts.find(address) or address in self.rooms:
            return address
        raise Refusal(404, "Not Found", reason="notFound")

    def entries(self, address: str) -> Iterator[Event]:
        """What stands in a calendar, each occurrence and each series by itself, what was cancelled included."""
        return (event for event in self.events.values() if event.concerns(address))

    def busy(self, address: str, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """When `address` is not free between `start` and `end`, without gaps and overlaps."""
        zone = self.zone_of(address)
        spans = [
            self.span(event, zone)
            for event in self.entries(address)
            if not (event.is_series or event.cancelled or event.free or event.is_declined_by(address))
        ]
        inside = [(max(first, start), min(last, end)) for first, last in spans if first < end and last > start]
        return merged(inside)

    def answer_for_rooms(self, event: Event) -> None:
        """Let each room that is asked say yes when nothing else stands in it."""
        first, last = self.span(event)
        for guest in event.guests:
            if guest.email in self.rooms:
                guest.reply = "declined" if self._is_taken(guest.email, event, first, last) else "accepted"

    def notify(self, to: Iterable[str], event: Event, subject: str) -> None:
        now = self.clock()
        self.notices += [Notice(to=one, about=event.id, subject=f"{subject}: {event.title}", at=now) for one in to]

    def _is_taken(self, room: str, event: Event, start: datetime, end: datetime) -> bool:
        others = (one for one in self.entries(room) if one.id != event.id and not (one.is_series or one.cancelled))
        spans = (self.span(one) for one in others if not one.is_declined_by(room))
        return any(first < end and last > start for first, last in spans)

    def _titled(self, title: str) -> Event:
        for event in self.events.values():
            if event.title == title and not event.series:
                return event
        raise KeyError(title)


def merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same time in as few spans as possible, in order."""
    found: list[tuple[datetime, datetime]] = []
    # Compared in UTC: on the hour that happens twice, equal wall times are not the same time.
    for first, last in sorted((first.astimezone(UTC), last.astimezone(UTC)) for first, last in spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def at_midnight(moment: Moment, zone: ZoneInfo) -> datetime:
    """`moment` itself, or the beginning of a whole day in `zone`."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), zone)


def day_of(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def occurrence_id(series: str, start: Moment) -> str:
    """The id of one occurrence: the series' with the time at which it began at first."""
    if isinstance(start, datetime):
        return f"{series}_{start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{series}_{start:%Y%m%d}"


def lasting(start: Moment, length: timedelta) -> Moment:
    """When something ends that begins at `start` and takes `length` of real time."""
    if isinstance(start, datetime):
        return (start.astimezone(UTC) + length).astimezone(start.tzinfo)
    return start + length


def opaque(*parts: str) -> str:
    """An event id as Google writes them: 26 letters and digits of base 32, made from `parts`."""
    number = int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:17])
    return "".join("0123456789abcdefghijklmnopqrstuv"[number >> 5 * place & 31] for place in range(26))
