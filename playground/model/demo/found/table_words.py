"""What somebody wants from a table, matched word by word with the names of its columns."""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from playground.model.demo.found.table import Column, Table
from playground.model.demo.keywords import has

Bucket: TypeAlias = Literal["", "D", "W", "M", "Q", "Y"]
"""Pandas' name of a period; empty: the dates as they stand."""
_BUCKETS: tuple[tuple[Bucket, str], ...] = (
    ("D", "(?:per|by|each|every|a) day|daily"),
    ("W", "(?:per|by|each|every|a) week|weekly"),
    ("M", "(?:per|by|each|every|a) month|monthly"),
    ("Q", "(?:per|by|each|every|a) quarter|quarterly"),
    ("Y", "(?:per|by|each|every|a) year|yearly"),
)
PERIODS = {"D": "day", "W": "week", "M": "month", "Q": "quarter", "Y": "year", "": ""}
_SHORTEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole over time."""

    part: Column
    whole: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A number over time or by group."""

    of: Column
    by: Column


def share_in(text: str, table: Table) -> Share | None:
    """Which column is wanted in percent of which: "failed %" is `failed_packs` of `packs`."""
    if not ("%" in text or has(text, "percent", "per cent", "share", "rate", "ratio", "proportion")):
        return None
    numbers = [column for column in table.numbers if not _is_rate(column)]
    part = _best(text, numbers)
    if part is None:
        return None
    wholes = [column for column in numbers if column != part and {*column.words} <= {*part.words}]
    wholes = wholes or [column for column in numbers if column != part and {*column.words} & {*part.words}]
    return Share(part=part, whole=wholes[0]) if wholes else None


def bucket_in(text: str) -> Bucket:
    for bucket, words in _BUCKETS:
        if has(text, words):
            return bucket
    return ""


def number_in(text: str, table: Table) -> Column | None:
    """The number that is spoken of; else the last one, which is where tables have what they are about."""
    return _best(text, table.numbers) or (table.numbers[-1] if table.numbers else None)


def group_in(text: str, table: Table) -> Column | None:
    """The group that is spoken of."""
    return _best(text, table.groups)


def series_in(text: str, table: Table) -> Series | None:
    """What a chart shows: what is spoken of, over time where there are dates, else by the first group."""
    of = number_in(text, table)
    if of is None:
        return None
    dates, group = table.of_kind("date"), group_in(text, table)
    by = group or (_best(text, dates) or dates[0] if dates else None) or (table.groups[0] if table.groups else None)
    return Series(of=of, by=by) if by is not None else None


def _best(text: str, columns: list[Column]) -> Column | None:
    """The column with the most of its words in `text`; the earlier of two that have as many."""
    said = re.findall(r"[^\W_]+", text.lower())
    ranked = [(_shared(column, said), -n, column) for n, column in enumerate(columns)]
    score, _, best = max(ranked, default=(0, 0, None), key=lambda one: one[:2])
    return best if score else None


def _shared(column: Column, said: list[str]) -> float:
    words = [word for word in column.words if len(word) >= _SHORTEST]
    named = sum(any(_same(word, other) for other in said) for word in words)
    return named + named / len(words) if words else 0


def _same(word: str, other: str) -> bool:
    """Whether two words are one but for their ending: "regions" and "region"."""
    stem = min(len(word), len(other))
    return (
        stem >= _SHORTEST
        and (word[: max(_SHORTEST, stem - 1)] == other[: max(_SHORTEST, stem - 1)])
        and (abs(len(word) - len(other)) <= 2)
    )


def _is_rate(column: Column) -> bool:
    return bool({"pct", "percent", "percentage", "rate", "share", "ratio"} & {*column.words})
