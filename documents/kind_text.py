"""Files of characters: which encoding, and whether they are a table, a page, a mail, JSON or plain text."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Iterator
from pathlib import PurePath

from documents.clean import MAX_TEXT, counted
from documents.document import Document, Part, Unreadable
from documents.signs import wide_encoding

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.I)
_LINES = 200
_PART = 20_000
"""Characters of one part at most; a line longer than that is cut into several."""
_SAMPLE = 64_000
_MARKS = (
    (BOM_UTF8, "utf-8-sig"),
    (BOM_UTF32_LE, "utf-32"),
    (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF16_LE, "utf-16"),
    (BOM_UTF16_BE, "utf-16"),
)
_TABLES = frozenset((".csv", ".tsv", ".tab", ".psv"))
_PLAIN = frozenset((".txt", ".md", ".markdown", ".rst", ".log", ".text", ".py", ".js", ".ts", ".sql", ".yaml", ".yml"))
_SVG = "It is a drawing in SVG, which I do not open: it can hold programs. Save it as PNG and send that."
_PAGE = re.compile(r"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_DRAWING = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+svg[^>]*>\s*)?<svg\b", re.I | re.S)
_MAIL_HEADER = re.compile(
    r"^(from|to|subject|date|message-id|received|return-path|mime-version|delivered-to|content-type):", re.I | re.M
)


def read_as_text(body: bytes, name: str, media: str) -> Document:
    """What a file of characters says, by the reader of its kind. Raises Unreadable for drawings, and for none."""
    text = decoded(body, media)
    if not text.strip("\x00\ufeff \t\r\n"):
        raise Unreadable("The file holds nothing but blanks: there is nothing in it to read.")
    ending, head = PurePath(name).suffix.lower(), text[:_SAMPLE].lstrip("\ufeff\x00 \t\r\n")
    if _DRAWING.match(head[:4000]):
        raise Unreadable(_SVG)
    if _is_mail(head, ending, media):
        from documents.kind_mail import read_mail

        return read_mail(body)
    if _PAGE.match(head[:4000]) or (_is_named_page(ending, media) and "<" in head):
        from documents.kind_page import read_page

        return read_page(text)
    if head[:1] in "{[" and ending not in _TABLES:
        from documents.kind_json import read_json

        if found := read_json(text, named=ending in {".json", ".jsonl", ".ndjson"}):
            return found
    if _may_be_table(ending, media):
        from documents.kind_table import read_table

        if found := read_table(text, named=ending in _TABLES):
            return found
    return read_plain(text)


def decoded(body: bytes, media: str = "") -> str:
    """The text in `body`: by its mark, as UTF-8, as its media type or its head says, or as it most likely is."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, errors="replace")
    if wide := wide_encoding(body):
        return body.decode(wide, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(body, media)


def _guessed(body: bytes, media: str) -> str:
    said = _CHARSET.search(media), _CHARSET.search(body[:2048].decode("ascii", errors="replace"))
    for encoding in (*(found[1] for found in said if found), _likely(body), "cp1252"):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("latin-1")


def _likely(body: bytes) -> str:
    from charset_normalizer import from_bytes

    # The lines with something to tell an encoding by; thousands without would only take time.
    telling = [row for row in body[: 40 * _SAMPLE].split(b"\n") if not row.isascii()]
    found = from_bytes(b"\n".join(telling)[:_SAMPLE]).best()
    return found.encoding if found is not None else "cp1252"


def read_plain(text: str, note: str = "") -> Document:
    """Text as it stands, in parts of at most 200 lines."""
    count = text.count("\n") + (not text.endswith("\n"))
    return Document(
        kind="text",
        title=_heading(text),
        facts=f"{counted(count, 'line')}, {counted(len(text.split()), 'word')}",
        parts=tuple(parts_of(text)),
        note=note,
    )


def parts_of(text: str) -> Iterator[Part]:
    """Text in parts that can be pointed to; one part without a place where it is short."""
    kept = text[: MAX_TEXT + 1]
    if len(kept) <= _PART and kept.count("\n") <= _LINES:
        yield Part(place="", text=kept)
        return
    first, held, room = 1, list[str](), _PART
    for number, row in enumerate(kept.splitlines(keepends=True), start=1):
        if held and (len(row) > room or len(held) == _LINES):
            yield _lines(first, held)
            first, held, room = number, [], _PART
        if len(row) > _PART:
            yield from _pieces(number, row)
            first = number + 1
            continue
        held.append(row)
        room -= len(row)
    if held:
        yield _lines(first, held)


def _lines(first: int, held: list[str]) -> Part:
    last = first + len(held) - 1
    return Part(place=f"lines {first}–{last}" if last > first else f"line {first}", text="".join(held).rstrip("\n"))


def _pieces(number: int, row: str) -> Iterator[Part]:
    for begin in range(0, len(row), _PART):
        piece = row[begin : begin + _PART]
        place = f"line {number}, characters {begin + 1:,}–{begin + len(piece):,}"
        yield Part(place=place, text=piece.rstrip("\n"))


def _heading(text: str) -> str:
    """The first heading of Markdown, where it begins with one."""
    found = re.match(r"\s*# +([^\n]{1,200})", text[:1000])
    return found[1].strip(" #") if found else ""


def _is_named_page(ending: str, media: str) -> bool:
    return ending in {".html", ".htm", ".xhtml"} or media.startswith(("text/html", "application/xhtml"))


def _may_be_table(ending: str, media: str) -> bool:
    return ending in _TABLES or (
        ending not in _PLAIN and media.split(";")[0].strip() not in {"text/plain", "text/markdown"}
    )


def _is_mail(head: str, ending: str, media: str) -> bool:
    top = head.replace("\r\n", "\n").split("\n\n", 1)[0][:8000]
    found = {match[1].lower() for match in _MAIL_HEADER.finditer(top)}
    if ending == ".eml" or media.startswith("message/rfc822"):
        return len(found) >= 1
    return "from" in found and len(found) >= 4 and re.match(r"[\w-]+:", top) is not None
