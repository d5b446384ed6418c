"""Which kind of work the demo model takes a request about tickets, releases and updates for (pure)."""

import pytest

from playground.model.conversation import Conversation, Message, ToolCall, ToolResult, Words
from playground.model.demo.answers import without_answer
from playground.model.demo.jobs import Said, all_jobs, job_for
from playground.model.demo.plain import plain
from playground.model.demo.work.tickets import board_named, wanted_of

JOBS = all_jobs()


def said(text: str, before: str = "") -> Said:
    return Said(text=plain(text), lowered=plain(text).lower(), before=before)


def taken_by(text: str, before: str = "") -> str:
    job = job_for(said(text, before), JOBS)
    return job.name if job else ""


@pytest.mark.parametrize(
    ("text", "job"),
    [
        ("ticket: the login page is slow", "file a ticket"),
        ("Please create a ticket for the login page", "file a ticket"),
        ("file a bug for what mara just wrote", "a bug from a message"),
        ("@Pinyon open a ticket about what Mara said", "a bug from a message"),
        ("which tickets are mine?", "my tickets"),
        ("my open tickets", "my tickets"),
        ("what is on the board?", "a board"),
        ("how does the current sprint stand?", "a board"),
        ("move SEA-12 to done", "move a ticket"),
        ("close SEA-12", "move a ticket"),
        ("comment on SEA-12 that the tides are in", "comment on a ticket"),
        ("what about SEA-12?", "read a ticket"),
        ("is 2.7 blocked?", "is a release blocked"),
        ("what blocks 2.7", "is a release blocked"),
        ("write the monthly report as a mail to mara@sea.example", "a regular update"),
    ],
)
def test_a_request_goes_to_the_work_that_it_is_about(text: str, job: str) -> None:
    assert taken_by(text) == job


@pytest.mark.parametrize(
    "text",
    [
        "which pull requests wait for me?",
        "review 417 and comment that SEA-12 is closed",
        "what was merged in the last seven days?",
        "merge the compass PR (SEA-12)",
        "what's in the PR about SEA-12?",
        "approve sea-maps#7",
        "post it to #harbour",
        "how do I create a ticket?",
        "hello",
    ],
)
def test_what_is_about_something_else_is_left_alone(text: str) -> None:
    assert taken_by(text) not in {job.name for job in JOBS if job.run.__module__.rpartition(".")[2] in MINE}


MINE = {"tickets", "tickets_bug", "release", "update"}


@pytest.mark.parametrize(
    ("text", "before", "summary", "place"),
    [
        ("ticket: dashboard is slow.", "", "Dashboard is slow", ""),
        ("tiket: renew the cert", "", "Renew the cert", ""),
        ('ticket: the "save" button is grey', "", 'The "save" button is grey', ""),
        ("put a ticket on the harbour board just this once: paint the buoys", "", "Paint the buoys", "harbour"),
        ("create a ticket in SEA: paint the buoys", "", "Paint the buoys", "SEA"),
        ("another one: paint the buoys", "Ticket created: SEA-1", "Paint the buoys", ""),
        ("and one for paint", "Ticket created: SEA-1", "Paint", ""),
        ("last one, paint the buoys", "Ticket created: SEA-1", "Paint the buoys", ""),
        ("ticket on the usual board: paint the buoys", "", "Paint the buoys", "the usual board"),
        ("file a ticket on our board: paint the buoys", "", "Paint the buoys", "our board"),
    ],
)
def test_a_ticket_is_read_from_hurried_words(text: str, before: str, summary: str, place: str) -> None:
    wanted = wanted_of(said(text, before))
    assert wanted is not None
    assert (wanted.summary, wanted.place) == (summary, place)


@pytest.mark.parametrize(
    ("text", "board"),
    [
        ("what is on the harbour board?", "harbour"),
        ("what is on the team board?", "the team board"),
        ("what is on the board?", ""),
    ],
)
def test_a_board_is_named_in_the_words_of_the_person_or_not_at_all(text: str, board: str) -> None:
    assert board_named(text) == board


def test_one_more_is_no_ticket_where_nobody_spoke_of_tickets() -> None:
    assert wanted_of(said("another one: paint the buoys")) is None


def test_what_pinyon_tells_of_a_late_decision_is_no_request() -> None:
    late = (
        '[From Pinyon, not the person] Decided meanwhile: Executed create_ticket {"project": "SEA"}\n{"key": "SEA-9"}'
    )
    assert taken_by(late) == "decided late"


@pytest.mark.parametrize(("typed", "goes_on"), [("on the SEA board", True), ("what is on my calendar?", False)])
def test_a_typed_answer_to_a_question_of_pinyons_is_no_new_request(typed: str, *, goes_on: bool) -> None:
    executed = 'Executed create_ticket {"project": "SEA", "summary": "Paint"}\n{"key": "SEA-9"}'
    messages = (
        Message("user", (Words("ticket: paint"),)),
        Message("assistant", (ToolCall(id="1", tool="create_ticket", arguments={"summary": "Paint"}),)),
        Message("user", (ToolResult(call="1", text=executed),)),
        Message("user", (Words(typed),)),
    )
    conversation = Conversation(wire="messages", model="any", system="", messages=messages)
    assert without_answer(conversation).said == ("ticket: paint" if goes_on else typed)
