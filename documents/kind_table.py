"""Tables of characters: CSV in all its dialects."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from documents.clean import counted
from documents.document import Document, Part

MAX_ROWS = 2_000
"""Rows of one table that stand in the text; the file itself has all of them."""
MAX_COLUMNS = 200
_MAX_CHARACTERS = 200_000
_MAX_CELL = 2_000
_SAMPLE = 200_000
_SIGNS = (",", ";", "\t", "|")
_DECIMAL_COMMA = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+(?: ?[€%])?")
_NUMBER = re.compile(r"[-+(]?[$€£]? ?\d[\d.,' ]*(?:[eE][-+]?\d+)?[)%]?(?: ?[€$£%])?")
_DATES = (
    ("2026-03-31", re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[ T][\d:.]+.*)?")),
    ("31.03.2026", re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}")),
    ("03/31/2026", re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}")),
    ("31 Mar 2026", re.compile(r"\d{1,2}[. -]+[^\W\d]{3,9}[. -]+\d{2,4}")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dialect:
    sign: str
    quotes: bool = True


def read_table(text: str, *, named: bool) -> Document | None:
    """The table in `text`; None where there is none. `named`: its name says that it is one."""
    text, told = _without_hint(text.lstrip("\ufeff").replace("\x00", ""))
    dialect = _Dialect(sign=told) if told else _dialect(text[:_SAMPLE], at_least=1 if named else 3)
    if dialect is None:
        if not named:
            return None
        dialect = _Dialect(sign=",")
    head, count, widths = _walked(text, dialect)
    if _swallowed(text, count):
        dialect = _Dialect(sign=dialect.sign, quotes=False)
        head, count, widths = _walked(text, dialect)
    if not head:
        return None
    return _told(head, count, widths, dialect)


def table_text(rows: Iterable[Iterable[str]]) -> tuple[str, int]:
    """Rows as CSV with commas, and how many of them there was room for."""
    out, writer_count = StringIO(), 0
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
        writer_count += 1
        if out.tell() > _MAX_CHARACTERS:
            break
    return out.getvalue().rstrip("\n"), writer_count


def has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: there are rows below it, and none of it is a number or a date."""
    if len(rows) < 2 or not any(rows[0]):
        return False
    return not any(_NUMBER.fullmatch(cell) or _date_style(cell) for cell in map(str.strip, rows[0]) if cell)


def _without_hint(text: str) -> tuple[str, str]:
    """Excel's own first line `sep=;` is no row."""
    found = re.match(r"sep=(.)\r?\n", text, re.I)
    return (text[found.end() :], found[1]) if found and found[1] in _SIGNS else (text, "")


def _dialect(sample: str, *, at_least: int) -> _Dialect | None:
    """How its cells are parted: the sign by which most of the first rows have the same number of them."""
    best, found = 0.0, None
    for sign in _SIGNS:
        widths = [len(row) for row in islice(_rows(sample, _Dialect(sign=sign)), 50) if row]
        if not widths or max(widths) < 2:
            continue
        width, same = Counter(widths).most_common(1)[0]
        worth = same / len(widths) * (1 + min(width, 20) / 100)
        if width > 1 and len(widths) >= at_least and worth > best and (at_least == 1 or same >= 0.9 * len(widths)):
            best, found = worth, _Dialect(sign=sign)
    return found


def _rows(text: str, dialect: _Dialect) -> Iterator[list[str]]:
    csv.field_size_limit(10_000_000)
    quoting = csv.QUOTE_MINIMAL if dialect.quotes else csv.QUOTE_NONE
    reader = csv.reader(StringIO(text, newline=""), delimiter=dialect.sign, quoting=quoting)
    try:
        yield from reader
    except csv.Error:
        return


def _walked(text: str, dialect: _Dialect) -> tuple[list[list[str]], int, Counter[int]]:
    """The rows to show, how many rows there are, and how wide they are."""
    head, count, widths = list[list[str]](), 0, Counter[int]()
    for row in _rows(text, dialect):
        if not any(row):
            continue
        count += 1
        widths[len(row)] += 1
        if count <= MAX_ROWS + 1:
            head.append(row[:MAX_COLUMNS])
    return head, count, widths


def _swallowed(text: str, count: int) -> bool:
    """Whether a quotation mark that nobody closed took most of the lines into one cell."""
    return text.count('"') % 2 == 1 and text.count("\n") > 2 * count


def _told(head: list[list[str]], count: int, widths: Counter[int], dialect: _Dialect) -> Document:
    named = has_header(head)
    columns = max(widths)
    shown, held = table_text([cell.strip() for cell in row[:MAX_COLUMNS]] for row in head[: MAX_ROWS + named])
    data, shown_rows = count - named, held - named
    notes = [
        f"The text holds the first {shown_rows:,} rows; the file has all {data:,}." if shown_rows < data else "",
        f"The text holds the first {MAX_COLUMNS} columns." if columns > MAX_COLUMNS else "",
        _ragged(widths),
        "A quotation mark in it is never closed, so I took all of them as they stand." if not dialect.quotes else "",
        *remarks(head[:1000]),
    ]
    return Document(
        kind="sheet",
        facts=f"{counted(data, 'row')}, {counted(columns, 'column')}",
        parts=(Part(place="", text=shown),),
        note=" ".join(filter(None, notes)),
    )


def remarks(rows: list[list[str]]) -> Iterator[str]:
    """What is odd in how its numbers and dates are written."""
    cells = [cell.strip() for row in rows for cell in row[:MAX_COLUMNS] if cell[:1].isdigit() or cell[:1] in "- "]
    commas = sum(_DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells)
    points = sum(re.fullmatch(r"-?\d+\.\d+", cell) is not None for cell in cells)
    if commas > points and any(re.search(r",(?!\d{3}$)", cell) for cell in cells if _DECIMAL_COMMA.fullmatch(cell)):
        yield "Its numbers are written with a decimal comma."
    styles = list(dict.fromkeys(style for cell in cells if (style := _date_style(cell))))
    if len(styles) > 1:
        yield f"Its dates are written in {len(styles)} styles ({', '.join(styles)}): check which number is the day."


def _date_style(cell: str) -> str:
    return next((style for style, shape in _DATES if shape.fullmatch(cell)), "")


def _ragged(widths: Counter[int]) -> str:
    usual, _ = widths.most_common(1)[0]
    odd = sum(widths.values()) - widths[usual]
    return f"{counted(odd, 'row')} {'has' if odd == 1 else 'have'} more or fewer cells than the others." if odd else ""


def _cell(cell: str) -> str:
    return cell if len(cell) <= _MAX_CELL else cell[:_MAX_CELL] + "…"
