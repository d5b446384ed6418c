"""What is shown of issues, and what is left out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.github.models import Comment, Issue, MergedAt, User
from skills.issues import shown

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ISSUE = Issue(
    number=7,
    title="Slow",
    user=User(login="ren", id=1),
    state="open",
    html_url="https://github.com/o/r/issues/7",
    repository_url="https://api.github.com/repos/o/r",
    created_at=NOW - timedelta(days=2),
    updated_at=NOW,
    comments=0,
)


def comment(number: int, text: str = "word") -> Comment:
    at = NOW + timedelta(minutes=number)
    return Comment(id=number, user=None, created_at=at, html_url=f"https://github.com/o/r/issues/7#{number}", body=text)


def talk(said: Sequence[Comment], issue: Issue = ISSUE) -> tuple[list[Any], str]:
    """The comments that are shown, and the note about the others."""
    read = shown.in_full(issue, repository="o/r", comments=said, pulls=None)
    assert isinstance(read["comments"], list)
    return read["comments"], str(read["note"])


@settings(max_examples=25, derandomize=True)
@given(st.lists(st.integers(0, 3_000), max_size=40))
def test_of_a_long_talk_the_newest_is_kept_in_its_order(lengths: list[int]):
    comments, note = talk([comment(number, "x" * length) for number, length in enumerate(lengths)])
    left_out = len(lengths) - len(comments)
    assert [each["id"] for each in comments] == list(range(left_out, len(lengths)))
    assert sum(len(str(each)) for each in comments) <= shown.MAX_TALK
    assert note == (f"Cut: {left_out} older comments are left out." if left_out else "")


def test_a_deleted_account_has_a_name():
    assert talk([comment(1)])[0][0]["by"] == "ghost"


def test_more_comments_than_are_read_are_counted():
    assert talk([comment(1)], replace(ISSUE, comments=310))[1] == "309 newer comments are not read: open the link."


def test_a_merged_pull_request_is_said_to_be_merged():
    assert replace(ISSUE, state="closed", pull_request=MergedAt(merged_at=NOW)).standing == "merged"


def test_a_closed_issue_says_how_where_github_tells():
    closed = replace(ISSUE, state="closed")
    assert closed.standing == "closed"
    assert replace(closed, state_reason="not_planned").standing == "closed (not_planned)"
