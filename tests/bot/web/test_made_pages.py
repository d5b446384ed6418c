"""The pages that were made for people: who may open one, what a browser may do with it, and taking it back."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bot.web.shell import HEADERS
from documents.writing import write_page
from memory.database import Database
from memory.ids import PageId, PersonId
from memory.pages import KEPT
from tests.bot.web.fakes import JAMAL, NOW, REN, World, build_world, csrf, person
from tests.bot.web.making import CHANNEL, TURN, made_page

OUTSIDER = PersonId("T2:UJAMAL")
NOBODY_THERE = "There is nothing here"


@pytest.fixture
def members() -> set[tuple[PersonId, str]]:
    """Who is in which channel."""
    return {(JAMAL, CHANNEL), (REN, CHANNEL)}


@pytest.fixture
def world(database: Database, members: set[tuple[PersonId, str]]) -> World:
    async def in_channel(person: PersonId, channel: str) -> bool:
        return (person, channel) in members

    return build_world(database, edit=lambda site: replace(site, in_channel=in_channel))


@pytest.fixture
async def made(world: World) -> PageId:
    return await made_page(world)


async def opened_to_channel(world: World) -> None:
    assert world.site.pages
    await world.site.pages.open_to(TURN, "here")


def is_hidden(answer: httpx.Response) -> bool:
    return answer.status_code == 404 and NOBODY_THERE in answer.text and "Orders" not in answer.text


async def test_the_asker_opens_it_and_reads_who_else_can(world: World, made: PageId) -> None:
    browser = await world.signed_in()
    answer = await browser.get(f"/d/{made}")
    assert answer.status_code == 200
    assert "<h1>Orders of octo</h1>" in answer.text
    assert "Only you can open this page." in answer.text
    assert f'href="/d/{made}/about"' in answer.text
    assert "csrf" not in answer.text


async def test_its_policy_is_its_own_and_stricter_than_ours(world: World, made: PageId) -> None:
    answer = await (await world.signed_in()).get(f"/d/{made}")
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'sha256-x'; frame-ancestors 'none'; sandbox"
    )
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    ours = {"Content-Security-Policy", "Referrer-Policy", "X-Robots-Tag"}
    assert all(answer.headers[name] == value for name, value in HEADERS.items() if name not in ours)


async def test_only_slides_may_run_their_own_script(world: World) -> None:
    html = await write_page("Talk", "## One", form="slides")
    answer = await (await world.signed_in()).get(f"/d/{await made_page(world, html=html)}")
    policy = answer.headers["content-security-policy"]
    assert "sandbox allow-scripts" in policy
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy


async def test_without_signing_in_it_leads_there_and_back(world: World, made: PageId) -> None:
    browser = world.browser()
    for path in (f"/d/{made}", f"/d/{made}/about"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/signin?next={path}")
        signed_in = await world.sign_in(world.browser(), JAMAL, after=path)
        assert signed_in.headers["location"] == path


async def test_a_member_of_the_channel_opens_it_only_once_it_was_shown_there(world: World, made: PageId) -> None:
    browser = await world.signed_in(REN)
    assert is_hidden(await browser.get(f"/d/{made}"))
    await opened_to_channel(world)
    answer = await browser.get(f"/d/{made}")
    assert "<h1>Orders of octo</h1>" in answer.text
    assert "Members of the channel can open this page." in answer.text


async def test_who_leaves_the_channel_opens_it_no_more(
    world: World, made: PageId, members: set[tuple[PersonId, str]]
) -> None:
    """chan_leak, share_acl: it is asked anew each time."""
    await opened_to_channel(world)
    browser = await world.signed_in(REN)
    assert (await browser.get(f"/d/{made}")).status_code == 200
    members.discard((REN, CHANNEL))
    assert is_hidden(await browser.get(f"/d/{made}"))
    members.discard((JAMAL, CHANNEL))
    assert (await (await world.signed_in()).get(f"/d/{made}")).status_code == 200


async def test_another_workspace_finds_nothing(world: World, made: PageId, members: set[tuple[PersonId, str]]) -> None:
    """share_link"""
    await opened_to_channel(world)
    members.add((OUTSIDER, CHANNEL))
    world.people[OUTSIDER] = person(OUTSIDER, "Jamal")
    world.slack.team = "T2"
    browser = await world.signed_in(OUTSIDER)
    assert (await browser.get("/connections")).status_code == 200
    for path in (f"/d/{made}", f"/d/{made}/about"):
        assert is_hidden(await browser.get(path))


async def test_a_guessed_address_and_a_forbidden_one_look_alike(world: World, made: PageId) -> None:
    browser = await world.signed_in(REN)
    forbidden, guessed = await browser.get(f"/d/{made}"), await browser.get(f"/d/{'A' * 22}")
    assert is_hidden(forbidden)
    assert is_hidden(guessed)


async def test_its_maker_takes_it_back_for_everybody(world: World, made: PageId) -> None:
    await opened_to_channel(world)
    owner, reader = await world.signed_in(), await world.signed_in(REN)
    about = f"/d/{made}/about"
    assert "Take back" in (await owner.get(about)).text
    answer = await owner.post(f"/d/{made}/take-back", data={"csrf": await csrf(owner, about)})
    assert "Nobody can open" in answer.text
    for browser in (owner, reader):
        assert is_hidden(await browser.get(f"/d/{made}"))


async def test_nobody_else_takes_it_back(world: World, made: PageId) -> None:
    await opened_to_channel(world)
    reader = await world.signed_in(REN)
    assert "Take back" not in (await reader.get(f"/d/{made}/about")).text
    token = await csrf(reader, "/connections")
    assert is_hidden(await reader.post(f"/d/{made}/take-back", data={"csrf": token}))
    owner = await world.signed_in()
    assert (await owner.post(f"/d/{made}/take-back", data={"csrf": token})).status_code == 403
    assert (await reader.get(f"/d/{made}")).status_code == 200


async def test_it_ends_by_itself(world: World) -> None:
    browser = await world.signed_in()
    still = await made_page(world, now=NOW - KEPT + timedelta(days=1))
    assert "22 Nov" in (await browser.get(f"/d/{still}/about")).text
    over = await made_page(world, html="<!-- bar -->over", now=NOW - KEPT)
    assert is_hidden(await browser.get(f"/d/{over}"))


async def test_where_no_pages_are_made_there_are_none(database: Database) -> None:
    world = build_world(database, edit=lambda site: replace(site, pages=None))
    assert is_hidden(await (await world.signed_in()).get(f"/d/{'A' * 22}"))
