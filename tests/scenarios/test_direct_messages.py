"""What happens in a direct message with Pinyon."""

from dataclasses import replace

from playground.model import Pace, Plan, Scripted, call
from playground.model.conversation import Conversation
from playground.slack.app import JSON
from tests.scenarios.conftest import QUICK, OpenWorld, World

SLOW = Pace(word=0.16)
"""Slow enough that an answer is written in several pieces, and that a stop button is there before its end."""
LONG = "The compass drifts near iron, so the reading is taken twice and the second one counts here."


async def test_a_question_is_answered_in_its_thread(world: World) -> None:
    answer = await world.ask("jamal", "hello, what can you do?")
    assert world.words("dm:jamal", answer)
    assert await world.over() == ["answered"]


async def test_a_slow_answer_is_streamed_whole_and_once_and_can_be_stopped_until_its_end(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([Plan(text=LONG, pace=SLOW)]))
    thread = await world.slack.say("jamal", "dm", "why is it read twice?")
    await world.until(lambda: session(world, thread) == "processing")
    answer = await world.answer("dm:jamal", thread)
    assert world.slack.replies("dm:jamal", thread) == [answer]
    assert [entry.name for entry in world.slack.calls_of("chat.startStream", "chat.postMessage")] == [
        "chat.startStream"
    ]
    assert world.slack.calls_of("chat.appendStream")
    assert world.words("dm:jamal", answer).count(LONG) == 1
    assert session(world, thread) == "active"


async def test_what_is_read_is_said_while_it_is_read_and_is_gone_or_ticked_off_after(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([call("list_pull_requests", which="mine"), "Two of yours are open."]))
    await world.connect("jamal")
    world.github.fault("GET", "/search/issues", seconds=0.2)
    answer = await world.ask("jamal", "which are mine?")
    statuses = [entry.request["status"] for entry in world.slack.calls_of("assistant.threads.setStatus")]
    assert statuses[-1] == "is looking for pull requests"
    started = world.slack.calls_of("chat.startStream")[0].request
    assert "Looking for pull requests" in str(started["chunks"])
    assert world.slack.status("dm:jamal", answer["thread_ts"]) == ""
    assert "Found 2 pull requests" in world.words("dm:jamal", answer)


async def test_every_answer_asks_whether_it_helped_and_keeps_what_is_said(world: World) -> None:
    answer = await world.ask("jamal", "hello")
    buttons = next(block for block in blocks_of(world, answer) if block["type"] == "context_actions")["elements"][0]
    chosen: JSON = {"value": buttons["positive_button"]["value"]}
    outcome = await world.slack.click("jamal", answer["ts"], "feedback", chosen=chosen)
    assert outcome.is_acked
    said = (await world.until(lambda: world.slack.whispers("jamal")))[0]
    assert "Noted" in said["text"]
    assert len(await world.rows("SELECT * FROM feedback")) == 1


async def test_a_link_in_an_answer_unfolds_nothing(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["See [the map](https://maps.tamarack.example/7)."]))
    answer = await world.ask("jamal", "where is the map?")
    assert "https://maps.tamarack.example/7" in world.words("dm:jamal", answer)
    posts = world.slack.calls_of("chat.postMessage")
    assert all(entry.request.get("unfurl_links") in (False, "false", "0") for entry in posts)


async def test_an_answer_pings_nobody(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["<!channel> <!here> @everyone, look: <@U0T7N3YG1>."]))
    answer = await world.ask("jamal", "call everybody")
    said = world.words("dm:jamal", answer)
    assert not any(ping in said for ping in ("<!channel>", "<!here>", "@everyone", "<@U0T7N3YG1>"))
    assert "everyone" in said


async def test_a_reply_in_the_thread_is_answered_with_what_was_said_before(open_world: OpenWorld) -> None:
    brain = Scripted(["Seven.", "Because six was taken."])
    world = await open_world(brain)
    first = await world.ask("jamal", "which number?")
    await world.slack.say("jamal", "dm", "and why?", thread=first["thread_ts"])
    second = await world.answer("dm:jamal", first["thread_ts"], count=2)
    assert "Because six was taken." in world.words("dm:jamal", second)
    assert [message.text for message in brain.requests[1].messages] == ["which number?", "Seven.", "and why?"]


async def test_another_thread_knows_nothing_of_the_first(open_world: OpenWorld) -> None:
    brain = Scripted(["Seven.", "What do you mean?"])
    world = await open_world(brain)
    await world.ask("jamal", "which number?")
    await world.ask("jamal", "and why?")
    assert [message.text for message in brain.requests[1].messages] == ["and why?"]


async def test_two_questions_in_a_row_are_answered_in_their_order(open_world: OpenWorld) -> None:
    def echo(conversation: Conversation) -> Plan:
        return Plan(text=f"You said: {conversation.said}", pace=Pace(first=0.2))

    world = await open_world(Scripted(echo))
    thread = await world.slack.say("jamal", "dm", "one")
    await world.slack.settled()
    await world.slack.say("jamal", "dm", "two", thread=thread)
    await world.slack.settled()
    await world.slack.say("jamal", "dm", "three", thread=thread)
    await world.answer("dm:jamal", thread, count=3)
    said = [world.words("dm:jamal", reply).splitlines()[0] for reply in world.slack.replies("dm:jamal", thread)]
    assert said == ["You said: one", "You said: two", "You said: three"]


async def test_opening_the_chat_offers_prompts_and_greets_once(world: World) -> None:
    await world.slack.open_home("jamal", tab="messages")
    greeting = (await world.until(lambda: said_by_bot(world, "jamal")))[0]
    assert "Hello, I’m Pinyon." in world.words("dm:jamal", greeting)
    prompts = world.slack.calls_of("assistant.threads.setSuggestedPrompts")[0].request
    assert "thread_ts" not in prompts
    assert "Waiting for my review" in str(prompts["prompts"])
    await world.slack.open_home("jamal", tab="messages")
    await world.until(lambda: len(world.slack.calls_of("assistant.threads.setSuggestedPrompts")) == 2)
    await world.until(lambda: len(said_by_bot(world, "jamal")) == 2)  # the nudge comes once as well
    await world.slack.open_home("jamal", tab="messages")
    await world.until(lambda: len(world.slack.calls_of("assistant.threads.setSuggestedPrompts")) == 3)
    first, second = said_by_bot(world, "jamal")
    assert first == greeting
    assert "Not sure where to begin?" in world.words("dm:jamal", second)


async def test_who_asks_after_the_greeting_is_not_nudged(open_world: OpenWorld) -> None:
    world = await open_world(timing=replace(QUICK, nudge_after=1.5))
    await world.slack.open_home("jamal", tab="messages")
    await world.until(lambda: said_by_bot(world, "jamal"))
    await world.ask("jamal", "hello")
    # Somebody greeted later is nudged later: when that has come, the first nudge would have.
    await world.slack.open_home("mei", tab="messages")
    await world.until(lambda: len(said_by_bot(world, "mei")) == 2)
    assert len(said_by_bot(world, "jamal")) == 1


async def test_a_tapped_start_becomes_the_persons_question(world: World) -> None:
    await world.slack.open_home("jamal", tab="messages")
    greeting = (await world.until(lambda: said_by_bot(world, "jamal")))[0]
    assert (await world.slack.click("jamal", greeting["ts"], "start.0")).is_acked
    asked = (await world.until(lambda: [m for m in said_by_bot(world, "jamal") if "You asked:" in m["text"]]))[0]
    answer = await world.answer("dm:jamal", asked["ts"])
    assert "What can you do for me?" in asked["text"]
    assert "demo model" in world.words("dm:jamal", answer)


async def test_the_home_tab_shows_skills_and_what_waits(world: World) -> None:
    await world.slack.open_home("jamal")
    home = str(await world.until(lambda: world.slack.home("jamal")))
    assert "Pull requests" in home
    assert "waits for you" not in home


async def test_a_guest_who_opens_the_chat_or_the_home_tab_is_shown_nothing(world: World) -> None:
    await world.slack.open_home("harriet", tab="messages")
    await world.slack.open_home("harriet")
    await world.slack.open_home("jamal")
    await world.until(lambda: world.slack.home("jamal"))
    assert world.slack.home("harriet") is None
    assert said_by_bot(world, "harriet") == []


def said_by_bot(world: World, who: str) -> list[JSON]:
    """What Pinyon wrote into somebody's chat outside of threads."""
    return [m for m in world.slack.messages(f"dm:{who}") if "bot_id" in m]


def session(world: World, thread: str) -> str:
    found = world.slack.session("dm:jamal", thread)
    return found.status if found else ""


def blocks_of(world: World, message: JSON) -> list[JSON]:
    """A message's blocks, those at the end of a stream among them."""
    stream = world.slack.place("dm:jamal")[1].streams.get(message["ts"])
    ends = [block for part in stream.parts if part["type"] == "blocks" for block in part["blocks"]] if stream else []
    return [*(message.get("blocks") or []), *ends]
