"""The admins' page of agents: who gets in, what they see and do not see, and what they decide."""

import re
from dataclasses import replace

import httpx
import pytest

from memory.agents import AgentRules
from memory.database import Database
from memory.ids import AgentId, PersonId, WorkspaceId
from tests.bot.web.fakes import JAMAL, NOW, REN, csrf, person
from tests.bot.web.sharing_agents import ADMIN, GUEST, INSIDE, KNOWN, STRANGER, UPDATE, Shop, open_shop, post, words

ROUTES = [
    ("GET", "/admin/agents"),
    ("POST", "/admin/agents/rules"),
    ("GET", "/admin/agents/{agent}"),
    ("POST", "/admin/agents/{agent}/disable"),
    ("POST", "/admin/agents/{agent}/enable"),
    ("POST", "/admin/agents/{agent}/hand-over"),
]
FORM = {"widely": "nobody", "links": "nobody", "most": "1", "why": "Because", "to": REN}
T1 = WorkspaceId("T1")


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await open_shop(database)


async def untouched(shop: Shop, agent: AgentId) -> bool:
    [one] = await shop.workshop.all_of(shop.people[ADMIN])
    return (
        one.stored.id == agent
        and one.stored.owner == JAMAL
        and one.stored.disabled_at is None
        and await shop.workshop.rules(T1) == AgentRules()
    )


async def send(browser: httpx.AsyncClient, method: str, path: str, agent: AgentId, token: str) -> httpx.Response:
    data = FORM | {"csrf": token} if method == "POST" else None
    return await browser.request(method, path.replace("{agent}", agent), data=data)


async def test_for_everybody_but_admins_there_is_no_such_page(shop: Shop) -> None:
    """admin_authz"""
    agent = (await shop.published()).stored.id
    forged = shop.world.browser()
    forged.cookies.set("__Host-pinyon", "A" * 43, domain="pinyon.test")
    for browser in (shop.world.browser(), forged):
        for method, path in ROUTES:
            answer = await send(browser, method, path, agent, "none")
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/signin")
    for who in (JAMAL, REN):
        browser = await shop.browser(who)
        token = await csrf(browser, "/connections")
        for method, path in ROUTES:
            answer = await send(browser, method, path, agent, token)
            assert answer.status_code == 404, f"{who} {method} {path}"
            assert "Product update" not in answer.text
    assert await untouched(shop, agent)


async def test_admins_of_another_workspace_see_and_change_nothing_of_it(shop: Shop) -> None:
    """admin_authz"""
    agent = (await shop.published()).stored.id
    browser = await shop.browser(STRANGER)
    token = await csrf(browser, "/connections")
    for method, path in ROUTES:
        answer = await send(browser, method, path, agent, token)
        assert answer.status_code == (404 if "{agent}" in path else 303 if method == "POST" else 200), path
        assert "Product update" not in answer.text
    assert "Nobody made an agent yet" in (await browser.get("/admin/agents")).text
    assert await untouched(shop, agent)


async def test_a_form_from_elsewhere_changes_nothing(shop: Shop) -> None:
    """csrf"""
    agent = (await shop.published()).stored.id
    browser = await shop.browser(ADMIN)
    for token in ("", await csrf(await shop.browser(JAMAL), "/connections")):
        for method, path in ROUTES:
            if method == "POST":
                assert (await send(browser, method, path, agent, token)).status_code == 403, path
    assert await untouched(shop, agent)


async def test_slacks_word_of_now_counts(shop: Shop) -> None:
    """admin_authz: whoever is no admin any more is none at the next request."""
    agent = (await shop.published()).stored.id
    browser = await shop.browser(ADMIN)
    token = await csrf(browser, "/connections")
    assert (await browser.get("/admin/agents")).status_code == 200
    for now in (
        replace(person(ADMIN, "Priya")),
        replace(person(ADMIN, "Priya"), is_admin=True, deactivated_at=NOW),
        replace(person(ADMIN, "Priya", is_guest=True), is_admin=True),
    ):
        shop.world.people[ADMIN] = now
        shop.world.clock.forward(minutes=2)
        for method, path in ROUTES:
            assert (await send(browser, method, path, agent, token)).status_code == 404, path
    assert await untouched(shop, agent)


async def test_admins_see_whose_it_is_and_nothing_of_what_is_in_it(shop: Shop) -> None:
    """admin_authz"""
    agent = (await shop.published()).stored.id
    await shop.workshop.make(shop.people[REN], replace(UPDATE, name="Secret plan", handle="secret-plan"))
    link = await shop.link(agent)
    await shop.workshop.opened(shop.people[REN], link.id)
    await shop.workshop.report(shop.people[REN], agent, "It asks for passwords.")
    browser = await shop.browser(ADMIN)
    page = await browser.get("/admin/agents")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    shown = words(page.text)
    assert "2 agents at Tamarack" in shown
    assert "Product update product-update Jamal a link 0 Reported 1 Decide…" in shown
    assert "Secret plan secret-plan Ren not shared 0 Draft 0 Decide…" in shown
    assert shown.index("Product update") < shown.index("Secret plan"), "what waits for a decision stands first"
    one = await browser.get(f"/admin/agents/{agent}")
    assert "1 report What people wrote who reported it. It asks for passwords." in words(one.text)
    for html in (page.text, one.text):
        assert not any(inside in html for inside in (INSIDE, KNOWN, UPDATE.description, link.id, "this week’s update"))
    assert "Ren" not in words(one.text).partition("1 report")[2].partition("Switch off")[0], "who reported it"


async def test_agents_whose_owner_left_stand_first_and_are_handed_over(shop: Shop) -> None:
    agent = (await shop.published()).stored.id
    await shop.published(replace(UPDATE, name="Weekly notes", handle="weekly-notes"), by=REN)
    await shop.world.site.people.upsert(replace(shop.people[JAMAL], deactivated_at=NOW))
    browser = await shop.browser(ADMIN)
    shown = words((await browser.get("/admin/agents")).text)
    assert "Product update product-update Jamal Left not shared 0 Owner left" in shown
    assert shown.index("Product update") < shown.index("Weekly notes")
    path = f"/admin/agents/{agent}/hand-over"
    offered = (await browser.get(f"/admin/agents/{agent}")).text
    assert f'value="{REN}"' in offered
    for nobody in ("", JAMAL, GUEST, STRANGER, "T1:UNONE", "T1\x00"):
        assert f'value="{nobody}"' not in offered or not nobody
        refused = await post(browser, path, to=nobody)
        assert refused.status_code == 400, nobody
        assert 'role="alert"' in refused.text
    assert (await post(browser, path, to=REN)).headers["location"] == f"/admin/agents/{agent}?saved=handed"
    assert await shop.role(agent, REN) == "owner"
    after = words((await browser.get(f"/admin/agents/{agent}?saved=handed")).text)
    assert "Handed over. It is theirs from now on." in after
    assert "Owner Ren " in after


async def test_an_agent_is_switched_off_with_a_reason_and_on_again(shop: Shop) -> None:
    agent = (await shop.published()).stored.id
    await shop.workshop.share(shop.people[JAMAL], agent, kind="workspace")
    await shop.workshop.report(shop.people[REN], agent, "Odd")
    browser = await shop.browser(ADMIN)
    path = f"/admin/agents/{agent}"
    for why in ("", "  ", "x" * 301):
        refused = await post(browser, f"{path}/disable", why=why)
        assert refused.status_code == 400
        assert "Write in a sentence why" in refused.text
    assert await shop.role(agent, REN) == "user"
    assert (await post(browser, f"{path}/disable", why=" Under\nreview. ")).headers["location"] == f"{path}?saved=off"
    assert await shop.role(agent, REN) is None
    shown = words((await browser.get(path)).text)
    assert "State Off" in shown
    assert re.search(r"Switched off today at \d\d:\d\d : Under review\.", shown)
    owners = words((await (await shop.browser(JAMAL)).get(f"/agents/{agent}/sharing")).text)
    assert "An admin switched this agent off: Under review." in owners
    assert (await post(browser, f"{path}/enable")).headers["location"] == f"{path}?saved=on"
    assert await shop.role(agent, REN) == "user"
    again = words((await browser.get(path)).text)
    assert "State On" in again
    assert "report" not in again, "what was reported before is settled"


async def test_rules_say_who_shares_how_widely_and_hold_at_once(shop: Shop) -> None:
    """share_link"""
    agent = (await shop.published()).stored.id
    link = await shop.link(agent)
    ren = await shop.browser(REN)
    assert (await ren.get(f"/a/{link.id}")).status_code == 200
    browser = await shop.browser(ADMIN)
    saved = await post(browser, "/admin/agents/rules", widely="admins", links="nobody", most="3")
    assert saved.headers["location"] == "/admin/agents?saved=1#rules"
    assert await shop.workshop.rules(T1) == AgentRules(widely="admins", links="nobody", most=3)
    assert (await ren.get(f"/a/{link.id}")).status_code == 410
    assert await shop.role(agent, REN) is None
    shown = (await browser.get(saved.headers["location"])).text
    assert '<option value="nobody" selected>' in shown
    assert 'name="most" inputmode="numeric" value="3"' in shown
    for most in ("", "-1", "501", "9" * 400, "x", "\u0663\x00"):
        refused = await post(browser, "/admin/agents/rules", widely="all", links="all", most=most)
        assert refused.status_code == 400, most
        assert 'role="alert"' in refused.text
    assert (await post(browser, "/admin/agents/rules", widely="x", links="all", most="1")).status_code == 404
    assert await shop.workshop.rules(T1) == AgentRules(widely="admins", links="nobody", most=3)


async def test_many_agents_are_found_by_name_or_owner(shop: Shop) -> None:
    await shop.published()
    for number in range(5):
        await shop.published(replace(UPDATE, name=f"Plan {number}", handle=f"plan-{number}"), by=REN)
    browser = await shop.browser(ADMIN)
    shown = words((await browser.get("/admin/agents?find=JAMAL")).text)
    assert "Product update" in shown
    assert "Plan 1" not in shown
    assert "No agent is called so" in (await browser.get("/admin/agents?find=%00none")).text


async def test_an_unknown_agent_is_not_there(shop: Shop) -> None:
    browser = await shop.browser(ADMIN)
    for agent in ("A" * 22, "x", "%00", "builtin:pinyon"):
        assert (await browser.get(f"/admin/agents/{agent}")).status_code == 404
        assert (await post(browser, f"/admin/agents/{agent}/disable", why="x")).status_code == 404
    assert PersonId("T1:UADMIN") not in (await browser.get("/admin/agents")).text
