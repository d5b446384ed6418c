"""What a turn asks its person looks like, whatever the model wrote into it."""

import json
from dataclasses import replace
from typing import Any, Literal, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.harmless.visible import visible
from bot.messages import Question, QuestionCard, QuestionState
from bot.slack import cards
from bot.slack.cards import question_card, question_modal, read_answer, read_people
from memory.ids import PendingId
from playground.slack.forms import fill, state_of
from tests.bot.slack.card_rules import check, ours, walk
from tests.bot.slack.card_samples import EXPIRES, NOW, built, buttons, design, nasty, values

Kind = Literal["text", "number", "date", "time", "person", "people"]
KINDS: tuple[Kind, ...] = get_args(Kind)

quick = settings(max_examples=60, derandomize=True, deadline=None)


def question(number: int = 0, **changes: Any) -> Question:
    made = Question(
        pending=PendingId(f"p_{number}" if number else "p_7f3k"),
        ask="Which board should this ticket go to?",
        about="Rotate the staging certificates",
        choices=("Platform (INFRA)", "Storefront (WEB)"),
    )
    return replace(made, **changes)


def asked(number: int = 0, **changes: Any) -> QuestionState:
    return QuestionState(question=question(number, **changes))


def answered(
    number: int = 0, how: Any = "chose", answer: str = "Platform (INFRA)", memory: str = "", **changes: Any
) -> QuestionState:
    return replace(asked(number, **changes), outcome="answered", how=how, answer=answer, memory=memory)


def card_of(*items: QuestionState, asked_in: str = "") -> QuestionCard:
    return QuestionCard(items=items, expires=EXPIRES, reference="7F3K", asked_in=asked_in)


def shown(*items: QuestionState, asked_in: str = "") -> dict[str, Any]:
    return built(question_card(card_of(*items, asked_in=asked_in)))


# Against the designs


def test_one_question_looks_as_designed():
    assert shown(asked()) == design("question")


def test_two_questions_look_as_designed():
    team = asked(1, ask="Who is “the team” here?", about="", choices=("Platform, 6 people", "Storefront, 9 people"))
    long = asked(2, ask="How long?", about="", choices=("25 minutes", "50 minutes"))
    assert shown(team, long) == design("question-2")


def test_an_answered_question_looks_as_designed():
    assert shown(answered(ask="Which board?")) == design("question-answered")


def test_an_answer_that_may_be_used_always_says_so_after_it_was_given():
    label = answered(label="Board", memory="m_1")
    card = shown(label)
    check(card)
    assert "*Board* · _you chose_" in ours(card)
    assert {name: (node["action_id"], node["value"]) for name, node in buttons(card).items()} == {
        "Always use this": ("question.always", "p_7f3k"),
        "Change": ("question.change", "p_7f3k"),
    }


def test_an_answer_that_is_used_always_can_still_be_changed():
    card = shown(replace(answered(label="Board", memory="m_1"), is_always=True))
    check(card)
    assert "*Board* · _always, you set it_" in ours(card)
    assert list(buttons(card)) == ["Change"]


def test_each_of_several_answers_has_its_own_menu():
    items = [answered(n, label=label, memory=f"m_{n}") for n, label in ((1, "Board"), (2, "Labels"), (3, "Type"))]
    card = shown(items[0], replace(items[1], is_always=True), replace(items[2], memory=""))
    check(card)
    board, labels, kind = (block for block in card["blocks"] if "fields" in block)
    assert [option["value"] for option in board["accessory"]["options"]] == ["p_1:always", "p_1:change"]
    assert (labels["accessory"]["action_id"], labels["accessory"]["value"]) == ("question.change:1", "p_2")
    assert "accessory" not in kind


def test_nothing_is_offered_of_an_answer_while_another_question_waits():
    card = shown(answered(1, label="Board", memory="m_1"), asked(2))
    assert "always" not in str(card).lower()


def test_why_it_asks_stands_in_the_quiet_line():
    card = shown(asked(why="You used both lately, so I ask."))
    check(card)
    assert "You used both lately, so I ask. A typed reply works too." in ours(card)


def test_several_questions_about_one_thing_say_once_what_it_is():
    card = shown(asked(1), asked(2), asked(3, about="Renew the certificate"))
    assert values(card).count("“Rotate the staging certificates”") == 1
    assert values(card).count("“Renew the certificate”") == 1


# In every state


@pytest.mark.parametrize("outcome", ["waiting", "answered", "skipped", "expired", "moved_on"])
def test_a_question_keeps_the_rules_in_every_state(outcome: Any):
    for items in ([replace(asked(), outcome=outcome)], [asked(1), replace(asked(2), outcome=outcome)]):
        check(shown(*items))


def test_a_card_of_questions_is_a_card_like_any_other():
    assert cards.card_message(card_of(asked()), now=NOW) == question_card(card_of(asked()))


def test_each_answer_says_which_one_it_is():
    card = shown(asked())
    assert {label: node["value"] for label, node in buttons(card).items()} == {
        "Platform (INFRA)": "p_7f3k:0",
        "Storefront (WEB)": "p_7f3k:1",
        "Something else…": "p_7f3k",
    }


def test_a_question_without_choices_has_one_button():
    card = shown(asked(choices=()))
    check(card)
    assert list(buttons(card)) == ["Answer…"]


def test_at_most_five_answers_can_be_tapped():
    card = shown(asked(choices=tuple(f"Choice {n}" for n in range(9))))
    check(card)
    assert len(buttons(card)) == 6


def test_an_answer_too_long_for_its_button_stands_above_it_whole():
    long = "The board of the people who look after everything that runs in the two data centres in the north"
    card = shown(asked(choices=(long, "Storefront (WEB)")))
    check(card)
    assert f"1. {long}\n2. Storefront (WEB)" in values(card)


def test_what_is_answered_stays_on_the_card_while_the_rest_waits():
    card = shown(answered(1, ask="Which board?"), asked(2), asked(3))
    check(card)
    assert "*2 questions left, then I go on*" in ours(card)
    assert "*Which board?* · _you chose_" in ours(card)
    assert {node["value"] for node in buttons(card).values()} == {"p_3:0", "p_3:1", "p_3"}
    assert {node["action_id"] for _, node in walk(card["blocks"]) if "action_id" in node} == {
        f"question.{name}" for name in ("pick:1:0", "pick:1:1", "other:1", "pick:2:0", "pick:2:1", "other:2")
    }


def test_an_answer_in_other_words_is_the_persons_own():
    card = shown(answered(how="said", answer="<!channel> neither"))
    check(card)
    assert "_you said_" in ours(card)
    assert "<!channel> neither" in values(card)


def test_a_question_from_a_channel_says_which():
    assert "For your question in #platform" in values(shown(asked(), asked_in="platform"))


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        ("expired", "Expired. I did not go on. Ask me again, and I ask again."),
        ("moved_on", "Put aside, because you asked something new."),
        ("skipped", "Not answered, so I did not go on."),
    ],
)
def test_a_question_that_is_over_says_why_and_has_no_buttons(outcome: Any, text: str):
    card = shown(replace(asked(), outcome=outcome))
    assert card["text"] == text
    assert not buttons(card)


def test_forty_questions_make_one_message():
    """appr_fatigue"""
    card = shown(*(asked(n, ask=f"Number {n}?" + "x" * 900) for n in range(1, 41)))
    check(card)
    assert "*40 questions, then I go on*" in ours(card)
    assert "more, after these" in ours(card)


def test_a_second_answer_hears_of_the_first():
    note = built(cards.answered_already(answered(answer="<@U1> Platform")))
    check(note)
    assert note["text"] == "You answered this already."
    assert "<@U1>" not in ours(note)


def test_what_is_no_question_does_not_look_like_a_headline_of_ours():
    """appr_spoof"""
    card = shown(asked(ask="Comment posted"))
    assert "Comment posted" not in ours(card)
    assert "Comment posted" in values(card)


# The dialog


@pytest.mark.parametrize("kind", KINDS)
def test_another_answer_has_a_field_of_the_right_kind(kind: Kind):
    view = question_modal(question(field=kind))
    check(view)
    elements = {"text": "plain_text_input", "number": "number_input", "date": "datepicker", "time": "timepicker"}
    elements |= {"person": "users_select", "people": "multi_users_select"}
    assert view["blocks"][0]["element"]["type"] == elements[kind]
    assert view["blocks"][0]["label"]["text"] == "Which board should this ticket go to?"
    assert (view["callback_id"], view["private_metadata"]) == ("question.said", "p_7f3k")


@pytest.mark.parametrize(
    ("kind", "entered", "read"),
    [
        ("text", " neither \n", "neither"),
        ("number", "2.5", "2.5"),
        ("date", "2026-11-24", "2026-11-24"),
        ("time", "11:00", "11:00"),
        ("person", "U123", ""),
        ("people", ["U123", "U124"], ""),
        ("people", [], ""),
        ("text", None, ""),
    ],
)
def test_what_was_entered_is_read(kind: Kind, entered: str | list[str] | None, read: str):
    view = question_modal(question(field=kind))
    view["state"] = state_of(view, fill(view, {"answer": entered}))
    assert read_answer(view) == read
    people = {"person": (entered,), "people": tuple(entered or ())}
    assert read_people(view) == people.get(kind, ())


# Words of the model

states = st.builds(
    QuestionState,
    question=st.builds(
        Question,
        pending=st.just(PendingId("p_1")),
        ask=nasty,
        about=nasty,
        choices=st.lists(nasty, max_size=7).map(tuple),
        field=st.sampled_from(KINDS),
    ),
    outcome=st.sampled_from(("waiting", "waiting", "answered", "skipped", "expired", "moved_on")),
    answer=nasty,
    how=st.sampled_from(("", "chose", "said")),
    memory=st.sampled_from(("", "m_1")),
    is_always=st.booleans(),
)


@st.composite
def questions(draw: st.DrawFn) -> QuestionCard:
    count = draw(st.sampled_from([1, 1, 2, 5, 40]))
    drawn = [draw(states) for _ in range(min(count, 5))]
    items = [
        replace(one, question=replace(one.question, pending=PendingId(f"p_{number}")))
        for number, one in enumerate((drawn * 8)[:count], start=1)
    ]
    return card_of(*items, asked_in=draw(nasty))


@quick
@given(questions())
def test_whatever_the_model_asks_a_card_keeps_the_rules(card: QuestionCard):
    """appr_spoof, appr_unicode, appr_fatigue"""
    message = built(question_card(card))
    check(message)
    assert not any("<" in text for text in (ours(message), message["text"]))
    for item in card.items[:5]:
        check(question_modal(item.question))


@quick
@given(questions())
def test_a_question_that_waits_can_be_answered(card: QuestionCard):
    waits = [item.question.pending for item in card.items if item.outcome == "waiting"]
    dumped = json.dumps(built(question_card(card)))
    assert not waits or f'"{waits[0]}"' in dumped


@quick
@given(nasty)
def test_no_word_of_the_model_reaches_the_lock_screen(value: str):
    """appr_spoof"""
    hostile = asked(ask=value, about=value, choices=(value,))
    for item in (hostile, answered(ask=value, answer=value), replace(hostile, outcome="expired")):
        assert value.strip() == "" or visible(value) not in question_card(card_of(item)).text.split(". ")
