"""Warm start: learning from what a person filed and planned before Pinyon came, once they chose so on connecting."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.provenance.company import company_domain
from bot.self_service.connections import Acting, Connections
from bot.toolbox.draft import full_name
from bot.toolbox.given import as_value
from integrations.errors import AccessRevoked, IntegrationError, ServiceUnavailable
from memory.ids import PersonId
from memory.parameters.evidence import Occasion, PastCall, word_hashes
from memory.parameters.store import Done, ParameterMemory
from memory.people import Person
from memory.warm_starts import Allowed, WarmStarts
from skills.own_records import OwnRecord
from skills.skill import Asker, Skill, Tool, ToolContext

log = structlog.get_logger()

LEASE = timedelta(minutes=10)
"""How long one is left to who began it, before it is taken for stopped half way."""
AGAIN = timedelta(minutes=15)
"""After how long a service that did not answer is asked once more, unless it says when."""
TRIES = 2
PATIENCE = 120.0
"""Seconds for all records of one skill."""
AT_ONCE = 5
"""Of one round; people connect one by one."""
AT_A_TIME = 50
"""Calls that are learned in one transaction, during which nobody else of the workspace is learned from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was read of one kind."""

    named: str
    """"tickets"."""
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The receipt of a warm start."""

    values: int
    """Parameters, each of one tool, of which something is known from the person's own records."""
    sources: tuple[Source, ...]


Tell = Callable[[PersonId, Learned], Awaitable[None]]
"""Shows somebody the receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmStart:
    """Everyone's. Nothing is read of a service for which the person did not choose it."""

    store: WarmStarts
    memory: ParameterMemory
    connections: Connections
    tell: Tell
    now: Callable[[], datetime]
    agent: str = ""
    """By whose calls these will be asked for: the usual agent's name, as `Occasion.type` has it."""
    patience: float = PATIENCE
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1), repr=False)
    """People's own questions come first: one after the other is soon enough."""

    async def run(self, person: PersonId, integration: str) -> None:
        """Learn from somebody's records at a service, if they chose so and it was not done yet."""
        async with self.reading:
            await self._next(person=person, integration=integration)

    async def sweep(self) -> None:
        """Go on with what was stopped half way, or could not be read when it was chosen."""
        async with self.reading:
            for _ in range(AT_ONCE):
                if not await self._next():
                    break

    async def allow(self, person: PersonId, integration: str) -> bool:
        """The person chose it later, for an account that is connected; False when there is none. `run` follows."""
        grants = await self.connections.grants.list(person)
        mine = next((one for one in grants if one.integration == integration and one.problem is None), None)
        if mine is None or not any(skill.own_records for skill in self.connections.skills_of(integration)):
            return False
        await self.store.allow(mine, now=self.now())
        return True

    async def of(self, person: PersonId) -> Sequence[Allowed]:
        """What somebody let Pinyon learn from."""
        return await self.store.of(person)

    async def forget(self, person: PersonId, integration: str = "") -> int:
        """Take it back, for one service or for all: nothing more is read, and nothing that was read stays.

        What the person used themself since stays known. How many values were forgotten.
        """
        await self.store.take_back(person, integration, now=self.now())
        return await self._forget(person, integration)

    async def _forget(self, person: PersonId, integration: str) -> int:
        return await self.memory.forget_own(person, self._tools(integration))

    def _tools(self, integration: str) -> frozenset[str]:
        skills = self.connections.skills.values()
        return frozenset(tool.name for one in skills if integration in ("", one.integration) for tool in one.tools)

    async def _own(self, person: PersonId, integration: str) -> int:
        """How many parameters of a service's tools are known from somebody's own records."""
        tools = self._tools(integration)
        known = {
            (tool, parameter)
            for tool, evidence in (await self.memory.of(person)).items()
            for call in evidence.calls
            for parameter, how in call.how.items()
            if how == "own" and tool in tools
        }
        return len(known)

    async def _next(self, *, person: PersonId | None = None, integration: str = "") -> bool:
        """Whether anything was due."""
        due = await self.store.begin(now=self.now(), lease=LEASE, person=person, integration=integration)
        if due is not None:
            await self._run(due)
        return due is not None

    async def _run(self, allowed: Allowed) -> None:
        person = await self.connections.people.get(allowed.person)
        skills = await self._skills(allowed, person) if person and person.is_member else []
        if person is None or not skills:
            await self._over(allowed, outcome="nothing to read")
            return
        try:
            found = await self._read(allowed, person, skills)
        except AccessRevoked as error:
            await self._over(allowed, outcome=str(error))
            return
        if found.away is not None and allowed.tries < TRIES:
            log.info("warm start later", person=allowed.person, integration=allowed.integration, why=str(found.away))
            await self.store.later(allowed, due=_again(found.away, self.now()))
            return
        if found.away is not None and not found.sources:
            await self._over(allowed, outcome="no answer")
            return
        await self._learn(allowed, person, found)

    async def _skills(self, allowed: Allowed, person: Person) -> list[tuple[Skill, Collection[Tool]]]:
        """The skills with records to learn from that the person may use, with the tools that they may use."""
        states = {state.skill: state for state in await self.connections.states_of(allowed.person, person)}
        usable = [skill for skill in self.connections.skills_of(allowed.integration) if skill.own_records]
        return [
            (skill, skill.tools_at(state.level))
            for skill in usable
            if (state := states.get(skill.name)) and state.works and state.level
        ]

    async def _read(
        self, allowed: Allowed, person: Person, skills: Sequence[tuple[Skill, Collection[Tool]]]
    ) -> "_Found":
        found = _Found()
        for skill, tools in skills:
            try:
                async with asyncio.timeout(self.patience):
                    records = await self._records(allowed, person, skill)
            except (ServiceUnavailable, TimeoutError) as error:
                found.away = error
            except AccessRevoked:
                raise
            except IntegrationError as error:
                # Of one kind of record the vendor tells nothing: the others may still be read.
                log.info("warm start refused", person=person.id, skill=skill.name, why=str(error))
            else:
                found.take(skill, tools, records)
        return found

    async def _records(self, allowed: Allowed, person: Person, skill: Skill) -> Sequence[OwnRecord]:
        """The person's records, oldest first, without those that may be Pinyon's own doing."""
        acting = await self._sign_in(allowed, skill)
        if acting is None or skill.own_records is None:
            return ()
        asker = Asker(person=person.id, name=person.name, zone=person.zone)
        ctx = ToolContext(client=acting.client, account=acting.account, asker=asker, now=self.now())
        try:
            records = await skill.own_records.newest(ctx)
        except AccessRevoked:
            await self.connections.ended(acting)
            raise
        used = await self.store.first_uses(person.id)
        first = min((used[tool] for tool in {one.tool for one in records} & used.keys()), default=None)
        return [one for one in records if first is None or one.at < first]

    async def _sign_in(self, allowed: Allowed, skill: Skill) -> Acting | None:
        accounts = await self.connections.accounts(allowed.person)
        mine = next((one for one in accounts if one.grant == allowed.grant), None)
        if mine is None:
            return None
        return await self.connections.client_for(
            allowed.person,
            allowed.integration,
            now=self.now(),
            covers=partial(skill.scopes.cover, "read"),
            label=mine.label,
        )

    async def _over(self, allowed: Allowed, *, outcome: str) -> None:
        """It came to nothing, and nobody is told: whoever connected an account has it connected all the same."""
        log.info("warm start over", person=allowed.person, integration=allowed.integration, why=outcome)
        await self.store.end(allowed, now=self.now(), learned=allowed.learned, outcome=outcome)

    async def _learn(self, allowed: Allowed, person: Person, found: "_Found") -> None:
        for tool, records in found.by_tool:
            calls = [done for record in records if (done := self._done(person, tool, record))]
            for first in range(0, len(calls), AT_A_TIME):
                # It may have been taken back while the service was asked.
                if not await self.store.is_still(allowed):
                    await self._forget(allowed.person, allowed.integration)
                    return
                await self.memory.learn_all(calls[first : first + AT_A_TIME])
        values = await self._own(person.id, allowed.integration)
        if not await self.store.end(allowed, now=self.now(), learned=values, outcome=f"{values} values"):
            await self._forget(allowed.person, allowed.integration)
            return
        await self.tell(person.id, Learned(values=values, sources=tuple(found.sources)))

    def _done(self, person: Person, tool: Tool, record: OwnRecord) -> Done | None:
        """A record as the call that would have made it. None when nothing in it can be learned."""
        kinds, given = tool.remembered_kinds, dict(record.values)
        values = {
            full_name(habit, name, given): as_value(given[name], kinds[name])
            for name, habit in tool.remembers.items()
            if name in given and (not habit.within or given.get(habit.within) is not None)
        }
        if not values:
            return None
        occasion = Occasion(
            at=record.at.timestamp(),
            type=self.agent,
            words=word_hashes(record.words),
            group=company_domain(person.email or ""),
        )
        call = PastCall(id=record.key, occasion=occasion, values=values, how=dict.fromkeys(values, "own"))
        return Done(person=person.id, tool=tool.name, kinds=kinds, call=call, words=record.shown)


@dataclass(slots=True)
class _Found:
    """What was read of a service."""

    by_tool: list[tuple[Tool, list[OwnRecord]]] = field(default_factory=list[tuple[Tool, list[OwnRecord]]])
    sources: list[Source] = field(default_factory=list[Source])
    away: ServiceUnavailable | TimeoutError | None = None
    """Why not all of it was read."""

    def take(self, skill: Skill, tools: Collection[Tool], records: Sequence[OwnRecord]) -> None:
        """Keep what was read of one skill, for the tools that the person may use."""
        if skill.own_records and records:
            self.sources.append(Source(named=skill.own_records.named, records=len({one.key for one in records})))
        for tool in tools:
            if mine := [one for one in records if one.tool == tool.name]:
                self.by_tool.append((tool, mine))


def _again(away: ServiceUnavailable | TimeoutError, now: datetime) -> datetime:
    """When to try again: as the service says, but not at once."""
    said = away.retry_at if isinstance(away, ServiceUnavailable) else None
    return max(said or now, now + AGAIN)
