"""The card of a turn's questions, and the dialog for an answer in one's own words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.harmless.visible import is_plain_words, visible
from bot.messages import Question, QuestionCard, QuestionState
from bot.slack.blocks import (
    FIELD,
    LABEL,
    SPOKEN,
    Block,
    Message,
    View,
    actions,
    button,
    context,
    field,
    modal,
    mrkdwn,
    overflow,
    phrase,
    plain,
    reference,
    said,
    section,
    words,
)
from bot.slack.cards.parts import first_fitting, origin_of_question

CHOICES = 5
"""Answers to tap; one more button leads to any other."""
_SIZES = (1_200, 300, 80)
"""Characters of one question that a card shows, the next one when it does not fit."""
ALWAYS = "always, you set it"
_HOW = {"chose": "you chose", "said": "you said"}
_FIELD: Mapping[str, Block] = {
    "text": {"type": "plain_text_input", "multiline": True, "max_length": 3_000},
    "number": {"type": "number_input", "is_decimal_allowed": True},
    "date": {"type": "datepicker"},
    "time": {"type": "timepicker"},
    "person": {"type": "users_select"},
    "people": {"type": "multi_users_select", "max_selected_items": 20},
}
_ANSWER = ("value", "selected_date", "selected_time")


def question_card(card: QuestionCard) -> Message:
    """The card as it stands. Every word of a question is the model's, and stands where nothing in it can act.

    The value of an answer's button is the question's pending id and the answer's place among the choices.
    """
    waiting = [item for item in card.items if item.outcome == "waiting"]
    over = [item for item in card.items if item.outcome != "waiting"]
    if not waiting and not any(item.outcome == "answered" for item in over):
        return _put_aside(card)
    blocks = first_fitting(_candidates(card, waiting, over))
    return Message(_fallback(len(waiting)), blocks)


def question_modal(question: Question) -> View:
    """Where an answer is written that is none of the choices.

    Submitting it is the callback `question.said`, for the pending id in `private_metadata`.
    """
    element = _FIELD[question.field] | {"action_id": "question.answer"}
    return modal(
        "Your answer",
        [field("answer", _cut(question.ask, LABEL), element)],
        identity=question.pending,
        submit="Answer",
        callback="question.said",
        close="Cancel",
    )


def read_answer(view: View) -> str:
    """What was entered in `question_modal`; nothing for people."""
    return next((str(value).strip() for key in _ANSWER if (value := _entered(view).get(key))), "")


def read_people(view: View) -> tuple[str, ...]:
    """Slack's ids of those who were chosen in `question_modal`."""
    entered = _entered(view)
    one: str | None = entered.get("selected_user")
    several: list[str] = entered.get("selected_users") or []
    return (one,) if one else tuple(several)


def _entered(view: View) -> dict[str, Any]:
    return view["state"]["values"].get("answer", {}).get("question.answer") or {}


def _candidates(
    card: QuestionCard, waiting: Sequence[QuestionState], over: Sequence[QuestionState]
) -> Iterator[list[Block]]:
    """From everything to one short question: what is left out comes up when this is answered."""
    for size in _SIZES:
        yield _blocks(card, waiting, over, size)
    for shown in range(len(waiting), 0, -1):
        yield _blocks(card, waiting[:shown], (), _SIZES[-1])
    yield _blocks(card, (), over[:CHOICES], _SIZES[-1])


def _blocks(
    card: QuestionCard, waiting: Sequence[QuestionState], over: Sequence[QuestionState], most: int
) -> list[Block]:
    blocks = [*origin_of_question(card), *_headline(card)]
    for item in over:
        blocks += _settled(item, most)
        blocks[-1] |= _menu_beside(card, item)
    about = ""
    for item in waiting:
        number = f":{card.items.index(item)}" if len(card.items) > 1 else ""
        # Several questions for one ticket say once which ticket.
        is_told, about = item.question.about == about, item.question.about
        blocks += _asked(replace(item.question, about="") if is_told else item.question, number, most)
    if later := _waiting(card) - len(waiting):
        blocks.append(context(mrkdwn(f"and {later} more, after these")))
    return [*blocks, *_value_row(card), context(*_terms(card))]


def _headline(card: QuestionCard) -> list[Block]:
    if len(card.items) == 1:
        return []
    match _waiting(card):
        case 0:
            return []
        case 1:
            return [section("*1 question left, then I go on*")]
        case waiting:
            left = "" if waiting == len(card.items) else " left"
            return [section(f"*{waiting} questions{left}, then I go on*")]


def _waiting(card: QuestionCard) -> int:
    return sum(item.outcome == "waiting" for item in card.items)


def _asked(question: Question, number: str, most: int) -> Iterator[Block]:
    ask = _cut(question.ask, most)
    # A question in bold looks like a card's first sentence, which is ours. What is no question cannot look like one.
    bold = is_plain_words(ask) and ask.endswith("?")
    yield section(f"*{words(ask)}*") if bold else said(ask)
    if about := _cut(question.about, most):
        yield said(f"“{about}”")
    choices = [visible(" ".join(choice.split())) or "(empty)" for choice in question.choices[:CHOICES]]
    if any(len(choice) > SPOKEN for choice in choices):
        yield said("\n".join(f"{number}. {_cut(choice, most)}" for number, choice in enumerate(choices, start=1)))
    yield actions(f"question:{question.pending}", _answers(question, number, choices))


def _answers(question: Question, number: str, choices: Sequence[str]) -> Iterator[Block]:
    pending = question.pending
    for index, choice in enumerate(choices):
        yield button(_cut(choice, SPOKEN), f"question.pick{number}:{index}", f"{pending}:{index}")
    label = "Something else…" if choices else "Answer…"
    yield button(label, f"question.other{number}", pending, style=None if choices or number else "primary")


def _settled(item: QuestionState, most: int) -> list[Block]:
    ask = _cut(_named(item.question), min(most, FIELD - 40)) or "Question"
    answer = _cut(item.answer, min(most, FIELD)) if item.outcome == "answered" else "Not answered"
    how = ALWAYS if item.is_always else _HOW.get(item.how, "")
    if is_plain_words(ask):
        label = mrkdwn(f"*{words(ask)}* · _{how}_" if how else f"*{words(ask)}*")
    else:
        label = plain(f"{ask} · {how}" if how else ask)
    return [{"type": "section", "fields": [label, plain(answer)]}]


def _menu_beside(card: QuestionCard, item: QuestionState) -> Block:
    """For one of several answers: what may become of it, once nothing waits any more. The first tap stays light."""
    if len(card.items) == 1 or not _is_kept(card, item):
        return {}
    number, pending = card.items.index(item), item.question.pending
    if item.is_always:
        return {"accessory": button("Change", f"question.change:{number}", pending)}
    choices = {"Always use this": f"{pending}:always", "Change…": f"{pending}:change"}
    return {"accessory": overflow(f"question.menu:{number}", choices)}


def _value_row(card: QuestionCard) -> list[Block]:
    """The same for the only answer, as buttons."""
    item, *others = card.items
    if others or not _is_kept(card, item):
        return []
    pending, label = item.question.pending, _cut(_named(item.question), LABEL)
    always = button("Always use this", "question.always", pending, spoken=f"Always use this: {label}")
    change = button("Change", "question.change", pending, spoken=f"Change: {label}")
    return [actions(f"question:{pending}", [change] if item.is_always else [always, change])]


def _is_kept(card: QuestionCard, item: QuestionState) -> bool:
    return bool(item.memory) and item.outcome == "answered" and not _waiting(card)


def _named(question: Question) -> str:
    """What an answer is an answer to: "Board", else the question itself."""
    return question.label or question.ask


def _terms(card: QuestionCard) -> Iterator[Block]:
    match _waiting(card):
        case 0:
            yield reference(card.reference)
            return
        case 1:
            yield mrkdwn(f"{_why(card)}A typed reply works too.")
        case waiting:
            every = "both" if waiting == 2 else "all"
            yield mrkdwn(f"I go on when {every} are answered. One typed reply can answer {every}.")
    yield mrkdwn("Waits 7 days")
    yield reference(card.reference)


def _why(card: QuestionCard) -> str:
    """Why the one question that waits is asked, in our words."""
    why = next(item.question.why for item in card.items if item.outcome == "waiting")
    return f"{words(why)} " if why else ""


def _fallback(waiting: int) -> str:
    match waiting:
        case 0:
            return "You answered, and I go on."
        case 1:
            return "I have a question. Reply in words, or tap an answer."
        case _:
            return f"{waiting} questions before I go on. Reply in words, or tap."


def _put_aside(card: QuestionCard) -> Message:
    outcomes = {item.outcome for item in card.items}
    if "moved_on" in outcomes:
        text = "Put aside, because you asked something new."
    elif "expired" in outcomes:
        text = "Expired. I did not go on. Ask me again, and I ask again."
    else:
        text = "Not answered, so I did not go on."
    headline, _, detail = text.partition(". ")
    line = f"*{headline}.*\n{detail}" if detail else f"*{headline}*"
    asks = [{"type": "section", "text": phrase(_cut(item.question.ask, _SIZES[1]))} for item in card.items[:CHOICES]]
    return Message(text, [*origin_of_question(card), section(line), *asks, context(reference(card.reference))])


def _cut(text: str, most: int) -> str:
    """`text` as one line of at most `most` characters, shortened where one sees it."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"
