"""PDF: the text of its pages, or a picture of the first where it is a scan."""

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING, Any

from documents.clean import MAX_TEXT, counted
from documents.document import Document, Part, Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from pypdfium2 import PdfDocument

MAX_PAGES = 300
_SHOWN_PIXELS = 1_568
_BROKEN = "The PDF is damaged: it ends early or does not fit together. Save it again and send that."
_LOCKED = "The PDF is protected with a password. Save a copy without one and send that."


def read_pdf(body: bytes) -> Document:
    """Its text, page by page. Raises Unreadable for one with a password, and for a broken one."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(_LOCKED if "assword" in str(error) else _BROKEN) from error
    if not len(pdf):
        raise Unreadable(_BROKEN)
    return _told(pdf)


def _told(pdf: "PdfDocument") -> Document:
    count = len(pdf)
    parts, damaged, room = list[Part](), 0, MAX_TEXT
    for number in range(min(count, MAX_PAGES)):
        text = _text(pdf, number)
        damaged += text is None
        if text:
            parts.append(Part(place=f"page {number + 1}" if count > 1 else "", text=text))
            room -= len(text)
        if room < 0:
            break
    notes = [
        f"I read the first {MAX_PAGES} of {count:,} pages." if count > MAX_PAGES else "",
        f"{counted(damaged, 'page')} of it I could not read." if damaged else "",
    ]
    if not parts:
        return _scan(pdf, " ".join(filter(None, notes)))
    blank = min(count, MAX_PAGES) - len(parts) - damaged
    if blank and room >= 0:
        notes.append(f"{counted(blank, 'page')} of it {'has' if blank == 1 else 'have'} no text: perhaps pictures.")
    title = str(pdf.get_metadata_dict().get("Title", ""))
    facts = counted(count, "page")
    return Document(kind="pdf", title=title, facts=facts, parts=tuple(parts), note=" ".join(filter(None, notes)))


def _text(pdf: "PdfDocument", number: int) -> str | None:
    """The text of a page; None where it is damaged."""
    import pypdfium2

    try:
        page = pdf[number]
        said = page.get_textpage()
        text = said.get_text_range() if said.count_chars() else ""
    except pypdfium2.PdfiumError:
        return None
    said.close()
    page.close()
    return text.replace("\r\n", "\n").replace("\ufffe", "").strip()


def _scan(pdf: "PdfDocument", note: str) -> Document:
    said = "Its pages hold no text: it looks like a scan. To have it read, save it with text recognition (OCR)."
    shown = _picture(pdf)
    return Document(
        kind="pdf",
        facts=counted(len(pdf), "page"),
        note=" ".join(filter(None, (said, note))),
        picture=b64encode(shown).decode(),
        picture_media="image/jpeg" if shown else "",
    )


def _picture(pdf: "PdfDocument") -> bytes:
    """The first page as a picture; empty where it cannot be drawn."""
    import pypdfium2

    try:
        page: Any = pdf[0]  # its drawing is not typed
        longest = max(page.get_size())
        drawn: Picture = page.render(scale=_SHOWN_PIXELS / longest if longest > 0 else 1).to_pil()
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return b""
    out = BytesIO()
    drawn.convert("RGB").save(out, format="JPEG", quality=80)
    return out.getvalue()
