"""Text of strangers as a person would see it: without signs that draw nothing, and not too long."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from documents.document import Document, Part

MAX_TEXT = 1_000_000
"""Characters of a document that are kept; a thick book has fewer."""
MAX_TITLE = 200
_MAX_PLACE = 80
# Control and format characters, marks of direction, what draws nothing, halves of characters, private letters of tags.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)
# Joiners shape letters of Arabic, Persian and Indian scripts; after a Latin letter they only hide something.
_IDLE_JOINER = re.compile("(?:^|(?<=[\x00-\u02ff\u200c\u200d]))[\u200c\u200d]")
_LINE_END = re.compile("\r\n?|[\x0c\x85\u2028\u2029]")


def seen(text: str) -> str:
    """`text` with plain line ends, without what nobody sees."""
    return _IDLE_JOINER.sub("", _UNSEEN.sub("", _LINE_END.sub("\n", text)))


def line(text: str, most: int = MAX_TITLE) -> str:
    """`text` as one line of at most `most` characters."""
    words = " ".join(seen(text).split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def cleaned(document: Document) -> Document:
    """The document as it is handed out: nothing in it hides, and it has at most `MAX_TEXT` characters."""
    parts = tuple(_held(document.parts))
    notes = [document.note]
    if sum(len(part.text) for part in document.parts) > MAX_TEXT:
        notes.append(f"It is long: I read the first {MAX_TEXT:,} characters.")
    shown = tuple(Part(place=line(part.place, _MAX_PLACE), text=seen(part.text)) for part in parts)
    hidden = sum(len(_UNSEEN.findall(part.text)) for part in parts)
    if hidden:
        notes.append(f"I left out {counted(hidden, 'character')} that nobody sees.")
    note = " ".join(filter(None, notes))
    return replace(document, title=line(document.title), facts=line(document.facts), parts=shown, note=note)


def counted(count: int, what: str, plural: str = "") -> str:
    """How many of what: "1 page", "1,204 rows"."""
    return f"{count:,} {what if count == 1 else plural or what + 's'}"


def _held(parts: Iterable[Part]) -> Iterator[Part]:
    room = MAX_TEXT
    for part in parts:
        if room <= 0:
            return
        yield Part(place=part.place, text=part.text[:room])
        room -= len(part.text)
