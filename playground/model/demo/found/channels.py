"""Messages in Slack as the tools describe them, and how they are quoted."""

import re
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from playground.model.conversation import Json
from playground.model.demo.findings import quoted
from playground.model.demo.run import Run
from playground.model.wires.wire import as_object, items, text_of

CHANNEL = r"#[\w-]+"
_LONGEST = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that somebody wrote in a channel."""

    channel: str
    """With its #; empty where the whole result is about one channel."""
    ts: str
    at: datetime | None
    by: str
    text: str
    thread: str
    """The first message of its thread; empty when it is no reply."""
    reply_to: str
    link: str
    replies: tuple["Message", ...] = ()

    @property
    def author(self) -> str:
        """Their name, without what they are."""
        return re.sub(r"\s*\([^()]*\)$", "", self.by)

    def line(self, run: Run) -> str:
        """The message as a line of a list."""
        after = f" (on “{quoted(self.reply_to, 110)}”)" if self.reply_to else ""
        opened = f" [Open]({self.link})" if self.link else ""
        return f"- {self.by}, {run.day(self.at) or 'some day'}: “{quoted(self.text, _LONGEST)}”{after}{opened}"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new for somebody in one channel."""

    channel: str
    since: datetime | None
    count: int
    asked: tuple[Message, ...]
    others: tuple[Message, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A channel or a thread that was read."""

    channel: str
    messages: tuple[Message, ...]
    titles: dict[str, str]
    """What the authors are, by name."""
    is_read_outside: bool
    """Whether guests or people of another company are seen writing or reading there."""


def messages_of(value: JsonValue) -> tuple[Message, ...]:
    return tuple(message_of(row) for row in items(value))


def message_of(row: Json) -> Message:
    return Message(
        channel=text_of(row.get("channel")),
        ts=text_of(row.get("ts")),
        at=moment_of(row.get("at")),
        by=text_of(row.get("by")) or "Somebody",
        text=text_of(row.get("text")),
        thread=text_of(row.get("thread")),
        reply_to=text_of(row.get("reply_to")),
        link=text_of(row.get("link")),
        replies=messages_of(row.get("thread_replies")),
    )


def news_of(content: Json) -> list[News]:
    """What `catch_up` found, channel by channel."""
    return [
        News(
            channel=text_of(one.get("channel")),
            since=moment_of(one.get("since")),
            count=int(count) if isinstance(count := one.get("new"), int | float) else 0,
            asked=messages_of(one.get("asks_you")),
            others=messages_of(one.get("messages")),
            note=text_of(one.get("note")),
        )
        for one in items(content.get("channels"))
    ]


def talk_of(content: Json) -> Talk:
    """What `read_channel` or `read_thread` found."""
    titles = {name: text_of(title) for name, title in as_object(content.get("people")).items()}
    outside = any(re.match(r"guest|other company", title) for title in titles.values())
    return Talk(
        channel=text_of(content.get("channel")),
        messages=messages_of(content.get("messages")),
        titles=titles,
        is_read_outside=bool(content.get("read_by_another_company")) or outside,
    )


def channel_in(text: str) -> str:
    """The channel that `text` names, with its #; empty when it names none."""
    found = re.search(CHANNEL, text)
    return found[0] if found else ""


def moment_of(value: JsonValue) -> datetime | None:
    try:
        return datetime.fromisoformat(text_of(value))
    except ValueError:
        return None
