"""Markdown, read as CommonMark with tables, and written so that nothing in it acts."""

import re
from collections.abc import Iterator, Mapping

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import JsonValue

from documents.visible import visible

_READER = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 12}).enable(
    ["table", "strikethrough"]
)
# An image then reads as a sign and a link, and links are written out: nothing can be fetched. Where an address stands
# away from its words, both stand as they were typed.
_READER.disable(["image", "html_block", "html_inline", "reference"])
# What begins HTML or an address in brackets, and what joins words to an address, in CommonMark 0.31; a backslash before
# it makes a letter of it, unless that backslash is one itself (§2.4).
_ACTING = re.compile(r"(?P<escapes>\\*)(?P<sign><(?=[A-Za-z/!?])|\](?=[(:]))")


def read(body: str) -> list[Token]:
    """The tokens of a Markdown text."""
    return _READER.parse(body.replace("\x00", "\ufffd"))


def plain(body: bytes, options: Mapping[str, JsonValue]) -> bytes:
    """A job: Markdown under its title, in which pictures, links and HTML are text for every reader of Markdown."""
    # As it will be read: what is escaped below is judged by the same lines.
    text = visible(re.sub(r"\r\n?", "\n", body.decode()))
    in_code = {line for token in read(text) if token.type in ("fence", "code_block") for line in _lines_of(token)}
    lines = (line if at in in_code else _inert(line) for at, line in enumerate(text.split("\n")))
    title = _inert(visible(" ".join(str(options["title"]).split())))
    return "\n".join((f"# {title}", "", *lines, "")).encode()


def _lines_of(token: Token) -> Iterator[int]:
    first, end = token.map or (0, 0)
    yield from range(first, end)


def _inert(line: str) -> str:
    return _ACTING.sub(_as_letter, line)


def _as_letter(match: re.Match[str]) -> str:
    escapes, sign = match["escapes"], match["sign"]
    return match[0] if len(escapes) % 2 else f"{escapes}\\{sign}"
