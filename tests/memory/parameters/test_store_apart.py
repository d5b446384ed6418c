"""What one person does never becomes another's, whatever happens in between."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from memory.database import Database
from memory.ids import PersonId
from memory.parameters import edits
from memory.parameters.evidence import Evidence, Occasion, PastCall, Value
from memory.parameters.predict import Model
from memory.parameters.store import ParameterMemory
from memory.parameters.suggestion import Suggestion
from tests.memory.parameters.storing import BEGAN, FAR, JAMAL, KINDS, REN, TOOL, asked, done

PEOPLE = (REN, JAMAL, FAR)
PARAMETERS = ("project", "type", "labels")


def own_value(person: PersonId, parameter: str, number: int) -> Value:
    """A value that names whose it is."""
    value = f"{person}-{parameter}-{number % 4}"
    return (value,) if parameter == "labels" else value


def shown(found: dict[str, Suggestion]) -> Iterator[str]:
    for one in found.values():
        for value in (one.value, *one.others):
            yield from value if isinstance(value, tuple) else () if value is None else (str(value),)


def occasion(chance: random.Random, number: int) -> Occasion:
    words = frozenset(chance.sample(range(8), 3))
    return Occasion(at=BEGAN + number * 60, place=chance.choice(("C1", "C2", "")), type="pinyon", words=words)


@pytest.mark.parametrize("seed", range(4))
def test_two_peoples_values_never_cross_in_10_000_interleavings(seed: int) -> None:
    """mem_cross: 4 times 2,500 steps of two people of one workspace, on the model alone."""
    chance = random.Random(seed)  # noqa: S311
    model, evidence = Model(KINDS), {REN: Evidence(), JAMAL: Evidence()}
    for number in range(2_500):
        person = chance.choice((REN, JAMAL))
        parameter = chance.choice(PARAMETERS)
        value = own_value(person, parameter, chance.randrange(4))
        match chance.randrange(12):
            case 0:
                evidence[person] = edits.corrected(evidence[person], parameter, value, BEGAN + number * 60)
            case 1:
                decided = chance.choice(("always", "never", None))
                evidence[person] = edits.told(evidence[person], parameter, decided, value, BEGAN + number * 60)
            case 2:
                forgotten = {call.values[parameter] for call in evidence[person].calls if parameter in call.values}
                evidence[person] = edits.forgotten(evidence[person], parameter)
                model.forget(person, parameter, forgotten)
            case 3 | 4 | 5 | 6:
                values = {name: own_value(person, name, chance.randrange(4)) for name in PARAMETERS}
                call = PastCall(id=str(number), occasion=occasion(chance, number), values=values)
                evidence[person] = model.learn(call, person, evidence[person])
            case _:
                found = model.suggest(occasion(chance, number), person, evidence[person], PARAMETERS, {})
                assert all(value.startswith(person) for value in shown(found))


async def test_nor_do_they_in_the_database_with_two_processes_and_a_namesake_elsewhere(database: Database) -> None:
    """mem_cross"""
    chance = random.Random(1)  # noqa: S311
    processes = [ParameterMemory(database), ParameterMemory(database)]
    for number in range(150):
        memory, person = chance.choice(processes), chance.choice(PEOPLE)
        parameter = chance.choice(PARAMETERS)
        value = own_value(person, parameter, chance.randrange(4))
        match chance.randrange(8):
            case 0:
                await memory.correct(person, TOOL, parameter, value, at=BEGAN + number * 60)
            case 1:
                await memory.forget(person, TOOL, parameter)
            case 2:
                await memory.tell(person, TOOL, parameter, chance.choice(("always", "")), value, at=BEGAN)
            case 3 | 4 | 5:
                one = done(number, person)
                values = {name: own_value(person, name, chance.randrange(4)) for name in PARAMETERS}
                await memory.learn(replace(one, call=replace(one.call, values=values)))
            case _:
                found = await memory.suggest(replace(asked(person, number=number), missing=PARAMETERS))
                assert all(one.startswith(person) for one in shown(found))
    for person in PEOPLE:
        for evidence in (await processes[0].of(person)).values():
            for call in evidence.calls:
                assert all(str(value).strip("('").startswith(person) for value in call.values.values())
