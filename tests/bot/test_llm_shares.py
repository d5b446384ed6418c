"""How model calls are divided between workspaces."""

import asyncio
from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.llm.shares import Queue, Shares, Ticket
from memory.ids import WorkspaceId

A, B, C = WorkspaceId("T0A"), WorkspaceId("T0B"), WorkspaceId("T0C")


class World:
    """A queue with what a test knows of it."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.queue = Queue(slots)
        self.holding: list[Ticket] = []
        self.waiting: list[Ticket] = []

    def ask(self, workspace: WorkspaceId) -> None:
        self.waiting.append(self.queue.ask(workspace))
        self.settle()

    def leave(self, ticket: Ticket) -> None:
        (self.holding if ticket in self.holding else self.waiting).remove(ticket)
        self.queue.leave(ticket)
        self.settle()

    def held(self) -> Counter[WorkspaceId]:
        return Counter(ticket.workspace for ticket in self.holding)

    def settle(self) -> None:
        for ticket in self.queue.granted():
            held = self.held()
            poorest = min(held[other.workspace] for other in self.waiting)
            assert held[ticket.workspace] == poorest, "a slot went to a workspace that holds more than another"
            first = next(other for other in self.waiting if other.workspace == ticket.workspace)
            assert ticket is first, "a wish was served before an older one of its workspace"
            self.waiting.remove(ticket)
            self.holding.append(ticket)
        assert len(self.holding) <= self.slots
        assert not self.waiting or len(self.holding) == self.slots, "a slot is free and somebody waits"


STEPS = st.lists(st.one_of(st.sampled_from([A, B, C]), st.integers(0, 50)), max_size=120)


@settings(max_examples=150, derandomize=True)
@given(slots=st.integers(1, 6), steps=STEPS)
def test_nothing_is_kept_free_the_poorest_go_first_and_each_workspace_keeps_its_order(
    slots: int, steps: list[WorkspaceId | int]
):
    world = World(slots)
    for step in steps:
        everyone = world.holding + world.waiting
        if isinstance(step, str):
            world.ask(step)
        elif everyone:
            world.leave(everyone[step % len(everyone)])
    while world.holding:
        world.leave(world.holding[0])
    assert not world.waiting


@settings(max_examples=50, derandomize=True)
@given(slots=st.integers(2, 20), flood=st.integers(20, 60))
def test_under_contention_two_workspaces_come_to_hold_equal_shares(slots: int, flood: int):
    world = World(slots)
    for _ in range(flood + slots):
        world.ask(A)
    assert world.held() == {A: slots}
    for _ in range(flood + slots):
        world.ask(B)
    for _ in range(slots):
        world.leave(next(ticket for ticket in world.holding if world.held()[ticket.workspace] >= slots / 2))
    assert abs(world.held()[A] - world.held()[B]) <= 1


async def test_a_workspace_that_comes_second_gets_the_next_free_slot():
    shares, order = Shares(slots=2), list[str]()

    async def work(workspace: WorkspaceId, name: str, gate: asyncio.Event) -> None:
        async with shares.slot(workspace):
            order.append(name)
            await gate.wait()

    first, rest = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(work(A, "a1", first))
        for name in ("a2", "a3", "a4"):
            group.create_task(work(A, name, rest))
        await turns()
        group.create_task(work(B, "b1", rest))
        await turns()
        first.set()
        await turns()
        assert order == ["a1", "a2", "b1"]
        rest.set()
    assert order == ["a1", "a2", "b1", "a3", "a4"]


@pytest.mark.parametrize("when", ["waiting", "granted", "holding"])
async def test_a_cancelled_call_gives_its_slot_on(when: str):
    shares, gate = Shares(slots=1), asyncio.Event()

    async def hold() -> None:
        async with shares.slot(A):
            await gate.wait()

    first, second, third = [asyncio.create_task(hold()) for _ in range(3)]
    await turns()
    victim = first if when == "holding" else second
    if when == "granted":
        first.cancel()  # its end grants the slot to the second, which is cancelled before it runs
        await turns(1)
    victim.cancel()
    await turns()
    gate.set()
    await ended([first, second, third])
    assert (third.cancelled(), victim.cancelled()) == (False, True)


async def turns(count: int = 10) -> None:
    """Let the other tasks go on."""
    for _ in range(count):
        await asyncio.sleep(0)


async def ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    async with asyncio.timeout(1):
        await asyncio.gather(*tasks, return_exceptions=True)
