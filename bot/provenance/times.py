"""Days and times of day in what a person wrote, in five languages, and whether a moment is one of them."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from bot.provenance.words import WORD, norm

DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d.*)?")
EXACT_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:z|[+-]\d\d:?\d\d)?)?")
_CLOCK = re.compile(r"(?<![\d:.])(\d{1,2})(?:([:h])(\d\d))?\s?(am|pm|a\.m|p\.m|uhr|uur|h)?(?![\w:])")
_MONTHS = (
    "january jan januar janvier enero ene januari",
    "february feb februar fevrier febrero februari",
    "march mar marz mars marzo maart mrt",
    "april apr avril abril avr",
    "may mai mayo mei",
    "june jun juni juin junio",
    "july jul juli juillet julio",
    "august aug aout agosto ago augustus",
    "september sep sept septembre septiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez decembre diciembre dic",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?([a-z]{3,10})\b")
_MONTH_DAY = re.compile(r"\b([a-z]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b")
_DOTTED = re.compile(r"(?<![\d/.-])(\d{1,2})\.(\d{1,2})\.(?:\d{4}|\d\d)?(?![\d/-])")
_SLASHED = re.compile(r"(?<![\d/.-])(\d{1,2})/(\d{1,2})(?:/(?:\d{4}|\d\d))?(?![\d/-])")
_WEEKDAYS = (
    "monday montag lundi lunes maandag",
    "tuesday dienstag mardi martes dinsdag",
    "wednesday mittwoch mercredi miercoles woensdag",
    "thursday donnerstag jeudi jueves donderdag",
    "friday freitag vendredi viernes vrijdag",
    "saturday samstag sonnabend samedi sabado zaterdag",
    "sunday sonntag dimanche domingo zondag",
)
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}


def moments(values: Iterable[str]) -> tuple[str, ...]:
    """Those of `values` that are a day or a moment, as ISO 8601 writes it."""
    return tuple(value for value in values if MOMENT.fullmatch(norm(value)))


@lru_cache(maxsize=32)
def dates_in(words: str) -> frozenset[tuple[int, int]]:
    """(month, day) of every date in a request; both readings of `3/4`."""
    found = {(int(month), int(day)) for _, month, day in DAY.findall(words)}
    found |= {(_MONTH[name], int(day)) for day, name in _DAY_MONTH.findall(words) if name in _MONTH}
    found |= {(_MONTH[name], int(day)) for name, day in _MONTH_DAY.findall(words) if name in _MONTH}
    pairs = {(int(a), int(b)) for a, b in (*_DOTTED.findall(words), *_SLASHED.findall(words))}
    return frozenset(found | pairs | {(b, a) for a, b in pairs})


@lru_cache(maxsize=32)
def clocks_in(words: str) -> frozenset[tuple[int, int]]:
    """(hour, minute) of every time of day in a request; both readings of `3:30`."""
    found = {_MIDDAY for word in WORD.findall(words) if word in _NOON}
    for hour, sign, minute, half in _CLOCK.findall(words):
        if (minute or half) and not (int(hour) < _EARLIEST and "h" in (sign, half)):  # 2h is how long, not when
            found |= {(one, int(minute or 0)) for one in _hours(int(hour), half)}
    return frozenset(found)


def _hours(hour: int, half: str) -> set[int]:
    if half.startswith("a"):
        return {hour % 12}
    if half.startswith("p"):
        return {hour % 12 + 12}
    return {hour} if half or hour > _EARLIEST else {hour, hour + 12}


_EARLIEST = 7
"""People who write `3:30` and no more mean the afternoon as well; up to this hour."""
_MIDDAY = (12, 0)
_NOON = frozenset({"noon", "mittag", "mittags", "midi", "mediodia", "middag"})


def weekdays_in(words: str) -> set[int]:
    return {_WEEKDAY[word] for word in WORD.findall(words) if word in _WEEKDAY}


def same_day(moment: str, words: str) -> bool:
    dates, weekdays, found = dates_in(words), weekdays_in(words), DAY.match(moment)
    if found is None or not (dates or weekdays):
        return True
    year, month, day = map(int, found.groups())
    try:
        return (month, day) in dates or date(year, month, day).weekday() in weekdays
    except ValueError:
        return False


def same_clock(moment: str, words: str) -> bool:
    clocks, found = clocks_in(words), re.search(r"[t ](\d\d):(\d\d)", moment)
    return found is None or not clocks or (int(found[1]), int(found[2])) in clocks
