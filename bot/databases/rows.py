"""What comes of a question to a database, and how much may."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one question may cost and bring."""

    seconds: float = 20.0
    """Of one statement."""
    lock_seconds: float = 2.0
    rows: int = 10_000
    row_bytes: int = 1_000_000
    """Of one row as text: the driver holds a row whole."""
    bytes: int = 8_000_000
    """Of all rows, about."""
    cost: float = 10_000_000.0
    """As PostgreSQL's planner estimates it: about a hundred million rows read one after another."""
    at_once: int = 4
    """Questions to one database at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows of one answer."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    is_cut: bool = False
    """Whether there were more than may be read."""


class Failed(Exception):
    """The database refused the statement; the message tells the model what to mend, and holds no value of any row."""


class Away(Exception):
    """The database cannot be asked, whatever the SQL: an admin has to look at it; the message is a sentence."""


def collected(columns: Sequence[str], found: Iterable[Sequence[object]], limits: Limits) -> Rows:
    """As many of the rows as may be read."""
    rows: list[tuple[Value, ...]] = []
    size = 0
    for row in found:
        values = tuple(map(plain, row))
        size += weight(values)
        if len(rows) >= limits.rows or (size > limits.bytes and rows):
            return Rows(columns=tuple(columns), rows=tuple(rows), is_cut=True)
        rows.append(values)
    return Rows(columns=tuple(columns), rows=tuple(rows))


def weight(row: Sequence[Value]) -> int:
    """About how many bytes a row takes."""
    return sum(len(value) if isinstance(value, str) else 8 for value in row)


def plain(value: object) -> Value:
    """A driver's value as one of ours: moments as ISO text, whatever else there is as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, str | int | Decimal):
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"({len(value):,} bytes)"
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)
