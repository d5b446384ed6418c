"""How a person ends what Pinyon is doing for them."""

import asyncio

import pytest

from playground.model import Pace, Plan, PlannedCall, Scripted
from tests.scenarios.conftest import OpenWorld, World

ENDLESS = Plan(text="word " * 60, pace=Pace(word=1.0, longest=60))
"""An answer that nobody would wait for."""
BODY = "Please name the segment after the valley."
COMMENT = Plan(
    text="I write it.",
    calls=(
        PlannedCall(tool="comment_on_pull_request", arguments={"repository": "atlas-api", "number": 417, "body": BODY}),
    ),
)


async def test_the_stop_button_ends_a_running_model_call_at_once(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([ENDLESS, "Here again."]))
    thread = await world.slack.say("jamal", "dm", "tell me everything")
    await world.until(lambda: world.slack.calls_of("chat.startStream"))
    await world.slack.press_stop("jamal", "dm", thread)
    stopped = await said(world, thread, "Stopped. Nothing was changed.")
    assert "word" in stopped
    assert await world.over() == ["stopped"]
    await until_broken_off(world)
    session = world.slack.session("dm:jamal", thread)
    assert session is None or session.status != "processing"
    await world.slack.say("jamal", "dm", "hello?", thread=thread)
    answer = await world.answer("dm:jamal", thread, count=2)
    assert "Here again." in world.words("dm:jamal", answer)


@pytest.mark.parametrize("word", ["stop", "Stop!"])
async def test_the_word_in_the_thread_ends_a_running_model_call_at_once(open_world: OpenWorld, word: str) -> None:
    world = await open_world(Scripted([ENDLESS]))
    thread = await world.slack.say("jamal", "dm", "tell me everything")
    await until_asked(world)
    await world.slack.say("jamal", "dm", word, thread=thread)
    await said(world, thread, "Stopped. Nothing was changed.")
    assert await world.over() == ["stopped"]
    await until_broken_off(world)
    assert len(world.slack.replies("dm:jamal", thread)) == 1


async def test_the_word_in_a_channels_thread_stops_too(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([ENDLESS]))
    thread = await world.slack.say("jamal", "#eng", "<@bot> tell me everything")
    await until_asked(world)
    await world.slack.say("jamal", "#eng", "stop", thread=thread)
    answer = await world.answer("#eng", thread)
    assert "Stopped. Nothing was changed." in world.words("#eng", answer)


async def test_what_was_done_before_the_stop_stays_done_and_is_named(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, ENDLESS]))
    await world.connect("ren")
    thread = await world.slack.say("ren", "dm", "tell them to name it")
    card = await world.card("dm:ren", thread)
    await world.slack.click("ren", card["ts"], "approval.approve")
    await until_asked(world, 2)
    await world.slack.say("ren", "dm", "stop", thread=thread)
    answer = await world.answer("dm:ren", thread, count=3)
    assert "Stopped. Already done: Commented on pull request 417." in world.words("dm:ren", answer)
    assert [comment.body for comment in world.github.pull("atlas-api", 417).comments][-1:] == [BODY]
    assert await world.over(2) == ["waiting", "stopped"]


async def test_a_write_that_is_under_way_is_finished_when_its_turn_is_stopped(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, ENDLESS]))
    await world.connect("ren")
    world.github.fault("POST", "*/issues/*/comments", hang=True)
    thread = await world.slack.say("ren", "dm", "tell them to name it")
    card = await world.card("dm:ren", thread)
    await world.slack.click("ren", card["ts"], "approval.approve")
    await world.github.until(lambda: any(call.method == "POST" for call in world.github.calls))
    await world.slack.say("ren", "dm", "stop", thread=thread)
    await world.slack.settled()
    world.github.calm()
    answer = await world.answer("dm:ren", thread, count=3)
    assert "Stopped. Already done: Commented on pull request 417." in world.words("dm:ren", answer)
    assert len(world.github.writes) == 1
    assert len(world.model.requests) == 1
    [call] = await world.rows("SELECT state FROM tool_calls WHERE effect = 'write'")
    assert call["state"] == "done"


async def test_what_was_asked_behind_a_stopped_turn_is_dropped_with_it(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([ENDLESS, "Never asked."]))
    thread = await world.slack.say("jamal", "dm", "tell me everything")
    await until_asked(world)
    await world.slack.say("jamal", "dm", "and then more", thread=thread)
    await world.slack.settled()
    await world.slack.say("jamal", "dm", "stop", thread=thread)
    await said(world, thread, "Stopped.")
    assert await world.over(2) == ["stopped", "stopped"]
    assert len(world.model.requests) == 1


async def test_the_word_is_a_question_like_any_other_when_nothing_runs(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["Seven.", "Nothing is running."]))
    first = await world.ask("jamal", "which number?")
    await world.slack.say("jamal", "dm", "stop", thread=first["thread_ts"])
    answer = await world.answer("dm:jamal", first["thread_ts"], count=2)
    assert "Nothing is running." in world.words("dm:jamal", answer)


async def said(world: World, thread: str, words: str) -> str:
    """Wait for Pinyon's last words in a thread; gives all of that message."""
    answer = await world.answer("dm:jamal", thread)
    await world.until(lambda: words in world.words("dm:jamal", answer))
    return world.words("dm:jamal", answer)


async def until_asked(world: World, count: int = 1) -> None:
    """Wait until the model answers its `count`-th question; in Slack nothing shows it yet."""
    async with asyncio.timeout(10):
        while len(world.model.requests) < count or not world.model.streaming:  # noqa: ASYNC110  it sets no event
            await asyncio.sleep(0.01)


async def until_broken_off(world: World) -> None:
    """Wait until nobody listens to the model any more."""
    async with asyncio.timeout(5):
        while world.model.streaming:  # noqa: ASYNC110  it sets no event
            await asyncio.sleep(0.01)
    assert world.model.broken_off
