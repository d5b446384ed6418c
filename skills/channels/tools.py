"""What can be done in Slack's channels, as a member of them."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import Field, JsonValue

from integrations.slack.client import Slack
from integrations.slack.models import Channel, Found, Match, Message
from integrations.slack.mrkdwn import from_markdown
from skills.channels import habits, records, taken_back
from skills.channels.missed import Missed, missed_in
from skills.channels.places import heard_by, joined, thread_in, thread_of_link
from skills.channels.readers import Readers, members_of, readers_of
from skills.channels.shown import NOISE, Reader, excerpt, fitting, header, reader_of, told, zone_of
from skills.described import Described
from skills.errors import RetryToolCall
from skills.record import Record
from skills.skill import Result, Says, ToolContext, Version, tool
from skills.verbs import POST, REPLY, SEND

MAX_FOUND = 20
MAX_POST = 12_000
"""Characters of a message; Slack's cards and people's patience end there too."""
MAX_CHANNELS = 30
"""Channels that are caught up with at once: Slack allows 50 such calls a minute."""
MAX_OPENED = 10
"""Threads whose replies come along when a channel is read."""
MAX_REPLIES = 20

Limit = Annotated[int, Field(ge=1, le=200)]
_MAIL = {"mail", "email", "e-mail"}
"""Words of `SEND` that ask for something else than a message in Slack."""


@tool("read", says=Says(doing="Searching Slack"), targets=("channel",), kinds={"channel": "channel"})
async def search_messages(
    ctx: ToolContext[Slack], words: str, channel: str | None = None, since: date | None = None
) -> Result:
    """Search the messages in the channels that the person is a member of, newest first, at most 20.

    Each hit has its channel, author, time, text and link; a hit in a thread names the thread, for `read_thread`.

    Args:
        words: All of these words; `"in quotes"` as they stand, `from:@handle` for one author.
        channel: Only in this one, as `#name` or id. Leave out for all of theirs.
        since: Only from this day on.
    """
    if not words.strip() and channel is None:
        raise RetryToolCall("`words` must say what to search for.")
    place = await joined(ctx, channel) if channel else None
    parts = [words.strip(), f"in:#{place.name}" if place else "", f"after:{since - timedelta(days=1)}" if since else ""]
    found = await ctx.client.search(" ".join(part for part in parts if part), limit=MAX_FOUND)
    own = {place.id} if place else {one.id for one in await ctx.client.own_channels()}
    hits = [hit for hit in found.matches if hit.channel.id in own]
    content, shown = await _hits(ctx, found, hits)
    return Result(
        content=content,
        said=f"Found {_counted(len(hits), 'message')} in Slack",
        audience=heard_by(hit.channel for hit in hits),
        records=shown,
    )


@tool(
    "read",
    says=Says(doing="Reading {channel}"),
    targets=("channel",),
    remembers=habits.READING,
    kinds={"channel": "channel"},
)
async def read_channel(ctx: ToolContext[Slack], channel: str, since: date | None = None, limit: Limit = 50) -> Result:
    """Read the newest messages of a channel that the person is a member of, oldest first.

    The threads that were busy last come with their replies, in `thread_replies`; the others say how many they have.

    Args:
        channel: As `#name` or id.
        since: Only from this day on, in the person's time zone.
        limit: At most so many messages, not counting replies.
    """
    place = await joined(ctx, channel)
    page, members = await asyncio.gather(
        ctx.client.history(place.id, oldest=_morning(ctx, since), limit=limit), members_of(ctx, place)
    )
    roots = [root for root in reversed(page.messages) if root.subtype not in NOISE]
    threads = await _opened(ctx, place, roots)
    every = [*roots, *(reply for replies in threads.values() for reply in replies)]
    reader = await reader_of(ctx, every)
    shown = [_with_replies(reader, place, root, threads.get(root.ts, ())) for root in roots]
    kept, dropped = fitting(shown)
    seen = _seen(every, kept)
    content: dict[str, JsonValue] = {**header(place), "messages": kept, "people": reader.titles(seen)}
    older = page.has_more or bool(dropped)
    note = f"Only the newest {len(kept)} are shown. `since` and `limit` reach others." if older else ""
    link = await _address(ctx, place)
    return Result(
        content=_noted(content, note),
        link=link,
        said=f"Read {place.called} in Slack",
        audience=heard_by([place]),
        records=_all_of(reader, place, link, seen, members),
    )


@tool(
    "read",
    says=Says(doing="Reading a thread in {channel}"),
    targets=("channel", "thread"),
    kinds={"channel": "channel", "thread": "message"},
)
async def read_thread(ctx: ToolContext[Slack], channel: str, thread: str) -> Result:
    """Read a thread, in a channel that the person is a member of, from its first message on.

    Args:
        channel: As `#name` or id.
        thread: The `ts` or the link of its first message, or of a reply in it.
    """
    place = await joined(ctx, channel)
    found = await thread_in(ctx, place, thread)
    messages, members = await asyncio.gather(ctx.client.thread(place.id, found.root.ts), members_of(ctx, place))
    reader = await reader_of(ctx, messages)
    root, *replies = (reader.message(message, place.id) for message in messages)
    kept, dropped = fitting(replies)
    seen = _seen(messages, [root, *kept])
    content: dict[str, JsonValue] = {**header(place), "messages": [root, *kept], "people": reader.titles(seen)}
    note = f"{_counted(dropped, 'reply', 'replies')} after the first message left out." if dropped else ""
    return Result(
        content=_noted(content, note),
        link=found.link,
        said=f"Read a thread in {place.called} in Slack",
        audience=heard_by([place]),
        records=_all_of(reader, place, await _address(ctx, place), seen, members),
    )


@tool("read", says=Says(doing="Reading what is new in Slack"), targets=("channel",), kinds={"channel": "channel"})
async def catch_up(ctx: ToolContext[Slack], channel: str | None = None, since: date | None = None) -> Result:
    """Read what the person missed: what others wrote after they last read, with the threads they take part in.

    In each channel `asks_you` stands first: the messages that name the person. Channels that ask something come first.

    Args:
        channel: Only this one, as `#name` or id. Leave out for all that they are a member of.
        since: From this day on, in the person's time zone. Leave out to begin where they stopped reading.
    """
    places, left_out = ([await joined(ctx, channel)], 0) if channel else await _own(ctx)
    start = _morning(ctx, since)
    every = await asyncio.gather(*(missed_in(ctx, place, start) for place in places))
    news = sorted((one for one in every if one.every or one.elsewhere), key=lambda one: -len(one.asked))
    messages = [message for one in news for message in (*one.every, *one.roots.values())]
    reader = await reader_of(ctx, messages)
    quiet: list[JsonValue] = [one.channel.called for one in every if one not in news]
    shown = [_news(reader, one, room=len(news)) for one in news]
    seen = [(one.channel, _seen_in(one, part)) for one, part in zip(news, shown, strict=True)]
    content: dict[str, JsonValue] = {
        "channels": list[JsonValue](shown),
        "nothing_new_in": quiet,
        "people": reader.titles(message for _, messages in seen for message in messages),
    }
    note = f"{_counted(left_out, 'channel')} of theirs were left out. Name one in `channel`." if left_out else ""
    link = await _address(ctx, places[0]) if channel else None
    return Result(
        content=_noted(content, note),
        link=link,
        said=f"Read what was new in {places[0].called}" if channel else f"Read {_counted(len(places), 'channel')}",
        audience=heard_by(places),
        records=tuple(
            record
            for place, messages in seen
            for record in records.of_messages(reader, place, messages, records.place(place))
        ),
    )


async def _post_in_full(
    ctx: ToolContext[Slack], *, channel: str, text: str, thread: str | None = None, **_: object
) -> dict[str, Any]:
    _check_text(text)
    place = await joined(ctx, channel)
    # Who reads is no argument of the post: it is shown, and whether it changed is the version's to tell.
    readers = Described("", await readers_of(ctx, place))
    return {"channel": place.called, "text": text, "thread": await _named(ctx, place, thread), "readers": readers}


async def _named(ctx: ToolContext[Slack], place: Channel, thread: str | None) -> Described | None:
    """A thread's link, spoken of by who began it, when and with which words."""
    if not thread:
        return None
    found = await thread_in(ctx, place, thread)
    reader = await reader_of(ctx, [found.root])
    began = f"{reader.author(found.root)}, {reader.at(found.root.ts)}"
    return Described(found.link, f"{began}: {excerpt(' '.join(reader.words(found.root.text).split()), 150)}")


async def _audience(
    ctx: ToolContext[Slack], channel: str, text: str, thread: str | None = None, **_: object
) -> Version:
    """Which channel the name stands for, and who would read it."""
    del text, thread
    place = await joined(ctx, channel)
    said = await readers_of(ctx, place)
    return Version(fingerprint=f"{place.id} {said}", said=f"{place.called}: {said}")


@tool(
    "write",
    says=Says(
        doing="Posting in {channel}",
        ask="Post this message in Slack?",
        done="Message posted",
        refused="Not posted",
        labels=(("Channel", "{channel}"), ("Thread", "{thread}"), ("Readers", "{readers}")),
        text="Text, exactly as it will be posted",
        always="post messages in {channel}",
        undo="Delete the message?",
        undone="Message deleted",
        kept="People who were notified keep the notification.",
    ),
    targets=("channel", "thread"),
    payload=("text",),
    remembers=habits.POSTING,
    egress=True,
    settle=_post_in_full,
    version=_audience,
    asked_as=POST | REPLY | (SEND - _MAIL),
    kinds={"channel": "channel", "thread": "message"},
    seen_by=("slack:{channel}",),
    always=("channel",),
    undo=taken_back.post,
)
async def post_message(
    ctx: ToolContext[Slack], channel: str, text: str, thread: str | None = None, readers: Readers = ""
) -> Result:
    """Post a message, in the person's name, in a channel that they are a member of.

    Args:
        channel: As `#name` or id.
        text: The text in Markdown, exactly as it will be posted. Nobody is notified by a name; to mention somebody,
            write their id as `<@U0123456>`. `@channel` and `@here` do not work.
        thread: To reply in a thread: the `ts` or link of its first message. Leave out to post for everybody to see.
        readers: Leave out: the card says who reads there, as Slack knows it.
    """
    del readers
    _check_text(text)
    place = await joined(ctx, channel)
    root = (await thread_in(ctx, place, thread)).root if thread else None
    posted = await ctx.client.post(place.id, from_markdown(text), thread=root.ts if root else None)
    link = await ctx.client.link(place.id, Message(ts=posted.ts, thread_ts=root.ts if root else None))
    content: dict[str, JsonValue] = {"channel": place.called, "ts": posted.ts, "link": link}
    return Result(
        content=content,
        untrusted=False,
        link=link,
        said=f"Posted in {place.called}",
        audience=heard_by([place]),
        records=(records.of_posted(link, text, records.place(place)),),
        undo={"channel": place.id, "ts": posted.ts, "thread": root.ts if root else ""},
    )


async def _hits(
    ctx: ToolContext[Slack], found: Found, hits: Sequence[Match]
) -> tuple[dict[str, JsonValue], tuple[Record, ...]]:
    messages = [
        Message(ts=hit.ts, text=hit.text, user=hit.user, username=hit.username, thread_ts=thread_of_link(hit.permalink))
        for hit in hits
    ]
    reader = await reader_of(ctx, messages)
    rows: list[JsonValue] = [
        {
            "channel": hit.channel.called,
            **reader.message(message, hit.channel.id),
            "text": excerpt(reader.words(message.text), 600),
            "link": hit.permalink,
        }
        for hit, message in zip(hits, messages, strict=True)
    ]
    content: dict[str, JsonValue] = {"messages": rows, "people": reader.titles(messages)}
    notes: list[str] = []
    if found.total > len(found.matches):
        notes.append(f"Only the newest {len(found.matches)} of {found.total} hits were read. Add words or `since`.")
    if elsewhere := len(found.matches) - len(hits):
        what = _counted(elsewhere, "more hit")
        notes.append(f"{what} left out: in direct messages, or in channels that the person has not joined.")
    return _noted(content, " ".join(notes)), records.of_hits(reader, hits, messages)


def _all_of(
    reader: Reader, place: Channel, link: str, messages: Sequence[Message], members: frozenset[str]
) -> tuple[Record, ...]:
    """A channel and what was read in it."""
    readers = records.seeing(place, members, reader.people)
    return (records.of_channel(place, link, readers), *records.of_messages(reader, place, messages, readers))


def _seen(messages: Sequence[Message], rows: Sequence[JsonValue]) -> list[Message]:
    """Those of `messages` that the model reads in `rows`, by themselves or as replies in a row."""
    alone = {str(row["ts"]) for row in rows if isinstance(row, dict)}
    opened = {str(row["ts"]) for row in rows if isinstance(row, dict) and "thread_replies" in row}
    return [message for message in messages if message.ts in alone or message.thread_ts in opened]


def _seen_in(missed: Missed, content: dict[str, JsonValue]) -> list[Message]:
    """What the model reads of the news in one channel, with the first messages that the new ones reply to."""
    new = _seen(missed.every, [*_rows(content, "asks_you"), *_rows(content, "messages")])
    roots = [missed.roots[one.thread_ts] for one in new if one.thread_ts in missed.roots]
    return list({message.ts: message for message in (*new, *roots)}.values())


async def _opened(ctx: ToolContext[Slack], place: Channel, roots: Sequence[Message]) -> dict[str, list[Message]]:
    """The last replies of the threads that were busy last, by the `ts` of their first message."""
    busy = sorted((root for root in roots if root.reply_count), key=lambda root: root.latest_reply or "")[-MAX_OPENED:]
    threads = await asyncio.gather(*(ctx.client.thread(place.id, root.ts) for root in busy))
    return {
        root.ts: [message for message in thread if message.ts != root.ts][-MAX_REPLIES:]
        for root, thread in zip(busy, threads, strict=True)
    }


def _with_replies(reader: Reader, place: Channel, root: Message, replies: Sequence[Message]) -> dict[str, JsonValue]:
    shown = reader.message(root, place.id)
    if replies:
        shown["thread_replies"] = [
            {"at": reader.at(reply.ts), "by": reader.author(reply), "text": reader.words(reply.text)}
            for reply in replies
        ]
    return shown


def _news(reader: Reader, missed: Missed, *, room: int) -> dict[str, JsonValue]:
    """One channel's news; in several channels each gets its share of what fits."""
    asked, others = ([_new(reader, missed, one) for one in some] for some in (missed.asked, missed.others))
    most = max(10, 120 // room)
    kept, dropped = fitting(others[-most:])
    content: dict[str, JsonValue] = {
        "channel": missed.channel.called,
        "id": missed.channel.id,
        "since": told(missed.since, reader.zone),
        "new": len(missed.every),
        "asks_you": list[JsonValue](asked),
        "messages": kept,
    }
    notes: list[str] = []
    if cut := dropped + len(others) - len(others[-most:]):
        notes.append(f"{_counted(cut, 'older message')} left out: `read_channel` has them.")
    if missed.elsewhere:
        notes.append(f"{_counted(missed.elsewhere, 'reply', 'replies')} in threads that they take no part in.")
    if missed.is_cut:
        notes.append("There is more than was read here.")
    return _noted(content, " ".join(notes))


def _rows(content: dict[str, JsonValue], name: str) -> list[JsonValue]:
    rows = content[name]
    return rows if isinstance(rows, list) else []


def _new(reader: Reader, missed: Missed, message: Message) -> dict[str, JsonValue]:
    shown = reader.message(message, missed.channel.id)
    root = missed.roots.get(message.thread_ts or "")
    if root is not None and not message.is_root:
        shown["reply_to"] = f"{reader.author(root)}: {excerpt(reader.words(root.text), 120)}"
    return shown


async def _own(ctx: ToolContext[Slack]) -> tuple[list[Channel], int]:
    """The person's channels, each asked of Slack now, and how many are too many."""
    own = await ctx.client.own_channels()
    found = await asyncio.gather(*(ctx.client.channel(one.id) for one in own[:MAX_CHANNELS]))
    return [one for one in found if one.is_member], max(0, len(own) - MAX_CHANNELS)


async def _address(ctx: ToolContext[Slack], place: Channel) -> str:
    return f"{(await ctx.client.me()).url}archives/{place.id}"


def _morning(ctx: ToolContext[Slack], day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone_of(ctx.asker.zone))


def _check_text(text: str) -> None:
    if not text.strip():
        raise RetryToolCall("`text` must not be empty: say in it what is to be posted.")
    if len(text) > MAX_POST:
        raise RetryToolCall(f"`text` may have {MAX_POST:,} characters, got {len(text):,}. Say it shorter.")


def _noted(content: dict[str, JsonValue], note: str) -> dict[str, JsonValue]:
    return {**content, "note": note} if note else content


def _counted(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or f'{one}s'}"
