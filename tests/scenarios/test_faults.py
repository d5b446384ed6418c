"""What breaks outside our walls, and what the person who asked gets all the same."""

from datetime import timedelta
from typing import Any

import pytest

from playground.model import Conversation, Fault, Pace, Plan, PlannedCall, Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.test_connecting import connected, link_in

STORY = " ".join(f"word{number}" for number in range(60))
SLOWLY = Pace(word=0.03)
LIST = call("list_pull_requests", which="waiting_for_my_review")


async def asked(world: World, said: str = "hello", *, who: str = "jamal", count: int = 1) -> tuple[str, JSON]:
    """Ask in a direct message; gives the thread and its `count`-th finished message."""
    thread = await world.slack.say(who, "dm", said)
    return thread, await world.answer(f"dm:{who}", thread, count=count)


def texts(world: World, thread: str, *, who: str = "jamal") -> list[str]:
    """What Pinyon's messages of a thread say."""
    return [world.words(f"dm:{who}", reply) for reply in world.slack.replies(f"dm:{who}", thread)]


def told(conversation: Conversation) -> str:
    """What the model was told of the calls it made since the person spoke."""
    return "\n".join(result.text for _, result in conversation.returned)


def after_a_look(conversation: Conversation) -> Plan | str:
    """A brain that looks for pull requests once, and says how much it read."""
    return f"I read {len(told(conversation))} characters." if conversation.returned else LIST


# Slack.


async def test_a_limit_of_slack_is_waited_for_and_nothing_is_posted_twice(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda _: STORY))
    for method in ("assistant.threads.setStatus", "chat.startStream", "chat.stopStream", "chat.postMessage"):
        world.slack.faults.rate_limit(method, retry_after=0)
    thread, _ = await asked(world)
    public = await world.slack.say("jamal", "#mobile", "@Pinyon hello")
    await world.answer("#mobile", public)
    assert await world.over(2) == ["answered", "answered"]
    assert [STORY in text for text in texts(world, thread)] == [True]
    assert len(world.slack.replies("#mobile", public)) == 1


async def test_a_stream_that_slack_ends_leaves_one_whole_answer(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda _: Plan(text=STORY, pace=SLOWLY)))
    world.slack.faults.break_stream()
    thread, _ = await asked(world)
    assert await world.over() == ["answered"]
    await world.slack.until(lambda: [text.count(STORY) for text in texts(world, thread)] == [1], 10)
    assert "message_not_in_streaming_state" in {entry.error for entry in world.slack.calls}


async def test_an_answer_arrives_while_slack_knows_no_streams_and_no_status(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda _: STORY))
    for method in ("chat.startStream", "assistant.threads.setStatus", "agents.sessions.setStatus"):
        world.slack.faults.fail(method, "unknown_method", times=100)
    thread, _ = await asked(world)
    assert await world.over() == ["answered"]
    assert [STORY in text for text in texts(world, thread)] == [True]


@pytest.mark.parametrize("after", [False, True])
async def test_a_connection_that_breaks_at_the_answer_leaves_it_there_once(open_world: OpenWorld, after: bool) -> None:  # noqa: FBT001  pytest gives it by name
    world = await open_world(Scripted(lambda _: STORY))
    world.slack.faults.drop("chat.postMessage", after=after)
    thread = await world.slack.say("jamal", "#mobile", "@Pinyon hello")
    await world.answer("#mobile", thread)
    assert await world.over() == ["answered"]
    shown = [world.words("#mobile", reply) for reply in world.slack.replies("#mobile", thread)]
    assert [STORY in text for text in shown] == [True]


@pytest.mark.parametrize("after", [False, True])
async def test_a_stream_whose_beginning_was_lost_ends_as_one_answer(open_world: OpenWorld, after: bool) -> None:  # noqa: FBT001  pytest gives it by name
    world = await open_world(Scripted(lambda _: Plan(text=STORY, pace=SLOWLY)))
    world.slack.faults.drop("chat.startStream", after=after)
    world.slack.faults.drop("chat.stopStream", after=after)
    thread = await world.slack.say("jamal", "dm", "hello")
    await world.slack.until(lambda: STORY in " ".join(texts(world, thread)), 15)
    assert await world.over() == ["answered"]
    written = world.slack.messages("dm:jamal", thread)[1:]
    assert [STORY in world.words("dm:jamal", message) for message in written] == [True]


@pytest.mark.parametrize("after", [False, True])
async def test_a_stream_that_loses_a_piece_on_its_way_ends_whole(open_world: OpenWorld, after: bool) -> None:  # noqa: FBT001  pytest gives it by name
    world = await open_world(Scripted(lambda _: Plan(text=STORY, pace=SLOWLY)))
    world.slack.faults.drop("chat.appendStream", after=after)
    thread = await world.slack.say("jamal", "dm", "hello")
    await world.slack.until(lambda: STORY in " ".join(texts(world, thread)), 15)
    assert await world.over() == ["answered"]
    written = world.slack.messages("dm:jamal", thread)[1:]
    assert [world.words("dm:jamal", message).count("word7 ") for message in written] == [1]


async def test_a_slack_that_hears_nothing_for_a_while_gets_the_answer_by_other_ways(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda _: Plan(text=STORY, pace=SLOWLY)))
    for method in ("chat.startStream", "assistant.threads.setStatus", "agents.sessions.setStatus"):
        world.slack.faults.drop(method, times=100)
    thread, _ = await asked(world)
    assert await world.over() == ["answered"]
    assert [STORY in text for text in texts(world, thread)] == [True]


async def test_refreshed_and_broken_sockets_lose_nothing(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda asked: f"You said: {asked.said}"))
    await world.slack.connected(2)
    world.slack.faults.refresh_sockets()
    thread, _ = await asked(world, "one")
    await world.slack.connected(2)
    world.slack.faults.cut_sockets()
    await world.slack.say("jamal", "dm", "two", thread=thread)
    await world.answer("dm:jamal", thread, count=2, seconds=30)
    assert await world.over() == ["answered", "answered"]
    assert [text.splitlines()[0] for text in texts(world, thread)] == ["You said: one", "You said: two"]


async def test_a_revoked_bot_token_ends_the_turn_and_not_the_process(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda asked: Plan(text=STORY, pace=Pace(first=0.5))))
    await world.slack.say("jamal", "dm", "hello")
    await world.slack.until(lambda: world.slack.calls_of("assistant.threads.setStatus"), 10)
    world.slack.faults.revoke_token()
    assert await world.over() == ["failed"]
    world.slack.faults.clear()
    await asked(world, "hello again")
    assert await world.over(2) == ["failed", "answered"]


# GitHub.


async def test_while_github_fails_the_person_is_told_and_can_try_again(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(after_a_look))
    await world.connect("jamal")
    world.github.fault("GET", "*", status=500, times=1000)
    _, card = await asked(world, "which PRs wait for me?")
    shown = world.words("dm:jamal", card)
    assert "GitHub is not answering." in shown
    assert "I changed nothing." in shown
    assert await world.over() == ["failed"]
    world.github.calm()
    await world.slack.click("jamal", card["ts"], "error.retry")
    answer = await world.answer("dm:jamal", card["thread_ts"], count=2)
    assert "I read " in world.words("dm:jamal", answer)
    await world.slack.click("jamal", card["ts"], "error.retry")
    assert await world.over(2) == ["failed", "answered"]


async def test_while_github_fails_an_answer_without_it_can_be_had(open_world: OpenWorld) -> None:
    def decide(conversation: Conversation) -> Plan | str:
        offered = {tool.name for tool in conversation.tools}
        return LIST if "list_pull_requests" in offered else f"Without it, by {len(offered)} tools."

    world = await open_world(Scripted(decide))
    await world.connect("jamal", "github", "atlassian")
    world.github.fault("GET", "*", status=500, times=1000)
    _, card = await asked(world, "which PRs and tickets wait for me?")
    assert "Works right now: tickets" in world.words("dm:jamal", card)
    await world.slack.click("jamal", card["ts"], "error.without")
    answer = await world.answer("dm:jamal", card["thread_ts"], count=2)
    assert "Without it, by " in world.words("dm:jamal", answer)
    await world.slack.click("jamal", card["ts"], "error.without")
    assert await world.over(2) == ["failed", "answered"]


@pytest.mark.parametrize(
    ("fault", "headline"),
    [
        ({"drop": True}, "GitHub is not answering."),
        ({"status": 502}, "GitHub is not answering."),
        ({"status": 403, "retry_after": 60}, "GitHub lets me go on at "),
    ],
)
async def test_trouble_of_github_is_told_and_changes_nothing(
    open_world: OpenWorld, fault: dict[str, Any], headline: str
) -> None:
    world = await open_world(Scripted(after_a_look))
    await world.connect("jamal")
    world.github.fault("*", "*", times=1000, **fault)
    _, card = await asked(world)
    assert headline in world.words("dm:jamal", card)
    assert await world.over() == ["failed"]


async def test_one_hiccup_of_github_is_not_noticed(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(after_a_look))
    await world.connect("jamal")
    world.github.fault("GET", "*", status=500)
    _, answer = await asked(world)
    assert "I read " in world.words("dm:jamal", answer)


async def test_somebody_elses_repository_is_told_to_the_model_as_unseen(open_world: OpenWorld) -> None:
    read = call("read_pull_request", repository="somebody/else", number=1)
    brain = Scripted(lambda asked: told(asked) if asked.returned else read)
    world = await open_world(brain)
    await world.connect("jamal")
    _, answer = await asked(world)
    assert "I cannot see somebody/else #1" in world.words("dm:jamal", answer)
    assert await world.over() == ["answered"]


async def test_access_that_ends_upstream_asks_to_connect_again_and_goes_on(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(after_a_look))
    await world.connect("jamal")
    world.github.revoke("jamal")
    thread, card = await asked(world, "which PRs wait for me?")
    assert "again" in world.words("dm:jamal", card)
    assert await world.over() == ["waiting"]
    async with world.browser() as browser:
        await connected(world, browser, "jamal", link_in(card))
    answer = await world.answer("dm:jamal", thread, count=2)
    assert "I read " in world.words("dm:jamal", answer)
    assert await world.over(2) == ["waiting", "answered"]


async def test_access_that_only_ran_out_is_renewed_without_a_word(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(after_a_look))
    await world.connect("jamal", lasts=timedelta(seconds=-1))
    world.github.expire("jamal")
    _, answer = await asked(world)
    assert "I read " in world.words("dm:jamal", answer)


# The models.


async def test_another_vendor_answers_while_one_is_overloaded(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda asked: f"Says {asked.vendor}."))
    world.model.inject(Fault(vendor="anthropic", status=529, times=None))
    _, answer = await asked(world)
    assert "Says openai." in world.words("dm:jamal", answer)
    assert await world.over() == ["answered"]


@pytest.mark.parametrize("fault", [{}, {"status": 529}, {"hang": True}])
async def test_an_answer_cut_after_its_first_words_is_replaced(open_world: OpenWorld, fault: dict[str, Any]) -> None:
    def brain(conversation: Conversation) -> Plan:
        if conversation.vendor == "openai":
            return Plan(text="The second model's words.")
        return Plan(text=f"First model. {STORY}", pace=SLOWLY)

    world = await open_world(Scripted(brain))
    world.model.inject(Fault(vendor="anthropic", after=200, **fault))
    thread = await world.slack.say("jamal", "dm", "hello")
    await world.slack.until(lambda: "second model" in " ".join(texts(world, thread)), 15)
    assert await world.over() == ["answered"]
    assert len(texts(world, thread)) == 1
    assert "First model" not in texts(world, thread)[0]
    assert "word1" not in texts(world, thread)[0]


async def test_while_no_model_answers_the_person_is_told_and_answered_later(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda asked: f"You said: {asked.said}"))
    world.model.inject(Fault(status=529, times=None))
    thread, note = await asked(world)
    assert "No model answers right now. I keep trying until" in world.words("dm:jamal", note)
    world.model.faults.clear()
    await world.slack.until(lambda: "You said: hello" in " ".join(texts(world, thread)), 20)
    assert (await world.over())[-1] == "answered"
    assert sum("You said: hello" in text for text in texts(world, thread)) == 1
    assert sum("No model answers" in text for text in texts(world, thread)) <= 1


# What the model gets wrong.


def planned(arguments: str | dict[str, Any], *, tool: str = "read_pull_request") -> Plan:
    return Plan(calls=(PlannedCall(tool=tool, arguments=arguments),))


WRONG = [
    planned('{"repository": "tile-forge", '),
    planned("[]"),
    planned({"repository": "tile-forge", "number": "ninety-five"}),
    planned({"number": 95, "nonsense": True}),
    planned({"number": 95}, tool="delete_everything"),
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_the_model_is_told_of_a_call_that_cannot_be_made_and_mends_it(open_world: OpenWorld, wrong: Plan) -> None:
    right = call("read_pull_request", repository="tile-forge", number=95)
    brain = Scripted([wrong, right, "Parallel region queue."])
    world = await open_world(brain)
    await world.connect("jamal")
    _, answer = await asked(world)
    assert "Parallel region queue." in world.words("dm:jamal", answer)
    assert len(brain.requests) == 3
    complaint = told(brain.requests[1])
    assert wrong.calls[0].tool in complaint
    assert await world.over() == ["answered"]


async def test_after_three_calls_that_cannot_be_made_the_person_is_told(open_world: OpenWorld) -> None:
    brain = Scripted([WRONG[0], WRONG[2], WRONG[4], "Never reached."])
    world = await open_world(brain)
    await world.connect("jamal")
    _, card = await asked(world)
    assert "I could not put your request into a form that the tools accept." in world.words("dm:jamal", card)
    assert len(brain.requests) == 3
    assert await world.over() == ["failed"]


async def test_an_answer_without_a_word_is_asked_of_another_model(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda asked: "Here I am." if asked.vendor == "openai" else Plan(text="")))
    _, answer = await asked(world)
    assert "Here I am." in world.words("dm:jamal", answer)
    assert await world.over() == ["answered"]
