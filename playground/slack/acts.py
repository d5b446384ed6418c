"""What people do in this Slack, as verbs that read like a story: say, edit, open, press stop."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from playground.clips import Voice
from playground.slack import shapes
from playground.slack.app import JSON
from playground.slack.events import from_outside
from playground.slack.forwards import share
from playground.slack.looks import Looks, Who
from playground.slack.text import typed
from playground.slack.uploads import as_clip, new_file, posted, put
from playground.slack.workspace import StoredFile, Workspace

ToAttach: TypeAlias = JSON | tuple[str, bytes | str]
"""What `upload` or `record` gave, or a name and what is in the file."""


class Acts(Looks):
    """The verbs that post and open; `where` as in Looks."""

    async def say(
        self,
        who: Who,
        where: str,
        text: str,
        *,
        thread: str | None = None,
        files: Sequence[ToAttach] = (),
        voice: str | Voice = "",
    ) -> str:
        """Post a message as a person and give its ts. Mentions are typed: `@Pinyon`, `<@bot>`, `@jamal`, `#mobile`.

        `voice` is an audio clip that goes with it, or what one says.
        """
        workspace, conversation = self.place(where, who)
        written, blocks = typed(workspace, text)
        fields: JSON = {"text": written, "client_msg_id": f"m-{self.world.next_ts()}"}
        if blocks:
            fields["blocks"] = blocks
        if thread:
            fields["thread_ts"] = conversation.messages[thread].get("thread_ts", thread)
        attached = [self._attached(who, file) for file in files]
        if voice:
            attached.append(self._attached(who, self.record(who, voice)))
        if attached:
            shared = put(self.world, workspace, conversation, attached)
            fields |= {"subtype": "file_share", "files": shared, "upload": False}
        message = self.world.post(workspace, conversation, self.user(who), fields)
        posted(self.world, workspace, conversation, message, attached)
        return message["ts"]

    def _attached(self, who: Who, file: ToAttach) -> StoredFile:
        info = self.upload(who, *file) if isinstance(file, tuple) else file
        return self.workspace_of(who).files[info["id"]]

    async def forward(self, who: Who, source: str, ts: str, words: str = "", *, where: str = "dm") -> str:
        """Pass the message `ts` of `source` on as a person, with their own words or none; gives the new one's ts."""
        workspace, conversation = self.place(where, who)
        origin = self.place(source, who)[1]
        message = origin.messages[ts]
        written, blocks = typed(workspace, words)
        carried = [workspace.files[file["id"]] for file in message.get("files", ())]
        put(self.world, workspace, conversation, carried)
        attachment = share(self.world.url, origin, message, workspace.users[message["user"]])
        fields: JSON = {
            "text": written,
            "client_msg_id": f"m-{self.world.next_ts()}",
            "attachments": [attachment],
            **({"blocks": blocks} if blocks else {}),
        }
        return self.world.post(workspace, conversation, self.user(who), fields)["ts"]

    async def edit(self, who: Who, where: str, ts: str, text: str) -> None:
        """Change one's own message."""
        workspace, conversation = self.place(where, who)
        written, blocks = typed(workspace, text)
        edited = {"user": self.user(who).id, "ts": self.world.next_ts()}
        fields = {"text": written, "blocks": blocks, "edited": edited}
        self.world.change(workspace, conversation, conversation.messages[ts], fields)

    async def delete(self, who: Who, where: str, ts: str) -> None:
        """Delete one's own message."""
        workspace, conversation = self.place(where, who)
        self.world.remove(workspace, conversation, ts)

    def upload(self, who: Who, name: str, content: bytes | str) -> JSON:
        """Upload a file, to be said with `say(…, files=[…])`."""
        raw = content.encode() if isinstance(content, str) else content
        workspace = self.workspace_of(who)
        stored = new_file(
            workspace, self.world.url, name=name, user=self.user(who).id, size=len(raw), at=self.world.clock()
        )
        stored.content = raw
        return stored.info

    def record(self, who: Who, voice: str | Voice) -> JSON:
        """Record an audio clip, to be said with `say(…, files=[…])`."""
        spoken = Voice(says=voice) if isinstance(voice, str) else voice
        info = self.upload(who, spoken.name, spoken.sound)
        as_clip(self.workspace_of(who).files[info["id"]], spoken)
        return info

    async def press_stop(self, who: Who, where: str, thread: str) -> None:
        """Press the stop button of a thread. Slack ends its open streams first, then tells the bot."""
        workspace, conversation = self.place(where, who)
        thread = conversation.messages[thread].get("thread_ts", thread)
        ended = [
            ts
            for ts, stream in conversation.streams.items()
            if stream.is_open and conversation.messages[ts].get("thread_ts") == thread
        ]
        for ts in ended:
            self.world.end_stream(workspace, conversation, ts)
        event: JSON = {
            "type": "agent_session_stopped",
            "channel": conversation.id,
            "thread_ts": thread,
            "user": self.user(who).id,
            "streaming_message_ts": ended,
            "event_ts": self.world.next_ts(),
        }
        self.world.send_event(workspace, event, conversation, "agent_session_stopped")

    async def open_home(self, who: Who, tab: str = "home") -> None:
        """Open one of the app's tabs: `home` or `messages`."""
        workspace, conversation = self.place("dm", who)
        event: JSON = {
            "type": "app_home_opened",
            "user": self.user(who).id,
            "channel": conversation.id,
            "tab": tab,
            "event_ts": self.world.next_ts(),
        }
        if tab == "home" and (view := workspace.homes.get(self.user(who).id)):
            event["view"] = view
        self.world.send_event(
            workspace, event | from_outside(workspace, self.user(who)), conversation, "app_home_opened"
        )

    def mark_read(self, who: Who, where: str) -> None:
        """Read a conversation to its end."""
        _, conversation = self.place(where, who)
        user = self.user(who).id
        conversation.read[user] = next(reversed(conversation.messages), "")
        place = {"channel": conversation.id, "unread": 0}
        self.world.live.tell("unread", lambda _: place, to=(user,))

    async def invite(self, who: Who, where: str) -> None:
        """Take somebody into a channel; `"bot"` is the bot, which then hears what is said there."""
        workspace, conversation = self.place(where)
        user = workspace.bot if who == "bot" else self.user(who)
        if user.id not in conversation.members:
            conversation.members.append(user.id)
        self.world.live.tell(
            "channel",
            lambda viewer: {"channel": shapes.channel(workspace, conversation, viewer)},
            to=conversation.members,
        )

    async def change_user(self, who: Who, **fields: Any) -> None:
        """Change somebody (`deleted=True`, `kind="guest"`, `name=…`) and tell the bot."""
        workspace, user = self.workspace_of(who), self.user(who)
        for name, value in fields.items():
            setattr(user, name, value)
        event = {"type": "user_change", "user": user.info(), "event_ts": self.world.next_ts()}
        self.world.send_event(workspace, event, None, "user_change")

    async def uninstall(self, workspace: Workspace | None = None) -> None:
        """Take the app out of a workspace: its token ends, and the bot is told."""
        workspace = workspace or next(iter(self.world.workspaces.values()))
        tokens = {"oauth": [], "bot": [workspace.bot.id]}
        self.world.send_event(workspace, {"type": "tokens_revoked", "tokens": tokens}, None, "tokens_revoked")
        self.world.send_event(workspace, {"type": "app_uninstalled"}, None, "app_uninstalled")
        self.world.revoked.add(workspace.bot_token)
