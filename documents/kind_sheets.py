"""Excel: every sheet as a table, with the values that Excel showed last."""

import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element
from zipfile import ZIP_STORED, ZipFile

from documents.clean import counted
from documents.containers import Container
from documents.document import Document, Part, Unreadable
from documents.kind_table import MAX_COLUMNS, MAX_ROWS, has_header, table_text

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAX_SHEETS = 200
_MAX_WALKED = 3 * MAX_ROWS
"""Rows that are looked at for the first `MAX_ROWS` with something in them."""
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NO_VALUE = re.compile(rb"(?:</f>|<f\b[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_BESIDE = re.compile(r"/(?:chartsheets|charts|drawings|pivotTables|pivotCache|externalLinks|comments|media)\b")
_BROKEN = "The workbook is damaged: its sheets do not fit together. Save it again and send that."


class _Sheet:
    """One sheet as its own XML tells it."""

    def __init__(self, entry: Element, name: str, body: bytes) -> None:
        self.title = entry.get("name", "")
        self.hidden = entry.get("state", "visible") != "visible"
        self.name = name
        self.rows = sum(b"<v" in row or b"<is" in row for row in body.split(b"<row")[1:])
        self.without_value = sum(1 for _ in _NO_VALUE.finditer(body))
        self.merged = [found.decode() for found in islice(_MERGED.findall(body), 20)]

    @property
    def place(self) -> str:
        return f"sheet {self.title}, hidden" if self.hidden else f"sheet {self.title}"


def read_sheets(container: Container, main: str) -> Document:
    """Its sheets in their order. Raises Unreadable for one that no Excel wrote."""
    sheets, left_out = _sheets(container, main)
    found = list(_tables(container, main, sheets))
    rows = sum(count for _, count, _ in found)
    facts = counted(rows, "row")
    if len(sheets) + left_out > 1:
        facts = f"{counted(len(sheets) + left_out, 'sheet')}, {facts}"
    elif found:
        facts = f"{facts}, {counted(found[0][2], 'column')}"
    parts = tuple(part for part, _, _ in found if part.text)
    return Document(kind="sheet", facts=facts, parts=parts, note=_note(container, sheets, found, left_out))


def _sheets(container: Container, main: str) -> tuple[list[_Sheet], int]:
    """The sheets that are read, and how many are not."""
    tree, related = container.tree(main), container.related(main)
    entries = list(tree.iter(f"{_S}sheet")) if tree is not None else []
    named = [(entry, related.get(entry.get(f"{_R}id", ""), ("", ""))) for entry in entries]
    tables = [(entry, name) for entry, (kind, name) in named if kind == "worksheet"]
    if not tables:
        raise Unreadable(_BROKEN)
    read = [_Sheet(entry, name, container.bytes_of(name)) for entry, name in tables[:MAX_SHEETS]]
    return read, len(tables) - len(read)


def _tables(container: Container, main: str, sheets: list[_Sheet]) -> Iterator[tuple[Part, int, int]]:
    """Each sheet as text, with how many rows and columns it has."""
    import openpyxl

    warnings.simplefilter("ignore")
    try:
        book = openpyxl.load_workbook(BytesIO(_needed(container)), read_only=True, data_only=True, keep_links=False)
        for sheet in sheets:
            yield _table(book[sheet.title], sheet)
    # openpyxl meets what it does not expect in many ways, none of them its own; broken XML is a SyntaxError.
    except (SyntaxError, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, OverflowError) as error:
        raise Unreadable(_BROKEN) from error


def _needed(container: Container) -> bytes:
    """The workbook with nothing in it but its tables: no pictures, no macros, nothing packed."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as kept:
        for name in sorted(container.names):
            if name.endswith((".xml", ".rels")) and not _BESIDE.search(name):
                kept.writestr(name, container.bytes_of(name))
    return out.getvalue()


def _table(found: "ReadOnlyWorksheet", sheet: _Sheet) -> tuple[Part, int, int]:
    # What a sheet says of its own size is often wrong, and padding rows to it takes for ever.
    found.reset_dimensions()
    rows, width = list[list[str]](), 0
    for values in islice(found.iter_rows(values_only=True), _MAX_WALKED):
        row = [_written(value) for value in values[:MAX_COLUMNS]]
        while row and not row[-1]:
            row.pop()
        if row:
            rows.append(row)
            width = max(width, len(row))
        if len(rows) > MAX_ROWS:
            break
    rows = [row + [""] * (width - len(row)) for row in rows]
    named = has_header(rows)
    text, held = table_text(rows[: MAX_ROWS + named])
    total = len(rows) if len(rows) <= MAX_ROWS else max(sheet.rows, len(rows))
    if held < total:
        sheet.rows = -total
    return Part(place=sheet.place, text=text), total - named, width


def _note(container: Container, sheets: list[_Sheet], found: list[tuple[Part, int, int]], left_out: int) -> str:
    hidden = sum(sheet.hidden for sheet in sheets)
    empty = sum(not part.text for part, _, _ in found)
    without = sum(sheet.without_value for sheet in sheets)
    merged = sum(bool(sheet.merged) for sheet in sheets)
    cut = sum(sheet.rows < 0 for sheet in sheets)
    notes = [
        f"I read the first {MAX_SHEETS} of {MAX_SHEETS + left_out} sheets." if left_out else "",
        f"{counted(hidden, 'sheet')} of it {'is' if hidden == 1 else 'are'} hidden in Excel." if hidden else "",
        f"{counted(empty, 'sheet')} of it {'is' if empty == 1 else 'are'} empty." if empty else "",
        f"The text holds the beginning of {counted(cut, 'long sheet')}; the file has all rows." if cut else "",
        f"{counted(without, 'formula')} in it {'has' if without == 1 else 'have'} no saved result, so the "
        "cell is empty here: open it in Excel and save it."
        if without
        else "",
        f"{counted(merged, 'sheet')} {'has' if merged == 1 else 'have'} merged cells ({_ranges(sheets)}): their value "
        "stands in the first cell."
        if merged
        else "",
        "It holds macros, which I did not run." if "xl/vbaProject.bin" in container.names else "",
    ]
    return " ".join(filter(None, notes))


def _ranges(sheets: list[_Sheet]) -> str:
    every = [cells for sheet in sheets for cells in sheet.merged]
    return ", ".join(every[:5]) + (" and others" if len(every) > 5 else "")


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case float():
            return f"{value:.15g}" if abs(value) < 1e15 else repr(value)
        case _:
            return str(value)
