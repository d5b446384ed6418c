"""`/pinyon …`: answered at once, to the asker alone."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.harmless.visible import visible_target
from bot.self_service.connections import Connections, NotSetUp, SkillState
from bot.self_service.permissions import Permissions
from bot.self_service.ways import address_of
from bot.slack.agent_chosen import AgentChosen
from bot.slack.agent_window import AgentWindow
from bot.slack.agent_words import AgentWords
from bot.slack.blocks import Message, phrase
from bot.slack.cards import (
    Reach,
    another_account,
    connect_offer,
    help_message,
    memory_message,
    refusal,
    skills_message,
    switched_off,
    unknown_command,
    wants_changes,
    web_message,
    wider_consent,
)
from bot.slack.memory_window import MemoryWindow
from bot.slack.permissions import listed_permissions, revoked
from bot.slack.surface import SlackSurface
from bot.slack.welcome import Welcome
from integrations.integration import Integration
from memory.ids import PersonId, WorkspaceId, person_id

Ack = Callable[..., Awaitable[None]]
ANOTHER = "another"
"""The last word of a command that wants a second account."""


class Commands:
    """Answers slash commands."""

    def __init__(
        self,
        surface: SlackSurface,
        connections: Connections,
        welcome: Welcome,
        *,
        now: Callable[[], datetime],
        memory: MemoryWindow | None = None,
        agents: AgentWindow | None = None,
    ) -> None:
        self._surface = surface
        self._memory = memory
        self._agents = agents
        self._words = AgentWords(agents, AgentChosen(surface, welcome)) if agents else None
        self._connections = connections
        self._welcome = welcome
        self._now = now

    async def run(self, ack: Ack, body: Mapping[str, Any]) -> None:
        """Answer one command; only the person who typed it sees the answer."""
        person, text = person_id(WorkspaceId(body["team_id"]), body["user_id"]), body.get("text") or ""
        if await self._opened(person, text, str(body.get("trigger_id") or "")):
            await ack()
            return
        message = await self.answer(person, body["command"], text, channel=str(body.get("channel_id") or ""))
        await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")

    async def _opened(self, person: PersonId, text: str, trigger: str) -> bool:
        """Whether a dialog opened that needs no words beside it: what is remembered, or the agents."""
        window = self._window(text)
        if window is None or not trigger or await self.refused(person):
            return False
        return await window.open(person, trigger)

    def _window(self, text: str) -> MemoryWindow | AgentWindow | None:
        match text.lower().split():
            case ["memory", *_]:
                return self._memory
            case ["agents", *_] | ["use"]:
                return self._agents
            case _:
                return None

    async def answer(self, person: PersonId, command: str, text: str, *, channel: str = "") -> Message:
        """What `command text` says to `person` in `channel`."""
        if refused := await self.refused(person):
            return refused
        word, _, rest = text.strip().partition(" ")
        match _word(text):
            case "" | "help":
                return help_message(command=command)
            case "connect":
                return await self.connect(person, " ".join(rest.lower().split()))
            case "skills":
                return await self.skills(person)
            case "memory":
                return memory_message(url=self._memory.page if self._memory else None)
            case "agents" if self._agents:
                return await self._agents.listed(person)
            case "use" if self._words:
                return await self._words.use(person, rest, channel=channel)
            case "web":
                return web_message(self._connections.public_url)
            case _:
                return unknown_command(word, command=command)

    async def refused(self, person: PersonId) -> Message | None:
        """Why `person` gets no answer here; None for members."""
        asker = await self._surface.person(person)
        if asker.is_member:
            return None
        team = self._surface.workplaces[asker.workspace].name
        return refusal("bot" if asker.is_bot else "guest" if asker.is_guest else "outsider", team=team)

    async def skills(self, person: PersonId) -> Message:
        """How each skill stands, and what is done without asking."""
        listed = await self._listed(person, await self._connections.states(person))
        given = await Permissions(self._connections).of(person)
        return Message(listed.text, [*listed.blocks, *listed_permissions(given)])

    async def revoke(self, person: PersonId, which: str) -> Message:
        """Ask again before what the permission `which` of this person was for."""
        return revoked(await Permissions(self._connections).revoke(person, which, now=self._now()))

    async def connect(self, person: PersonId, said: str) -> Message:
        """Offer to connect what was named: a skill or a service, and `another` account of it.

        Without a name, show all skills with their buttons.
        """
        name, is_another = _parted(said)
        if not name:
            return await self.skills(person)
        states = await self._connections.states(person)
        try:
            if skill := next((state for state in states if _is_called(state, name)), None):
                return await self._another(person, skill) if is_another else await self._skill(person, skill)
            if there := [state for state in states if name in (state.integration, state.service.lower())]:
                return await self._another(person, there[0]) if is_another else await self._service(person, there)
        except NotSetUp as error:
            return _note(str(error))
        unknown = f"There is no skill called {visible_target(name)[:60]}. These are there:"
        heard = "There is no skill of that name. These are there."
        return _note(unknown, await self._listed(person, states), heard=heard)

    async def _skill(self, person: PersonId, state: SkillState) -> Message:
        """What one skill wants before it does all that it can."""
        match state.status, state.limit:
            case "off", _:
                return switched_off(state.title, url=self._page(state))
            case (("connected" | "ready"), "you"):
                return wants_changes(state.title, url=self._page(state))
            case "connected", "consent":
                return wider_consent(state.service, self._reach(state), url=await self._way(person, state))
            case "not_set_up", _ if state.why:
                return _note(f"{state.title} is off here: {state.why}", heard=f"{state.title} is off here.")
            case "ready", _:
                return _note(f"{state.title} needs no account and works right now.")
            case "connected", _:
                return await self._connected(person, [state])
            case _:
                return self._offered([state], await self._way(person, state) or await self._offer(person, state.skill))

    async def _service(self, person: PersonId, states: Sequence[SkillState]) -> Message:
        """What a service wants before all the skills that act through it work."""
        if ended := [state for state in states if state.status == "ended"]:
            return self._offered(ended, await self._offer(person, ended[0].integration or ""))
        if any(state.account for state in states):
            return await self._connected(person, states)
        return self._offered(states, await self._offer(person, states[0].integration or ""))

    async def _another(self, person: PersonId, state: SkillState) -> Message:
        declared = self._connections.integration_of(state.skill)
        if declared is None:
            return _note(f"{state.title} needs no account.")
        if declared.acts_as_asker:
            return _note(f"{declared.title} works with your own account only, the one you write to me with.")
        if not await self._has_account(person, declared):
            return await self._skill(person, state)
        return another_account(declared.title, url=f"{await self._offer(person, declared.name)}/{ANOTHER}")

    async def _has_account(self, person: PersonId, declared: Integration) -> bool:
        return any(mine.integration == declared.name for mine in await self._connections.accounts(person))

    async def _connected(self, person: PersonId, states: Sequence[SkillState]) -> Message:
        """That there is an account, and how the skills that act through it stand."""
        first = next(state for state in states if state.account)
        known = f"{first.service} is connected already, as {visible_target(first.account)[:150]}."
        return _note(known, await self._listed(person, states), heard=f"{first.service} is connected already.")

    def _offered(self, states: Sequence[SkillState], url: str) -> Message:
        """The card that connects the account of these skills."""
        first, *_ = states
        return connect_offer(
            first.service, [self._reach(state) for state in states], url=url, again=first.status == "ended"
        )

    def _reach(self, state: SkillState) -> Reach:
        declared = self._connections.skills[state.skill]
        return Reach(title=declared.title, reads=declared.reads, changes=declared.changes)

    async def _way(self, person: PersonId, state: SkillState) -> str | None:
        return await address_of(self._connections, await self._surface.person(person), state, now=self._now())

    async def _offer(self, person: PersonId, name: str) -> str:
        return await self._connections.offer(person, name, now=self._now())

    async def _listed(self, person: PersonId, states: Sequence[SkillState]) -> Message:
        return skills_message(await self._welcome.rows(person, states))

    def _page(self, state: SkillState) -> str | None:
        """Where the person switches a skill on and off."""
        public = self._connections.public_url
        return f"{public}/connections#{state.skill}" if public else None


def _word(text: str) -> str:
    """The first word of a command, in lower case."""
    return text.strip().partition(" ")[0].lower()


def _parted(said: str) -> tuple[str, bool]:
    """The name in a command's words, and whether it is about another account."""
    name, _, last = said.rpartition(" ")
    return (name, True) if last == ANOTHER else (said, False)


def _is_called(state: SkillState, name: str) -> bool:
    return name in (state.skill, state.title.lower()) or name.replace(" ", "_") == state.skill


def _note(text: str, rest: Message | None = None, *, heard: str = "") -> Message:
    """A line, and what follows it. `heard` says the same without the values of others, for lock screens."""
    line = {"type": "section", "text": phrase(text)}
    return Message(heard or text, [line, *(rest.blocks if rest else [])])
