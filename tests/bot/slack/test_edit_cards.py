"""The dialog in which a waiting write is changed."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import EditForm, Field
from bot.slack.blocks import View
from bot.slack.cards import at_fields, edit_modal, read_edits
from memory.ids import PendingId
from playground.slack.forms import fill, state_of
from tests.bot.slack.card_rules import check, ours
from tests.bot.slack.card_samples import design, nasty, values

quick = settings(max_examples=80, derandomize=True, deadline=None)

CHOICES = (("squash", "Squash"), ("rebase", "Rebase"))
TO = Field(name="to", label="To", kind="list", value=("a@tamarack.example", "b@tamarack.example"))
FIELDS = (
    TO,
    Field(name="subject", label="Subject", kind="line", value="Product update", most=250),
    Field(name="body", label="Text", kind="text", value="One\ntwo"),
    Field(name="method", label="Method", kind="choice", value="squash", choices=CHOICES),
    Field(name="silent", label="Without mails", kind="flag", value="yes"),
    Field(name="size", label="Size", kind="number", value="3"),
    Field(name="day", label="Day", kind="date", value="2026-11-24"),
    Field(name="at", label="At", kind="time", value="11:00", optional=True),
)


def form(*fields: Field) -> EditForm:
    return EditForm(pending=PendingId("p_7f3k"), title="Edit before sending", fields=fields)


def sent(view: View, **entered: Any) -> View:
    """`view` as Slack sends it once it was submitted."""
    return {**view, "state": state_of(view, fill(view, entered))}


def elements(view: View) -> dict[str, dict[str, Any]]:
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def test_the_dialog_looks_as_designed():
    expected = design("modal-edit")
    body = expected["blocks"][2]["element"]["initial_value"]
    to = ("design-lead@tamarack.example", "sales-lead@tamarack.example")
    fields = (
        Field(name="to", label="To", kind="list", value=to),
        Field(name="subject", label="Subject", kind="line", value="Product update, week 47", most=250),
        Field(name="body", label="Text", kind="text", value=body),
    )
    assert edit_modal(form(*fields)) == expected


def test_every_kind_of_value_has_its_field():
    view = edit_modal(form(*FIELDS))
    check(view)
    assert {name: element["type"] for name, element in elements(view).items()} == {
        "to": "plain_text_input",
        "subject": "plain_text_input",
        "body": "plain_text_input",
        "method": "static_select",
        "silent": "radio_buttons",
        "size": "number_input",
        "day": "datepicker",
        "at": "timepicker",
    }


def test_what_nobody_touched_comes_back_as_it_was():
    view = sent(edit_modal(form(*FIELDS)))
    assert read_edits(view, FIELDS) == {field.name: field.value for field in FIELDS}


def test_what_was_entered_is_read():
    view = sent(
        edit_modal(form(*FIELDS)),
        to="a@tamarack.example\n\n c@tamarack.example, d@tamarack.example",
        subject="Week 48",
        body="",
        method="rebase",
        silent="no",
        size="4.5",
        day="2026-11-25",
        at=None,
    )
    assert read_edits(view, FIELDS) == {
        "to": ("a@tamarack.example", "c@tamarack.example", "d@tamarack.example"),
        "subject": "Week 48",
        "body": "",
        "method": "rebase",
        "silent": "",
        "size": "4.5",
        "day": "2026-11-25",
        "at": "",
    }


def test_an_entry_of_a_list_may_hold_commas_as_long_as_it_stays():
    labels = Field(name="labels", label="Labels", kind="list", value=("red, urgent", "web"))
    view = sent(edit_modal(form(labels)), labels="red, urgent\nweb\nnew, other")
    assert read_edits(view, (labels,)) == {"labels": ("red, urgent", "web", "new", "other")}


@pytest.mark.parametrize("value", ["one\r\ntwo", " padded ", "ends\n"])
def test_what_slack_does_to_a_text_is_no_change_of_the_person(value: str):
    """Slack trims what is entered, and writes every line's end its own way."""
    field = Field(name="body", label="Text", kind="text", value=value)
    view = sent(edit_modal(form(field)), body=value.replace("\r\n", "\n").strip())
    assert read_edits(view, (field,)) == {"body": value}


def test_a_text_longer_than_a_field_is_named_and_not_cut():
    long = Field(name="body", label="Text", kind="text", value="x" * 4_812)
    view = edit_modal(form(long, TO))
    check(view)
    assert list(elements(view)) == ["to"]
    assert "Too long to be edited here: 4,812 characters, and a field takes 3,000." in ours(view)
    assert read_edits(sent(view), (long, TO)) == {"to": TO.value}


def test_a_dialog_without_fields_cannot_be_sent():
    view = edit_modal(form(Field(name="body", label="Text", kind="text", value="x" * 4_812)))
    check(view)
    assert "submit" not in view


@pytest.mark.parametrize("value", ["a\u202eb", "a\u200bb", "pay\U000e0041load"])
def test_what_a_field_would_hide_is_not_made_the_persons_words(value: str):
    """appr_unicode: what is saved counts as said by the person, so a field holds nothing that they cannot see."""
    view = edit_modal(form(Field(name="body", label="Text", kind="text", value=f"Fine. {value}"), TO))
    check(view)
    assert list(elements(view)) == ["to"]
    assert "Holds characters that a field does not show" in ours(view)


@pytest.mark.parametrize(
    "value", ["t\u0430marack/web", "lead@b\u00fccher.example", "a@b.example\nc@d.example", "a\u00a0b"]
)
def test_a_target_that_looks_like_another_is_not_made_the_persons_words(value: str):
    """appr_unicode"""
    view = edit_modal(form(Field(name="place", label="Place", kind="line", value=value), TO))
    check(view)
    assert list(elements(view)) == ["to"]


@pytest.mark.parametrize("value", ["Done ⚠️ 👩‍💻", "Größe, 山田, Дмитрий", "tamarack/web #482"])
def test_a_line_in_any_alphabet_can_be_edited(value: str):
    assert list(elements(edit_modal(form(Field(name="title", label="Title", kind="line", value=value))))) == ["title"]


def test_an_emoji_with_its_joiners_hides_nothing():
    assert list(elements(edit_modal(form(Field(name="body", label="Text", kind="text", value="Done ⚠️ 👩‍💻"))))) == [
        "body"
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("date", "next Tuesday"), ("time", "11:00+01:00"), ("number", "about 3"), ("date", "2026-13-01")],
)
def test_a_value_that_its_picker_does_not_take_is_edited_as_it_is_written(kind: Any, value: str):
    view = edit_modal(form(Field(name="when", label="When", kind=kind, value=value)))
    assert elements(view)["when"]["type"] == "plain_text_input"
    assert elements(view)["when"]["initial_value"] == value


def test_more_choices_than_slack_takes_are_not_offered_in_part():
    many = tuple((str(n), str(n)) for n in range(101))
    view = edit_modal(form(Field(name="board", label="Board", kind="choice", value="1", choices=many)))
    check(view)
    assert "Has too many choices to be edited here." in ours(view)


def test_a_problem_stands_at_its_field_and_else_at_the_first():
    view = edit_modal(form(TO, Field(name="body", label="Text", kind="text", value="x" * 4_000)))
    assert at_fields(view, {"to": "No address."}) == {"to": "No address."}
    assert at_fields(view, {"to": "No address.", "body": "Too long."}) == {"to": "No address. Too long."}


anything = st.builds(
    Field,
    name=st.just("one"),
    label=st.just("To"),
    kind=st.sampled_from(("line", "text", "list", "choice", "flag", "number", "date", "time")),
    value=st.one_of(nasty, st.lists(nasty, max_size=3).map(tuple)),
    choices=st.lists(st.tuples(nasty, nasty), max_size=3, unique=True).map(tuple),
    most=st.sampled_from((250, 3_000, 40_000)),
    optional=st.booleans(),
    hint=st.sampled_from(("", "Addresses")),
)


@quick
@given(st.lists(anything, max_size=3))
def test_whatever_stands_in_it_a_dialog_keeps_the_rules_and_gives_back_what_it_was(drawn: list[Field]):
    """appr_spoof, appr_unicode"""
    fields = [replace(one, name=f"f{number}") for number, one in enumerate(drawn)]
    view = edit_modal(form(*fields))
    check(view)
    read = read_edits(sent(view), fields)
    assert set(read) == set(elements(view))
    assert all(read[one.name] == one.value for one in fields if one.name in read and one.kind not in ("flag", "choice"))
    shown = values(view)
    assert all(one.label in shown for one in fields)
