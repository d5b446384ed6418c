"""Agents that people of the company shape, as a test makes, shares and asks them."""

import asyncio
import html
import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from bot.agents.file import AgentFile, Source
from bot.self_service.workshop import Bench
from memory.ids import AgentId
from memory.knowledge import KeptSource
from memory.people import Person
from playground.google import drive_shapes
from playground.slack.app import JSON
from tests.scenarios.conftest import World
from tests.scenarios.consenting import allow, confirm

ON_CALL = "The engineer on call answers a page within 15 minutes. After that the lead of Bedrock is called."
"""What the agent's own text says."""
FROM_RUNBOOK = "Takes 3 minutes"
"""What stands in the runbook (drive.yaml, doc-runbook), which Nadia may read and Priya may not."""
FROM_FILING = "Points are set in planning"
"""What stands in "How we file tickets", which the whole company may read."""
RUNBOOK, FILING = "doc-runbook", "doc-filing"

INFRA = AgentFile(
    name="Infra tickets",
    handle="infra-tickets",
    description="Files infra tickets our way and knows the runbook.",
    instructions="File what is asked for, short and in one line. Say who is on call when somebody is in a hurry.",
    job="tickets",
    skills={"tickets": "write"},
    starters=("ticket: renew the wildcard certificate",),
    knowledge=(Source(kind="text", at="On call", text=f"# On call\n\n{ON_CALL}\n"),),
)
"""An agent that Nadia may make: Jira, and a text."""


def with_documents(world: World, *names: str, file: AgentFile = INFRA) -> AgentFile:
    """The same, that knows documents of Drive as well, by their names in the seed."""
    sources = (Source(kind="drive", at=address_of(world, name)) for name in names)
    return replace(file, knowledge=(*file.knowledge, *sources))


def address_of(world: World, name: str) -> str:
    """What somebody copies out of their browser's bar."""
    return drive_shapes.page(world.google.url, world.google.drive.named(name))


async def somebody(world: World, who: str) -> Person:
    """A person as Pinyon knows them."""
    found = await world.app.surface.look_up(world.person(who))
    assert found is not None, who
    return found


async def made(world: World, who: str, file: AgentFile = INFRA) -> AgentId:
    """Make and publish an agent as somebody, and wait until it has read what it knows."""
    person, workshop = await somebody(world, who), world.app.workshop
    bench = await workshop.make(person, file)
    return await published(world, who, bench)


async def published(world: World, who: str, bench: Bench) -> AgentId:
    """Publish a draft, and wait until it has read what it knows."""
    person, agent = await somebody(world, who), bench.stored.id
    await world.app.workshop.publish(person, agent, revision=bench.stored.draft_revision)
    await known(world, agent, bench.file, seen_by=person)
    return agent


async def changed(world: World, who: str, agent: AgentId, file: AgentFile) -> Bench:
    """Save another draft of an agent."""
    person = await somebody(world, who)
    bench = await world.app.workshop.bench(person, agent)
    assert bench is not None
    return await world.app.workshop.save(person, agent, file, revision=bench.stored.draft_revision)


async def known(
    world: World, agent: AgentId, file: AgentFile, *, seen_by: Person, seconds: float = 20
) -> list[KeptSource]:
    """Wait until everything that an agent's file declares was read, or could not be."""
    if not file.knowledge:
        return []
    deadline = datetime.now(UTC).timestamp() + seconds
    while True:
        sources = await world.app.knowledge.sources(agent, file.knowledge, seen_by=seen_by)
        kept = [one for one in sources if isinstance(one, KeptSource) and one.state != "waiting"]
        if len(kept) == len(file.knowledge):
            return kept
        assert datetime.now(UTC).timestamp() < deadline, sources
        await asyncio.sleep(0.05)


async def linked(world: World, who: str, agent: AgentId) -> str:
    """Make a share link; gives its path."""
    link = await world.app.workshop.make_link(await somebody(world, who), agent)
    return f"/a/{link.id}"


async def opened(world: World, browser: httpx.AsyncClient, who: str, path: str, *, team: str = "") -> httpx.Response:
    """A page of Pinyon's as somebody sees it who signed in; `team` is another workspace than the company's."""
    begun = await browser.get("/slack/signin")
    back = await browser.get(await world.slack.sign_in_as(who, begun.headers["location"], team=team))
    if not back.is_redirect:
        return back
    return await browser.get(path)


async def pressed(browser: httpx.AsyncClient, page: httpx.Response, action: str, **fields: str) -> httpx.Response:
    """Send one of a page's forms, by the end of its address; gives the page after it."""
    forms = re.findall(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    address, inside = next(one for one in forms if html.unescape(one[0]).partition("#")[0].endswith(action))
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', inside))
    done = await browser.post(html.unescape(address), data={**hidden, **fields})
    return done if not done.is_redirect else await browser.get(done.headers["location"])


async def connects(
    world: World, browser: httpx.AsyncClient, page: httpx.Response, who: str, service: str
) -> httpx.Response:
    """Press the page's Connect for a service, and go the whole way; gives the page that one comes back to."""
    [address, *_] = [
        html.unescape(href)
        for href, said in re.findall(r'href="([^"]*/connect/[^"]*)"[^>]*aria-label="([^"]*)"', page.text)
        if service in said
    ]
    to_vendor = await browser.get(address.removeprefix(world.servers.bot_url))
    assert to_vendor.status_code == 302, to_vendor.text
    names = {"Jira": "atlassian", "GitHub": "github", "Google": "google"}
    back = await allow(world, names.get(service, service.lower()), to_vendor.headers["location"], who)
    page = await confirm(browser, (await browser.get(back)).headers["location"])
    return page if not page.is_redirect else await browser.get(page.headers["location"])


async def chosen(world: World, who: str, agent: AgentId, *, once: bool = False) -> None:
    """Let an agent answer somebody from now on."""
    await world.app.workshop.use(await somebody(world, who), agent, once=once)


def prompts(world: World, *, said: str = "") -> str:
    """All that the model was shown by those who said so: instructions, words and results."""
    asked = (one for one in world.model.requests if said in one.said)
    return "\n".join(f"{one.system}\n{one.body}" for one in asked)


def posts_of(world: World, where: str, thread: str) -> list[str]:
    """What Pinyon wrote in a thread, message by message."""
    return [world.words(where, post) for post in world.slack.replies(where, thread) if post.get("bot_id")]


def contexts(message: JSON) -> str:
    """The small lines of a message."""
    blocks: list[JSON] = [block for block in message.get("blocks") or () if block["type"] == "context"]
    return "\n".join(str(one.get("text", "")) for block in blocks for one in block["elements"])
