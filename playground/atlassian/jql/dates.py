"""Moments in JQL: dates, relative times and the functions that give one."""

import re
from calendar import monthrange
from datetime import datetime, timedelta

from playground.atlassian.jql.tree import Function, JqlError, Value

_RELATIVE = re.compile(r"(?:([+-]?)(\d+)([yMwdhm])\s*)+")
_STEP = re.compile(r"([+-]?)(\d+)([yMwdhm])")
_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_EDGE = re.compile(r"(startof|endof)(day|week|month|year)")


def moment(operand: Value | Function, now: datetime, field: str) -> datetime:
    """What `operand` means at `now`, which carries the zone of whoever asks. Raises JqlError in Jira's words."""
    if isinstance(operand, Function):
        return _called(operand, now)
    text = operand.text.strip()
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=now.tzinfo)
        except ValueError:
            continue
    if _RELATIVE.fullmatch(text):
        return _shifted(now, text)
    raise JqlError(
        f"Date value '{operand.text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
    )


def _called(function: Function, now: datetime) -> datetime:
    name, shift = function.name.lower(), "".join(function.arguments)
    if name == "now":
        return now
    match = _EDGE.fullmatch(name)
    if match is None:
        raise JqlError(f"Unable to find JQL function '{function.name}()'.")
    side, unit = match.groups()
    start = _start(now, unit)
    if shift:
        # A bare number counts in the function's own unit.
        start = _shifted(start, shift if shift[-1].isalpha() else f"{shift}{_letter(unit)}")
    return start if side == "startof" else _shifted(start, f"1{_letter(unit)}") - timedelta(seconds=1)


def _start(now: datetime, unit: str) -> datetime:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match unit:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def _letter(unit: str) -> str:
    return {"day": "d", "week": "w", "month": "M", "year": "y"}[unit]


def _shifted(start: datetime, text: str) -> datetime:
    for sign, count, unit in _STEP.findall(text):
        steps = -int(count) if sign == "-" else int(count)
        start = start + steps * _UNITS[unit] if unit in _UNITS else _months(start, steps * (12 if unit == "y" else 1))
    return start


def _months(start: datetime, count: int) -> datetime:
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))
