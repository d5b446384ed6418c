"""Each route and each kind of visitor, generated from the router: who is let in, and who learns nothing (admin_authz).

A new route fails here until somebody wrote down whom it is for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx
import pytest

from bot.agents.file import AgentFile
from memory.agents import Agents
from memory.ids import PersonId, WorkspaceId, workspace_of
from memory.people import Person
from memory.web_sessions import WebSessions
from tests.scenarios.conftest import World

NOBODY, SIGNED_IN, USER, EDITOR, OWNER, ADMIN = range(6)
"""Whom a route is for, at least. An admin is no user, editor or owner of an agent by that."""
LEAST = (
    (r"/|/signin|/signout|/slack/.*|/healthz|/readyz|/metrics|/oauth/.*", NOBODY),
    (r"/connect/.*|/connections.*|/memory.*|/d/.*", SIGNED_IN),
    (r"/agents|/agents/new|/agents/gallery|/agents/draft.*|/a/{link}.*", SIGNED_IN),
    (r"/agents/{agent}/about.*", USER),
    (r"/agents/{agent}/(sharing/.+|delete)", OWNER),
    (r"/agents/{agent}.*", EDITOR),
    (r"/admin/databases.*", SIGNED_IN),  # for whom an admin named, test_databases_pages.py
    (r"/admin.*", ADMIN),
)
VISITORS = {
    "anonymous": NOBODY,
    "forged cookie": NOBODY,
    "left": NOBODY,
    "another workspace's admin": SIGNED_IN,
    "member": SIGNED_IN,
    "user": USER,
    "editor": EDITOR,
    "owner": OWNER,
    "admin": ADMIN,
}
OF_AGENT = (USER, EDITOR, OWNER)
NAME, SAYS = "Zyzzyva update", "The secret recipe is nutmeg."
PEOPLE = {"member": "priya", "user": "yuki", "editor": "ren", "owner": "adaeze", "admin": "marit", "left": "oskar"}


def routes_of(world: World) -> Iterator[tuple[str, str]]:
    for path, methods in world.app.web.openapi()["paths"].items():
        yield from ((method.upper(), path) for method in methods)


def least(path: str) -> int | None:
    return next((who for pattern, who in LEAST if re.fullmatch(pattern, path)), None)


@dataclass
class Shared:
    """An agent of the owner's with an editor and a user, and a link that nobody opened."""

    agent: str
    link: str


@pytest.fixture
async def shared(world: World) -> Shared:
    people = {kind: await world.app.surface.person(world.person(who)) for kind, who in PEOPLE.items()}
    owner, workshop = people["owner"], world.app.workshop
    file = AgentFile(name=NAME, handle="zyzzyva", description="Writes it.", instructions=SAYS)
    bench = await workshop.make(owner, file)
    agent = bench.stored.id
    await workshop.publish(owner, agent, revision=bench.stored.draft_revision)
    await workshop.share(owner, agent, kind="person", to=people["editor"].id, role="editor")
    await workshop.share(owner, agent, kind="person", to=people["user"].id)
    return Shared(agent, (await workshop.make_link(owner, agent)).id)


async def visitor(world: World, kind: str) -> httpx.AsyncClient:
    browser = world.browser()
    if kind == "anonymous":
        return browser
    browser.cookies.set("pinyon", "A" * 43 if kind == "forged cookie" else await session(world, kind))
    return browser


async def session(world: World, kind: str) -> str:
    """Sign somebody in, as they would be after Slack said who they are."""
    people, now = world.app.connections.people, datetime.now(UTC)
    if kind == "another workspace's admin":
        other = WorkspaceId("T0VALTORTA")
        found = Person(
            id=PersonId(f"{other}:UBOSS"), workspace=other, user="UBOSS", name="Boss", is_admin=True, refreshed_at=now
        )
        await people.upsert(found)
    else:
        found = await world.app.surface.person(world.person(PEOPLE[kind]))
    if kind == "left":
        await people.upsert(replace(found, deactivated_at=now))
    return await WebSessions(world.app.database).start(found.id, workspace_name="Here", now=now)


def filled(path: str, shared: Shared) -> str:
    known = {"agent": shared.agent, "link": shared.link}
    return re.sub(r"{(\w+)}", lambda part: known.get(part[1], "A" * 22), path)


def may(kind: str, path: str) -> bool:
    rank, needs = VISITORS[kind], least(path)
    if needs == ADMIN:  # of their own workspace, whose agents are not these
        return rank == ADMIN or (kind == "another workspace's admin" and "{agent}" not in path)
    return needs is not None and rank >= needs and (needs == SIGNED_IN or rank in OF_AGENT)


def is_refused(answer: httpx.Response) -> bool:
    to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/signin")
    return to_sign_in or answer.status_code in (401, 403, 404, 410, 422)


def test_admin_authz_every_route_says_whom_it_is_for(world: World) -> None:
    assert [path for _, path in routes_of(world) if least(path) is None] == []


@pytest.mark.parametrize("kind", VISITORS)
async def test_admin_authz_nobody_gets_further_than_they_may(world: World, shared: Shared, kind: str) -> None:
    """admin_authz, share_link"""
    rank, before = VISITORS[kind], await state(world, shared)
    browser = await visitor(world, kind)
    for method, path in routes_of(world):
        needs = least(path)
        if needs is None or needs == NOBODY or "{link}" in path:
            continue
        answer = await browser.request(method, filled(path, shared), data={} if method == "POST" else None)
        where = f"{method} {path} as {kind}: {answer.status_code}"
        assert answer.status_code < 500 or answer.status_code == 503, where
        if not may(kind, path) or method == "POST":  # nobody has a token here, so no form counts
            assert is_refused(answer) or answer.status_code == 503, where
        elif "/agents" in path and set(re.findall(r"{(\w+)}", path)) <= {"agent"}:
            assert answer.status_code in (200, 303), where
        if rank not in OF_AGENT and kind != "admin":
            assert NAME not in answer.text, where
        if rank not in OF_AGENT:
            assert SAYS not in answer.text, where
    assert await state(world, shared) == before
    await browser.aclose()


async def test_share_link_only_members_of_its_workspace_learn_what_it_leads_to(world: World, shared: Shared) -> None:
    for kind, rank in VISITORS.items():
        browser = await visitor(world, kind)
        answer = await browser.get(f"/a/{shared.link}")
        at_home = rank != NOBODY and kind != "another workspace's admin"
        assert (NAME in answer.text) == at_home, kind
        assert answer.status_code == (200 if at_home else 303 if rank == NOBODY else 403), kind
        await browser.aclose()


async def state(world: World, shared: Shared) -> list[object]:
    """Everything about the agents that a request could have changed."""
    store, now = Agents(world.app.database), datetime.now(UTC)
    found = await store.all_of(workspace_of(world.person("adaeze")))
    shares = [await store.shares(one.id, now=now) for one in found]
    return [found, shares, [await store.links(one.id, now=now) for one in found]]
