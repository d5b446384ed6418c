"""Where people choose who answers them, or a channel."""

from bot.agents.shelf import Shelved
from bot.self_service.handles import nearest
from bot.self_service.workbench import NotPossible, Workbench
from memory.ids import AgentId
from memory.people import Person

_UNKNOWN = "This agent is not there any more, or not shared with you. /pinyon agents shows those that you may use."


class AgentChoosing(Workbench):
    """Lets agents answer."""

    async def use(self, person: Person, agent: AgentId, *, once: bool = False) -> Shelved:
        """Let it answer `person` from now on, or once; the default's id is back to the default. Raises NotPossible."""
        found = await self.shelf.find(agent, person.id)
        if found is None:
            raise NotPossible(_UNKNOWN)
        is_default = agent == self.shelf.default.id
        await self.store.choose(person.id, None if is_default and not once else agent, once=once, now=self.now())
        return found

    async def use_handle(self, person: Person, handle: str, *, once: bool = False) -> Shelved:
        """Raises NotPossible, with the nearest handles there are."""
        wanted = handle.strip().lstrip("@").rstrip(":").lower()
        found = await self.shelf.called(person.workspace, wanted, person.id)
        if found is None:
            raise NotPossible(await self._no_such(person, wanted))
        return await self.use(person, found.id, once=once)

    async def using(self, person: Person) -> Shelved:
        """Who answers `person` now, where no thread or channel says otherwise."""
        lasting, once = await self.store.chosen(person.id)
        for agent in (once, lasting):
            if agent is not None and (found := await self.shelf.find(agent, person.id)) is not None:
                return found
        return self.shelf.default

    async def of_channel(self, person: Person, channel: str) -> Shelved | None:
        """The channel's default, where it has one that `person` may use."""
        agent = await self.store.of_channel(person.workspace, channel)
        return await self.shelf.find(agent, person.id) if agent is not None else None

    async def set_channel(self, person: Person, channel: str, agent: AgentId | None) -> None:
        """Let an agent answer in a channel where nobody chose; None is back to the default. Raises NotPossible.

        Any member of a channel may, with an agent that the whole channel may use: a built-in one, one for everybody,
        or one that is shared with this channel.
        """
        if not await self.in_channel(person.id, channel):
            raise NotPossible("You are not in that channel, or Pinyon is not. Join it, invite Pinyon, and try again.")
        chosen = None if agent == self.shelf.default.id else agent
        if chosen is not None and not await self._for_all_of(person, channel, chosen):
            raise NotPossible(
                "Not everybody in this channel may use that agent. Its owner shares it with the channel or with"
                " everybody first."
            )
        await self.store.set_channel(person.workspace, channel, chosen, by=person.id, now=self.now())

    async def _for_all_of(self, person: Person, channel: str, agent: AgentId) -> bool:
        found = await self.shelf.find(agent, person.id)
        if found is None:
            raise NotPossible(_UNKNOWN)
        if found.is_builtin:
            return True
        access = await self.store.access(agent, person.id, now=self.now())
        return access is not None and (access.everybody or channel in access.channels)

    async def _no_such(self, person: Person, wanted: str) -> str:
        known = [one.agent.file.handle for one in await self.shelf.listed(person.id)]
        near = nearest(wanted, known)
        if not near:
            return "There is no agent of that handle that you may use. /pinyon agents shows those that there are."
        return f"There is no agent of that handle that you may use. Nearest: {', '.join(near)}."
