"""What Drive makes of documents: exports of Docs, Sheets and Slides, and Docs out of uploaded text."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from html import escape
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_EDITOR = "application/vnd.google-apps."
DOCUMENT, SHEET, SLIDES, FOLDER = (f"{_EDITOR}{kind}" for kind in ("document", "spreadsheet", "presentation", "folder"))

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TAB = re.compile(r"^# tab: (.+)$", re.MULTILINE)
_TABLE_RULE = re.compile(r"^\|[\s:|-]+\|$")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


class NotConvertible(ValueError):
    """A format that this Drive does not make or take."""


def exported(kind: str, text: str, media: str) -> bytes:
    """A document of mime type `kind` as `media`; NotConvertible for what there is none of."""
    writer = _EXPORTS.get(kind, {}).get(media)
    if writer is None:
        raise NotConvertible(media)
    written = writer(text)
    return written if isinstance(written, bytes) else written.encode()


def export_formats() -> dict[str, list[str]]:
    """Which formats there are for each kind of document, as about.get tells."""
    return {kind: sorted(writers) for kind, writers in _EXPORTS.items()}


def import_formats() -> dict[str, list[str]]:
    return {media: [DOCUMENT] for media in sorted(_DOCUMENT_IMPORTS)} | {"text/csv": [SHEET]}


def imported(kind: str, media: str, content: bytes) -> str:
    """The text of a new document of mime type `kind` made from `content`; NotConvertible when Drive cannot."""
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    if kind == SHEET and media == "text/csv":
        return f"# tab: Sheet1\n{text}"
    if kind != DOCUMENT or media not in _DOCUMENT_IMPORTS:
        raise NotConvertible(media)
    return _DOCUMENT_IMPORTS[media](text)


def tabs(text: str) -> list[tuple[str, list[list[str]]]]:
    """The tabs of a sheet as names and rows; text without a heading is one tab."""
    parts = _TAB.split(text)
    named = list(zip(parts[1::2], parts[2::2], strict=True)) or [("Sheet1", text)]
    return [(name.strip(), list(csv.reader(io.StringIO(rows.strip("\n"))))) for name, rows in named]


def slides(text: str) -> list[str]:
    """Each slide's Markdown."""
    return [slide.strip() for slide in re.split(r"^---$", text, flags=re.MULTILINE)]


def words(kind: str, text: str) -> str:
    """What can be read in a document, for searching."""
    return "\n".join(" ".join(row) for _, rows in tabs(text) for row in rows) if kind == SHEET else _plain(text)


def _plain(markdown: str) -> str:
    lines = [_plain_line(line) for line in markdown.strip("\n").split("\n") if not _TABLE_RULE.match(line)]
    return "\n".join(lines)


def _plain_line(line: str) -> str:
    if line.startswith("|"):
        # A table leaves one cell on each line, as Google writes it.
        return "\n".join(_bare(cell.strip()) for cell in line.strip("|").split("|"))
    line = re.sub(r"^#{1,6} ", "", line)
    line = re.sub(r"^(\s*)[-*] \[([ x])\] ", lambda match: f"{match[1]}[{match[2]}] ", line)
    return _bare(re.sub(r"^(\s*)[-*] ", r"\1* ", line))


def _bare(text: str) -> str:
    text = re.sub(r"(\*\*|__)(.+?)\1", r"\2", text)
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)


def _document_text(text: str) -> str:
    # Google begins plain text with a byte order mark and ends lines as Windows does.
    return "\ufeff" + _plain(text).replace("\n", "\r\n")


def _slides_text(text: str) -> str:
    return "\ufeff" + "\r\n\r\n".join(_plain(slide).replace("\n", "\r\n") for slide in slides(text))


def _document_html(text: str) -> str:
    return f"<html><head><meta charset='utf-8'></head><body>{_MARKDOWN.render(text)}</body></html>"


def _first_tab(delimiter: str) -> Callable[[str], str]:
    def write(text: str) -> str:
        lines = io.StringIO()
        csv.writer(lines, delimiter=delimiter, lineterminator="\r\n").writerows(tabs(text)[0][1])
        return lines.getvalue().removesuffix("\r\n")

    return write


def _workbook(text: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in tabs(text):
        sheet = book.create_sheet(name[:31])
        for row in rows:
            sheet.append([_as_number(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _as_number(cell: str) -> str | float | int | None:
    if re.fullmatch(r"-?\d{1,15}", cell):
        return int(cell)
    return float(cell) if re.fullmatch(r"-?\d{1,12}\.\d{1,12}", cell) else cell or None


_EXPORTS: Mapping[str, Mapping[str, Callable[[str], str | bytes]]] = {
    DOCUMENT: {
        "text/plain": _document_text,
        "text/markdown": lambda text: text.strip("\n") + "\n",
        "text/html": _document_html,
    },
    SHEET: {"text/csv": _first_tab(","), "text/tab-separated-values": _first_tab("\t"), _WORKBOOK: _workbook},
    SLIDES: {"text/plain": _slides_text},
}


class _HtmlReader(HTMLParser):
    """Markdown out of the HTML that people write; what it does not know becomes plain text."""

    _AROUND: Mapping[str, str] = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
    _HIDDEN = ("script", "style", "head")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._HIDDEN:
            self._hidden += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self.parts.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in ("p", "div", "tr", "br", "ul", "ol"):
            self.parts.append("\n" if tag in ("br", "tr") else "\n\n")
        elif tag == "a":
            self._link = dict(attrs).get("href") or ""
            self.parts.append("[" if self._link else "")
        else:
            self.parts.append(self._AROUND.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "a" and self._link:
            self.parts.append(f"]({self._link})")
            self._link = ""
        else:
            self.parts.append(self._AROUND.get(tag, ""))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def _from_html(text: str) -> str:
    reader = _HtmlReader()
    reader.feed(text)
    reader.close()
    lines = (line.strip() if not line.startswith("- ") else line.rstrip() for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


_DOCUMENT_IMPORTS: Mapping[str, Callable[[str], str]] = {
    "text/markdown": lambda text: text,
    "text/plain": lambda text: text,
    "text/html": _from_html,
}


def as_html(text: str) -> str:
    """A comment's text as Drive's `htmlContent`."""
    return escape(text).replace("\n", "<br>")
