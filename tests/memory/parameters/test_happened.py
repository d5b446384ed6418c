"""The figures: how often was asked, filled in, corrected, and wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from memory.database import Database
from memory.ids import WorkspaceId
from memory.parameters.happened import Counts, Week
from memory.parameters.store import Done, ParameterMemory
from tests.memory.parameters.storing import FAR, JAMAL, REN, TOOL, done, rows

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""A Sunday."""
TEAM = WorkspaceId("T1")


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(database: Database, clock: Clock) -> ParameterMemory:
    return ParameterMemory(database, now=clock)


def ran(one: Done, at: datetime) -> Done:
    call = replace(one.call, occasion=replace(one.call.occasion, at=at.timestamp()))
    return replace(one, call=call)


async def filled(memory: ParameterMemory, number: int, at: datetime, key: str = "INFRA") -> None:
    one = replace(done(number, how="remembered", project=key), filled={"project": key})
    await memory.learn(ran(one, at))


async def this_week(memory: ParameterMemory) -> Counts:
    [week] = await memory.happened.weekly(TEAM, weeks=1, now=NOW)
    return week.tools[TOOL]


async def test_every_week_is_there_and_begins_on_a_monday(memory: ParameterMemory) -> None:
    await memory.learn(ran(done(1, project="INFRA"), NOW))
    await memory.learn(ran(done(2, JAMAL, project="INFRA"), NOW - timedelta(days=14)))
    await memory.learn(ran(done(3, JAMAL, project="INFRA"), NOW - timedelta(days=21)))
    await memory.learn(ran(done(4, FAR, project="INFRA"), NOW))
    assert await memory.happened.weekly(TEAM, weeks=3, now=NOW) == [
        Week(begins=date(2026, 11, 2), tools={TOOL: Counts(people=frozenset({JAMAL}), tasks=1)}),
        Week(begins=date(2026, 11, 9)),
        Week(begins=date(2026, 11, 16), tools={TOOL: Counts(people=frozenset({REN}), tasks=1)}),
    ]


async def test_what_was_asked_filled_in_and_changed_on_the_card_is_counted(memory: ParameterMemory) -> None:
    one = replace(
        done(1, project="WEB", type="Bug", labels=("a",)),
        asked=["labels"],
        filled={"project": "INFRA", "type": "Bug"},
    )
    await memory.learn(ran(one, NOW))
    assert await this_week(memory) == Counts(people=frozenset({REN}), tasks=1, asked=1, filled=2, corrected=1)
    assert await memory.happened.saved(REN) == (1, NOW)


async def test_a_value_that_is_changed_within_a_day_was_wrong(memory: ParameterMemory) -> None:
    await filled(memory, 1, NOW - timedelta(days=3))
    await filled(memory, 2, NOW - timedelta(hours=2))
    await memory.correct(REN, TOOL, "project", "WEB", at=NOW.timestamp())
    counted = await this_week(memory)
    assert (counted.filled, counted.corrected, counted.wrong) == (2, 1, 1)
    assert await memory.happened.saved(REN) == (1, NOW - timedelta(days=3))


async def test_a_value_that_is_changed_later_was_right_then(memory: ParameterMemory) -> None:
    await filled(memory, 1, NOW - timedelta(days=2))
    await memory.correct(REN, TOOL, "project", "WEB", at=NOW.timestamp())
    counted = await this_week(memory)
    assert (counted.filled, counted.corrected, counted.wrong) == (1, 1, 0)


async def test_a_correction_that_is_taken_back_was_none(memory: ParameterMemory) -> None:
    await filled(memory, 1, NOW - timedelta(hours=2))
    change = await memory.correct(REN, TOOL, "project", "WEB", at=NOW.timestamp())
    assert await memory.take_back(REN, change)
    counted = await this_week(memory)
    assert (counted.filled, counted.corrected, counted.wrong) == (1, 0, 0)


async def test_values_of_a_call_that_is_taken_back_within_a_day_were_wrong(memory: ParameterMemory) -> None:
    await filled(memory, 1, NOW - timedelta(days=2))
    await filled(memory, 2, NOW - timedelta(hours=2))
    for number in (1, 2):
        await memory.retract(REN, TOOL, f"t{number}:c1")
    counted = await this_week(memory)
    assert (counted.filled, counted.corrected, counted.wrong) == (2, 0, 1)
    assert await memory.happened.saved(REN) == (0, None)


async def test_own_records_that_were_read_are_in_no_figure(memory: ParameterMemory) -> None:
    await memory.learn(ran(done(1, how="own", project="INFRA"), NOW))
    assert await memory.happened.weekly(TEAM, weeks=1, now=NOW) == [Week(begins=date(2026, 11, 16))]


async def test_the_figures_of_one_person_are_theirs_alone(memory: ParameterMemory) -> None:
    await memory.learn(ran(done(1, project="INFRA"), NOW))
    await memory.learn(ran(done(2, JAMAL, project="INFRA"), NOW))
    [week] = await memory.happened.weekly(TEAM, weeks=1, now=NOW, person=JAMAL)
    assert week.tools == {TOOL: Counts(people=frozenset({JAMAL}), tasks=1)}
    assert len((await this_week(memory)).people) == 2


async def test_what_is_forgotten_stays_in_the_figures_without_its_value(
    memory: ParameterMemory, database: Database
) -> None:
    await filled(memory, 1, NOW)
    await memory.forget(REN, TOOL, "project")
    assert await memory.happened.saved(REN) == (1, NOW)
    assert await rows(database, "SELECT what, parameter FROM parameter_events WHERE what = 'forgotten'") == [
        ("forgotten", "project")
    ]


async def test_what_nobody_needs_any_more_is_deleted(memory: ParameterMemory, database: Database) -> None:
    await filled(memory, 1, NOW - timedelta(days=401))
    await filled(memory, 2, NOW - timedelta(days=2))
    await memory.correct(REN, TOOL, "project", "WEB", at=(NOW - timedelta(days=2)).timestamp())
    assert await rows(database, "SELECT count(*) FROM parameter_events WHERE before IS NOT NULL") == [(1,)]
    await memory.prune(now=NOW)
    assert await rows(database, "SELECT count(*), count(before), count(after) FROM parameter_events") == [(3, 0, 0)]
