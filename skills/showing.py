"""What a tool hands over beside what the model reads: files, a table, the code behind a result."""

import mimetypes
from dataclasses import dataclass
from typing import Literal, TypeAlias

Cell: TypeAlias = str | int | float | bool | None
"""One cell of a table; moments are ISO text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that a tool brought or made. It is kept for the conversation: other tools can read it and compute."""

    name: str
    """One file name without folders; `memory.files` makes it safe and unique in its conversation."""
    body: bytes
    media: str = ""
    """Its media type; found by the name where empty."""
    show: bool = False
    """Whether the person gets it with the answer."""
    look: bool = False
    """Of a picture: whether the model is shown it with the result."""
    alt: str = ""
    """Of a picture or a chart: what it shows, for whoever cannot see it."""

    @property
    def media_type(self) -> str:
        """Its media type, given or told by its name."""
        return self.media or mimetypes.guess_type(self.name)[0] or "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that the person gets with the answer, exactly as it was found."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: int = 0
    """How many rows were left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """The code behind a result, for whoever wants to check it."""

    language: Literal["python", "sql"]
    text: str

    @property
    def title(self) -> str:
        """What the code is, in a person's words."""
        return "SQL" if self.language == "sql" else "Code"
