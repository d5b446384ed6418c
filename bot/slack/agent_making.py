"""Agents of one's own by dialog: made, changed, published."""

from dataclasses import replace

from bot.agents.file import AgentFile, usable_handle
from bot.self_service.workshop import Bench, NotPossible, Overtaken, Wrong
from bot.slack.agent_window import AgentWindow
from bot.slack.blocks import View
from bot.slack.card_desk import Closing
from bot.slack.cards import (
    Draft,
    at_agent_fields,
    at_fields,
    not_saved_modal,
    published_modal,
    read_agent_form,
    saved_modal,
)
from bot.slack.clicked import Click, Submission
from memory.ids import AgentId
from memory.people import Person

OVERTAKEN = (
    "Somebody else saved this agent meanwhile, so nothing was saved. Copy what you wrote, cancel, and open it again."
)
NOT_YOURS = "This agent is not yours to change any more, so nothing was saved. Its owner can make you an editor."
SOME_HANDLE = "agent"
"""Of an agent whose name has no letters that people could type."""


class AgentMaking:
    """Where the dialogs `agent.made` and `agent.changed` arrive, and clicks on Publish."""

    def __init__(self, window: AgentWindow) -> None:
        self._window = window
        self._workshop = window.workshop

    async def make(self, sent: Submission) -> Closing:
        """Begin an agent as a draft. Without a handle it gets one from its name."""
        file = read_agent_form(sent.view, None, self._window.skills)
        who = await self._window.person(sent.person)
        try:
            bench = await self._made(who, file)
        except Wrong as error:
            return _errors(at_agent_fields(sent.view, error.problems, error.free))
        except NotPossible as error:
            return _errors(at_fields(sent.view, {"name": str(error)}))
        return {"response_action": "update", "view": self._saved(bench)}

    async def change(self, sent: Submission) -> Closing:
        """Save the draft of an agent, as it was filled in."""
        agent, revision = _aim(sent.pending)
        who = await self._window.person(sent.person)
        bench = await self._workshop.bench(who, agent)
        if bench is None:
            return _errors(at_fields(sent.view, {"name": NOT_YOURS}))
        if bench.stored.draft_revision != revision:
            return _errors(at_fields(sent.view, {"name": OVERTAKEN}))
        file = read_agent_form(sent.view, bench.file, self._window.skills)
        try:
            bench = await self._workshop.save(who, agent, file, revision=revision)
        except Overtaken:
            return _errors(at_fields(sent.view, {"name": OVERTAKEN}))
        except Wrong as error:
            return _errors(at_agent_fields(sent.view, error.problems, error.free))
        except NotPossible as error:
            return _errors(at_fields(sent.view, {"name": str(error)}))
        return {"response_action": "update", "view": self._saved(bench)}

    async def publish(self, click: Click) -> View:
        """Publish the draft that was saved from here; gives what the dialog shows then."""
        agent, revision = _aim(click.value)
        who = await self._window.person(click.person)
        bench = await self._workshop.bench(who, agent)
        if bench is None:
            return not_saved_modal(NOT_YOURS.replace("saved", "published"))
        try:
            version = await self._workshop.publish(who, agent, revision=revision)
        except Overtaken:
            why = "Somebody saved this agent again meanwhile, so nothing was published. Look at what it is now."
            return not_saved_modal(why, agent=agent)
        except Wrong as error:
            return not_saved_modal("\n".join(one.said for one in error.problems), agent=agent)
        except NotPossible as error:
            return not_saved_modal(str(error), agent=agent)
        share = self._window.page(f"/{agent}/sharing")
        return published_modal(agent, bench.file.name, number=version.number, share_url=share)

    async def _made(self, who: Person, file: AgentFile) -> Bench:
        if file.handle:
            return await self._workshop.make(who, file)
        try:
            return await self._workshop.make(who, replace(file, handle=usable_handle(file.name) or SOME_HANDLE))
        except Wrong as error:
            if not error.free or any(one.field != "handle" for one in error.problems):
                raise
            return await self._workshop.make(who, replace(file, handle=error.free[0]))

    def _saved(self, bench: Bench) -> View:
        stored = bench.stored
        return saved_modal(
            Draft(
                agent=stored.id,
                revision=stored.draft_revision,
                name=bench.file.name,
                is_live=stored.live is not None,
                problems=tuple(one.said for one in bench.problems),
                url=self._window.page(f"/{stored.id}"),
            )
        )


def _aim(value: str) -> tuple[AgentId, int]:
    """The agent and the saving of its draft that a dialog was opened with."""
    agent, _, revision = value.rpartition(":")
    return AgentId(agent), int(revision) if revision.isdecimal() else -1


def _errors(at: dict[str, str]) -> Closing:
    return {"response_action": "errors", "errors": at}
