"""How a click on a card, or a dialog that was sent, is answered: the card is drawn anew, or its person told why not."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.background import Background
from bot.pending import Decision
from bot.slack.api import Failed, reason
from bot.slack.blocks import Message, View, modal
from bot.slack.cards import not_yours, out_of_date, try_again
from bot.slack.clicked import Click, Submission, tell
from bot.slack.surface import SlackSurface
from memory.ids import PersonId

log = structlog.get_logger()

Closing = Mapping[str, Any]
"""What a dialog does once it was sent: `CLOSED`, or what it shows instead."""
CLOSED: Closing = {}


class CardDesk:
    """What follows a decision, once it is stored."""

    def __init__(
        self,
        surface: SlackSurface,
        *,
        background: Background,
        wake: Callable[[], None],
        home: Callable[[PersonId], Awaitable[None]],
    ) -> None:
        self._surface = surface
        self._background = background
        self._home = home
        self.wake = wake

    def settle(self, click: Click, decision: Decision, over: Message) -> None:
        """Draw the card as it stands now, and tell why a click changed nothing: `over` if it was decided before."""
        self.wake()
        if told := _why_not(decision, over):
            self.tell(click, told)
        if decision.answered != "not_yours":
            self.draw(decision)

    def close(self, sent: Submission, decision: Decision, over: Message) -> Closing:
        """The same for a dialog: it closes, or says in its place why nothing was done."""
        self.wake()
        if decision.answered != "not_yours":
            self.draw(decision)
        told = _why_not(decision, over)
        if told is None:
            return CLOSED
        return {"response_action": "update", "view": modal("Not done", told.blocks, identity=sent.pending)}

    def draw(self, decision: Decision) -> None:
        self._background.run(self.drawn(decision))

    async def drawn(self, decision: Decision) -> None:
        """Show the card and its person's Home tab as they stand now."""
        place = next((item.card for item in decision.items if item.card), None)
        if decision.card is not None and place is not None and not _is_running(decision):
            await self._surface.redraw(decision.card, place, decision.items[0].workspace)
        for person in {item.person for item in decision.items}:
            await self._home(person)

    async def open(self, click: Click, view: View) -> None:
        """Open a dialog. The trigger lives 3 seconds, so nothing slow comes before."""
        api = self._surface.workplaces[click.workspace].api
        try:
            await api.post("views.open", trigger_id=click.trigger, view=view)
        except Failed as error:
            log.info("a dialog could not be opened", error=reason(error))
            self.tell(click, try_again())

    def tell(self, click: Click, message: Message) -> None:
        """Say something that only the person who clicked sees."""
        self._background.run(tell(self._surface, click, message))


def _why_not(decision: Decision, over: Message) -> Message | None:
    match decision.answered:
        case "decided":
            return None
        case "not_yours":
            return not_yours()
        case "already":
            return over
        case _:
            return out_of_date()


def _is_running(decision: Decision) -> bool:
    """Whether an approved write is on its way, as nothing waits any more: its turn draws the card when it is over."""
    states = {item.state for item in decision.items}
    return "approved" in states and "open" not in states
