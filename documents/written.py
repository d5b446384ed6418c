"""What can be written, and why something is not."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from documents.visible import visible

MAX_TITLE = 150
MAX_BODY = 200_000
"""Characters of Markdown."""
MAX_CELLS = 200_000
MAX_SHEETS = 50
MAX_TEXT = 32_000
"""Characters of a cell; Excel takes 32,767."""
LIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a text may begin with that a spreadsheet then computes (OWASP, CSV Injection)."""
_SIGNED = re.compile(r"[+-]\d+(?:[.,]\d+)*%?")

Value: TypeAlias = str | int | float | bool | None
"""Of a cell; a text that is a day or a moment in ISO 8601 becomes a real one in a workbook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def dead(text: str) -> str:
    """A cell of CSV that no spreadsheet computes: a sign before it, where one would. A number stays one."""
    shown = visible(text)[:MAX_TEXT]
    begins = shown.lstrip(" \n\u00a0")
    is_live = begins.startswith(LIVE) or shown.startswith(("\n", "\t"))
    return f"'{shown}" if is_live and not _SIGNED.fullmatch(shown) else shown


class NotWritten(Exception):
    """It cannot be written as it was given. The message is a sentence that says what to change."""


class NoBrowser(Exception):
    """There is no Chromium to print with. The message is a sentence with the setting."""

    def __init__(self) -> None:
        super().__init__(
            "A PDF needs Chromium, and none is here. An admin can install it, or name it in PINYON_CHROMIUM."
        )
