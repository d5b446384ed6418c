"""One turn from its message to its answer, with a scripted model and a real store."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from pydantic_ai.messages import ModelRequest, UserPromptPart

from bot.agent import Budget
from bot.llm import ModelCall, ModelsUnavailable, Shown
from bot.messages import ApprovalCard, FailureCard
from bot.pending import Decisions
from memory.database import Database
from memory.direct import DirectConnection
from memory.ids import PendingId, TurnId
from memory.pending import PendingItems
from memory.tool_rules import EVERY, ToolRules
from memory.turns import admit
from memory.workers import Workers
from tests.fakes.rooms import (
    PERSON,
    WORKER,
    calls,
    incoming,
    said,
)
from tests.fakes.turning import Room, open_room

WRITE = calls(("write_note", {"place": "wall", "text": "Buy milk"}))


MakeRoom = Callable[..., Any]


@pytest.fixture
async def make(database: Database, dbos: None) -> MakeRoom:
    await Workers(database).enter(WORKER, 8)

    await ToolRules(database).set(PERSON.workspace, EVERY, "ask", by=PERSON.id, now=datetime.now(UTC))

    return partial(open_room, database)


def heard(call: ModelCall) -> list[str]:
    """What people, and Pinyon in their place, said to the model."""
    return [
        str(part.content)
        for message in call.messages
        if isinstance(message, ModelRequest)
        for part in message.parts
        if isinstance(part, UserPromptPart)
    ]


async def test_a_question_is_answered_and_remembered(make: MakeRoom) -> None:
    room: Room = make(said("Two wait."), said("Nothing else."))
    await room.ask("What waits?")
    answer = await room.run("1.1")
    assert answer is not None
    assert (answer.text, answer.state) == ("Two wait.", "answered")
    await room.ask("And else?", "1.2")
    await room.run("1.2")
    assert heard(room.model.asked[-1]) == ["What waits?", "And else?"]
    assert room.ends == ["answered", "answered"]


async def test_an_approved_write_runs_and_the_model_hears_of_it(make: MakeRoom) -> None:
    room: Room = make(WRITE, said("It is up."))
    await room.ask("put it up")
    answer = await room.run("1.1")
    assert answer is not None
    assert isinstance(answer.card, ApprovalCard)
    assert (await room.state("1.1"), room.board.notes) == ("waiting", [])
    await room.decide("1.1", "approved")
    answer = await room.run("1.1:c1")
    assert answer is not None
    assert (answer.text, room.board.notes) == ("It is up.", ["wall/wall: Buy milk"])
    assert isinstance(room.surface.redrawn[-1], ApprovalCard)
    assert room.surface.redrawn[-1].items[0].outcome == "done"


async def test_what_was_denied_ends_without_a_word(make: MakeRoom) -> None:
    room: Room = make(WRITE)
    await room.ask("put it up")
    await room.run("1.1")
    await room.decide("1.1", "denied")
    answer = await room.run("1.1:c1")
    assert answer is not None
    assert (answer.text, answer.card) == ("", None)
    assert len(room.model.asked) == 1


async def test_a_new_question_puts_the_card_aside(make: MakeRoom) -> None:
    room: Room = make(WRITE, said("Sunny."))
    await room.ask("put it up")
    await room.run("1.1")
    await room.ask("How is the weather?", "1.2")
    await room.run("1.2")
    assert isinstance(room.surface.redrawn[-1], ApprovalCard)
    assert room.surface.redrawn[-1].items[0].outcome == "moved_on"
    assert (
        await Decisions(room.database).decide(await first(room, "1.1"), PERSON.id, "approved")
    ).answered == "already"


async def first(room: Room, turn: str) -> PendingId:
    return (await PendingItems(room.database).of_turn(TurnId(turn)))[0].id


async def test_a_click_while_the_next_question_runs_is_carried_out_and_told(make: MakeRoom) -> None:
    async def clicked(_call: ModelCall, _shown: Shown) -> Any:
        return said("Sunny.")

    room: Room = make(WRITE, clicked, said("It is up."))
    await room.ask("put it up")
    await room.run("1.1")
    await room.ask("How is the weather?", "1.2")
    direct = DirectConnection(room.database.url, name="test")
    assert await admit(direct, WORKER, 9) == ["1.2"]
    await direct.close()
    await room.decide("1.1", "approved")  # after the admission of the question, and before it puts anything aside
    await room.room.run(TurnId("1.2"))
    answer = await room.run("1.1:c1")
    assert answer is not None
    assert (answer.text, room.board.notes) == ("It is up.", ["wall/wall: Buy milk"])
    assert heard(room.model.asked[-1])[-1].startswith("[From Pinyon, not the person] Decided meanwhile: Executed write")


async def test_while_no_model_answers_it_is_said_once_and_tried_until_it_is_too_long(make: MakeRoom) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=30)
    room: Room = make(ModelsUnavailable("all rest", retry_at=soon))
    await room.ask("What waits?")
    answer = await room.run("1.1")
    assert answer is not None
    assert answer.text.startswith("No model answers right now. I keep trying until")
    for turn in ("1.1:c1", "1.1:c2"):
        await room.due()
        answer = await room.run(turn)
        assert answer is not None
        assert (answer.text, answer.card, await room.state(turn)) == ("", None, "waiting")
    await room.due()
    room.model.script = [ModelsUnavailable("all rest", retry_at=soon + timedelta(minutes=20))]
    answer = await room.run("1.1:c3")
    assert answer is not None
    assert isinstance(answer.card, FailureCard)
    assert await room.state("1.1:c3") == "failed"
    assert await room.room.retry(TurnId("1.1:c3"), PERSON.id)
    room.model.script = [said("Two wait.")]
    answer = await room.run("1.1:c3:r1")
    assert answer is not None
    assert answer.text == "Two wait."


async def test_who_is_no_member_is_told_so_and_no_model_is_asked(make: MakeRoom) -> None:
    for n, (facts, notice) in enumerate(
        (({"is_guest": True}, "guest"), ({"is_bot": True}, "bot"), ({"is_outsider": True}, "outsider"))
    ):
        room: Room = make(said("never"), person=replace(PERSON, **facts))
        await room.ask("hello", f"{n}.1")
        answer = await room.run(f"{n}.1")
        assert answer is not None
        assert answer.notice == notice
        assert room.model.asked == []


async def test_who_left_since_the_click_gets_nothing_done(make: MakeRoom) -> None:
    room: Room = make(WRITE)
    await room.ask("put it up")
    await room.run("1.1")
    await room.decide("1.1", "approved")
    room.surface.person = replace(PERSON, deactivated_at=datetime.now(UTC))
    await room.run("1.1:c1")
    assert room.board.notes == []


async def test_an_empty_message_is_answered_without_a_model(make: MakeRoom) -> None:
    room: Room = make(said("never"))
    await room.ask("  ")
    answer = await room.run("1.1")
    assert answer is not None
    assert answer.notice == "empty"
    assert room.model.asked == []


async def test_a_used_up_allowance_is_said_and_no_model_is_asked(make: MakeRoom) -> None:
    room: Room = make(said("never"), why="Your limit for today is used up.")
    await room.ask("What waits?")
    answer = await room.run("1.1")
    assert answer is not None
    assert (answer.text, answer.state) == ("Your limit for today is used up.", "stopped")
    assert room.model.asked == []


async def test_a_bug_is_apologised_for_and_can_be_tried_again_by_its_asker(make: MakeRoom) -> None:
    room: Room = make(ZeroDivisionError("secret detail"), said("Two wait."))
    await room.ask("What waits?")
    answer = await room.run("1.1")
    assert answer is not None
    assert isinstance(answer.card, FailureCard)
    assert "secret" not in str(answer)
    assert await room.state("1.1") == "failed"
    assert not await room.room.retry(TurnId("1.1"), "T1:U2")
    assert await room.room.retry(TurnId("1.1"), PERSON.id)
    assert not await room.room.retry(TurnId("1.1"), PERSON.id)
    answer = await room.run("1.1:r1")
    assert answer is not None
    assert answer.text == "Two wait."


async def test_a_stop_cuts_off_what_runs_here(make: MakeRoom) -> None:
    begun = asyncio.Event()

    async def never(_call: ModelCall, _shown: Shown) -> Any:
        begun.set()
        await asyncio.sleep(60)

    room: Room = make(never)
    message = incoming("What waits?", turn="1.1")
    await room.room.enqueue(message)
    running = asyncio.create_task(room.run("1.1"))
    await begun.wait()
    assert await room.room.stop(message.conversation, message.person)
    answer = await running
    assert answer is not None
    assert (answer.text, answer.state) == ("Stopped. Nothing was changed.", "stopped")
    assert not await room.room.stop(message.conversation, message.person)


async def test_after_a_used_up_budget_the_thread_goes_on(make: MakeRoom) -> None:
    room: Room = make(calls(("count_notes", {})), said("Fine."), budget=Budget(calls=0))
    await room.ask("Count them")
    answer = await room.run("1.1")
    assert answer is not None
    assert answer.text == "I stopped after 0 look-ups, the limit for one question. I changed nothing."
    await room.ask("And now?", "1.2")
    answer = await room.run("1.2")
    assert answer is not None
    assert answer.text == "Fine."
    kinds = [[part.part_kind for part in message.parts] for message in room.model.asked[-1].messages]
    assert kinds == [["user-prompt"], ["tool-call"], ["tool-return"], ["text"], ["user-prompt"]]


async def test_a_turn_that_killed_its_workers_is_given_up_with_an_apology(make: MakeRoom) -> None:
    room: Room = make(said("never"))
    await room.ask("What waits?")
    await room.room.give_up(TurnId("1.1"))
    assert isinstance(room.surface.replies[-1].answers[0].card, FailureCard)
    assert await room.state("1.1") == "failed"


async def test_what_was_read_in_a_thread_is_known_to_its_later_turns(make: MakeRoom, database: Database) -> None:
    room: Room = make(calls(("read_notes", {"place": "door"})), said("One note."), WRITE)
    await ToolRules(database).set(PERSON.workspace, EVERY, None, by=PERSON.id, now=datetime.now(UTC))
    await room.ask("read the door")
    await room.run("1.1")
    await room.ask("put up the note at wall/wall", "1.2")
    answer = await room.run("1.2")
    assert answer is not None
    assert isinstance(answer.card, ApprovalCard)
    assert "I read" in answer.card.because
    assert room.board.notes == []
