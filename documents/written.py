"""What can be written, and why something is not."""

from dataclasses import dataclass
from typing import TypeAlias

MAX_TITLE = 150
MAX_BODY = 200_000
"""Characters of Markdown."""
MAX_CELLS = 200_000
MAX_SHEETS = 50

Value: TypeAlias = str | int | float | bool | None
"""Of a cell; a text that is a day or a moment in ISO 8601 becomes a real one in a workbook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


class NotWritten(Exception):
    """It cannot be written as it was given. The message is a sentence that says what to change."""


class NoBrowser(Exception):
    """There is no Chromium to print with. The message is a sentence with the setting."""

    def __init__(self) -> None:
        super().__init__(
            "A PDF needs Chromium, and none is here. An admin can install it, or name it in PINYON_CHROMIUM."
        )
