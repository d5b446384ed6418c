"""What people see before they ask anything: greeting, suggested prompts, the Home tab."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bot.agents.shelf import Shelved
from bot.background import Background
from bot.pending import APPROVAL
from bot.router import DEFAULT
from bot.self_service.connections import Connections, SkillState
from bot.self_service.permissions import Permissions
from bot.self_service.remembered import Remembered
from bot.self_service.ways import address_of
from bot.slack.agent_window import AgentWindow
from bot.slack.api import QUIET, SlackApi
from bot.slack.cards import SkillRow, first_message, prompts_of, second_message
from bot.slack.home import WAITING, HomeState, HomeWait, home_view
from bot.slack.onboarding import chosen, onboarding, suggested_prompts
from bot.slack.surface import SlackSurface
from memory.ids import PersonId, user_of, workspace_of
from memory.pending import PendingItem, PendingItems
from memory.people import People, Person

NUDGE_AFTER = 20.0
"""Seconds of silence after the greeting before the one nudge."""
PROMPTS = 4
"""Suggestions that Slack shows."""


class Welcome:
    """Greets, suggests, and keeps the Home tab true."""

    def __init__(
        self,
        surface: SlackSurface,
        people: People,
        connections: Connections,
        items: PendingItems,
        *,
        background: Background,
        has_asked: Callable[[PersonId], Awaitable[bool]],
        tools_done: Callable[[PersonId], Awaitable[frozenset[str]]],
        now: Callable[[], datetime],
        nudge_after: float = NUDGE_AFTER,
        remembered: Remembered | None = None,
        agents: AgentWindow | None = None,
    ) -> None:
        self._surface = surface
        self._people = people
        self._connections = connections
        self._items = items
        self._background = background
        self._has_asked = has_asked
        self._tools_done = tools_done
        self._now = now
        self._nudge_after = nudge_after
        self._remembered = remembered
        self._agents = agents

    def opened(self, person: PersonId, *, channel: str, tab: str) -> None:
        """Someone opened Pinyon's Home tab, or the conversation with it."""
        self._background.run(self.home(person) if tab == "home" else self.greet(person, channel))

    async def greet(self, person: PersonId, channel: str) -> None:
        """Offer what to begin with; say hello once in a person's life."""
        if not (await self._surface.person(person)).is_member:
            return
        await self.suggest(person, channel)
        api = self._surface.workplaces[workspace_of(person)].api
        if await self._people.greet(person, now=self._now()):
            ready = await self._ready(person)
            hello = first_message(chosen(onboarding().starters, ready), ready)
            await api.post("chat.postMessage", channel=channel, text=hello.text, blocks=hello.blocks, **QUIET)
            self._background.run(self._nudge(person, channel, api))

    async def suggest(self, person: PersonId, channel: str) -> None:
        """Suggest what to begin with: the starters of the agent that they chose, or what their skills can do."""
        # With `thread_ts` this method does nothing, without a word (slack.md §1).
        await self._surface.workplaces[workspace_of(person)].api.post(
            "assistant.threads.setSuggestedPrompts",
            channel_id=channel,
            title=onboarding().prompts_title,
            prompts=await self._prompts(person),
        )

    async def _prompts(self, person: PersonId) -> list[dict[str, str]]:
        agent = await self._using(person)
        # Slack sends a tapped prompt as the person's own words: what somebody else wrote is offered as buttons only.
        if agent is not None and agent.is_trusted_by(person) and (own := prompts_of(agent.file.starters)):
            return [{"title": words, "message": words} for words in own][:PROMPTS]
        return suggested_prompts(chosen(onboarding().starters, await self._ready(person), count=PROMPTS))

    async def _using(self, person: PersonId) -> Shelved | None:
        """The agent that they chose; None where the default one answers."""
        if self._agents is None:
            return None
        agent = await self._agents.workshop.using(await self._surface.person(person))
        return None if agent.id == DEFAULT else agent

    async def _nudge(self, person: PersonId, channel: str, api: SlackApi) -> None:
        await asyncio.sleep(self._nudge_after)
        if not await self._has_asked(person):
            second = second_message(chosen(onboarding().starters, await self._ready(person)))
            await api.post("chat.postMessage", channel=channel, text=second.text, blocks=second.blocks, **QUIET)

    async def _ready(self, person: PersonId) -> set[str]:
        return {s.skill for s in await self._connections.states(person) if s.status in ("connected", "ready")}

    async def home(self, person: PersonId) -> None:
        """Show the Home tab as things stand now."""
        if not (await self._surface.person(person)).is_member:
            return
        workplace = self._surface.workplaces[workspace_of(person)]
        states = await self._connections.states(person)
        approvals = [item for item in await self._items.open_of(person) if item.kind == "approval"]
        waits = [await self._wait(item, is_shown=number < WAITING) for number, item in enumerate(approvals)]
        public, agent = self._connections.public_url, await self._using(person)
        view = home_view(
            HomeState(
                now=self._now(),
                waits=tuple(waits),
                agent=agent.file.name if agent else "",
                has_agents=self._agents is not None,
                skills=await self.rows(person, states),
                permissions=await Permissions(self._connections).of(person),
                memory=await self._remembered.summary(person) if self._remembered else None,
                wins=tuple(onboarding().wins),
                won=await self._won(person, states),
                web_url=f"{public}/connections" if public else None,
            )
        )
        await workplace.api.post("views.publish", user_id=user_of(person), view=view)

    async def _won(self, person: PersonId, states: Sequence[SkillState]) -> frozenset[str]:
        done = await self._tools_done(person)
        won = {win.name for win in onboarding().wins if done.intersection(win.tools)}
        if any(state.status == "connected" for state in states):
            won.add("connect")
        if await self._has_asked(person):
            won.add("ask")
        return frozenset(won)

    async def _wait(self, item: PendingItem, *, is_shown: bool) -> HomeWait:
        body = APPROVAL.validate_json(item.body)
        asked_in = await self._surface.channel_name(item.workspace, body.asked_in) if body.asked_in else ""
        link = await self._surface.permalink(item.card, item.workspace) if item.card and is_shown else None
        return HomeWait(pending=item.id, ask=body.write.ask, expires=item.expires_at, asked_in=asked_in, link=link)

    async def rows(self, person: PersonId, states: Sequence[SkillState]) -> tuple[SkillRow, ...]:
        """The skills of a person, each with the address where they mend what is missing."""
        known = await self._surface.person(person)
        return tuple([await self._row(known, state) for state in states])

    async def _row(self, person: Person, state: SkillState) -> SkillRow:
        public = self._connections.public_url
        # What the person holds back themselves is no matter of the vendor's.
        own = f"{public}/connections#{state.skill}" if public and state.works and state.limit == "you" else None
        return SkillRow(
            name=state.skill,
            title=state.title,
            purpose=state.purpose,
            state=state.status,
            level=state.level,
            limit=state.limit,
            service=state.service,
            account=state.account,
            others=max(0, len(state.accounts) - 1),
            why=state.why,
            url=own or await address_of(self._connections, person, state, now=self._now()),
        )
