"""When several people are free together (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from integrations.google.calendar_models import WEEKDAYS, Period, Span
from skills.calendar.times import day_start

STEP = timedelta(minutes=15)
"""Meetings begin on the quarter; every zone in use is a whole number of quarters from UTC."""
_APART = timedelta(hours=1)
"""Between the starts of two proposals: the next quarter is hardly another choice."""
_PER_DAY = 3
_WEEK = WEEKDAYS[:5]
USUAL_DAY = tuple(Period(day_of_week=day, period_start=9 * 60, period_end=17 * 60 + 30) for day in _WEEK)
"""Assumed of whoever tells no working hours."""
BEARABLE_DAY = tuple(Period(day_of_week=day, period_start=7 * 60, period_end=21 * 60) for day in _WEEK)
"""Beyond it nobody is asked to come unless there is nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One who has to be free."""

    name: str
    zone: ZoneInfo | None
    hours: tuple[Period, ...] = ()
    """Their working hours on their own clocks; empty where they are not known."""
    busy: tuple[Span, ...] = ()

    @property
    def usual_day(self) -> tuple[Period, ...]:
        return self.hours or USUAL_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Where to look: days and hours on the clocks of the one who asks."""

    zone: ZoneInfo
    day: date
    days: int
    earliest: time | None = None
    latest: time | None = None
    not_before: datetime
    """Now, as a rule."""

    @property
    def hours(self) -> tuple[Period, ...]:
        """The hours that were asked for, as those of a day; none where none were."""
        if self.earliest is None and self.latest is None:
            return ()
        first = self.earliest.hour * 60 + self.earliest.minute if self.earliest else 7 * 60
        last = self.latest.hour * 60 + self.latest.minute if self.latest else 21 * 60
        return tuple(Period(day_of_week=day, period_start=first, period_end=last) for day in _WEEK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time at which all are free."""

    start: datetime
    end: datetime
    outside: tuple[str, ...]
    """For whom it lies outside their usual day."""
    unbearable: bool
    """Whether for somebody it lies outside even the hours between which people can be asked to come."""


def free_slots(people: Sequence[Participant], window: Window, *, minutes: int, limit: int = 8) -> list[Slot]:
    """Times of `minutes` at which nobody is busy: those inside everybody's usual day first, then by time.

    At most three a day where several days are looked at. Night and weekends only when there is nothing else.
    """
    found = list(_all(people, window, timedelta(minutes=minutes)))
    bearable = [slot for slot in found if not slot.unbearable]
    in_order = sorted(bearable or found, key=lambda slot: (len(slot.outside), slot.start))
    return _spread(in_order, window, limit)


def _all(people: Sequence[Participant], window: Window, length: timedelta) -> Iterator[Slot]:
    taken = merged([span for person in people for span in person.busy])
    for start in _starts(window):
        end = start + length
        if not _inside_window(start, end, window) or overlaps(taken, start, end):
            continue
        yield Slot(
            start=start,
            end=end,
            outside=tuple(person.name for person in people if not within(person.usual_day, start, end, person.zone)),
            unbearable=any(not within((*person.hours, *BEARABLE_DAY), start, end, person.zone) for person in people),
        )


def _starts(window: Window) -> Iterator[datetime]:
    """Every quarter of the days, in UTC: there no hour is left out or comes twice."""
    moment = day_start(window.day, window.zone).astimezone(UTC)
    last = day_start(window.day + timedelta(days=window.days), window.zone).astimezone(UTC)
    while moment < last:
        if moment >= window.not_before:
            yield moment
        moment += STEP


def _inside_window(start: datetime, end: datetime, window: Window) -> bool:
    if window.earliest is None and window.latest is None:
        return True
    first, last = start.astimezone(window.zone), end.astimezone(window.zone)
    if window.earliest is not None and first.time() < window.earliest:
        return False
    return window.latest is None or (last.date() == first.date() and last.time() <= window.latest)


def within(hours: Sequence[Period], start: datetime, end: datetime, zone: ZoneInfo | None) -> bool:
    """Whether the time lies in one of the periods, on the clocks of `zone`; true where the zone is unknown."""
    if zone is None:
        return True
    first, last = start.astimezone(zone), end.astimezone(zone)
    days_on = (last.date() - first.date()).days
    begins, ends = first.hour * 60 + first.minute, days_on * 24 * 60 + last.hour * 60 + last.minute
    weekday = WEEKDAYS[first.weekday()]
    return any(
        period.day_of_week == weekday and period.period_start <= begins and ends <= period.period_end
        for period in hours
    )


def overlaps(busy: Sequence[Span], start: datetime, end: datetime) -> bool:
    return any(start < span.end and span.start < end for span in busy)


def merged(busy: Sequence[Span]) -> list[Span]:
    """The same times with what touches or overlaps made one, in order."""
    kept: list[Span] = []
    for span in sorted(busy, key=lambda span: (span.start, span.end)):
        if kept and span.start <= kept[-1].end:
            kept[-1] = Span(start=kept[-1].start, end=max(kept[-1].end, span.end))
        else:
            kept.append(span)
    return kept


def _spread(slots: Sequence[Slot], window: Window, limit: int) -> list[Slot]:
    """The first of them that are different choices, best first."""
    per_day = max(_PER_DAY, -(-limit // window.days))
    kept: list[Slot] = []
    for slot in slots:
        day = slot.start.astimezone(window.zone).date()
        same_day = [other for other in kept if other.start.astimezone(window.zone).date() == day]
        if len(same_day) < per_day and all(_are_apart(slot, other) for other in kept):
            kept.append(slot)
        if len(kept) == limit:
            break
    return kept


def _are_apart(one: Slot, other: Slot) -> bool:
    clear = one.end <= other.start or other.end <= one.start
    return clear and abs(one.start - other.start) >= _APART
