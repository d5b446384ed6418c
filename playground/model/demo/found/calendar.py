"""Events, free times and people as the tools describe them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import JsonValue

from playground.model.conversation import Json
from playground.model.wires.wire import as_object, items


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody who is invited; `you` is who asks."""

    name: str
    address: str
    answer: str

    @property
    def is_you(self) -> bool:
        return self.name == "you"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of a calendar."""

    id: str
    title: str
    start: datetime | None
    """None when it takes whole days."""
    end: datetime | None
    day: date | None
    when: str
    elsewhere: tuple[str, ...]
    guests: tuple[Guest, ...]
    own_answer: str
    notes: str
    kind: str
    place: str
    is_free: bool
    link: str
    overlaps: tuple[str, ...]

    @property
    def linked(self) -> str:
        return f"[{self.title}]({self.link})" if self.link else self.title

    @property
    def others(self) -> tuple[Guest, ...]:
        return tuple(guest for guest in self.guests if not guest.is_you)

    @property
    def minutes(self) -> int:
        return round((self.end.timestamp() - self.start.timestamp()) / 60) if self.start and self.end else 0

    @property
    def when_everywhere(self) -> str:
        return "; ".join([self.when, *self.elsewhere])

    @property
    def takes_time(self) -> bool:
        return self.start is not None and self.own_answer != "no" and not self.is_free

    def meets(self, start: datetime, end: datetime) -> bool:
        """Whether it takes some of that time."""
        return bool(self.takes_time and self.start and self.end and self.start < end and start < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTime:
    """A time at which all can meet."""

    start: str
    local: tuple[tuple[str, str], ...]
    """(who, span on their clocks); `you` is who asks."""
    outside: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTimes:
    """What a search for a time found."""

    times: tuple[FreeTime, ...]
    zones: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody with an account in the workspace."""

    name: str
    title: str
    address: str

    @property
    def first(self) -> str:
        return self.name.split()[0] if self.name.split() else self.address

    @property
    def described(self) -> str:
        return f"{self.name}, {self.title}" if self.title else self.name


def events_of(content: Json) -> list[Event]:
    """The rows of a listing."""
    return [_event(row) for row in items(content.get("events"))]


def free_times_of(content: Json) -> FreeTimes:
    people = as_object(content.get("people"))
    return FreeTimes(
        times=tuple(
            FreeTime(
                start=_text(slot.get("start")),
                local=tuple((who, _text(span)) for who, span in as_object(slot.get("local")).items()),
                outside=_texts(slot.get("outside_usual_day")),
            )
            for slot in items(content.get("slots"))
        ),
        zones=tuple((who, _text(as_object(about).get("zone"))) for who, about in people.items()),
        note=_text(content.get("note")),
    )


def colleagues_of(content: Json) -> list[Colleague]:
    return [colleague_of(row) for row in items(content.get("people"))]


def colleague_of(row: Json) -> Colleague:
    return Colleague(name=_text(row.get("name")), title=_text(row.get("title")), address=_text(row.get("address")))


def said_everywhere(found: FreeTime, times: FreeTimes, names: Iterable[tuple[str, str]] = ()) -> str:
    """A free time on everybody's clocks: the asker's first, with zones and names."""
    zones, called = dict(times.zones), dict(names)
    parts = [f"{span} {zones.get(who, '')}".strip() for who, span in found.local if who == "you"]
    own_day = next((span.partition(", ")[0] for who, span in found.local if who == "you"), "")
    for who, span in found.local:
        if zones.get(who, "") != zones.get("you", ""):
            parts.append(f"{span.removeprefix(f'{own_day}, ')} {zones.get(who, '')} ({called.get(who, who)})")
    if found.outside:
        parts.append(f"outside the usual day of {' and '.join(called.get(who, who) for who in found.outside)}")
    return "; ".join(parts)


def without_accents(text: str) -> str:
    """In small letters without accents, so that what people type fits what is written."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return "".join(part for part in parts if not unicodedata.combining(part))


def words_of(text: str) -> list[str]:
    """The words of `text`, with what is written around a slash as one: "go / no-go" is "go/no-go"."""
    found = re.findall(r"[^\W_][\w'./-]*", re.sub(r"\s*/\s*", "/", without_accents(text)))
    return [word.rstrip("'./-").removesuffix("'s") for word in found]


def names_hit(event: Event, words: Sequence[str]) -> int:
    """How many of `words` are names of the event's other guests."""
    names = {word for guest in event.others for word in words_of(guest.name)}
    return sum(word in names for word in words)


def title_hits(event: Event, words: Sequence[str]) -> int:
    return len(set(words) & set(words_of(event.title)))


def _event(row: Json) -> Event:
    timed = "T" in _text(row.get("start"))
    start, end = _moment(row.get("start")), _moment(row.get("end"))
    return Event(
        id=_text(row.get("id")),
        title=_text(row.get("title")),
        start=start if timed else None,
        end=end if timed else None,
        day=start.date() if start else None,
        when=_text(row.get("when")),
        elsewhere=_texts(row.get("elsewhere")),
        guests=tuple(
            Guest(name=_text(one.get("name")), address=_text(one.get("email")), answer=_text(one.get("answer")))
            for one in items(row.get("guests"))
        ),
        own_answer=_text(row.get("your_answer")),
        notes=_text(row.get("notes")),
        kind=_text(row.get("kind")),
        place=_text(row.get("place")),
        is_free=row.get("counts_as") == "free",
        link=_text(row.get("link")),
        overlaps=_texts(row.get("overlaps")),
    )


def _moment(value: JsonValue) -> datetime | None:
    try:
        return datetime.fromisoformat(_text(value))
    except ValueError:
        return None


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(_text(one) for one in value) if isinstance(value, list) else ()
