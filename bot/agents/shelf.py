"""Which agents there are for somebody, and what they may do with each."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from bot.agents.file import AgentFile, Faulty, read_draft
from memory.agents import Access, AgentRole, Agents, StoredAgent, Used, Version
from memory.ids import AgentId, PersonId, WorkspaceId, workspace_of

log = structlog.get_logger()

InChannel: TypeAlias = Callable[[PersonId, str], Awaitable[bool]]
"""Whether somebody is a member of a channel now."""
BUILTIN = "builtin:"
FRESH = timedelta(seconds=60)
"""How long an answer of Slack's about who is in a channel counts. Whether it is shared with the channel is always
looked at anew."""
MOST_KEPT = 1_000
"""Files that are kept as read; most have one or two kB, and none more than 64."""
MOST_ANSWERS = 10_000
AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """An agent that can answer."""

    id: AgentId
    file: AgentFile
    version: int = 0
    """0 of a built-in one."""
    owner: PersonId | None = None
    """None of a built-in one, and where its owner has left."""
    writer: PersonId | None = None
    """The one person who wrote all of its instructions; None where it was several people, or nobody knows."""
    is_draft: bool = False

    @property
    def is_builtin(self) -> bool:
        return self.id.startswith(BUILTIN)

    def is_trusted_by(self, person: PersonId) -> bool:
        """Whether its instructions are nobody else's words to `person`."""
        return self.is_builtin or self.writer == person


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An agent in a list that somebody chooses from."""

    agent: Shelved
    role: AgentRole
    people: int
    """So many have used it."""
    turns: int
    last_used: datetime | None = None
    """By the one who looks."""


@dataclass(slots=True)
class Members:
    """Who is in which channel, as Slack said it less than `FRESH` ago."""

    in_channel: InChannel
    now: Callable[[], datetime]
    answers: OrderedDict[tuple[PersonId, str], tuple[datetime, bool]] = field(
        default_factory=OrderedDict[tuple[PersonId, str], tuple[datetime, bool]]
    )

    async def of_any(self, person: PersonId, channels: Iterable[str]) -> bool:
        """Whether `person` is in one of `channels`."""
        for channel in channels:
            if await self.of(person, channel):
                return True
        return False

    async def ask(self, person: PersonId, channels: Iterable[str]) -> None:
        """Find out about several at once, a few at a time: Slack counts how often it is asked."""
        few = asyncio.Semaphore(AT_ONCE)

        async def one(channel: str) -> None:
            async with few:
                await self.of(person, channel)

        await asyncio.gather(*(one(channel) for channel in channels))

    async def of(self, person: PersonId, channel: str) -> bool:
        known = self.answers.get((person, channel))
        if known is not None and self.now() - known[0] < FRESH:
            return known[1]
        answer = await self.in_channel(person, channel)
        self.answers[person, channel] = (self.now(), answer)
        self.answers.move_to_end((person, channel))
        while len(self.answers) > MOST_ANSWERS:
            self.answers.popitem(last=False)
        return answer


class Shelf:
    """All agents, as one person after the other may use them."""

    def __init__(
        self, store: Agents, *, builtins: Sequence[AgentFile], in_channel: InChannel, now: Callable[[], datetime]
    ) -> None:
        """`builtins` begins with the one that answers where nobody chose."""
        made = [Shelved(id=AgentId(f"{BUILTIN}{file.handle}"), file=file) for file in builtins]
        self._builtins: Mapping[AgentId, Shelved] = {one.id: one for one in made}
        self._default = made[0]
        self._store = store
        self._members = Members(in_channel, now)
        self._now = now
        self._read: OrderedDict[tuple[AgentId, int], Shelved] = OrderedDict()

    @property
    def default(self) -> Shelved:
        return self._default

    @property
    def builtins(self) -> Sequence[Shelved]:
        """The default one first."""
        return tuple(self._builtins.values())

    async def role(self, agent: AgentId, person: PersonId) -> AgentRole | None:
        """What `person` may do with it now; None where they may not even know of it. Everybody uses the built-ins.

        A disabled agent is its owner's still, and nobody's else.
        """
        if agent in self._builtins:
            return "user"
        access = await self._store.access(agent, person, now=self._now())
        return await self._role(access, person) if access else None

    async def find(self, agent: AgentId, person: PersonId) -> Shelved | None:
        """Its live version, where `person` may use it now: it is published, and not disabled."""
        if agent in self._builtins:
            return self._builtins[agent]
        access = await self._store.access(agent, person, now=self._now())
        if access is None or not _answers(access.agent) or await self._role(access, person) is None:
            return None
        return (await self._live([access.agent])).get(agent)

    async def draft(self, agent: AgentId, person: PersonId) -> Shelved | None:
        """Its draft as it was saved last, or the live version where there is none; for owner and editors.

        Also with what still keeps it from being published: a try says more than a list of problems.
        """
        access = await self._store.access(agent, person, now=self._now())
        if access is None or await self._role(access, person) not in ("owner", "editor"):
            return None
        if access.agent.draft is None:
            return (await self._live([access.agent])).get(agent)
        draft = _shelved(access.agent, access.agent.draft, version=access.agent.live or 0)
        return replace(draft, writer=access.agent.draft_writer, is_draft=True) if draft else None

    async def called(self, workspace: WorkspaceId, handle: str, person: PersonId) -> Shelved | None:
        """The one of that handle, where `person` may use it now."""
        if found := self._builtins.get(AgentId(f"{BUILTIN}{handle}")):
            return found
        stored = await self._store.called(workspace, handle)
        return await self.find(stored.id, person) if stored else None

    async def listed(self, person: PersonId) -> Sequence[Listed]:
        """All that `person` may use now: what they used last, then their own, then by use; built-ins among them."""
        accesses = [one for one in await self._store.accessible(person, now=self._now()) if _answers(one.agent)]
        unsure = {channel for one in accesses if one.role is None for channel in one.channels}
        live, _ = await asyncio.gather(
            self._live([access.agent for access in accesses]), self._members.ask(person, unsure)
        )
        may: dict[AgentId, AgentRole] = {}
        for access in accesses:
            role = await self._role(access, person)
            if role is not None and access.agent.id in live:
                may[access.agent.id] = role
        agents = [*self._builtins.values(), *(live[agent] for agent in may)]
        used = await self._store.used([agent.id for agent in agents], workspace_of(person), person)
        found = [_listed(agent, may.get(agent.id, "user"), used.get(agent.id)) for agent in agents]
        return sorted(found, key=_first_first)

    async def _role(self, access: Access, person: PersonId) -> AgentRole | None:
        if access.agent.disabled_at is not None:
            return "owner" if access.role == "owner" else None
        if access.role is not None or not access.channels:
            return access.role
        return "user" if await self._members.of_any(person, access.channels) else None

    async def _live(self, agents: Sequence[StoredAgent]) -> Mapping[AgentId, Shelved]:
        """The live versions of published agents; one whose file cannot be read is left out."""
        found = {one.id: _owned(kept, one) for one in agents if (kept := self._kept(one))}
        missing = [one for one in agents if one.id not in found]
        versions = await self._store.live([one.id for one in missing])
        for one in missing:
            if (version := versions.get(one.id)) and (read := _read(one, version)):
                self._keep(read)
                found[one.id] = read
        return found

    def _kept(self, stored: StoredAgent) -> Shelved | None:
        key = (stored.id, stored.live or 0)
        if key not in self._read:
            return None
        self._read.move_to_end(key)
        return self._read[key]

    def _keep(self, read: Shelved) -> None:
        self._read[read.id, read.version] = read
        while len(self._read) > MOST_KEPT:
            self._read.popitem(last=False)


def _answers(stored: StoredAgent) -> bool:
    return stored.live is not None and stored.disabled_at is None


def _read(stored: StoredAgent, version: Version) -> Shelved | None:
    read = _shelved(stored, version.text, version=version.number)
    return replace(read, writer=version.writer) if read else None


def _shelved(stored: StoredAgent, text: str, *, version: int) -> Shelved | None:
    try:
        # Without a vocabulary: skills come and go, and with them goes what an agent does with them, no more.
        file = read_draft(text).file
    except Faulty as error:
        log.warning("an agent's file cannot be read", agent=stored.id, version=version, why=str(error))
        return None
    return Shelved(id=stored.id, file=file, version=version, owner=_owner(stored))


def _owner(stored: StoredAgent) -> PersonId | None:
    return None if stored.owner_left else stored.owner


def _owned(kept: Shelved, stored: StoredAgent) -> Shelved:
    """As it was read, with the owner of now: they change without a new version."""
    return kept if kept.owner == _owner(stored) else replace(kept, owner=_owner(stored))


def _listed(agent: Shelved, role: AgentRole, used: Used | None) -> Listed:
    if used is None:
        return Listed(agent=agent, role=role, people=0, turns=0)
    return Listed(agent=agent, role=role, people=used.people, turns=used.turns, last_used=used.last)


def _first_first(one: Listed) -> tuple[float, bool, int, int, str]:
    last = one.last_used.timestamp() if one.last_used else 0.0
    return (-last, one.role != "owner", -one.people, -one.turns, one.agent.file.name.casefold())
