"""Making documents of what was found."""

import re
import unicodedata
from collections.abc import Awaitable
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from documents.writing import (
    MAX_BODY,
    MAX_TITLE,
    NoBrowser,
    NotWritten,
    Sheet,
    write_csv,
    write_markdown,
    write_page,
    write_workbook,
)
from skills.errors import RetryToolCall, ToolFailed
from skills.reports.client import Publishes
from skills.showing import Cell, NewFile
from skills.skill import Result, Says, ToolContext, tool

Made = TypeVar("Made")

Form = Literal["report", "slides"]
Format = Literal["pdf", "markdown", "html"]
SheetFormat = Literal["xlsx", "csv"]
MEDIA = {
    "csv": "text/csv",
    "html": "text/html",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class SheetTable(BaseModel):
    """One table, a sheet of its own."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="What the tab is called, at most 31 characters.")
    columns: list[str] = Field(description="The header, one name for each column.")
    rows: list[list[Cell]] = Field(
        description="Rows as long as `columns`. Numbers as numbers, days as 2026-11-22, moments as 2026-11-22T10:30."
    )


@tool("read", says=Says(doing="Making a page"))
async def make_page(ctx: ToolContext[Publishes], title: str, body: str, form: Form = "report") -> Result:
    """Make a web page to read or to click through; the person gets its link, and the page as a file.

    Markdown with headings, lists, tables and code. A chart is a fence that begins with ```chart and holds JSON:
    {"kind": "line" or "bar", "title", "labels": [...], "series": {"name": [numbers or null]}, "unit"}. Pictures and
    HTML are not shown, and addresses are written out, not linked.

    Args:
        title: What the page is called.
        body: Its text in Markdown, without the title. Of slides: each begins at a `##` heading, or at a line `---`.
        form: `report` to read, `slides` to click through or to present.
    """
    title = _title(title)
    html = await _page(ctx, title, body, form)
    name = _file_name(title, "html")
    content: dict[str, JsonValue] = {"name": name}
    if link := await ctx.client.publish(title, html):
        content["link"] = link
        content["seen_by"] = "The asker; in a channel its members too, once this answer was shown there."
    else:
        content["note"] = "Pages have no address here, so the person gets the page as a file only."
    return Result(
        content=content,
        untrusted=False,
        link=link or None,
        said=f"Made {'slides' if form == 'slides' else 'a page'}",
        files=(_file(name, html.encode()),),
    )


@tool("read", says=Says(doing="Making a document"))
async def make_document(ctx: ToolContext[Publishes], title: str, body: str, format: Format = "pdf") -> Result:
    """Make a document as a file, which the person gets with the answer. The text is written as for `make_page`.

    Args:
        title: What the document is called.
        body: Its text in Markdown, without the title; charts as for `make_page`.
        format: `pdf` to print or to send on, `markdown` to go on writing, `html` to open in a browser.
    """
    if format == "markdown":
        made = (await _written(write_markdown(_title(title), _body(body)))).encode()
    else:
        html = await _page(ctx, title, body, "report")
        made = html.encode() if format == "html" else await _pdf(ctx, html)
    name = _file_name(title, "md" if format == "markdown" else format)
    return Result(content={"name": name}, untrusted=False, said="Made a document", files=(_file(name, made),))


@tool("read", says=Says(doing="Making a spreadsheet"))
async def make_sheet(
    ctx: ToolContext[Publishes], name: str, tables: list[SheetTable], format: SheetFormat = "xlsx"
) -> Result:
    """Make a spreadsheet of tables that you have; the person gets the file with the answer.

    For tables that stand in a file, or are computed, let `run_python` write the file instead.

    Args:
        name: What the file is called, without an ending.
        tables: One for each sheet. Cells are values, never formulas.
        format: `xlsx` for Excel, Numbers and Sheets; `csv` holds one table only.
    """
    sheets = [Sheet(name=one.name, columns=tuple(one.columns), rows=tuple(map(tuple, one.rows))) for one in tables]
    if format == "csv" and len(sheets) != 1:
        raise RetryToolCall(f"A CSV file holds one table, got {len(sheets)}. Make one for each, or use `xlsx`.")
    made = await _written(write_workbook(sheets) if format == "xlsx" else write_csv(sheets[0]))
    file = _file_name(name, format)
    rows = sum(len(sheet.rows) for sheet in sheets)
    return Result(
        content={"name": file, "sheets": len(sheets), "rows": rows},
        untrusted=False,
        said=f"Made a spreadsheet with {rows:,} row{'' if rows == 1 else 's'}",
        files=(_file(file, made),),
    )


async def _page(ctx: ToolContext[Publishes], title: str, body: str, form: Form) -> str:
    return await _written(write_page(_title(title), _body(body), form=form, by=ctx.client.by))


async def _pdf(ctx: ToolContext[Publishes], html: str) -> bytes:
    try:
        return await ctx.client.pdf(html)
    except (NoBrowser, NotWritten) as error:
        raise ToolFailed(f"{error} Offer `html` instead: a browser prints it to a PDF.") from error


async def _written(writing: Awaitable[Made]) -> Made:
    try:
        return await writing
    except NotWritten as error:
        raise RetryToolCall(str(error)) from error


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > MAX_TITLE:
        raise RetryToolCall(f"`title` needs 1 to {MAX_TITLE} characters, got {len(title)}.")
    return title


def _body(body: str) -> str:
    if not body.strip():
        raise RetryToolCall("`body` is empty. Write the document's text in Markdown.")
    if len(body) > MAX_BODY:
        raise RetryToolCall(f"`body` may have {MAX_BODY:,} characters, got {len(body):,}. Keep what matters.")
    return body


def _file_name(title: str, ending: str) -> str:
    """A title as the name of a file: letters and digits of every language, and hyphens."""
    stem = re.sub(r"[^\w]+", "-", unicodedata.normalize("NFKC", title.removesuffix(f".{ending}"))).strip("-_").lower()
    return f"{stem[:60].strip('-') or 'document'}.{ending}"


def _file(name: str, body: bytes) -> NewFile:
    return NewFile(name=name, body=body, media=MEDIA[name.rpartition(".")[2]], show=True)
