"""What a document is once it was read: its text in parts, each with the place where it stands."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["pdf", "word", "sheet", "slides", "text", "page", "data", "picture", "mail", "sound"]
"""`sheet` is every table: Excel, CSV, TSV. `page` is HTML, `data` JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a document that can be pointed to."""

    place: str
    """ "page 3", "sheet Budget", "slide 4", "lines 1–200"; empty where a document has only one. """
    text: str
    """Of a table: CSV with commas, the header first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as it was read."""

    kind: Kind
    title: str = ""
    """As the document calls itself; empty where it does not."""
    facts: str = ""
    """Its size in a few words of ours: "12 pages", "1,204 rows, 6 columns", "3 sheets, 1,204 rows"."""
    parts: tuple[Part, ...] = ()
    note: str = ""
    """What was left out or looks odd, in sentences of ours: "I read the first 300 of 812 pages."."""
    picture: str = ""
    """Of a picture: what a model is shown, upright and at most 1,568 pixels long, as base64."""
    picture_media: str = ""
    """Its media type: image/png or image/jpeg."""

    @property
    def text(self) -> str:
        """The whole text, places as headings."""
        return "\n\n".join(f"[{part.place}]\n{part.text}" if part.place else part.text for part in self.parts)


class Unreadable(Exception):
    """It cannot be read. The message is one or two sentences to a person: why, and what works instead."""
