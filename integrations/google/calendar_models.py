"""What Google Calendar says, as far as it is read here."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

Answer = Literal["accept", "decline", "tentative"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_CAMEL = ConfigDict(alias_generator=to_camel)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A start or an end: a day of an all-day event, or a moment."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    day: Annotated[date | None, Field(alias="date")] = None
    date_time: datetime | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody, or a room, that was invited."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    email: str = ""
    display_name: str | None = None
    response_status: str = "needsAction"
    comment: str | None = None
    organizer: bool = False
    optional: bool = False
    resource: bool = False
    is_self: Annotated[bool, Field(alias="self")] = False

    @property
    def named(self) -> str:
        return self.display_name or self.email or "somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organiser:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    email: str = ""
    display_name: str | None = None
    is_self: Annotated[bool, Field(alias="self")] = False

    @property
    def named(self) -> str:
        return self.display_name or self.email or "somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event, or one date of a series."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    id: str
    etag: str = ""
    status: str = "confirmed"
    summary: str | None = None
    description: str | None = None
    location: str | None = None
    html_link: str | None = None
    start: When = When()
    end: When = When()
    created: datetime | None = None
    creator: Organiser | None = None
    """Who made it; somebody may do so in another's calendar."""
    organizer: Organiser | None = None
    attendees: tuple[Guest, ...] = ()
    recurrence: tuple[str, ...] = ()
    recurring_event_id: str | None = None
    visibility: str = "default"
    transparency: str = "opaque"
    event_type: str = "default"
    sequence: int = 0
    """How often its time was changed (RFC 5545 §3.8.7.4)."""
    guests_can_modify: bool = False
    guests_can_invite_others: bool = True
    guests_can_see_other_guests: bool = True

    @property
    def title(self) -> str:
        """Its title; of an event that is hidden from this person, what can be said of it."""
        return self.summary or ("busy" if self.visibility in {"private", "confidential"} else "(no title)")

    @property
    def people(self) -> tuple[Guest, ...]:
        """The guests that are no rooms."""
        return tuple(guest for guest in self.attendees if not guest.resource)

    @property
    def rooms(self) -> tuple[Guest, ...]:
        return tuple(guest for guest in self.attendees if guest.resource)

    @property
    def own_answer(self) -> str | None:
        """What the person of this calendar answered; None when they are no guest."""
        return next((guest.response_status for guest in self.attendees if guest.is_self), None)

    @property
    def is_own(self) -> bool:
        """Whether the person of this calendar organises it."""
        return self.organizer is None or self.organizer.is_self

    @property
    def is_made_here(self) -> bool:
        """Whether the person of this calendar made it themself, and not as one changed date of a series."""
        made = self.creator is None or self.creator.is_self
        return made and self.is_own and not self.recurring_event_id

    def is_on(self, first: date, end: date) -> bool:
        """Whether it is on one of the days from `first` to before `end`; what has a time is wherever it was found."""
        if self.start.day is None or self.end.day is None:
            return True
        return self.start.day < end and first < self.end.day

    @property
    def is_series(self) -> bool:
        """Whether this is a whole series and not one of its dates."""
        return bool(self.recurrence)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Events of one calendar, with the zone that its owner lives by."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    items: tuple[Event, ...] = ()
    time_zone: str | None = None
    next_page_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One block of somebody's working day, in minutes since midnight."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    day_of_week: Weekday
    period_start: int
    period_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    working_hours_enabled: bool = False
    available_times: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarOf:
    """Somebody's calendar as a whole."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    id: str
    summary: str = ""
    time_zone: str | None = None
    working_hours: WorkingHours | None = None

    @property
    def hours(self) -> tuple[Period, ...]:
        """When they work; empty where that is not known."""
        told = self.working_hours
        return told.available_times if told and told.working_hours_enabled else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCalendar:
    """A calendar that this person has in their list, such as a room's."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    id: str
    summary: str = ""
    summary_override: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    items: tuple[ListedCalendar, ...] = ()
    next_page_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From a moment to another, both with a zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBusyError:
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBusyOf:
    busy: tuple[Span, ...] = ()
    errors: tuple[FreeBusyError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBusy:
    calendars: dict[str, FreeBusyOf]
