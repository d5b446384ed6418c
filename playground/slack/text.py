"""Between what a person types and Slack's message text and blocks."""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

from playground.slack.app import JSON, is_object
from playground.slack.conversation import Stream
from playground.slack.people import User
from playground.slack.workspace import Workspace

TOKEN = re.compile(
    r"<@(?P<given>[\w.-]+)>|(?<![\w.@/])@(?P<mention>[\w-]+)|(?<![\w/])#(?P<channel>[a-z][\w-]+)"
    r"|(?P<link>https?://[^\s<>|]+[^\s<>|.,;:!?)'\"])|(?P<escape>[&<>])"
)
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
BROADCASTS = ("here", "channel", "everyone")

Piece = tuple[str, JSON]
"""Message text, and the rich text element that says the same."""


def typed(workspace: Workspace, text: str) -> tuple[str, list[JSON]]:
    """Turn typed text into message text and its rich text block. Mentions: `@jamal`, `@Pinyon`, `<@bot>`, `<@U…>`."""
    lines = text.split("\n")
    written: list[str] = []
    elements: list[JSON] = []
    for line in lines:
        is_quote = line.startswith(("> ", ">"))
        pieces = list(_pieces(workspace, line.removeprefix(">").removeprefix(" ") if is_quote else line))
        written.append(("&gt; " if is_quote else "") + "".join(piece[0] for piece in pieces))
        kind = "rich_text_quote" if is_quote else "rich_text_section"
        _append(elements, kind, [piece[1] for piece in pieces])
    rich = {"type": "rich_text", "block_id": "typed", "elements": elements}
    return "\n".join(written), [rich] if text.strip() else []


def _append(elements: list[JSON], kind: str, found: list[JSON]) -> None:
    if elements and elements[-1]["type"] == kind:
        elements[-1]["elements"] += [{"type": "text", "text": "\n"}, *found]
    else:
        elements.append({"type": kind, "elements": found})


def _pieces(workspace: Workspace, line: str) -> Iterator[Piece]:
    start = 0
    for match in TOKEN.finditer(line):
        piece = _piece(workspace, match)
        if piece is None:
            continue
        if plain := line[start : match.start()]:
            yield plain, {"type": "text", "text": plain}
        yield piece
        start = match.end()
    if rest := line[start:]:
        yield rest, {"type": "text", "text": rest}


def _piece(workspace: Workspace, match: re.Match[str]) -> Piece | None:
    if name := match["given"] or match["mention"]:
        if name in BROADCASTS:
            return f"<!{name}>", {"type": "broadcast", "range": name}
        user = _mentioned(workspace, name)
        if user is None:
            return (f"&lt;@{name}&gt;", {"type": "text", "text": match[0]}) if match["given"] else None
        return f"<@{user.id}>", {"type": "user", "user_id": user.id}
    if name := match["channel"]:
        channel = workspace.channel(name)
        return (f"<#{channel.id}|{name}>", {"type": "channel", "channel_id": channel.id}) if channel else None
    if link := match["link"]:
        return f"<{link.replace('&', '&amp;')}>", {"type": "link", "url": link}
    character = match["escape"]
    return ESCAPES[character], {"type": "text", "text": character}


def _mentioned(workspace: Workspace, name: str) -> User | None:
    if name == "bot":
        return workspace.bot
    return workspace.users.get(name) or workspace.find_user(name)


def readable(message: JSON, stream: Stream | None = None) -> str:
    """Everything of a message that a person reads, one line per piece of text; for looking into messages in tests."""
    seen: list[str] = []
    if stream is not None:
        seen += [part.get("title", part.get("text", "")) for part in stream.parts if part["type"] != "blocks"]
    blocks: list[JSON] = message.get("blocks") or []
    if blocks:
        _walk(blocks, seen.append)
    elif stream is None:
        seen.append(message.get("text", ""))
    return "\n".join(text for text in seen if text)


def _walk(node: Any, see: Callable[[str], object]) -> None:
    if isinstance(node, list):
        for item in cast("list[Any]", node):
            _walk(item, see)
    elif is_object(node):
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                see(value)
            elif key not in ("value", "confirm"):
                _walk(value, see)
