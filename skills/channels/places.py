"""From the names and links that people use to a channel that the asker is in, and a thread in it."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from integrations.integration import Audience
from integrations.slack.client import Slack, permalink
from integrations.slack.models import Channel, Message
from skills.errors import RetryToolCall, ToolFailed
from skills.skill import ToolContext

# A name typed in capitals, such as GENERAL, has no digit; every id has one.
_ID = re.compile(r"(?=[A-Z]*\d)[CG][A-Z0-9]{5,}")
_DIRECT = re.compile(r"(?=[A-Z]*\d)[DUW][A-Z0-9]{5,}")
_TYPED = re.compile(r"<#([A-Z0-9]+)(?:\|[^<>]*)?>")
_TS = re.compile(r"\d{9,11}\.\d{6}")
_LINK = re.compile(r"https?://[^\s/]+/archives/([A-Z0-9]+)/p(\d{9,11})(\d{6})(?:\?(\S*))?")
_ROOT = re.compile(r"(?:^|&)thread_ts=(\d{9,11}\.\d{6})(?:&|$)")
_NO_DIRECT = "I read and write in channels only, not in direct messages. Name a channel."


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread of a channel."""

    root: Message
    link: str


async def joined(ctx: ToolContext[Slack], channel: str) -> Channel:
    """The channel that `channel` names (`#name`, name or id), asked of Slack now, when the asker is a member.

    Raises RetryToolCall when nothing is called so, ToolFailed when the asker is not in it.
    """
    found = await ctx.client.channel(await _identity(ctx, channel))
    if found.is_im or found.is_mpim:
        raise ToolFailed(_NO_DIRECT)
    if not found.is_member:
        raise _outside(found)
    return found


def heard_by(channels: Iterable[Channel]) -> Audience:
    """Who may hear what was said there: any member can join an open channel, a private one is for those in it."""
    return "asker" if any(channel.is_private for channel in channels) else "members"


async def thread_in(ctx: ToolContext[Slack], channel: Channel, thread: str) -> Thread:
    """The thread that `thread` names (a ts or a link, of its first message or of a reply).

    Raises RetryToolCall when it can be neither or leads elsewhere, ToolFailed when there is no such message.
    """
    root = await ctx.client.thread_root(channel.id, _stamp(channel, thread.strip()))
    if root is None:
        raise ToolFailed(f"There is no message {thread!r} in {channel.called}. It may have been deleted.")
    return Thread(root=root, link=permalink((await ctx.client.me()).url, channel.id, root))


async def _identity(ctx: ToolContext[Slack], channel: str) -> str:
    given = channel.strip()
    if typed := _TYPED.fullmatch(given):
        given = typed[1]
    if _ID.fullmatch(given):
        return given
    if _DIRECT.fullmatch(given) or given.startswith("@"):
        raise ToolFailed(_NO_DIRECT)
    name = given.removeprefix("#").lower()
    if not name or re.search(r"[\s<>#@/]", name):
        raise RetryToolCall(f"`channel` must be a channel's name such as `#team`, or its id, got {channel!r}.")
    own = await ctx.client.own_channels()
    if found := _called(name, own):
        return found.id
    if found := _called(name, await ctx.client.open_channels()):
        raise _outside(found)
    raise RetryToolCall(_nothing_fits(name, own))


def _called(name: str, channels: Iterable[Channel]) -> Channel | None:
    return next((channel for channel in channels if channel.name.lower() == name), None)


def _outside(channel: Channel) -> ToolFailed:
    return ToolFailed(
        f"The person is not a member of {channel.called}, so I do nothing there."
        " They can join it in Slack and ask again."
    )


def _nothing_fits(name: str, own: Iterable[Channel]) -> str:
    alike = difflib.get_close_matches(name, [channel.name for channel in own], n=5, cutoff=0.5)
    meant = f" Did they mean {' or '.join(f'#{other}' for other in alike)}?" if alike else ""
    return f"The person is in no channel called {f'#{name}'!r}.{meant} Name one of theirs, or ask which."


def _stamp(channel: Channel, thread: str) -> str:
    if _TS.fullmatch(thread):
        return thread
    if link := _LINK.fullmatch(thread):
        if link[1] != channel.id:
            raise RetryToolCall(
                f"`thread` {thread!r} leads into another channel than {channel.called}. Name both alike."
            )
        root = _ROOT.search(link[4] or "")
        return root[1] if root else f"{link[2]}.{link[3]}"
    raise RetryToolCall(f"`thread` must be a message's `ts`, such as 1795171140.000200, or its link, got {thread!r}.")


def thread_of_link(link: str) -> str | None:
    """The `ts` of the thread that a reply's link names; None for a message that is no reply."""
    found = _LINK.fullmatch(link)
    root = _ROOT.search(found[4] or "") if found else None
    return root[1] if root else None
