"""The time that a question is about, as a condition on a date."""

import re
from dataclasses import dataclass
from datetime import date

_COUNTS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
    **{"eleven": 11, "twelve": 12, "couple of": 2, "few": 3},
}
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december"),
)
_NUMBER = rf"(\d{{1,3}}|{'|'.join(_COUNTS)})"
_WITHOUT_THIS = re.compile(r"\b(?:don'?t|do not|without|not|except|excluding|minus)\b[^.?!,]{0,20}\bthis month\b")
_LAST = re.compile(
    rf"\b(?:last|past|previous)\s+{_NUMBER}\s+(?:(?:full|whole|complete)\s+)?(day|week|month|quarter|year)s?\b"
)
_ONE = re.compile(r"\b(this|last|previous|current)\s+(?:(?:full|whole)\s+)?(week|month|quarter|year)\b")
_YEAR = re.compile(r"\b(?:in|of|for|during)\s+(20\d\d)\b")
_MONTH = re.compile(rf"\b(?:in|of|for|since|during)\s+({'|'.join(_MONTHS)})(?:\s+(20\d\d))?\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time; an end that is empty is open."""

    said: str
    start: str = ""
    """An SQL expression."""
    end: str = ""
    """The first moment after it, as an SQL expression."""

    def on(self, column: str) -> list[str]:
        """The conditions that keep what lies within."""
        return [
            *([f"{column} >= {self.start}"] if self.start else []),
            *([f"{column} < {self.end}"] if self.end else []),
        ]


def span_in(text: str, today: date) -> Span | None:
    """The time that `text` names; None when it names none. Of "last 3 months" the current one is no part."""
    if _WITHOUT_THIS.search(text):
        return Span(said="before this month", end=_begin("month"))
    if found := _LAST.search(text):
        count = int(found[1]) if found[1].isdigit() else _COUNTS[found[1]]
        unit = found[2]
        spoken = f"the last {count} {unit}s" if unit == "day" else f"the last {count} full {unit}s"
        return Span(said=spoken, start=f"{_begin(unit)} - {_interval(unit, count)}", end=_begin(unit))
    if found := _ONE.search(text):
        unit, begin = found[2], _begin(found[2])
        if found[1] in ("this", "current"):
            return Span(said=f"this {unit}", start=begin)
        return Span(said=f"last {unit}", start=f"{begin} - {_interval(unit, 1)}", end=begin)
    if re.search(r"\byesterday\b", text):
        return Span(said="yesterday", start="current_date - 1", end="current_date")
    if re.search(r"\btoday\b", text):
        return Span(said="today", start="current_date")
    return _named(text, today)


def _named(text: str, today: date) -> Span | None:
    if found := _MONTH.search(text):
        month = _MONTHS.index(found[1]) + 1
        year = int(found[2]) if found[2] else today.year - (month > today.month)
        start = f"DATE '{year}-{month:02}-01'"
        said = f"{found[1].capitalize()} {year}"
        if "since" in found[0]:
            return Span(said=f"since {said}", start=start)
        return Span(said=said, start=start, end=f"{start} + interval '1 month'")
    if found := _YEAR.search(text):
        return Span(said=found[1], start=f"DATE '{found[1]}-01-01'", end=f"DATE '{int(found[1]) + 1}-01-01'")
    return None


def _begin(unit: str) -> str:
    return "current_date" if unit == "day" else f"date_trunc('{unit}', current_date)"


def _interval(unit: str, count: int) -> str:
    if unit == "quarter":
        return f"interval '{3 * count} months'"
    return f"interval '{count} {unit}{'' if count == 1 else 's'}'"
