"""What holds for every route there is: who may, who may not, and what nobody sees. Generated from the router."""

import re
from collections.abc import Iterator
from functools import reduce

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.web.app import build_web
from bot.web.shell import HEADERS, MAX_BODY
from memory.database import Database, open_database
from memory.permissions import StandingPermissions
from memory.tool_rules import ToolRules
from tests.bot.web.fakes import ACCESS, JAMAL, NOW, REFRESH, REN, SECRET, World, csrf
from tests.bot.web.making import made_page
from tests.bot.web.remembering import BOARD, with_habits

SHOWS_NOBODY = {
    "/",
    "/signin",
    "/signout",
    "/slack/signin",
    "/slack/signin/callback",
    "/connections",
    "/connections/skills/{skill}",
    "/memory",
    "/memory/export",
    "/memory/undo",
    "/memory/learning",
    "/healthz",
    "/readyz",
}
"""Anyone may ask these; they show and change nothing of anybody else's."""
FORM = {
    "to": "off",
    "label": "Theirs",
    "site": "1",
    "allowed": "off",
    "who": "all",
    "tool": "merge",
    "rule": "forbid",
    "every": "on",
    "other": "WEB",
    "change": "c0",
    "integration": "github",
}
"""What a person could have filled in, for every form there is."""
ROUTES = [
    ("GET", "/"),
    ("GET", "/signin"),
    ("GET", "/slack/signin"),
    ("GET", "/slack/signin/callback"),
    ("POST", "/signout"),
    ("GET", "/connect/{link}"),
    ("GET", "/connect/{link}/another"),
    ("GET", "/oauth/{integration}/callback"),
    ("GET", "/connect/{link}/confirm"),
    ("POST", "/connect/{link}/confirm"),
    ("GET", "/connect/{link}/done"),
    ("GET", "/connections"),
    ("POST", "/connections/skills/{skill}"),
    ("POST", "/connections/{grant}/label"),
    ("GET", "/connections/{grant}/site"),
    ("POST", "/connections/{grant}/site"),
    ("GET", "/connections/{grant}/disconnect"),
    ("POST", "/connections/{grant}/disconnect"),
    ("POST", "/connections/permissions/{permission}/revoke"),
    ("GET", "/memory"),
    ("GET", "/memory/export"),
    ("GET", "/memory/forget"),
    ("POST", "/memory/forget"),
    ("POST", "/memory/undo"),
    ("POST", "/memory/learning"),
    ("GET", "/memory/{known}"),
    ("POST", "/memory/{known}/change"),
    ("POST", "/memory/{known}/always"),
    ("POST", "/memory/{known}/never"),
    ("POST", "/memory/{known}/learn"),
    ("POST", "/memory/{known}/forget"),
    ("GET", "/d/{made}"),
    ("GET", "/d/{made}/about"),
    ("POST", "/d/{made}/take-back"),
    ("GET", "/admin/skills"),
    ("GET", "/admin/skills/{skill}"),
    ("POST", "/admin/skills/{skill}"),
    ("POST", "/admin/skills/{skill}/changes"),
    ("POST", "/admin/asking"),
    ("GET", "/admin/databases"),
    ("POST", "/admin/databases"),
    ("GET", "/admin/databases/{database}"),
    ("GET", "/admin/databases/{database}/tables"),
    ("POST", "/admin/databases/{database}/tables"),
    ("GET", "/admin/databases/{database}/tables/{table}"),
    ("POST", "/admin/databases/{database}/tables/{table}"),
    ("POST", "/admin/databases/{database}/words"),
    ("POST", "/admin/databases/{database}/examples"),
    ("GET", "/admin/databases/{database}/people"),
    ("POST", "/admin/databases/{database}/people"),
    ("POST", "/admin/databases/{database}/address"),
    ("POST", "/admin/databases/{database}/switch"),
    ("POST", "/admin/databases/{database}/delete"),
    ("GET", "/admin/audit"),
    ("GET", "/admin/audit/export"),
    ("GET", "/admin/figures"),
    ("GET", "/admin/doctor"),
    ("POST", "/admin/doctor"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
]


@pytest.fixture
async def world(database: Database) -> World:
    world, habits = with_habits(database)
    await habits.use(values={"project": "INFRA"})
    return world


def declared(world: World) -> Iterator[tuple[str, str]]:
    for path, methods in world.app.openapi()["paths"].items():
        yield from ((method.upper(), path) for method in methods)


OF_AGENTS = re.compile(r"(?:/admin)?/agents(?:/.*)?|/a/.*")
"""Pages for several kinds of visitors: each of these against each route, tests/scenarios/test_route_matrix.py."""


def test_this_file_knows_every_route(world: World) -> None:
    assert sorted(one for one in declared(world) if not OF_AGENTS.fullmatch(one[1])) == sorted(ROUTES)


async def filled(world: World, path: str) -> str:
    """`path` for something of Jamal's."""
    grants = await world.site.connections.grants.list(JAMAL)
    link = (await world.link(JAMAL, pending="p9")).rpartition("/")[2]
    [given] = await StandingPermissions(world.site.people.database).list(JAMAL)
    known = {
        "{link}": link,
        "{integration}": "github",
        "{grant}": grants[0].id,
        "{permission}": given.id,
        "{known}": BOARD,
        "{made}": await made_page(world),
        "{skill}": "pull_requests",
        "{database}": "A" * 22,
        "{table}": "sales.account",
    }
    return reduce(lambda done, part: done.replace(part, known[part]), known, path)


async def visitor(world: World, who: str, owner: httpx.AsyncClient) -> httpx.AsyncClient:
    browser = world.browser()
    match who:
        case "other person":
            return await world.signed_in(REN)
        case "forged cookie":
            browser.cookies.set("__Host-pinyon", "A" * 43, domain="pinyon.test")
        case "anonymous":
            pass
        case _:
            return owner
    return browser


def is_refused(answer: httpx.Response) -> bool:
    return answer.status_code in (400, 403, 404) or answer.headers["location"].startswith("/signin")


@pytest.mark.parametrize("who", ["anonymous", "other person", "forged cookie", "missing token", "another's token"])
async def test_nobody_but_the_owner_sees_or_changes_anything(world: World, who: str) -> None:
    """admin_authz, mem_cross"""
    owner = await world.connect(JAMAL)
    permissions = StandingPermissions(world.site.people.database)
    await permissions.give(
        JAMAL, "key", tool="comment", target="octo/hello", says="post as octo", integration="github", now=NOW
    )
    browser = await visitor(world, who, owner)
    theirs = {"csrf": await csrf(await world.signed_in(REN), "/connections")} if who == "another's token" else {}
    for method, path in ROUTES:
        own = {"csrf": await csrf(browser, "/connections")} if who == "other person" else theirs
        sent = FORM | own if method == "POST" else None
        answer = await browser.request(method, await filled(world, path), data=sent)
        where = f"{method} {path} {answer.status_code}"
        assert answer.status_code < 500, where
        assert not any(hidden in answer.text for hidden in (ACCESS, REFRESH, SECRET)), where
        if browser is not owner:
            assert not re.search(r"octo|Jamal|jamal@|INFRA", answer.text), where
            assert path in SHOWS_NOBODY or is_refused(answer), where
        elif method == "POST":
            assert answer.status_code == (404 if path.startswith("/admin/") else 403), where
        if path == "/signout" and who == "other person":
            browser = await world.signed_in(REN)
    [grant] = await world.site.connections.grants.list(JAMAL)
    assert (grant.problem, grant.label) == (None, "octo")
    me = await world.site.people.get(JAMAL)
    assert me is not None
    assert me.switched_off == ()
    assert await world.site.connections.rules.of(me.workspace) == {}
    assert await ToolRules(world.site.people.database).of(me.workspace) == {}
    assert await permissions.given(JAMAL) == {"key"}
    assert world.site.remembered
    assert [(one.id, one.value, one.standing) for one in await world.site.remembered.all_of(JAMAL)] == [
        (BOARD, "INFRA", "learned")
    ]
    assert len(world.connected) == 1
    assert (await owner.get("/connections")).status_code == 200


async def test_every_answer_carries_the_policy(world: World) -> None:
    browser = world.browser()
    for path in (
        "/",
        "/signin",
        "/nothing",
        "/static/pinyon.css",
        "/healthz",
        "/connect/x",
        "/static/../app.py",
        "/%ff%00",
    ):
        answer = await browser.get(path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert answer.headers["strict-transport-security"]
        assert answer.headers["cache-control"] == ("public, max-age=300" if path.endswith(".css") else "no-store")


async def test_no_page_holds_a_script_or_a_style_of_its_own(world: World) -> None:
    """web_xss"""
    browser = await world.connect()
    for path in ("/signin", "/connections", "/memory", f"/memory/{BOARD}", "/memory/forget", "/nothing"):
        html = (await browser.get(path)).text
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", html)
        assert html.count("<h1>") == 1
        assert 'lang="en"' in html


async def test_an_unknown_address_and_method_are_said_in_our_words(world: World) -> None:
    browser = world.browser()
    missing = await browser.get("/nothing")
    assert (missing.status_code, "There is nothing here" in missing.text) == (404, True)
    wrong = await browser.put("/connections")
    assert (wrong.status_code, "Method Not Allowed" in wrong.text) == (405, True)
    assert wrong.headers["allow"]


async def test_a_program_gets_json(world: World) -> None:
    answer = await world.browser().get("/api/nothing")
    assert answer.status_code == 404
    assert re.fullmatch(r"[A-Z2-7]{3}-[A-Z2-7]{2}", answer.json()["error"]["reference"])


async def test_what_breaks_ends_in_an_apology_and_not_in_a_traceback(world: World) -> None:
    async def broken(_: Request) -> None:
        raise RuntimeError("the secret is 42")

    world.app.add_route("/broken", broken)  # pyright: ignore[reportArgumentType] - never returns
    answer = await world.browser().get("/broken")
    assert answer.status_code == 500
    assert "Something broke on my side" in answer.text
    assert "42" not in answer.text
    assert answer.headers["content-security-policy"]


async def test_a_body_that_is_too_large_is_refused(world: World) -> None:
    browser = await world.signed_in()
    answer = await browser.post("/signout", data={"csrf": "x" * MAX_BODY})
    assert answer.status_code == 413
    assert answer.headers["content-security-policy"]


async def test_slacks_events_arrive_untouched(world: World, database: Database) -> None:
    async def events(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        await PlainTextResponse(body[::-1])(scope, receive, send)

    world.app = build_web(world.site, database=database, slack_events=events)
    browser = world.browser()
    assert (await browser.post("/slack/events", content=b"\x00abc")).content == b"cba\x00"
    assert (await browser.get("/slack/events")).status_code == 405


async def test_health_readiness_and_figures(world: World, database: Database) -> None:
    registry = CollectorRegistry()
    Counter("turns", "Turns.", registry=registry).inc()
    world.app = build_web(world.site, database=database, ready=lambda: False, registry=registry)
    browser = world.browser()
    assert (await browser.get("/healthz")).text == "ok\n"
    ready = await browser.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"database": "ok", "work": "not ready"})
    assert "turns_total 1.0" in (await browser.get("/metrics")).text


async def test_without_a_database_the_site_says_so(world: World, database: Database) -> None:
    gone = open_database(database.url.set(host="127.0.0.1", port=1, database="none"))
    world.app = build_web(world.site, database=gone)
    ready = await world.browser().get("/readyz")
    await gone.close()
    assert (ready.status_code, ready.json()) == (503, {"database": "not ready", "work": "ok"})
