"""Moments as people in several time zones read them (pure)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UNKNOWN_ZONE = "unknown zone"


def zone_named(name: str | None) -> ZoneInfo | None:
    """The IANA zone of that name; None when there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):
        return None


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day; where clocks go forward at midnight, the hour after it."""
    return datetime.combine(day, time(), zone)


def exists(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether a clock in `zone` ever shows `wall`: an hour is left out when clocks go forward."""
    aware = wall.replace(tzinfo=zone)
    return aware.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)


def is_twice(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether a clock in `zone` shows `wall` twice that day: an hour is repeated when clocks go back."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return exists(wall, zone) and first.utcoffset() != second.utcoffset()


def later(start: datetime, minutes: int) -> datetime:
    """The moment that many minutes of real time after `start`, in its zone: plain addition moves the hands instead."""
    utc = ZoneInfo("UTC")
    return (start.astimezone(utc) + timedelta(minutes=minutes)).astimezone(start.tzinfo)


def said_day(day: date) -> str:
    """A day in a person's words: "Mon 23 Nov 2026"."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def said_span(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A span on the clocks of `zone`: "Mon 23 Nov 2026, 15:30–16:00"."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() == last.date():
        return f"{said_day(first.date())}, {first:%H:%M}–{last:%H:%M}"
    return f"{said_day(first.date())}, {first:%H:%M} – {said_day(last.date())}, {last:%H:%M}"


def said_everywhere(start: datetime, end: datetime, own: ZoneInfo, others: Mapping[str, ZoneInfo | None]) -> str:
    """A span on the asker's clocks, then on those of the others who live by other zones, with their names."""
    parts = [f"{said_span(start, end, own)} {own.key}", *elsewhere(start, end, own, others)]
    if unknown := [name for name, zone in others.items() if zone is None]:
        parts.append(f"{UNKNOWN_ZONE}: {', '.join(unknown)}")
    return "; ".join(parts)


def elsewhere(start: datetime, end: datetime, own: ZoneInfo, others: Mapping[str, ZoneInfo | None]) -> list[str]:
    """A span on the clocks of each zone that is not the asker's: "07:30–08:00 America/Denver (Jamal)"."""
    by_zone: dict[str, list[str]] = {}
    for name, zone in others.items():
        if zone is not None and zone.key != own.key:
            by_zone.setdefault(zone.key, []).append(name)
    here = start.astimezone(own).date()
    return [
        f"{_short_span(start, end, ZoneInfo(key), here)} {key} ({', '.join(names)})" for key, names in by_zone.items()
    ]


def _short_span(start: datetime, end: datetime, zone: ZoneInfo, known_day: date) -> str:
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() == last.date() == known_day:
        return f"{first:%H:%M}–{last:%H:%M}"
    return said_span(start, end, zone)


def minutes_of(start: datetime, end: datetime) -> int:
    """Minutes of real time; two moments of one zone are otherwise subtracted by their hands."""
    return round((end.timestamp() - start.timestamp()) / 60)


def capped(names: Iterable[str], most: int) -> str:
    """Names with commas, at most so many of them."""
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more
