"""Which days, hours and lengths the person means, and days in words."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TOMORROW = r"(?:tomorrow|tomorow|tommorow|tmrw|tmr|tomo)"
_CLOCK = re.compile(r"\b(?:at|to|from|around)\s+(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|h|o'clock)?(?![\w:-]|\.\d)")
_LENGTH = re.compile(r"\b(?:(\d{1,3})[ -]?|(an?|half an|one|two) )(minutes?|mins?|m|hours?|hrs?|h)\b")
_NEXT = re.compile(r"\bnext (\w+) days\b")
_DAYS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "few": 3}
_COUNTS = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "half an": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Some days, one after the other."""

    first: date
    count: int
    said: str
    """In the person's words; empty when they named none."""

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.count - 1)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def days_meant(text: str, today: date, *, usually: int) -> Days:
    """The days that `text` in lower case names; without any, so many from today on.

    Before a weekend "tomorrow" reaches to the next working day, since that is what people at work mean by it.
    """
    if re.search(rf"\b{TOMORROW}\b", text):
        first = today + timedelta(days=1)
        return Days(first=first, count=1 + _until_working_day(first), said="tomorrow")
    if re.search(r"\btoday\b|\btonight\b", text):
        return Days(first=today, count=1, said="today")
    if (found := _NEXT.search(text)) and (count := _DAYS.get(found[1]) or int(found[1] if found[1].isdigit() else 0)):
        return Days(first=today, count=min(count, 31), said=found[0])
    if re.search(r"\bnext week\b", text):
        return Days(first=today + timedelta(days=7 - today.weekday()), count=5, said="next week")
    if re.search(r"\b(?:this|the|my) week\b", text):
        return Days(first=today, count=_to_friday(today), said="this week")
    if found := re.search(rf"\b(?:on |next |this )?({'|'.join(WEEKDAYS)})\b", text):
        ahead = (WEEKDAYS.index(found[1]) - today.weekday()) % 7
        return Days(first=today + timedelta(days=ahead), count=1, said=found[0].strip())
    return Days(first=today, count=usually, said="")


def week_around(day: date, *, today: date) -> Days:
    """From today to the Friday of the week in which `day` lies."""
    friday = day + timedelta(days=(4 - day.weekday()) % 7)
    return Days(first=today, count=max((friday - today).days + 1, 1), said="")


def last_working_day(today: date) -> date:
    return today - timedelta(days=max(0, today.weekday() - 4))


def minutes_meant(text: str) -> int | None:
    """A length that `text` in lower case names."""
    if (found := _LENGTH.search(text)) is None:
        return None
    count = float(found[1]) if found[1] else _COUNTS[found[2]]
    return round(count * (60 if found[3].startswith("h") else 1)) or None


def clock_meant(text: str) -> time | None:
    """A time of day that `text` in lower case names."""
    for found in _CLOCK.finditer(text):
        hour, minute, half = int(found[1]), int(found[2] or 0), found[3] or ""
        if not (found[2] or half):
            continue
        hour += 12 if half == "pm" and hour < 12 else 0
        if hour < 24 and minute < 60:
            return time(hour, minute)
    return None


def dated(day: date) -> str:
    """A day as it stands in a mail: "Wednesday, 25 November"."""
    return f"{day:%A}, {day.day} {day:%B}"


def _until_working_day(day: date) -> int:
    return max(0, 7 - day.weekday()) if day.weekday() > 4 else 0


def _to_friday(today: date) -> int:
    return 5 - today.weekday() if today.weekday() < 5 else 12 - today.weekday()
