"""Buttons, menus and dialogs: where each of them leads."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog
from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.background import Background
from bot.messages import IncomingMessage
from bot.pending import Decisions
from bot.slack.agent_chosen import AgentChosen
from bot.slack.agent_clicks import AgentClicks
from bot.slack.agent_window import AgentWindow
from bot.slack.answering import Answering
from bot.slack.api import QUIET
from bot.slack.blocks import Block, Message
from bot.slack.card_desk import CardDesk
from bot.slack.cards import SUGGESTIONS, asked_by, asked_by_starter, thanks, try_again
from bot.slack.clicked import Body, Click, read_click, read_submission, tell
from bot.slack.code_window import CodeWindow, FindWorking
from bot.slack.commands import Commands
from bot.slack.deciding import Deciding, Ports
from bot.slack.memory_window import MemoryWindow
from bot.slack.onboarding import onboarding
from bot.slack.remembering import Remembering
from bot.slack.surface import SlackSurface
from bot.slack.text import escaped
from bot.slack.welcome import Welcome
from memory.ids import ConversationId, PersonId, TurnId, WorkspaceId, person_id

log = structlog.get_logger()

Ack = Callable[..., Awaitable[None]]


class Sharing(Protocol):
    """Where clicks on an answer that can be shared arrive."""

    async def clicked(self, click: Click) -> None: ...

    async def submitted(self, body: Body) -> None: ...


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
        without: Callable[[TurnId, str, str], Awaitable[bool]],
        wake: Callable[[], None],
        feedback: Callable[[TurnId, PersonId, str], Awaitable[None]],
        now: Callable[[], datetime],
        ports: Ports,
        share: Sharing,
        memory: MemoryWindow | None = None,
        working: FindWorking | None = None,
        agents: AgentWindow | None = None,
    ) -> None:
        self._surface = surface
        desk = CardDesk(surface, background=background, wake=wake, home=welcome.home)
        self._deciding = Deciding(decisions, ports, desk, background=background, retry=retry, now=now)
        self._remembering = (
            Remembering(memory, decisions, desk, background=background, home=welcome.home) if memory else None
        )
        self._answering = Answering(surface, decisions, desk, remembering=self._remembering)
        self._code = CodeWindow(working, desk) if working else None
        chosen = AgentChosen(surface, welcome)
        self._agents = AgentClicks(agents, chosen, desk, background=background) if agents else None
        self._home = welcome.home
        self._share = share
        self._commands = commands
        self._background = background
        self._enqueue = enqueue
        self._retry = retry
        self._without = without
        self._wake = wake
        self._feedback = feedback

    async def run(self, ack: Ack, body: Body) -> None:
        """Act on one click. Slack never repeats it, so it is stored before Slack is answered."""
        click = read_click(body)
        noun, _, verb = click.action.partition(".")
        verb = verb.partition(":")[0]
        match noun, verb:
            case "question", "pick":
                await self._answering.pick(click)
            case "question", "other":
                await self._answering.other(click)
            case "question", ("always" | "change" | "menu"):
                await self._answering.kept(click, verb)
            case "memory", _ if self._remembering:
                await self._remembering.clicked(click, verb)
            case "help", "memory" if self._remembering:
                await self._remembering.open(click)
            case "agent", "start" if self._agents:
                if (found := await self._agents.starter(click)) is not None:
                    words, suggested = found
                    self._background.run(self._begin(click, words, asked_by_starter(words), suggested=suggested))
            case "agent", _ if self._agents:
                await self._agents.clicked(click, verb)
            case ("home", "agent") | ("help", ("agents" | "use")) if self._agents:
                await self._agents.open(click)
            case "permission", "revoke":
                message = await self._commands.revoke(click.person, click.value)
                self._background.run(self._tell(click, message))
                self._background.run(self._home(click.person))
            case "share", _:
                await self._share.clicked(click)
            case "working", "show" if self._code:
                await self._code.open(click)
            case "file", "ask" if suggested := SUGGESTIONS.get(click.value):
                self._background.run(self._ask_there(click, suggested.words))
            case "error", "retry":
                await self._retry(TurnId(click.value), click.person)
                self._wake()
            case "error", "without":
                missing, _, turn = click.value.partition(":")
                await self._without(TurnId(turn), click.person, missing)
                self._wake()
            case (("start" | "win"), _) if words := onboarding().message_of(click.value.rpartition(":")[2]):
                self._background.run(self._begin(click, words, Message(f"You asked: {words}", [])))
            case "help", word:
                self._background.run(self._tell_command(click, word))
            case "skill", "connect":
                self._background.run(self._tell_command(click, f"connect {click.value}"))
            case "feedback", _:
                way, _, turn = click.value.partition(":")
                await self._feedback(TurnId(turn), click.person, way)
                self._background.run(self._tell(click, thanks(helpful=way == "up")))
            case _:
                if not await self._deciding.clicked(click, noun, verb):
                    log.debug("a click that needs nothing", action=click.action)
        await ack()

    async def submitted(self, ack: Ack, body: Body) -> None:
        """Act on one dialog that was sent; like a click, it is stored before Slack is answered."""
        sent = read_submission(body)
        match sent.callback.partition(".")[0]:
            case "question":
                await ack(**await self._answering.submitted(sent))
            case "memory" if self._remembering:
                await ack(**await self._remembering.submitted(sent))
            case "agent" if self._agents:
                await ack(**await self._agents.submitted(sent))
            case "share" if self._share:
                await self._share.submitted(body)
                await ack()
            case _:
                await ack(**await self._deciding.submitted(sent))

    async def suggested(self, ack: Ack, body: Body) -> None:
        """Fill in what a search field of a dialog offers."""
        workspace = WorkspaceId(body["team"]["id"])
        options: list[Block] = []
        if body.get("action_id") == "agent.find" and self._agents:
            person = person_id(workspace, body["user"]["id"])
            options = await self._agents.found(person, str(body.get("value") or ""))
        await ack(options=options)

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

    async def _begin(self, click: Click, words: str, shown: Message, *, suggested: bool = False) -> None:
        """A tapped suggestion becomes the person's own question, in their own chat."""
        api = self._surface.workplaces[click.workspace].api
        channel = await self._surface.direct(click.person)
        blocks = shown.blocks or None
        posted = await api.post("chat.postMessage", channel=channel, text=shown.text, blocks=blocks, **QUIET)
        ts = str(posted["ts"])
        await self._enqueue(replace(_asked(click, words, channel=channel, thread=ts, ts=ts), suggested=suggested))

    async def _ask_there(self, click: Click, words: str) -> None:
        """The same in the thread of what was tapped, where the files are; in a channel it says who asked."""
        api = self._surface.workplaces[click.workspace].api
        thread = click.thread or click.message_ts
        name = "" if _is_direct(click.channel) else (await self._surface.person(click.person)).name
        shown = asked_by(name, words)
        posted = await api.post(
            "chat.postMessage",
            channel=click.channel,
            thread_ts=thread,
            text=shown.text,
            blocks=shown.blocks,
            **QUIET,
            # A post of ours without a mark would pass for an answer that was left half-written.
            metadata={"event_type": "pinyon_question", "event_payload": {"about": click.message_ts}},
        )
        await self._enqueue(_asked(click, words, channel=click.channel, thread=thread, ts=str(posted["ts"])))

    async def _tell_command(self, click: Click, text: str) -> None:
        await self._tell(click, await self._commands.answer(click.person, "/pinyon", text))

    async def _tell(self, click: Click, message: Message) -> None:
        await tell(self._surface, click, message)


def _asked(click: Click, words: str, *, channel: str, thread: str, ts: str) -> IncomingMessage:
    """What somebody asked by a click, as if they had written it at `ts`."""
    return IncomingMessage(
        turn=TurnId(f"{click.workspace}:{channel}:{ts}"),
        workspace=click.workspace,
        person=click.person,
        conversation=ConversationId(f"{click.workspace}:{channel}:{thread}"),
        surface="slack",
        channel=channel,
        thread=thread,
        private=_is_direct(channel),
        text=escaped(words),
        ts=ts,
    )


def _is_direct(channel: str) -> bool:
    return channel[:1] == "D"
