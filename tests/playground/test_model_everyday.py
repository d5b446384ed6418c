"""What the demo model does with channels, people, files and long talk (pure, on canned results)."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.model.demo.jobs import Said, all_jobs, job_for
from playground.model.demo.plain import plain
from playground.model.demo.work.channels_hours import Line, hours_wanted, line_for, number_of
from playground.model.demo.work.lists import items_of
from tests.playground.test_model_demo import DENIED, UNKNOWN, Thread

JOBS = all_jobs()
POST = {"post_message": ["channel", "text", "thread", "readers"], "read_channel": ["channel", "since", "limit"]}
FILES = {"search_files": ["words", "kind", "owner"], "read_file": ["file"]}
PEOPLE = {"find_people": ["words"], "read_profile": ["person"], "list_group": ["group"]}
BUDGET = """line;plan_eur;spent_eur;note
Hosting;1.000,00;1.000,00;
Freelance charts;2.000,00;1.500,00;20 hours at 50
"""


def meant(words: str) -> str | None:
    text = plain(words)
    job = job_for(Said(text=text, lowered=text.lower(), before=""), JOBS)
    return job.name if job else None


@pytest.mark.parametrize(
    ("said", "job"),
    [
        ("what did I miss?", "what somebody missed"),
        ("what's new in #tides?", "what somebody missed"),
        ("Who asked me something in Slack since yesterday?", "what somebody missed"),
        ("summarise #tides", "read a channel"),
        ("what's going on in #tides", "read a channel"),
        ("search slack for neap tides", "search Slack"),
        ("what did we decide about the harbour?", "search Slack"),
        ("post to #tides: high water at six", "post in a channel"),
        ("post in #tides that I am late", "post in a channel"),
        ("who is my manager?", "who is who"),
        ("who is mara", "who is who"),
        ("who is in the harbour team, and who leads it?", "who is in a team"),
        ("what time is it for my manager now?", "time for somebody"),
        ("set my status to “At sea” for two hours", "set a status"),
        ("find the doc about tides", "find a file"),
        ("summarise the tide plan doc", "what is in a file"),
        ("whats our runway again", "what ours is"),
        ("Which tickets of the next release are not done yet?", "what the next release waits for"),
        # These belong to pull requests, or to nobody.
        ("which PRs wait for me", None),
        ("who can review 417", None),
        ("who is reviewing 417?", None),
        ("who said what on 417?", None),
        ("what is our latest pull request", None),
        ("make a list of my open PRs", None),
        ("who are you?", None),
        ("hi", None),
    ],
)
def test_each_request_finds_its_job(said: str, job: str | None) -> None:
    assert meant(said) == job


def test_a_post_is_made_in_the_words_that_were_given_and_told_as_it_went() -> None:
    link = "https://team.slack.example/archives/C1/p1"
    posted = Thread({"post_message": {"channel": "#tides", "ts": "1.1", "link": link}}, POST)
    assert posted.say("post to #tides: High water at six.") == f"Posted in [#tides]({link})."
    assert posted.calls == [("post_message", {"channel": "#tides", "text": "High water at six."})]
    denied = Thread({"post_message": DENIED}, POST)
    assert "Not posted. You denied it." in denied.say("post to #tides: High water at six.")


@pytest.mark.parametrize(
    ("there", "told"),
    [([], "it is not there"), (["High water at six."], "it is there, once"), (["Else."], "not there")],
)
def test_after_an_unknown_outcome_it_looks_before_it_says_anything(there: list[str], told: str) -> None:
    messages = [{"ts": "1.1", "by": "Mara", "text": text} for text in there]
    thread = Thread({"post_message": UNKNOWN, "read_channel": {"channel": "#tides", "messages": messages}}, POST)
    assert told in thread.say("post to #tides: High water at six.")
    assert [tool for tool, _ in thread.calls] == ["post_message", "read_channel"]


def test_ones_manager_is_read_from_ones_own_profile() -> None:
    manager = {"id": "U9", "name": "Mara Kent", "handle": "@mara", "title": "Harbour lead"}
    thread = Thread({"read_profile": {"name": "Me", "manager": manager}}, PEOPLE)
    assert thread.say("who is my manager?") == "Your manager is Mara Kent (@mara), Harbour lead."
    assert thread.calls == [("read_profile", {"person": "me"})]
    without = Thread({"read_profile": {"name": "Me", "manager": None}}, PEOPLE)
    assert without.say("who is my manager?") == "Your profile does not say who your manager is."


def test_who_is_in_a_team_is_listed_with_who_leads_it() -> None:
    leads = [{"id": "U9", "name": "Mara Kent", "why": "manager of 3 in Harbour"}]
    members = [{"id": "U9", "name": "Mara Kent", "handle": "@mara"}, {"id": "U8", "name": "Finn", "handle": "@finn"}]
    thread = Thread({"list_group": {"group": "Harbour", "leads": leads, "members": members}}, PEOPLE)
    answer = thread.say("who is in the harbour team, and who leads it?")
    assert thread.calls == [("list_group", {"group": "harbour"})]
    assert answer.startswith("**Harbour, 2 people:**\n\n- Mara Kent (@mara)\n- Finn (@finn)")
    assert answer.endswith("Harbour is led by Mara Kent, manager of 3 in Harbour.")


def test_nobody_is_invented() -> None:
    thread = Thread({"find_people": {"total": 0, "people": []}}, PEOPLE)
    assert "I find nobody for “mara”" in thread.say("who is mara?")
    files = Thread({"search_files": {"files": []}}, FILES)
    assert "so I do not know" in files.say("what's our runway?")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Plan\n\n## Runway\nNine months.\n\n## Else\nNo.", "**Runway:** Nine months."),
        ("Runway\nNine months.\n---\nElse\nNo.", "**Runway:** Nine months."),
        ("We have a runway of nine months, says the board.", "- We have a runway of nine months, says the board."),
        ("# Runway\n# Else", "No line says what “runway” is. [Board deck](https://drive.example/f1) is about it"),
    ],
)
def test_what_ours_is_is_quoted_from_the_file_that_says_it(text: str, told: str) -> None:
    row = {"id": "f1", "name": "Board deck", "link": "https://drive.example/f1"}
    thread = Thread({"search_files": {"files": [row]}, "read_file": {**row, "text": text}}, FILES)
    assert told in thread.say("what's our runway?")


def test_the_line_of_a_budget_is_found_by_what_somebody_is() -> None:
    line = Line(name="Freelance charts", currency="EUR", planned=2000.0, spent=1500.0, rate=50.0)
    assert line_for(BUDGET, "mara", "guest, Freelance chart maker") == line
    assert (line.left, line.hours) == (500.0, 10)
    assert line_for(BUDGET, "mara", "guest, Pilot") is None
    assert line_for("no table at all", "mara", "guest, Freelance chart maker") is None


@pytest.mark.parametrize(
    ("written", "number"),
    [("4.800,00", 4800.0), ("4,800.00", 4800.0), ("4800", 4800.0), ("4.800", 4800.0), ("65", 65.0), ("6,5", 6.5)],
)
def test_numbers_are_read_as_they_are_written_anywhere(written: str, number: float) -> None:
    assert number_of(written) == number


def test_the_hours_that_are_asked_for_are_those_of_the_topic() -> None:
    asked = "I will reach the 20 agreed hours on Friday. The fjords would be about 12 more. Shall I?"
    assert hours_wanted(asked, "fjords") == 12
    assert hours_wanted("Shall I go on?", "fjords") == 0


def test_what_was_taken_back_is_not_on_the_list() -> None:
    said = "so we need charts, i have to paint, no wait, mara paints, and the pilot. sort this into a list"
    assert items_of(said) == ["Charts", "Mara paints", "The pilot"]


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=120))
@settings(max_examples=60)
def test_any_words_make_a_list_or_none(said: str) -> None:
    for item in items_of(f"{said}, buy rope. sort this into a list"):
        assert item == item.strip()
        assert item


@pytest.mark.parametrize("word", ["word, ", "find ", "post ", "sort ", "search slack for "])
def test_a_very_long_text_is_understood_at_once(word: str) -> None:
    began = time.monotonic()
    meant("please search slack for " + word * (40_000 // len(word)))
    assert time.monotonic() - began < 1.5
