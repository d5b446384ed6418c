"""What the gate is told of messages and channels: whose words they are, and who can read them already."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from integrations.slack.models import Channel, Match, Message, User
from skills.channels.shown import Reader
from skills.record import Record


def place(channel: Channel) -> frozenset[str]:
    """Whoever can read in `channel`, by its id and by the name that the tools take."""
    return frozenset({f"slack:{channel.id}".lower(), f"slack:{channel.called}".lower()})


def seeing(channel: Channel, members: Collection[str], people: Mapping[str, User]) -> frozenset[str]:
    """The channel, and those of `people` who are in it now."""
    known = [user for user in people.values() if user.id in members]
    return place(channel) | {user.known_as for user in known} | {f"slack:{user.id}".lower() for user in known}


def of_channel(channel: Channel, link: str, readers: frozenset[str]) -> Record:
    """A channel with its topic, which any member may write."""
    return Record(
        kind="channel",
        id=channel.called,
        name=channel.name,
        keys=tuple(filter(None, (channel.called, channel.id, link))),
        readers=readers,
        text=channel.topic.value,
    )


def of_messages(
    reader: Reader, channel: Channel, messages: Iterable[Message], readers: frozenset[str]
) -> tuple[Record, ...]:
    """One record for each message; its address names it for the tools, and no other name does."""
    return tuple(_of(reader, message, reader.link(message, channel.id), readers) for message in messages)


def of_hits(reader: Reader, hits: Sequence[Match], messages: Sequence[Message]) -> tuple[Record, ...]:
    """What a search found."""
    return tuple(
        _of(reader, message, hit.permalink, place(hit.channel)) for hit, message in zip(hits, messages, strict=True)
    )


def of_posted(link: str, text: str, readers: frozenset[str]) -> Record:
    """A message that was just posted for the person."""
    return Record(kind="message", id=link, keys=(link,), readers=readers, text=text, ours=True)


def _about(reader: Reader, message: Message) -> list[str]:
    """Who wrote it, with their title: people choose both."""
    return [reader.author(message), *(str(title) for title in reader.titles([message]).values())]


def _of(reader: Reader, message: Message, link: str, readers: frozenset[str]) -> Record:
    files = [text for file in message.files for text in (file.name, file.title) if text]
    # What an app posts in somebody's name need not be their words.
    author = reader.people.get(message.user or "") if not message.bot_id else None
    return Record(
        kind="message",
        id=link,
        keys=(link,),
        author=author.known_as if author else "",
        readers=readers,
        text="\n".join([*_about(reader, message), reader.words(message.text), *files]),
        ours=message.user == reader.me.user_id and not message.bot_id,
    )
