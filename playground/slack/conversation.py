"""A channel or direct message: its members, messages, threads, streams and what only some may see."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from playground.slack.app import JSON

COUNTS = ("reply_count", "reply_users", "reply_users_count", "latest_reply", "subscribed")


@dataclass(slots=True)
class Stream:
    """What a streamed message holds: its parts in order, and whether more may come."""

    mode: str = "timeline"
    is_open: bool = True
    parts: list[JSON] = field(default_factory=list[JSON])
    expiry: asyncio.TimerHandle | None = None

    def text(self) -> str:
        """Join the text of all parts."""
        return "".join(part["text"] for part in self.parts if part["type"] == "text")

    def add_text(self, text: str) -> None:
        """Append text, to the last part where that is text as well."""
        if self.parts and self.parts[-1]["type"] == "text":
            self.parts[-1]["text"] += text
        elif text:
            self.parts.append({"type": "text", "text": text})

    def add_chunk(self, chunk: JSON) -> None:
        """Append one chunk, or change the task or plan it names."""
        match chunk["type"]:
            case "markdown_text":
                self.add_text(chunk["text"])
            case "task_update":
                fresh = {**chunk, "type": "task"}
                known = next((p for p in self.parts if p["type"] == "task" and p["id"] == chunk["id"]), None)
                self._put(known, fresh)
            case "plan_update":
                known = next((p for p in self.parts if p["type"] == "plan"), None)
                self._put(known, {"type": "plan", "title": chunk["title"]})
            case _:
                self.parts.append({"type": "blocks", "blocks": chunk["blocks"]})

    def _put(self, known: JSON | None, fresh: JSON) -> None:
        if known is None:
            self.parts.append(fresh)
        else:
            known.update(fresh)

    def close(self) -> None:
        """Let nothing more be added."""
        self.is_open = False
        if self.expiry is not None:
            self.expiry.cancel()
            self.expiry = None


@dataclass(slots=True)
class Session:
    """An agent's session in one thread."""

    status: str
    title: str = ""


@dataclass(slots=True, kw_only=True)
class Conversation:
    """Messages lie in `messages` by ts, oldest first, replies among them."""

    id: str
    name: str
    kind: Literal["channel", "private", "im", "group"]
    members: list[str]
    """User ids."""
    topic: str = ""
    purpose: str = ""
    shared_with: str = ""
    created: int = 0
    messages: dict[str, JSON] = field(default_factory=dict[str, JSON])
    replies: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    streams: dict[str, Stream] = field(default_factory=dict[str, Stream])
    whispers: dict[str, dict[str, JSON]] = field(default_factory=dict[str, dict[str, JSON]])
    """Ephemeral messages, by user and ts."""
    read: dict[str, str] = field(default_factory=dict[str, str])
    statuses: dict[str, JSON] = field(default_factory=dict[str, JSON])
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])
    prompts: JSON | None = None

    @property
    def channel_type(self) -> str:
        """Slack's word for its kind, as events carry it."""
        return {"channel": "channel", "private": "group", "im": "im", "group": "mpim"}[self.kind]

    @property
    def subscription(self) -> str:
        """The event subscription under which its messages are sent."""
        return {
            "channel": "message.channels",
            "private": "message.groups",
            "im": "message.im",
            "group": "message.mpim",
        }[self.kind]

    def add(self, message: JSON) -> JSON | None:
        """Take in `message`; gives its root when it is a reply, whose counts then changed."""
        self.messages[message["ts"]] = message
        root = self.messages.get(message.get("thread_ts", ""))
        if root is None or root is message:
            return None
        self.replies.setdefault(root["ts"], []).append(message["ts"])
        self._recount(root)
        return root

    def remove(self, ts: str) -> JSON | None:
        """Take `ts` out; gives its root when it was a reply."""
        message = self.messages.pop(ts)
        self.streams.pop(ts, None)
        root = self.messages.get(message.get("thread_ts", ""))
        if root is None:
            return None
        self.replies[root["ts"]].remove(ts)
        self._recount(root)
        return root

    def _recount(self, root: JSON) -> None:
        replies = [self.messages[ts] for ts in self.replies[root["ts"]]]
        for key in (*COUNTS, "thread_ts"):
            root.pop(key, None)
        if replies:
            users = list(dict.fromkeys(reply["user"] for reply in replies))
            root |= {
                "thread_ts": root["ts"],
                "reply_count": len(replies),
                "reply_users": users,
                "reply_users_count": len(users),
                "latest_reply": replies[-1]["ts"],
            }

    def roots(self) -> Iterator[JSON]:
        """Go through the messages that stand in the conversation itself, oldest first."""
        for message in self.messages.values():
            if message.get("thread_ts", message["ts"]) == message["ts"] or message.get("subtype") == "thread_broadcast":
                yield message

    def thread(self, root: str) -> list[JSON]:
        """List a root and its replies, oldest first; empty when there is no such message."""
        if root not in self.messages:
            return []
        return [self.messages[root], *(self.messages[ts] for ts in self.replies.get(root, ()))]

    def unread(self, user: str) -> int:
        """Count what others wrote since `user` last read here."""
        until = self.read.get(user, "")
        count = 0
        for ts, message in reversed(self.messages.items()):
            if ts <= until:
                break
            count += message["user"] != user
        return count
