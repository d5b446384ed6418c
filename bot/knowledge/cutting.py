"""Cuts what was read into passages: by headings, then by size, with whole sentences (pure)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from documents.document import Part

USUAL = 1_000
"""Characters of a passage, about: a few paragraphs, of which a question is answered by all or none."""
LONGEST = 1_200
_SHORT = 300
"""A passage that is shorter takes one more paragraph in, as long as it stays below `LONGEST`."""
_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*?)[ \t#]*")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+|(?<=[。！？])")
_LONGEST_HEADING = 200
_LONGEST_PATH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A passage of a document."""

    heading: str
    """Its headings from the top: "Refunds > By card"; without the document's own title."""
    place: str
    text: str


@dataclass(slots=True)
class _Headings:
    """The headings that stand above a line."""

    title: str
    open: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    def enter(self, level: int, words: str) -> None:
        while self.open and self.open[-1][0] >= level:
            self.open.pop()
        self.open.append((level, words[:_LONGEST_HEADING]))

    @property
    def path(self) -> str:
        names = [words for _, words in self.open]
        if names and names[0].casefold() == self.title.casefold():
            del names[0]
        return " > ".join(names)[:_LONGEST_PATH]


def cut(parts: Iterable[Part], *, title: str, is_table: bool = False) -> Iterator[Piece]:
    """A document in passages, in order. A heading counts until the next of its level, over pages and parts."""
    headings = _Headings(title)
    for part in parts:
        if is_table:
            yield from (Piece(heading="", place=part.place, text=text) for text in _rows(part.text))
        else:
            yield from _of_part(part, headings)


def _of_part(part: Part, headings: _Headings) -> Iterator[Piece]:
    for heading, text in _sections(part.text, headings):
        # Lines tell little where a heading does; pages and slides are what people look for.
        place = "" if heading and part.place.startswith("line") else part.place
        for piece in _pieces(text):
            yield Piece(heading=heading, place=place, text=piece)


def _sections(text: str, headings: _Headings) -> Iterator[tuple[str, str]]:
    """What stands under each heading. One with nothing under it stands for itself."""
    lines, is_code, is_bare = list[str](), False, False
    for line in text.splitlines():
        if _FENCE.match(line):
            is_code = not is_code
        found = None if is_code else _HEADING.fullmatch(line)
        if found is None:
            lines.append(line)
            continue
        body, above = "\n".join(lines).strip(), headings.path
        level, words = len(found[1]), found[2]
        if body:
            yield above, body
        elif is_bare and headings.open and level <= headings.open[-1][0]:
            yield above, headings.open[-1][1]
        headings.enter(level, words)
        lines, is_bare = [], True
    if body := "\n".join(lines).strip():
        yield headings.path, body
    elif is_bare:
        yield headings.path, headings.open[-1][1]


def _pieces(text: str) -> Iterator[str]:
    """Paragraphs together, as long as they are no longer than a passage."""
    held = ""
    for block in _blocks(text):
        together = f"{held}\n\n{block}" if held else block
        if held and (len(together) > LONGEST or (len(together) > USUAL and len(held) >= _SHORT)):
            yield held
            held = block
        else:
            held = together
    if held:
        yield held


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs; of those that are too long their sentences, of these their words."""
    for paragraph in re.split(r"\n\s*\n", text):
        block = paragraph.strip("\n").rstrip()
        if not block.strip():
            continue
        if len(block) <= LONGEST:
            yield block
        else:
            are_lines = "\n" in block
            yield from _gathered(block.splitlines() if are_lines else _SENTENCE.split(block), are_lines=are_lines)


def _gathered(units: Iterable[str], *, are_lines: bool) -> Iterator[str]:
    held, between = "", "\n" if are_lines else " "
    for unit in units:
        for piece in _fitting(unit, are_lines=are_lines):
            together = f"{held}{between}{piece}" if held else piece
            if held and len(together) > USUAL:
                yield held
                held = piece
            else:
                held = together
    if held:
        yield held


def _fitting(unit: str, *, are_lines: bool) -> Iterator[str]:
    """A line in its sentences, a sentence at its blanks, what has none anywhere."""
    if len(unit) <= LONGEST:
        yield unit
    elif are_lines:
        yield from _gathered(_SENTENCE.split(unit), are_lines=False)
    else:
        rest = unit
        while len(rest) > LONGEST:
            at = rest.rfind(" ", USUAL // 2, USUAL)
            at = at if at > 0 else USUAL
            yield rest[:at]
            rest = rest[at:].lstrip()
        if rest:
            yield rest


def _rows(table: str) -> Iterator[str]:
    """Rows together, each time under the table's header."""
    lines = [line for line in table.splitlines() if line.strip()]
    if not lines:
        return
    header = lines[0][:_LONGEST_PATH]
    held = header
    for line in lines[1:]:
        for piece in _fitting(line, are_lines=True):
            if held != header and len(held) + len(piece) > USUAL:
                yield held
                held = header
            held = f"{held}\n{piece}"
    yield held
