"""The gallery, and the page of an agent that somebody may use without a link."""

from dataclasses import replace

import pytest

from memory.database import Database
from memory.ids import AgentId, TurnId
from tests.bot.web.fakes import JAMAL, REN
from tests.bot.web.sharing_agents import INSIDE, STRANGER, UPDATE, Shop, open_shop, post, words

DOING = ("use", "copy", "report")


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await open_shop(database)


async def shared(shop: Shop) -> AgentId:
    """Jamal's agent, shared with everybody."""
    agent = (await shop.published()).stored.id
    await shop.workshop.share(shop.people[JAMAL], agent, kind="workspace")
    return agent


async def test_the_gallery_holds_what_somebody_may_use_and_nothing_else(shop: Shop) -> None:
    await shared(shop)
    await shop.published(replace(UPDATE, name="Only mine", handle="only-mine"))
    shown = words((await (await shop.browser(REN)).get("/agents/gallery")).text)
    assert "Product update By Jamal · new Merged work and the board in one mail. Updates Use Look Copy" in shown
    assert "Ticket writer Comes with Pinyon" in shown
    assert "Pinyon Comes with Pinyon · new Small jobs of all kinds. Other Answers you now Look Copy" in shown
    assert "Only mine" not in shown
    elsewhere = words((await (await shop.browser(STRANGER)).get("/agents/gallery")).text)
    assert "Ticket writer" in elsewhere
    assert "Product update" not in elsewhere
    own = words((await (await shop.browser(JAMAL)).get("/agents/gallery")).text)
    assert "Only mine Yours · new" in own


async def test_agents_are_found_by_job_by_role_and_by_words(shop: Shop) -> None:
    await shared(shop)
    browser = await shop.browser(REN)

    async def names(query: str) -> set[str]:
        shown = words((await browser.get(f"/agents/gallery?{query}")).text)
        cards = {"Product update By Jamal", "Ticket writer Comes with", "Pinyon Comes with"}
        return {card.rpartition(" ")[0].rpartition(" ")[0] for card in cards if card in shown}

    assert await names("job=tickets") == {"Ticket writer"}
    assert await names("role=engineering") == {"Ticket writer", "Pinyon"}, "those for a role, and those for everybody"
    assert await names("role=product&job=updates") == {"Product update"}
    assert await names("find=weeks%20BOARD") == set()
    assert await names("find=week%20BOARD") == {"Product update"}, "all words, wherever they stand"
    assert await names("job=nonsense&role=%00") == {"Product update", "Ticket writer", "Pinyon"}
    empty = await browser.get("/agents/gallery?find=zzz")
    assert "No agent fits" in empty.text
    assert 'href="/agents/gallery?role=product&amp;find=zzz"' in empty.text, "a filter keeps what was looked for"


async def test_use_counts_are_shown_and_most_used_stands_first(shop: Shop) -> None:
    agent = await shared(shop)
    for turn, who in enumerate((JAMAL, REN)):
        await shop.workshop.store.count(agent, who, TurnId(f"T1:C1:{turn}.0"), now=shop.world.clock.now)
    browser = await shop.browser(REN)
    shown = words((await browser.get("/agents/gallery")).text)
    assert "Product update By Jamal · 2 people" in shown
    assert shown.index("Product update") < shown.index("Ticket writer")
    assert "used by 2 people at Tamarack" in words((await browser.get(f"/agents/{agent}/about")).text)


async def test_an_agents_page_is_the_share_page_without_a_link(shop: Shop) -> None:
    agent = await shared(shop)
    browser = await shop.browser(REN)
    page = await browser.get(f"/agents/{agent}/about")
    said = words(page.text)
    assert "Product update An agent by Jamal · not used yet" in said
    assert "It works as long as it is shared with you." in said
    assert f"after=%2Fagents%2F{agent}%2Fabout" in page.text, "connecting leads back here"
    assert page.headers["cache-control"] == "no-store"
    ours = words((await browser.get("/agents/builtin:ticket-writer/about")).text)
    assert "Ticket writer Comes with Pinyon" in ours
    assert "Report this agent" not in ours
    mine = words((await (await shop.browser(JAMAL)).get(f"/agents/{agent}/about")).text)
    assert "An agent of yours" in mine
    assert "Report this agent" not in mine


async def test_what_is_not_shared_with_somebody_does_not_exist_for_them(shop: Shop) -> None:
    """share_link: the same page as for an agent that never was, in their workspace and in others."""
    unshared = (await shop.published()).stored.id
    for who in (REN, STRANGER):
        browser = await shop.browser(who)
        for agent in (unshared, "A" * 22, "builtin:none", "x", "%00" * 22):
            answers = [await browser.get(f"/agents/{agent}/about")]
            answers += [await post(browser, f"/agents/{agent}/about/{do}", why="x") for do in DOING]
            for answer in answers:
                assert answer.status_code == 404, agent
                assert "There is nothing here" in answer.text
                assert INSIDE not in answer.text
    assert shop.told == []


async def test_using_copying_and_reporting_work_from_there_too(shop: Shop) -> None:
    agent = await shared(shop)
    path = f"/agents/{agent}/about"
    browser = await shop.browser(REN)
    for do in DOING:
        assert (await browser.post(f"{path}/{do}", data={"csrf": "none", "why": "x"})).status_code == 403
    assert (await post(browser, f"{path}/use")).headers["location"] == f"{path}?chosen=1"
    assert (await browser.get(f"{path}?chosen=1")).headers["refresh"].endswith("/app_redirect?team=T1")
    assert [(id, chosen.id) for id, chosen in shop.told] == [(REN, agent)]
    assert (await post(browser, f"{path}/copy")).headers["location"].startswith("/agents/")
    assert (await post(browser, f"{path}/report", why="Wrong")).headers["location"] == f"{path}?reported=1#report"
    back = await post(browser, "/agents/builtin:pinyon/about/use")
    assert back.headers["location"] == "/agents/builtin:pinyon/about?chosen=1"
    assert (await shop.workshop.using(shop.people[REN])).id == "builtin:pinyon"


async def test_what_the_workshop_refuses_is_said_on_the_page(shop: Shop) -> None:
    agent = await shared(shop)
    refused = await post(await shop.browser(JAMAL), f"/agents/{agent}/about/report", why="Mine")
    assert refused.status_code == 400
    assert "This agent is yours. Change it, or delete it." in refused.text


async def test_without_a_workshop_there_is_no_such_page(shop: Shop) -> None:
    browser = await shop.browser(JAMAL)
    shop.world.app.state.site = replace(shop.world.site, workshop=None)
    for path in (
        "/agents/gallery",
        "/agents/builtin:pinyon/about",
        "/a/" + "A" * 22,
        "/agents/" + "A" * 22 + "/sharing",
    ):
        assert (await browser.get(path)).status_code == 404
