"""The page of a share link: what it shows, to whom, and what it lets them do."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from memory.database import Database
from memory.ids import AgentId, PersonId
from tests.bot.web.fakes import HOME, JAMAL, NOW, REN, csrf
from tests.bot.web.sharing_agents import (
    ADMIN,
    GUEST,
    INSIDE,
    KNOWN,
    STRANGER,
    UPDATE,
    Shop,
    foreign_parts,
    open_shop,
    post,
    words,
)

TELLING = ("Product update", "product-update", "Merged work", INSIDE, KNOWN, "Jamal", "this week’s update", ">PU<")
"""What a page for somebody whom the agent is not shared with must not hold."""
DOING = ("use", "copy", "report")


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await open_shop(database)


async def shared(shop: Shop) -> tuple[AgentId, str]:
    """Jamal's agent, and the path of its link."""
    agent = (await shop.published()).stored.id
    return agent, f"/a/{(await shop.link(agent)).id}"


def tells_nothing(html: str) -> bool:
    return not any(word in html for word in TELLING)


async def test_the_page_says_what_it_does_who_made_it_and_what_is_missing(shop: Shop) -> None:
    _, path = await shared(shop)
    page = await (await shop.browser(REN)).get(path)
    assert page.status_code == 200
    said = words(page.text)
    assert "Product update An agent by Jamal · not used yet Merged work and the board in one mail." in said
    assert "It works as you With your accounts and what you may see. Its maker sees nothing you ask." in said
    assert re.search(r"Pull requests [^.]* Connect GitHub", said)
    assert re.search(r"Schedules [^.]* Ready", said)
    assert "You can start now and connect GitHub when it first needs it." in said
    assert "Ask it Write this week’s update" in said
    assert f"Its instructions version 1, {len(UPDATE.instructions)} characters" in said
    assert INSIDE in said
    assert "This link works inside Tamarack’s Slack until its maker takes it back." in said
    assert KNOWN not in page.text, "what it knows is asked for, not shown"
    assert page.headers["cache-control"] == "no-store"


async def test_a_link_that_ends_says_when(shop: Shop) -> None:
    agent = (await shop.published()).stored.id
    link = await shop.link(agent, expires_at=NOW + timedelta(days=7))
    said = words((await (await shop.browser(REN)).get(f"/a/{link.id}")).text)
    assert "inside Tamarack’s Slack until 28 Nov , or until its maker takes it back." in said


async def test_whoever_is_not_signed_in_signs_in_first_and_comes_back(shop: Shop) -> None:
    """share_link: the page on the way tells nothing of the agent."""
    _, path = await shared(shop)
    browser = shop.world.browser()
    asked = await browser.get(path)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/signin?next={path}")
    sign_in = await browser.get(asked.headers["location"])
    assert sign_in.status_code == 200
    assert tells_nothing(asked.text + sign_in.text)
    back = await shop.world.sign_in(browser, REN, path)
    assert back.headers["location"] == path
    assert "Product update" in (await browser.get(path)).text


async def test_opening_makes_a_user_until_the_link_is_taken_back(shop: Shop) -> None:
    """share_link"""
    agent, path = await shared(shop)
    browser = await shop.browser(REN)
    assert await shop.role(agent, REN) is None
    await browser.get(path)
    assert await shop.role(agent, REN) == "user"
    await shop.workshop.revoke_link(
        shop.people[JAMAL], (await shop.workshop.shares(shop.people[JAMAL], agent))[1][0].id
    )
    assert await shop.role(agent, REN) is None
    assert (await browser.get(path)).status_code == 410


async def test_opening_shows_nobody_that_somebody_did(shop: Shop) -> None:
    """A browser may fetch an address before anybody decides to go there."""
    agent, path = await shared(shop)
    owner = await shop.browser(JAMAL)
    before = words((await owner.get(f"/agents/{agent}/sharing")).text), words((await owner.get(path)).text)
    await (await shop.browser(REN)).get(path)
    assert (words((await owner.get(f"/agents/{agent}/sharing")).text), words((await owner.get(path)).text)) == before
    assert shop.told == []


@pytest.mark.parametrize("ending", ["revoked", "expired"])
async def test_a_link_that_ended_says_so_and_nothing_else(shop: Shop, ending: str) -> None:
    """share_link"""
    agent = (await shop.published()).stored.id
    link = await shop.link(agent, expires_at=NOW + timedelta(hours=1))
    browser = await shop.browser(REN)
    if ending == "revoked":
        await shop.workshop.revoke_link(shop.people[JAMAL], link.id)
    else:
        shop.world.clock.forward(hours=1)
    answers = [await browser.get(f"/a/{link.id}"), *[await post(browser, f"/a/{link.id}/{do}") for do in DOING]]
    for answer in answers:
        assert answer.status_code == 410
        assert "This link was taken back Its maker stopped sharing the agent. See shared agents" in words(answer.text)
        assert tells_nothing(answer.text)
    assert await shop.role(agent, REN) is None


async def test_somebody_of_another_workspace_learns_nothing_not_even_the_name(shop: Shop) -> None:
    """share_link"""
    agent, path = await shared(shop)
    browser = await shop.browser(STRANGER)
    answers = [await browser.get(path), *[await post(browser, f"{path}/{do}", why="x") for do in DOING]]
    for answer in answers:
        assert answer.status_code == 403
        assert "This link belongs to another workspace." in answer.text
        assert tells_nothing(answer.text)
    await shop.workshop.revoke_link(
        shop.people[JAMAL], (await shop.workshop.shares(shop.people[JAMAL], agent))[1][0].id
    )
    assert tells_nothing((await browser.get(path)).text)
    assert await shop.role(agent, STRANGER) is None


async def test_a_guessed_link_leads_nowhere(shop: Shop) -> None:
    """share_link"""
    await shared(shop)
    browser = await shop.browser(REN)
    for link in ("A" * 22, "x", "A" * 23, "%00" * 22, "..%2Fconnections", "A" * 21 + "'", "A" * 21 + "%0A"):
        for answer in (await browser.get(f"/a/{link}"), await post(browser, f"/a/{link}/use")):
            assert answer.status_code == 404, link
            assert "There is nothing here" in answer.text


async def test_an_agent_that_an_admin_switched_off_is_shown_to_nobody(shop: Shop) -> None:
    agent, path = await shared(shop)
    browser = await shop.browser(REN)
    assert (await browser.get(path)).status_code == 200
    await shop.workshop.disable(shop.people[ADMIN], agent, "Under review.")
    answer = await browser.get(path)
    assert answer.status_code == 410
    assert tells_nothing(answer.text)
    assert (await post(browser, f"{path}/use")).status_code == 410


@pytest.mark.parametrize("gone", ["guest", "deactivated"])
async def test_whoever_is_no_member_now_is_nobody_here(shop: Shop, gone: str) -> None:
    """share_link"""
    agent, path = await shared(shop)
    browser = await shop.browser(REN)
    one = shop.people[REN]
    await shop.world.site.people.upsert(
        replace(one, is_guest=True) if gone == "guest" else replace(one, deactivated_at=NOW)
    )
    for answer in (await browser.get(path), await browser.post(f"{path}/use", data={"csrf": "x"})):
        assert answer.headers["location"] == "/signin?next=" + (
            path if answer.request.method == "GET" else "/connections"
        )
        assert tells_nothing(answer.text)
    signed_out = shop.world.browser()
    assert (await shop.world.sign_in(signed_out, GUEST, path)).status_code == 403
    assert await shop.role(agent, GUEST) is None


async def test_a_form_from_elsewhere_does_nothing(shop: Shop) -> None:
    """csrf"""
    agent, path = await shared(shop)
    browser = await shop.browser(REN)
    for token in ("", await csrf(await shop.browser(ADMIN), "/connections")):
        for do in DOING:
            assert (await browser.post(f"{path}/{do}", data={"csrf": token, "why": "x"})).status_code == 403
    assert shop.told == []
    assert (await shop.workshop.using(shop.people[REN])).id != agent
    assert not await shop.workshop.mine(shop.people[REN])
    [listed] = await shop.workshop.all_of(shop.people[ADMIN])
    assert listed.stored.reports == 0


async def test_use_lets_it_answer_and_leads_to_slack(shop: Shop) -> None:
    agent, path = await shared(shop)
    browser = await shop.browser(REN)
    used = await post(browser, f"{path}/use")
    assert (used.status_code, used.headers["location"]) == (303, f"{path}?chosen=1")
    page = await browser.get(used.headers["location"])
    assert "Product update answers you from now on. Open Slack" in words(page.text)
    assert page.headers["refresh"] == "0; url=https://slack.test/app_redirect?team=T1"
    assert [(id, chosen.id) for id, chosen in shop.told] == [(REN, agent)]
    assert (await shop.workshop.using(shop.people[REN])).id == agent
    later = await browser.get(path)
    assert "refresh" not in later.headers
    assert "Answers you now" in later.text


async def test_an_address_alone_chooses_nothing_and_leads_nowhere(shop: Shop) -> None:
    agent, path = await shared(shop)
    page = await (await shop.browser(REN)).get(f"{path}?chosen=1&reported=1")
    assert "refresh" not in page.headers
    assert "from now on" not in page.text
    assert (await shop.workshop.using(shop.people[REN])).id != agent


async def test_a_copy_is_the_copiers_own_and_takes_no_knowledge_along(shop: Shop) -> None:
    """share_link: what an agent knows is not copied, unless its owner says so."""
    agent, path = await shared(shop)
    browser = await shop.browser(REN)
    copied = await post(browser, f"{path}/copy")
    assert copied.status_code == 303
    [mine] = await shop.workshop.mine(shop.people[REN])
    assert copied.headers["location"] == f"/agents/{mine.stored.id}?copied=1"
    assert (mine.stored.owner, mine.stored.id == agent) == (REN, False)
    assert (mine.file.instructions, mine.file.knowledge) == (UPDATE.instructions, ())
    assert KNOWN not in mine.text
    assert await shop.role(mine.stored.id, JAMAL) is None, "its maker sees nothing of the copy"
    await shop.workshop.revoke_link(
        shop.people[JAMAL], (await shop.workshop.shares(shop.people[JAMAL], agent))[1][0].id
    )
    assert await shop.role(mine.stored.id, REN) == "owner", "a copy stays"
    await shop.workshop.let_copy_knowledge(shop.people[JAMAL], agent, copies=True)
    again = f"/a/{(await shop.link(agent)).id}"
    assert (await post(browser, f"{again}/copy")).status_code == 303
    texts = [one.text for one in await shop.workshop.mine(shop.people[REN])]
    assert sum(KNOWN in text for text in texts) == 1


async def test_a_report_reaches_the_admins_once(shop: Shop) -> None:
    agent, path = await shared(shop)
    browser = await shop.browser(REN)
    empty = await post(browser, f"{path}/report", why="  ")
    assert empty.status_code == 400
    assert "Nothing was reported" in empty.text
    for _ in range(2):
        told = await post(browser, f"{path}/report", why=" It asks for\npasswords. \u202e")
        assert told.headers["location"] == f"{path}?reported=1#report"
    assert "Reported. The admins of Tamarack see it" in words((await browser.get(f"{path}?reported=1")).text)
    [listed] = await shop.workshop.all_of(shop.people[ADMIN])
    assert (listed.stored.id, listed.stored.reports) == (agent, 1)
    assert listed.said[0].startswith("It asks for passwords.")


async def test_whatever_people_wrote_is_text_and_nothing_else(shop: Shop) -> None:
    """web_xss"""
    wild = '"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}'
    await shop.world.site.people.upsert(replace(shop.people[JAMAL], name=f"{wild}\u202e"))
    file = replace(UPDATE, name=wild[:40], description=wild, instructions=wild, starters=(wild,), icon="<b")
    agent = (await shop.published(file)).stored.id
    path = f"/a/{(await shop.link(agent)).id}"
    browsers = {who: await shop.browser(who) for who in (JAMAL, REN, ADMIN)}
    assert (await post(browsers[REN], f"{path}/report", why=wild)).status_code == 303
    pages = [(REN, path), (REN, "/agents/gallery"), (REN, f"/agents/{agent}/about")]
    pages += [(JAMAL, f"/agents/{agent}/sharing"), (ADMIN, "/admin/agents"), (ADMIN, f"/admin/agents/{agent}")]
    for who, at in pages:
        answer = await browsers[who].get(at)
        assert answer.status_code == 200, at
        html = answer.text
        assert "&lt;img src=x" in html, at
        assert foreign_parts(html) == [], at
        assert "49" not in words(html), at
        assert "\u202e" not in html, at
        assert html.count("<h1") == 1, at


async def test_what_is_missing_is_connected_right_there(shop: Shop) -> None:
    _, path = await shared(shop)
    world, browser = shop.world, await shop.browser(REN)
    offered = connect_link(await browser.get(path))
    assert dict(parse_qsl(urlsplit(offered).query)) == {"after": path}
    connect = await world.site.connections.flows.open(urlsplit(offered).path.rpartition("/")[2], now=NOW)
    assert connect
    assert (connect.person, connect.skill, connect.level) == (REN, "pull_requests", "read"), "no more than it needs"
    confirm = await world.held(browser, offered)
    done = await browser.post(confirm, data={"csrf": await csrf(browser, confirm)})
    back = await browser.get(done.headers["location"])
    assert (back.status_code, back.headers["location"]) == (303, f"{path}?connected=github")
    page = words((await browser.get(back.headers["location"])).text)
    assert "GitHub is connected as octo ." in page
    assert re.search(r"Pull requests [^.]* Ready", page)
    again = await browser.get(done.headers["location"])
    assert (again.status_code, "GitHub is connected" in again.text) == (200, True), "the way back is gone once"


async def test_whoever_gives_no_access_can_go_back_to_the_agent(shop: Shop) -> None:
    _, path = await shared(shop)
    browser = await shop.browser(REN)
    offered = connect_link(await browser.get(path))
    begun = await browser.get(offered)
    state = dict(parse_qsl(urlsplit(begun.headers["location"]).query))["state"]
    denied = await browser.get("/oauth/github/callback", params={"state": state, "error": "access_denied"})
    assert f'href="{path}">Go back' in denied.text
    again = re.search(r'href="([^"]+)">Try again', denied.text)
    assert again
    assert f"{HOME}{again[1]}" == offered


async def test_what_still_waits_is_said_before_the_way_back(shop: Shop) -> None:
    _, path = await shared(shop)
    browser = await shop.browser(REN)

    async def waits_for(_person: PersonId, _integration: str) -> list[str]:
        return ["tickets"]

    shop.world.app.state.site = replace(shop.world.site, waits_for=waits_for)
    confirm = await shop.world.held(browser, connect_link(await browser.get(path)))
    done = await browser.post(confirm, data={"csrf": await csrf(browser, confirm)})
    end = await browser.get(done.headers["location"])
    assert end.status_code == 200
    assert "You kept back a permission that your question needs" in words(end.text)
    assert f'href="{path}">Go back' in end.text


async def test_connecting_leads_back_to_pages_of_ours_only(shop: Shop) -> None:
    """open_redirect"""
    world, browser = shop.world, await shop.browser(JAMAL)
    link, ours = await world.link(JAMAL, pending=None), "/a/" + "A" * 22
    outside = ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/slack/signin"]
    outside += [f"{ours}/../../x", f"{ours}\n", f"{ours}?x=//evil.example", f"{ours}#x", f"{ours}\r\nSet-Cookie: x=y"]
    for after in outside:
        begun = await browser.get(f"{link}?{urlencode({'after': after})}")
        assert 'pinyon-way=""' in begun.headers["set-cookie"], after
    confirm = await world.held(browser, link)
    done = await browser.post(confirm, data={"csrf": await csrf(browser, confirm)})
    assert done.headers["location"] == f"{link}/done"
    for after in outside:
        # What a neighbour under the same domain could plant, or a person write.
        cookie = f'__Host-pinyon-way="{link.rpartition("/")[2]}.{after}"'.replace("\r\n", "").replace("\n", "\\012")
        end = await browser.get(f"{link}/done", headers={"cookie": f"{signed(browser)}; {cookie}"})
        assert (end.status_code, "GitHub is connected" in end.text) == (200, True), after
        assert "evil" not in end.text


def signed(browser: httpx.AsyncClient) -> str:
    """The cookie of the session alone."""
    return f"__Host-pinyon={browser.cookies['__Host-pinyon']}"


async def test_the_way_back_belongs_to_one_connect_link(shop: Shop) -> None:
    _, path = await shared(shop)
    world, browser = shop.world, await shop.browser(REN)
    await browser.get(connect_link(await browser.get(path)))
    other = await world.link(REN, pending="p1")
    confirm = await world.held(browser, other)
    done = await browser.post(confirm, data={"csrf": await csrf(browser, confirm)})
    assert (await browser.get(done.headers["location"])).status_code == 200


def connect_link(page: httpx.Response) -> str:
    """Where the page lets GitHub be connected."""
    found = re.search(rf'href="({re.escape(HOME)}/connect/[^"]+)"', page.text)
    assert found, page.text
    return found[1].replace("&amp;", "&")
