"""Web pages: the main text with its tables; without menus, without links, without what is hidden."""

import html
import re

from documents.clean import counted, line
from documents.document import Document
from documents.kind_text import parts_of
from documents.markup import MAX_MARKUP, shown_markup, shown_text

_FEW = 200
"""Characters; a main text this short was perhaps not found."""
_BY = re.compile(r"\b[Bb]y ((?:[A-ZÀ-Þ][\w'’-]+)(?: [A-ZÀ-Þ][\w'’-]+){1,3})")
_NAME = re.compile(r"[^\W\d_][\w.,'’ -]{1,60}")


def read_page(markup: str) -> Document:
    """What a person reads on it. `facts` say by whom and of when it is, as far as the page does."""
    title, author, date = _said_of_itself(markup[:MAX_MARKUP])
    clean = shown_markup(markup)
    whole = shown_text(markup)
    text = _main_text(clean, title) or whole
    if len(text) < _FEW < len(whole) and len(text) * 4 < len(whole):
        text = whole
    author = author or _by_line(text)
    credit = " ".join(filter(None, (f"by {author}" if author else "", f"of {date}" if date else "")))
    facts = ", ".join(filter(None, (credit, counted(len(text.split()), "word"))))
    note = "" if text else "There is no text on the page: a program may have to draw it first."
    if len(markup) > MAX_MARKUP:
        note = f"It is long: I read the first {MAX_MARKUP:,} characters of its markup."
    return Document(kind="page", title=title, facts=facts, parts=tuple(parts_of(text)) if text else (), note=note)


def _main_text(clean: str, title: str) -> str:
    """The article in visible markup, as Markdown; empty where there seems to be none."""
    import trafilatura

    page = f"<html><head><title>{html.escape(title)}</title></head><body>{clean}</body></html>"
    found = trafilatura.extract(
        page,
        output_format="markdown",
        include_comments=False,
        include_tables=True,
        include_links=False,
        include_images=False,
        favor_recall=True,
    )
    return (found or "").strip()


def _by_line(text: str) -> str:
    """Who wrote it, where its first lines say so in the usual words."""
    found = _BY.search(text[:500])
    return found[1] if found else ""


def _said_of_itself(markup: str) -> tuple[str, str, str]:
    """Its title, its author and its date, where it names them."""
    import trafilatura

    found = trafilatura.extract_metadata(markup, extensive=False)
    author = _NAME.fullmatch(line(found.author or "", 60))
    return line(found.title or ""), author[0] if author else "", line(found.date or "", 20)
