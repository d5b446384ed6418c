"""`/pinyon agents` and `/pinyon use …`, in words."""

from bot.self_service.handles import nearest
from bot.self_service.workshop import NotPossible
from bot.slack.agent_chosen import AgentChosen, chosen_message
from bot.slack.agent_window import AgentWindow
from bot.slack.blocks import Message
from bot.slack.cards import agent_problem, channel_answers, no_channel, unknown_agent
from memory.ids import PersonId

NOBODY = ("none", "default")
"""Words for the agent that answers where nobody chose one."""
ONCE, HERE = "once", "here"
DEFAULT_HANDLE = "pinyon"


class AgentWords:
    """What the slash command does about agents."""

    def __init__(self, window: AgentWindow, chosen: AgentChosen) -> None:
        self._window = window
        self._chosen = chosen

    async def use(self, person: PersonId, said: str, *, channel: str) -> Message:
        """Let the agent answer that `said` names: from now on, `once`, or for everybody `here` in `channel`.

        Nothing said is the list of all.
        """
        *names, last = said.lower().replace("@", " ").replace(":", " ").split() or [""]
        where = last if last in (ONCE, HERE) and names else ""
        handle = "-".join(names if where else [*names, last])
        if not handle:
            return await self._window.listed(person)
        handle = DEFAULT_HANDLE if handle in NOBODY else handle
        try:
            if where == HERE:
                return await self._here(person, handle, channel)
            return await self._use(person, handle, once=where == ONCE)
        except NotPossible as error:
            return agent_problem(str(error))

    async def _use(self, person: PersonId, handle: str, *, once: bool) -> Message:
        agent = await self._window.workshop.use_handle(await self._window.person(person), handle, once=once)
        self._window.background.run(self._chosen.show(person))
        return chosen_message(agent, once=once)

    async def _here(self, person: PersonId, handle: str, channel: str) -> Message:
        """Let it answer in a channel those who have chosen nobody themselves."""
        if not channel or channel.startswith("D"):
            return no_channel()
        who, workshop = await self._window.person(person), self._window.workshop
        if handle == DEFAULT_HANDLE:
            await workshop.set_channel(who, channel, None)
            return channel_answers("")
        agent = await workshop.shelf.called(who.workspace, handle, who.id)
        if agent is None:
            known = [one.agent.file.handle for one in await workshop.shelf.listed(who.id)]
            return unknown_agent(nearest(handle, known))
        await workshop.set_channel(who, channel, agent.id)
        return channel_answers(agent.file.name)
