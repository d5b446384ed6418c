"""What the model is shown of pull requests, and how they stand."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.github.models import Branch, ChangedFile, Check, Comment, Pull, Review, Team, User
from skills.pull_requests import shown
from skills.pull_requests.standing import checks_said, verdicts, waits_for

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
REN, OSKAR = User(login="ren", id=1), User(login="oskar", id=2)
GREEN = (Check(name="test", outcome="green"),)


def pull(
    *,
    draft: bool = False,
    mergeable: bool = True,
    asked: tuple[User, ...] = (),
    teams: tuple[Team, ...] = (),
    merged: bool = False,
) -> Pull:
    return Pull(
        number=7,
        title="Fix the door",
        user=None,
        state="closed" if merged else "open",
        html_url="https://github.com/o/r/pull/7",
        created_at=NOW,
        updated_at=NOW,
        head=Branch(ref="door", sha="abc"),
        base=Branch(ref="main", sha="def"),
        commits=1,
        additions=1,
        deletions=0,
        changed_files=1,
        draft=draft,
        mergeable=mergeable,
        merged=merged,
        requested_reviewers=asked,
        requested_teams=teams,
    )


def review(user: User | None, state: str) -> Review:
    return Review(id=1, user=user, state=state)


def changed(name: str, lines: list[str] | None) -> ChangedFile:
    patch = None if lines is None else "\n".join(lines)
    return ChangedFile(filename=name, status="modified", additions=len(lines or []), deletions=0, patch=patch)


# How it stands


def test_a_later_comment_leaves_a_verdict_standing():
    assert verdicts([review(REN, "APPROVED"), review(REN, "COMMENTED")]) == {"ren": "APPROVED"}


def test_a_later_verdict_replaces_and_a_dismissal_removes_it():
    told = [review(REN, "CHANGES_REQUESTED"), review(REN, "APPROVED"), review(None, "APPROVED")]
    assert verdicts(told) == {"ren": "APPROVED", "ghost": "APPROVED"}
    assert verdicts([*told, review(REN, "DISMISSED")]) == {"ghost": "APPROVED"}


def test_an_approved_green_one_waits_for_nothing():
    assert waits_for(pull(), [review(REN, "APPROVED")], GREEN) == ["nothing: approved by ren, checks green"]


def test_requested_changes_wait_for_the_author_until_a_new_review_is_asked_for():
    told = [review(REN, "CHANGES_REQUESTED")]
    assert waits_for(pull(), told, GREEN) == ["changes that ren requested"]
    assert waits_for(pull(asked=(REN,)), told, GREEN) == ["a new review by ren"]


def test_everything_that_is_missing_is_named():
    checks = (*GREEN, Check(name="lint", outcome="failing"), Check(name="slow", outcome="running"))
    found = waits_for(pull(draft=True, mergeable=False, asked=(OSKAR,), teams=(Team(slug="core"),)), [], checks)
    assert found == [
        "its author: it is a draft",
        "its author: it conflicts with main",
        "a review by oskar",
        "a review by the team core",
        "checks failing (lint)",
    ]


def test_without_any_reviewer_it_says_so():
    assert waits_for(pull(), [], ()) == ["a reviewer: nobody is asked"]


def test_a_merged_one_waits_for_nothing_at_all():
    assert waits_for(pull(merged=True), [], GREEN) == []


def test_checks_are_said_in_a_few_words():
    assert checks_said(None) == "checks not readable"
    assert checks_said(()) == "no checks"
    assert checks_said((Check(name="test", outcome="running"),)) == "checks running (test)"


# The diff


def test_a_small_diff_is_whole():
    diff = shown.cut([changed("a.py", ["+one", "+two"])], changed=1)
    assert diff.note == ""
    assert diff.files == [{"path": "a.py", "status": "modified", "additions": 2, "deletions": 0, "diff": "+one\n+two"}]


def test_a_large_diff_is_cut_and_says_what_is_missing():
    diff = shown.cut([changed("big.py", ["+x"] * 5_000), changed("a.py", ["+y"])], changed=340)
    assert diff.note == "The diff is cut: 4,600 lines in 1 file are not shown. 338 more changed files are not listed."
    assert "+y" in str(diff.files[1])
    assert "4,600 more lines of this diff are not shown." in str(diff.files[0])


def test_a_file_without_a_diff_says_why():
    renamed = ChangedFile(filename="b", status="renamed", additions=0, deletions=0, previous_filename="a")
    huge = ChangedFile(filename="c", status="modified", additions=90_000, deletions=0)
    diff = shown.cut([renamed, huge], changed=2)
    assert "renamed, binary or empty" in str(diff.files[0])
    assert "too large" in str(diff.files[1])


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.sampled_from([3, 80, 5_000])).map(
            lambda size: changed("f", ["+" + "x" * size[1]] * size[0])
        ),
        max_size=12,
    )
)
def test_every_line_is_shown_or_counted_and_the_whole_stays_small(files: list[ChangedFile]):
    diff = shown.cut(files, changed=len(files))
    texts = [str(file["diff"]) for file in diff.files if isinstance(file, dict) and "diff" in file]
    kept = sum(text.count("\n") + 1 for text in texts)
    there = sum(len(file.patch.split("\n")) for file in files if file.patch)
    missing = int(diff.note.split()[4].replace(",", "")) if diff.note else 0
    assert kept + missing == there
    assert sum(map(len, texts)) <= shown.MAX_DIFF
    assert kept <= shown.MAX_LINES


# The talk


def test_of_a_long_discussion_the_newest_is_shown():
    comments = [
        Comment(id=n, user=REN, created_at=NOW + timedelta(minutes=n), html_url="", body="word " * 300)
        for n in range(100)
    ]
    content = shown.discussion(pull(), repository="o/r", comments=comments, line_comments=(), reviews=(), checks=None)
    kept = content["comments"]
    assert isinstance(kept, list)
    last = kept[-1]
    assert isinstance(last, dict)
    assert last["id"] == 99
    assert content["note"] == f"Cut: {100 - len(kept)} older entries are left out."
    assert content["checks"] == "not readable for this account"


def test_a_long_text_says_how_much_is_missing():
    assert shown.shortened("x" * 2_500, 1_000).endswith("… (1,500 more characters)")
    assert shown.excerpt("  two\nlines ", 20) == "two lines"
    assert len(shown.excerpt("x" * 90, 20)) == 20
