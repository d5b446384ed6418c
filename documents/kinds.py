"""Which reader a file gets, by what is in it; runs in the confined process only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from documents.clean import cleaned
from documents.containers import Container
from documents.document import Document, Unreadable
from documents.signs import is_pdf, is_zip, looks_binary, picture_format

if TYPE_CHECKING:
    from pydantic import JsonValue  # a tenth of a second that each confined process would pay

_NAMED: Mapping[str, frozenset[str]] = {
    "a PDF": frozenset((".pdf",)),
    "a Word document": frozenset((".docx", ".docm", ".dotx", ".doc")),
    "an Excel workbook": frozenset((".xlsx", ".xlsm", ".xltx", ".xls")),
    "a PowerPoint presentation": frozenset((".pptx", ".pptm", ".ppsx", ".potx", ".ppt")),
    "a picture": frozenset(
        (".png", ".jpg", ".jpeg", ".jfif", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".ico", ".avif", ".heic")
    ),
    "a sound": frozenset((".mp3", ".m4a", ".wav", ".ogg", ".flac")),
    "an archive": frozenset((".zip", ".gz", ".7z", ".rar", ".tar")),
}
_IN_WORDS = {
    "pdf": "a PDF",
    "word": "a Word document",
    "slides": "a PowerPoint presentation",
    "picture": "a picture",
    "page": "a web page",
    "mail": "a mail",
}
_UNKNOWN = (
    "I cannot tell what kind of file this is. I read PDF, Word, Excel, PowerPoint, CSV, text, Markdown, HTML, JSON, "
    "mails and pictures."
)
_OTHER_ZIPS = (
    ("mimetype", "It is an OpenDocument file, which I do not read. Save it as Word, Excel, PowerPoint or PDF."),
    ("Index/", "It is a file of Apple's Pages, Numbers or Keynote, which I do not read. Export it as PDF or Office."),
    (
        "Index.zip",
        "It is a file of Apple's Pages, Numbers or Keynote, which I do not read. Export it as PDF or Office.",
    ),
    ("META-INF/MANIFEST.MF", "It is a program, and I do not read those. Send a document, a table or a picture."),
    ("xl/workbook.bin", "It is an Excel workbook in the binary form (.xlsb), which I do not read. Save it as .xlsx."),
)


def read(body: bytes, options: Mapping[str, JsonValue]) -> bytes:
    """The document in `body`, as JSON. Options: `name`, `media`. Raises Unreadable."""
    name, media = str(options.get("name", "")), str(options.get("media", ""))
    return json.dumps(asdict(cleaned(_with_word_on_its_name(document_of(body, name, media), name)))).encode()


def document_of(body: bytes, name: str = "", media: str = "") -> Document:
    """What a file says, by the reader of its kind."""
    if is_pdf(body):
        from documents.kind_pdf import read_pdf

        return read_pdf(body)
    if is_zip(body):
        return _of_container(Container(body))
    if known := picture_format(body):
        from documents.kind_picture import read_picture

        return read_picture(body, known)
    if looks_binary(body):
        raise Unreadable(_UNKNOWN)
    from documents.kind_text import read_as_text

    return read_as_text(body, name, media)


def _of_container(container: Container) -> Document:
    for sign, why in _OTHER_ZIPS:
        if any(name == sign or (sign.endswith("/") and name.startswith(sign)) for name in container.names):
            raise Unreadable(why)
    main = container.main()
    if main.startswith("word/"):
        from documents.kind_word import read_word

        return read_word(container, main)
    if main.startswith("xl/"):
        from documents.kind_sheets import read_sheets

        return read_sheets(container, main)
    if main.startswith("ppt/"):
        from documents.kind_slides import read_slides

        return read_slides(container, main)
    raise Unreadable("It is an archive, and I do not unpack those. Send the files in it one by one.")


def _with_word_on_its_name(document: Document, name: str) -> Document:
    """The document with a sentence where its name says that it is something else."""
    ending = PurePath(name).suffix.lower()
    claimed = next((words for words, endings in _NAMED.items() if ending in endings), "")
    real = _real(document)
    if not claimed or claimed == real:
        return document
    note = f"It is named {ending}, but it is {real}: I read it as that."
    return replace(document, note=" ".join(filter(None, (note, document.note))))


def _real(document: Document) -> str:
    if document.kind == "sheet":
        return "an Excel workbook" if any(part.place.startswith("sheet ") for part in document.parts) else "a table"
    return _IN_WORDS.get(document.kind, "text")
