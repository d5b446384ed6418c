"""What Slack says, as far as it is read here: its own names and its own nulls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

MAX_NAME = 80
"""Characters; Slack takes no longer ones."""
Standing = Literal["member", "guest", "other company", "app"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who the access acts as, and where."""

    user_id: str
    team_id: str
    user: str
    team: str
    url: str
    """The workspace's address, with a slash at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    real_name: str = ""
    display_name: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    pronouns: str = ""
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0
    fields: Mapping[str, FieldValue] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: str
    team_id: str = ""
    name: str = ""
    """The handle."""
    real_name: str = ""
    deleted: bool = False
    tz: str | None = None
    profile: Profile = Profile()
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False

    @property
    def called(self) -> str:
        """Their full name, or the best there is, on one line: people choose it themselves."""
        name = self.real_name or self.profile.real_name or self.profile.display_name or self.name
        return " ".join(name.split())[:MAX_NAME] or self.id

    @property
    def known_as(self) -> str:
        """Who they are beyond Slack, in lower case: the e-mail address, or `slack:` and the id where it is not told."""
        return self.profile.email.lower() or f"slack:{self.id}".lower()

    def standing(self, team: str) -> Standing:
        """What they are to the workspace `team`."""
        if self.is_bot:
            return "app"
        if self.is_stranger or (self.team_id and self.team_id != team):
            return "other company"
        return "guest" if self.is_restricted or self.is_ultra_restricted else "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A topic or a purpose."""

    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    id: str
    name: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_ext_shared: bool = False
    is_member: bool = False
    last_read: str | None = None
    num_members: int | None = None
    topic: Words = Words()
    purpose: Words = Words()

    @property
    def called(self) -> str:
        return f"#{self.name}" if self.name else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    name: str
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    name: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """That somebody changed a message after it was posted."""

    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    ts: str
    text: str = ""
    user: str | None = None
    bot_id: str | None = None
    username: str | None = None
    subtype: str | None = None
    thread_ts: str | None = None
    reply_count: int = 0
    reply_users: tuple[str, ...] = ()
    latest_reply: str | None = None
    reactions: tuple[Reaction, ...] = ()
    files: tuple[File, ...] = ()
    edited: Edited | None = None

    @property
    def at(self) -> datetime:
        return moment(self.ts)

    @property
    def is_root(self) -> bool:
        return self.thread_ts in (None, self.ts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    next_cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """A page of a channel (newest first) or of a thread (oldest first)."""

    messages: tuple[Message, ...]
    has_more: bool = False
    response_metadata: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPage:
    channels: tuple[Channel, ...]
    response_metadata: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPage:
    members: tuple[str, ...]
    response_metadata: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPage:
    members: tuple[User, ...]
    response_metadata: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneChannel:
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class OneUser:
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class OneProfile:
    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKind:
    """One of the fields that a workspace adds to every profile."""

    id: str
    label: str
    type: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamProfile:
    fields: tuple[FieldKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTeamProfile:
    profile: TeamProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    id: str
    handle: str = ""
    name: str = ""
    description: str = ""
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    usergroups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A message that the search found."""

    ts: str
    channel: Channel
    permalink: str
    text: str = ""
    user: str | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    total: int = 0
    matches: tuple[Match, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    messages: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    channel: str
    ts: str


def moment(ts: str) -> datetime:
    """When a message was written: its `ts` is seconds since 1970."""
    return datetime.fromtimestamp(float(ts), UTC)


def stamp(at: datetime) -> str:
    """The `ts` of a moment."""
    return f"{at.timestamp():.6f}"
