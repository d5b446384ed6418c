"""The models in memory: in step with the database, bounded, and let go of in time."""

import pytest

from memory.database import Database
from memory.ids import WorkspaceId
from memory.parameters.evidence import Evidence
from memory.parameters.models import FRESH, Models, clear
from memory.parameters.predict import Model
from tests.memory.parameters.storing import KINDS, REN, TOOL, done, rows

TEAM = WorkspaceId("T1")


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def read(models: Models, tool: str = TOOL) -> Model:
    async with models.reading(REN, tool, KINDS) as (model, _):
        return model


async def learn(models: Models, number: int = 1, tool: str = TOOL, *, breaks: bool = False) -> None:
    async with models.learning(TEAM, tool, KINDS) as (_, model):
        model.learn(done(number, project="INFRA").call, REN, Evidence())
        if breaks:
            raise RuntimeError


async def test_a_model_is_read_once_and_then_only_what_changed(database: Database) -> None:
    here, there = Models(database), Models(database)
    await learn(here)
    model = await read(there)
    assert model.used_by(REN) == {"project": {"INFRA"}}
    async with here.learning(TEAM, TOOL, KINDS) as (_, changed):
        changed.forget(REN, "project", ["INFRA"])
    assert await read(there) is model
    assert model.used_by(REN) == {}


async def test_a_model_that_was_not_used_for_an_hour_is_read_anew(database: Database) -> None:
    clock = Clock()
    models = Models(database, clock=clock)
    model = await read(models)
    clock.seconds = FRESH - 1
    assert await read(models) is model
    clock.seconds = 2 * FRESH
    assert await read(models) is not model


async def test_a_process_holds_as_many_rows_as_it_may_and_the_model_in_use(database: Database) -> None:
    models = Models(database, held=1)
    await learn(models)
    model = await read(models)
    assert await read(models) is model
    await learn(models, tool="another")
    assert await read(models) is not model


async def test_a_model_that_fails_while_it_learns_is_read_anew(database: Database) -> None:
    models = Models(database)
    model = await read(models)
    with pytest.raises(RuntimeError):
        await learn(models, breaks=True)
    assert await read(models) is not model
    assert (await read(models)).used_by(REN) == {}
    assert await rows(database, "SELECT count(*) FROM parameter_rows") == [(0,)]


async def test_a_model_that_does_not_bound_itself_is_not_written(database: Database) -> None:
    with pytest.raises(OverflowError, match="rows"):
        await learn(Models(database, rows=1))
    assert await rows(database, "SELECT count(*) FROM parameter_rows") == [(0,)]


async def test_after_a_workspace_ended_no_process_knows_its_models(database: Database) -> None:
    here, there = Models(database), Models(database)
    await learn(here)
    await read(there)
    async with database.engine.begin() as connection:
        await clear(connection, TEAM)
    for models in (here, there, Models(database)):
        assert (await read(models)).used_by(REN) == {}
    assert await rows(database, "SELECT count(body) FROM parameter_rows") == [(0,)]
    await learn(there, 2)
    assert (await read(here)).used_by(REN) == {"project": {"INFRA"}}


async def test_the_name_of_a_row_does_not_outlive_it(database: Database) -> None:
    """A name may hold a value; what stays of a row that went is a hash."""
    models = Models(database)
    await learn(models)
    assert await rows(database, "SELECT count(*) FROM parameter_rows WHERE key ILIKE '%infra%'") == [(0,)]
    assert await rows(database, "SELECT DISTINCT length(key) FROM parameter_rows") == [(32,)]


async def test_who_only_forgets_uses_the_kinds_that_were_learned_with(database: Database) -> None:
    await learn(Models(database))
    async with Models(database).learning(TEAM, TOOL, {}) as (_, model):
        assert model.kinds == KINDS
