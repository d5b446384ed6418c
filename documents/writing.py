"""Documents that people are handed: pages, sheets, PDFs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Literal

import orjson
from pydantic import JsonValue

from documents.confined import Broke, Overran, confined
from documents.document import Unreadable
from documents.writing_pdf import find_browser, printed
from documents.writing_served import policy_of, with_bar
from documents.written import MAX_BODY, MAX_CELLS, MAX_SHEETS, MAX_TITLE, NoBrowser, NotWritten, Sheet

__all__ = [
    "MAX_BODY",
    "MAX_TITLE",
    "NoBrowser",
    "NotWritten",
    "Sheet",
    "find_browser",
    "policy_of",
    "with_bar",
    "write_csv",
    "write_markdown",
    "write_page",
    "write_pdf",
    "write_workbook",
]


async def write_page(title: str, body: str, *, form: Literal["report", "slides"] = "report", by: str = "") -> str:
    """Markdown as a web page in one file, which asks nothing of any other place and runs nothing from elsewhere.

    `by` stands under the title. Raises NotWritten, as all of these do.
    """
    options: dict[str, JsonValue] = {"title": title, "form": form, "by": by}
    return (await _made("page", body.encode(errors="replace"), options)).decode()


async def write_markdown(title: str, body: str) -> str:
    """Markdown in which nothing is fetched or opened when it is looked at: pictures, links and HTML are text."""
    return (await _made("markdown", body.encode(errors="replace"), {"title": title})).decode()


async def write_pdf(html: str, *, browser: str) -> bytes:
    """A page of `write_page` as PDF. `browser` is the path of a Chromium, or empty; raises NoBrowser without one."""
    return await printed(html, browser)


async def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """An Excel file. No cell is a formula, whatever its text begins with."""
    return await _made("workbook", _checked(sheets), {})


async def write_csv(sheet: Sheet) -> bytes:
    """A table as CSV (RFC 4180, UTF-8 with its mark). A text that a spreadsheet would compute begins with '."""
    return await _made("csv", _checked([sheet]), {})


def _checked(sheets: Sequence[Sheet]) -> bytes:
    if not 1 <= len(sheets) <= MAX_SHEETS:
        raise NotWritten(f"A workbook has 1 to {MAX_SHEETS} sheets, got {len(sheets)}.")
    cells = sum(len(row) for sheet in sheets for row in sheet.rows)
    if cells > MAX_CELLS:
        raise NotWritten(f"A sheet made here has at most {MAX_CELLS:,} cells, got {cells:,}. Let code write the file.")
    for sheet in sheets:
        _check(sheet)
    return orjson.dumps([asdict(sheet) for sheet in sheets])


def _check(sheet: Sheet) -> None:
    if not sheet.columns:
        raise NotWritten(f"The table {sheet.name!r} has no columns. Give one name for each.")
    for number, row in enumerate(sheet.rows, 1):
        if len(row) != len(sheet.columns):
            raise NotWritten(
                f"Row {number} of {sheet.name!r} has {len(row)} cells for {len(sheet.columns)} columns."
                " Give one for each, null where there is none."
            )


async def _made(job: str, body: bytes, options: Mapping[str, JsonValue]) -> bytes:
    try:
        return await confined(job, body, options)
    except Broke as error:
        raise NotWritten("It cannot be written as it is. Make it simpler, with fewer things inside others.") from error
    except (Unreadable, Overran) as error:
        raise NotWritten(str(error)) from error
