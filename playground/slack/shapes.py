"""What the page gets to see (PAGE.md): conversations, messages, statuses, sessions."""

from playground.slack.app import JSON
from playground.slack.conversation import Conversation
from playground.slack.workspace import Workspace


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
        "files": [file(raw_file) for raw_file in raw.get("files", ())],
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


def file(raw: JSON) -> JSON:
    """Add to a file object where the page may read it."""
    return {**raw, "play_url": f"/play/file/{raw['id']}"}


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
