"""What the model and the card are shown of files."""

from datetime import UTC, datetime, timedelta

import pytest

from documents.document import Part
from integrations.google.drive import Talk
from integrations.google.drive_models import Comment, File, Permission, Quoted, Reply, User
from skills.errors import RetryToolCall
from skills.files.shown import MAX_COMMENT, MAX_TALK, in_full, row, seen_by
from skills.readings import MAX_TEXT, Reading

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ADA = User(display_name="Ada", email_address="ada@b.example")
DOC = "application/vnd.google-apps.document"
PLAN = File(id="f", name="Plan", mime_type=DOC, modified_time=AT, last_modifying_user=ADA, owners=(ADA,))
NO_TALK = Talk(comments=(), more=False)


def text(length: int) -> Reading:
    return Reading(parts=(Part(place="", text="a" * length),))


def comment(number: int, words: str = "Fine", **others: object) -> Comment:
    return Comment(id=str(number), author=ADA, created_time=AT + timedelta(hours=number), content=words, **others)  # pyright: ignore[reportArgumentType]: a test's shorthand


def test_a_row_is_short():
    assert row(PLAN) == {
        "id": "f",
        "name": "Plan",
        "kind": "Google Doc",
        "owner": "Ada",
        "changed": "2026-11-20T09:00:00+00:00",
        "changed_by": "Ada",
        "link": None,
    }


def test_a_file_of_a_shared_drive_has_no_owner():
    assert row(File(id="f", name="x", mime_type="application/pdf"))["owner"] == "a shared drive"


def test_a_text_that_fits_has_no_note():
    assert in_full(PLAN, text(MAX_TEXT), NO_TALK)["note"] == ""


def test_a_long_text_is_cut_and_says_how_much():
    shown = in_full(PLAN, text(MAX_TEXT + 4_000), NO_TALK)
    assert len(str(shown["text"])) == MAX_TEXT
    assert shown["note"] == "The text is cut: these are 36,000 of 40,000 characters."


PAGES = Reading(parts=tuple(Part(place=f"page {n}", text=f"{n}" * 20_000) for n in (1, 2, 3)), facts="3 pages")


def test_a_long_file_says_where_it_goes_on():
    shown = in_full(PLAN, PAGES, NO_TALK)
    assert str(shown["text"]).startswith("[page 1]\n1")
    assert str(shown["note"]).endswith("It goes on with `place` 'page 2'.")
    assert shown["facts"] == "3 pages"


def test_a_long_file_is_read_on_from_a_place():
    shown = in_full(PLAN, PAGES, NO_TALK, place=" Page 3 ")
    assert str(shown["text"]).startswith("[page 3]\n3")
    assert shown["note"] == ""


def test_a_place_that_is_none_goes_back_to_the_model_with_those_there_are():
    with pytest.raises(RetryToolCall, match=r"no `place` 'page 9'\. Its places are: page 1, page 2, page 3\."):
        in_full(PLAN, PAGES, NO_TALK, place="page 9")


def test_what_could_not_be_read_is_told():
    video = File(id="f", name="x.mp4", mime_type="video/mp4")
    assert in_full(video, Reading(note="It is a video."), NO_TALK)["note"] == "It is a video."


def test_a_comment_has_what_it_is_about_and_its_replies():
    replies = (
        Reply(author=None, created_time=AT, content="Yes", action="resolve"),
        Reply(author=ADA, created_time=AT, content="", deleted=True),
    )
    said = comment(0, resolved=True, quoted_file_content=Quoted(value="Closures"), replies=replies)
    assert in_full(PLAN, text(1), Talk(comments=(said,), more=True))["comments"] == [
        {
            "by": "Ada",
            "at": "2026-11-20T09:00:00+00:00",
            "text": "Fine",
            "about": "Closures",
            "resolved": True,
            "replies": [{"by": "somebody", "at": "2026-11-20T09:00:00+00:00", "text": "Yes", "action": "resolve"}],
        }
    ]


def test_of_many_comments_the_newest_stay():
    talk = Talk(comments=tuple(comment(number, "x" * 3_000) for number in range(20)), more=True)
    shown = in_full(PLAN, text(1), talk)
    comments = shown["comments"]
    assert isinstance(comments, list)
    assert len(str(comments)) <= MAX_TALK + 2_000
    assert str(comments[-1]).startswith("{'by': 'Ada', 'at': '2026-11-21T04:00:00+00:00'")
    assert "x" * (MAX_COMMENT + 1) not in str(comments)
    assert shown["note"] == f"{20 - len(comments)} older comments are left out. There are more comments than were read."


def test_who_can_see_a_file_begins_with_the_widest():
    people = (
        Permission(id="1", type="user", role="owner", display_name="Ada"),
        Permission(id="2", type="group", role="commenter", email_address="team@b.example"),
        Permission(id="3", type="anyone", role="reader"),
    )
    assert seen_by(people) == "Now: anyone with the link can read, Ada owns it, team@b.example can comment"


def test_many_people_are_counted():
    people = tuple(Permission(id=str(n), type="user", role="reader", display_name=f"P{n}") for n in range(15))
    assert seen_by(people).endswith("P11 can read, and 3 more")


def test_whoever_may_not_know_who_sees_a_file_is_told_so():
    assert seen_by(None) == "You may not see who can open it now"
    assert seen_by(()) == "Nobody else can open it now"
