"""What a person decides about their memory counts at once, and for good."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from memory.database import Database
from memory.parameters.evidence import Evidence
from memory.parameters.store import ParameterMemory
from tests.memory.parameters.storing import (
    BEGAN,
    FAR,
    JAMAL,
    REN,
    TOOL,
    asked,
    done,
    holding,
    project,
    rows,
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime.fromtimestamp(BEGAN, UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(database: Database, clock: Clock) -> ParameterMemory:
    return ParameterMemory(database, now=clock)


async def evidence(memory: ParameterMemory) -> Evidence:
    return (await memory.of(REN))[TOOL]


async def used(memory: ParameterMemory, key: str, times: int = 14) -> None:
    for number in range(times):
        await memory.learn(done(number, project=key))


async def test_a_corrected_board_never_comes_back_in_100_later_calls(
    memory: ParameterMemory, database: Database
) -> None:
    for person in (REN, JAMAL):
        for number in range(14):
            await memory.learn(done(number, person, project="INFRA"))
    await memory.correct(REN, TOOL, "project", "WEB", at=BEGAN + 20 * 60)
    for number in range(30, 130):
        found = await project(memory if number % 2 else ParameterMemory(database), number=number)
        assert found
        assert (found.value, found.fill) == ("WEB", True)
        assert "INFRA" not in found.others
        await memory.learn(done(number, how="remembered", project=found.value))
        await memory.learn(done(number, JAMAL, project="INFRA"))


async def test_a_corrected_board_does_not_come_back_when_they_then_use_a_third(memory: ParameterMemory) -> None:
    await used(memory, "INFRA")
    await memory.correct(REN, TOOL, "project", "WEB", at=BEGAN + 20 * 60)
    for number, key in enumerate(("TRAIL", "WEB", "TRAIL", "DOCS", "WEB"), start=30):
        found = await project(memory, number=number)
        assert found
        assert "INFRA" not in (found.value, *found.others)
        await memory.learn(done(number, project=key))


async def test_a_pin_that_is_changed_stays_a_pin(memory: ParameterMemory) -> None:
    await memory.tell(REN, TOOL, "project", "always", "INFRA", at=1.0)
    await memory.correct(REN, TOOL, "project", "WEB", at=2.0)
    told = (await evidence(memory)).told["project"]
    assert (told.standing, told.value) == ("always", "WEB")


async def test_a_correction_is_taken_back_once_and_within_a_day(memory: ParameterMemory, clock: Clock) -> None:
    await used(memory, "INFRA", 3)
    before = await evidence(memory)
    change = await memory.correct(REN, TOOL, "project", "WEB", at=BEGAN)
    assert (await evidence(memory)).told["project"].value == "WEB"
    assert await memory.take_back(JAMAL, change) is None
    assert await memory.take_back(REN, "c_one") is None
    taken = await memory.take_back(REN, change)
    assert taken
    assert (taken.tool, taken.parameter, taken.after) == (TOOL, "project", "WEB")
    after = await evidence(memory)
    assert (after.calls, after.told, after.retired) == (before.calls, before.told, before.retired)
    assert await memory.take_back(REN, change) is None
    late = await memory.correct(REN, TOOL, "project", "WEB", at=BEGAN)
    clock.now += timedelta(hours=25)
    assert await memory.take_back(REN, late) is None


async def test_two_taps_on_undo_at_the_same_moment_take_back_once(
    memory: ParameterMemory, database: Database, clock: Clock
) -> None:
    await used(memory, "INFRA", 2)
    change = await memory.correct(REN, TOOL, "project", "WEB", at=BEGAN)
    others = [ParameterMemory(database, now=clock) for _ in range(4)]
    taken = await asyncio.gather(*(one.take_back(REN, change) for one in others))
    assert sum(one is not None for one in taken) == 1
    assert "project" not in (await evidence(memory)).told


async def test_only_the_last_correction_can_be_taken_back(memory: ParameterMemory) -> None:
    await used(memory, "INFRA", 3)
    first = await memory.correct(REN, TOOL, "project", "WEB", at=BEGAN)
    second = await memory.correct(REN, TOOL, "project", "TRAIL", at=BEGAN)
    assert await memory.take_back(REN, first) is None
    assert await memory.take_back(REN, second)
    assert (await evidence(memory)).told["project"].value == "WEB"


async def test_what_was_learned_after_a_correction_stays_when_it_is_taken_back(memory: ParameterMemory) -> None:
    await used(memory, "INFRA", 2)
    change = await memory.correct(REN, TOOL, "project", "WEB", at=BEGAN)
    await memory.learn(done(9, project="WEB"))
    await memory.take_back(REN, change)
    assert [call.values["project"] for call in (await evidence(memory)).calls] == ["WEB", "INFRA", "INFRA"]


async def everything(memory: ParameterMemory) -> None:
    """All the ways in which a value gets into the database."""
    words = {"SECRETBOARD": "Secretboard words"}
    for number in range(40):
        labels = ("a", "secretlabel") if number % 2 else ("a",)
        one = done(number, how="chose", project="SECRETBOARD" if number % 3 else "INFRA", type="Bug", labels=labels)
        values = {**one.call.values, "assignee|SECRETBOARD": "ren"}
        one = replace(one, call=replace(one.call, values=values))
        await memory.learn(replace(one, words=words, asked=["project", "assignee|SECRETBOARD"]))
        await memory.learn(done(number, JAMAL, project="INFRA", type="Bug", labels=("a",)))
    await memory.correct(REN, TOOL, "project", "INFRA", at=BEGAN + 1)
    await memory.correct(REN, TOOL, "project", "SECRETBOARD", at=BEGAN + 2)
    await memory.tell(REN, TOOL, "project", "always", "SECRETBOARD", at=3.0)


async def test_after_forget_nothing_of_it_is_in_the_database(memory: ParameterMemory, database: Database) -> None:
    await everything(memory)
    assert await holding(database, "secretboard") == ["parameter_evidence", "parameter_rows", "parameter_events"]
    assert await memory.forget(REN, TOOL, "project") == 2
    assert await holding(database, "secretboard") == []
    assert await holding(database, "secretlabel") != []
    assert await project(memory) is None or (await project(memory)).value == "INFRA"  # pyright: ignore[reportOptionalMemberAccess]
    assert await memory.forget(REN, TOOL, "labels") == 1
    assert await holding(database, "secretlabel") == []


async def test_after_forgetting_a_tool_nothing_of_it_is_in_the_database(
    memory: ParameterMemory, database: Database
) -> None:
    await everything(memory)
    assert await memory.forget(REN, TOOL) == 4
    assert await memory.of(REN) == {}
    assert await holding(database, "secret") == []
    assert len((await memory.of(JAMAL))[TOOL].calls) == 32


async def test_after_forgetting_everything_the_model_does_not_know_who_they_are(
    memory: ParameterMemory, database: Database
) -> None:
    await everything(memory)
    await memory.learn(done(1, tool="another", project="SECRETBOARD"))
    assert await memory.forget_everything(REN) == 5
    assert await memory.forget_everything(REN) == 0
    assert await holding(database, "secret") == []
    assert await rows(database, "SELECT count(*) FROM parameter_rows WHERE body LIKE '%UREN%'") == [(0,)]
    assert await holding(database, REN) == ["parameter_events"], "the figures stay, without any value"


async def test_a_value_that_left_the_remembered_calls_is_forgotten_too(
    memory: ParameterMemory, database: Database
) -> None:
    await memory.learn(done(0, project="SECRETBOARD"))
    for number in range(1, 40):
        await memory.learn(done(number, project="INFRA"))
    assert await holding(database, "secretboard") == ["parameter_rows"]
    await memory.forget(REN, TOOL, "project")
    assert await holding(database, "secretboard") == []


async def test_another_process_forgets_with_the_next_question(memory: ParameterMemory, database: Database) -> None:
    other = ParameterMemory(database)
    for number in range(3):
        await other.learn(done(number, project="SECRETBOARD"))
        await other.learn(done(number, JAMAL, project="INFRA"))
    await memory.forget(REN, TOOL, "project")
    assert await project(other) is None
    await other.learn(done(7, project="INFRA"))
    await other.learn(done(8, JAMAL, project="WEB"))
    assert await holding(database, "secretboard") == []


async def test_what_three_people_use_is_shown_to_others_and_hidden_from_guests(memory: ParameterMemory) -> None:
    """mem_cross"""
    people = [type(REN)(f"T1:U{number}") for number in range(3)]
    for number, person in enumerate(people):
        assert await project(memory) is None
        for again in range(4):
            await memory.learn(done(number * 10 + again, person, project="INFRA"))
    found = await project(memory)
    assert found
    assert (found.value, found.proven) == ("INFRA", False)
    assert await memory.suggest(asked(team=False)) == {}
    assert await project(memory, FAR) is None


async def test_a_forgotten_value_is_not_hidden_from_those_who_use_it(memory: ParameterMemory) -> None:
    for person in (REN, JAMAL):
        for number in range(3):
            await memory.learn(done(number, person, project="INFRA"))
    await memory.forget(REN, TOOL, "project")
    found = await project(memory, JAMAL)
    assert found
    assert found.value == "INFRA"


async def test_marks_of_what_went_are_deleted_after_a_day(memory: ParameterMemory, database: Database) -> None:
    await memory.learn(done(1, project="INFRA"))
    await memory.forget(REN, TOOL)
    [(count,)] = await rows(database, "SELECT count(*) FROM parameter_rows WHERE body IS NULL")
    assert count
    now = datetime.now(UTC)
    await memory.prune(now=now)
    assert await rows(database, "SELECT count(*) FROM parameter_rows WHERE body IS NULL") == [(count,)]
    await memory.prune(now=now + timedelta(hours=25))
    assert await rows(database, "SELECT count(*) FROM parameter_rows WHERE body IS NULL") == [(0,)]
    await memory.learn(done(2, project="WEB"))
    found = await project(memory)
    assert found
    assert found.value == "WEB"
