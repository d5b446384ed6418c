"""Recognises a person speaking among Slack's events."""

from collections.abc import Mapping
from typing import Any

from bot.messages import AttachedFile, IncomingMessage
from memory.ids import ConversationId, TurnId, WorkspaceId, person_id

SPEAKING = {None, "file_share", "thread_broadcast"}
"""Message subtypes in which a person says something; all others report changes."""
STOP_WORDS = frozenset({"stop", "stopp", "halt", "arrête", "para", "cancel", "abbrechen"})


def spoken(body: Mapping[str, Any], bot: str) -> IncomingMessage | None:
    """The message in an event of Slack's that is meant for Pinyon, or may be; None for everything else.

    A direct message always is, a mention in a channel is by its `app_mention` event. A reply in a channel's thread may
    be, if Pinyon takes part there: the caller knows. The twin `message` of a mention is none, and neither is anything
    that a bot said, or an edit.
    """
    event: Mapping[str, Any] = body["event"]
    text = event.get("text") or ""
    if event.get("subtype") not in SPEAKING or event.get("bot_id") or not event.get("user") or event["user"] == bot:
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
        files=tuple(_file(file) for file in event.get("files") or ()),
        ts=event["ts"],
        home_team=home if home and home != workspace else None,
    )


def _file(file: Mapping[str, Any]) -> AttachedFile:
    return AttachedFile(
        id=str(file.get("id", "")),
        name=str(file.get("name") or file.get("title") or "a file"),
        kind=str(file.get("filetype") or file.get("mimetype") or ""),
        size=int(file.get("size") or 0),
    )


def is_stop(text: str) -> bool:
    """Whether a message is nothing but the wish that Pinyon stops."""
    return text.strip().strip(".!").lower() in STOP_WORDS
