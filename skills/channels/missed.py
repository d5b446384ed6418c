"""What somebody missed in one channel: what came after they last read there, and what they are asked."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.slack.client import Slack
from integrations.slack.models import Channel, Message, moment
from integrations.slack.mrkdwn import mentioned_people
from skills.channels.shown import NOISE
from skills.skill import ToolContext

BACK = timedelta(days=14)
"""How old the start of a thread may be, for its new replies to be found."""
NEVER_READ = timedelta(days=7)
MAX_MESSAGES = 200
MAX_THREADS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What is new in one channel; everything oldest first."""

    channel: Channel
    since: datetime
    asked: tuple[Message, ...]
    """Those that name the person."""
    others: tuple[Message, ...]
    roots: dict[str, Message]
    """The first messages of the threads, by `ts`."""
    elsewhere: int
    """New replies in older threads that the person has no part in."""
    is_cut: bool

    @property
    def every(self) -> tuple[Message, ...]:
        return self.asked + self.others


async def missed_in(ctx: ToolContext[Slack], channel: Channel, since: datetime | None) -> Missed:
    """What others wrote in `channel` after `since`, or after the person's last read position."""
    me = (await ctx.client.me()).user_id
    start = since or _last_read(channel, ctx.now)
    page = await ctx.client.history(channel.id, oldest=start - BACK, limit=MAX_MESSAGES)
    roots = {root.ts: root for root in reversed(page.messages) if root.subtype not in NOISE}
    going_on = [root for root in roots.values() if root.latest_reply and moment(root.latest_reply) > start]
    # The newest first: when there are too many threads, the older ones are left out.
    read = sorted(going_on, key=lambda root: root.latest_reply or "", reverse=True)[:MAX_THREADS]
    threads = await asyncio.gather(*(ctx.client.thread(channel.id, root.ts) for root in read))
    new = [root for root in roots.values() if root.at > start]
    elsewhere = 0
    for root, thread in zip(read, threads, strict=True):
        replies = [message for message in thread if message.ts != root.ts]
        fresh = [reply for reply in replies if reply.at > start]
        if root.at > start or takes_part(me, [root, *replies]):
            new += fresh
        else:
            elsewhere += sum(reply.user != me for reply in fresh)
    wanted = sorted((message for message in new if message.user != me), key=lambda message: message.ts)
    return Missed(
        channel=channel,
        since=start,
        asked=tuple(message for message in wanted if me in mentioned_people(message.text)),
        others=tuple(message for message in wanted if me not in mentioned_people(message.text)),
        roots=roots,
        elsewhere=elsewhere,
        is_cut=(page.has_more and bool(page.messages) and page.messages[-1].at > start) or len(going_on) > MAX_THREADS,
    )


def takes_part(me: str, thread: Iterable[Message]) -> bool:
    """Whether somebody wrote in a thread or is named there."""
    return any(message.user == me or me in mentioned_people(message.text) for message in thread)


def _last_read(channel: Channel, now: datetime) -> datetime:
    if channel.last_read and float(channel.last_read) > 0:
        return moment(channel.last_read)
    return now - NEVER_READ
