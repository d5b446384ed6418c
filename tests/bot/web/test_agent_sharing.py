"""The page on which an owner shares an agent and takes it back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.web.agent_sharing import FURTHEST, NoEnd, ends_at
from bot.web.visitor import Visitor
from memory.agents import AgentRules, Who
from memory.database import Database
from memory.ids import AgentId, PersonId
from tests.bot.web.fakes import HOME, JAMAL, NOW, REN, csrf, person
from tests.bot.web.sharing_agents import (
    ADMIN,
    GUEST,
    INSIDE,
    KNOWN,
    OPS,
    STRANGER,
    TEAM,
    UPDATE,
    Shop,
    open_shop,
    post,
    words,
)

POSTS = ("", "/remove", "/link", "/link/revoke", "/copies")
FORM = {"kind": "workspace", "to": "on", "until": "", "link": "A" * 22}


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await open_shop(database)


async def sharing(shop: Shop) -> tuple[AgentId, str, httpx.AsyncClient]:
    """Jamal's agent, the path of its sharing, and Jamal's browser."""
    agent = (await shop.published()).stored.id
    return agent, f"/agents/{agent}/sharing", await shop.browser(JAMAL)


async def state(shop: Shop, agent: AgentId) -> tuple[object, ...]:
    bench = await shop.workshop.bench(shop.people[JAMAL], agent)
    assert bench
    return (await shop.workshop.shares(shop.people[JAMAL], agent), bench.stored.copies_knowledge)


async def test_only_its_owner_shares(shop: Shop) -> None:
    """share_link, csrf: others are told that there is no such page, before a form's token counts."""
    agent, path, owner = await sharing(shop)
    await shop.workshop.share(shop.people[JAMAL], agent, kind="person", to=REN, role="editor")
    await shop.workshop.share(shop.people[JAMAL], agent, kind="person", to=ADMIN)
    before = await state(shop, agent)
    for who in (REN, ADMIN, STRANGER):
        browser = await shop.browser(who)
        for do in POSTS:
            answer = await post(browser, f"{path}{do}", **FORM)
            assert answer.status_code == 404, f"{who} {do}"
        page = await browser.get(path)
        assert page.status_code == (200 if who == REN else 404), "an editor sees with whom"
        assert INSIDE not in page.text
        assert f'action="{path}' not in page.text, "and changes nothing of it"
    for do in POSTS:
        assert (await owner.post(f"{path}{do}", data=FORM | {"csrf": "none"})).status_code == 403
        signed_out = await shop.world.browser().post(f"{path}{do}", data=FORM)
        assert signed_out.headers["location"].startswith("/signin")
    assert await state(shop, agent) == before
    for path in ("/agents/builtin:pinyon/sharing", f"/agents/{'A' * 22}/sharing", "/agents/%00/sharing"):
        assert (await owner.get(path)).status_code == 404


async def test_a_person_gets_a_role_and_loses_it(shop: Shop) -> None:
    agent, path, browser = await sharing(shop)
    assert await shop.role(agent, REN) is None
    answer = await post(browser, path, kind="person", to=REN, role="user", until="7")
    assert answer.headers["location"] == f"{path}?saved=person#who"
    assert await shop.role(agent, REN) == "user"
    shown = words((await browser.get(f"{path}?saved=person")).text)
    assert "Shared." in shown
    assert "Ren ren@tamarack.example until 28 Nov May use it" in shown
    await post(browser, path, kind="person", to=REN, role="editor")
    assert await shop.role(agent, REN) == "editor"
    assert "Ren ren@tamarack.example May change it" in words((await browser.get(path)).text)
    await post(browser, f"{path}/remove", kind="person", to=REN)
    assert await shop.role(agent, REN) is None
    assert "Ren ren@" not in words((await browser.get(path)).text).partition("A person")[0]


async def test_nobody_from_outside_and_no_guest_is_shared_with(shop: Shop) -> None:
    agent, path, browser = await sharing(shop)
    page = (await browser.get(path)).text
    assert f'value="{REN}"' in page
    for nobody in (GUEST, STRANGER, PersonId("T1:UNONE"), ""):
        assert f'value="{nobody}"' not in page or not nobody
        answer = await post(browser, path, kind="person", to=nobody)
        assert answer.status_code == 400, nobody
        assert 'role="alert"' in answer.text
    assert (await post(browser, path, kind="person", to="x\x00y")).status_code == 404
    assert not (await shop.workshop.shares(shop.people[JAMAL], agent))[0]


async def test_a_channel_is_named_as_people_know_it(shop: Shop) -> None:
    agent, path, browser = await sharing(shop)
    for said in ("#team", "Team ", TEAM[0], f"https://tamarack.slack.com/archives/{TEAM[0]}"):
        assert await shop.role(agent, REN) is None
        assert (await post(browser, path, kind="channel", to=said)).status_code == 303
        [share] = (await shop.workshop.shares(shop.people[JAMAL], agent))[0]
        assert (share.kind, share.to) == ("channel", TEAM[0])
        assert await shop.role(agent, REN) == "user"
        page = await browser.get(path)
        assert "#team whoever is in the channel May use it" in words(page.text)
        assert '<option value="#team">' in page.text
        assert "#ops" not in page.text, "a channel that the owner is not in"
        await post(browser, f"{path}/remove", kind="channel", to=TEAM[0])


async def test_a_channel_that_the_owner_is_not_in_is_shared_with_by_nobody(shop: Shop) -> None:
    agent, path, browser = await sharing(shop)
    for said, told in ((OPS[0], "You are not in that channel"), ("#ops", "both in no channel #ops"), (" # ", "name")):
        answer = await post(browser, path, kind="channel", to=said)
        assert answer.status_code == 400
        assert told in unescape(answer.text)
    assert not (await shop.workshop.shares(shop.people[JAMAL], agent))[0]


async def test_a_link_is_made_shown_and_taken_back_with_one_tap(shop: Shop) -> None:
    """share_link"""
    agent, path, browser = await sharing(shop)
    assert "There is no link now." in (await browser.get(path)).text
    made = await post(browser, f"{path}/link", until="30")
    assert made.headers["location"] == f"{path}?saved=link#link"
    [link] = (await shop.workshop.shares(shop.people[JAMAL], agent))[1]
    assert link.expires_at == NOW + timedelta(days=30)
    page = await browser.get(made.headers["location"])
    assert f'value="{HOME}/a/{link.id}"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert (await (await shop.browser(REN)).get(f"/a/{link.id}")).status_code == 200
    ended = await post(browser, f"{path}/link/revoke", link=link.id)
    assert ended.headers["location"] == f"{path}?saved=revoked#link"
    assert "whoever came by it may not use the agent any more" in (await browser.get(ended.headers["location"])).text
    assert await shop.role(agent, REN) is None
    assert (await (await shop.browser(REN)).get(f"/a/{link.id}")).status_code == 410
    assert (await post(browser, f"{path}/link/revoke", link=link.id)).status_code == 303, "again is the same"


async def test_nobody_ends_the_link_of_another_agent(shop: Shop) -> None:
    """share_link"""
    _, path, browser = await sharing(shop)
    other = await shop.published(replace(UPDATE, handle="other"), by=REN)
    link = await shop.link(other.stored.id, by=REN)
    await post(browser, f"{path}/link/revoke", link=link.id)
    assert len((await shop.workshop.shares(shop.people[REN], other.stored.id))[1]) == 1


async def test_everybody_may_use_it_once_it_is_shared_widely(shop: Shop) -> None:
    agent, path, browser = await sharing(shop)
    assert (await post(browser, path, kind="workspace")).status_code == 303
    assert await shop.role(agent, REN) == "user"
    assert await shop.role(agent, STRANGER) is None
    shown = words((await browser.get(path)).text)
    assert "Everybody all members of Tamarack; no guests May use it" in shown
    assert "Share with everybody" not in shown
    await post(browser, f"{path}/remove", kind="workspace")
    assert await shop.role(agent, REN) is None


async def test_what_the_admins_keep_to_themselves_is_said_where_it_would_stand(shop: Shop) -> None:
    _, path, browser = await sharing(shop)
    said: dict[Who, tuple[str, str]] = {
        "admins": (
            "Only the admins of Tamarack share with everybody.",
            "The admins of Tamarack keep links to themselves.",
        ),
        "nobody": (
            "The admins of Tamarack allow no sharing with everybody.",
            "The admins of Tamarack allow no links.",
        ),
    }
    for who, (widely, links) in said.items():
        await shop.workshop.set_rules(shop.people[ADMIN], AgentRules(widely=who, links=who))
        shown = words((await browser.get(path)).text)
        assert widely in shown
        assert links in shown
        assert "Make a link" not in shown
        for do, sent in (("", {"kind": "workspace"}), ("/link", {})):
            answer = await post(browser, f"{path}{do}", **sent)
            assert answer.status_code == 400
            assert "dmins" in answer.text


async def test_whether_copies_know_what_it_knows_is_the_owners_to_say(shop: Shop) -> None:
    """share_link"""
    agent, path, browser = await sharing(shop)
    page = await browser.get(path)
    assert "Copies Without knowledge" in words(page.text)
    assert "only if you let it" in page.text
    assert KNOWN not in page.text
    assert (await post(browser, f"{path}/copies", to="on")).headers["location"] == f"{path}?saved=copies#copies"
    assert "Copies With knowledge" in words((await browser.get(path)).text)
    await post(browser, f"{path}/copies", to="off")
    bench = await shop.workshop.bench(shop.people[JAMAL], agent)
    assert bench
    assert bench.stored.copies_knowledge is False


async def test_a_draft_and_a_switched_off_agent_say_what_stands_in_the_way(shop: Shop) -> None:
    bench = await shop.workshop.make(shop.people[JAMAL], UPDATE)
    path, browser = f"/agents/{bench.stored.id}/sharing", await shop.browser(JAMAL)
    assert "It is a draft so far, so nobody else can use it." in words((await browser.get(path)).text)
    refused = await post(browser, f"{path}/link")
    assert refused.status_code == 400
    assert "Publish it first" in refused.text
    await shop.workshop.publish(shop.people[JAMAL], bench.stored.id, revision=bench.stored.draft_revision)
    await shop.workshop.disable(shop.people[ADMIN], bench.stored.id, "It asks for <b>passwords</b>.")
    page = (await browser.get(path)).text
    assert "An admin switched this agent off: It asks for &lt;b&gt;passwords&lt;/b&gt;." in page


async def test_an_end_that_is_none_is_refused_with_one_that_works(shop: Shop) -> None:
    agent, path, browser = await sharing(shop)
    for on in ("", "2026-11-20", "9999-12-31", "x"):
        for do in ("", "/link"):
            answer = await post(browser, f"{path}{do}", kind="workspace", until="date", on=on)
            assert answer.status_code == 400
            assert "such as 2026-12-05" in answer.text
    shares, links = await shop.workshop.shares(shop.people[JAMAL], agent)
    assert not shares
    assert not links


@given(until=some.sampled_from(["", "1", "7", "30", "date", "x"]), on=some.dates().map(str) | some.text(max_size=12))
@settings(max_examples=100, deadline=None)
def test_an_end_lies_ahead_and_not_too_far_or_is_none(until: str, on: str) -> None:
    visitor = Visitor(person=person(JAMAL, "Jamal"), workspace_name="Tamarack", csrf="")
    now = datetime(2026, 11, 21, 22, 44, tzinfo=UTC)
    try:
        end = ends_at(until, on, visitor, now=now)
    except NoEnd:
        return
    assert (end is None) == (until in ("", "x"))
    assert end is None or now < end <= now + FURTHEST + timedelta(days=2)


async def test_nothing_that_a_form_or_an_address_may_hold_breaks_a_page(shop: Shop) -> None:
    """Every form and question of these pages, filled with what no browser of ours would send: never a 5xx."""
    agent, path, browser = await sharing(shop)
    link = (await shop.link(agent)).id
    admin = await shop.browser(ADMIN)
    token = {one: await csrf(one, "/connections") for one in (browser, admin)}
    names = ("to", "role", "until", "on", "link", "why", "most")
    posts = [(browser, f"{path}{do}", kind) for do in POSTS for kind in ("person", "channel")]
    posts += [(browser, f"/a/{link}/{do}", "") for do in ("use", "report")]
    posts += [(browser, f"/agents/{agent}/about/{do}", "") for do in ("use", "report")]
    posts += [(admin, f"/admin/agents/{do}", "") for do in ("rules", f"{agent}/disable", f"{agent}/hand-over")]
    gets = [(browser, at) for at in (path, f"/a/{link}", f"/agents/{agent}/about", "/agents/gallery")]
    gets += [(admin, "/admin/agents"), (admin, f"/admin/agents/{agent}")]
    for wild in ("\x00", "\xed\xa0\x80", "9" * 5000):
        for one, at, kind in posts:
            sent = dict.fromkeys(names, wild) | {"kind": kind, "widely": "all", "links": "all", "csrf": token[one]}
            answer = await one.post(at, data=sent)
            assert answer.status_code < 500, f"{at} {wild[:9]!r}"
        for one, at in gets:
            asked: dict[str, str] = dict.fromkeys(("find", "saved", "job", "connected", "chosen"), wild[:200])
            assert (await one.get(at, params=asked)).status_code < 500, f"{at} {wild[:9]!r}"


async def test_many_people_are_found_by_name(shop: Shop) -> None:
    _, path, browser = await sharing(shop)
    for number in range(201):
        await shop.world.site.people.upsert(person(PersonId(f"T1:UMANY{number}"), f"Many{number}"))
    page = (await browser.get(path)).text
    assert "and 3 more: find them by name." in words(page)
    found = (await browser.get(path, params={"find": "MANY200"})).text
    assert 'value="T1:UMANY200"' in found
    assert 'value="T1:UMANY1"' not in found


async def test_the_script_that_copies_is_the_only_one(shop: Shop) -> None:
    _, path, browser = await sharing(shop)
    page = (await browser.get(path)).text
    assert page.count("<script") == page.count('<script type="module" src="/static/copy.js"></script>') == 1
    assert (await browser.get("/static/copy.js")).status_code == 200
