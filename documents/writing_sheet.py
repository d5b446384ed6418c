"""Tables as files for spreadsheets. No cell is ever a formula."""

import csv as rfc4180
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import JsonValue

from documents.visible import visible
from documents.written import LIVE, MAX_TEXT, Value, dead

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

WIDEST = 60
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?")
_NO_TAB = re.compile(r"[\[\]:*?/\\]")
_MOST_EXACT = 2**53
"""Excel counts in floating point; a larger whole number would lose its last digits."""


def csv(body: bytes, _options: Mapping[str, JsonValue]) -> bytes:
    """A job: one table as CSV (RFC 4180), in UTF-8 with the mark by which Excel knows it."""
    [sheet] = orjson.loads(body)
    made = StringIO(newline="")
    writer = rfc4180.writer(made, lineterminator="\r\n")
    writer.writerow([dead(name) for name in sheet["columns"]])
    writer.writerows([_plain(value) for value in row] for row in sheet["rows"])
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def _plain(value: Value) -> Value:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return dead(value) if isinstance(value, str) else value


def workbook(body: bytes, _options: Mapping[str, JsonValue]) -> bytes:
    """A job: tables as an Excel file."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    taken: set[str] = set()
    for sheet in orjson.loads(body):
        name = _tab(sheet["name"], taken)
        taken.add(name.casefold())
        _fill(book.create_sheet(name), sheet["columns"], sheet["rows"])
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _tab(name: str, taken: set[str]) -> str:
    """A name that Excel takes: no signs of its own, at most 31 characters, none twice."""
    plain = _NO_TAB.sub(" ", visible(" ".join(name.split()))).strip("' ")[:31] or "Sheet"
    number, found = 1, plain
    while found.casefold() in taken or found.casefold() == "history":
        number += 1
        found = f"{plain[: 31 - len(str(number)) - 1]} {number}"
    return found


def _fill(sheet: "Worksheet", columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    head = (Font(bold=True), PatternFill("solid", fgColor="F6F5F2"), Border(bottom=Side("thin", color="868C93")))
    for at, name in enumerate(columns, 1):
        cell: Any = sheet.cell(1, at)
        _put(cell, name, is_text=True)
        cell.font, cell.fill, cell.border = head
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    for number, row in enumerate(rows, 2):
        for at, value in enumerate(row, 1):
            if value is not None and value != "":
                _put(sheet.cell(number, at), value)
    for at, name in enumerate(columns):
        widest = max([len(name), *(len(str(row[at])) for row in rows[:1000] if row[at] is not None)])
        sheet.column_dimensions[get_column_letter(at + 1)].width = min(max(widest + 2, 8), WIDEST)
    sheet.freeze_panes = "A2"
    if rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"


def _put(cell: Any, value: Value, *, is_text: bool = False) -> None:
    """Write one value as what it is."""
    moment = _moment(value) if isinstance(value, str) and not is_text else None
    if moment is not None:
        cell.value = moment
        cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(moment, datetime) else "yyyy-mm-dd"
    elif isinstance(value, str) or (not isinstance(value, bool) and abs(value or 0) >= _MOST_EXACT):
        _put_text(cell, visible(str(value))[:MAX_TEXT])
    else:
        cell.value = value


def _put_text(cell: Any, text: str) -> None:
    cell.value = text
    # openpyxl takes what begins with = for a formula, and #N/A for an error.
    cell.data_type = "s"
    if text.lstrip().startswith(LIVE):
        # As if typed with a ' before it: it stays a text when somebody edits the cell.
        cell.quotePrefix = True


def _moment(text: str) -> date | datetime | None:
    """A day or a moment in ISO 8601, as far as Excel has them: from 1900 on, without a zone."""
    try:
        if _DAY.fullmatch(text):
            moment = date.fromisoformat(text)
        elif _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text)
        else:
            return None
    except ValueError:
        return None
    return moment if moment.year > 1900 else None
