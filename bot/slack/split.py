"""Long answers in as many messages as Slack needs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.harmless.fences import closes, opening

LIMIT = 11_000
"""Characters of Markdown in one message: Slack takes 12,000, and the last message carries a footer as well."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_DELIMITER = re.compile(r"[\s:|-]*-[\s:|-]*")


@dataclass(frozen=True, slots=True)
class _Unit:
    """What stays together while it can, with the blank lines after it."""

    kind: Literal["text", "table", "code"]
    lines: list[str]

    @property
    def text(self) -> str:
        return "".join(self.lines)


def split_answer(markdown: str, limit: int = LIMIT) -> list[str]:
    """`markdown` in parts of at most `limit` characters, cut between paragraphs.

    Code blocks and tables stay whole; one that is longer than a part is cut at line ends, and each piece gets its
    fence or its header again. Raises ValueError for a limit that leaves no room for those.
    """
    if limit < 40:
        raise ValueError(f"a part needs room for a fence, got limit {limit!r}")
    parts = [""]
    for unit in _units(markdown):
        for piece in [unit.text] if len(unit.text.rstrip("\n")) <= limit else _cut(unit, limit):
            if len(parts[-1]) + len(piece.rstrip("\n")) > limit:
                parts.append("")
            parts[-1] += piece
    return [part.strip("\n") for part in parts if part.strip()]


def _units(markdown: str) -> Iterator[_Unit]:
    kind: Literal["text", "table", "code"] = "text"
    lines: list[str] = []
    fence = ""
    for line in _LINE.findall(markdown):
        if fence:
            lines.append(line)
            if closes(line, fence):
                yield _Unit("code", lines)
                kind, lines, fence = "text", [], ""
            continue
        if not line.strip():
            lines.append(line)
            continue
        fence = opening(line)
        found = "code" if fence else "table" if line.lstrip().startswith("|") else "text"
        if lines and (found != kind or not lines[-1].strip()):
            yield _Unit(kind, lines)
            lines = []
        kind = found
        lines.append(line)
    if lines:
        yield _Unit(kind, lines)


def _cut(unit: _Unit, limit: int) -> Iterator[str]:
    fence = opening(unit.lines[0])
    match unit.kind:
        case "code" if len(fence) <= limit // 8:
            yield from _cut_code(unit.lines, fence, limit)
        case "table":
            yield from _cut_table(unit.lines, limit)
        case _:
            yield from _cut_text(unit.text, limit)


def _cut_code(lines: list[str], fence: str, limit: int) -> Iterator[str]:
    opener = lines[0].rstrip("\n")
    if len(opener) > limit // 4:
        opener = fence
    body = lines[1:-1] if closes(lines[-1], fence) else lines[1:]
    for chunk in _chunks(body, limit - len(opener) - len(fence) - 2):
        ended = chunk if chunk.endswith("\n") else f"{chunk}\n"
        yield f"{opener}\n{ended}{fence}\n"


def _cut_table(lines: list[str], limit: int) -> Iterator[str]:
    header = "".join(lines[:2]) if len(lines) > 2 and _DELIMITER.fullmatch(lines[1]) else ""
    if len(header) > limit // 2:
        header = ""
    for chunk in _chunks(lines[2:] if header else lines, limit - len(header)):
        yield header + chunk


def _cut_text(text: str, limit: int) -> Iterator[str]:
    """At the end of a line, of a sentence or of a word, whichever stands in the latter half."""
    while len(text.rstrip("\n")) > limit:
        ends = (text.rfind(border, limit // 2, limit) + len(border) for border in ("\n", ". ", " "))
        end = next((end for end in ends if end > limit // 2), limit)
        yield text[:end]
        text = text[end:]
    yield text


def _chunks(lines: Iterable[str], limit: int) -> Iterator[str]:
    """Lines together as long as they fit; a line that never fits is cut."""
    chunk = ""
    for line in lines:
        for piece in _cut_text(line, limit):
            if chunk and len(chunk) + len(piece.rstrip("\n")) > limit:
                yield chunk
                chunk = ""
            chunk += piece
    if chunk:
        yield chunk
