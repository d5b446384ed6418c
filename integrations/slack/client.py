"""Slack as one person sees it: channels and people read, and the few things that are changed there."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from pydantic import SecretStr, TypeAdapter

from integrations.blocking import PATIENCE, Patience
from integrations.errors import NotFound, PermissionMissing, Refused
from integrations.integration import Account, Destination
from integrations.slack.calls import Calls, Method
from integrations.slack.models import (
    Channel,
    ChannelPage,
    Cursor,
    FieldKind,
    Found,
    Group,
    Groups,
    Me,
    MemberPage,
    Message,
    Messages,
    OneChannel,
    OneProfile,
    OneTeamProfile,
    OneUser,
    Posted,
    Profile,
    SearchPage,
    User,
    UserPage,
    stamp,
)


class Paged(Protocol):
    """A page of a list."""

    @property
    def response_metadata(self) -> Cursor | None: ...


T = TypeVar("T")
P = TypeVar("P", bound=Paged)

PAGE = 200
MAX_CHANNELS = 1_000
MAX_USERS = 2_000
MAX_THREAD = 1_000
_KINDS = "public_channel,private_channel"

_ME = TypeAdapter(Me)
_CHANNEL = TypeAdapter(OneChannel)
_CHANNELS = TypeAdapter(ChannelPage)
_MESSAGES = TypeAdapter(Messages)
_MEMBERS = TypeAdapter(MemberPage)
_USER = TypeAdapter(OneUser)
_USERS = TypeAdapter(UserPage)
_PROFILE = TypeAdapter(OneProfile)
_TEAM_PROFILE = TypeAdapter(OneTeamProfile)
_GROUPS = TypeAdapter(Groups)
_SEARCH = TypeAdapter(SearchPage)
_POSTED = TypeAdapter(Posted)


class Slack:
    """A client signed in as one person; cheap to build, connects with its first call.

    Every method raises the errors of `integrations.errors`: NotFound for what this person cannot see, Refused for
    what Slack's rules forbid, PermissionMissing for what they did not allow, ServiceUnavailable, AccessRevoked, and
    OutcomeUnknown after a write whose answer was lost. Reads are tried twice, writes never. Channels, people and
    groups are named by id.
    """

    def __init__(self, access: SecretStr, to: Destination, *, patience: Patience = PATIENCE) -> None:
        self._calls = Calls(access, to.api_url, patience=patience)
        self._me: Me | None = None
        self._known: dict[str, User] = {}
        self._everybody: tuple[User, ...] | None = None

    async def whoami(self) -> Account:
        """Whose account this is: `team:user`, the same id under which Slack knows whoever writes to us."""
        me = await self.me()
        try:
            email = (await self.user(me.user_id)).profile.email or None
        except (NotFound, PermissionMissing, Refused):
            email = None
        return Account(id=f"{me.team_id}:{me.user_id}", name=f"{me.user} in {me.team}", email=email)

    async def me(self) -> Me:
        """Who this is, and in which workspace."""
        if self._me is None:
            self._me = await self._calls.read(lambda web: web.auth_test(), _ME)
        return self._me

    async def search(self, query: str, *, limit: int = 20) -> Found:
        """The messages that fit `query`, in Slack's own syntax, newest first."""
        page = await self._calls.read(
            lambda web: web.search_messages(query=query, count=limit, sort="timestamp", sort_dir="desc"), _SEARCH
        )
        return page.messages

    async def own_channels(self) -> tuple[Channel, ...]:
        """The channels that this person is a member of, private ones included; at most 1,000."""
        return await self._every(
            lambda at: lambda web: web.users_conversations(types=_KINDS, exclude_archived=True, limit=PAGE, cursor=at),
            _CHANNELS,
            lambda page: page.channels,
            most=MAX_CHANNELS,
        )

    async def open_channels(self) -> tuple[Channel, ...]:
        """The channels that this person can see, joined or not; at most 1,000."""
        return await self._every(
            lambda at: lambda web: web.conversations_list(types=_KINDS, exclude_archived=True, limit=PAGE, cursor=at),
            _CHANNELS,
            lambda page: page.channels,
            most=MAX_CHANNELS,
        )

    async def channel(self, channel: str) -> Channel:
        """One channel as it stands for this person: whether they are in it, and until where they read."""
        answer = await self._calls.read(
            lambda web: web.conversations_info(channel=channel, include_num_members=True), _CHANNEL
        )
        return answer.channel

    async def history(self, channel: str, *, oldest: datetime | None = None, limit: int = 50) -> Messages:
        """The newest messages after `oldest`, newest first, at most `limit`, without the replies in threads."""
        since = None if oldest is None else stamp(oldest)
        return await self._calls.read(
            lambda web: web.conversations_history(channel=channel, oldest=since, limit=limit), _MESSAGES
        )

    async def thread(self, channel: str, root: str) -> tuple[Message, ...]:
        """A thread from its first message on, at most 1,000 messages."""
        return await self._every(
            lambda at: lambda web: web.conversations_replies(channel=channel, ts=root, limit=PAGE, cursor=at),
            _MESSAGES,
            lambda page: page.messages,
            most=MAX_THREAD,
        )

    async def thread_root(self, channel: str, ts: str) -> Message | None:
        """The first message of the thread that `ts` is in; None when there is no such message."""
        found = await self._message(channel, ts)
        if found is None or found.is_root or found.thread_ts is None:
            return found
        # Asked for a reply, Slack gives that alone.
        return await self._message(channel, found.thread_ts)

    async def members(self, channel: str) -> tuple[str, ...]:
        """Who is in a channel; at most 2,000."""
        return await self._every(
            lambda at: lambda web: web.conversations_members(channel=channel, limit=PAGE, cursor=at),
            _MEMBERS,
            lambda page: page.members,
            most=MAX_USERS,
        )

    async def user(self, user: str) -> User:
        """One person or app."""
        if user not in self._known:
            self._known[user] = (await self._calls.read(lambda web: web.users_info(user=user), _USER)).user
        return self._known[user]

    async def users(self, ids: Iterable[str]) -> dict[str, User]:
        """Those of `ids` that can be seen."""

        async def found(user: str) -> User | None:
            try:
                return await self.user(user)
            except (NotFound, Refused):
                return None

        every = await asyncio.gather(*(found(user) for user in dict.fromkeys(ids)))
        return {user.id: user for user in every if user is not None}

    async def everybody(self) -> tuple[User, ...]:
        """Everybody in the workspace who is still there, apps included; at most 2,000."""
        if self._everybody is not None:
            return self._everybody
        found = await self._every(
            lambda at: lambda web: web.users_list(limit=PAGE, cursor=at),
            _USERS,
            lambda page: page.members,
            most=MAX_USERS,
        )
        self._known.update({user.id: user for user in found})
        self._everybody = tuple(user for user in found if not user.deleted)
        return self._everybody

    async def by_address(self, email: str) -> User:
        """Who has this e-mail address. Raises NotFound."""
        return (await self._calls.read(lambda web: web.users_lookupByEmail(email=email), _USER)).user

    async def profile(self, user: str) -> Profile:
        """What somebody says of themselves, with the workspace's own fields."""
        return (await self._calls.read(lambda web: web.users_profile_get(user=user), _PROFILE)).profile

    async def profile_fields(self) -> tuple[FieldKind, ...]:
        """The fields that the workspace adds to every profile."""
        return (await self._calls.read(lambda web: web.team_profile_get(), _TEAM_PROFILE)).profile.fields

    async def groups(self) -> tuple[Group, ...]:
        """The workspace's user groups with their members' ids."""
        answer = await self._calls.read(
            lambda web: web.usergroups_list(include_users=True, include_disabled=False), _GROUPS
        )
        return answer.usergroups

    async def post(self, channel: str, text: str, *, thread: str | None = None) -> Posted:
        """Post mrkdwn as this person, into the thread that begins with `thread` or else for everybody to see."""
        return await self._calls.write(
            lambda web: web.chat_postMessage(
                channel=channel,
                text=text,
                thread_ts=thread,
                # No preview of a link is fetched, and no name becomes a mention by itself.
                unfurl_links=False,
                unfurl_media=False,
                parse="none",
                link_names=False,
            ),
            _POSTED,
        )

    async def open_direct(self, user: str) -> str:
        """The channel of the direct messages between this person and `user`; it is opened where there is none."""
        return (await self._calls.write(lambda web: web.conversations_open(users=user), _CHANNEL)).channel.id

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message that this person posted."""
        await self._calls.write(lambda web: web.chat_delete(channel=channel, ts=ts), _POSTED)

    async def set_status(self, text: str, *, emoji: str, until: datetime | None) -> Profile:
        """Set this person's own status; with nothing at all it is cleared."""
        status: dict[str, Any] = {
            "status_text": text,
            "status_emoji": emoji,
            "status_expiration": 0 if until is None else int(until.timestamp()),
        }
        return (await self._calls.write(lambda web: web.users_profile_set(profile=status), _PROFILE)).profile

    async def link(self, channel: str, message: Message) -> str:
        """A message's address (https://slack.com/help/articles/203274767), made without a call for each."""
        return permalink((await self.me()).url, channel, message)

    async def _message(self, channel: str, ts: str) -> Message | None:
        try:
            page = await self._calls.read(
                lambda web: web.conversations_replies(channel=channel, ts=ts, limit=1), _MESSAGES
            )
        except NotFound:
            return None
        return page.messages[0] if page.messages else None

    async def _every(
        self,
        method: Callable[[str | None], Method],
        kind: TypeAdapter[P],
        entries: Callable[[P], tuple[T, ...]],
        *,
        most: int,
    ) -> tuple[T, ...]:
        """The entries of page after page, until there are `most`."""
        found: tuple[T, ...] = ()
        cursor: str | None = None
        while len(found) < most:
            page = await self._calls.read(method(cursor), kind)
            found += entries(page)
            if not (cursor := page.response_metadata.next_cursor if page.response_metadata else None):
                break
        return found


def permalink(url: str, channel: str, message: Message) -> str:
    """The address of `message` in the workspace at `url`; a reply's leads into its thread."""
    link = f"{url}archives/{channel}/p{message.ts.replace('.', '')}"
    return link if message.is_root else f"{link}?thread_ts={message.thread_ts}&cid={channel}"
