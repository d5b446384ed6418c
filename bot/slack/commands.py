"""`/pinyon …`: answered at once, to the asker alone."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from bot.messages import ConnectCard, ConnectOffer
from bot.self_service.connections import Connections, NotSetUp
from bot.slack.blocks import Message, section, words
from bot.slack.cards import connect_card, help_message, refusal, skills_message, unknown_command
from bot.slack.surface import SlackSurface
from bot.slack.visible import visible
from bot.slack.welcome import Welcome
from memory.ids import PendingId, PersonId, WorkspaceId, person_id

Ack = Callable[..., Awaitable[None]]


class Commands:
    """Answers slash commands."""

    def __init__(
        self, surface: SlackSurface, connections: Connections, welcome: Welcome, *, now: Callable[[], datetime]
    ) -> None:
        self._surface = surface
        self._connections = connections
        self._welcome = welcome
        self._now = now

    async def run(self, ack: Ack, body: Mapping[str, Any]) -> None:
        """Answer one command; only the person who typed it sees the answer."""
        person = person_id(WorkspaceId(body["team_id"]), body["user_id"])
        message = await self.answer(person, body["command"], body.get("text") or "")
        await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")

    async def answer(self, person: PersonId, command: str, text: str) -> Message:
        """What `command text` says to `person`."""
        if refused := await self.refused(person):
            return refused
        word, _, rest = text.strip().partition(" ")
        match word.lower():
            case "" | "help":
                return help_message(command=command)
            case "connect":
                return await self.connect(person, rest.strip().lower())
            case "skills":
                return await self.skills(person)
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
        states = await self._connections.states(person)
        return skills_message([await self._welcome.row(person, state) for state in states])

    async def connect(self, person: PersonId, name: str) -> Message:
        """Offer to connect what skill or service `name` needs; without a name, show all skills with their buttons."""
        if not name:
            return await self.skills(person)
        skill = next(
            (
                state
                for state in await self._connections.states(person)
                if name in (state.skill, state.title.lower(), state.integration, state.service.lower())
                or name.replace(" ", "_") == state.skill
            ),
            None,
        )
        if skill is None:
            return _note(f"There is no skill called {visible(name)[:60]}. These are there:", await self.skills(person))
        if skill.status == "connected":
            return _note(
                f"{skill.service} is connected already, as {visible(skill.account)}.", await self.skills(person)
            )
        try:
            url = await self._connections.offer(person, skill.skill, now=self._now())
        except NotSetUp as error:
            return _note(str(error))
        declared = self._connections.skills[skill.skill]
        offer = ConnectOffer(
            pending=PendingId(f"s_{skill.skill}"),
            service=skill.service,
            purpose=_purpose(declared.title),
            reads=declared.reads,
            changes=declared.changes,
            url=url,
            again=skill.status == "ended",
        )
        return connect_card(ConnectCard(offers=(offer,)))


def _purpose(title: str) -> str:
    return f"work with {title[:1].lower()}{title[1:]}"


def _note(text: str, rest: Message | None = None) -> Message:
    block = section(words(text))
    return Message(words(text), [block, *(rest.blocks if rest else [])])
