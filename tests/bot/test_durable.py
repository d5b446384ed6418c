"""Turns run once, in order, and to their end, whatever became of the worker that began them."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.durable import TRIES, Durable, step
from memory.database import Database
from memory.ids import ConversationId, TurnId, WorkspaceId
from memory.turns import NewTurn, Turns
from memory.workers import Workers

DEAD_AFTER = 0.5
"""Seconds; the least that the setting allows."""


@dataclass(kw_only=True)
class Room:
    """What runs turns here: it works a little, then closes them."""

    database: Database
    began: list[str] = field(default_factory=list[str])
    worked: list[str] = field(default_factory=list[str])
    told: list[str] = field(default_factory=list[str])
    ended: list[str] = field(default_factory=list[str])
    """The workers that ended themselves."""
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    breaks: bool = False

    async def run(self, turn: TurnId) -> None:
        self.began.append(turn)
        await step("work", self._work, turn)
        await self.may_end.wait()
        if self.breaks:
            raise ValueError("broken")
        await Turns(self.database).finish(turn, "answered")

    async def _work(self, turn: TurnId) -> str:
        self.worked.append(turn)
        return "worked"

    async def give_up(self, turn: TurnId) -> None:
        self.told.append(turn)
        if self.breaks:
            raise ValueError("nobody to be found")
        await Turns(self.database).finish(turn, "failed")

    @asynccontextmanager
    async def worker(self, name: str = "w1", *, slots: int = 8) -> AsyncGenerator[Durable]:
        """A worker that takes turns, and leaves at the end without waiting for them."""
        durable = Durable(
            self.database, worker=name, slots=slots, dead_after=DEAD_AFTER, end=lambda: self.ended.append(name)
        )
        await durable.start(self.run, on_stop=lambda _: None, on_tick=self._tick, give_up=self.give_up)
        try:
            yield durable
        finally:
            await durable.drain(0)

    async def _tick(self) -> None: ...

    async def accept(self, name: str, *, thread: str = "", not_before: datetime | None = None) -> TurnId:
        await Turns(self.database).record(
            NewTurn(
                id=TurnId(name),
                workspace=WorkspaceId("T1"),
                person="T1:U1",
                conversation=ConversationId(thread or name),
                message="{}",
                not_before=not_before,
            )
        )
        return TurnId(name)

    async def set(self, turn: TurnId, **columns: object) -> None:
        """Let a turn stand as a dead worker left it."""
        setting = ", ".join(f"{name} = :{name}" for name in columns)
        async with self.database.engine.begin() as connection:
            await connection.execute(text(f"UPDATE turns SET {setting} WHERE id = :id"), {**columns, "id": turn})  # noqa: S608  names of columns, from this file

    async def state(self, turn: TurnId) -> str:
        return (await Turns(self.database).load(turn)).state

    async def becomes(self, turn: TurnId, state: str) -> None:
        async with asyncio.timeout(8):
            while await self.state(turn) != state:  # noqa: ASYNC110  the database sets no event
                await asyncio.sleep(0.02)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(8):
        while not holds():  # noqa: ASYNC110  a list sets no event
            await asyncio.sleep(0.02)


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database=database)


async def test_an_accepted_turn_is_run_once_and_closed(room: Room) -> None:
    room.may_end.set()
    async with room.worker() as durable:
        turn = await room.accept("a")
        durable.wake()
        await room.becomes(turn, "answered")
    assert room.began == room.worked == ["a"]


async def test_the_next_turn_of_a_conversation_waits_for_the_one_before(room: Room) -> None:
    async with room.worker() as durable:
        first, second = await room.accept("1", thread="t"), await room.accept("2", thread="t")
        durable.wake()
        await until(lambda: room.worked == ["1"])
        assert await room.state(second) == "queued"
        room.may_end.set()
        await room.becomes(second, "answered")
    assert (room.began, await room.state(first)) == (["1", "2"], "answered")


async def test_no_more_turns_are_taken_than_there_are_slots(room: Room) -> None:
    async with room.worker(slots=2) as durable:
        for name in "abcd":
            await room.accept(name)
        durable.wake()
        await until(lambda: room.worked)
        await asyncio.sleep(0.2)
        assert len(room.began) == durable.running == 1  # a quarter of the slots, rounded up, is left to others
        room.may_end.set()
        await room.becomes(TurnId("d"), "answered")
    assert sorted(room.began) == list("abcd")


async def test_a_turn_whose_worker_left_goes_on_elsewhere_without_repeating_its_steps(room: Room) -> None:
    async with room.worker("w1") as durable:
        turn = await room.accept("a")
        durable.wake()
        await until(lambda: room.worked)
        await asyncio.sleep(0.2)
    assert await room.state(turn) == "admitted"
    room.may_end.set()
    async with room.worker("w2"):
        await room.becomes(turn, "answered")
    assert (room.began, room.worked) == (["a", "a"], ["a"])


async def test_a_turn_whose_worker_died_before_it_could_start_it_is_run(room: Room) -> None:
    room.may_end.set()
    turn = await room.accept("a")
    await room.set(turn, state="admitted", worker="dead")
    async with room.worker():
        await room.becomes(turn, "answered")
    assert room.began == ["a"]


async def test_a_turn_that_was_to_stop_when_its_worker_died_is_run_so_that_it_can_say_so(room: Room) -> None:
    room.may_end.set()
    turn = await room.accept("a")
    await room.set(turn, state="stopping", worker="dead")
    async with room.worker():
        await room.becomes(turn, "answered")
    assert room.began == ["a"]


async def test_a_turn_that_kills_one_worker_after_the_other_is_given_up_and_its_person_is_told(room: Room) -> None:
    turn = await room.accept("a")
    await room.set(turn, state="admitted", worker="dead", attempts=TRIES)
    async with room.worker():
        await room.becomes(turn, "failed")
    assert (room.began, room.told) == ([], ["a"])


async def test_a_turn_that_kills_even_whoever_tells_of_it_is_closed_without_a_word(room: Room) -> None:
    turn = await room.accept("a")
    await room.set(turn, state="admitted", worker="dead", attempts=TRIES + 1)
    async with room.worker():
        await room.becomes(turn, "failed")
    assert (room.began, room.told) == ([], [])


async def test_when_nobody_can_be_told_the_turn_is_closed_all_the_same(room: Room) -> None:
    room.breaks = True
    turn = await room.accept("a")
    await room.set(turn, state="admitted", worker="dead", attempts=TRIES)
    async with room.worker():
        await room.becomes(turn, "failed")
    assert room.told == ["a"]


async def test_a_turn_for_later_begins_at_its_time_and_not_before(room: Room) -> None:
    room.may_end.set()
    async with room.worker() as durable:
        turn = await room.accept("a", not_before=datetime.now(UTC) + timedelta(seconds=0.6))
        durable.wake()
        await asyncio.sleep(0.3)
        assert await room.state(turn) == "queued"
        await room.becomes(turn, "answered")


async def test_draining_waits_for_what_runs_takes_nothing_new_and_leaves_the_roll(room: Room) -> None:
    async with room.worker() as durable:
        running = await room.accept("a")
        durable.wake()
        await until(lambda: room.worked)
        draining = asyncio.create_task(durable.drain(5))
        await asyncio.sleep(0.1)
        late = await room.accept("b")
        durable.wake()
        await asyncio.sleep(0.2)
        assert not draining.done()
        room.may_end.set()
        await draining
        assert (await room.state(running), await room.state(late)) == ("answered", "queued")
        assert await Workers(room.database).alive() == set()


async def test_a_worker_that_was_declared_dead_ends_itself(room: Room) -> None:
    async with room.worker("w1"):
        await Workers(room.database).leave("w1")
        await until(lambda: room.ended)
    assert set(room.ended) == {"w1"}


async def test_a_silent_worker_is_declared_dead_but_not_before_its_time(room: Room) -> None:
    workers = Workers(room.database)
    async with room.worker("w1"):
        await workers.enter("silent", 4)
        await asyncio.sleep(DEAD_AFTER / 2)
        assert await workers.has("silent")
        async with asyncio.timeout(5):
            while await workers.has("silent"):  # noqa: ASYNC110  the database sets no event
                await asyncio.sleep(0.05)
        assert await workers.has("w1")
