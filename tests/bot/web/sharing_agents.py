"""A site where people share agents, with an invented Slack that says who is in which channel."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from html.parser import HTMLParser

import httpx

from bot.agents.file import AgentFile, Source, vocabulary_of
from bot.agents.shelf import Shelf, Shelved
from bot.self_service.workshop import Bench, Workshop
from bot.web.site import Site
from memory.agents import Agents, ShareLink
from memory.database import Database
from memory.ids import AgentId, PersonId
from memory.people import Person
from tests.bot.web.fakes import JAMAL, REN, World, build_world, csrf, person

ADMIN, STRANGER, GUEST = PersonId("T1:UADMIN"), PersonId("T2:UADMIN"), PersonId("T1:UGUEST")
TEAM, OPS = ("C0TEAM001", "team"), ("C0OPS0001", "ops")
INSIDE = "canary_instructions"
KNOWN = "canary_knowledge"
PINYON = AgentFile(name="Pinyon", handle="pinyon", description="Small jobs of all kinds.", instructions="Help.")
WRITER = AgentFile(
    name="Ticket writer",
    handle="ticket-writer",
    description="Turns a thread into a ticket.",
    instructions="Write the ticket.",
    job="tickets",
    roles=("engineering",),
    skills={"tickets": "write"},
)
UPDATE = AgentFile(
    name="Product update",
    handle="product-update",
    description="Merged work and the board in one mail.",
    instructions=f"Write the weekly update. {INSIDE}",
    icon="PU",
    job="updates",
    roles=("product",),
    skills={"pull_requests": "read", "tickets": "write", "schedules": "write"},
    starters=("Write this week’s update",),
    knowledge=(Source(kind="text", at="Tone", text=KNOWN),),
)


@dataclass
class Shop:
    """The site's workshop, and the invented Slack around it."""

    world: World
    workshop: Workshop
    shelf: Shelf
    channels: dict[tuple[str, str], set[PersonId]]
    told: list[tuple[PersonId, Shelved]]
    people: dict[PersonId, Person] = field(default_factory=dict[PersonId, Person])

    async def published(self, file: AgentFile = UPDATE, *, by: PersonId = JAMAL) -> Bench:
        """An agent of `by` that can answer."""
        bench = await self.workshop.make(self.people[by], file)
        await self.workshop.publish(self.people[by], bench.stored.id, revision=bench.stored.draft_revision)
        found = await self.workshop.bench(self.people[by], bench.stored.id)
        assert found
        return found

    async def link(self, agent: AgentId, *, by: PersonId = JAMAL, expires_at: datetime | None = None) -> ShareLink:
        return await self.workshop.make_link(self.people[by], agent, expires_at=expires_at)

    async def take_back(self, agent: AgentId, *, by: PersonId = JAMAL) -> None:
        """End every link of an agent."""
        _, links = await self.workshop.shares(self.people[by], agent)
        for link in links:
            await self.workshop.revoke_link(self.people[by], link.id)

    async def browser(self, id: PersonId) -> httpx.AsyncClient:
        """A browser in which `id` has signed in."""
        self.world.slack.team = id.partition(":")[0]
        browser = await self.world.signed_in(id)
        self.world.slack.team = "T1"
        return browser

    async def role(self, agent: AgentId, id: PersonId) -> str | None:
        return await self.shelf.role(agent, id)


async def open_shop(database: Database) -> Shop:
    """A site with a workshop, two built-in agents, and people of two workspaces."""
    channels: dict[tuple[str, str], set[PersonId]] = {TEAM: {JAMAL, REN}, OPS: {REN}}
    told: list[tuple[PersonId, Shelved]] = []
    made: list[tuple[Workshop, Shelf]] = []

    async def in_channel(id: PersonId, channel: str) -> bool:
        return any(id in members for (known, _), members in channels.items() if known == channel)

    async def channels_of(id: PersonId) -> Sequence[tuple[str, str]]:
        return [channel for channel, members in channels.items() if id in members]

    async def name_of(_workspace: str, channel: str) -> str:
        return next((name for known, name in channels if known == channel), "")

    async def on_chosen(id: PersonId, agent: Shelved) -> None:
        told.append((id, agent))

    def with_workshop(site: Site) -> Site:
        store = Agents(database)
        shelf = Shelf(store, builtins=(PINYON, WRITER), in_channel=in_channel, now=site.clock)
        workshop = Workshop(
            store=store,
            shelf=shelf,
            people=site.people,
            connections=site.connections,
            vocabulary=vocabulary_of(site.connections.skills),
            in_channel=in_channel,
            now=site.clock,
        )
        made.append((workshop, shelf))
        return replace(
            site,
            workshop=workshop,
            in_channel=in_channel,
            channels_of=channels_of,
            name_of=name_of,
            on_chosen=on_chosen,
        )

    world = build_world(database, edit=with_workshop)
    for id, name in ((ADMIN, "Priya"), (STRANGER, "Omar")):
        world.people[id] = replace(person(id, name), is_admin=True)
    people = {id: await world.site.people.upsert(one) for id, one in world.people.items()}
    [(workshop, shelf)] = made
    return Shop(world=world, workshop=workshop, shelf=shelf, channels=channels, told=told, people=people)


async def post(browser: httpx.AsyncClient, path: str, **sent: str) -> httpx.Response:
    """Send a form of ours, as a browser does that shows one of our pages."""
    return await browser.post(path, data={"csrf": await csrf(browser, "/connections"), **sent})


def words(html: str) -> str:
    """What a page reads like."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<body>")[2]).split())


class Parts(HTMLParser):
    """Collects what of a page could only have come from somebody else."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        ours = tag == "script" and given == {"type": "module", "src": "/static/copy.js"}
        if tag in ("img", "script", "style", "iframe", "object", "base") and not ours:
            self.foreign.append(self.get_starttag_text() or tag)
        for name, value in given.items():
            if name.startswith("on") or name == "style" or value.strip().lower().startswith(("javascript:", "data:")):
                self.foreign.append(f"{tag} {name}={value}")


def foreign_parts(html: str) -> list[str]:
    """What of a page's HTML runs, loads or styles anything and is not ours."""
    parts = Parts()
    parts.feed(html)
    return parts.foreign
