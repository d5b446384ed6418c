"""What a call lacks, as questions on one card; and the call going on with what the person answered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import JsonValue, TypeAdapter

from bot.messages import Question
from bot.pending import QUESTION, QuestionBody
from bot.provenance import norm
from bot.toolbox.fill import LEAVE_BLANK, Answers, Begun, Filled, Need
from bot.toolbox.given import BLANKS
from bot.toolbox.spelled import listed, people_in
from memory.ids import CallId, PendingId, TurnId
from memory.parameters.evidence import Kind
from memory.pending import PendingItem
from skills.skill import Tool

ASKED_ALREADY = (
    "Not made yet: the person is being asked for the same values for another call. Make this call again when that one"
    " has its result."
)
BEGUN: TypeAdapter[Begun] = TypeAdapter(Begun)
_MOST_WORDS = 75
"""Characters of a button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A call that waited for values, and what the person answered."""

    turn: TurnId
    call: CallId
    tool: str
    begun: Begun


def questions_for(tool: Tool, filled: Filled) -> list[QuestionBody]:
    """One question for each value that the call lacks."""
    held = BEGUN.dump_json(filled.begun).decode()
    about = next((str(value) for name in tool.payload if (value := filled.arguments.get(name))), "")
    return [_question(tool, need, about=about[:_MOST_ABOUT], held=held) for need in filled.needs]


_MOST_ABOUT = 250


def _question(tool: Tool, need: Need, *, about: str, held: str) -> QuestionBody:
    choices = {words[:_MOST_WORDS]: value for words, value in need.choices}
    return QuestionBody(
        question=Question(
            pending=PendingId(""),
            ask=need.ask,
            about=about,
            choices=tuple(choices),
            field=need.field,
            label=need.label,
            why=need.why,
        ),
        tool=tool.name,
        parameter=need.parameter,
        phrase=need.phrase,
        within=need.within,
        values=tuple(json.dumps(value) for value in choices.values()),
        held=held,
    )


def held_calls(items: Sequence[PendingItem], tools: Mapping[str, Tool]) -> list[Held]:
    """The calls of which every question is answered."""
    by_call: dict[CallId, list[PendingItem]] = {}
    for item in items:
        if item.kind == "question" and QUESTION.validate_json(item.body).tool in tools:
            by_call.setdefault(item.call, []).append(item)
    return [
        _held(asked, tools)
        for asked in by_call.values()
        if all(one.state == "answered" and one.reason for one in asked)
    ]


def _held(items: Sequence[PendingItem], tools: Mapping[str, Tool]) -> Held:
    bodies = [QUESTION.validate_json(item.body) for item in items]
    tool = tools[bodies[0].tool]
    values: dict[str, JsonValue] = {}
    phrases: dict[str, Sequence[str]] = {}
    for item, body in zip(items, bodies, strict=True):
        if body.parameter:
            values[body.parameter] = _value(body, item.reason or "", tool)
        else:
            phrases[norm(body.phrase)] = people_in(item.reason or "")
    begun = BEGUN.validate_json(bodies[0].held)
    before = begun.answers
    answers = Answers(
        values={**before.values, **values},
        phrases={**before.phrases, **phrases},
        always=(*before.always, *(body.parameter for body in bodies if body.always and body.parameter)),
        words={**before.words, **_words(values, items, bodies)},
    )
    return Held(turn=items[0].turn, call=items[0].call, tool=tool.name, begun=replace(begun, answers=answers))


def _words(
    values: Mapping[str, JsonValue], items: Sequence[PendingItem], bodies: Sequence[QuestionBody]
) -> dict[str, str]:
    """Value → the words on its button, where these say more."""
    tapped = [(values.get(body.parameter), item.reason or "") for item, body in zip(items, bodies, strict=True)]
    return {value: said for value, said in tapped if isinstance(value, str) and value in said and value != said}


def _value(body: QuestionBody, answer: str, tool: Tool) -> JsonValue:
    """The value behind an answer: of the choice that was tapped, or as it was written."""
    if answer in body.question.choices:
        return _JSON.validate_json(body.values[body.question.choices.index(answer)])
    if norm(answer) in {*BLANKS, norm(LEAVE_BLANK)}:
        return None
    kind: Kind = tool.remembered_kinds.get(body.parameter, "one")
    if kind == "set":
        return list[JsonValue](listed(answer))
    return int(answer) if body.question.field == "number" and answer.strip().isdecimal() else answer.strip()


_JSON: TypeAdapter[Any] = TypeAdapter(Any)
