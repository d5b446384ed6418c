"""What follows in Slack once somebody let an agent answer them."""

from typing import Protocol

import structlog

from bot.agents.shelf import Shelved
from bot.router import DEFAULT
from bot.slack.api import QUIET, Failed, reason
from bot.slack.blocks import Message
from bot.slack.cards import now_answers
from bot.slack.surface import SlackSurface
from memory.ids import PersonId, workspace_of

log = structlog.get_logger()


class Shown(Protocol):
    """What a person sees of who answers them (`bot.slack.welcome.Welcome`)."""

    async def suggest(self, person: PersonId, channel: str) -> None: ...

    async def home(self, person: PersonId) -> None: ...


class AgentChosen:
    """Says in somebody's own chat who answers them now."""

    def __init__(self, surface: SlackSurface, shown: Shown) -> None:
        self._surface = surface
        self._shown = shown

    async def tell(self, person: PersonId, agent: Shelved, *, once: bool = False) -> None:
        """Post it in their chat, with what to begin with; what is suggested there, and Home, follow.

        The choice is made already: where Slack does not let us say so, nothing else comes of it.
        """
        if workspace_of(person) not in self._surface.workplaces:
            return
        message = chosen_message(agent, once=once)
        api = self._surface.workplaces[workspace_of(person)].api
        try:
            channel = await self._surface.direct(person)
            await api.post("chat.postMessage", channel=channel, text=message.text, blocks=message.blocks, **QUIET)
        except Failed as error:
            log.info("could not say who answers", error=reason(error))
        await self.show(person)

    async def show(self, person: PersonId) -> None:
        """Show anew what hangs on who answers, and post nothing."""
        try:
            await self._shown.suggest(person, await self._surface.direct(person))
            await self._shown.home(person)
        except Failed as error:
            log.info("could not show who answers", error=reason(error))


def chosen_message(agent: Shelved, *, once: bool = False) -> Message:
    """Who answers now."""
    return now_answers(agent.id, agent.file.name, agent.file.starters, is_default=agent.id == DEFAULT, once=once)
