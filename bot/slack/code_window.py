"""The dialog with the code behind an answer, for the person who asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.slack.card_desk import CardDesk
from bot.slack.cards import working_gone, working_modal, working_not_yours
from bot.slack.clicked import Click
from memory.ids import WorkingId
from memory.workings import StoredWorking

FindWorking = Callable[[WorkingId], Awaitable[StoredWorking | None]]


@dataclass(frozen=True, slots=True)
class CodeWindow:
    """Where clicks on Show code and Show SQL arrive."""

    find: FindWorking
    desk: CardDesk

    async def open(self, click: Click) -> None:
        """Show it to whoever asked; anybody else, and whoever comes too late, is told why not."""
        working = await self.find(WorkingId(click.value))
        if working is None:
            self.desk.tell(click, working_gone())
        elif working.person != click.person:
            self.desk.tell(click, working_not_yours())
        else:
            await self.desk.open(click, working_modal(working))
