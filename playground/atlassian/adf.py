"""Atlassian's document format: what is valid, what a reader sees of it, and how seed texts become it."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, TypeAlias, TypeGuard

Node: TypeAlias = dict[str, Any]

_INLINE = frozenset({"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "mediaInline"})
_LISTS = frozenset({"bulletList", "orderedList"})
_BLOCKS = _LISTS | {
    "paragraph",
    "heading",
    "blockquote",
    "codeBlock",
    "rule",
    "panel",
    "table",
    "taskList",
    "decisionList",
    "mediaSingle",
    "mediaGroup",
    "expand",
    "blockCard",
    "embedCard",
}
_IN_ITEMS = _LISTS | {"paragraph", "codeBlock", "mediaSingle", "taskList"}
_IN_CELLS = _BLOCKS - {"table", "expand"} | {"nestedExpand"}
_CHILDREN: dict[str, frozenset[str]] = {
    "doc": _BLOCKS,
    "paragraph": _INLINE,
    "heading": _INLINE,
    "codeBlock": frozenset({"text"}),
    "blockquote": _IN_ITEMS,
    "panel": _LISTS | {"paragraph", "heading", "codeBlock", "rule", "taskList", "blockCard", "mediaSingle"},
    "bulletList": frozenset({"listItem"}),
    "orderedList": frozenset({"listItem"}),
    "listItem": _IN_ITEMS,
    "taskList": frozenset({"taskItem", "taskList"}),
    "taskItem": _INLINE,
    "decisionList": frozenset({"decisionItem"}),
    "decisionItem": _INLINE,
    "table": frozenset({"tableRow"}),
    "tableRow": frozenset({"tableCell", "tableHeader"}),
    "tableCell": _IN_CELLS,
    "tableHeader": _IN_CELLS,
    "expand": _BLOCKS - {"expand"} | {"nestedExpand"},
    "nestedExpand": _IN_ITEMS | {"heading", "panel", "rule", "blockquote"},
    "mediaSingle": frozenset({"media", "caption"}),
    "mediaGroup": frozenset({"media"}),
    "caption": _INLINE,
}
_NEVER_EMPTY = frozenset({"bulletList", "orderedList", "listItem", "table", "tableRow", "taskList", "blockquote"})
_NEEDED: dict[str, str] = {
    "mention": "id",
    "emoji": "shortName",
    "date": "timestamp",
    "status": "text",
    "heading": "level",
    "panel": "panelType",
}
_MARKS = frozenset({"strong", "em", "code", "link", "strike", "underline", "subsup", "textColor", "backgroundColor"})
_WITH_CODE = frozenset({"code", "link"})
_MENTION = re.compile(r"<@([\w-]+)>")

_TAGS = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "table": "table",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
    "strong": "strong",
    "em": "em",
    "code": "code",
    "strike": "s",
}


def is_document(value: object) -> TypeGuard[Node]:
    """Whether Jira takes `value` for the body of a description or a comment."""
    return _is_node(value) and value["type"] == "doc" and value.get("version") == 1 and _is_valid(value)


def text_of(node: Mapping[str, Any] | None) -> str:
    """Everything that a reader sees, block under block."""
    return "\n".join(line for line in _lines(node or {}) if line)


def document(text: str, name: Callable[[str], tuple[str, str] | None]) -> Node:
    """A seed text as a document; `name` gives the account id and the name behind a handle that is mentioned."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return {"type": "doc", "version": 1, "content": [_paragraph(part, name) for part in paragraphs]}


def html(node: Mapping[str, Any] | None) -> str:
    """The document for a page. Nothing of it becomes a tag, and only plain web links become links."""
    if not node:
        return ""
    inner = "".join(html(child) for child in node.get("content", []))
    match node["type"]:
        case "text":
            return _marked(escape(node["text"]), node.get("marks", []))
        case "hardBreak":
            return "<br>"
        case "rule":
            return "<hr>"
        case "mention":
            return f"<b>{escape(str(node['attrs'].get('text', '@somebody')))}</b>"
        case "heading":
            return f"<h3>{inner}</h3>"
        case "codeBlock":
            return f"<pre><code>{inner}</code></pre>"
        case kind if tag := _TAGS.get(kind):
            return f"<{tag}>{inner}</{tag}>"
        case _:
            return inner or escape(_attribute(node))


def _is_node(value: object) -> TypeGuard[Node]:
    return _is_mapping(value) and isinstance(value.get("type"), str)


def _is_mapping(value: object) -> TypeGuard[Node]:
    return isinstance(value, dict)


def _attrs(node: Node) -> Node:
    found = node.get("attrs")
    return found if _is_mapping(found) else {}


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _is_valid(node: Node) -> bool:
    kind = node["type"]
    if kind in _NEEDED and _attrs(node).get(_NEEDED[kind]) in (None, ""):
        return False
    if kind == "text":
        return isinstance(node.get("text"), str) and node["text"] != "" and _are_marks(node.get("marks", []))
    allowed, content = _CHILDREN.get(kind, frozenset[str]()), node.get("content", [])
    if not _is_list(content) or (not content and kind in _NEVER_EMPTY):
        return False
    return all(_is_node(child) and child["type"] in allowed and _is_valid(child) for child in content)


def _are_marks(marks: object) -> bool:
    if not _is_list(marks) or not all(_is_node(mark) and mark["type"] in _MARKS for mark in marks):
        return False
    kinds = {mark["type"] for mark in marks if _is_node(mark)}
    linked = all(_attrs(mark).get("href") for mark in marks if _is_node(mark) and mark["type"] == "link")
    return linked and len(kinds) == len(marks) and ("code" not in kinds or kinds <= _WITH_CODE)


def _lines(node: Mapping[str, Any]) -> Iterator[str]:
    content: list[Node] = node.get("content", [])
    if any(child["type"] in _INLINE for child in content):
        yield "".join(_inline(child) for child in content)
        return
    for child in content:
        yield from _lines(child) if child.get("content") else iter([_inline(child)])


def _inline(node: Node) -> str:
    match node["type"]:
        case "text":
            return str(node["text"])
        case "hardBreak":
            return "\n"
        case _:
            return _attribute(node)


def _attribute(node: Mapping[str, Any]) -> str:
    """What a node without text shows: the name in a mention, the address of a card."""
    attrs: Mapping[str, Any] = node.get("attrs", {})
    return next((str(attrs[key]) for key in ("text", "shortName", "url", "title", "timestamp") if attrs.get(key)), "")


def _marked(text: str, marks: list[Node]) -> str:
    for mark in marks:
        if tag := _TAGS.get(mark["type"]):
            text = f"<{tag}>{text}</{tag}>"
        elif mark["type"] == "link" and re.match(r"https?://", address := str(mark["attrs"]["href"])):
            text = f'<a href="{escape(address)}" rel="noreferrer">{text}</a>'
    return text


def _paragraph(text: str, name: Callable[[str], tuple[str, str] | None]) -> Node:
    content: list[Node] = []
    # Odd parts are what the pattern caught: handles.
    for number, part in enumerate(_MENTION.split(text)):
        known = name(part) if number % 2 else None
        if known:
            content.append({"type": "mention", "attrs": {"id": known[0], "text": f"@{known[1]}"}})
        elif part:
            content.append({"type": "text", "text": part})
    return {"type": "paragraph", "content": content}
