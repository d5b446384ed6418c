"""Clicking, typing commands and filling in modals: what Slack sends once and never again."""

from collections.abc import Mapping
from typing import Any

from playground.slack import interactions
from playground.slack.acts import Acts
from playground.slack.app import JSON
from playground.slack.conversation import Conversation
from playground.slack.delivery import Outcome
from playground.slack.forms import fill, state_of, wrong_fields
from playground.slack.interactions import Scene
from playground.slack.looks import Who
from playground.slack.methods.views import new_view, put_on_top
from playground.slack.passes import RESPONSE_SECONDS, ResponseUrl
from playground.slack.people import User
from playground.slack.text import typed
from playground.slack.workspace import Workspace


class Clicks(Acts):
    """The verbs that wait for the bot's ack and give what came with it."""

    async def click(
        self, who: Who, target: str, action_id: str, *, chosen: JSON | None = None, state: JSON | None = None
    ) -> Outcome:
        """Click an element of a message (by ts) or view (by id, `"modal"` or `"home"`).

        `chosen` is what was picked where there is a choice: `{"selected_option": …}`, or feedback's `{"value": …}`.
        """
        workspace, user = self.workspace_of(who), self.user(who)
        view = self.view(workspace, user, target)
        if view is not None:
            block, element = _element(view["blocks"], action_id)
            action = interactions.clicked(element, block, ts=self.world.next_ts(), chosen=chosen)
            return await self.act_in_view(workspace, user, view, action, state=state)
        conversation, message, is_ephemeral = self.message(workspace, user, target)
        block, element = _element([*message.get("blocks", ()), *_stream_blocks(conversation, target)], action_id)
        action = interactions.clicked(element, block, ts=self.world.next_ts(), chosen=chosen)
        return await self.act_in_message(
            workspace, user, conversation, message, action, state=state, is_ephemeral=is_ephemeral
        )

    async def act_in_message(
        self,
        workspace: Workspace,
        user: User,
        conversation: Conversation,
        message: JSON,
        action: JSON,
        *,
        state: JSON | None = None,
        is_ephemeral: bool = False,
    ) -> Outcome:
        """Send a click in a message to the bot."""
        response = self._response(workspace, user, conversation, message, is_ephemeral=is_ephemeral)
        payload = interactions.message_action(
            self._scene(workspace, user, response),
            conversation,
            message,
            {"action_ts": self.world.next_ts(), **action},
            state=state or {"values": {}},
            is_ephemeral=is_ephemeral,
        )
        return await self._interact("interactive", "block_actions", payload, user)

    async def act_in_view(
        self, workspace: Workspace, user: User, view: JSON, action: JSON, *, state: JSON | None = None
    ) -> Outcome:
        """Send a click in a modal or on the Home tab to the bot."""
        if state is not None:
            view["state"] = state
        payload = interactions.view_action(
            self._scene(workspace, user), view, {"action_ts": self.world.next_ts(), **action}
        )
        return await self._interact("interactive", "block_actions", payload, user)

    async def command(self, who: Who, name: str, text: str = "", *, where: str = "dm") -> Outcome:
        """Type a slash command. What the ack says is shown to the person."""
        workspace, conversation = self.place(where, who)
        user = self.user(who)
        if name not in {command.command for command in self.world.app.commands}:
            raise KeyError(f"{name} is not a valid command.")
        response = self._response(workspace, user, conversation)
        written = typed(workspace, text)[0]
        payload = interactions.command(self._scene(workspace, user, response), conversation, name, written)
        outcome = await self._interact("slash_commands", name, payload, user)
        if outcome.body.get("text") or outcome.body.get("blocks"):
            self._answer(workspace, conversation, user, outcome.body)
        return outcome

    async def shortcut(self, who: Who, callback_id: str, *, where: str = "", ts: str = "") -> Outcome:
        """Use a global shortcut, or a message shortcut when `where` and `ts` name a message."""
        workspace, user = self.workspace_of(who), self.user(who)
        if not ts:
            payload = interactions.shortcut(self._scene(workspace, user), callback_id, ts=self.world.next_ts())
            return await self._interact("interactive", "shortcut", payload, user)
        _, conversation = self.place(where, who)
        message = conversation.messages[ts]
        response = self._response(workspace, user, conversation, message)
        payload = interactions.message_shortcut(
            self._scene(workspace, user, response), callback_id, conversation, message, ts=self.world.next_ts()
        )
        return await self._interact("interactive", "message_action", payload, user)

    async def suggest(self, who: Who, target: str, *, block_id: str, action_id: str, value: str) -> JSON:
        """Ask for the options of an external select while typing `value`."""
        workspace, user = self.workspace_of(who), self.user(who)
        view = self.view(workspace, user, target)
        if view is not None:
            place: JSON = {"view": view, "container": {"type": "view", "view_id": view["id"]}}
        else:
            conversation, message, _ = self.message(workspace, user, target)
            place = {"channel": {"id": conversation.id, "name": conversation.name}, "message": message}
        payload = interactions.suggestion(
            self._scene(workspace, user), block_id=block_id, action_id=action_id, value=value, place=place
        )
        return (await self._interact("interactive", "block_suggestion", payload, user)).body

    async def submit(self, who: Who, values: Mapping[str, Any] | None = None, *, state: JSON | None = None) -> Outcome:
        """Submit the modal on top. `values`: block or action ids to what was entered; `state`: Slack's form of it.

        The outcome's body holds `errors` when a field was refused, by Slack itself or by the bot.
        """
        workspace, user = self.workspace_of(who), self.user(who)
        view = workspace.modal(user.id)
        if view is None:
            raise KeyError(f"{user.handle} has no modal open.")
        view["state"] = state or state_of(view, fill(view, values or {}))
        if errors := wrong_fields(view):
            self.world.show_modal(workspace, user.id, "update", errors)
            return Outcome(is_acked=False, body={"response_action": "errors", "errors": errors}, reason="not_sent")
        payload = interactions.submission(self._scene(workspace, user), view)
        outcome = await self._interact("interactive", "view_submission", payload, user)
        if outcome.is_acked:
            self._apply(workspace, user, view, outcome.body)
        return outcome

    def _apply(self, workspace: Workspace, user: User, view: JSON, answer: JSON) -> None:
        stack = workspace.modals.get(user.id, [])
        change = answer.get("response_action", "close")
        match change:
            case "errors":
                self.world.show_modal(workspace, user.id, "update", answer["errors"])
                return
            case "clear":
                stack.clear()
            case "update":
                workspace.views[view["id"]] = new_view(workspace, answer["view"], known=view)
            case "push":
                put_on_top(workspace, user.id, new_view(workspace, answer["view"]))
            case _:
                if view["id"] in stack:
                    stack.remove(view["id"])
        self.world.show_modal(workspace, user.id, change)

    async def close_modal(self, who: Who) -> None:
        """Close the modal on top; the bot hears of it when it asked to."""
        workspace, user = self.workspace_of(who), self.user(who)
        stack = workspace.modals.get(user.id, [])
        if not stack:
            return
        view = workspace.views[stack.pop()]
        if view["clear_on_close"]:
            stack.clear()
        self.world.show_modal(workspace, user.id, "close")
        if view["notify_on_close"]:
            payload = interactions.closing(self._scene(workspace, user), view)
            await self._interact("interactive", "view_closed", payload, user)

    def _scene(self, workspace: Workspace, user: User, response: ResponseUrl | None = None) -> Scene:
        return Scene(
            app=self.world.app,
            workspace=workspace,
            user=user,
            trigger=self.world.passes.trigger(workspace.id, user.id, now=self.world.clock()),
            response_url=self.world.passes.response_url(self.world.url, response) if response else "",
        )

    def _response(
        self,
        workspace: Workspace,
        user: User,
        conversation: Conversation,
        message: JSON | None = None,
        *,
        is_ephemeral: bool = False,
    ) -> ResponseUrl:
        return ResponseUrl(
            team=workspace.id,
            user=user.id,
            channel=conversation.id,
            message_ts=message["ts"] if message else "",
            until=self.world.clock() + RESPONSE_SECONDS,
            is_ephemeral=is_ephemeral,
            thread_ts=message.get("thread_ts", "") if message else "",
        )

    async def _interact(self, kind: str, name: str, payload: JSON, user: User) -> Outcome:
        outcome = await self.world.courier.interact(kind, name, payload, at=self.world.clock())
        if not outcome.is_acked:
            self.world.notice(user.id, f"{self.world.app.name} did not answer in time. Nothing was sent again.")
        return outcome

    def _answer(self, workspace: Workspace, conversation: Conversation, user: User, body: JSON) -> None:
        fields = {key: body[key] for key in ("text", "blocks") if key in body}
        if body.get("response_type") == "in_channel":
            self.world.post(workspace, conversation, workspace.bot, fields)
        else:
            self.world.whisper(workspace, conversation, user.id, fields)


def _element(blocks: list[JSON], action_id: str) -> tuple[str, JSON]:
    found = interactions.find_element(blocks, action_id)
    if found is None:
        raise KeyError(f"Nothing there is called {action_id!r}; there are {interactions.action_ids(blocks)}.")
    return found


def _stream_blocks(conversation: Conversation, ts: str) -> list[JSON]:
    stream = conversation.streams.get(ts)
    return [block for part in stream.parts if part["type"] == "blocks" for block in part["blocks"]] if stream else []
