"""How the demo model writes a regular update from what is new, in the sender's own form (pure)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.model.demo.found.tickets import Board, board_of
from playground.model.demo.pulls import Pull, pull_of
from playground.model.demo.work.update_text import (
    MOST_WORDS,
    Before,
    News,
    form_of,
    is_update,
    mail_of,
    post_of,
    sections_in,
    without_reverts,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
MAIL = """Dear all,

the news of this month, tell me by noon.

Live: a lighthouse.
Under way: a buoy.
Risks: fog.
Coming: more fog.

Ahoy, Mara"""
FORM = Before(subject="Monthly report, for you first", greeting="Dear all,")


def pull(number: int, title: str, body: str = "") -> Pull:
    return pull_of({"repository": "octo/sea-maps", "number": number, "title": title, "body": body})


def ticket(key: str, summary: str, *, priority: str = "Medium", version: str = "2.7") -> dict[str, object]:
    return {"key": key, "summary": summary, "status": "In Review", "priority": priority, "fix_versions": [version]}


def board(*tickets: dict[str, object], goal: str = "2.7 with tides") -> Board:
    shown: dict[str, object] = {"name": "Harbour", "type": "scrum"}
    sprint = {"name": "Sprint 5", "goal": goal, "end": NOW.isoformat()}
    content = {"board": shown, "sprint": sprint, "columns": [{"name": "In Review", "tickets": [*tickets]}]}
    return board_of(content)  # pyright: ignore[reportArgumentType]: plain JSON, written out


def told(*pulls: Pull, said: tuple[str, ...] = (), on: Board | None = None) -> dict[str, str]:
    news = News(merged=pulls, said=said, board=on or board(), day="24 November")
    return dict(sections_in(mail_of(news, FORM)))


def test_the_form_is_that_of_the_last_mail() -> None:
    form = form_of(MAIL, subject="Monthly report")
    assert form.greeting == "Dear all,"
    assert form.headings == ("Live", "Under way", "Risks", "Coming")


def test_how_they_sign_is_left_to_memory() -> None:
    assert "Mara" not in mail_of(News(merged=(), said=(), board=board(), day=""), FORM)


@pytest.mark.parametrize(("mail", "is_one"), [(MAIL, True), ("ok from me.", False), ("PS: fine\n\nMara", False)])
def test_an_answer_is_no_update(mail: str, is_one: bool) -> None:  # noqa: FBT001  a parameter of the test
    assert is_update(mail) == is_one


def test_a_revert_takes_away_itself_and_what_it_reverts() -> None:
    pulls = [pull(1, "[sea] Draw tides"), pull(2, 'Revert "[sea] Draw tides"'), pull(3, "[sea] Draw moons")]
    assert [one.number for one in without_reverts(pulls)] == [3]


def test_what_was_merged_for_several_parts_is_one_entry_with_its_numbers() -> None:
    sections = told(
        pull(1, "[ios] Night colours"),
        pull(2, "[android] Night colours"),
        pull(3, "[api] Smaller lists", "SEA-3. Median list 210 KB to 38 KB. Only with gzip."),
    )
    shipped = "Night colours (iOS and Android); Smaller lists (median list 210 KB to 38 KB)."
    assert sections["Shipped"] == shipped


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("SEA-1. **Not deployed yet**: goes out on Monday.", ""),
        ("SEA-1.", "Tides are in (sea-maps#1). Needs the deploy on Tuesday morning to be visible."),
    ],
)
def test_what_waits_for_a_deploy_is_in_progress(body: str, said: str) -> None:
    sections = told(pull(1, "[sea] Draw tides", body), said=(said,))
    assert sections["Shipped"] == "nothing."
    assert "Draw tides, merged, waits for the deploy" in sections["In progress"]


def test_a_number_that_moved_is_told_once() -> None:
    sections = told(
        pull(1, "Smaller lists", "Median list 210 KB to 38 KB."),
        said=("Lists went from 210 KB to 38 KB.", "Lost ships went from 3.1% to 2.3% last week. Goal: none."),
    )
    assert sections["Shipped"] == (
        "Smaller lists (median list 210 KB to 38 KB); Lost ships went from 3.1% to 2.3% last week."
    )


def test_a_move_to_another_version_counts_only_when_the_board_says_so_too() -> None:
    seen = board(ticket("SEA-5", "[api] Export as GPX", version="2.8"), ticket("SEA-6", "Draw ferries"))
    sections = told(said=("Decision: GPX (SEA-5) goes to 2.8.", "I would move SEA-6 to 2.8."), on=seen)
    assert "Export as GPX moved to 2.8" in sections["Next"]
    assert "ferries" not in sections["Next"]


def test_what_blocks_is_watched_and_named_by_its_key() -> None:
    seen = board(ticket("SEA-7", "[ios] It sinks", priority="Blocker"), ticket("SEA-8", "It swims"))
    sections = told(on=seen)
    assert sections["Watch out"] == "It sinks (SEA-7, In Review)."
    assert sections["In progress"] == "It swims."


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_however_much_there_is_the_mail_is_short(merged: int, tickets: int) -> None:
    pulls = [pull(n, f"[sea] Draw harbour number {n} with all of its lights") for n in range(merged)]
    shown = [ticket(f"SEA-{n}", f"Paint buoy number {n} before winter", priority="Blocker") for n in range(tickets)]
    news = News(merged=tuple(pulls), said=(), board=board(*shown), day="24 November")
    assert len(mail_of(news, FORM).split()) <= MOST_WORDS


def test_the_post_is_the_mail_without_greeting_and_sign_off() -> None:
    assert post_of(MAIL, subject="Monthly report, for you first").splitlines() == [
        "**Monthly report**",
        "**Live:** a lighthouse.",
        "**Under way:** a buoy.",
        "**Risks:** fog.",
        "**Coming:** more fog.",
    ]
