"""The pages on which databases are set up: who gets in, what is kept, and what is never shown again."""

import re
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from bot.databases.address import Reach
from bot.databases.run import Sources
from bot.self_service.databases import DatabaseSetUp
from bot.web.site import Site
from memory.audit import Audit
from memory.database import Database
from memory.databases import Databases, KnownDatabase
from memory.ids import PersonId, WorkspaceId
from playground.sales import set_up_sales
from tests.bot.web.fakes import JAMAL, NOW, REN, World, build_world, csrf, person
from tests.fakes.sales import owner_address, sales_address

ADMIN, STRANGER, EDITOR = PersonId("T1:UADMIN"), PersonId("T2:UADMIN"), REN
PASSWORD = "canary_database_password"
ROUTES = [
    ("GET", "/admin/databases"),
    ("POST", "/admin/databases"),
    ("GET", "/admin/databases/{database}"),
    ("GET", "/admin/databases/{database}/tables"),
    ("POST", "/admin/databases/{database}/tables"),
    ("GET", "/admin/databases/{database}/tables/sales.account"),
    ("POST", "/admin/databases/{database}/tables/sales.account"),
    ("POST", "/admin/databases/{database}/words"),
    ("POST", "/admin/databases/{database}/examples"),
    ("GET", "/admin/databases/{database}/people"),
    ("POST", "/admin/databases/{database}/people"),
    ("POST", "/admin/databases/{database}/address"),
    ("POST", "/admin/databases/{database}/switch"),
    ("POST", "/admin/databases/{database}/delete"),
]
FORM = {
    "name": "Theirs",
    "address": "postgresql://a:b@127.0.0.1:1/none",
    "says": "Changed",
    "terms": "a = b",
    "notes": "Changed",
    "do": "save",
    "question": "Changed?",
    "sql": "SELECT 1",
    "who": "chosen",
    "person": "T1:UREN",
    "to": "off",
}
FOR_EDITORS = {path for _, path in ROUTES if path.endswith(("}", "sales.account", "words", "examples"))}


@pytest.fixture
def address(postgres: str) -> str:
    """The read-only role's address, with a password that the server does not ask for."""
    return (
        sales_address(postgres).replace("analyst:@", f"analyst:{PASSWORD}@").replace("analyst@", f"analyst:{PASSWORD}@")
    )


@pytest.fixture
def world(database: Database) -> World:
    def with_databases(site: Site) -> Site:
        databases = DatabaseSetUp(
            databases=Databases(database, site.keyring), sources=Sources(Reach(sockets=True)), people=site.people
        )
        return replace(site, databases=databases)

    world = build_world(database, edit=with_databases)
    for id, name in ((ADMIN, "Priya"), (STRANGER, "Omar")):
        world.people[id] = replace(person(id, name), is_admin=True)
    return world


@pytest.fixture
async def sales(world: World, address: str) -> KnownDatabase:
    """The connection "Sales", which Ren may describe."""
    assert world.site.databases
    databases = world.site.databases.databases
    known = await set_up_sales(databases, address, by=ADMIN, now=NOW)
    changed = await databases.change(
        WorkspaceId("T1"), known.id, lambda one: replace(one, editors=(EDITOR,)), said="x", by=ADMIN, now=NOW
    )
    assert changed
    return changed


async def in_browser(world: World, id: PersonId) -> httpx.AsyncClient:
    world.slack.team = id.partition(":")[0]
    browser = await world.signed_in(id)
    world.slack.team = "T1"
    return browser


def at(path: str, known: KnownDatabase) -> str:
    return path.replace("{database}", known.id.rpartition(":")[2])


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def kept(world: World, known: KnownDatabase) -> KnownDatabase | None:
    assert world.site.databases
    return await world.site.databases.databases.find(known.workspace, known.id)


async def post(browser: httpx.AsyncClient, path: str, **sent: str | list[str]) -> httpx.Response:
    return await browser.post(path, data={"csrf": await csrf(browser, "/connections"), **sent})


@pytest.mark.parametrize("who", ["anonymous", "member", "stranger", "forged cookie"])
async def test_for_everybody_else_there_is_no_such_page(world: World, sales: KnownDatabase, who: str) -> None:
    """admin_authz"""
    browser = world.browser()
    token = "none"
    if who == "forged cookie":
        browser.cookies.set("__Host-pinyon", "A" * 43, domain="pinyon.test")
    elif who != "anonymous":
        browser = await in_browser(world, JAMAL if who == "member" else STRANGER)
        token = await csrf(browser, "/connections")
    for method, path in ROUTES:
        sent = FORM | {"csrf": token} if method == "POST" else None
        answer = await browser.request(method, at(path, sales), data=sent)
        if who == "stranger" and path == "/admin/databases":
            assert answer.status_code in (200, 400), "their own workspace's, which has none"
        elif who in ("anonymous", "forged cookie"):
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/signin")
        else:
            assert answer.status_code == 404, f"{method} {path}"
        assert "the playground" not in answer.text, "where the database is"
        assert PASSWORD not in answer.text
    assert await kept(world, sales) == sales


@pytest.mark.parametrize("token", ["", "another's"])
async def test_a_form_from_elsewhere_changes_nothing(world: World, sales: KnownDatabase, token: str) -> None:
    """csrf"""
    browser = await in_browser(world, ADMIN)
    sent = await csrf(await in_browser(world, JAMAL), "/connections") if token else ""
    for method, path in ROUTES:
        if method == "POST":
            answer = await browser.post(at(path, sales), data=FORM | {"csrf": sent})
            assert answer.status_code == 403, path
    assert await kept(world, sales) == sales


async def test_an_editor_describes_and_does_nothing_else(world: World, sales: KnownDatabase) -> None:
    browser = await in_browser(world, EDITOR)
    token = await csrf(browser, "/connections")
    for method, path in ROUTES:
        sent = FORM | {"csrf": token} if method == "POST" else None
        answer = await browser.request(method, at(path, sales), data=sent)
        allowed = path in FOR_EDITORS or (method, path) == ("GET", "/admin/databases")
        assert (answer.status_code in (200, 303)) == allowed, f"{method} {path} {answer.status_code}"
        assert allowed or answer.status_code == 404
        assert PASSWORD not in answer.text
    now = await kept(world, sales)
    assert now
    assert (now.name, now.people, now.is_on, now.editors) == ("Sales", None, True, (EDITOR,))
    assert (now.notes, now.tables[0].says) == ("Changed", "Changed")
    assert all(not column.is_hidden for column in now.tables[0].columns), "an editor opens and closes nothing"


async def test_no_page_ever_holds_the_address(world: World, sales: KnownDatabase, address: str) -> None:
    """Stored secrets are never in HTML, nor in what a failed form shows again."""
    browser = await in_browser(world, ADMIN)
    for method, path in ROUTES:
        if method == "GET":
            html = (await browser.get(at(path, sales))).text
            assert PASSWORD not in html
            assert address not in html
            assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", html)
            assert html.count("<h1>") == 1
    answer = await post(browser, "/admin/databases", name="Other", address=f"postgresql://a:{PASSWORD}@127.0.0.1:1/x")
    assert answer.status_code == 400
    assert "does not let us in" in answer.text
    assert PASSWORD not in answer.text


async def test_a_database_is_added_picked_described_and_asked(world: World, address: str) -> None:
    browser = await in_browser(world, ADMIN)
    assert "No database yet" in (await browser.get("/admin/databases")).text
    added = await post(browser, "/admin/databases", name=" Sales  2 ", address=address)
    page = await browser.get(added.headers["location"])
    assert "Sales 2 is added, and its role can only read" in words(page.text)
    path = added.headers["location"].partition("/tables")[0]
    picked = await post(browser, f"{path}/tables", table=["sales.plan", "sales.account", "pg_catalog.pg_authid"])
    assert picked.status_code == 303
    page = words((await browser.get(path)).text)
    assert "sales.plan" in page
    assert "pg_authid" not in page
    said = {"says": "What can be bought.", "says:name": "Its name", "hidden:monthly_fee": "1"}
    await post(browser, f"{path}/tables/sales.plan", **said)
    tried = await post(browser, f"{path}/examples", do="try", at="-1", question="Plans?", sql="SELECT * FROM plan")
    shown = words(tried.text)
    assert "Summit" in shown
    assert "240" not in shown.partition("Summit")[2][:20], "a hidden column is not shown by *"
    wrong = await post(browser, f"{path}/examples", do="try", at="-1", question="?", sql="SELECT monthly_fee FROM plan")
    assert wrong.status_code == 400
    assert "There is no column" in words(wrong.text)
    await post(browser, f"{path}/examples", do="save", at="-1", question="Which plans?", sql="SELECT name FROM plan")
    assert "Which plans?" in (await browser.get(path)).text
    await post(browser, f"{path}/examples", do="remove", at="0")
    assert "Which plans?" not in (await browser.get(path)).text


async def test_a_superuser_is_refused_with_the_lines_that_mend_it(world: World, postgres: str, address: str) -> None:
    browser = await in_browser(world, ADMIN)
    answer = await post(browser, "/admin/databases", name="All", address=owner_address(postgres))
    assert answer.status_code == 400
    page = words(answer.text)
    assert "This role is a superuser" in page
    assert "CREATE ROLE analyst LOGIN" in page
    assert world.site.databases
    assert await world.site.databases.databases.of(WorkspaceId("T1")) == ()


async def test_terms_are_read_or_the_line_is_named(world: World, sales: KnownDatabase) -> None:
    browser = await in_browser(world, ADMIN)
    path = at("/admin/databases/{database}/words", sales)
    wrong = await post(browser, path, notes="n", terms="revenue = invoiced | paid\nnothing")
    assert "Line 2 is no term" in wrong.text
    assert "revenue = invoiced | paid" in wrong.text, "what was written is not lost"
    await post(browser, path, notes="n", terms="revenue, income = invoiced, billed: sum | paid: what came in")
    now = await kept(world, sales)
    assert now
    [term] = now.terms
    assert term.words == ("revenue", "income")
    assert [(meaning.names, meaning.says) for meaning in term.meanings] == [
        (("invoiced", "billed"), "sum"),
        (("paid",), "what came in"),
    ]


async def test_who_may_ask_is_decided_by_admins(world: World, sales: KnownDatabase) -> None:
    for id in (ADMIN, JAMAL):
        await in_browser(world, id)
    browser = await in_browser(world, ADMIN)
    path = at("/admin/databases/{database}/people", sales)
    assert "Nobody is ticked" in (await post(browser, path, who="chosen")).text
    await post(browser, path, who="chosen", person=[JAMAL, "T2:UADMIN"], editor=[JAMAL])
    now = await kept(world, sales)
    assert now
    assert (now.people, now.editors) == ((JAMAL,), (JAMAL,))
    assert (now.allows(JAMAL), now.allows(REN)) == (True, False)


async def test_it_is_switched_off_moved_and_deleted(world: World, sales: KnownDatabase, address: str) -> None:
    browser = await in_browser(world, ADMIN)
    await post(browser, at("/admin/databases/{database}/switch", sales), to="off")
    assert "Switched off" in words((await browser.get(at("/admin/databases/{database}?saved=off", sales))).text)
    bad = await post(browser, at("/admin/databases/{database}/address", sales), address="postgresql://a@b/c?options=x")
    assert "Leave options out of the address" in words(bad.text)
    await post(browser, at("/admin/databases/{database}/address", sales), address=address.replace(PASSWORD, "other"))
    assert world.site.databases
    found = await world.site.databases.databases.address(sales)
    assert found is not None
    assert "other" in found.get_secret_value()
    await post(browser, at("/admin/databases/{database}/delete", sales))
    assert await kept(world, sales) is None
    entries = await Audit(world.site.people.database).page(WorkspaceId("T1"))
    said = [entry.entry.outcome for entry in entries]
    assert said[:3] == ["Database removed", "Address changed", "Switched off"]
    assert not any("Sales" in str(entry.entry) or PASSWORD in str(entry.entry) for entry in entries)


async def test_an_address_of_another_database_does_not_open(world: World, sales: KnownDatabase, address: str) -> None:
    """tok_swap: a sealed address that was copied over another row's is none there."""
    from sqlalchemy import text  # only here is a row touched past its store

    assert world.site.databases
    databases = world.site.databases.databases
    other = replace(sales, id=type(sales.id)(f"{sales.workspace}:{'x' * 22}"), name="Other")
    await databases.add(other, SecretStr("postgresql://a:b@c/d"))
    async with world.site.people.database.sessions.begin() as session:
        await session.execute(
            text(
                "UPDATE databases SET sealed = (SELECT sealed FROM databases WHERE name = 'Sales') WHERE name = 'Other'"
            )
        )
    browser = await in_browser(world, ADMIN)
    page = await browser.get(at("/admin/databases/{database}/tables", other))
    assert "Its address cannot be read any more" in words(page.text)
