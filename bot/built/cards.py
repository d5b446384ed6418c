"""Cards, wherever they stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Card, Surface
from bot.web.surface import is_ours
from memory.ids import WorkspaceId
from memory.pending import PendingItem


@dataclass(frozen=True, slots=True)
class Cards:
    """Draws them anew where they were shown."""

    slack: Surface
    web: Surface

    async def show(self, card: Card | None, items: Sequence[PendingItem]) -> None:
        """Show a card as it stands now; one that was never shown stays so."""
        place = next((item.card for item in items if item.card), None)
        if card is not None and place is not None:
            await self.redraw(card, place, items[0].workspace)

    async def redraw(self, card: Card, place: str, workspace: WorkspaceId) -> None:
        """Show the new state of a card that stands at `place`."""
        await (self.web if is_ours(place) else self.slack).redraw(card, place, workspace)
