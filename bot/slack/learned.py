"""Tells people in their own chat what was learned from their records."""

from dataclasses import dataclass

import structlog

from bot.slack.api import QUIET, Failed, reason
from bot.slack.cards.learned import learned_message
from bot.slack.surface import SlackSurface
from bot.warm_start import Learned
from memory.ids import PersonId, workspace_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LearnedReceipts:
    """Posts the receipts of warm starts."""

    surface: SlackSurface

    async def tell(self, person: PersonId, learned: Learned) -> None:
        """Show somebody what was learned. Slack's failure is logged: what was learned stands in their memory anyway."""
        message = learned_message(learned.values, [(source.records, source.named) for source in learned.sources])
        try:
            channel = await self.surface.direct(person)
            api = self.surface.workplaces[workspace_of(person)].api
            await api.post("chat.postMessage", channel=channel, text=message.text, blocks=message.blocks, **QUIET)
        except Failed as error:
            log.warning("a receipt could not be shown", person=person, error=reason(error))
