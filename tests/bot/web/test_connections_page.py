"""The page of skills and accounts, and disconnecting."""

import re

from memory.ids import PersonId
from tests.bot.web.fakes import JAMAL, REN, World, csrf


async def account(world: World) -> str:
    return f"/connections/{(await world.site.connections.grants.list(JAMAL))[0].id}/disconnect"


async def test_the_page_offers_what_is_missing(world: World) -> None:
    browser = await world.signed_in()
    html = (await browser.get("/connections")).text
    assert "Nothing connected yet" in html
    assert "Not connected. Needs GitHub, about one minute." in html
    found = re.search(r'href="https://pinyon.test(/connect/[\w-]{22})"', html)
    assert found
    assert (await browser.get(found[1])).status_code == 302


async def test_a_connected_account_is_shown_with_since_and_use(world: World) -> None:
    browser = await world.connect()
    await world.site.connections.client_for(JAMAL, "github", now=world.clock.now)
    html = re.sub(r"<[^>]+>", "", (await browser.get("/connections")).text)
    assert "octo on GitHub · since today · used today at 11:44" in html
    world.clock.forward(hours=11)
    await browser.get("/connections")
    world.clock.forward(hours=11)
    html = re.sub(r"<[^>]+>", "", (await browser.get("/connections")).text)
    assert "since 21 Nov · used yesterday at 11:44" in html


async def test_a_skill_nobody_can_connect_says_who_can(world: World) -> None:
    browser = await world.signed_in()
    html = (await browser.get("/connections")).text
    assert "Not set up" in html
    assert "An admin of this Pinyon can set up Atlassian." in html


async def test_an_ended_access_comes_first_and_can_be_renewed(world: World) -> None:
    browser = await world.connect()
    acting = await world.site.connections.client_for(JAMAL, "github", now=world.clock.now)
    assert acting is not None
    await world.site.connections.ended(acting)
    html = (await browser.get("/connections")).text
    assert "Sign in again" in html
    assert "GitHub ended the permission" in html
    assert "Reconnect" in html


async def test_disconnecting_asks_first_then_ends_it_at_the_vendor(world: World) -> None:
    """tok_offboard"""
    browser = await world.connect()
    path = await account(world)
    question = await browser.get(path)
    assert "Disconnect GitHub?" in question.text
    assert "Pull requests" in question.text
    done = await browser.post(path, data={"csrf": await csrf(browser, path)})
    assert "GitHub is disconnected" in (await browser.get(done.headers["location"])).text
    assert world.vendor.revoked == ["gho_canary_access"]
    assert await world.site.connections.grants.list(JAMAL) == ()
    assert (await browser.get(path)).status_code == 404


async def test_a_vendor_that_is_away_is_told_later(world: World) -> None:
    """tok_offboard"""
    browser = await world.connect()
    world.vendor.away = True
    path = await account(world)
    await browser.post(path, data={"csrf": await csrf(browser, path)})
    assert "Pinyon uses it no more. GitHub has not answered yet" in (await browser.get("/connections")).text
    assert await world.site.connections.client_for(JAMAL, "github", now=world.clock.now) is None
    world.vendor.away = False
    await world.site.connections.sweep(now=world.clock.now)
    assert await world.site.connections.grants.list(JAMAL) == ()


async def test_the_notice_names_only_a_service_that_exists(world: World) -> None:
    """web_xss"""
    browser = await world.signed_in()
    assert "is disconnected" not in (await browser.get("/connections?ended=<b>x")).text
    assert "GitHub is disconnected" in (await browser.get("/connections?ended=github")).text


async def test_another_persons_account_does_not_exist_for_me(world: World) -> None:
    """admin_authz"""
    await world.connect(JAMAL)
    path = await account(world)
    other = await world.signed_in(REN)
    answer = await other.post(path, data={"csrf": await csrf(other, "/connections")})
    assert answer.status_code == 404
    assert len(await world.site.connections.grants.list(JAMAL)) == 1


async def test_the_name_in_the_header_is_the_persons(world: World) -> None:
    browser = await world.signed_in(PersonId("T1:UREN"))
    assert "Ren" in (await browser.get("/connections")).text
