"""What the model is shown of pages and searches: short JSON, with a word about everything that was left out (pure)."""

import re

from pydantic import JsonValue

from skills.showing import NewFile
from skills.web.client import Hit, Hits, Page

MAX_TEXT = 20_000
"""Characters of a page that are shown at once."""
MAX_HITS = 10
MAX_QUERY = 400
"""Characters; what search engines take."""
_MAX_SNIPPET = 600
_MAX_TITLE = 300
_MAX_ADDRESS = 2_000
_FEW = 200
"""Characters: less is no article, but what is left of a page that a script draws."""
_NO_NAME = re.compile(r"[^\w-]+")
_TEXTUAL = {"page", "text"}
"""Kinds whose text is all there is to them; of others the file itself is worth keeping."""


def page_shown(page: Page, file: str) -> dict[str, JsonValue]:
    """A page, with the name under which the whole of it is kept."""
    text = beginning(page.text)
    shown: dict[str, JsonValue] = {
        "title": page.title[:_MAX_TITLE],
        "site": page.site,
        "facts": page.facts,
        "link": page.address,
        "text": text,
    }
    if page.is_elsewhere:
        shown["redirected_from"] = page.asked
    if file:
        shown["kept_as"] = file
    if note := " ".join(filter(None, (_moved(page), page.note, _left_out(page, text, file), _little(page)))):
        shown["note"] = note
    return shown


def hits_shown(found: Hits) -> dict[str, JsonValue]:
    """What a search found."""
    results: list[JsonValue] = [
        {"title": hit.title[:_MAX_TITLE], "link": hit.address, "snippet": hit.snippet[:_MAX_SNIPPET]}
        for hit in best(found)
    ]
    shown: dict[str, JsonValue] = {"results": results, "searched_by": found.by}
    if not results:
        shown["note"] = "Nothing was found. Try fewer or other words once, then say what was searched."
    return shown


def best(found: Hits) -> tuple[Hit, ...]:
    """The results that are shown."""
    return tuple(hit for hit in found.hits if len(hit.address) <= _MAX_ADDRESS)[:MAX_HITS]


def file_of(page: Page) -> NewFile | None:
    """What is kept of a page for the conversation: the file behind the link, or the text that did not fit."""
    if page.kind not in _TEXTUAL:
        return NewFile(name=page.name, body=page.body, media=page.media, look=page.is_picture)
    if len(page.text) <= MAX_TEXT:
        return None
    name = _NO_NAME.sub("-", page.title or page.site).strip("-")[:60] or "page"
    return NewFile(name=f"{name}.txt", body=page.text.encode(), media="text/plain")


def beginning(text: str) -> str:
    """As much of a text as is shown at once, up to the end of a paragraph or a line where one is near."""
    if len(text) <= MAX_TEXT:
        return text
    near = MAX_TEXT * 9 // 10
    ends = (text.rfind(mark, near, MAX_TEXT) for mark in ("\n\n", "\n", ". ", " "))
    return text[: next((end for end in ends if end > 0), MAX_TEXT)].rstrip()


def _moved(page: Page) -> str:
    return f"The address led on to another site, {page.site}: tell the person." if page.is_elsewhere else ""


def _left_out(page: Page, shown: str, file: str) -> str:
    if len(shown) == len(page.text):
        return ""
    rest = f" The whole lies in the file {file!r}." if file else ""
    return f"These are the first {len(shown):,} of {len(page.text):,} characters.{rest}"


def _little(page: Page) -> str:
    if page.kind == "page" and len(page.text) < _FEW:
        return (
            "There is hardly any text: the page may be drawn by a script, or want a sign-in."
            " If the person wanted more, they can paste what matters."
        )
    return ""
