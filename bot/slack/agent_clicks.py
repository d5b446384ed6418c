"""Clicks and dialogs about agents: who answers, and where those of one's own are made."""

from collections.abc import Mapping
from typing import Any

from bot.background import Background
from bot.router import DEFAULT
from bot.self_service.workshop import NotPossible
from bot.slack.agent_chosen import AgentChosen, chosen_message
from bot.slack.agent_making import AgentMaking
from bot.slack.agent_window import AgentWindow, How
from bot.slack.blocks import Block, Message, View
from bot.slack.card_desk import CLOSED, CardDesk, Closing
from bot.slack.cards import CHANGED_AGENT as CHANGED
from bot.slack.cards import MADE, PICKED, agent_note_modal, agent_problem, out_of_date, starter_of, try_again
from bot.slack.clicked import Click, Submission
from memory.ids import AgentId, PersonId


class AgentClicks:
    """Where clicks on `agent.…` arrive, and the dialogs that begin so."""

    def __init__(self, window: AgentWindow, chosen: AgentChosen, desk: CardDesk, *, background: Background) -> None:
        self._window = window
        self._chosen = chosen
        self._desk = desk
        self._background = background
        self._making = AgentMaking(window)

    async def clicked(self, click: Click, verb: str) -> None:
        """Act on a click of `agent.verb`. A dialog is opened at once, all else follows."""
        if not await self._is_member(click.person):
            return
        match verb:
            case "make":
                opened = await self._window.make(click.person, click.trigger, how=_how(click))
                self._unless(click, opened=opened)
            case "change":
                agent = AgentId(click.value)
                opened = await self._window.change(click.person, agent, click.trigger, how=_how(click))
                self._unless(click, opened=opened)
            case "use":
                self._background.run(self._use(click, AgentId(click.value)))
            case "back":
                self._background.run(self._use(click, DEFAULT))
            case "publish":
                self._background.run(self._publish(click))
            case _:
                pass  # what is chosen in a dialog comes with it, and a link to the web needs nothing of us

    async def open(self, click: Click) -> None:
        """Open the picker; where Slack does not let us, the list is posted for them alone."""
        if not await self._is_member(click.person):
            return
        if not await self._window.open(click.person, click.trigger):
            self._background.run(self._list(click))

    async def found(self, person: PersonId, typed: str) -> list[Block]:
        """What the picker's search field offers."""
        return await self._window.found(person, typed) if await self._is_member(person) else []

    async def starter(self, click: Click) -> tuple[str, bool] | None:
        """The words of a tapped starter, for the agent that it belongs to, and whether somebody else wrote them.

        Where there are none, the person is told why.
        """
        who = await self._window.person(click.person)
        agent = AgentId(click.value.rpartition(":")[0])
        shown = await self._window.workshop.shown(who, agent) if who.is_member else None
        words = starter_of(click.value, shown.agent.file.starters) if shown else None
        if shown is None or words is None:
            self._desk.tell(click, out_of_date())
            return None
        using = await self._window.workshop.using(who)
        asked = words if using.id == agent else f"{shown.agent.file.handle}: {words}"
        return asked, not shown.agent.is_trusted_by(click.person)

    async def submitted(self, sent: Submission) -> Closing:
        """Act on a dialog; gives what it does next."""
        if not await self._is_member(sent.person):
            return CLOSED
        match sent.callback:
            case str(callback) if callback == PICKED:
                return await self._picked(sent)
            case str(callback) if callback == MADE:
                return await self._making.make(sent)
            case str(callback) if callback == CHANGED:
                return await self._making.change(sent)
            case _:
                return CLOSED

    async def _picked(self, sent: Submission) -> Closing:
        found, listed = _chosen(sent.view, "other", "agent.find"), _chosen(sent.view, "agent", "agent.choice")
        once = _chosen(sent.view, "where", "agent.scope") == "once"
        who = await self._window.person(sent.person)
        try:
            agent = await self._window.workshop.use(who, AgentId(found or listed), once=once)
        except NotPossible as error:
            return {"response_action": "errors", "errors": {"other" if found else "agent": str(error)}}
        self._background.run(self._chosen.tell(sent.person, agent, once=once))
        return CLOSED

    async def _use(self, click: Click, agent: AgentId) -> None:
        try:
            used = await self._window.workshop.use(await self._window.person(click.person), agent)
        except NotPossible as error:
            await self._say(click, agent_problem(str(error)))
            return
        await self._say(click, chosen_message(used))
        await self._chosen.show(click.person)

    async def _publish(self, click: Click) -> None:
        await self._window.replace(click.person, click.view, await self._making.publish(click))

    async def _list(self, click: Click) -> None:
        self._desk.tell(click, await self._window.listed(click.person))

    async def _say(self, click: Click, message: Message) -> None:
        """In the dialog that was clicked in, or beside the message."""
        if click.view:
            await self._window.replace(click.person, click.view, agent_note_modal(message))
        else:
            self._desk.tell(click, message)

    async def _is_member(self, person: PersonId) -> bool:
        return (await self._window.person(person)).is_member

    def _unless(self, click: Click, *, opened: bool) -> None:
        if not opened:
            self._desk.tell(click, try_again())


def _how(click: Click) -> How:
    """Over the dialog that was clicked in, or by itself."""
    return "views.push" if click.view else "views.open"


def _chosen(view: View, block: str, action: str) -> str:
    """The value that was chosen in a field; empty where none was, or the dialog has no such field."""
    entered: Mapping[str, Any] = view["state"]["values"].get(block, {}).get(action) or {}
    option: Mapping[str, Any] = entered.get("selected_option") or {}
    return str(option.get("value") or "")
