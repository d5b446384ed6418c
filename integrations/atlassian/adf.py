"""Markdown to Jira's documents, the Atlassian Document Format (pure).

Only nodes that Jira takes everywhere a description or a comment may stand are made:
developer.atlassian.com/cloud/jira/platform/apis/document/structure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from pydantic import JsonValue

from integrations.atlassian.adf_text import Node, content_of, to_markdown, type_of, words

Marks = tuple[Node, ...]

_MAX_NESTING = 50
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WEB = re.compile(r"""https?://[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}*_]""")
_LIST_ITEM = {"paragraph", "bulletList", "orderedList", "codeBlock"}
_QUOTE = {"paragraph", "bulletList", "orderedList", "codeBlock"}


class _Markdown(MarkdownIt):
    """CommonMark with tables and strikethrough, without what makes words vanish: references, entities, HTML."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "maxNesting": _MAX_NESTING})
        self.enable(["table", "strikethrough"]).disable(["reference", "entity"])

    def validateLink(self, url: str) -> bool:  # noqa: N802 (the library's name)
        """What is no link to open stays text."""
        return re.match(r"(https?://|mailto:)\S", url, re.IGNORECASE) is not None

    def normalizeLink(self, url: str) -> str:  # noqa: N802 (the library's name)
        """As the person saw it on the card."""
        return url


_MARKDOWN = _Markdown()


def from_markdown(text: str) -> Node:
    """`text` as a document. Every word of it is kept: where Markdown would drop one, the text goes in as it stands.

    Mentions are not made from text: nobody is notified by accident.
    """
    clean = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    document = _marked_up(clean)
    if document is None or not words(clean) <= words(to_markdown(document)):
        return _plain(clean)
    return document


def _marked_up(text: str) -> Node | None:
    tokens = _MARKDOWN.parse(text)
    # Deeper than this the parser leaves text out.
    if any(token.level >= _MAX_NESTING - 1 for token in tokens):
        return None
    return _document(_blocks(SyntaxTreeNode(tokens).children))


def _plain(text: str) -> Node:
    parts = [part.strip("\n") for part in re.split(r"\n\s*\n", text)]
    return _document([_paragraph(_lines(part, ())) for part in parts if part.strip()])


def _document(content: list[JsonValue]) -> Node:
    return {"type": "doc", "version": 1, "content": content}


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> list[JsonValue]:
    return [made for node in nodes if (made := _made(node)) is not None]


def _made(node: SyntaxTreeNode) -> Node | None:
    match node.type:
        case "heading":
            return {"type": "heading", "attrs": {"level": int(node.tag[1:])}, "content": _inside(node)}
        case "bullet_list":
            return {"type": "bulletList", "content": _items(node)}
        case "ordered_list":
            start = int(node.attrs.get("start", 1))
            return {"type": "orderedList", "attrs": {"order": start}, "content": _items(node)}
        case "fence" | "code_block":
            return _code_block(node)
        case "blockquote":
            return {"type": "blockquote", "content": _within(_blocks(node.children), allowed=_QUOTE)}
        case "hr":
            return {"type": "rule"}
        case "table":
            return _table(node)
        case _:
            return _paragraph(_inside(node))


def _items(node: SyntaxTreeNode) -> list[JsonValue]:
    return [
        {"type": "listItem", "content": _within(_blocks(item.children), allowed=_LIST_ITEM)} for item in node.children
    ]


def _within(blocks: Sequence[JsonValue], *, allowed: set[str]) -> list[JsonValue]:
    """`blocks` as they may stand in a list item or a quote; it begins with a paragraph or code."""
    kept = [fitting for block in blocks for fitting in _fitting(block, allowed)]
    starts_well = bool(kept) and type_of(kept[0]) in {"paragraph", "codeBlock"}
    return kept if starts_well else [_paragraph([]), *kept]


def _fitting(block: JsonValue, allowed: set[str]) -> Iterator[JsonValue]:
    """`block`, or what of it may stand there: the text of a heading, the blocks of a quote, the cells of a table."""
    kind = type_of(block)
    if kind in allowed:
        yield block
    elif kind == "heading":
        yield _paragraph(content_of(block))
    else:
        for child in content_of(block):
            yield from _fitting(child, allowed)


def _code_block(node: SyntaxTreeNode) -> Node:
    made: Node = {"type": "codeBlock"}
    if language := node.info.strip() if node.type == "fence" else "":
        made["attrs"] = {"language": language}
    text = node.content.removesuffix("\n")
    return {**made, "content": [_text(text, ())] if text else []}


def _table(node: SyntaxTreeNode) -> Node:
    rows = [row for part in node.children for row in part.children]
    return {"type": "table", "content": [_row(row) for row in rows]}


def _row(row: SyntaxTreeNode) -> Node:
    cells: list[JsonValue] = [
        {"type": "tableHeader" if cell.type == "th" else "tableCell", "content": [_paragraph(_inside(cell))]}
        for cell in row.children
    ]
    return {"type": "tableRow", "content": cells}


def _paragraph(content: list[JsonValue]) -> Node:
    return {"type": "paragraph", "content": content}


def _inside(node: SyntaxTreeNode) -> list[JsonValue]:
    """The inline content of a block."""
    return [made for inline in node.children for child in inline.children for made in _inline(child, ())]


def _inline(node: SyntaxTreeNode, marks: Marks) -> Iterator[JsonValue]:
    match node.type:
        case "text":
            yield from _lines(node.content, marks)
        case "softbreak" | "hardbreak":
            # What stands on its own line on the card stands so in Jira.
            yield {"type": "hardBreak"}
        case "code_inline":
            # Code may be a link, and nothing else besides.
            yield from _kept(node.content, (*(mark for mark in marks if mark["type"] == "link"), {"type": "code"}))
        case "strong" | "em":
            yield from _marked(node, (*marks, {"type": node.type}))
        case "s":
            yield from _marked(node, (*marks, {"type": "strike"}))
        case "link":
            yield from _marked(node, (*marks, _link(str(node.attrs["href"]))))
            yield from _kept(_title(node), marks)
        case "image":
            alt, source = node.content or str(node.attrs["src"]), str(node.attrs["src"])
            yield from _kept(alt, (*_unlinked(marks), _link(source)))
            yield from _kept(_title(node), marks)
        case _:
            yield from _kept(node.content, marks)


def _marked(node: SyntaxTreeNode, marks: Marks) -> Iterator[JsonValue]:
    for child in node.children:
        yield from _inline(child, marks)


def _title(node: SyntaxTreeNode) -> str:
    return f" ({node.attrs['title']})" if node.attrs.get("title") else ""


def _lines(text: str, marks: Marks) -> list[JsonValue]:
    """`text` with its line breaks, and its web addresses as links."""
    made: list[JsonValue] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            made.append({"type": "hardBreak"})
        made += _linked(line, marks)
    return made


def _linked(line: str, marks: Marks) -> Iterator[JsonValue]:
    if len(_unlinked(marks)) < len(marks):
        yield from _kept(line, marks)
        return
    done = 0
    for found in _WEB.finditer(line):
        yield from _kept(line[done : found.start()], marks)
        yield from _kept(found.group(), (*marks, _link(found.group())))
        done = found.end()
    yield from _kept(line[done:], marks)


def _kept(text: str, marks: Marks) -> Iterator[JsonValue]:
    # Jira refuses empty text.
    if text:
        yield _text(text, marks)


def _text(text: str, marks: Marks) -> Node:
    made: Node = {"type": "text", "text": text}
    return {**made, "marks": _once(marks)} if marks else made


def _once(marks: Marks) -> list[JsonValue]:
    """Each kind of mark once: `***a***` within `*b*` would give two."""
    return list[JsonValue]({str(mark["type"]): mark for mark in marks}.values())


def _link(address: str) -> Node:
    return {"type": "link", "attrs": {"href": address}}


def _unlinked(marks: Marks) -> Marks:
    return tuple(mark for mark in marks if mark["type"] != "link")
