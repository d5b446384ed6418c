"""A web page as the tool read it: sections, tables, sentences."""

import re
from dataclasses import dataclass

from playground.model.conversation import Json
from playground.model.wires.wire import text_of

_RULE = re.compile(r"[|\s:-]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    title: str
    sentences: tuple[str, ...]
    """Lines of a list are one each."""
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()
    """Rows of cells, without empty ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    title: str
    site: str
    facts: str
    link: str
    note: str
    file: str
    sections: tuple[Section, ...]

    @property
    def sentences(self) -> list[str]:
        return [sentence for section in self.sections for sentence in section.sentences]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The rows of all its tables."""
        return [row for section in self.sections for table in section.tables for row in table]


def page_of(content: Json) -> Page:
    return Page(
        title=text_of(content.get("title")) or text_of(content.get("site")),
        site=text_of(content.get("site")),
        facts=text_of(content.get("facts")),
        link=text_of(content.get("link")),
        note=text_of(content.get("note")),
        file=text_of(content.get("kept_as")),
        sections=sections_of(text_of(content.get("text"))),
    )


def sections_of(text: str) -> tuple[Section, ...]:
    """What stands under each heading; what comes before the first has no title."""
    parts = re.split(r"^#{1,6} +(.+)$", text, flags=re.MULTILINE)
    titled = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    return tuple(_section(title, body) for title, body in titled if title or body.strip())


def _section(title: str, body: str) -> Section:
    lines = [line.strip() for line in body.splitlines()]
    prose = [line for line in lines if line and not line.startswith("|")]
    sentences = [one for line in prose for one in _SENTENCE.split(re.sub(r"^(?:[-*•]|\d+\.)\s+", "", line))]
    tables: list[list[tuple[str, ...]]] = [[]]
    for line in lines:
        if not line.startswith("|"):
            tables.append([])
        elif not _RULE.fullmatch(line):
            tables[-1].append(tuple(cell for cell in map(str.strip, line.strip("|").split("|")) if cell))
    return Section(
        title=title.strip(), sentences=tuple(sentences), tables=tuple(tuple(rows) for rows in tables if rows)
    )
