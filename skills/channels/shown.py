"""What the model is shown of messages: short JSON with names in place of ids, and a word about what was left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import JsonValue

from integrations.slack.client import Slack, permalink
from integrations.slack.models import Channel, Me, Message, User, moment
from integrations.slack.mrkdwn import mentioned_channels, mentioned_people, readable
from skills.skill import ToolContext

MAX_TEXT = 2_000
"""Characters of one message."""
MAX_TOPIC = 300
MAX_TALK = 30_000
"""Characters of all messages together."""
NOISE = {"channel_join", "channel_leave", "group_join", "group_leave", "channel_archive", "channel_unarchive"}
"""Subtypes of what Slack itself writes into a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What it takes to read messages as the asker would."""

    me: Me
    people: Mapping[str, User]
    channels: Mapping[str, str]
    zone: ZoneInfo

    def at(self, ts: str) -> str:
        """When something was written, on the asker's clock."""
        return told(moment(ts), self.zone)

    def words(self, text: str) -> str:
        names = {user.id: user.called for user in self.people.values()} | dict(self.channels)
        return excerpt(readable(text, names), MAX_TEXT)

    def author(self, message: Message) -> str:
        user = self.people.get(message.user or "")
        name = user.called if user else message.username or message.user or "an app"
        if user and (standing := user.standing(self.me.team_id)) != "member":
            return f"{name} ({standing})"
        return f"{name} (through an app)" if user and message.bot_id else name

    def message(self, message: Message, channel: str) -> dict[str, JsonValue]:
        """One message."""
        shown: dict[str, JsonValue] = {
            "ts": message.ts,
            "at": self.at(message.ts),
            "by": self.author(message),
            "text": self.words(message.text),
        }
        if not message.is_root:
            shown["thread"] = message.thread_ts
        if message.reply_count:
            shown["replies"] = message.reply_count
        if message.latest_reply:
            shown["last_reply"] = self.at(message.latest_reply)
        if message.reactions:
            shown["reactions"] = ", ".join(f"{reaction.name} {reaction.count}" for reaction in message.reactions)
        if message.files:
            shown["files"] = [file.name or file.title or "a file" for file in message.files]
        return {**shown, "link": self.link(message, channel)}

    def link(self, message: Message, channel: str) -> str:
        """A message's address."""
        return permalink(self.me.url, channel, message)

    def titles(self, messages: Iterable[Message]) -> dict[str, JsonValue]:
        """Who the authors are: their titles, or that they are no members."""
        found: dict[str, JsonValue] = {}
        for user_id in dict.fromkeys(message.user for message in messages):
            if (user := self.people.get(user_id or "")) is None:
                continue
            standing = user.standing(self.me.team_id)
            said = ", ".join(part for part in (standing * (standing != "member"), user.profile.title) if part)
            if said:
                # People choose both: what stands under `link` is taken for an address of Slack's.
                found[user.called if user.called.casefold() != "link" else f"{user.called} ({user.id})"] = said
        return found


async def reader_of(ctx: ToolContext[Slack], messages: Sequence[Message]) -> Reader:
    """Looks up everybody and every channel that `messages` name."""
    people = [message.user for message in messages if message.user]
    people += [user for message in messages for user in mentioned_people(message.text)]
    places = {channel for message in messages for channel in mentioned_channels(message.text)}
    channels = {channel.id: channel.name for channel in await ctx.client.own_channels()} if places else {}
    return Reader(
        me=await ctx.client.me(), people=await ctx.client.users(people), channels=channels, zone=zone_of(ctx.asker.zone)
    )


def header(channel: Channel) -> dict[str, JsonValue]:
    """Which channel it is."""
    shown: dict[str, JsonValue] = {"channel": channel.called, "id": channel.id}
    if channel.topic.value:
        shown["topic"] = excerpt(readable(channel.topic.value, {}), MAX_TOPIC)
    if channel.num_members is not None:
        shown["members"] = channel.num_members
    if channel.is_private:
        shown["private"] = True
    if channel.is_ext_shared:
        shown["read_by_another_company"] = True
    return shown


def fitting(shown: Sequence[dict[str, JsonValue]]) -> tuple[list[JsonValue], int]:
    """The newest of `shown` (oldest first) that are not too much text, and how many older ones are left out."""
    kept: list[JsonValue] = []
    room = MAX_TALK
    for message in reversed(shown):
        room -= len(str(message.get("text", ""))) + 100
        if room < 0:
            break
        kept.insert(0, message)
    return kept, len(shown) - len(kept)


def excerpt(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit].rstrip()} … ({len(text):,} characters)"


def told(at: datetime, zone: ZoneInfo) -> str:
    """A moment in ISO 8601 with its zone, to the minute."""
    return at.astimezone(zone).isoformat(timespec="minutes")


def zone_of(name: str) -> ZoneInfo:
    """The zone called `name`; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
