"""A site where people make agents: a workshop, knowledge with an invented web, and forms as browsers send them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import httpx

from bot.agents.file import AgentFile, read_agent, vocabulary_of
from bot.agents.shelf import Shelf
from bot.background import Background
from bot.knowledge.desk import Knowledge
from bot.knowledge.finding import Finding
from bot.knowledge.taking import Taking
from bot.self_service.workshop import Bench, Workshop
from bot.web.site import Site
from documents.reading import read
from integrations.fetch import Fetcher
from integrations.google.client import Google
from memory.agents import Agents, StoredAgent
from memory.database import Database
from memory.ids import AgentId, PersonId
from memory.knowledge import KnownSources
from memory.knowledge_search import Search
from memory.people import Person
from skills.catalog import skill_catalog
from tests.bot.web.fakes import JAMAL, World, build_world, csrf, person

ADMIN, STRANGER = PersonId("T1:UADMIN"), PersonId("T2:UADMIN")
HANDWRITTEN = """\
---
# Written by hand.
handle:   weekly
name: "Weekly update"
description: Merged work and the board in one mail.

skills: {tickets: write, pull_requests: read}
roles: [leads, product]
starters:
    - Write this week's update
parameters:
    create_ticket: {project: INFRA}
must_ask: [create_ticket]
---

Write the weekly update.\r
At most 250 words.

"""
"""Nothing of it is as `write_agent` would have it."""


def builtins() -> list[AgentFile]:
    files = sorted(Path("configs/agents").glob("*.md"), key=lambda path: path.stem != "pinyon")
    return [read_agent(path.read_bytes()) for path in files]


@dataclass
class Desk:
    """The site, and what stands behind it."""

    world: World
    workshop: Workshop
    knowledge: Knowledge
    background: Background
    people: dict[PersonId, Person]

    async def browser(self, id: PersonId = JAMAL) -> httpx.AsyncClient:
        """A browser in which `id` has signed in."""
        self.world.slack.team = id.partition(":")[0]
        browser = await self.world.signed_in(id)
        self.world.slack.team = "T1"
        return browser

    async def brought(self, text: str = HANDWRITTEN, *, by: PersonId = JAMAL) -> Bench:
        return await self.workshop.bring(self.people[by], text.encode())

    async def published(self, text: str = HANDWRITTEN, *, by: PersonId = JAMAL) -> Bench:
        bench = await self.brought(text, by=by)
        await self.workshop.publish(self.people[by], bench.stored.id, revision=bench.stored.draft_revision)
        return await self.now(bench.stored.id, by=by)

    async def stored(self, bench: Bench) -> StoredAgent:
        found = await self.workshop.store.find(bench.stored.id)
        assert found
        return found

    async def file(self, bench: Bench) -> AgentFile:
        """The draft as it is now."""
        return (await self.now(bench.stored.id)).file

    async def publish(self, browser: httpx.AsyncClient, bench: Bench, note: str = "") -> httpx.Response:
        revision = (await self.stored(bench)).draft_revision
        return await post(browser, f"{path_of(bench)}/publish", revision=str(revision), note=note)

    async def replace(self, browser: httpx.AsyncClient, bench: Bench, body: bytes) -> httpx.Response:
        """Bring a file in place of the draft."""
        revision = (await self.stored(bench)).draft_revision
        return await post(browser, f"{path_of(bench)}/file", revision=str(revision), file=("a.md", body))

    async def now(self, agent: AgentId, *, by: PersonId = JAMAL) -> Bench:
        bench = await self.workshop.bench(self.people[by], agent)
        assert bench
        return bench


async def open_desk(database: Database) -> Desk:
    """A site with the real skills and built-in agents, and people of two workspaces."""
    background = Background()
    made: list[tuple[Workshop, Knowledge]] = []

    async def in_channel(_person: PersonId, _channel: str) -> bool:
        return False

    async def is_public(_agent: AgentId) -> bool:
        return False

    async def keeps(_agent: AgentId, _person: PersonId) -> bool:
        return True

    async def no_drive(_person: PersonId) -> Google | None:
        return None

    def with_workshop(site: Site) -> Site:
        skills = skill_catalog()
        store, sources = Agents(database), KnownSources(database)
        taking = Taking(store=sources, read=read, fetcher=Fetcher(), drive=no_drive, keeps=keeps, now=site.clock)
        knowledge = Knowledge(sources, Finding(Search(database)), taking, is_public=is_public, background=background)
        connections = replace(site.connections, skills=skills)
        workshop = Workshop(
            store=store,
            shelf=Shelf(store, builtins=builtins(), in_channel=in_channel, now=site.clock),
            people=site.people,
            connections=connections,
            vocabulary=vocabulary_of(skills),
            in_channel=in_channel,
            now=site.clock,
            knowledge=knowledge,
        )
        made.append((workshop, knowledge))
        return replace(site, workshop=workshop, knowledge=knowledge, connections=connections)

    world = build_world(database, edit=with_workshop)
    for id, name in ((ADMIN, "Priya"), (STRANGER, "Omar")):
        world.people[id] = replace(person(id, name), is_admin=True)
    [(workshop, knowledge)] = made
    people = {id: await world.site.people.upsert(one) for id, one in world.people.items()}
    return Desk(world, workshop, knowledge, background, people)


def words(html: str) -> str:
    """What a page reads like."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<body>")[2])).split())


def path_of(bench: Bench) -> str:
    return f"/agents/{bench.stored.id}"


class Parts(HTMLParser):
    """Collects what of a page runs, loads or styles anything and is not ours."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_ours = tag == "script" and given == {"type": "module", "src": "/static/agent.js"}
        if tag in ("img", "script", "style", "iframe", "object", "base") and not is_ours:
            self.foreign.append(tag)
        self.foreign += [name for name in given if name.startswith("on") or name == "style"]
        self.foreign += [
            url
            for url in map(given.get, ("href", "action", "src"))
            if url and not url.startswith(("/", "#", "https://slack.test"))
        ]


def foreign_parts(html: str) -> list[str]:
    parts = Parts()
    parts.feed(html)
    return parts.foreign


class Fields(HTMLParser):
    """The fields of one form, as a browser would send them."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form
        self.sent: list[tuple[str, str]] = []
        self._is_inside = False
        self._select: str | None = None
        self._option: str | None = None
        self._textarea: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        value = given.get("value") or ""
        match tag:
            case "form":
                self._is_inside = given.get("id") == self.form
            case "input" if self._is_inside and given.get("name"):
                if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                    return
                if given.get("type") != "file":
                    self.sent.append((given["name"] or "", value.replace("\n", "")))
            case "select" if self._is_inside:
                self._select, self._option = given["name"], None
            case "option" if self._is_inside and (self._option is None or "selected" in given):
                self._option = value
            case "textarea" if self._is_inside:
                self._textarea, self._text = given["name"], ""
            case _:
                pass

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "select" and self._select is not None:
            self.sent.append((self._select, self._option or ""))
            self._select = None
        elif tag == "textarea" and self._textarea is not None:
            text = self._text.removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
            self.sent.append((self._textarea, text))
            self._textarea = None


def fields_of(html: str, form: str = "agent") -> dict[str, list[str]]:
    """What a browser sends of the form with this id, when nothing in it was touched."""
    reader = Fields(form)
    reader.feed(html)
    sent: dict[str, list[str]] = {}
    for name, value in reader.sent:
        sent.setdefault(name, []).append(value)
    return sent


async def press(
    browser: httpx.AsyncClient,
    path: str,
    does: str = "save",
    changed: Mapping[str, str | Sequence[str]] | None = None,
    *,
    upload: tuple[str, bytes] | None = None,
    by_script: bool = False,
    **more: str | Sequence[str],
) -> httpx.Response:
    """Open an editor, fill some of its fields in and press a button."""
    sent = fields_of((await browser.get(path)).text)
    for name, value in {**(changed or {}), **more}.items():
        sent[name] = [value] if isinstance(value, str) else [*value]
    sent["do"] = [does]
    files = {"new_file": upload} if upload else {"none": ("", b"")}
    headers = {"accept": "application/json"} if by_script else {}
    return await browser.post(path, data=sent, files=files, headers=headers)


async def post(
    browser: httpx.AsyncClient,
    path: str,
    fields: Mapping[str, str] | None = None,
    *,
    file: tuple[str, bytes] | None = None,
    **sent: str,
) -> httpx.Response:
    """Send a small form of ours."""
    data = {"csrf": await csrf(browser, "/connections"), **(fields or {}), **sent}
    return await browser.post(path, data=data, files={"file": file} if file else None)
