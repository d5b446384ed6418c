"""A workshop on a real database, with people of two workspaces."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.agents.file import Source, vocabulary_of
from bot.agents.shelf import Shelf
from bot.knowledge.desk import Knowledge
from bot.self_service.workshop import Bench, Workshop
from memory.agents import Agents
from memory.database import Database
from memory.ids import AgentId, PersonId
from memory.people import Person
from tests.bot.web.fakes import NOW, Clock, build_world, person
from tests.fakes.agents import agent_file

PRIYA = person(PersonId("T1:UPRIYA"), "Priya")
MEI = person(PersonId("T1:UMEI"), "Mei")
ADA = replace(person(PersonId("T1:UADA"), "Ada"), is_admin=True)
FAR = replace(person(PersonId("T10:UFAR"), "Far"), is_admin=True)
KNOWN = Source(kind="text", at="Tone", text="Short sentences.")


@dataclass
class KnownThings(Knowledge):
    """Knowledge that notes what it is told."""

    told: list[tuple[str, AgentId, tuple[Source, ...]]] = field(
        default_factory=list[tuple[str, AgentId, tuple[Source, ...]]]
    )
    copied: list[tuple[AgentId, AgentId, PersonId]] = field(default_factory=list[tuple[AgentId, AgentId, PersonId]])

    async def settle(self, agent: AgentId, declared: Sequence[Source], *, by: PersonId) -> None:
        self.told.append(("settle", agent, tuple(declared)))

    async def copy(self, source: AgentId, to: AgentId, *, by: PersonId) -> None:
        self.copied.append((source, to, by))

    async def forget(self, agent: AgentId) -> None:
        self.told.append(("forget", agent, ()))


@dataclass
class Shop:
    """Everything that a test of the workshop looks at."""

    workshop: Workshop
    store: Agents
    shelf: Shelf
    knowledge: KnownThings
    clock: Clock
    members: dict[str, set[PersonId]]
    """Channel → who is in it."""

    async def made(self, owner: Person = PRIYA, **fields: object) -> Bench:
        return await self.workshop.make(owner, agent_file(**fields))

    async def published(self, owner: Person = PRIYA, **fields: object) -> AgentId:
        bench = await self.made(owner, **fields)
        await self.workshop.publish(owner, bench.stored.id, revision=bench.stored.draft_revision)
        return bench.stored.id


async def build_workshop(database: Database) -> Shop:
    connections, clock, store = build_world(database).site.connections, Clock(NOW), Agents(database)
    for one in (PRIYA, MEI, ADA, FAR):
        await connections.people.upsert(one)
    members: dict[str, set[PersonId]] = {}

    async def in_channel(who: PersonId, channel: str) -> bool:
        return who in members.get(channel, set())

    builtins = [
        agent_file(name="Pinyon", handle="pinyon", description="General."),
        agent_file(name="Inbox", handle="inbox", job="mail", roles=("sales",), skills={"tickets": "read"}),
    ]
    shelf = Shelf(store, builtins=builtins, in_channel=in_channel, now=clock)
    knowledge = KnownThings()
    workshop = Workshop(
        store=store,
        shelf=shelf,
        people=connections.people,
        connections=connections,
        vocabulary=vocabulary_of(connections.skills),
        in_channel=in_channel,
        now=clock,
        knowledge=knowledge,
    )
    return Shop(workshop=workshop, store=store, shelf=shelf, knowledge=knowledge, clock=clock, members=members)
