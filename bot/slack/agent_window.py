"""The dialogs about agents, as Slack is asked to open them and to show them anew."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, Literal

import structlog

from bot.agents.shelf import Listed
from bot.background import Background
from bot.router import DEFAULT
from bot.self_service.connections import Connections, SkillState
from bot.self_service.workshop import Workshop
from bot.slack.api import Failed, reason
from bot.slack.blocks import Message, View
from bot.slack.cards import (
    AgentChoice,
    AgentChoices,
    AgentForm,
    SkillOption,
    agent_form_modal,
    agents_message,
    agents_modal,
    found_agents,
    loading_modal,
    not_saved_modal,
)
from bot.slack.surface import SlackSurface
from memory.ids import AgentId, PersonId, workspace_of
from memory.people import Person

log = structlog.get_logger()

SOON = 1.2
"""Seconds that a dialog may take until it is opened empty, and filled later: its trigger lives 3."""
How = Literal["views.open", "views.push"]


class AgentWindow:
    """Shows a person the agents that they may use, and those that they may change."""

    def __init__(
        self,
        surface: SlackSurface,
        workshop: Workshop,
        connections: Connections,
        *,
        background: Background,
        soon: float = SOON,
    ) -> None:
        self._surface = surface
        self._connections = connections
        self.background = background
        self._soon = soon
        self.workshop = workshop

    def page(self, path: str = "") -> str | None:
        """The same on the web: all agents, or `path` below them."""
        public = self._connections.public_url
        return f"{public.rstrip('/')}/agents{path}" if public else None

    @property
    def skills(self) -> Sequence[SkillOption]:
        """What an agent may be given, by title."""
        found = self._connections.skills.items()
        options = [SkillOption(name=name, title=one.title, changes=bool(one.changes)) for name, one in found]
        return sorted(options, key=lambda one: one.title.casefold())

    async def person(self, person: PersonId) -> Person:
        return await self._surface.person(person)

    async def open(self, person: PersonId, trigger: str) -> bool:
        """Open the picker; False when Slack does not let us."""
        return await self._show(person, trigger, self._picker(person), how="views.open")

    async def listed(self, person: PersonId) -> Message:
        """The same as a message."""
        return agents_message(await self._choices(person))

    async def found(self, person: PersonId, typed: str) -> list[dict[str, Any]]:
        """What the picker's search finds, as options."""
        return found_agents(await self._agents(await self.person(person)), typed)

    async def make(self, person: PersonId, trigger: str, *, how: How) -> bool:
        """Open the dialog that makes an agent."""
        view = agent_form_modal(AgentForm(skills=self.skills, web_url=self.page("/new")))
        return await self._post(how, person, view, trigger_id=trigger) is not None

    async def change(self, person: PersonId, agent: AgentId, trigger: str, *, how: How) -> bool:
        """Open the dialog that changes one of theirs."""
        return await self._show(person, trigger, self._form(person, agent), how=how)

    async def replace(self, person: PersonId, view_id: str, view: View) -> None:
        """Show `view` in the place of an open dialog; one that was closed meanwhile stays closed."""
        await self._post("views.update", person, view, view_id=view_id)

    async def _picker(self, person: PersonId) -> View:
        return agents_modal(await self._choices(person))

    async def _form(self, person: PersonId, agent: AgentId) -> View:
        bench = await self.workshop.bench(await self.person(person), agent)
        if bench is None:
            return not_saved_modal("This agent is not yours to change any more. Its owner can make you an editor.")
        identity = f"{agent}:{bench.stored.draft_revision}"
        form = AgentForm(skills=self.skills, file=bench.file, identity=identity, web_url=self.page(f"/{agent}"))
        return agent_form_modal(form)

    async def _choices(self, person: PersonId) -> AgentChoices:
        who = await self.person(person)
        using, mine = await self.workshop.using(who), await self.workshop.mine(who)
        return AgentChoices(
            agents=await self._agents(who),
            chosen=using.id,
            mine=[(bench.stored.id, bench.file.name) for bench in mine],
            web_url=self.page(),
        )

    async def _agents(self, who: Person) -> list[AgentChoice]:
        states = {state.skill: state for state in await self._connections.states(who.id)}
        return [await self._choice(who, one, states) for one in await self.workshop.shelf.listed(who.id)]

    async def _choice(self, who: Person, one: Listed, states: dict[str, SkillState]) -> AgentChoice:
        agent = one.agent
        maker = await self._connections.people.get(agent.owner) if agent.owner else None
        return AgentChoice(
            id=agent.id,
            name=agent.file.name,
            handle=agent.file.handle,
            description=agent.file.description,
            is_default=agent.id == DEFAULT,
            is_mine=one.role in ("owner", "editor"),
            maker=maker.name if maker else "",
            missing=tuple(_missing(agent.file.skills or (), states)),
        )

    async def _show(self, person: PersonId, trigger: str, view: Coroutine[Any, Any, View], *, how: How) -> bool:
        """Open a dialog within the life of its trigger: one that takes longer says so, and is filled in later."""
        drawn = asyncio.ensure_future(view)
        await asyncio.wait({drawn}, timeout=self._soon)
        if drawn.done():
            return await self._post(how, person, drawn.result(), trigger_id=trigger) is not None
        opened = await self._post(how, person, loading_modal(), trigger_id=trigger)
        if opened is None:
            drawn.cancel()
            return False
        self.background.run(self._fill(person, str(opened["view"]["id"]), drawn))
        return True

    async def _fill(self, person: PersonId, view_id: str, drawn: asyncio.Future[View]) -> None:
        await self.replace(person, view_id, await drawn)

    async def _post(self, method: str, person: PersonId, view: View, **where: str) -> dict[str, Any] | None:
        try:
            return await self._surface.workplaces[workspace_of(person)].api.post(method, view=view, **where)
        except Failed as error:
            log.info("a dialog about agents was not shown", method=method, error=reason(error))
            return None


def _missing(skills: Iterable[str], states: dict[str, SkillState]) -> list[str]:
    """What people call the skills that wait for an account."""
    found = [states[name] for name in skills if name in states]
    return [state.title for state in found if state.status in ("not_connected", "ended")]
