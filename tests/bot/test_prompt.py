"""A thread, its person and what they said, as the model's messages."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_ai.messages import (
    BinaryContent,
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from bot.attachments import Attachment, Received
from bot.prompt import (
    MOST_PICTURES,
    PUT_ASIDE,
    alternating,
    asked,
    closed_with,
    closing,
    dump,
    history,
    instructions,
    overheard,
    told_late,
    tool_returns,
    with_pictures,
)
from documents.document import Document, Part
from memory.conversations import Transcript
from memory.files import StoredFile
from memory.ids import FileId, TurnId
from tests.fakes.rooms import NOW, PERSON, calls, incoming, said


def transcript(turn: str, *messages: ModelMessage, held: str = "{}") -> Transcript:
    return Transcript(turn=TurnId(turn), messages=dump(messages), held=held)


def stored(name: str, *, problem: str = "") -> StoredFile:
    """A file that was attached, whose id is its name."""
    return StoredFile(
        id=FileId(name),
        person=PERSON.id,
        is_shared=True,
        turn=TurnId("T1:D1:1.1"),
        source="F1",
        name=name,
        media="",
        size=8,
        problem=problem,
    )


def plain(messages: Sequence[ModelMessage]) -> list[str]:
    """One line for each part: who, and what."""
    found: list[str] = []
    for message in messages:
        for part in message.parts:
            match part:
                case UserPromptPart(content=content):
                    found.append(f"person: {content}")
                case ToolReturnPart(tool_call_id=call, content=content):
                    found.append(f"result {call}: {content}")
                case TextPart(content=content):
                    found.append(f"pinyon: {content}")
                case ToolCallPart(tool_call_id=call):
                    found.append(f"call {call}")
                case _:
                    found.append(str(part))
    return found


ASKED = asked(incoming("put it up"))
WRITES = calls(("write_note", {}), ("read_notes", {}))
RESULTS = tool_returns([p for p in WRITES.parts if isinstance(p, ToolCallPart)], {"c0": "written", "c1": "three"})


def test_a_thread_is_what_its_turns_added_in_their_order() -> None:
    past = history([transcript("a", asked(incoming("hi")), said("hello")), transcript("b", asked(incoming("bye")))])
    assert plain(past.messages) == ["person: hi", "pinyon: hello", "person: bye"]
    assert past.open_calls == ()


def test_an_empty_thread_is_empty() -> None:
    past = history([])
    assert (past.messages, past.held, past.open_calls) == ((), {}, ())


def test_a_waiting_turn_leaves_its_calls_open_and_its_results_held() -> None:
    past = history([transcript("a", ASKED, WRITES, held='{"c1": "three"}')])
    assert [call.tool_call_id for call in past.open_calls] == ["c0", "c1"]
    assert plain(closing(past, "Nothing was done.")) == ["result c0: Nothing was done.", "result c1: three"]


def test_a_decided_turn_goes_on_from_the_results() -> None:
    past = history([transcript("a", ASKED, WRITES, held='{"c1": "three"}'), transcript("a:c1", RESULTS, said("Up."))])
    assert plain(past.messages)[-3:] == ["result c0: written", "result c1: three", "pinyon: Up."]
    assert past.held == {}


def test_what_is_asked_again_keeps_what_is_held() -> None:
    waits = transcript("a", ASKED, WRITES, held='{"c1": "three"}')
    past = history([waits, transcript("a:c1", held='{"c1": "three", "c2": "x"}')])
    assert past.held == {"c1": "three", "c2": "x"}
    assert len(past.open_calls) == 2


def test_calls_that_nobody_decided_are_put_aside_by_the_next_question() -> None:
    waits = transcript("a", ASKED, WRITES, held='{"c1": "three"}')
    past = history([waits, transcript("b", asked(incoming("what else?")), said("Nothing."))])
    assert plain(past.messages)[3:] == [
        f"result c0: {PUT_ASIDE}",
        "result c1: three",
        "person: what else?",
        "pinyon: Nothing.",
    ]


def test_an_old_result_does_not_stand_in_for_a_new_call_of_the_same_id() -> None:
    first = [transcript("a", ASKED, WRITES, held='{"c1": "old"}'), transcript("a:c1", RESULTS, said("Up."))]
    past = history([*first, transcript("b", ASKED, WRITES)])
    assert "old" not in str(plain(closing(past, PUT_ASIDE)))


def test_a_long_thread_begins_with_something_that_a_person_said() -> None:
    late = [transcript("a:c1", RESULTS, said("Up.")), transcript("b:c1", said("I go on.")), transcript("c", ASKED)]
    assert plain(history(late).messages) == ["person: put it up"]


def test_what_was_decided_late_is_told_and_is_not_the_persons_word() -> None:
    [told] = plain(told_late({"c0": "written", "c1": "three"}))
    assert told == "person: [From Pinyon, not the person] Decided meanwhile: written\n\nthree"


TURNS = st.sampled_from(["question", "waits", "carried_on", "asked_again", "later", "stopped"])


def the_turn(kind: str, n: int) -> list[Transcript]:
    """What turns of each kind leave in a thread."""
    waits = transcript(f"{n}", ASKED, WRITES, held='{"c1": "three"}')
    return {
        "question": [transcript(f"{n}", ASKED, said("Yes."))],
        "waits": [waits],
        "carried_on": [waits, transcript(f"{n}:c1", RESULTS, said("Up."))],
        "asked_again": [waits, transcript(f"{n}:c1", held='{"c1": "three"}')],
        "later": [transcript(f"{n}", ASKED), transcript(f"{n}:c1", said("At last."))],
        "stopped": [transcript(f"{n}", ASKED, WRITES, RESULTS, closed_with("Stopped."))],
    }[kind]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(kinds=st.lists(TURNS, max_size=6), window=st.integers(min_value=0, max_value=8))
def test_whatever_happened_a_vendor_can_take_the_history(kinds: list[str], window: int) -> None:
    thread = [transcript for n, kind in enumerate(kinds) for transcript in the_turn(kind, n)]
    past = history(thread[max(0, len(thread) - window) :])
    messages = [*past.messages, *closing(past, PUT_ASIDE), asked(incoming("and now?"))]
    assert plain(messages[:1])[0].startswith("person: ")
    for before, after in itertools.pairwise(messages):
        made = {p.tool_call_id for p in before.parts if isinstance(p, ToolCallPart)}
        given_ = {p.tool_call_id for p in after.parts if isinstance(p, ToolReturnPart)}
        assert made == given_
    assert isinstance(messages[-1], ModelRequest)


def test_attached_files_stand_beside_the_words_as_somebody_elses() -> None:
    document = Document(kind="sheet", facts="1 row, 2 columns", parts=(Part(place="", text="a,b\n1,2"),))
    received = Received(attachments=(Attachment(file=stored("plan.csv"), document=document),))
    assert plain([asked(incoming("look"), received)]) == [
        'person: look\n<third-party source="attached plan.csv">\ntable, 1 row, 2 columns\na,b\n1,2\n</third-party>'
    ]


def test_of_an_unread_file_the_model_knows_why() -> None:
    received = Received(attachments=(Attachment(file=stored("plan.pdf", problem="It is locked."), document=None),))
    assert plain([asked(incoming("look"), received)]) == [
        'person: look\n<third-party source="attached plan.pdf">\nnot read. It is locked.\n</third-party>'
    ]


async def test_a_picture_is_named_in_what_is_kept_and_shown_to_the_model() -> None:
    picture = Document(kind="picture", facts="8 × 6 pixels", picture="AAAA", picture_media="image/png")
    received = Received(attachments=(Attachment(file=stored("dog.png"), document=picture),))
    kept = ModelMessagesTypeAdapter.validate_json(dump([asked(incoming("what is this?"), received)]))

    async def look(file: FileId) -> tuple[bytes, str] | None:
        return (b"seen", "image/png") if file == "dog.png" else None

    (shown,) = await with_pictures(kept, look)
    assert "AAAA" not in dump(kept)
    (part,) = shown.parts
    assert isinstance(part, UserPromptPart)
    assert part.content[-1] == BinaryContent(data=b"seen", media_type="image/png")


async def test_only_the_newest_pictures_of_a_thread_are_shown_again() -> None:
    calls = [ToolCallPart(tool_name="run_python", args={}, tool_call_id="c0")]
    drawn = [tool_returns(calls, {"c0": "drawn"}, [FileId(f"f{n}")]) for n in range(MOST_PICTURES + 2)]
    asked_for: list[FileId] = []

    async def look(file: FileId) -> tuple[bytes, str] | None:
        asked_for.append(file)
        return b"seen", "image/png"

    shown = await with_pictures(drawn, look)
    assert asked_for == [FileId(f"f{n}") for n in range(2, MOST_PICTURES + 2)]
    assert "not shown any more" in str(shown[0].parts)


def test_the_instructions_hold_the_agent_its_skills_and_the_persons_day() -> None:
    text = instructions("You are Pinyon.", ["Reviewing well."], PERSON, incoming(), NOW)
    assert text.split("\n\n") == [
        "You are Pinyon.",
        "Reviewing well.",
        "You speak with Ren in a direct message. For them today is Friday, 20 November 2026 (Europe/Oslo).",
    ]


def test_the_instructions_say_that_a_channel_reads_along() -> None:
    assert "other people read the answer" in instructions("", [], PERSON, incoming(private=False), NOW)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_an_unknown_time_zone_changes_nothing_but_the_date(zone: str) -> None:
    assert "Friday" in instructions("", [], replace(PERSON, zone=zone), incoming(), NOW)


def test_the_instructions_are_the_same_all_day_so_that_they_are_cached() -> None:
    morning, noon = (instructions("A", ["B"], PERSON, incoming(), NOW.replace(hour=hour)) for hour in (8, 12))
    assert morning == noon


def test_a_response_without_words_of_ours_is_read_back() -> None:
    assert plain([ModelResponse(parts=[]), closed_with("Stopped.")]) == ["pinyon: Stopped."]


# What others in a thread hear.


def test_of_somebody_elses_turn_question_and_answer_are_heard_and_nothing_that_tools_found() -> None:
    whole = transcript(
        "1.1",
        ASKED,
        ModelResponse(parts=[TextPart(content="I look."), ToolCallPart(tool_name="read", args={}, tool_call_id="c0")]),
        ModelRequest(parts=[ToolReturnPart(tool_name="read", content="secret", tool_call_id="c0")]),
        closed_with("It is up."),
        held='{"c1": "secret"}',
    )
    heard = history([overheard(whole)])
    assert plain(heard.messages) == ["person: put it up", "pinyon: I look.\n\nIt is up."]
    assert (heard.held, heard.open_calls) == ({}, ())


def test_what_was_decided_late_is_not_heard_by_others() -> None:
    late = transcript("1.1:c1", *told_late({"c0": "posted: secret"}), closed_with("It is posted."))
    assert plain(history([transcript("1.0", ASKED), overheard(late)]).messages) == [
        "person: put it up",
        "pinyon: It is posted.",
    ]


def test_an_answer_that_went_to_somebody_alone_is_not_heard_by_others() -> None:
    whole = transcript("1.0", ASKED, closed_with("The runway is nine months."))
    heard = history([overheard(replace(whole, audience="asker"))])
    assert plain(heard.messages) == [
        "person: put it up",
        "pinyon: Answered privately, because it rests on private sources.",
    ]


def test_what_was_put_aside_and_what_was_asked_then_are_one_message_of_the_person() -> None:
    past = history([transcript("1", ASKED, WRITES)])
    told = alternating([*past.messages, *closing(past, PUT_ASIDE), asked(incoming("something new"))])
    assert [type(message) for message in told] == [ModelRequest, ModelResponse, ModelRequest]
    assert plain(told)[-1] == "person: something new"
    assert [line.split(":")[0] for line in plain(told)[-3:-1]] == ["result c0", "result c1"]


def test_nothing_else_is_joined_and_nothing_is_lost() -> None:
    messages = [ASKED, said("Yes."), asked(incoming("more")), said("And."), said("More.")]
    assert alternating(messages) == messages
    assert plain(alternating([ASKED, ASKED, ASKED])) == plain([ASKED, ASKED, ASKED])
