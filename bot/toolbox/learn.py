"""Last wrapper: a call that ran is learned, as far as its values were the person's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from bot.durable import patiently
from bot.pending import began
from bot.toolbox.call import ACCOUNT, Call, Outcome, Wrapped
from bot.toolbox.declared import values
from bot.toolbox.draft import full_name
from bot.toolbox.given import as_value, is_blank
from bot.toolbox.recalling import Recalling
from memory.ids import PersonId, TurnId
from memory.parameters.aliases import Aliases
from memory.parameters.evidence import How, Kind, PastCall
from memory.parameters.lesson import Lesson, Meant
from memory.parameters.store import Done
from skills.skill import Habit

log = structlog.get_logger()


def learning(inner: Wrapped, recall: Recalling) -> Wrapped:
    """Run `inner`, and learn from what it did. Undone or failed calls teach nothing."""
    person = recall.here.person.id

    async def run(call: Call) -> Outcome:
        outcome = await inner(call)
        lesson = call.lesson
        if outcome.kind == "done" and lesson is not None:
            try:
                await _learn(call, lesson)
            except Exception:
                # What was done is done: nobody may hear that it failed because it was not learned.
                log.exception("a call was not learned", tool=call.tool.name)
        return outcome

    async def _learn(call: Call, lesson: Lesson) -> None:
        if lesson.asked:  # they may have said so since the question was answered
            always = await patiently(lambda: recall.always(call.turn, call.id))
            lesson = replace(lesson, always=(*lesson.always, *always))
        done = done_of(call, lesson, person)
        if done.call.values:
            await patiently(lambda: recall.memory.learn(done))
        for meant in lesson.meant:
            if meant.parameter in call.edited:
                continue  # whom they put there on the card is for this call
            await _keep(recall.aliases, person, meant, call, lesson)

    return run


def done_of(call: Call, lesson: Lesson, person: PersonId) -> Done:
    """What memory is told of a call that ran."""
    how: dict[str, How] = {**lesson.how, **dict.fromkeys(call.edited, "changed")}
    habits: Mapping[str, Habit] = {ACCOUNT: Habit(label="", ask=""), **call.tool.remembers}
    arguments: dict[str, Any] = {**call.arguments, **({ACCOUNT: call.account} if call.account else {})}
    kinds: dict[str, Kind] = {**call.tool.remembered_kinds, ACCOUNT: "one"}
    # What depends on a value that is not the person's is not theirs either, and its name would hold that value.
    taught = [name for name in how if name in habits and name in arguments and habits[name].within in {"", *how}]
    full = {name: full_name(habits[name], name, arguments) for name in taught}
    decided = [name for name in full if how[name] in ("chose", "changed")]
    return Done(
        person=person,
        tool=call.tool.name,
        kinds=kinds,
        call=PastCall(
            id=past_id(call.turn, call.id),
            occasion=lesson.occasion,
            values={
                full[name]: None if how[name] == "left" else as_value(arguments[name], kinds[name]) for name in full
            },
            how={full[name]: how[name] for name in full},
        ),
        orders=[full[name] for name in decided],
        twice=[full[name] for name in decided if habits[name].is_shaping and not is_blank(arguments[name])],
        always=[full[name] for name in lesson.always if name in full],
        words=lesson.words,
        asked=[full[name] for name in lesson.asked if name in full],
        filled={full[name]: as_value(value, kinds[name]) for name, value in lesson.filled.items() if name in full},
    )


def past_id(turn: str, call: str) -> str:
    """The id by which memory knows a call (`memory.parameters.evidence.PastCall`), whichever continuation ran it."""
    return f"{began(TurnId(turn))}:{call}"


async def _keep(aliases: Aliases, person: PersonId, meant: Meant, call: Call, lesson: Lesson) -> None:
    """Remember what the person's words stood for, as the service spells it."""
    if stood_for := _stood_for(meant, values(call.arguments.get(meant.parameter))):
        shown = ", ".join(lesson.words.get(one, one) for one in stood_for)
        await patiently(lambda: aliases.keep(person, meant.phrase, meant.kind, stood_for, shown=shown))


def _stood_for(meant: Meant, settled: Sequence[str]) -> Sequence[str]:
    return settled[meant.first : meant.first + meant.count] if len(settled) == meant.of else ()
