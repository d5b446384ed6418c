"""Days in words: how long ago something was, and which day the person means."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TODAY = re.compile(r"today is \w+, (\d{1,2} \w+ \d{4})(?: \(([\w/+-]+)\))?", re.IGNORECASE)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "few": 3}


def today_of(system: str, now: datetime) -> tuple[date, ZoneInfo]:
    """The person's day and zone, as the instructions say; else those of `now`."""
    zone = ZoneInfo("UTC")
    if found := _TODAY.search(system):
        try:
            zone = ZoneInfo(found[2] or "UTC")
            # Only a date is read, so there is no time zone to lose.
            return datetime.strptime(found[1], "%d %B %Y").date(), zone  # noqa: DTZ007
        except (ValueError, ZoneInfoNotFoundError):
            pass
    return now.astimezone(zone).date(), zone


def day_said(moment: datetime | None, *, today: date, zone: ZoneInfo) -> str:
    """`today`, `yesterday`, or the date, with the year when it is another; empty when nobody knows."""
    if moment is None:
        return ""
    day = moment.astimezone(zone).date()
    match (today - day).days:
        case 0:
            return "today"
        case 1:
            return "yesterday"
        case _:
            return f"{day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else "")


def since_when(text: str, today: date) -> date | None:
    """The first day of the time that `text` names; None when it names none."""
    text = text.lower()
    if found := re.search(r"\b(\d{4}-\d\d-\d\d)\b", text):
        try:
            return date.fromisoformat(found[1])
        except ValueError:
            return None
    if found := re.search(r"\b(?:last|past|in)\s+(\d+|[a-z]+)\s+(day|week|month)s?\b", text):
        count = int(found[1]) if found[1].isdigit() else _COUNTS.get(found[1], 0)
        if count:
            return today - timedelta(days=count * {"day": 1, "week": 7, "month": 30}[found[2]])
    if found := re.search(rf"\b(?:since|from|on|last)\s+({'|'.join(_WEEKDAYS)})\b", text):
        back = (today.weekday() - _WEEKDAYS.index(found[1])) % 7
        return today - timedelta(days=back or 7)
    if "yesterday" in text:
        return today - timedelta(days=1)
    if re.search(r"\btoday\b", text):
        return today
    if re.search(r"\blast week\b", text):
        return today - timedelta(days=today.weekday() + 7)
    if re.search(r"\bthis week\b", text):
        return today - timedelta(days=today.weekday())
    return today - timedelta(days=30) if re.search(r"\b(?:this|last) month\b", text) else None
