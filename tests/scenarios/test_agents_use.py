"""Who answers: chosen, named, a channel's own, a thread's; and what an agent leaves of the skills that one has."""

import pytest

from bot.agents.file import AgentFile
from bot.self_service.workshop import NotPossible
from memory.ids import AgentId
from playground.model import Conversation, Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World, ask_about_every_write
from tests.scenarios.shaping import changed, chosen, contexts, made, published, somebody

WHO, OTHER = "nadia", "priya"
DM = f"dm:{WHO}"
TEAM = "#eng"
HARBOUR = AgentFile(
    name="Harbour master",
    handle="harbour",
    description="Knows the tides.",
    instructions="Speak of HARBOUR-MATTERS only.",
    skills={"tickets": "write"},
)
LIGHT = AgentFile(
    name="Light keeper",
    handle="light",
    description="Watches the light.",
    instructions="Speak of LIGHT-MATTERS only.",
    skills={"tickets": "read"},
)


def echo(conversation: Conversation) -> str:
    """A brain that says as whom it was asked, and what."""
    known = {"HARBOUR-MATTERS": "harbour", "LIGHT-MATTERS": "light"}
    who = next((name for word, name in known.items() if word in conversation.system), "pinyon")
    return f"{who} heard: {conversation.said}"


@pytest.fixture
async def echoing(open_world: OpenWorld) -> World:
    """A world whose model says as whom it was asked."""
    return await open_world(Scripted(echo))


async def test_in_home_one_chooses_who_answers_and_sees_it_there_and_under_the_answer(echoing: World) -> None:
    agent = await made(echoing, WHO, HARBOUR)
    await echoing.slack.open_home(WHO)
    await echoing.until(lambda: "home.agent" in str(echoing.slack.home(WHO)))
    assert "Pinyon" in row_of_home(echoing)
    await echoing.slack.click(WHO, "home", "home.agent")
    modal = await echoing.until(lambda: "agent.choice" in str(echoing.slack.modal(WHO)) and echoing.slack.modal(WHO))
    assert HARBOUR.name in str(modal)
    assert (await echoing.slack.submit(WHO, {"agent.choice": agent})).is_acked
    await echoing.until(lambda: HARBOUR.name in row_of_home(echoing))
    answer = await echoing.ask(WHO, "is it high?")
    assert "harbour heard: is it high?" in echoing.words(DM, answer)
    assert HARBOUR.name in contexts(answer)


async def test_by_command_one_chooses_for_good_for_once_and_back_again(echoing: World) -> None:
    await made(echoing, WHO, HARBOUR)
    outcome = await echoing.slack.command(WHO, "/pinyon", "use harbour")
    assert HARBOUR.name in str(outcome.body)
    assert await answered(echoing, "one") == "harbour heard: one"
    assert await answered(echoing, "two") == "harbour heard: two"
    await echoing.slack.command(WHO, "/pinyon", "use none")
    assert await answered(echoing, "three") == "pinyon heard: three"
    await echoing.slack.command(WHO, "/pinyon", "use harbour once")
    assert await answered(echoing, "four") == "harbour heard: four"
    assert await answered(echoing, "five") == "pinyon heard: five"


async def test_a_handle_that_nobody_has_is_answered_with_the_nearest(echoing: World) -> None:
    await made(echoing, WHO, HARBOUR)
    outcome = await echoing.slack.command(WHO, "/pinyon", "use harbuor")
    assert "harbour" in str(outcome.body)
    assert await answered(echoing, "one") == "pinyon heard: one"


async def test_named_at_the_beginning_an_agent_answers_that_thread_and_its_handle_is_no_part_of_the_question(
    echoing: World,
) -> None:
    await made(echoing, WHO, HARBOUR)
    assert await answered(echoing, "harbour: is it high?") == "harbour heard: is it high?"
    assert await answered(echoing, "Harbour : and now?") == "harbour heard: and now?"
    thread = await echoing.slack.say(WHO, TEAM, "@Pinyon harbour: is it low?")
    answer = await echoing.answer(TEAM, thread)
    assert "harbour heard: is it low?" in echoing.words(TEAM, answer)
    assert HARBOUR.name in contexts(answer)
    await echoing.slack.say(WHO, TEAM, "@Pinyon how low?", thread=thread)
    answer = await echoing.answer(TEAM, thread, count=2)
    assert "harbour heard: how low?" in echoing.words(TEAM, answer)
    assert await answered(echoing, "note: no such agent") == "pinyon heard: note: no such agent"


async def test_a_thread_keeps_its_agent_though_another_is_chosen_later(echoing: World) -> None:
    harbour, light = await made(echoing, WHO, HARBOUR), await made(echoing, WHO, LIGHT)
    await chosen(echoing, WHO, harbour)
    thread = await echoing.slack.say(WHO, "dm", "first")
    await echoing.answer(DM, thread)
    await chosen(echoing, WHO, light)
    await echoing.slack.say(WHO, "dm", "second", thread=thread)
    assert "harbour heard: second" in echoing.words(DM, await echoing.answer(DM, thread, count=2))
    assert await answered(echoing, "third") == "light heard: third"
    await echoing.slack.say(WHO, "dm", "light: fourth", thread=thread)
    assert "light heard: fourth" in echoing.words(DM, await echoing.answer(DM, thread, count=3))


async def test_a_thread_that_pinyon_began_stays_pinyons(echoing: World) -> None:
    thread = await echoing.slack.say(WHO, "dm", "first")
    await echoing.answer(DM, thread)
    await chosen(echoing, WHO, await made(echoing, WHO, HARBOUR))
    await echoing.slack.say(WHO, "dm", "second", thread=thread)
    answer = await echoing.answer(DM, thread, count=2)
    assert "pinyon heard: second" in echoing.words(DM, answer)
    assert "not shared with you" not in echoing.words(DM, answer)


async def test_what_waited_for_a_click_goes_on_with_who_was_asked(open_world: OpenWorld) -> None:
    """Whom the person chose meanwhile answers new threads, and not the rest of this one."""
    moves = call("comment_on_ticket", key="PLAT-75", text="The keys are rotated")
    world = await open_world(Scripted([moves, "Posted.", "Now it is later."]))
    await world.connect(WHO, "atlassian")
    await ask_about_every_write(world.app)
    thread = await world.slack.say(WHO, "dm", "comment on PLAT-75 that the keys are rotated")
    card = await world.card(DM, thread)
    await chosen(world, WHO, await made(world, WHO, HARBOUR))
    await world.slack.click(WHO, card["ts"], "approval.approve")
    await world.over(2, seconds=20)
    assert HARBOUR.instructions not in world.model.requests[-1].system
    await world.slack.say(WHO, "dm", "and now?", thread=thread)
    await world.over(3, seconds=20)
    assert HARBOUR.instructions not in world.model.requests[-1].system


async def test_a_channels_own_agent_answers_there_where_nobody_chose_another(echoing: World) -> None:
    harbour = await made(echoing, WHO, HARBOUR)
    with pytest.raises(NotPossible):  # the channel may not use it yet
        await set_channel(echoing, harbour)
    await share_in_channel(echoing, harbour)
    await echoing.slack.command(WHO, "/pinyon", "use harbour here", where=TEAM)
    for who in (WHO, "jamal"):
        thread = await echoing.slack.say(who, TEAM, "@Pinyon is it high?")
        answer = await echoing.answer(TEAM, thread)
        assert "harbour heard: is it high?" in echoing.words(TEAM, answer)
        assert HARBOUR.name in contexts(answer)
    assert await answered(echoing, "and here?") == "pinyon heard: and here?"
    await chosen(echoing, WHO, await made(echoing, WHO, LIGHT))
    thread = await echoing.slack.say(WHO, TEAM, "@Pinyon and now?")
    assert "light heard: and now?" in echoing.words(TEAM, await echoing.answer(TEAM, thread))


async def test_a_colleague_in_the_thread_who_may_not_use_its_agent_is_answered_by_pinyon(echoing: World) -> None:
    """deputy_owner: an agent is nobody's by being in the same thread; its instructions stay unread."""
    await made(echoing, WHO, HARBOUR)
    thread = await echoing.slack.say(WHO, TEAM, "@Pinyon harbour: is it high?")
    await echoing.answer(TEAM, thread)
    await echoing.slack.say("jamal", TEAM, "@Pinyon and now?", thread=thread)
    answer = await echoing.answer(TEAM, thread, count=2)
    assert "pinyon heard: and now?" in echoing.words(TEAM, answer)
    assert "not shared with you" not in echoing.words(TEAM, answer), "nobody had shared it with them"
    assert HARBOUR.instructions not in echoing.model.requests[-1].system
    await echoing.slack.say(WHO, TEAM, "@Pinyon and again?", thread=thread)
    assert "harbour heard: and again?" in echoing.words(TEAM, await echoing.answer(TEAM, thread, count=3))
    await echoing.slack.say("jamal", TEAM, "@Pinyon harbour: for me too?")
    await echoing.over(4)
    assert "harbour: for me too?" in echoing.model.requests[-1].said


async def test_a_tool_that_must_ask_asks_each_time_even_its_own_maker(open_world: OpenWorld) -> None:
    said = "comment on PLAT-75 that the keys are rotated"
    comments = call("comment_on_ticket", key="PLAT-75", text="The keys are rotated")
    world = await open_world(Scripted([comments, "Done.", comments, "Done."]))
    await world.connect(WHO, "atlassian")
    await world.slack.say(WHO, "dm", said)
    await world.over(1, seconds=20)
    assert len(world.atlassian.writes) == 1, "by itself it is done, as it was asked for"
    await chosen(world, WHO, await made(world, WHO, fielded(HARBOUR, must_ask=("comment_on_ticket",))))
    thread = await world.slack.say(WHO, "dm", said)
    card = await world.card(DM, thread)
    assert "PLAT-75" in world.words(DM, card)
    assert len(world.atlassian.writes) == 1
    await world.slack.click(WHO, card["ts"], "approval.approve")
    await world.over(3, seconds=20)
    assert len(world.atlassian.writes) == 2


async def test_an_agent_that_only_reads_writes_nothing_and_says_so(open_world: OpenWorld) -> None:
    world = await open_world()
    await world.connect(WHO, "atlassian")
    await chosen(world, WHO, await made(world, WHO, LIGHT))
    answer = await world.ask(WHO, "ticket: renew the wildcard certificate", seconds=20)
    words = world.words(DM, answer)
    assert "file this ticket" in words
    assert world.atlassian.writes == []
    offered = {tool.name for tool in world.model.requests[-1].tools}
    assert "search_tickets" in offered
    assert not {"create_ticket", "connect_tickets"} & offered
    assert "by this agent" in world.model.requests[-1].system or "this agent" in world.model.requests[-1].system
    answer = await world.ask(WHO, "which tickets are mine?", seconds=20)
    assert "PLAT-" in world.words(DM, answer) or "No open ticket" in world.words(DM, answer)


async def test_skills_that_an_agent_does_not_have_are_not_offered(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(echo))
    await world.connect(WHO, "atlassian", "google")
    await chosen(world, WHO, await made(world, WHO, HARBOUR))
    await world.ask(WHO, "hello")
    offered = {tool.name for tool in world.model.requests[-1].tools}
    assert "create_ticket" in offered
    assert not {"search_mail", "list_events", "connect_pull_requests", "open_skills"} & offered
    await world.slack.command(WHO, "/pinyon", "use none")
    await world.ask(WHO, "hello")
    offered = {tool.name for tool in world.model.requests[-1].tools}
    assert {"connect_pull_requests"} <= offered


async def test_a_value_that_the_agent_sets_is_used_and_shown_as_the_agents(open_world: OpenWorld) -> None:
    quiet = call("create_ticket", type="Task", summary="Renew the wildcard cert")
    world = await open_world(Scripted([quiet, "Filed."]))
    await world.connect(WHO, "atlassian")
    fixed = {"create_ticket": {"project": "PLAT", "title_prefix": "[infra]", "components": ["infra"]}}
    agent = fielded(HARBOUR, parameters=fixed, must_ask=("create_ticket",))
    await chosen(world, WHO, await made(world, WHO, agent))
    thread = await world.slack.say(WHO, "dm", "file a ticket to renew the wildcard cert")
    card = await world.card(DM, thread)
    words = world.words(DM, card)
    assert "set by this agent" in words
    assert "PLAT" in words
    await world.slack.click(WHO, card["ts"], "approval.approve")
    await world.over(2, seconds=20)
    [write] = world.atlassian.writes
    assert write.arguments["fields"]["summary"] == "[infra] Renew the wildcard cert"


async def test_what_is_published_while_a_thread_goes_on_answers_from_the_next_message(echoing: World) -> None:
    agent = await made(echoing, WHO, HARBOUR)
    await chosen(echoing, WHO, agent)
    thread = await echoing.slack.say(WHO, "dm", "one")
    assert "harbour heard: one" in echoing.words(DM, await echoing.answer(DM, thread))
    now_light = fielded(HARBOUR, instructions=LIGHT.instructions)
    await published(echoing, WHO, await changed(echoing, WHO, agent, now_light))
    await echoing.slack.say(WHO, "dm", "two", thread=thread)
    assert "light heard: two" in echoing.words(DM, await echoing.answer(DM, thread, count=2))


# What the tests share.


def fielded(file: AgentFile, **fields: object) -> AgentFile:
    values = {name: getattr(file, name) for name in ("name", "handle", "description", "instructions", "skills")}
    return AgentFile(**{**values, **fields})  # pyright: ignore[reportArgumentType]: the tests' own fields


async def answered(world: World, said: str) -> str:
    """The first line of what is answered in a new thread."""
    return world.words(DM, await world.ask(WHO, said)).splitlines()[0]


def row_of_home(world: World) -> str:
    """The row of Home that says who answers."""
    blocks: list[JSON] = (world.slack.home(WHO) or {}).get("blocks", [])
    return next((str(block) for block in blocks if "home.agent" in str(block)), "")


async def set_channel(world: World, agent: AgentId) -> None:
    await world.app.workshop.set_channel(await somebody(world, WHO), world.slack.place(TEAM)[1].id, agent)


async def share_in_channel(world: World, agent: AgentId) -> None:
    channel = world.slack.place(TEAM)[1].id
    await world.app.workshop.share(await somebody(world, WHO), agent, kind="channel", to=channel)
