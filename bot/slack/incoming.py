"""Recognises a person speaking among Slack's events."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, TypeGuard

from bot.messages import AttachedFile, IncomingMessage
from bot.slack.text import incoming_text
from memory.ids import ConversationId, TurnId, WorkspaceId, person_id

Block: TypeAlias = Mapping[str, Any]

SPEAKING = {None, "file_share", "thread_broadcast"}
"""Message subtypes in which a person says something; all others report changes."""
QUOTED = 20_000
"""Characters of what a message only passes on."""
IN_ONE_LINE = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")
"""Blocks whose pieces stand one after the other."""
STOP_WORDS = frozenset({"stop", "stopp", "halt", "arrête", "para", "cancel", "abbrechen"})


def spoken(body: Mapping[str, Any], bot: str) -> IncomingMessage | None:
    """The message in an event of Slack's that is meant for Pinyon, or may be; None for everything else.

    A direct message always is, a mention in a channel is by its `app_mention` event. A reply in a channel's thread may
    be, if Pinyon takes part there: the caller knows. The twin `message` of a mention is none, and neither is anything
    that a bot said, or an edit.
    """
    event: Mapping[str, Any] = body["event"]
    text = event.get("text") or ""
    # What Pinyon posts in somebody's own name says by which app: it is no wish of theirs.
    is_ours = event.get("user") == bot or bool(event.get("app_id") and event["app_id"] == body.get("api_app_id"))
    if event.get("subtype") not in SPEAKING or event.get("bot_id") or not event.get("user") or is_ours:
        return None
    is_direct = event.get("channel_type") == "im" or (event["type"] == "message" and event["channel"][:1] == "D")
    if event["type"] == "message" and not is_direct and (f"<@{bot}" in text or not event.get("thread_ts")):
        return None
    return _message(body, event, text, is_direct=is_direct)


def _message(body: Mapping[str, Any], event: Mapping[str, Any], text: str, *, is_direct: bool) -> IncomingMessage:
    workspace = WorkspaceId(body["team_id"])
    thread = event.get("thread_ts") or event["ts"]
    home = event.get("user_team") or event.get("source_team") or event.get("team")
    return IncomingMessage(
        turn=TurnId(f"{workspace}:{event['channel']}:{event['ts']}"),
        workspace=workspace,
        person=person_id(workspace, event["user"]),
        conversation=ConversationId(f"{workspace}:{event['channel']}:{thread}"),
        surface="slack",
        channel=event["channel"],
        thread=thread,
        private=is_direct,
        text=text,
        files=tuple(_file(file, event["user"]) for file in event.get("files") or ()),
        quoted=passed_on(event),
        ts=event["ts"],
        home_team=home if home and home != workspace else None,
    )


def passed_on(event: Block) -> str:
    """What the person of a message only passes on, with whose words they are: forwards, previews, quotes."""
    quotes = [*_quotes(event)] or _quoted_lines(event.get("text"))
    told = [
        *map(_forwarded, _all(event, "attachments")),
        *(f"from a quote:\n{quote}" for quote in quotes if quote.strip()),
    ]
    return "\n\n".join(one for one in told if one)[:QUOTED]


def _forwarded(attachment: Block) -> str:
    """An attachment: a forwarded message, or the preview of a link. Nobody who writes a message writes these."""
    author = attachment.get("author_name") or attachment.get("service_name") or attachment.get("footer")
    shared = [block for one in _all(attachment, "message_blocks") for block in _all(one.get("message"), "blocks")]
    body = "\n".join(filter(None, map(_words, shared or _all(attachment, "blocks"))))
    parts = [
        _read(attachment.get("pretext")),
        _read(attachment.get("title")),
        body or _read(attachment.get("text")) or _read(attachment.get("fallback")),
        *(f"{_read(field.get('title'))}: {_read(field.get('value'))}" for field in _all(attachment, "fields")),
        *(f"[file: {file.get('name') or 'a file'}; not read]" for file in _all(attachment, "files")),
    ]
    said = "\n".join(part for part in parts if part.strip())
    return f"from {' '.join(str(author or 'somebody').split())[:80]}:\n{said}" if said else ""


def _words(block: Block) -> str:
    """The plain words of a block or of a piece of one."""
    text = block.get("text")
    match block.get("type"):
        case "link":
            return f"{text} ({block.get('url')})" if text else str(block.get("url") or "")
        case "user":
            return f"<@{block.get('user_id')}>"
        case "emoji":
            return f":{block.get('name')}:"
        case "image":
            return str(block.get("alt_text") or "")
        case "mrkdwn":
            return _read(text)
        case kind:
            own = _words(text) if _is_map(text) else str(text or "")
            inner = map(_words, [*_all(block, "fields"), *_all(block, "elements")])
            return own + ("" if kind in IN_ONE_LINE else "\n").join(inner)


def _quotes(block: Block) -> Iterator[str]:
    """What stands in a message's own blocks as somebody else's words."""
    for inner in [*_all(block, "blocks"), *_all(block, "elements")]:
        if inner.get("type") == "rich_text_quote":
            yield _words(inner)
        else:
            yield from _quotes(inner)


def _quoted_lines(text: Any) -> list[str]:
    lines = [line.lstrip() for line in _read(text).split("\n")]
    quoted = "\n".join(line.lstrip("> ") for line in lines if line.startswith(">"))
    return [quoted] if quoted else []


def _read(text: Any) -> str:
    return incoming_text(str(text), names={}, bot="nobody") if text else ""


def _all(block: Any, key: str) -> list[Block]:
    """The entries of a list in a block. Other apps write them, so anything else is left out."""
    found: Any = block.get(key) if _is_map(block) else None
    return [one for one in found if _is_map(one)] if _is_list(found) else []


def _is_map(value: Any) -> TypeGuard[Block]:
    return isinstance(value, Mapping)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def is_voice(file: Mapping[str, Any], *, by: str) -> bool:
    """Whether the one who wrote the message spoke it into Slack's own recorder: then its words are theirs.

    What somebody else recorded can be shared, and a clip can be uploaded again under its name: such a recording may be
    of anybody, and is a file like others.
    """
    return file.get("subtype") == "slack_audio" and file.get("user") == by


def _file(file: Mapping[str, Any], by: str) -> AttachedFile:
    return AttachedFile(
        id=str(file.get("id", "")),
        name=str(file.get("name") or file.get("title") or "a file"),
        kind=str(file.get("filetype") or file.get("mimetype") or ""),
        size=int(file.get("size") or 0),
        is_voice=is_voice(file, by=by),
    )


def is_stop(text: str) -> bool:
    """Whether a message is nothing but the wish that Pinyon stops."""
    return text.strip().strip(".!").lower() in STOP_WORDS
