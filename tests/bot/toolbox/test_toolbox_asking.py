"""What runs unasked, what waits, and what the person is shown of either."""

import asyncio
import json

import pytest
from pydantic_ai.messages import ModelRequest, ToolCallPart, ToolReturnPart

from bot.messages import ApprovalCard, QuestionCard
from bot.pending import APPROVAL, MOST_ITEMS, card_of
from bot.prompt import dump
from bot.toolbox.ask import TOO_MUCH
from bot.toolbox.decided import results_of
from bot.toolbox.trail import steps_of
from memory.conversations import Transcript
from memory.database import Database
from memory.ids import CallId
from tests.fakes.rooms import PERSON, TURN, Bench, bench, incoming

WISH = "put up the note “Buy milk” at wall/wall"
NOTE = {"place": "wall/wall", "text": "Buy milk"}


@pytest.fixture
async def desk(database: Database) -> Bench:
    """A person who said all that the write needs, in a workspace without rules."""
    return await bench(database, message=incoming(WISH), ruled={})


async def test_a_write_that_was_wanted_runs_and_leaves_a_receipt(desk: Bench) -> None:
    outcome = await desk.call("write_note", NOTE)
    assert (outcome.kind, desk.board.notes) == ("done", ["wall/wall: Buy milk"])
    [item] = await desk.items.of_turn(TURN)
    assert (item.kind, item.state, item.reason) == ("receipt", "done", "https://board.test/1")
    card = card_of([item])
    assert isinstance(card, ApprovalCard)
    [state] = card.items
    assert (state.outcome, state.asked, state.can_undo) == ("done", False, True)
    assert state.write.undo is not None


async def test_after_a_crash_it_is_neither_done_nor_asked_again(desk: Bench) -> None:
    first = await desk.call("write_note", NOTE)
    desk.board.version = "v2"
    again = await desk.call("write_note", NOTE)
    assert again.kind == "done"
    assert desk.board.notes == ["wall/wall: Buy milk"]
    [item] = await desk.items.of_turn(TURN)
    assert item.id == first.pending == again.pending
    assert item.undo == json.dumps({"note": 1})


async def test_after_a_strangers_words_the_same_write_asks_and_says_why(desk: Bench) -> None:
    await desk.call("read_notes", {"place": "door"}, call="r0")
    outcome = await desk.call("write_note", {**NOTE, "place": "attic/floor"})
    assert (outcome.kind, desk.board.notes) == ("waits", [])
    [item] = await desk.items.of_turn(TURN)
    body = APPROVAL.validate_json(item.body)
    assert body.because.endswith(".")
    [pair] = body.write.pairs
    assert (pair.value, pair.origin == "you said") == ("attic/floor", False)


async def test_the_calls_of_one_response_are_judged_one_after_the_other(desk: Bench) -> None:
    await desk.call("read_notes", {"place": "door"}, call="r0")
    calls = (desk.call("write_note", NOTE, call=f"w{n}") for n in range(3))
    outcomes = await asyncio.gather(*calls)
    # The second is the first once more, which nobody asked for.
    assert [outcome.kind for outcome in outcomes] == ["done", "waits", "waits"]
    assert desk.board.notes == ["wall/wall: Buy milk"]


async def test_a_forbidden_tool_does_not_run_and_nobody_is_asked(database: Database) -> None:
    desk = await bench(database, message=incoming(WISH), ruled={"write_note": "forbid"})
    outcome = await desk.call("write_note", NOTE)
    assert outcome.kind == "told"
    assert outcome.text.startswith("Not allowed. ")
    assert (desk.board.notes, await desk.items.of_turn(TURN)) == ([], [])


async def test_a_person_is_not_asked_about_more_than_they_can_read(database: Database) -> None:
    """appr_fatigue"""
    desk = await bench(database, message=incoming("put up the notes"))
    notes = [{**NOTE, "text": f"Note {n}"} for n in range(MOST_ITEMS + 2)]
    outcomes = [await desk.call("write_note", note, call=f"w{n}") for n, note in enumerate(notes)]
    assert (outcomes[-1].kind, outcomes[-1].text) == ("told", TOO_MUCH)
    assert len(await desk.items.of_turn(TURN)) == MOST_ITEMS


# Questions.

ASK = {"questions": [{"question": "Which wall?", "choices": ["wall/a", "wall/b"]}, {"question": "How long?"}]}


async def test_questions_wait_on_one_card_until_all_are_answered(desk: Bench) -> None:
    outcome = await desk.call("ask_person", ASK)
    assert outcome.kind == "waits"
    first, second = items = await desk.items.of_turn(TURN)
    card = card_of(items)
    assert isinstance(card, QuestionCard)
    assert [state.question.choices for state in card.items] == [("wall/a", "wall/b"), ()]
    assert [state.question.pending for state in card.items] == [first.id, second.id]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"questions": []},
        {"questions": [{"question": ""}]},
        {"questions": [{"question": "Which?", "choices": list("abcdef")}]},
        {"questions": [{"question": "Which?", "choices": ["x" * 76]}]},
        {"questions": [{"question": "Which?", "secret": 1}]},
        {"questions": "Which?"},
    ],
)
async def test_a_question_that_no_card_could_show_is_told_to_the_model(desk: Bench, sent: dict[str, object]) -> None:
    outcome = await desk.call("ask_person", sent)
    assert outcome.kind == "invalid"
    assert outcome.text.startswith("ask_person cannot take")
    assert await desk.items.of_turn(TURN) == []


async def test_the_model_hears_what_was_asked_and_answered(desk: Bench) -> None:
    part = ToolCallPart(tool_name="ask_person", args=ASK, tool_call_id="q0")
    await desk.tools.call(TURN, part)
    await desk.items.answer(desk.message.conversation, PERSON.id, to=TURN, answer="never: it is this turn's own")
    items = await desk.items.of_turn(TURN)
    assert [item.state for item in items] == ["open", "open"]
    assert list(results_of(items)) == [CallId("q0")]


async def test_what_is_written_next_in_the_thread_answers_the_questions(desk: Bench) -> None:
    await desk.call("ask_person", ASK)
    later = incoming("the first, for a week", turn="T1:D1:2.2").turn
    answered = await desk.items.answer(desk.message.conversation, PERSON.id, to=later, answer="the first, for a week")
    assert {(item.state, item.reason) for item in answered} == {("answered", "the first, for a week")}
    told = results_of(answered)[CallId("c0")]
    assert told.count("The person answered: the first, for a week") == 2


async def test_beside_a_write_that_waits_words_answer_no_question(database: Database) -> None:
    desk = await bench(database, message=incoming(WISH))
    await desk.call("write_note", NOTE)
    await desk.call("ask_person", ASK, call="q0")
    later = incoming("yes", turn="T1:D1:2.2").turn
    assert await desk.items.answer(desk.message.conversation, PERSON.id, to=later, answer="yes") == []


async def test_what_the_person_answered_is_theirs_also_after_a_strangers_words(database: Database) -> None:
    desk = await bench(database, message=incoming("put up the note “Buy milk” there"), ruled={})
    await desk.call("read_notes", {"place": "door"}, call="r0")
    desk.trail.answered(["wall/b (the second one)"])
    elsewhere = await desk.call("write_note", {**NOTE, "place": "attic/c"}, call="w0")
    chosen = await desk.call("write_note", {**NOTE, "place": "wall/b"}, call="w1")
    assert (elsewhere.kind, chosen.kind) == ("waits", "done")


def returned(tool: str) -> str:
    """A turn that holds a result of a tool, as it is stored."""
    return dump([ModelRequest(parts=[ToolReturnPart(tool_name=tool, content="found", tool_call_id="c0")])])


@pytest.mark.parametrize(
    ("messages", "held", "taints"),
    [
        ("[]", "{}", False),
        (returned("read_notes"), "{}", True),
        (returned("connect_notes"), "{}", False),
        (returned("ask_person"), "{}", False),
        ('[{"parts":[{"content":"<third-party source=\\"passed on\\">"}]}]', "{}", True),
        ("[]", '{"c0": "a result"}', True),
    ],
)
def test_an_old_turn_of_which_nothing_was_noted_may_have_read_anything(
    messages: str, held: str, *, taints: bool
) -> None:
    transcript = Transcript(turn=TURN, messages=messages, held=held)
    assert [step.untrusted for step in steps_of(transcript)] == [True] * taints
