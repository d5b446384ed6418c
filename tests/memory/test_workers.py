"""Who is alive; and that the dead can write nothing more."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from memory.database import Database
from memory.direct import DirectConnection
from memory.ids import CallId, ConversationId, TurnId
from memory.ledger import Intent, Ledger
from memory.workers import Fenced, beat, fence, lead, running_without_worker, still_leads, take_over
from tests.memory.queueing import PERSON, Queue


@pytest.fixture
async def queue(database: Database) -> AsyncIterator[Queue]:
    queue = Queue(database)
    await queue.enter(4, 4)
    yield queue
    await queue.close()


async def silence(queue: Queue, worker: str) -> None:
    await queue.sql("UPDATE workers SET beat = clock_timestamp() - interval '9 s' WHERE id = :id", id=worker)


async def test_the_roll_holds_who_entered_and_has_not_left(queue: Queue) -> None:
    assert await queue.workers.alive() == {"w1", "w2"}
    await queue.workers.leave("w2")
    assert await queue.workers.alive() == {"w1"}
    assert not await queue.workers.has("w2")


async def test_the_silent_are_buried_and_the_others_are_not(queue: Queue) -> None:
    await silence(queue, "w1")
    assert await queue.workers.bury() == 1
    assert await queue.workers.alive() == {"w2"}


async def test_how_long_silence_may_last_is_a_value(queue: Queue) -> None:
    await silence(queue, "w1")
    assert await queue.workers.bury(dead_after=30) == 0


async def test_a_heartbeat_keeps_a_worker_alive_and_counts_the_living(queue: Queue) -> None:
    connection = DirectConnection(queue.database.url, name="w1")
    await silence(queue, "w1")
    assert await beat(connection, "w1") == 2
    assert await queue.workers.bury() == 0
    await queue.workers.leave("w1")
    assert await beat(connection, "w1") == 0
    await connection.close()


async def test_the_slots_of_a_worker_that_drains_do_not_count(queue: Queue) -> None:
    await queue.workers.close("w1")
    for n in range(8):
        await queue.ask(f"1.{n}", conversation=f"T1:C{n}:1")
    assert len(await queue.admit(worker="w2")) == 3


async def test_the_buried_are_fenced_out_of_every_write(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.admit(worker="w1")
    await silence(queue, "w1")
    await queue.workers.bury()
    intent = Intent(
        turn=TurnId("1.1"),
        call=CallId("c0"),
        tool="write_note",
        effect="write",
        arguments="{}",
        verdict="approved",
        account=None,
    )
    with pytest.raises(Fenced):
        await Ledger(queue.database, "w1").begin(intent)
    with pytest.raises(Fenced):
        await queue.turns.claim(TurnId("1.1"), "w1")
    assert not await Ledger(queue.database, "w2").knows(TurnId("1.1"), CallId("c0"))


async def test_a_write_is_entered_before_the_burial_or_refused(queue: Queue) -> None:
    await silence(queue, "w1")
    async with queue.database.engine.begin() as connection:
        await fence(connection, "w1")
        burying = asyncio.create_task(queue.workers.bury())
        await asyncio.sleep(0.05)
        assert not burying.done()
    assert await burying == 1


async def test_a_fence_does_not_stop_the_heart(queue: Queue) -> None:
    direct = DirectConnection(queue.database.url, name="w1")
    async with queue.database.engine.begin() as connection:
        await fence(connection, "w1")
        async with asyncio.timeout(2):
            assert await beat(direct, "w1") == 2
    await direct.close()


async def test_one_leads_at_a_time(queue: Queue) -> None:
    async with queue.database.engine.begin() as first, queue.database.engine.begin() as second:
        assert await lead(first)
        assert not await lead(second)
        await still_leads(first)
    async with queue.database.engine.begin() as third:
        assert await lead(third)


async def test_the_turns_of_the_dead_are_found_oldest_first(queue: Queue) -> None:
    for n in range(4):
        await queue.ask(f"1.{n}", conversation=f"T1:C{n}:1")
    await queue.admit(2, worker="w2")
    await queue.admit(2, worker="w1")
    await queue.turns.stop(await conversation_of(queue, "1.0"), PERSON)
    await queue.workers.leave("w2")
    async with queue.database.engine.begin() as connection:
        assert await running_without_worker(connection) == ["1.0", "1.1"]
    await queue.turns.finish(TurnId("1.0"), "stopped")
    await queue.turns.disown(TurnId("1.2"))
    async with queue.database.engine.begin() as connection:
        assert await running_without_worker(connection) == ["1.1", "1.2"]


async def conversation_of(queue: Queue, turn: str) -> ConversationId:
    [row] = await queue.sql("SELECT conversation FROM turns WHERE id = :id", id=turn)
    return ConversationId(row.conversation)


async def test_take_overs_are_counted_while_the_turn_is_open(queue: Queue) -> None:
    await queue.ask("1.1")
    assert await take_over(queue.database, TurnId("1.1")) == 0
    await queue.admit()
    assert [await take_over(queue.database, TurnId("1.1")) for _ in range(3)] == [1, 2, 3]
    assert (await queue.turns.load(TurnId("1.1"))).attempts == 3
    await queue.turns.finish(TurnId("1.1"), "failed")
    assert await take_over(queue.database, TurnId("1.1")) == 0
