"""The dialogs about what is remembered, as Slack is asked to open them and to show them anew."""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.self_service.connections import Connections
from bot.self_service.known import Known
from bot.self_service.remembered import Remembered
from bot.slack.api import Failed, reason
from bot.slack.blocks import View
from bot.slack.cards import MemoryState, Note, change_modal, memory_modal
from bot.slack.surface import SlackSurface
from memory.ids import PersonId, workspace_of

log = structlog.get_logger()


class MemoryWindow:
    """Shows a person what is remembered of them, and nobody else."""

    def __init__(
        self,
        surface: SlackSurface,
        remembered: Remembered,
        connections: Connections,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._surface = surface
        self._connections = connections
        self._now = now
        self.remembered = remembered

    @property
    def page(self) -> str | None:
        """The same on the web."""
        public = self._connections.public_url
        return f"{public.rstrip('/')}/memory" if public else None

    def title(self, skill: str) -> str:
        """What people call a skill."""
        found = self._connections.skills.get(skill)
        return found.title if found else skill

    async def open(self, person: PersonId, trigger: str, *, about: str = "") -> bool:
        """Open the list, at the skill `about` or at that of the value of this id; False when Slack does not let us."""
        view = memory_modal(await self._state(person, about, None))
        return await self._post("views.open", person, view, trigger_id=trigger)

    async def edit(self, person: PersonId, known: Known, trigger: str, *, over: bool) -> bool:
        """Open the dialog that changes a value, `over` another dialog or by itself."""
        method = "views.push" if over else "views.open"
        return await self._post(method, person, change_modal(known), trigger_id=trigger)

    async def refresh(self, person: PersonId, view_id: str, *, skill: str, note: Note | None = None) -> None:
        """Show the list as it stands now, in the dialog where it stands."""
        await self.replace(person, view_id, memory_modal(await self._state(person, skill, note)))

    async def replace(self, person: PersonId, view_id: str, view: View) -> None:
        """Show `view` in the place of an open dialog; one that was closed meanwhile stays closed."""
        await self._post("views.update", person, view, view_id=view_id)

    async def _state(self, person: PersonId, about: str, note: Note | None) -> MemoryState:
        known = await self.remembered.all_of(person)
        skill = next((one.skill for one in known if one.id == about), about)
        return MemoryState(
            now=self._now(),
            known=known,
            names=await self.remembered.names_of(person),
            titles={one.skill: self.title(one.skill) for one in known},
            skill=skill,
            web_url=self.page,
            note=note,
        )

    async def _post(self, method: str, person: PersonId, view: View, **where: str) -> bool:
        try:
            await self._surface.workplaces[workspace_of(person)].api.post(method, view=view, **where)
        except Failed as error:
            log.info("a dialog about memory was not shown", method=method, error=reason(error))
            return False
        return True
