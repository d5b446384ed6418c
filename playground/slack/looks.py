"""Finding and watching what there is in this Slack: conversations, messages, modals, calls."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from playground.slack.app import JSON
from playground.slack.conversation import Conversation, Session
from playground.slack.people import User
from playground.slack.text import readable
from playground.slack.traffic import Entry
from playground.slack.workspace import Workspace
from playground.slack.world import World

Found = TypeVar("Found")
Who = str | User
"""A handle or id of the first workspace, or a user of any."""


class Looks:
    """What can be seen. `where`: `"dm"` (the person's own with the bot), `"dm:handle"`, `"#name"` or a channel id."""

    def __init__(self, world: World) -> None:
        self.world = world

    def workspace_of(self, who: Who) -> Workspace:
        """Give the workspace in which somebody acts."""
        if isinstance(who, User):
            return next(w for w in self.world.workspaces.values() if who.id in w.users)
        return next(iter(self.world.workspaces.values()))

    def people(self) -> list[User]:
        """List whom one can act as: everybody of the first workspace who is no bot and still there."""
        users = next(iter(self.world.workspaces.values())).users.values()
        return [user for user in users if user.kind != "bot" and not user.deleted]

    def person(self, handle: str) -> User:
        """Find whom a page acts as; the first person when it names nobody."""
        people = self.people()
        return next((user for user in people if user.handle == handle), people[0])

    def user(self, who: Who) -> User:
        """Find a person."""
        return who if isinstance(who, User) else self.workspace_of(who).user(who)

    def place(self, where: str, who: Who = "") -> tuple[Workspace, Conversation]:
        """Find a conversation; KeyError when there is none."""
        if where.startswith("dm:"):
            where, who = "dm", where.removeprefix("dm:")
        if where == "dm":
            workspace = self.workspace_of(who)
            return workspace, workspace.dm(self.user(who))
        for workspace in [self.workspace_of(who), *self.world.workspaces.values()]:
            if found := workspace.channel(where):
                return workspace, found
        raise KeyError(f"There is no conversation {where!r}.")

    def dm(self, who: Who) -> str:
        """Give the id of somebody's direct message with the bot."""
        return self.place("dm", who)[1].id

    def view(self, workspace: Workspace, user: User, target: str) -> JSON | None:
        """Find a view by id, `"modal"` or `"home"`; None when `target` is none of these."""
        match target:
            case "modal":
                return workspace.modal(user.id)
            case "home":
                return workspace.homes[user.id]
            case _:
                return workspace.views.get(target)

    def message(self, workspace: Workspace, user: User, ts: str) -> tuple[Conversation, JSON, bool]:
        """Find a message that somebody sees, with its conversation and whether only they see it."""
        for conversation in workspace.conversations.values():
            if ts in conversation.messages:
                return conversation, conversation.messages[ts], False
            if ts in conversation.whispers.get(user.id, {}):
                return conversation, conversation.whispers[user.id][ts], True
        raise KeyError(f"There is no message {ts!r}.")

    def messages(self, where: str, thread: str | None = None) -> list[JSON]:
        """List the roots of a conversation, or a thread with its root, oldest first."""
        _, conversation = self.place(where)
        return conversation.thread(thread) if thread else list(conversation.roots())

    def replies(self, where: str, thread: str) -> list[JSON]:
        """List what the bot wrote in a thread and is done writing."""
        workspace, conversation = self.place(where)
        return [
            message
            for message in conversation.thread(thread)[1:]
            if message["user"] == workspace.bot.id and not self.is_streaming(where, message["ts"])
        ]

    def is_streaming(self, where: str, ts: str) -> bool:
        """Say whether a message still grows."""
        stream = self.place(where)[1].streams.get(ts)
        return stream is not None and stream.is_open

    def text(self, where: str, ts: str) -> str:
        """Give everything a person reads in a message."""
        _, conversation = self.place(where)
        return readable(conversation.messages[ts], conversation.streams.get(ts))

    def whispers(self, who: Who, where: str = "dm") -> list[JSON]:
        """List the ephemeral messages that somebody sees."""
        _, conversation = self.place(where, who)
        return list(conversation.whispers.get(self.user(who).id, {}).values())

    def session(self, where: str, thread: str) -> Session | None:
        """Give the agent's session in a thread."""
        return self.place(where)[1].sessions.get(thread)

    def status(self, where: str, thread: str) -> str:
        """Give what the bot says it is doing in a thread; empty when nothing."""
        return self.place(where)[1].statuses.get(thread, {}).get("status", "")

    @property
    def calls(self) -> list[Entry]:
        """Every call of the bot that is still remembered, oldest first."""
        return [entry for entry in self.world.traffic.entries if entry.way == "in"]

    def calls_of(self, *names: str) -> list[Entry]:
        """List the bot's calls of some methods, oldest first."""
        return [entry for entry in self.calls if entry.name in names]

    def modal(self, who: Who) -> JSON | None:
        """Give the modal that somebody sees now."""
        return self.workspace_of(who).modal(self.user(who).id)

    def home(self, who: Who) -> JSON | None:
        """Give somebody's Home tab."""
        return self.workspace_of(who).homes.get(self.user(who).id)

    async def until(self, seen: Callable[[], Found], timeout: float = 5.0) -> Found:  # noqa: ASYNC109  tests give their patience in words
        """Wait until `seen()` is truthy and give that. It is asked again after each change, without polling."""
        return await self.world.changes.until(seen, seconds=timeout, instead=self._latest)

    def _latest(self) -> list[str]:
        latest = list(self.world.traffic.entries)[-12:]
        return [f"{entry.way} {entry.name} {entry.status} {entry.error or entry.note}" for entry in latest]

    async def answer(self, where: str, thread: str, *, count: int = 1, timeout: float = 5.0) -> JSON:  # noqa: ASYNC109  tests give their patience in words
        """Wait for the bot's `count`-th finished message in a thread and give it."""
        return (await self.until(lambda: self.replies(where, thread)[count - 1 :], timeout))[0]

    async def connected(self, sockets: int = 1, timeout: float = 10.0) -> None:  # noqa: ASYNC109  tests give their patience in words
        """Wait until the bot holds so many sockets."""
        await self.until(lambda: self.world.sockets.count >= sockets, timeout)

    async def settled(self) -> None:
        """Wait until every event was acked or given up."""
        await asyncio.sleep(0)
        await self.world.courier.settled()
