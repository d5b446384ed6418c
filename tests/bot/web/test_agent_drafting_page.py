"""The page on which an agent is drafted: questions back, a draft on the bench, and nothing that was written is lost."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from bot.agents.drafting import LONGEST_OUTLINE, Drafting
from bot.llm import Limits
from memory.database import Database
from playground.model import Fault, Plan, Scripted, call
from playground.model.scripted import Step
from tests.bot.llm_bench import bench_with
from tests.bot.web.fakes import JAMAL, REN, csrf
from tests.bot.web.sharing_agents import Shop, open_shop

PAGE = "/agents/draft"
OUTLINE = "Every Friday it looks at what was merged and writes our product update for the leads."
GOOD: dict[str, Any] = {
    "name": "Product update",
    "handle": "weekly-news",
    "description": "Merged work in one mail.",
    "skills": [{"skill": "pull_requests", "level": "read"}],
    "starters": ["Write this week's update"],
    "instructions": "1. List what was merged since Friday.",
}


@dataclass
class Drafted:
    """The site, and the model that drafts."""

    shop: Shop
    brain: Scripted

    async def post(self, browser: httpx.AsyncClient, path: str = PAGE, **fields: Any) -> httpx.Response:
        return await browser.post(path, data={"csrf": await csrf(browser, PAGE), **fields})


@asynccontextmanager
async def site(database: Database, *script: Step, fault: Fault | None = None) -> AsyncGenerator[Drafted]:
    shop, brain = await open_shop(database), Scripted(script)
    async with bench_with(brain, limits=Limits(rounds=1)) as bench:
        if fault:
            bench.server.inject(fault)
        drafting = Drafting(llm=bench.llm, skills=shop.world.site.connections.skills)
        shop.world.app.state.site = replace(shop.world.app.state.site, drafting=drafting)
        yield Drafted(shop, brain)


def written(**changed: Any) -> Plan:
    return call("write_draft", **{**GOOD, **changed})


async def test_an_outline_becomes_a_draft_on_the_makers_bench(database: Database) -> None:
    async with site(database, written()) as there:
        browser = await there.shop.browser(JAMAL)
        answer = await there.post(browser, outline=OUTLINE)
        assert answer.status_code == 303
        agent = re.fullmatch(r"/agents/([A-Za-z0-9_-]{22})\?drafted=1", answer.headers["location"])
        assert agent is not None
        [bench] = await there.shop.workshop.mine(there.shop.people[JAMAL])
        assert (bench.stored.id, bench.stored.live, bench.file.name) == (agent[1], None, "Product update")
        assert await there.shop.workshop.mine(there.shop.people[REN]) == []


async def test_it_asks_back_and_keeps_what_was_written(database: Database) -> None:
    questions = call("ask_back", questions=["Who are the <leads>?", "How long may it be?"])
    async with site(database, questions, written()) as there:
        browser = await there.shop.browser(JAMAL)
        asked = await there.post(browser, outline=OUTLINE)
        assert asked.status_code == 200
        assert "Who are the &lt;leads&gt;?" in asked.text
        assert OUTLINE in asked.text
        fields: Any = {"question": ["Who are the <leads>?", "How long may it be?"], "answer": ["Ren and Sione", ""]}
        done = await there.post(browser, outline=OUTLINE, **fields)
        assert done.status_code == 303
        told = there.brain.requests[-1].said
        assert "A: Ren and Sione" in told
        assert "no answer" in told


async def test_who_wants_no_questions_is_asked_none(database: Database) -> None:
    async with site(database, written()) as there:
        browser = await there.shop.browser(JAMAL)
        assert (await there.post(browser, outline=OUTLINE, last="1")).status_code == 303
        assert [tool.name for tool in there.brain.requests[-1].tools] == ["write_draft"]


async def test_a_handle_that_is_taken_is_changed_for_a_free_one(database: Database) -> None:
    async with site(database, written(), written()) as there:
        browser = await there.shop.browser(JAMAL)
        for _ in range(2):
            assert (await there.post(browser, outline=OUTLINE, last="1")).status_code == 303
        handles = {bench.file.handle for bench in await there.shop.workshop.mine(there.shop.people[JAMAL])}
        assert len(handles) == 2
        assert "weekly-news" in handles


async def test_while_no_model_answers_the_outline_is_not_lost(database: Database) -> None:
    """cost_dos: nothing is kept, and a sentence says what to do."""
    async with site(database, written(), fault=Fault(status=529, times=20)) as there:
        browser = await there.shop.browser(JAMAL)
        answer = await there.post(browser, outline=OUTLINE)
        assert (answer.status_code, OUTLINE in answer.text) == (400, True)
        assert 'role="alert"' in answer.text
        assert await there.shop.workshop.mine(there.shop.people[JAMAL]) == []


@pytest.mark.parametrize(
    ("outline", "said"),
    [(" \0 ", "Write what the agent should do first."), ("x" * (LONGEST_OUTLINE + 1), "Shorten it")],
)
async def test_what_cannot_be_drafted_is_said_before_a_model_is_asked(
    database: Database, outline: str, said: str
) -> None:
    async with site(database, written()) as there:
        answer = await there.post(await there.shop.browser(JAMAL), outline=outline)
        assert (answer.status_code, said in answer.text) == (400, True)
        assert outline.strip(" \0") in answer.text
        assert there.brain.requests == []


async def test_new_instructions_stand_beside_the_old_ones_until_they_are_taken(database: Database) -> None:
    async with site(database, call("write_instructions", instructions="<b>Shorter</b>.")) as there:
        bench = await there.shop.published()
        browser = await there.shop.browser(JAMAL)
        agent = bench.stored.id
        shown = await there.post(browser, outline="Shorter", agent=agent)
        assert "&lt;b&gt;Shorter&lt;/b&gt;." in shown.text
        assert "Write the weekly update." in shown.text
        before = await there.shop.workshop.bench(there.shop.people[JAMAL], agent)
        assert before is not None
        assert before.file == bench.file
        revision = str(before.stored.draft_revision)
        fields = {"agent": agent, "instructions": "Shorter.\r\nMuch.", "revision": revision}
        taken = await there.post(browser, f"{PAGE}/take", **fields)
        assert taken.headers["location"] == f"/agents/{agent}?drafted=1"
        after = await there.shop.workshop.bench(there.shop.people[JAMAL], agent)
        assert after is not None
        assert after.file == replace(bench.file, instructions="Shorter.\nMuch.")
        late = await there.post(browser, f"{PAGE}/take", **fields | {"instructions": "Too late."})
        assert (late.status_code, "changed meanwhile" in late.text, "Too late." in late.text) == (400, True, True)


async def test_nobody_drafts_for_an_agent_that_is_not_theirs(database: Database) -> None:
    """admin_authz: it is as if there were none."""
    async with site(database, call("write_instructions", instructions="Mine now.")) as there:
        agent = (await there.shop.published()).stored.id
        browser = await there.shop.browser(REN)
        answers = [
            await browser.get(PAGE, params={"agent": agent}),
            await there.post(browser, outline="x", agent=agent),
            await there.post(browser, f"{PAGE}/take", agent=agent, instructions="Mine now."),
            await browser.get(PAGE, params={"agent": "\0"}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
        assert not any("Product update" in answer.text for answer in answers)
        assert there.brain.requests == []


async def test_a_form_without_its_token_drafts_nothing(database: Database) -> None:
    async with site(database, written()) as there:
        browser = await there.shop.browser(JAMAL)
        for path in (PAGE, f"{PAGE}/take"):
            assert (await browser.post(path, data={"outline": OUTLINE})).status_code == 403
        assert there.brain.requests == []


async def test_where_no_model_drafts_there_is_no_such_page(database: Database) -> None:
    shop = await open_shop(database)
    browser = await shop.browser(JAMAL)
    assert (await browser.get(PAGE)).status_code == 404
