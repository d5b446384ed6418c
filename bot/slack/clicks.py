"""Buttons, menus and dialogs: who clicked what, stored at once, drawn afterwards."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.background import Background
from bot.messages import ApprovalCard, IncomingMessage
from bot.pending import Decision, Decisions, Word
from bot.slack.api import Failed, reason
from bot.slack.blocks import Message
from bot.slack.cards import approval_modal, decided_already, not_yours, out_of_date, payload_modal, thanks, try_again
from bot.slack.commands import Commands
from bot.slack.onboarding import onboarding
from bot.slack.surface import SlackSurface
from bot.slack.welcome import Welcome
from memory.ids import ConversationId, PendingId, PersonId, TurnId, WorkspaceId, person_id

log = structlog.get_logger()

Ack = Callable[..., Awaitable[None]]
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One click, as Slack reports it."""

    person: PersonId
    workspace: WorkspaceId
    action: str
    value: str
    channel: str
    message_ts: str
    thread: str | None
    trigger: str


def read_click(body: Body) -> Click:
    """The first action of a `block_actions` payload."""
    action = body["actions"][0]
    container: Body = body.get("container") or {}
    chosen: Body = action.get("selected_option") or {}
    channel: Body = body.get("channel") or {}
    message: Body = body.get("message") or {}
    workspace = WorkspaceId(body["team"]["id"])
    return Click(
        person=person_id(workspace, body["user"]["id"]),
        workspace=workspace,
        action=action["action_id"],
        value=str(action.get("value") or chosen.get("value") or ""),
        channel=str(channel.get("id") or container.get("channel_id") or ""),
        message_ts=str(container.get("message_ts") or ""),
        thread=message.get("thread_ts") or container.get("thread_ts"),
        trigger=str(body.get("trigger_id") or ""),
    )


class Clicks:
    """Where every click arrives."""

    def __init__(
        self,
        surface: SlackSurface,
        decisions: Decisions,
        commands: Commands,
        welcome: Welcome,
        *,
        background: Background,
        enqueue: Callable[[IncomingMessage], Awaitable[bool]],
        retry: Callable[[TurnId, str], Awaitable[bool]],
        wake: Callable[[], None],
        feedback: Callable[[TurnId, PersonId, str], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        self._surface = surface
        self._decisions = decisions
        self._commands = commands
        self._welcome = welcome
        self._background = background
        self._enqueue = enqueue
        self._retry = retry
        self._wake = wake
        self._feedback = feedback
        self._now = now

    async def run(self, ack: Ack, body: Body) -> None:
        """Act on one click. Slack never repeats it, so it is stored before Slack is answered."""
        click = read_click(body)
        noun, _, verb = click.action.partition(".")
        verb = verb.partition(":")[0]
        match noun, verb:
            case "approval", "approve":
                await self._decide(click, click.value, "approved")
            case "approval", "deny":
                await self._decide(click, click.value, "denied")
            case "connect", "skip":
                await self._decide(click, click.value, "skipped")
            case "item", "menu":
                pending, _, word = click.value.rpartition(":")
                await self._decide(click, pending, "approved" if word == "approve" else "denied")
            case "approval", "show":
                await self._show(click)
            case "denied", "reason":
                pending, _, why = click.value.rpartition(":")
                await self._reason(click, PendingId(pending), why)
            case _, "again":
                await self._again(click)
            case "error", "retry":
                await self._retry(TurnId(click.value), click.person)
                self._wake()
            case (("start" | "win"), _) if words := onboarding().message_of(click.value.rpartition(":")[2]):
                self._background.run(self._begin(click, words))
            case "help", word:
                self._background.run(self._tell_command(click, word))
            case "skill", "connect":
                self._background.run(self._tell_command(click, f"connect {click.value}"))
            case "feedback", _:
                way, _, turn = click.value.partition(":")
                await self._feedback(TurnId(turn), click.person, way)
                self._background.run(self._tell(click, thanks(helpful=way == "up")))
            case _:
                log.debug("a click that needs nothing", action=click.action)
        await ack()

    async def submitted(self, ack: Ack, body: Body) -> None:
        """A dialog was sent: only the one that approves everything does anything."""
        view = body["view"]
        if view.get("callback_id") == "approval.all":
            workspace = WorkspaceId(body["team"]["id"])
            person = person_id(workspace, body["user"]["id"])
            decision = await self._decisions.decide(PendingId(view["private_metadata"]), person, "approved", every=True)
            self._wake()
            self._background.run(self._drawn(decision))
        await ack()

    async def try_again(self, body: Body, context: AsyncBoltContext) -> BoltResponse:
        """The answer to a click or command that could not be stored."""
        message = try_again()
        if "command" in body:
            return BoltResponse(
                status=200, body={"text": message.text, "blocks": message.blocks, "response_type": "ephemeral"}
            )
        if context.respond is not None and body.get("response_url"):
            await context.respond(text=message.text, blocks=message.blocks, replace_original=False)
        return BoltResponse(status=200, body="")

    # Deciding.

    async def _decide(self, click: Click, value: str, word: Word) -> None:
        pending, every = value.removesuffix(":all"), value.endswith(":all")
        decision = await self._decisions.decide(PendingId(pending), click.person, word, every=every)
        self._wake()
        match decision.answered:
            case "decided":
                self._background.run(self._drawn(decision))
            case "not_yours":
                self._background.run(self._tell(click, not_yours()))
            case "already" if isinstance(decision.card, ApprovalCard):
                item = next((s for s in decision.card.items if s.write.pending == pending), decision.card.items[0])
                self._background.run(self._tell(click, decided_already(item, now=self._now())))
                self._background.run(self._drawn(decision))
            case _:
                self._background.run(self._tell(click, out_of_date()))
                self._background.run(self._drawn(decision))

    async def _drawn(self, decision: Decision) -> None:
        place = next((item.card for item in decision.items if item.card), None)
        if decision.card is not None and place is not None and not _is_running(decision):
            await self._surface.redraw(decision.card, place, decision.items[0].workspace)
        for person in {item.person for item in decision.items}:
            await self._welcome.home(person)

    async def _show(self, click: Click) -> None:
        """Open a dialog with the whole text. The trigger lives 3 seconds, so this comes before anything else."""
        pending, every = click.value.removesuffix(":all"), click.value.endswith(":all")
        decision = await self._decisions.look(PendingId(pending), click.person)
        card = decision.card
        if decision.answered == "not_yours" or not isinstance(card, ApprovalCard):
            self._background.run(self._tell(click, not_yours() if decision.items else out_of_date()))
            return
        write = next(state.write for state in card.items if state.write.pending == pending)
        view = approval_modal(card, now=self._now()) if every else payload_modal(write)
        await self._surface.workplaces[click.workspace].api.post("views.open", trigger_id=click.trigger, view=view)

    async def _reason(self, click: Click, pending: PendingId, why: str) -> None:
        decision = await self._decisions.explain(pending, click.person, why)
        if decision.answered == "decided":
            self._background.run(self._drawn(decision))
        else:
            self._background.run(self._tell(click, not_yours()))

    async def _again(self, click: Click) -> None:
        decision = await self._decisions.look(PendingId(click.value.removesuffix(":all")), click.person)
        if decision.answered == "not_yours" or not decision.items:
            self._background.run(self._tell(click, not_yours() if decision.items else out_of_date()))
            return
        if not await self._retry(decision.items[0].turn, click.person):
            self._background.run(self._tell(click, out_of_date()))
        self._wake()

    # Beside deciding.

    async def _begin(self, click: Click, words: str) -> None:
        """A tapped suggestion becomes the person's own question, in their own chat."""
        api = self._surface.workplaces[click.workspace].api
        channel = await self._surface.direct(click.person)
        posted = await api.post("chat.postMessage", channel=channel, text=f"You asked: {words}")
        ts = str(posted["ts"])
        await self._enqueue(
            IncomingMessage(
                turn=TurnId(f"{click.workspace}:{channel}:{ts}"),
                workspace=click.workspace,
                person=click.person,
                conversation=ConversationId(f"{click.workspace}:{channel}:{ts}"),
                surface="slack",
                channel=channel,
                thread=ts,
                private=True,
                text=words,
                ts=ts,
            )
        )

    async def _tell_command(self, click: Click, text: str) -> None:
        await self._tell(click, await self._commands.answer(click.person, "/pinyon", text))

    async def _tell(self, click: Click, message: Message) -> None:
        """Say something that only the person who clicked sees."""
        user = click.person.rpartition(":")[2]
        channel = click.channel or await self._surface.direct(click.person)
        try:
            await self._surface.workplaces[click.workspace].api.post(
                "chat.postEphemeral",
                channel=channel,
                user=user,
                thread_ts=click.thread,
                text=message.text,
                blocks=message.blocks,
            )
        except Failed as error:
            log.info("could not be told", error=reason(error))


def _is_running(decision: Decision) -> bool:
    """Whether an approved write is on its way, as nothing waits any more: its turn draws the card when it is over."""
    states = {item.state for item in decision.items}
    return "approved" in states and "open" not in states
