"""The admins' pages: who gets in, what they decide, and what the doctor says."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import httpx
import pytest

from bot.self_service.administration import OneAtATime
from bot.web.site import Checks, Site
from memory.database import Database
from memory.ids import PersonId, WorkspaceId
from memory.people import Person
from memory.tool_rules import ToolRules
from tests.bot.web.fakes import JAMAL, NOW, REN, World, build_world, csrf, person

ADMIN, STRANGER = PersonId("T1:UADMIN"), PersonId("T2:UADMIN")
ROUTES = [
    ("GET", "/admin/skills"),
    ("GET", "/admin/skills/pull_requests"),
    ("POST", "/admin/skills/pull_requests"),
    ("POST", "/admin/skills/pull_requests/changes"),
    ("POST", "/admin/asking"),
    ("GET", "/admin/audit"),
    ("GET", "/admin/audit/export?form=csv"),
    ("GET", "/admin/figures"),
    ("GET", "/admin/doctor"),
    ("POST", "/admin/doctor"),
]
OFF = {"allowed": "off", "who": "all", "tool": "merge", "rule": "forbid", "every": "on"}


@dataclass(frozen=True)
class Line:
    kind: Literal["fix", "note", "ok"]
    about: str
    said: str
    mend: str = ""
    seconds: float | None = None


LINES = [
    Line("ok", "Database", "PostgreSQL 18", seconds=0.1),
    Line("note", "OPENAI_API_KEY", "not set"),
    Line("fix", "Slack scope", "im:history is missing", "Paste the manifest again."),
]


@dataclass
class Doctor:
    runs: int = 0

    async def __call__(self) -> Sequence[Line]:
        self.runs += 1
        await asyncio.sleep(0.1)
        return LINES


@pytest.fixture
def doctor() -> Doctor:
    return Doctor()


@pytest.fixture
def world(database: Database, doctor: Doctor) -> World:
    once = OneAtATime(doctor)

    def checks(workspace: WorkspaceId) -> Checks | None:
        return once if workspace == "T1" else None

    def with_doctor(site: Site) -> Site:
        return replace(site, checks=checks)

    world = build_world(database, edit=with_doctor)
    for id, name in ((ADMIN, "Priya"), (STRANGER, "Omar")):
        world.people[id] = replace(person(id, name), is_admin=True)
    return world


async def in_browser(world: World, id: PersonId) -> httpx.AsyncClient:
    """A browser of `id`'s, at home in their own workspace."""
    world.slack.team = id.partition(":")[0]
    browser = await world.signed_in(id)
    world.slack.team = "T1"
    return browser


async def ask(browser: httpx.AsyncClient, method: str, path: str, token: str = "") -> httpx.Response:
    return await browser.request(method, path, data=OFF | {"csrf": token} if method == "POST" else None)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


WHO = ["anonymous", "member", "demoted", "deactivated", "forged cookie", "missing token", "another's token"]


async def visitor(world: World, who: str) -> tuple[httpx.AsyncClient, str]:
    """A browser, and the token that its forms carry."""
    if who in ("anonymous", "forged cookie"):
        browser = world.browser()
        if who == "forged cookie":
            browser.cookies.set("__Host-pinyon", "A" * 43, domain="pinyon.test")
        return browser, "none"
    browser = await in_browser(world, JAMAL if who == "member" else ADMIN)
    token = await csrf(browser, "/connections")
    match who:
        case "demoted":
            await world.site.people.upsert(person(ADMIN, "Priya"))
        case "deactivated":
            await world.site.people.upsert(replace(world.people[ADMIN], deactivated_at=NOW))
        case "missing token":
            token = ""
        case "another's token":
            token = await csrf(await in_browser(world, REN), "/connections")
        case _:
            pass
    return browser, token


@pytest.mark.parametrize("who", WHO)
async def test_only_admins_get_in(world: World, doctor: Doctor, who: str) -> None:
    """admin_authz"""
    browser, token = await visitor(world, who)
    for method, path in ROUTES:
        answer = await ask(browser, method, path, token)
        where = f"{method} {path} {answer.status_code}"
        if who in ("missing token", "another's token"):
            assert answer.status_code == (200 if method == "GET" else 403), where
        elif who in ("member", "demoted"):
            assert answer.status_code == 404, where
            assert "There is nothing here" in answer.text
        else:
            assert answer.headers["location"].startswith("/signin"), where
    assert await world.site.connections.rules.of(WorkspaceId("T1")) == {}
    assert await ToolRules(world.site.people.database).of(WorkspaceId("T1")) == {}
    assert doctor.runs == 0


async def test_an_admin_of_another_workspace_sees_and_changes_only_their_own(world: World, doctor: Doctor) -> None:
    """admin_authz"""
    await in_browser(world, JAMAL)
    browser = await in_browser(world, STRANGER)
    token = await csrf(browser, "/admin/skills/pull_requests")
    page = await browser.get("/admin/skills/pull_requests")
    assert page.status_code == 200
    assert "Jamal" not in page.text
    chosen = {"csrf": token, "allowed": "write", "who": "chosen", "person": JAMAL}
    assert (await browser.post("/admin/skills/pull_requests", data=chosen)).status_code == 400
    assert (await ask(browser, "POST", "/admin/skills/pull_requests", token)).status_code == 303
    assert await world.site.connections.rules.of(WorkspaceId("T1")) == {}
    assert (await world.site.connections.rules.of(WorkspaceId("T2")))["pull_requests"].allowed == "off"
    for method in ("GET", "POST"):
        assert (await ask(browser, method, "/admin/doctor", token)).status_code == 404
    assert "/admin/doctor" not in (await browser.get("/admin/skills")).text
    assert doctor.runs == 0


async def test_slack_is_asked_again_whether_somebody_is_still_an_admin(world: World) -> None:
    """admin_authz"""
    browser = await in_browser(world, ADMIN)
    world.people[ADMIN] = person(ADMIN, "Priya")
    assert (await browser.get("/admin/skills")).status_code == 200
    world.clock.forward(seconds=61)
    assert (await browser.get("/admin/skills")).status_code == 404


async def test_while_slack_is_away_what_it_said_last_counts(world: World) -> None:
    browser = await in_browser(world, ADMIN)
    world.people.clear()
    world.clock.forward(seconds=61)
    assert (await browser.get("/admin/doctor")).status_code == 200


async def test_the_navigation_names_the_admins_pages_to_admins_only(world: World) -> None:
    assert "/admin/" not in (await (await in_browser(world, JAMAL)).get("/connections")).text
    html = (await (await in_browser(world, ADMIN)).get("/connections")).text
    assert re.findall(r'href="(/admin/\w+)"', html) == [
        "/admin/skills",
        "/admin/audit",
        "/admin/figures",
        "/admin/doctor",
    ]


@pytest.mark.parametrize("path", ["/admin/skills", "/admin/audit", "/admin/doctor"])
async def test_signing_in_leads_back_to_the_admins_page(world: World, path: str) -> None:
    asked = await world.browser().get(path)
    assert asked.headers["location"] == f"/signin?next={path}"
    begun = await world.browser().get("/signin", params={"next": path})
    assert f"next={path}" in begun.text


async def test_a_skill_that_an_admin_switches_off_is_gone_for_everybody(world: World) -> None:
    member = await in_browser(world, JAMAL)
    assert "Pull requests" in (await member.get("/connections")).text
    browser = await in_browser(world, ADMIN)
    done = await ask(browser, "POST", "/admin/skills/pull_requests", await csrf(browser, "/admin/skills"))
    assert done.headers["location"] == "/admin/skills?changed=pull_requests#pull_requests"
    page = words((await browser.get(done.headers["location"])).text)
    assert "Saved. Pull requests: off." in page
    assert "changed by Priya today at 11:44" in page
    assert "Pull requests" not in (await member.get("/connections")).text


async def test_a_skill_for_chosen_people_is_there_for_them_alone(world: World) -> None:
    await in_browser(world, JAMAL)
    await in_browser(world, REN)
    browser = await in_browser(world, ADMIN)
    sent = {
        "csrf": await csrf(browser, "/admin/skills"),
        "allowed": "read",
        "who": "chosen",
        "person": [JAMAL, "T2:UADMIN", "nobody"],
    }
    await browser.post("/admin/skills/pull_requests", data=sent)
    page = words((await browser.get("/admin/skills")).text)
    assert "Read only" in page
    assert "Only for Jamal · changed by Priya" in page
    states = world.site.connections.states
    assert "pull_requests" in {state.skill for state in await states(JAMAL)}
    assert "pull_requests" not in {state.skill for state in await states(REN)}
    form = (await browser.get("/admin/skills/pull_requests")).text
    assert re.search(r'value="T1:UJAMAL" form="rule" checked', form)
    assert re.search(r'value="T1:UREN" form="rule">', form)


async def test_choosing_nobody_is_said_and_changes_nothing(world: World) -> None:
    browser = await in_browser(world, ADMIN)
    sent = {"csrf": await csrf(browser, "/admin/skills"), "allowed": "off", "who": "chosen"}
    answer = await browser.post("/admin/skills/pull_requests", data=sent)
    assert answer.status_code == 400
    assert "Tick at least one person below, or pick Everybody." in answer.text
    assert await world.site.connections.rules.of(WorkspaceId("T1")) == {}


async def test_people_are_found_by_name_and_address(world: World) -> None:
    for id in (JAMAL, REN):
        await in_browser(world, id)
    browser = await in_browser(world, ADMIN)
    found = (await browser.get("/admin/skills/pull_requests?find=JAMAL@")).text
    assert ("Jamal" in found, "Ren" in found) == (True, False)
    assert "Nobody else is called so." in (await browser.get("/admin/skills/pull_requests?find=<b>")).text


async def test_of_many_people_the_first_hundred_are_offered(world: World) -> None:
    browser = await in_browser(world, ADMIN)
    for n in range(105):
        await world.site.people.upsert(person(PersonId(f"T1:UX{n:03}"), f"Member {n:03}"))
    html = (await browser.get("/admin/skills/pull_requests")).text
    assert html.count('name="person"') == 100
    assert "and 6 more: find them by name." in html


@pytest.mark.parametrize("path", ["/admin/skills/nothing", "/admin/skills/pull_requests%00"])
async def test_an_unknown_skill_cannot_be_decided_about(world: World, path: str) -> None:
    browser = await in_browser(world, ADMIN)
    token = await csrf(browser, "/admin/skills")
    assert (await browser.get(path)).status_code == 404
    assert (await ask(browser, "POST", path, token)).status_code == 404
    assert await world.site.connections.rules.of(WorkspaceId("T1")) == {}


async def test_what_a_skill_changes_can_be_asked_about_or_forbidden(world: World) -> None:
    browser = await in_browser(world, ADMIN)
    html = (await browser.get("/admin/skills/pull_requests")).text
    assert "Post this comment on GitHub" in html
    assert "look_round" not in html
    sent = {
        "csrf": await csrf(browser, "/admin/skills"),
        "tool": ["comment", "merge"],
        "rule": ["person", "forbid"],
    }
    done = await browser.post("/admin/skills/pull_requests/changes", data=sent)
    assert done.headers["location"] == "/admin/skills/pull_requests?saved=changes#changes"
    page = (await browser.get(done.headers["location"])).text
    assert "Saved." in page
    assert re.findall(r'value="(\w+)" selected', page) == ["person", "forbid"]
    rules = ToolRules(world.site.people.database)
    assert await rules.of(WorkspaceId("T1")) == {"merge": "forbid"}
    await browser.post("/admin/skills/pull_requests/changes", data={**sent, "rule": ["person", "person"]})
    assert await rules.of(WorkspaceId("T1")) == {}


@pytest.mark.parametrize(
    ("tool", "rule"), [(["nothing"], ["ask"]), (["*"], ["ask"]), (["merge"], []), (["merge"], ["maybe"])]
)
async def test_a_rule_that_is_none_changes_nothing(world: World, tool: list[str], rule: list[str]) -> None:
    browser = await in_browser(world, ADMIN)
    sent = {"csrf": await csrf(browser, "/admin/skills"), "tool": tool, "rule": rule}
    assert (await browser.post("/admin/skills/pull_requests/changes", data=sent)).status_code == 404
    assert await ToolRules(world.site.people.database).of(WorkspaceId("T1")) == {}


async def test_a_skill_that_changes_nothing_has_no_rules(world: World) -> None:
    html = (await (await in_browser(world, ADMIN)).get("/admin/skills/schedules")).text
    assert "What it changes" not in html


async def test_asking_before_every_change_is_switched_on_and_off(world: World) -> None:
    browser = await in_browser(world, ADMIN)
    token = await csrf(browser, "/admin/skills")
    done = await browser.post("/admin/asking", data={"csrf": token, "every": "on"})
    page = words((await browser.get(done.headers["location"])).text)
    assert "Saved. Pinyon asks before every change." in page
    assert "Switched on by Priya today at 11:44" in page
    assert await ToolRules(world.site.people.database).of(WorkspaceId("T1")) == {"*": "ask"}
    done = await browser.post("/admin/asking", data={"csrf": token, "every": "off"})
    assert "Saved. Each person decides again." in words((await browser.get(done.headers["location"])).text)
    assert await ToolRules(world.site.people.database).of(WorkspaceId("T1")) == {}


async def test_the_doctor_says_what_is_wrong_first(world: World) -> None:
    browser = await in_browser(world, ADMIN)
    before = await browser.get("/admin/doctor")
    assert "Not run yet." in before.text
    page = words((await ask(browser, "POST", "/admin/doctor", await csrf(browser, "/admin/doctor"))).text)
    assert "1 to fix, 1 note, 1 ok" in page
    assert page.index("im:history is missing Paste the manifest again.") < page.index("OPENAI_API_KEY")
    assert page.index("OPENAI_API_KEY") < page.index("PostgreSQL 18 0.1 s")


async def test_many_who_ask_the_doctor_at_once_share_one_run(world: World, doctor: Doctor) -> None:
    browser = await in_browser(world, ADMIN)
    token = await csrf(browser, "/admin/doctor")
    answers = await asyncio.gather(*(ask(browser, "POST", "/admin/doctor", token) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert doctor.runs == 1
    await ask(browser, "POST", "/admin/doctor", token)
    assert doctor.runs == 2


async def test_without_a_doctor_there_is_no_such_page(database: Database) -> None:
    world = build_world(database)
    world.people[ADMIN] = replace(person(ADMIN, "Priya"), is_admin=True)
    browser = await world.signed_in(ADMIN)
    assert (await browser.get("/admin/doctor")).status_code == 404
    assert "/admin/doctor" not in (await browser.get("/admin/skills")).text


async def test_no_admins_page_holds_a_script_or_what_a_name_would_be(world: World) -> None:
    """web_xss"""
    hostile: Person = replace(world.people[ADMIN], name="<script>alert(1)</script>")
    world.people[ADMIN] = hostile
    browser = await in_browser(world, ADMIN)
    await ask(browser, "POST", "/admin/skills/pull_requests", await csrf(browser, "/admin/skills"))
    for path in ("/admin/skills", "/admin/skills/pull_requests", "/admin/audit", "/admin/doctor"):
        html = (await browser.get(path)).text
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", html)
        assert html.count("<h1>") == 1
