"""What people write on GitHub, cut to what is worth reading (pure)."""

import hashlib
import re

MAX_TEXT = 65_536
"""Characters; GitHub refuses longer comments and descriptions."""


def shortened(text: str | None, limit: int) -> str:
    """`text`, or its beginning and a word about the rest."""
    text = text or ""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def excerpt(text: str | None, limit: int) -> str:
    """The beginning of `text` on one line."""
    line = re.sub(r"\s+", " ", text or "").strip()
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def fingerprint(text: str | None) -> str:
    """What tells whether a text is still the same, without keeping it."""
    return hashlib.sha256((text or "").encode()).hexdigest()


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
