"""What the store learns from calls, from answers and from the person's own records."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy.exc import DataError

from memory.database import Database
from memory.parameters import kept
from memory.parameters.evidence import Evidence, Kind
from memory.parameters.kept import key_of
from memory.parameters.store import Done, ParameterMemory
from tests.memory.parameters.storing import JAMAL, KINDS, REN, TOOL, asked, call, done, holding, project, rows


@pytest.fixture
def memory(database: Database) -> ParameterMemory:
    return ParameterMemory(database)


async def evidence(memory: ParameterMemory) -> Evidence:
    return (await memory.of(REN))[TOOL]


async def test_nothing_is_known_at_first(memory: ParameterMemory) -> None:
    assert await memory.suggest(asked()) == {}
    assert await memory.of(REN) == {}
    assert await memory.forget(REN, TOOL) == 0


async def test_a_call_that_misses_nothing_asks_nothing_of_the_database() -> None:
    assert await ParameterMemory(None).suggest(asked(missing=())) == {}  # pyright: ignore[reportArgumentType]


async def test_what_somebody_used_is_suggested_to_them(memory: ParameterMemory) -> None:
    await memory.learn(done(1, project="INFRA"))
    found = await project(memory)
    assert found
    assert (found.value, found.proven) == ("INFRA", True)
    assert (await evidence(memory)).calls == (replace(call(1, project="INFRA"), id=key_of("t1:c1")),)


async def test_another_process_knows_it_at_once(memory: ParameterMemory, database: Database) -> None:
    other = ParameterMemory(database)
    await other.learn(done(1, project="WEB"))
    await memory.learn(done(2, project="INFRA"))
    await other.learn(done(3, project="INFRA"))
    found = [await project(one) for one in (memory, other, ParameterMemory(database))]
    assert found[0] == found[1] == found[2]
    assert found[0]
    assert found[0].value == "INFRA"


async def test_the_same_call_again_changes_nothing(memory: ParameterMemory, database: Database) -> None:
    await memory.learn(done(1, project="INFRA"))
    before = await rows(
        database, "SELECT * FROM parameter_evidence UNION ALL SELECT key, tool, body, gone_at FROM parameter_rows"
    )
    await memory.learn(done(1, project="WEB"))
    await ParameterMemory(database).learn(done(1, project="WEB"))
    after = await rows(
        database, "SELECT * FROM parameter_evidence UNION ALL SELECT key, tool, body, gone_at FROM parameter_rows"
    )
    assert before == after


async def test_calls_at_the_same_moment_are_all_learned(database: Database) -> None:
    processes = [ParameterMemory(database) for _ in range(3)]
    await asyncio.gather(*(processes[number % 3].learn(done(number, project="INFRA")) for number in range(9)))
    assert {one.id for one in (await evidence(processes[0])).calls} == {key_of(f"t{number}:c1") for number in range(9)}
    found = [await project(one) for one in (*processes, ParameterMemory(database))]
    assert all(one == found[0] for one in found)


async def test_a_call_that_could_not_be_kept_was_not_learned(memory: ParameterMemory, database: Database) -> None:
    await memory.learn(done(1, project="INFRA"))
    before = await project(memory)
    broken = replace(done(2, project="WEB"), asked=["proj\0ect"])
    with pytest.raises(DataError, match="NUL"):
        await memory.learn(broken)
    assert await project(memory) == before
    assert await rows(database, "SELECT count(*) FROM parameter_events") == [(1,)]
    await memory.learn(done(2, project="WEB"))
    assert len((await evidence(memory)).calls) == 2


async def test_values_that_no_table_can_hold_are_left_out(memory: ParameterMemory) -> None:
    await memory.learn(done(1, project="IN\0FRA", type="\ud800", labels=("a", "b\0")))
    await memory.learn(done(2, project="INFRA"))
    assert [one.values for one in (await evidence(memory)).calls] == [{"project": "INFRA"}, {}]


async def test_one_tap_counts_from_the_next_call_on(memory: ParameterMemory) -> None:
    await memory.learn(replace(done(1, project="INFRA"), orders=["project"]))
    found = await project(memory)
    assert found
    assert (found.value, found.fill, found.because.kind) == ("INFRA", True, "order")


async def test_a_tap_ends_when_they_choose_otherwise_and_who_varies_is_asked_again(memory: ParameterMemory) -> None:
    for number, key in enumerate(("INFRA", "WEB", "INFRA", "WEB")):
        await memory.learn(replace(done(number, project=key), orders=["project"]))
        assert ("project" in (await evidence(memory)).told) == (number == 0)
    found = await project(memory)
    assert found
    assert not found.fill


async def test_what_shapes_a_text_counts_from_the_second_time_on(memory: ParameterMemory) -> None:
    for number in (1, 2):
        await memory.learn(replace(done(number, project="INFRA"), orders=["project"], twice=["project"]))
        assert [*(await evidence(memory)).told] == ["project"] * (number - 1)


async def test_always_stays_whatever_is_used_for_once(memory: ParameterMemory) -> None:
    await memory.learn(replace(done(1, project="INFRA"), always=["project"]))
    for number in (2, 3, 4):
        await memory.learn(replace(done(number, project="WEB"), orders=["project"]))
    found = await project(memory)
    assert found
    assert (found.value, found.fill, found.because.kind) == ("INFRA", True, "always")


async def test_never_means_that_nothing_is_suggested_until_it_ends(memory: ParameterMemory) -> None:
    for number in range(4):
        await memory.learn(done(number, project="INFRA"))
    await memory.tell(REN, TOOL, "project", "never", None, at=1.0)
    assert await memory.never(REN, TOOL) == {"project"}
    assert await memory.never(JAMAL, TOOL) == frozenset()
    await memory.learn(replace(done(5, project="INFRA"), orders=["project"]))
    assert await project(memory) is None
    await memory.tell(REN, TOOL, "project", "", None, at=2.0)
    assert await memory.never(REN, TOOL) == frozenset()
    assert await project(memory)


async def test_words_are_kept_as_long_as_their_value_is(memory: ParameterMemory) -> None:
    await memory.learn(replace(done(1, project="INFRA"), words={"INFRA": "Platform (INFRA)", "WEB": "Storefront"}))
    assert await memory.words_of(REN, TOOL) == {"INFRA": "Platform (INFRA)"}
    await memory.forget(REN, TOOL, "project")
    assert await memory.words_of(REN, TOOL) == {}


async def test_own_records_teach_what_somebody_uses_but_make_nothing_their_own(memory: ParameterMemory) -> None:
    """mem_autofill"""
    old = [done(number, how="own", project="INFRA") for number in range(20)]
    assert await memory.learn_all(old) == 20
    assert await memory.learn_all(old) == 0
    assert await memory.learn_all([]) == 0
    found = await project(memory)
    assert found
    assert (found.value, found.proven) == ("INFRA", False)
    await memory.learn(done(21, project="INFRA"))
    found = await project(memory)
    assert found
    assert found.proven


async def test_what_was_read_in_own_records_can_be_forgotten_and_read_again(
    memory: ParameterMemory, database: Database
) -> None:
    own = [done(number, how="own", project=key) for number, key in enumerate(("OWNED", *["INFRA"] * 40))]
    own = [replace(one, call=replace(one.call, id=f"OWNED-{number}")) for number, one in enumerate(own)]
    await memory.learn_all(own)
    await memory.learn(done(50, project="INFRA"))
    await memory.learn_all([done(51, how="own", project="OWNED", type="Owned bug")])
    assert await memory.forget_own(REN, ["of nothing"]) == 0
    assert await memory.forget_own(REN, [TOOL]) == 2
    assert [one.id for one in (await evidence(memory)).calls] == [key_of("t50:c1")]
    assert await holding(database, "owned") == []
    assert await memory.learn_all(own) == 41
    assert await memory.forget_own(REN) == 1


async def test_own_records_say_nothing_against_what_was_decided(memory: ParameterMemory) -> None:
    await memory.learn(replace(done(1, project="INFRA"), orders=["project"]))
    await memory.learn_all([done(number, how="own", project="WEB") for number in range(2, 30)])
    found = await project(memory)
    assert found
    assert (found.value, found.because.kind) == ("INFRA", "order")


async def test_a_call_that_was_taken_back_teaches_nothing(memory: ParameterMemory, database: Database) -> None:
    """mem_poison"""
    await memory.learn(done(1, project="INFRA"))
    await memory.learn(replace(done(2, JAMAL, project="SECRET"), orders=["project"]))
    await memory.retract(JAMAL, TOOL, "t2:c1")
    await memory.retract(JAMAL, TOOL, "t2:c1")
    await memory.retract(JAMAL, TOOL, "of nobody")
    assert await memory.of(JAMAL) == {}
    assert await project(memory, JAMAL) is None
    await memory.learn(replace(done(2, JAMAL, project="SECRET"), orders=["project"]))
    assert await memory.of(JAMAL) == {}, "a replay of what was taken back"


async def test_a_person_has_at_most_24_tools_and_the_one_unused_longest_goes(memory: ParameterMemory) -> None:
    await memory.learn(replace(done(0, tool="pinned", project="INFRA"), always=["project"]))
    for number in range(30):
        await memory.learn(done(number + 1, tool=f"tool{number}", project="INFRA"))
    tools = set(await memory.of(REN))
    assert tools == {"pinned"} | {f"tool{number}" for number in range(30 - kept.TOOLS + 1, 30)}


async def test_a_parameter_that_a_new_version_of_a_tool_has_is_learned(
    memory: ParameterMemory, database: Database
) -> None:
    await memory.learn(done(1, project="INFRA"))
    wider: Mapping[str, Kind] = {**KINDS, "room": "one"}
    newer = ParameterMemory(database)
    await newer.learn(Done(person=REN, tool=TOOL, kinds=wider, call=call(2, project="INFRA", room="Oak")))
    found = await newer.suggest(replace(asked(missing=("project", "room")), kinds=wider))
    assert {name: one.value for name, one in found.items()} == {"project": "INFRA", "room": "Oak"}
    await memory.learn(done(3, project="INFRA"))
    assert await project(memory)


async def test_of_one_person_and_tool_at_most_8_kb_are_stored(memory: ParameterMemory, database: Database) -> None:
    for number in range(40):
        values = {f"labels|{number % 4}": tuple(f"label {number} {one} {'ä' * 5}" for one in range(20))}
        one = done(number, project="P" * 250, type=f"{number} {'ü' * 150}")
        words = {str(value): "w" * 300 for value in one.call.values.values()}
        await memory.learn(replace(one, call=replace(one.call, values={**one.call.values, **values}), words=words))
        await memory.correct(REN, TOOL, "type", f"corrected {number} {'é' * 150}", at=float(number))
    [(size,)] = await rows(database, "SELECT max(octet_length(body)) FROM parameter_evidence")
    assert size <= 8192
    assert len((await evidence(memory)).calls) >= 2
