"""Everything that exists in this Slack, and the changes that people and the bot make to it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from playground.slack import events, shapes
from playground.slack.app import JSON, SlackApp
from playground.slack.changes import Changes
from playground.slack.conversation import Conversation, Session, Stream
from playground.slack.delivery import Courier, Patience
from playground.slack.faults import Faults, shape
from playground.slack.live import Live
from playground.slack.passes import Passes
from playground.slack.people import User
from playground.slack.sign_in import SignIn
from playground.slack.socket_mode import Sockets
from playground.slack.traffic import Entry, Traffic
from playground.slack.user_tokens import UserTokens
from playground.slack.workspace import Workspace

STATUS_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long things last here, in seconds."""

    stream_idle: float = 180.0
    status: float = STATUS_SECONDS


@dataclass(slots=True, kw_only=True)
class World:
    """The state, and the one place that changes it: each change is seen by pages, sent as events, and wakes tests."""

    app: SlackApp
    clock: Callable[[], float]
    times: Times = field(default_factory=Times)
    patience: Patience = field(default_factory=Patience)
    workspaces: dict[str, Workspace] = field(default_factory=dict[str, Workspace])
    revoked: set[str] = field(default_factory=set[str])
    user_tokens: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Tokens of people who signed in: team and user id."""
    grants: UserTokens = field(default_factory=UserTokens)
    """What people let the app do in their name."""
    url: str = ""
    passes: Passes = field(default_factory=Passes)
    changes: Changes = field(default_factory=Changes)
    live: Live = field(default_factory=Live)
    faults: Faults = field(default_factory=Faults)
    traffic: Traffic = field(init=False)
    sockets: Sockets = field(init=False)
    courier: Courier = field(init=False)
    sign_in: SignIn = field(init=False)
    kept_traffic: int = 2000
    _last_ts: int = 0
    _timers: dict[tuple[str, str], asyncio.TimerHandle] = field(
        default_factory=dict[tuple[str, str], asyncio.TimerHandle]
    )

    def __post_init__(self) -> None:
        """Connect the parts to each other."""
        self.traffic = Traffic(self._traffic_told, most=self.kept_traffic)
        self.sockets = Sockets(self.app, self._sockets_changed)
        self.sign_in = SignIn(self.app)
        self.courier = Courier(self.sockets, traffic=self.traffic, faults=self.faults, patience=self.patience)
        self.faults.changed = lambda: self.live.tell("faults", lambda _: shape(self.faults))

    def next_ts(self) -> str:
        """Make the ts of something that happens now, later than every other."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def _traffic_told(self, entry: Entry) -> None:
        self.live.tell("traffic", lambda _: entry.shape())
        self.changes.tell()

    def _sockets_changed(self) -> None:
        self.live.tell("connected", lambda _: {"connected": self.is_bot_connected})
        self.changes.tell()

    @property
    def is_bot_connected(self) -> bool:
        """Whether somebody listens for events."""
        return self.courier.transport is not self.sockets or self.sockets.count > 0

    def post(
        self,
        workspace: Workspace,
        conversation: Conversation,
        author: User,
        fields: JSON,
        *,
        stream: Stream | None = None,
    ) -> JSON:
        """Add a message with `fields` (text, blocks, thread_ts, files …) and tell everybody of it."""
        ts = self.next_ts()
        message: JSON = {"type": "message", "user": author.id, "team": author.team, "ts": ts, "text": "", **fields}
        if author.kind == "bot":
            message |= {"bot_id": author.bot_id, "app_id": author.app_id, "bot_profile": _bot_profile(author)}
        thread = message.get("thread_ts")
        if thread and thread in conversation.messages:
            message["parent_user_id"] = conversation.messages[thread]["user"]
        if stream is not None:
            conversation.streams[ts] = stream
        root = conversation.add(message)
        conversation.read[author.id] = ts
        self.show(workspace, conversation, message)
        if root is not None:
            self.show(workspace, conversation, root)
        self._tell_unread(conversation, message["user"])
        self._send_message_events(workspace, conversation, message, author)
        if author.kind == "bot":
            self.set_status(conversation, thread or ts, {"status": "", "loading_messages": []})
        return message

    def _send_message_events(
        self, workspace: Workspace, conversation: Conversation, message: JSON, author: User
    ) -> None:
        if workspace.bot.id not in conversation.members:
            return
        outside = events.from_outside(workspace, author)
        self.send_event(
            workspace, events.message_event(conversation, message) | outside, conversation, conversation.subscription
        )
        if conversation.kind != "im" and f"<@{workspace.bot.id}>" in message["text"] and author is not workspace.bot:
            self.send_event(
                workspace, events.mention_event(conversation, message) | outside, conversation, "app_mention"
            )

    def change(self, workspace: Workspace, conversation: Conversation, message: JSON, fields: JSON) -> None:
        """Change a message in place and tell everybody of it."""
        previous = dict(message)
        message.update(fields)
        self.show(workspace, conversation, message)
        if workspace.bot.id in conversation.members:
            event = events.changed_event(conversation, message, previous, self.next_ts())
            self.send_event(workspace, event, conversation, conversation.subscription)

    def remove(self, workspace: Workspace, conversation: Conversation, ts: str) -> None:
        """Delete a message."""
        previous = conversation.messages[ts]
        if stream := conversation.streams.get(ts):
            stream.close()
        root = conversation.remove(ts)
        place = {"channel": conversation.id, "ts": ts, "thread_ts": previous.get("thread_ts")}
        self.live.tell("gone", lambda _: place, to=conversation.members)
        if root is not None:
            self.show(workspace, conversation, root)
        if workspace.bot.id in conversation.members:
            event = events.deleted_event(conversation, previous, self.next_ts())
            self.send_event(workspace, event, conversation, conversation.subscription)
        self.changes.tell()

    def whisper(self, workspace: Workspace, conversation: Conversation, user: str, fields: JSON) -> JSON:
        """Show an ephemeral message to one person."""
        bot = workspace.bot
        message: JSON = {
            "type": "message",
            "user": bot.id,
            "bot_id": bot.bot_id,
            "team": bot.team,
            "ts": self.next_ts(),
            "text": "",
            "is_ephemeral": True,
            **fields,
        }
        conversation.whispers.setdefault(user, {})[message["ts"]] = message
        self.show_whisper(workspace, conversation, user, message)
        return message

    def show_whisper(self, workspace: Workspace, conversation: Conversation, user: str, message: JSON) -> None:
        """Let the pages of `user` draw an ephemeral message."""
        self.live.tell(
            "ephemeral",
            lambda viewer: shapes.message_event(workspace, conversation, message, viewer, is_ephemeral=True),
            to=(user,),
        )
        self.changes.tell()

    def show(self, workspace: Workspace, conversation: Conversation, message: JSON) -> None:
        """Let every page that sees a message draw it as it now is."""
        self.live.tell(
            "message",
            lambda viewer: shapes.message_event(workspace, conversation, message, viewer),
            to=conversation.members,
        )
        self.changes.tell()

    def _tell_unread(self, conversation: Conversation, author: str) -> None:
        others = [member for member in conversation.members if member != author]
        self.live.tell(
            "unread", lambda viewer: {"channel": conversation.id, "unread": conversation.unread(viewer)}, to=others
        )

    def set_status(self, conversation: Conversation, thread: str, status: JSON) -> None:
        """Show what the bot is doing in a thread; an empty status clears."""
        key = (conversation.id, thread)
        if timer := self._timers.pop(key, None):
            timer.cancel()
        known = conversation.statuses.pop(thread, None)
        if status["status"]:
            conversation.statuses[thread] = status
            loop = asyncio.get_running_loop()
            empty: JSON = {"status": "", "loading_messages": []}
            self._timers[key] = loop.call_later(self.times.status, self.set_status, conversation, thread, empty)
        elif known is None:
            return
        place = {"channel": conversation.id, "thread_ts": thread}
        self.live.tell("status", lambda _: place | status, to=conversation.members)
        self.changes.tell()

    def later(self, key: tuple[str, str], seconds: float, act: Callable[[], None]) -> None:
        """Let something happen by itself after a while, unless this Slack ends before."""
        self._timers[key] = asyncio.get_running_loop().call_later(seconds, act)

    def set_session(self, conversation: Conversation, thread: str, session: Session) -> None:
        """Set how an agent's session in a thread stands."""
        conversation.sessions[thread] = session
        self.live.tell("session", lambda _: shapes.session(conversation, thread), to=conversation.members)
        self.changes.tell()

    def watch_stream(self, workspace: Workspace, conversation: Conversation, ts: str) -> None:
        """Let a stream end by itself when nothing is appended for long enough."""
        stream = conversation.streams[ts]
        if stream.expiry is not None:
            stream.expiry.cancel()
        loop = asyncio.get_running_loop()
        stream.expiry = loop.call_later(self.times.stream_idle, self.end_stream, workspace, conversation, ts)

    def end_stream(self, workspace: Workspace, conversation: Conversation, ts: str) -> None:
        """End a stream without a word from the bot."""
        conversation.streams[ts].close()
        self.show(workspace, conversation, conversation.messages[ts])

    def show_modal(self, workspace: Workspace, user: str, change: str, errors: JSON | None = None) -> None:
        """Tell a person's pages which modal is on top now."""
        data = {"change": change, "view": workspace.modal(user), "errors": errors or {}}
        self.live.tell("modal", lambda _: data, to=(user,))
        self.changes.tell()

    def show_home(self, workspace: Workspace, user: str) -> None:
        """Tell a person's pages what their Home tab shows now."""
        view = workspace.homes[user]
        self.live.tell("home", lambda _: {"view": view}, to=(user,))
        self.changes.tell()

    def notice(self, user: str, text: str) -> None:
        """Show a calm line to one person."""
        self.live.tell("notice", lambda _: {"text": text}, to=(user,))

    def send_event(
        self, workspace: Workspace, event: JSON, conversation: Conversation | None, subscription: str
    ) -> None:
        """Send an event to the bot when it subscribed to it."""
        if subscription not in self.app.events or workspace.bot_token in self.revoked:
            return
        is_shared = conversation is not None and bool(conversation.shared_with)
        body = events.callback(self.app, workspace, event, at=self.clock(), is_shared=is_shared)
        self.courier.send_event(events.name_of(body), body, at=self.clock())

    def stop(self) -> None:
        """Cancel every timer."""
        for timer in self._timers.values():
            timer.cancel()
        for workspace in self.workspaces.values():
            for stream in _streams(workspace.conversations.values()):
                stream.close()


def _streams(conversations: Iterable[Conversation]) -> list[Stream]:
    return [stream for conversation in conversations for stream in conversation.streams.values()]


def _bot_profile(bot: User) -> JSON:
    return {
        "id": bot.bot_id,
        "app_id": bot.app_id,
        "user_id": bot.id,
        "name": bot.name,
        "deleted": False,
        "team_id": bot.team,
    }
