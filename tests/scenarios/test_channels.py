"""What happens in channels: who is heard, who is answered, once and in order."""

import re
from typing import Any

import pytest

from playground.model import Conversation, Pace, Plan, Scripted, call
from playground.slack.people import User
from tests.scenarios.conftest import OpenWorld, World

CODE = "```python\n" + "\n".join(f"step_{n} = walk({n})" for n in range(250)) + "\n```"
TABLE = "| hut | beds |\n|---|---|\n" + "\n".join(f"| hut number {n} | {n} |" for n in range(250))
LONG = "\n\n".join(["A paragraph about winter maps. " * 60] * 3 + [CODE, TABLE, "The end."])


def echo(conversation: Conversation) -> str:
    """A brain that says what it was asked."""
    return f"You said: {conversation.said}"


def echoed(world: World, where: str, thread: str) -> list[str]:
    """The answers in a thread, without what stands under them."""
    return [world.words(where, reply).splitlines()[0] for reply in world.slack.replies(where, thread)]


async def accepted(world: World) -> list[str]:
    """How every turn ended, once Slack has delivered all it had."""
    await world.slack.settled()
    return await world.over(0)


@pytest.fixture
async def echoing(open_world: OpenWorld) -> World:
    """A world whose model says what it was asked."""
    return await open_world(Scripted(echo))


async def test_a_mention_is_answered_once_in_its_thread_although_slack_tells_of_it_twice(echoing: World) -> None:
    thread = await echoing.slack.say("jamal", "#mobile", "@Pinyon what is new?")
    await echoing.answer("#mobile", thread)
    sent = [entry.name for entry in echoing.slack.world.traffic.entries if entry.way == "out"]
    assert (sent.count("app_mention"), sent.count("message.channels")) == (1, 1)
    assert await accepted(echoing) == ["answered"]
    assert echoed(echoing, "#mobile", thread) == ["You said: what is new?"]
    assert len(echoing.model.requests) == 1


async def test_a_reply_in_its_thread_is_answered_without_a_mention(echoing: World) -> None:
    thread = await echoing.slack.say("jamal", "#mobile", "@Pinyon first")
    await echoing.answer("#mobile", thread)
    await echoing.slack.say("jamal", "#mobile", "and second", thread=thread)
    await echoing.answer("#mobile", thread, count=2)
    await echoing.slack.say("camille", "#mobile", "third, from me", thread=thread)
    await echoing.answer("#mobile", thread, count=3)
    assert echoed(echoing, "#mobile", thread) == [
        "You said: first",
        "You said: and second",
        "You said: third, from me",
    ]


async def test_a_colleague_is_not_answered_from_what_was_read_for_somebody_else(open_world: OpenWorld) -> None:
    """chan_leak, as far as the thread's history goes"""
    look = call("read_pull_request", repository="tile-forge", number=95)
    world = await open_world(Scripted([look, "It is about queues.", "Good morning."]))
    await world.connect("jamal")
    thread = await world.slack.say("jamal", "#mobile", "@Pinyon what is 95 about?")
    await world.answer("#mobile", thread)
    await world.slack.say("nadia", "#mobile", "@Pinyon good morning", thread=thread)
    await world.answer("#mobile", thread, count=2)
    mine, theirs = world.model.requests[1], world.model.requests[2]
    assert len(mine.returned) == 1
    assert theirs.returned == ()
    assert [message.text for message in theirs.messages] == [
        "what is 95 about?",
        "It is about queues.",
        "good morning",
    ]


async def test_what_people_say_to_each_other_is_left_alone(echoing: World) -> None:
    thread = await echoing.slack.say("jamal", "#mobile", "lunch?")
    await echoing.slack.say("camille", "#mobile", "yes", thread=thread)
    assert await accepted(echoing) == []
    assert echoing.slack.replies("#mobile", thread) == []


async def test_a_mention_in_the_middle_of_a_thread_is_answered_there(echoing: World) -> None:
    thread = await echoing.slack.say("jamal", "#mobile", "lunch?")
    await echoing.slack.say("camille", "#mobile", "@Pinyon what do you think?", thread=thread)
    await echoing.answer("#mobile", thread)
    assert await accepted(echoing) == ["answered"]
    assert echoed(echoing, "#mobile", thread) == ["You said: what do you think?"]


@pytest.mark.parametrize(
    ("who", "where", "said"),
    [
        ("harriet", "#general", "@Pinyon which pull requests wait?"),
        ("luca", "#ext-valtorta", "@Pinyon which pull requests wait?"),
        ("harriet", "dm", "which pull requests wait?"),
    ],
)
async def test_who_is_no_member_is_refused_kindly_and_no_model_hears_of_it(
    echoing: World, who: str, where: str, said: str
) -> None:
    """ext_user: guests and people of other workspaces are refused before any model call."""
    place = f"dm:{who}" if where == "dm" else where
    thread = await echoing.slack.say(who, where, said)
    answer = await echoing.answer(place, thread)
    assert echoing.words(place, answer) == "I work only for members of Tamarack. A member can ask for you."
    assert await accepted(echoing) == ["answered"]
    assert echoing.model.requests == []


async def test_an_outsider_cannot_pass_for_a_member_by_name(echoing: World) -> None:
    """ext_user: who somebody is says Slack's id, never the name they show."""
    await echoing.slack.change_user("luca", name=echoing.slack.user("jamal").name)
    thread = await echoing.slack.say("luca", "#ext-valtorta", "@Pinyon hello")
    answer = await echoing.answer("#ext-valtorta", thread)
    assert "I work only for members" in echoing.words("#ext-valtorta", answer)
    assert echoing.model.requests == []


async def test_another_bot_is_not_answered(echoing: World) -> None:
    """bot_loop: what an app says is never a question, also in a thread where Pinyon takes part."""
    other = User(id="U0OTHERBOT", team=echoing.slack.workspace.id, handle="builds", name="Builds", kind="bot")
    other.bot_id, other.app_id = "B0OTHER", "A0OTHER"
    echoing.slack.workspace.users[other.id] = other
    thread = await echoing.slack.say("jamal", "#mobile", "@Pinyon hello")
    await echoing.answer("#mobile", thread)
    await echoing.slack.say(other, "#mobile", "@Pinyon build 12 failed")
    await echoing.slack.say(other, "#mobile", "build 13 failed too", thread=thread)
    assert await accepted(echoing) == ["answered"]
    assert len(echoing.model.requests) == 1


async def test_its_own_words_are_no_question(open_world: OpenWorld) -> None:
    """bot_loop: an answer that mentions Pinyon, and comes back as an event, starts nothing."""
    world = await open_world(Scripted(lambda _: "Ask <@U0PINYON00> or @Pinyon again."))
    thread = await world.slack.say("jamal", "#mobile", "@Pinyon hello")
    await world.answer("#mobile", thread)
    await world.ask("jamal", "hello")
    assert await accepted(world) == ["answered", "answered"]
    assert len(world.model.requests) == 2


async def test_an_edited_or_deleted_message_is_not_asked_again(echoing: World) -> None:
    """bot_loop: an edit is no new message."""
    thread = await echoing.slack.say("jamal", "#mobile", "@Pinyon what is new?")
    await echoing.answer("#mobile", thread)
    await echoing.slack.edit("jamal", "#mobile", thread, "@Pinyon what is old?")
    await echoing.ask("jamal", "hello")
    direct = echoing.slack.messages("dm:jamal")[-1]["ts"]
    await echoing.slack.edit("jamal", "dm", direct, "hello again")
    await echoing.slack.delete("jamal", "dm", direct)
    assert await accepted(echoing) == ["answered", "answered"]
    assert len(echoing.model.requests) == 2


async def test_an_event_that_comes_twice_is_answered_once(echoing: World) -> None:
    """dup_write: one message is one turn, however often Slack tells of it."""
    echoing.slack.faults.duplicate_events()
    echoing.slack.faults.lose_acks(times=2)
    direct = await echoing.slack.say("jamal", "dm", "hello")
    await echoing.answer("dm:jamal", direct)
    thread = await echoing.slack.say("jamal", "#mobile", "@Pinyon hello")
    await echoing.answer("#mobile", thread)
    assert await accepted(echoing) == ["answered", "answered"]
    assert len(echoing.model.requests) == 2
    assert len(echoing.slack.replies("dm:jamal", direct)) == 1
    assert len(echoing.slack.replies("#mobile", thread)) == 1


async def test_what_is_said_while_it_works_is_answered_in_order_also_when_one_overtakes(open_world: OpenWorld) -> None:
    long_work = Pace(first=1.0)
    brain = Scripted(lambda asked: Plan(text=echo(asked), pace=long_work if asked.said == "zero" else None))
    world = await open_world(brain)
    thread = await world.slack.say("jamal", "dm", "zero")
    await world.slack.until(lambda: world.slack.status("dm:jamal", thread), 15)
    world.slack.faults.reorder_events()
    for said in ("one", "two", "three", "four"):
        await world.slack.say("jamal", "dm", said, thread=thread)
    await world.answer("dm:jamal", thread, count=5)
    assert await accepted(world) == ["answered"] * 5
    assert echoed(world, "dm:jamal", thread) == [f"You said: {n}" for n in ("zero", "one", "two", "three", "four")]


async def test_a_long_answer_comes_in_parts_with_tables_and_code_whole(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda _: LONG))
    thread = await world.slack.say("jamal", "#mobile", "@Pinyon everything, please")
    await world.slack.until(lambda: "The end." in whole(world, "#mobile", thread), 15)
    direct = await world.slack.say("jamal", "dm", "everything, please")
    await world.slack.until(lambda: "The end." in whole(world, "dm:jamal", direct), 15)
    for place, root in (("#mobile", thread), ("dm:jamal", direct)):
        parts = markdown(world, place, root)
        assert len(parts) > 1
        assert sum(CODE in part for part in parts) == 1
        assert sum(TABLE in part for part in parts) == 1
        assert [re.sub(r"\s+", "", "".join(parts))] == [re.sub(r"\s+", "", LONG)]


def markdown(world: World, where: str, thread: str) -> list[str]:
    """The Markdown of each answer in a thread."""
    found: list[list[dict[str, Any]]] = [reply["blocks"] for reply in world.slack.replies(where, thread)]
    return ["".join(block["text"] for block in blocks if block["type"] == "markdown") for blocks in found]


def whole(world: World, where: str, thread: str) -> str:
    return "".join(markdown(world, where, thread))


async def test_an_answer_pings_nobody(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda _: "Hello <!channel>, <!here>, @channel, @everyone and <@U0T7N3YG1>."))
    thread = await world.slack.say("jamal", "#mobile", "@Pinyon say hello to @channel")
    answer = await world.answer("#mobile", thread)
    shown = str(answer["blocks"]) + answer["text"]
    for ping in ("<!channel>", "<!here>", "@channel", "@everyone", "<@U0T7N3YG1>"):
        assert ping not in shown
