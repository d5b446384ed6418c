"""What the tests of parameter memory's store share."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from memory.database import Database
from memory.ids import PersonId
from memory.parameters.evidence import How, Kind, Occasion, PastCall, Value
from memory.parameters.store import Asked, Done, ParameterMemory
from memory.parameters.suggestion import Suggestion

REN, JAMAL, FAR = PersonId("T1:UREN"), PersonId("T1:UJAMAL"), PersonId("T10:UREN")
"""Two of a workspace, and one of another whose name is the first one's."""
TOOL = "create_ticket"
KINDS: Mapping[str, Kind] = {"project": "one", "type": "one", "labels": "set"}
BEGAN = 1_795_000_000.0
"""A moment in November 2026."""
TABLES = ("parameter_evidence", "parameter_rows", "parameter_aliases", "parameter_events")


def call(number: int, how: How = "chose", /, **values: Value) -> PastCall:
    return PastCall(
        id=f"t{number}:c1",
        occasion=Occasion(at=BEGAN + number * 60, place="C1", type="pinyon"),
        values=values,
        how=dict.fromkeys(values, how),
    )


def done(number: int, person: PersonId = REN, *, how: How = "chose", tool: str = TOOL, **values: Value) -> Done:
    return Done(person=person, tool=tool, kinds=KINDS, call=call(number, how, **values))


def asked(
    person: PersonId = REN,
    missing: Sequence[str] = ("project",),
    *,
    number: int = 10_000,
    tool: str = TOOL,
    team: bool = True,
    **given: Value,
) -> Asked:
    return Asked(
        person=person,
        tool=tool,
        kinds=KINDS,
        occasion=Occasion(at=BEGAN + number * 60, place="C1", type="pinyon"),
        missing=missing,
        given=given,
        team=team,
    )


async def project(memory: ParameterMemory, person: PersonId = REN, *, number: int = 10_000) -> Suggestion | None:
    return (await memory.suggest(asked(person, number=number))).get("project")


async def holding(database: Database, words: str) -> list[str]:
    """The tables of the memory in which `words` stand anywhere."""
    found: list[str] = []
    async with database.engine.connect() as connection:
        for table in TABLES:
            statement = text(f"SELECT count(*) FROM {table} AS one WHERE one::text ILIKE :words")  # noqa: S608
            if await connection.scalar(statement, {"words": f"%{words}%"}):
                found.append(table)
    return found


async def rows(database: Database, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    async with database.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(statement), values)]
