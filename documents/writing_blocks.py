"""The tokens of a Markdown text as blocks of HTML: no attribute and no element comes from the text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal, TypeAlias

from markdown_it.token import Token

from documents.chart import Chart, read_chart
from documents.document import Unreadable
from documents.visible import visible
from documents.writing_tables import Cell, table

Kind: TypeAlias = Literal["heading", "rule", "chart", "text"]
MAX_CHARTS = 40
DEEPEST = 6
"""Levels of emphasis within each other; more are only there to break something."""
_BLOCKS = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
}
_MARKS = {"strong": "strong", "em": "em", "s": "s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One thing at the top level of the text."""

    kind: Kind
    html: str = ""
    level: int = 0
    """Of a heading: 1 to 6."""
    text: str = ""
    """Of a heading: its words."""
    chart: Chart | None = None


def blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """The blocks of a text, from top to bottom. Raises Unreadable, in a sentence, for a chart that cannot be drawn."""
    charts, at = 0, 0
    while at < len(tokens):
        end = _end(tokens, at)
        token, inside = tokens[at], tokens[at:end]
        if token.type == "heading_open":
            line = _inline(inside[1])
            yield Block(kind="heading", html=line.html, text=line.text, level=int(token.tag[1]))
        elif token.type == "hr":
            yield Block(kind="rule")
        elif _is_chart(token):
            charts += 1
            yield Block(kind="chart", chart=_chart(token, charts))
        else:
            yield Block(kind="text", html="".join(_html(inside)))
        at = end


def _end(tokens: Sequence[Token], at: int) -> int:
    """Behind the last token of the block that begins at `at`."""
    depth = 0
    for end in range(at, len(tokens)):
        depth += tokens[end].nesting
        if not depth:
            return end + 1
    return len(tokens)


def _is_chart(token: Token) -> bool:
    return token.type == "fence" and token.info.strip().lower() == "chart"


def _chart(token: Token, number: int) -> Chart:
    if number > MAX_CHARTS:
        raise Unreadable(f"A page has at most {MAX_CHARTS} charts. Keep the ones that matter.")
    try:
        return read_chart(token.content)
    except ValueError as error:
        raise Unreadable(f"Chart {number}: {error}") from error


def _html(tokens: Sequence[Token]) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        token, end = tokens[at], at + 1
        name, _, side = token.type.rpartition("_")
        if token.type == "table_open":
            end = _end(tokens, at)
            yield _table(tokens[at:end])
        elif token.type == "inline":
            yield _inline(token).html
        elif token.type in ("fence", "code_block"):
            yield f'<pre tabindex="0"><code>{_text(token.content)}</code></pre>'
        elif token.type == "hr":
            yield "<hr>"
        elif side == "open" and name == "heading":
            # Within a quote or a list it is no part of the page's outline.
            yield "<p><strong>"
        elif side == "close" and name == "heading":
            yield "</strong></p>"
        elif name in _BLOCKS and not token.hidden:
            yield f"<{_BLOCKS[name]}{_start(token)}>" if side == "open" else f"</{_BLOCKS[name]}>"
        elif token.hidden and side == "close":
            yield " "
        at = end


def _start(token: Token) -> str:
    start = token.attrs.get("start")
    return f' start="{start}"' if isinstance(start, int) and start < 1_000_000 else ""


def _table(tokens: Sequence[Token]) -> str:
    rows: list[list[Cell]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_inline(token))
    return table(rows[0], rows[1:])


@dataclass(slots=True)
class _Line:
    """A line of text as it is written."""

    html: list[str] = field(default_factory=list[str])
    text: list[str] = field(default_factory=list[str])
    links: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    depth: int = 0

    def say(self, text: str, around: str = "") -> None:
        said = _text(text)
        self.html.append(f"<{around}>{said}</{around}>" if around else said)
        self.text.append(text)

    def mark(self, tag: str, nesting: int) -> None:
        self.depth += nesting if nesting > 0 else 0
        if self.depth <= DEEPEST:
            self.html.append(f"<{tag}>" if nesting > 0 else f"</{tag}>")
        self.depth += nesting if nesting < 0 else 0

    def link(self, token: Token) -> None:
        """An address is written out beside its words: nobody is led anywhere by what they cannot read."""
        if token.nesting > 0:
            self.links.append((str(token.attrs.get("href", "")), len(self.text)))
            return
        address, begin = self.links.pop()
        if address.removeprefix("mailto:") != "".join(self.text[begin:]).strip() and not address.startswith("#"):
            self.html.append(f' <span class="address">({_text(address)})</span>')


def _inline(token: Token) -> Cell:
    line = _Line()
    for child in token.children or []:
        match child.type:
            case "text":
                line.say(child.content)
            case "code_inline":
                line.say(child.content, "code")
            case "softbreak":
                line.html.append("\n")
                line.text.append(" ")
            case "hardbreak":
                line.html.append("<br>")
                line.text.append(" ")
            case "link_open" | "link_close":
                line.link(child)
            case other if (name := other.rpartition("_")[0]) in _MARKS:
                line.mark(_MARKS[name], child.nesting)
            case _:
                line.say(child.content)
    return Cell("".join(line.html), "".join(line.text))


def _text(text: str) -> str:
    return escape(visible(text))
