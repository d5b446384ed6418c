"""Learning from what somebody filed before: chosen with a button on the page that confirms the account."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

import httpx
import pytest

from bot.web.site import Site
from memory.audit import Audit
from memory.database import Database
from memory.ids import workspace_of
from memory.warm_starts import Allowed, WarmStarts
from skills.own_records import OwnRecord, OwnRecords
from tests.bot.web.fakes import JAMAL, REN, World, build_world, csrf


async def no_records(_ctx: object, *, most: int) -> Sequence[OwnRecord]:
    """Nothing here is read by a page."""
    raise AssertionError(most)


REVIEWS = OwnRecords(named="pull requests", such_as=("reviewers",), read=no_records)
ISSUES = OwnRecords(named="issues", such_as=("labels", "reviewers"), read=no_records)


def learning(site: Site) -> Site:
    """Two skills of GitHub's with records to learn from."""
    known = site.connections.skills
    pulls = replace(known["pull_requests"], own_records=REVIEWS)
    issues = replace(known["pull_requests"], name="issues", title="Issues", own_records=ISSUES)
    skills = {**known, "pull_requests": pulls, "issues": issues}
    return replace(site, connections=replace(site.connections, skills=skills))


@pytest.fixture
def world(database: Database) -> World:
    return build_world(database, edit=learning)


async def question(world: World) -> tuple[httpx.AsyncClient, str, str]:
    """Jamal's browser, and the path and the text of the page that asks whether it is the right account."""
    browser = await world.signed_in()
    path = await world.held(browser, await world.link())
    return browser, path, (await browser.get(path)).text


async def press(browser: httpx.AsyncClient, path: str, **button: str) -> httpx.Response:
    return await browser.post(path, data={"csrf": await csrf(browser, path), **button})


async def allowed(world: World) -> Sequence[Allowed]:
    return await WarmStarts(world.site.people.database).of(JAMAL)


async def test_the_page_offers_both_and_ticks_nothing_beforehand(world: World) -> None:
    _, _, page = await question(world)
    assert re.findall(r'<button class="btn[^>]*>([^<]+)</button>', page) == ["Connect and learn", "Connect only"]
    assert "checkbox" not in page
    assert "checked" not in page


async def test_the_page_says_in_one_sentence_what_would_be_read(world: World) -> None:
    _, _, page = await question(world)
    assert "<b>It can learn from your last 200 pull requests and issues.</b>" in page
    assert "Only fields you set yourself, such as reviewers and labels." in page


async def test_enter_in_a_field_is_not_taken_for_the_choice(world: World) -> None:
    _, _, page = await question(world)
    form = page[page.index('<form class="stack-s"') :]
    first = form[form.index("<button") :].partition(">")[0]
    assert "hidden" in first
    assert "learn" not in first


async def test_the_first_button_is_the_consent(world: World) -> None:
    browser, path, _ = await question(world)
    done = await press(browser, path, learn="yes")
    assert "I read your last pull requests and issues now" in (await browser.get(done.headers["location"])).text
    (found,) = await allowed(world)
    (grant,) = await world.site.connections.grants.list(JAMAL)
    assert (found.integration, found.grant, found.is_over) == ("github", grant.id, False)
    assert world.connected == [(JAMAL, "github", "p1")]


async def test_it_stands_in_the_audit_log_after_the_account(world: World) -> None:
    browser, path, _ = await question(world)
    await press(browser, path, learn="yes")
    entries = await Audit(world.site.people.database).page(workspace_of(JAMAL))
    assert [one.entry.action for one in reversed(entries)] == ["account.connected", "memory.own_records_allowed"]
    assert {(one.entry.person, one.entry.actor, one.entry.target) for one in entries} == {(JAMAL, JAMAL, "github")}


@pytest.mark.parametrize("button", [{}, {"learn": ""}, {"learn": "no"}, {"learn": "on"}])
async def test_the_other_button_connects_and_nothing_more(world: World, button: dict[str, str]) -> None:
    browser, path, _ = await question(world)
    done = await press(browser, path, **button)
    page = (await browser.get(done.headers["location"])).text
    assert "GitHub is connected as" in page
    assert "I read your last" not in page
    assert await allowed(world) == []


async def test_a_second_click_on_the_other_button_changes_nothing(world: World) -> None:
    browser, path, page = await question(world)
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    await browser.post(path, data={"csrf": token})
    await browser.post(path, data={"csrf": token, "learn": "yes"})
    assert await allowed(world) == []


async def test_two_clicks_at_once_are_one_consent(world: World) -> None:
    browser, path, page = await question(world)
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    await asyncio.gather(*(browser.post(path, data={"csrf": token, "learn": "yes"}) for _ in range(3)))
    assert len(await allowed(world)) == 1


async def test_connecting_again_without_it_takes_back_what_was_not_read_yet(world: World) -> None:
    browser, path, _ = await question(world)
    await press(browser, path, learn="yes")
    browser, path, _ = await question(world)
    await press(browser, path)
    assert await allowed(world) == []


async def test_nobody_chooses_it_for_somebody_else(world: World) -> None:
    """link_forwarded"""
    _, path, _ = await question(world)
    other = await world.signed_in(REN)
    refused = await other.post(path, data={"csrf": await csrf(other, "/connections"), "learn": "yes"})
    assert refused.status_code == 403
    assert await allowed(world) == []


async def test_a_forged_form_is_no_consent(world: World) -> None:
    browser, path, _ = await question(world)
    assert (await browser.post(path, data={"csrf": "forged", "learn": "yes"})).status_code == 403
    assert await allowed(world) == []


async def test_where_there_is_nothing_to_learn_from_there_is_one_button(database: Database) -> None:
    plain = build_world(database)
    browser, path, page = await question(plain)
    assert '<button class="btn primary wide" type="submit">Connect</button>' in page
    assert "learn" not in page
    await press(browser, path, learn="yes")
    assert await allowed(plain) == []
