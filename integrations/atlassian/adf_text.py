"""Jira's documents, the Atlassian Document Format, as text to read (pure)."""

import re
from datetime import UTC, datetime

from pydantic import JsonValue

Node = dict[str, JsonValue]

_WORD = re.compile(r"[^\W_]+")
_INLINE = {"text", "hardBreak", "mention", "emoji", "inlineCard", "status", "date", "mediaInline"}


def to_markdown(document: JsonValue) -> str:
    """A document as text to read. What is unknown keeps its text; files show as [attachment]."""
    if isinstance(document, str):
        return document
    return _block(document).strip("\n") if isinstance(document, dict) else ""


def words(text: str) -> set[str]:
    """The words of `text`; bare numbers are left out, because lists are numbered anew."""
    return {word for word in _WORD.findall(text) if not word.isdecimal()}


def _block(node: JsonValue) -> str:
    match type_of(node):
        case "heading":
            return f"{'#' * _number(node, 'level', 1)} {_flow(node)}\n\n"
        case "codeBlock":
            return f"```{_attribute(node, 'language')}\n{_flow(node)}\n```\n\n"
        case "blockquote":
            return f"{_prefixed(_stack(node), '> ')}\n\n"
        case "panel":
            kind = _attribute(node, "panelType") or "panel"
            return f"{_prefixed(f'[{kind}] {_stack(node)}', '> ')}\n\n"
        case "bulletList" | "orderedList" | "taskList" | "decisionList":
            return f"{_listed(node)}\n\n"
        case "rule":
            return "---\n\n"
        case "table":
            return f"{_rows(node)}\n\n"
        case "expand" | "nestedExpand":
            return f"{_attribute(node, 'title')}\n{_stack(node)}\n\n"
        case "mediaSingle" | "mediaGroup" | "media" | "blockCard" | "embedCard":
            return f"{_span(node)}\n\n"
        case _:
            # A paragraph, or a node that nobody told us of.
            inner = _stack(node) if any(_is_block(child) for child in content_of(node)) else _flow(node)
            return f"{inner or _span(node)}\n\n"


def _stack(node: JsonValue) -> str:
    """The blocks of a node under each other."""
    return "".join(_block(child) for child in content_of(node)).strip("\n")


def _listed(node: JsonValue) -> str:
    start = _number(node, "order", 1)
    return "\n".join(_item(child, _bullet(node, child, start + at)) for at, child in enumerate(content_of(node)))


def _bullet(parent: JsonValue, item: JsonValue, number: int) -> str:
    match type_of(parent):
        case "orderedList":
            return f"{number}. "
        case "taskList":
            return "- [x] " if _attribute(item, "state") == "DONE" else "- [ ] "
        case _:
            return "- "


def _item(item: JsonValue, bullet: str) -> str:
    within = "".join(_block(child) if _is_block(child) else _span(child) for child in content_of(item))
    lines = re.sub(r"\n{2,}", "\n", within.strip("\n")).split("\n")
    return "\n".join([f"{bullet}{lines[0]}", *(f"  {line}" for line in lines[1:])])


def _rows(node: JsonValue) -> str:
    rows = [[_cell(cell) for cell in content_of(row)] for row in content_of(node)]
    shown = [f"| {' | '.join(row)} |" for row in rows]
    rule = f"|{'---|' * len(rows[0])}" if rows else ""
    return "\n".join([*shown[:1], rule, *shown[1:]])


def _cell(cell: JsonValue) -> str:
    return re.sub(r"\s*\n\s*", " ", _stack(cell))


def _flow(node: JsonValue) -> str:
    return "".join(_span(child) for child in content_of(node))


def _span(node: JsonValue) -> str:
    match type_of(node):
        case "text":
            return _styled(node)
        case "hardBreak":
            return "\n"
        case "mention":
            return f"@{_attribute(node, 'text').removeprefix('@') or 'someone'}"
        case "emoji":
            return _attribute(node, "text") or _attribute(node, "shortName")
        case "inlineCard" | "blockCard" | "embedCard":
            return _attribute(node, "url") or "[link]"
        case "status":
            return f"[{_attribute(node, 'text')}]"
        case "date":
            return _day(_attribute(node, "timestamp"))
        case "media" | "mediaInline":
            alt = _attribute(node, "alt")
            return f"[attachment: {alt}]" if alt else "[attachment]"
        case _:
            return _flow(node) or _plain_text(node)


def _styled(node: JsonValue) -> str:
    text = _plain_text(node)
    marks = {type_of(mark): mark for mark in _children(node, "marks")}
    if "code" in marks:
        text = f"`{text}`"
    for kind, sign in (("strike", "~~"), ("em", "*"), ("strong", "**")):
        if kind in marks and text.strip():
            text = f"{sign}{text}{sign}"
    address = _attribute(marks.get("link"), "href")
    return f"[{text}]({address})" if address and address != text else text


def _plain_text(node: JsonValue) -> str:
    found = node.get("text") if isinstance(node, dict) else None
    return found if isinstance(found, str) else _attribute(node, "text")


def _day(timestamp: str) -> str:
    """The day of a date node: milliseconds since 1970, at midnight UTC."""
    if not re.fullmatch(r"-?\d{1,14}", timestamp):
        return timestamp
    return datetime.fromtimestamp(int(timestamp) / 1000, UTC).date().isoformat()


def _prefixed(text: str, sign: str) -> str:
    return "\n".join(f"{sign}{line}" for line in text.split("\n"))


def _is_block(node: JsonValue) -> bool:
    return type_of(node) not in _INLINE


def type_of(node: JsonValue) -> str:
    return str(node.get("type", "")) if isinstance(node, dict) else ""


def content_of(node: JsonValue) -> list[JsonValue]:
    return _children(node, "content")


def _children(node: JsonValue, name: str) -> list[JsonValue]:
    found = node.get(name) if isinstance(node, dict) else None
    return found if isinstance(found, list) else []


def _attribute(node: JsonValue, name: str) -> str:
    attributes = node.get("attrs") if isinstance(node, dict) else None
    found = attributes.get(name) if isinstance(attributes, dict) else None
    return str(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def _number(node: JsonValue, name: str, otherwise: int) -> int:
    found = _attribute(node, name)
    return int(found) if re.fullmatch(r"\d{1,9}", found) else otherwise
