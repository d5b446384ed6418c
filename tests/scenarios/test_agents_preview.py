"""A draft is tried on the web as itself, while in Slack the live version answers until it is published."""

import html
import re
from dataclasses import replace

import httpx

from bot.agents.file import AgentFile
from memory.ids import AgentId
from playground.model import Conversation, Scripted
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.shaping import changed, chosen, made, opened, pressed, published, somebody

WHO = "nadia"
DM = f"dm:{WHO}"
FILE = AgentFile(
    name="Harbour master",
    handle="harbour",
    description="Knows the tides.",
    instructions="You are VERSION-ONE.",
    skills={"tickets": "read"},
)


def echo(conversation: Conversation) -> str:
    """A brain that says with which version's instructions it was asked."""
    version = next(
        (word for word in ("VERSION-ONE", "VERSION-TWO", "VERSION-THREE") if word in conversation.system), ""
    )
    return f"{version or 'pinyon'} heard: {conversation.said}"


def numbered(word: str) -> AgentFile:
    return replace(FILE, instructions=f"You are VERSION-{word}.")


async def test_a_draft_answers_on_the_web_and_the_live_version_in_slack(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(echo))
    agent = await made(world, WHO, FILE)
    await chosen(world, WHO, agent)
    bench = await changed(world, WHO, agent, numbered("TWO"))
    assert "VERSION-TWO heard: is it high?" in await tried(world, agent, "is it high?")
    answer = await world.ask(WHO, "is it high?")
    assert "VERSION-ONE heard: is it high?" in world.words(DM, answer)
    await published(world, WHO, bench)
    answer = await world.ask(WHO, "and now?")
    assert "VERSION-TWO heard: and now?" in world.words(DM, answer)


async def test_nobody_else_tries_a_draft_not_even_one_who_may_use_the_agent(open_world: OpenWorld) -> None:
    """share_link: a draft is its owner's and editors' alone."""
    world = await open_world(Scripted(echo))
    agent = await made(world, WHO, FILE)
    maker, user = await somebody(world, WHO), await somebody(world, "priya")
    await world.app.workshop.share(maker, agent, kind="person", to=user.id)
    await changed(world, WHO, agent, numbered("TWO"))
    async with world.browser() as browser:
        page = await opened(world, browser, "priya", f"/agents/{agent}/try")
        assert page.status_code == 404
        assert "VERSION" not in page.text
    await chosen(world, "priya", agent)
    answer = await world.ask("priya", "is it high?")
    assert "VERSION-ONE heard" in world.words("dm:priya", answer)


async def test_who_rolls_back_tries_the_old_version_before_it_answers_everybody_again(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(echo))
    agent = await made(world, WHO, FILE)
    await chosen(world, WHO, agent)
    await published(world, WHO, await changed(world, WHO, agent, numbered("TWO")))
    workshop, maker = world.app.workshop, await somebody(world, WHO)
    now = await workshop.bench(maker, agent)
    assert now is not None
    bench = await workshop.roll_back(maker, agent, 1, revision=now.stored.draft_revision)
    assert "VERSION-ONE heard: old?" in await tried(world, agent, "old?")
    assert "VERSION-TWO heard: new?" in world.words(DM, await world.ask(WHO, "new?"))
    await published(world, WHO, bench)
    assert "VERSION-ONE heard: back?" in world.words(DM, await world.ask(WHO, "back?"))
    assert [version.number for version in await workshop.versions(maker, agent)] == [3, 2, 1]


async def test_what_is_tried_counts_as_no_use_and_chooses_nothing(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(echo))
    agent = await made(world, WHO, FILE)
    await tried(world, agent, "is it high?")
    maker = await somebody(world, WHO)
    [listed] = [one for one in await world.app.workshop.gallery(maker) if one.agent.id == agent]
    assert (listed.people, listed.turns) == (0, 0)
    assert (await world.app.workshop.using(maker)).is_builtin
    assert "pinyon heard: hello" in world.words(DM, await world.ask(WHO, "hello"))


async def test_an_outline_is_asked_about_and_becomes_a_draft_that_answers_nobody_yet(world: World) -> None:
    outline = "I want an agent that files infra tickets our way. Titles begin with the system in brackets."
    async with world.browser() as browser:
        page = await opened(world, browser, WHO, "/agents/draft")
        token = re.findall(r'name="csrf" value="([^"]+)"', page.text)[0]
        page = await browser.post("/agents/draft", data={"csrf": token, "outline": outline})
        asked = [html.unescape(one) for one in re.findall(r'name="question" value="([^"]*)"', page.text)]
        assert asked[0] == "Which board do its tickets go to?"
        answers = ["PLAT", "before every change"]
        sent = {"csrf": token, "outline": outline, "question": asked, "answer": answers}
        page = await browser.post("/agents/draft", data=sent)
        assert page.status_code == 303, page.text
        page = await browser.get(page.headers["location"])
        assert "Infra tickets" in page.text
    [bench] = await world.app.workshop.mine(await somebody(world, WHO))
    assert (bench.stored.live, bench.problems) == (None, ())
    assert (bench.file.handle, bench.file.skills) == ("infra-tickets", {"tickets": "write"})
    assert bench.file.parameters == {"create_ticket": {"project": "PLAT"}}
    assert bench.file.must_ask == ("create_ticket",)
    assert "- Titles begin with the system in brackets." in bench.file.instructions
    assert (await world.app.workshop.using(await somebody(world, WHO))).is_builtin


async def tried(world: World, agent: AgentId, said: str) -> str:
    """Say something to a draft on its maker's page, and give that page once the turn is over."""
    turns = len(await world.rows("SELECT id FROM turns"))
    async with world.browser() as browser:
        page = await opened(world, browser, WHO, f"/agents/{agent}/try")
        page = await pressed(browser, page, "/try", says=said)
        await world.over(turns + 1, seconds=20)
        return (await reloaded(browser, page)).text


async def reloaded(browser: httpx.AsyncClient, page: httpx.Response) -> httpx.Response:
    again = await browser.get(str(page.url))
    assert again.status_code == 200, again.text
    return again
