"""Rows as a person and a model see them: exact decimals, ISO dates, a file, a chart with its finding in words."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from documents.chart import MAX_SERIES, MAX_WORDS, Chart, Kind
from documents.written import dead
from skills.database.client import Found, Value
from skills.showing import Cell, Table

TO_MODEL, TO_PERSON = 200, 100
"""Rows: what a model reads, and what stands in the message."""
LETTERS = 20_000
"""Characters of all rows that a model reads."""
_NAME = 60


def cells(found: Found) -> tuple[tuple[Cell, ...], ...]:
    """The rows for people: decimals with all their digits, moments without a midnight that nobody meant."""
    bare = [_are_days(found, n) for n in range(len(found.columns))]
    return tuple(tuple(_day(value) if bare[n] else _cell(value) for n, value in enumerate(row)) for row in found.rows)


def table(caption: str, found: Found, rows: Sequence[tuple[Cell, ...]]) -> Table:
    """The first rows for the message; how many stand only in the file."""
    return Table(
        caption=caption,
        columns=tuple(found.columns),
        rows=tuple(rows[:TO_PERSON]),
        more=max(0, len(rows) - TO_PERSON),
    )


def for_model(rows: Sequence[tuple[Cell, ...]]) -> list[list[Cell]]:
    """As many rows as a model can read."""
    read: list[list[Cell]] = []
    letters = 0
    for row in rows[:TO_MODEL]:
        letters += sum(len(str(cell)) + 4 for cell in row)
        if letters > LETTERS and read:
            break
        read.append([*row])
    return read


def as_csv(found: Found, rows: Sequence[tuple[Cell, ...]]) -> bytes:
    """All rows, with a mark by which spreadsheets know that it is UTF-8; nothing in a cell is a formula there."""
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    out.writerow([_harmless(column) for column in found.columns])
    out.writerows([[_harmless(cell) for cell in row] for row in rows])
    return ("\ufeff" + file.getvalue()).encode()


def file_name(source: str, question: str) -> str:
    """A name by which people and code find the result again: "Sales invoiced last month by plan.csv"."""
    words = re.sub(r"[^\w %-]+", " ", f"{source} {question}")
    return f"{' '.join(words.split())[:_NAME].strip()}.csv"


def chart(kind: Kind, title: str, found: Found, rows: Sequence[tuple[Cell, ...]]) -> Chart:
    """The rows as a chart: what is no number, or else the first column, names the points.

    Raises ValueError, in a sentence, where there is nothing to draw.
    """
    if len(rows) < 2:
        raise ValueError("No chart: it needs at least two rows.")
    numbers = [n for n in range(len(found.columns)) if _is_number(found, n)]
    named = next((n for n in range(len(found.columns)) if n not in numbers), 0)
    drawn = [n for n in numbers if n != named][:MAX_SERIES]
    if not drawn:
        raise ValueError("No chart: it needs a column of numbers beside the one that names the points.")
    labels = tuple(_label(row[named])[:MAX_WORDS] for row in rows)
    series = {found.columns[n]: tuple(_number(row[n]) for row in found.rows) for n in drawn}
    return Chart(kind, title[:MAX_WORDS], labels, series)


def _cell(value: Value) -> Cell:
    return format(value, "f") if isinstance(value, Decimal) else value


def _day(value: Value) -> Cell:
    return value[:10] if isinstance(value, str) else _cell(value)


def _are_days(found: Found, column: int) -> bool:
    """Whether a column holds moments that are all midnight, as `date_trunc` gives months."""
    given = [row[column] for row in found.rows if row[column] is not None]
    return bool(given) and all(isinstance(value, str) and _is_midnight(value) for value in given)


def _is_midnight(value: str) -> bool:
    try:
        return len(value) > len("2026-11-01") and datetime.fromisoformat(value).time() == time(0)
    except ValueError:
        return False


def _label(cell: Cell) -> str:
    text = "none" if cell is None else str(cell)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day:%b %Y}" if day.day == 1 else f"{day.day} {day:%b}"


def _is_number(found: Found, column: int) -> bool:
    given = [row[column] for row in found.rows if row[column] is not None]
    return bool(given) and all(
        isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in given
    )


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) else None


def _harmless(cell: Cell) -> Cell:
    return dead(cell) if isinstance(cell, str) else cell
