"""What the demo model makes of people's words (pure)."""

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.model.demo.days import since_when, today_of
from playground.model.demo.request import Comment, Judge, Listing, Look, Merge, Request, Reviewers, Talk
from playground.model.demo.targets import Target
from playground.model.demo.understand import understand

P417 = Target(number=417)
FULL = Target(repository="octo/sea-maps", number=417)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("which PRs wait for me", Listing(which="waiting_for_my_review")),
        ("Which pull requests wait for my review?", Listing(which="waiting_for_my_review")),
        ("<@U0PINYON> anything for me to review?", Listing(which="waiting_for_my_review")),
        ("@Pinyon what should I review next?", Listing(which="waiting_for_my_review")),
        ("What do my open pull requests wait for?", Listing(which="mine")),
        ("show me my PRs", Listing(which="mine")),
        ("What was merged in the last five days?", Listing(which="merged")),
        ("open PRs in sea-maps", Listing(which="open", repository="sea-maps")),
        ("PRs by leila", Listing(which="open", author="leila")),
        ("review 417", Look(target=P417)),
        ("417", Look(target=P417)),
        ("can you summarise octo/sea-maps#417?", Look(target=FULL)),
        ("look at <https://github.com/octo/sea-maps/pull/417|this>", Look(target=FULL)),
        ("review sea-maps #417 pls", Look(target=Target(repository="sea-maps", number=417))),
        ("review 417 in sea-maps", Look(target=Target(repository="sea-maps", number=417))),
        ("summarise the gpx one", Look(target=Target(words=("gpx",)))),
        ("what's in the PR about hut search?", Look(target=Target(words=("hut", "search")))),
        ("review the second one", Look(target=Target(position=1))),
        ("review it", Look(target=Target())),
        ("is 417 green?", Look(target=P417, aspect="checks")),
        ("can I merge 417?", Look(target=P417, aspect="checks")),
        ("what did they say on 417", Look(target=P417, aspect="discussion")),
        ("in one word: is 417 green?", Look(target=P417, aspect="word")),
    ],
)
def test_questions_are_understood(said: str, means: Request):
    assert understand(said) == means


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("review 417 and comment", Comment(target=P417, with_review=True)),
        ("Review the first one and comment what you find", Comment(target=Target(position=0), with_review=True)),
        (
            "review 417 and tell them the tests are missing",
            Comment(target=P417, body="The tests are missing", with_review=True),
        ),
        (
            "comment on 417: looks good, see https://a.example/x: fine",
            Comment(target=P417, body="looks good, see https://a.example/x: fine"),
        ),
        ("comment “nice one” on 417", Comment(target=P417, body="nice one")),
        ("tell Leila on 417 that the HTTP header is right", Comment(target=P417, body="The HTTP header is right")),
        ("comment on 417 that #399 is fixed by this", Comment(target=P417, body="#399 is fixed by this")),
        ("say thanks on 417", Comment(target=P417, body="Thanks")),
        ("post it", Comment(target=Target())),
        ("approve 417", Judge(target=P417, verdict="approve")),
        ('can you approve 417 with the words "Measured it"', Judge(target=P417, verdict="approve", body="Measured it")),
        (
            "request changes on 417 because the window is fixed",
            Judge(target=P417, verdict="request_changes", body="The window is fixed"),
        ),
        ("merge the compass one", Merge(target=Target(words=("compass",)))),
        ("merge it", Merge(target=Target())),
        ("squash and merge 417", Merge(target=P417, method="squash")),
        ("merge 417 anyway", Merge(target=P417, anyway=True)),
        ("who can approve 417", Reviewers(target=P417, only_says_who=True)),
        ("devraj is gone. who can approve 417 instead, and ask him", Reviewers(target=P417, without=("devraj",))),
        (
            "ask ren and @oskar to review 417 instead of leila",
            Reviewers(target=P417, names=("ren", "oskar"), without=("leila",)),
        ),
        ("request a review from ren on 417", Reviewers(target=P417, names=("ren",))),
        ("ask for a new review on 417", Reviewers(target=P417, usual=True)),
        ("ask the code owners to review 417", Reviewers(target=P417)),
    ],
)
def test_commands_are_understood(said: str, means: Request):
    assert understand(said) == means


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("hi", "greeting"),
        ("Hello there", "greeting"),
        ("thanks!", "thanks"),
        ("what can you do", "help"),
        ("??", "help"),
        ("are you an AI?", "yourself"),
        ("", "empty"),
        ("<@U0PINYON>", "empty"),
        ("write something long", "long"),
        ("show me a table and some code", "table"),
        ("answer in one word", "word"),
        ("never mind", "nothing"),
        ("schedule a meeting with my manager", "elsewhere"),
        ("tell me a joke", "unknown"),
        ("is 4.12 blocked?? need to know before i call the pilots", "unknown"),
        ("the meeting takes 30 minutes", "elsewhere"),
    ],
)
def test_what_is_about_no_pull_request_is_small_talk(said: str, topic: str):
    means = understand(said)
    assert isinstance(means, Talk)
    assert means.topic == topic


PIECES = [*"ab 417#/:.,\"'?<@>\n-", " merge ", " ask ", " the ", " one ", " review ", " comment ", " say "]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_whatever_is_said_is_something(said: str):
    understand(said)


@pytest.mark.parametrize("unit", ["ask the one review ", "x" * 50, "a-b-", "the a b ", "417 ", 'say "', "\n: "])
def test_a_text_of_40000_characters_is_understood_at_once(unit: str):
    begun = time.perf_counter()
    understand(f"comment on 417: {unit * (40_000 // len(unit))}")
    understand(unit * (40_000 // len(unit)))
    assert time.perf_counter() - begun < 1


def test_a_long_comment_is_kept_whole():
    body = "word " * 8_000
    assert understand(f"comment on 417: {body}") == Comment(target=P417, body=body.strip())


FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("merged in the last five days", date(2026, 11, 15)),
        ("merged in the past 2 weeks", date(2026, 11, 6)),
        ("merged since monday", date(2026, 11, 16)),
        ("merged since friday", date(2026, 11, 13)),
        ("merged since 2026-10-01", date(2026, 10, 1)),
        ("merged since 2026-13-77", None),
        ("merged yesterday", date(2026, 11, 19)),
        ("merged this week", date(2026, 11, 16)),
        ("merged last week", date(2026, 11, 9)),
        ("what was merged", None),
    ],
)
def test_times_are_days(said: str, first: date | None):
    assert since_when(said, FRIDAY) == first


def test_the_instructions_say_which_day_it_is():
    now = datetime(2030, 1, 1, tzinfo=UTC)
    system = "For them today is Friday, 20 November 2026 (America/Vancouver)."
    assert [str(part) for part in today_of(system, now)] == ["2026-11-20", "America/Vancouver"]
    assert [str(part) for part in today_of("", now)] == ["2030-01-01", "UTC"]
