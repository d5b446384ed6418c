"""One workspace: its people, conversations, views and files."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from playground.clips import Voice
from playground.slack.app import JSON, SlackApp
from playground.slack.conversation import Conversation
from playground.slack.people import User


@dataclass(slots=True)
class StoredFile:
    """Slack's file object, and its bytes once they are there."""

    info: JSON
    content: bytes | None = None
    voice: Voice | None = None
    """What it says, when it is an audio clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGroup:
    """People who can be mentioned together."""

    id: str
    handle: str
    name: str
    description: str
    users: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Workspace:
    """A team that has the app installed."""

    id: str
    name: str
    domain: str
    bot_token: str
    bot: User
    users: dict[str, User] = field(default_factory=dict[str, User])
    conversations: dict[str, Conversation] = field(default_factory=dict[str, Conversation])
    groups: dict[str, UserGroup] = field(default_factory=dict[str, UserGroup])
    files: dict[str, StoredFile] = field(default_factory=dict[str, StoredFile])
    views: dict[str, JSON] = field(default_factory=dict[str, JSON])
    modals: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Each person's stack of open modals, by view id, top last."""
    homes: dict[str, JSON] = field(default_factory=dict[str, JSON])
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _by_handle: dict[str, User] = field(default_factory=dict[str, User])
    _dms: dict[str, Conversation] = field(default_factory=dict[str, Conversation])

    def add_user(self, user: User) -> User:
        """Take in somebody new."""
        self.users[user.id] = user
        self._by_handle[user.handle] = user
        return user

    def user(self, who: str) -> User:
        """Find somebody by handle or id; KeyError with what is known when there is nobody."""
        found = self._by_handle.get(who) or self.users.get(who)
        if found is None:
            raise KeyError(f"Nobody in {self.name} is called {who!r}; there are {sorted(self._by_handle)[:20]}.")
        return found

    def find_user(self, handle: str) -> User | None:
        """Find somebody by handle, however it is written."""
        return self._by_handle.get(handle.lower())

    def dm(self, user: User) -> Conversation:
        """Open the direct message between `user` and the bot."""
        found = self._dms.get(user.id)
        if found is None:
            found = Conversation(id=f"D{user.id[1:]}", name="directmessage", kind="im", members=[user.id, self.bot.id])
            self._dms[user.id] = self.conversations[found.id] = found
        return found

    def channel(self, name: str) -> Conversation | None:
        """Find a conversation by id, or a channel by name."""
        wanted = name.removeprefix("#")
        return self.conversations.get(name) or next(
            (c for c in self.conversations.values() if c.name == wanted and c.kind in ("channel", "private")), None
        )

    def modal(self, user: str) -> JSON | None:
        """Give the modal that a person sees now."""
        stack = self.modals.get(user)
        return self.views[stack[-1]] if stack else None

    def next_id(self, letter: str) -> str:
        """Make an id such as `V00000012`."""
        return f"{letter}{next(self._ids):08d}"

    def others(self, conversation: Conversation, user: str) -> list[User]:
        """List everybody in a conversation but `user`."""
        return [self.users[member] for member in conversation.members if member != user]


def empty_workspace(app: SlackApp, *, team: str, name: str, bot_token: str, people: Iterable[User] = ()) -> Workspace:
    """Make a workspace with its bot and `people`, and nothing said yet. The bot's ids differ in every workspace."""
    suffix = team.removeprefix("T0")
    first = bot_token == app.bot_token
    bot = User(
        id=app.bot_user if first else f"U0B{suffix}",
        team=team,
        handle=app.name.lower(),
        name=app.name,
        kind="bot",
        bot_id=app.bot_id if first else f"B0{suffix}",
        app_id=app.app_id,
    )
    workspace = Workspace(id=team, name=name, domain=name.lower().replace(" ", "-"), bot_token=bot_token, bot=bot)
    workspace.add_user(bot)
    for person in people:
        workspace.add_user(person)
    return workspace
