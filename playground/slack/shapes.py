"""What the page gets to see (PAGE.md): conversations, messages, statuses, sessions."""

from playground.slack.app import JSON
from playground.slack.conversation import Conversation
from playground.slack.workspace import Workspace

GONE = ("tombstone", "hidden_by_limit")
"""The modes of files that nobody gets any more."""


def channel(workspace: Workspace, conversation: Conversation, viewer: str) -> JSON:
    """Shape a conversation for one person."""
    has_bot = workspace.bot.id in conversation.members
    is_direct = conversation.kind in ("im", "group")
    name = conversation.name
    if is_direct:
        name = ", ".join(user.name for user in workspace.others(conversation, viewer))
    return {
        "id": conversation.id,
        "name": name,
        "kind": conversation.kind,
        "is_bot_dm": conversation.kind == "im" and has_bot,
        "shared_with": conversation.shared_with,
        "topic": conversation.topic,
        "purpose": conversation.purpose,
        "members": len(conversation.members),
        "unread": conversation.unread(viewer),
        "can_write": has_bot or not is_direct,
        "has_bot": has_bot,
    }


def message(
    workspace: Workspace, conversation: Conversation, raw: JSON, viewer: str, *, is_ephemeral: bool = False
) -> JSON:
    """Shape a message for one person."""
    author = workspace.users[raw["user"]]
    shaped: JSON = {
        "blocks": [],
        "reactions": [],
        **{key: value for key, value in raw.items() if key != "metadata"},
        "channel": conversation.id,
        "files": _files(workspace, raw, viewer),
        **(
            {"attachments": [_passed_on(workspace, one, viewer) for one in raw["attachments"]]}
            if raw.get("attachments")
            else {}
        ),
        "author": {
            "id": author.id,
            "name": raw.get("username") or author.name,
            "initials": author.initials,
            "kind": author.kind,
            "tag": author.tag,
        },
        "mine": raw["user"] == viewer,
        "ephemeral": is_ephemeral,
    }
    stream = conversation.streams.get(raw["ts"])
    if stream is not None:
        shaped["stream"] = {"open": stream.is_open, "mode": stream.mode, "parts": [dict(part) for part in stream.parts]}
    return shaped


def message_event(
    workspace: Workspace, conversation: Conversation, raw: JSON, viewer: str, *, is_ephemeral: bool = False
) -> JSON:
    """Shape a message with its place, as the live stream tells it."""
    return {
        "channel": conversation.id,
        "thread_ts": raw.get("thread_ts"),
        "message": message(workspace, conversation, raw, viewer, is_ephemeral=is_ephemeral),
    }


def _files(workspace: Workspace, holder: JSON, viewer: str) -> list[JSON]:
    return [file(workspace, raw, viewer) for raw in holder.get("files") or ()]


def _passed_on(workspace: Workspace, attachment: JSON, viewer: str) -> JSON:
    return {**attachment, "files": _files(workspace, attachment, viewer)}


def file(workspace: Workspace, raw: JSON, viewer: str) -> JSON:
    """Add to a file object where the page of `viewer` may read it; what is there no more has no address."""
    stored = workspace.files.get(raw["id"])
    if stored is None or stored.content is None or raw["mode"] in GONE:
        return dict(raw)
    return {**stored.info, "play_url": f"/play/file/{raw['id']}?as={workspace.users[viewer].handle}"}


def session(conversation: Conversation, thread: str) -> JSON:
    """Shape an agent's session."""
    found = conversation.sessions[thread]
    return {
        "channel": conversation.id,
        "thread_ts": thread,
        "status": found.status,
        "title": found.title,
        "stoppable": found.status == "processing",
    }


def statuses(conversation: Conversation) -> list[JSON]:
    """Shape what the bot is doing in each thread."""
    return [{"channel": conversation.id, "thread_ts": ts, **status} for ts, status in conversation.statuses.items()]
