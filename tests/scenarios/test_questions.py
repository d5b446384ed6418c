"""Questions that only the person can answer: tapped, written in a dialog, or typed into the thread."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from playground.model import Plan, Scripted, call
from playground.model.conversation import calls_with_results
from playground.slack.app import JSON
from playground.slack.interactions import find_element
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.restarting import restarted

BOARDS: JsonValue = {"question": "Which board?", "choices": ["Trails (TRAIL)", "Open data (OPENDATA)"]}
LENGTH: JsonValue = {"question": "How long?", "choices": ["25 minutes"], "field": "number"}
ASK = call("ask_person", questions=[BOARDS, LENGTH])
ASK_ONE = call("ask_person", questions=[BOARDS])
COMMENT = call("comment_on_pull_request", repository="atlas-api", number=417, body="Name it after the valley.")
TAP, OTHER, LAST = "question.pick:0:1", "question.other:1", "question.pick:1:0"
ONLY = "question.pick:0"


async def test_one_is_tapped_and_one_is_written_and_the_model_hears_both(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([ASK, "Thirty-five minutes on Open data."]))
    thread, card = await asked(world)
    await click(world, card, TAP)
    assert "you chose" in await reads(world, card, "1 question left, then I go on")
    assert len(world.model.requests) == 1
    await click(world, card, OTHER)
    modal = await world.until(lambda: world.slack.modal("ren"))
    assert "'number_input'" in str(modal)
    assert (await world.slack.submit("ren", {"answer": "35"})).is_acked
    await world.answer("dm:ren", thread, count=2)
    assert heard(world) == [
        "You asked: Which board? The person answered: Open data (OPENDATA)",
        "You asked: How long? The person answered: 35",
    ]
    assert "question." not in str(now(world, card))
    assert await world.over(2) == ["waiting", "answered"]


async def test_what_is_typed_in_the_thread_answers_both_at_once(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([ASK, "Noted."]))
    thread, card = await asked(world)
    await world.slack.say("ren", "dm", "Open data, and half an hour", thread=thread)
    await world.answer("dm:ren", thread, count=2)
    answer = "The person answered: Open data, and half an hour"
    assert heard(world) == [f"You asked: Which board? {answer}", f"You asked: How long? {answer}"]
    assert world.model.requests[-1].said == "Open data, and half an hour"
    shown = await reads(world, card, "Open data, and half an hour")
    assert "Put aside" not in shown
    assert "question." not in str(now(world, card))
    assert [row["state"] for row in await states(world)] == ["answered"] * 2


async def test_what_is_typed_beside_a_tapped_answer_is_the_other_one(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([ASK, "Noted."]))
    thread, card = await asked(world)
    await click(world, card, TAP)
    await reads(world, card, "1 question left")
    await world.slack.say("ren", "dm", "half an hour", thread=thread)
    await world.answer("dm:ren", thread, count=2)
    assert heard(world) == [
        "You asked: Which board? The person answered: Open data (OPENDATA)",
        "You asked: How long? The person answered: half an hour",
    ]
    assert len(world.model.requests) == 2


async def test_nobody_else_answers(open_world: OpenWorld) -> None:
    """appr_actor: neither a tap, nor the dialog, nor a dialog that was made up."""
    world = await open_world(Scripted([ASK, "Noted.", "Hello."]))
    _, card = await asked(world)
    before = str(now(world, card))
    for action in (TAP, OTHER):
        assert (await world.slack.click("mei", card["ts"], action)).is_acked
    await world.until(lambda: len(world.slack.calls_of("chat.postEphemeral")) == 2)
    told = [made.request["text"] for made in world.slack.calls_of("chat.postEphemeral")]
    assert all("Only the person who asked can decide this" in text for text in told)
    assert world.slack.modal("mei") is None
    await click(world, card, OTHER)
    view = await world.until(lambda: world.slack.modal("ren"))
    assert view is not None
    world.slack.workspace.modals[world.slack.user("mei").id] = [view["id"]]
    await world.slack.submit("mei", {"answer": "35"})
    await world.slack.settled()
    assert [row["state"] for row in await states(world)] == ["open"] * 2
    assert str(now(world, card)) == before
    assert len(world.model.requests) == 1


async def test_an_answer_counts_once(open_world: OpenWorld) -> None:
    """appr_once: a second tap changes nothing, and is told what was said."""
    world = await open_world(Scripted([ASK_ONE, "On Trails."]))
    thread, card = await asked(world, action=ONLY)
    seen = dict(card)
    await click(world, card, ONLY)
    await world.answer("dm:ren", thread, count=2)
    await again(world, seen, "question.pick:1")
    told = (await world.until(lambda: world.slack.whispers("ren")))[0]
    assert told["text"] == "You answered this already."
    assert "Trails (TRAIL)" in str(told["blocks"])
    assert len(world.model.requests) == 2
    assert await world.over(2) == ["waiting", "answered"]


@pytest.mark.every_write_asks
async def test_what_is_typed_while_a_write_waits_too_is_something_new(open_world: OpenWorld) -> None:
    both = Plan(calls=(*COMMENT.calls, *ASK.calls))
    world = await open_world(Scripted([both, "Nothing was done."]))
    await world.connect("ren")
    thread, card = await asked(world, action="approval.approve")
    await world.slack.say("ren", "dm", "yes, do", thread=thread)
    await world.answer("dm:ren", thread, count=2)
    await reads(world, card, "Put aside, because you asked something new.")
    assert [row["state"] for row in await states(world)] == ["moved_on"] * 3
    assert not any("The person answered" in told for told in heard(world))
    assert world.model.requests[-1].said == "yes, do"
    assert world.github.writes == []


async def test_after_seven_days_nobody_waits_for_an_answer(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([ASK, "Something new."]))
    thread, card = await asked(world)
    seen = dict(card)
    [until, _] = [row["expires_at"] for row in await states(world)]
    assert timedelta(days=6, hours=23) < until - datetime.now(UTC) <= timedelta(days=7)
    await world.rows("UPDATE pending SET expires_at = now() - interval '1 second'")
    await world.app.tick()
    await reads(world, card, "*Expired.*")
    assert "question." not in str(now(world, card))
    await again(world, seen, TAP)
    told = (await world.until(lambda: world.slack.whispers("ren")))[0]
    assert "out of date, so nothing was done" in told["text"]
    await world.slack.say("ren", "dm", "Open data", thread=thread)
    await world.answer("dm:ren", thread, count=2)
    assert [row["state"] for row in await states(world)] == ["expired"] * 2
    assert not any("The person answered" in told for told in heard(world))


async def test_an_answer_that_comes_too_late_is_none_also_before_the_clock_has_ticked(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([ASK, "Something new."]))
    thread, card = await asked(world)
    await world.rows("UPDATE pending SET expires_at = now() - interval '1 second'")
    await click(world, card, TAP)
    await world.until(lambda: world.slack.whispers("ren"))
    await world.slack.say("ren", "dm", "Open data", thread=thread)
    await world.answer("dm:ren", thread, count=2)
    assert "answered" not in [row["state"] for row in await states(world)]
    assert not any("The person answered" in told for told in heard(world))


async def test_asked_in_a_channel_the_questions_come_privately(open_world: OpenWorld) -> None:
    """chan_leak: what is asked may tell what was read."""
    world = await open_world(Scripted([ASK_ONE, "On Trails it is."]))
    thread = await world.slack.say("ren", "#eng", "@Pinyon plan it")
    line = await world.answer("#eng", thread)
    assert world.words("#eng", line) == "Waits for the asker's answer."
    card = (await world.until(lambda: [m for m in world.slack.messages("dm:ren") if f"'{ONLY}'" in str(m)]))[0]
    shown = world.words("dm:ren", card)
    assert "Which board?" in shown
    assert "#eng" in shown
    assert "Which board?" not in str(world.slack.messages("#eng", thread))
    await click(world, card, ONLY)
    answer = await world.answer("#eng", thread, count=2)
    assert world.words("#eng", answer).startswith("On Trails it is.")


async def test_a_colleague_who_writes_on_in_the_thread_answers_nothing(open_world: OpenWorld) -> None:
    """appr_actor"""
    world = await open_world(Scripted([ASK_ONE, "Good morning.", "On Trails it is."]))
    thread = await world.slack.say("ren", "#eng", "@Pinyon plan it")
    await world.answer("#eng", thread)
    await world.slack.say("jamal", "#eng", "@Pinyon Open data, says Ren", thread=thread)
    await world.answer("#eng", thread, count=2)
    assert [row["state"] for row in await states(world)] == ["open"]
    card = (await world.until(lambda: [m for m in world.slack.messages("dm:ren") if f"'{ONLY}'" in str(m)]))[0]
    await click(world, card, ONLY)
    await world.answer("#eng", thread, count=3)
    assert [row["state"] for row in await states(world)] == ["answered"]


async def test_questions_outlive_the_process_that_asked(
    open_world: OpenWorld, database_url: str, tmp_path: Path
) -> None:
    world = await open_world(Scripted([ASK, "Noted."]))
    thread, card = await asked(world)
    await click(world, card, TAP)
    await reads(world, card, "1 question left")
    await world.over()
    async with restarted(world, database_url, tmp_path):
        await click(world, card, LAST)
        await world.answer("dm:ren", thread, count=2)
        assert heard(world) == [
            "You asked: Which board? The person answered: Open data (OPENDATA)",
            "You asked: How long? The person answered: 25 minutes",
        ]
        assert await world.over(2) == ["waiting", "answered"]


async def test_a_typed_answer_counts_after_a_restart_too(
    open_world: OpenWorld, database_url: str, tmp_path: Path
) -> None:
    world = await open_world(Scripted([ASK, "Noted."]))
    thread, card = await asked(world)
    await world.over()
    async with restarted(world, database_url, tmp_path):
        await world.slack.say("ren", "dm", "Trails, one hour", thread=thread)
        await world.answer("dm:ren", thread, count=2)
        assert len(heard(world)) == 2
        await reads(world, card, "Trails, one hour")


async def asked(world: World, *, action: str = TAP) -> tuple[str, JSON]:
    """Ren asks for something; gives the thread, and the card that waits there."""
    thread = await world.slack.say("ren", "dm", "plan it")
    return thread, await world.card("dm:ren", thread, action, seconds=15)


async def click(world: World, card: JSON, action: str) -> None:
    assert (await world.slack.click("ren", card["ts"], action)).is_acked


async def again(world: World, seen: JSON, action: str) -> None:
    """Tap an answer of a card as it was, though it was redrawn meanwhile."""
    found = find_element(seen["blocks"], action)
    assert found is not None
    block, element = found
    conversation, message, _ = world.slack.message(world.slack.workspace, world.slack.user("ren"), seen["ts"])
    tap = {"type": "button", "block_id": block, "action_id": action, "value": element["value"]}
    await world.slack.act_in_message(world.slack.workspace, world.slack.user("ren"), conversation, message, tap)


def now(world: World, card: JSON) -> JSON:
    return world.slack.place("dm:ren")[1].messages[card["ts"]]


async def reads(world: World, card: JSON, words: str) -> str:
    """Wait until a card reads so; gives all of it."""
    await world.until(lambda: words in world.words("dm:ren", card))
    return world.words("dm:ren", card)


async def states(world: World) -> list[JSON]:
    return await world.rows("SELECT state, expires_at FROM pending ORDER BY created_at, id")


def heard(world: World) -> list[str]:
    """What the model was told of its questions, line by line, when it was asked last."""
    found = calls_with_results(world.model.requests[-1].messages)
    told = [result.text for made, result in found if made.tool == "ask_person"]
    return [line for text in told for line in text.splitlines()]
