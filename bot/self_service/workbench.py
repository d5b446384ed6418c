"""What everything that people do with agents has in common: the parts, the errors, an agent as its people see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.agents.file import AgentFile, Faulty, Problem, Understood, Vocabulary, read_draft
from bot.agents.shelf import InChannel, Shelf
from bot.knowledge.desk import Knowledge
from bot.self_service.connections import Connections
from memory.agents import AgentRole, Agents, StoredAgent, Version
from memory.ids import AgentId, PersonId
from memory.people import People, Person

Clock: TypeAlias = Callable[[], datetime]
NOT_YOURS = "There is no such agent, or it is not yours to change. /pinyon agents shows those that you may use."
DELETED = "This agent was deleted meanwhile."


class NotPossible(Exception):
    """Why something was not done: a sentence with the next step, for the person who wanted it."""


class Wrong(Exception):
    """What somebody wrote does not make an agent; `problems` say where and how it is mended."""

    def __init__(self, *problems: Problem, free: Sequence[str] = ()) -> None:
        super().__init__(problems[0].said if problems else "")
        self.problems = problems
        self.free = tuple(free)
        """Handles that are free, where the one that was wanted is taken."""


class Overtaken(Exception):
    """Somebody else saved the draft meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "This draft was saved somewhere else meanwhile. Load the page again to see it; yours is not saved."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """An agent as its owner and editors see it."""

    stored: StoredAgent
    role: AgentRole
    file: AgentFile
    """The draft, else what is live."""
    text: str
    """The same as a file, byte for byte."""
    problems: tuple[Problem, ...] = ()
    """What keeps the draft from being published."""
    writer: PersonId | None = None
    """The one person who wrote all of it; None where it was several, or nobody knows."""
    changed_at: datetime | None = None
    """When it was saved or published last."""


@dataclass(frozen=True, kw_only=True)
class Workbench:
    """The parts that are needed."""

    store: Agents
    shelf: Shelf
    people: People
    connections: Connections
    vocabulary: Vocabulary
    """What an agent may name here."""
    in_channel: InChannel
    """Whether somebody is a member of a channel at this moment."""
    now: Clock
    knowledge: Knowledge | None = None
    """None where agents know nothing but their instructions."""

    async def bench(self, person: Person, agent: AgentId) -> Bench | None:
        """None unless `person` owns or edits it."""
        access = await self.store.access(agent, person.id, now=self.now())
        if access is None or access.role not in ("owner", "editor"):
            return None
        if access.agent.disabled_at is not None and access.role != "owner":
            return None
        return (await self._benches([(access.agent, access.role)]))[0]

    async def _mine(self, person: Person, agent: AgentId) -> Bench:
        """One that `person` may change. Raises NotPossible."""
        if bench := await self.bench(person, agent):
            return bench
        raise NotPossible(NOT_YOURS)

    async def _owned(self, person: Person, agent: AgentId) -> StoredAgent:
        """One of their own. Raises NotPossible."""
        access = await self.store.access(agent, person.id, now=self.now())
        if access is not None and access.role == "owner":
            return access.agent
        if access is not None and access.role == "editor":
            raise NotPossible("Only its owner can do this. Ask them, or copy the agent and change your own.")
        raise NotPossible(NOT_YOURS)

    async def _benches(self, mine: Sequence[tuple[StoredAgent, AgentRole]]) -> Sequence[Bench]:
        live = await self.store.live([stored.id for stored, _ in mine])
        return [self._bench(stored, role, live.get(stored.id)) for stored, role in mine]

    def _bench(self, stored: StoredAgent, role: AgentRole, live: Version | None) -> Bench:
        text = stored.draft if stored.draft is not None else live.text if live else ""
        understood = self._read(stored, text)
        dates = (stored.draft_saved_at, live.published_at if live else None)
        return Bench(
            stored=stored,
            role=role,
            file=understood.file,
            text=text,
            problems=understood.problems,
            writer=stored.draft_writer if stored.draft is not None else live.writer if live else None,
            changed_at=max(filter(None, dates), default=None),
        )

    def _read(self, stored: StoredAgent, text: str) -> Understood:
        """What a kept file says. One that no reader of ours understands any more breaks no list."""
        try:
            return read_draft(text, self.vocabulary)
        except Faulty as error:
            empty = AgentFile(name=stored.name, handle=stored.handle, description="", instructions="")
            return Understood(file=empty, problems=error.problems, lost=True)
