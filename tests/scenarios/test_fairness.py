"""One workspace floods two processes: another one hardly notices, order is kept, and nothing is done twice."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.durable import BATCH
from tests.scenarios.flood import Flood, brief, flood
from tests.scenarios.processes import Cluster, cluster

TURNS, THREADS, QUIET = 200, 40, 6
PROCESSES = 2
SLOTS = 20
"""For each process."""
DEAD_AFTER = 4.0
"""Seconds; a flood on a busy machine may silence a live worker for longer than the other scenarios allow."""


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[Cluster]:
    async with cluster(brief, database_url, tmp_path, slots=SLOTS, dead_after=DEAD_AFTER) as world:
        yield world


async def poured(flooded: Flood) -> None:
    """Let one workspace flood, and the other ask something now and then meanwhile."""
    await asyncio.gather(flooded.pour(TURNS, threads=THREADS), flooded.trickle(QUIET, every=0.5))


async def test_a_flood_hardly_delays_another_workspace_and_stays_in_order(world: Cluster) -> None:
    flooded = flood(world)
    await world.start(PROCESSES)
    await poured(flooded)
    await flooded.over(seconds=60)
    # Each process may be starting one batch; then it is the quiet workspace's turn.
    assert max(flooded.overtakers()) <= PROCESSES * BATCH
    assert flooded.out_of_order() == []
    assert flooded.wrongly_answered() == {}
    assert flooded.states() == {"answered": TURNS + QUIET}


async def test_with_one_worker_killed_and_one_woken_from_the_dead_all_is_answered_once(world: Cluster) -> None:
    flooded = flood(world)
    killed, frozen, _ = await world.start(3)
    pouring = asyncio.create_task(poured(flooded))
    await world.until(
        lambda: len([row for row in flooded.rows(flooded.noisy) if row.state == "answered"]) > 20, seconds=60
    )
    frozen.send(signal.SIGSTOP)
    await killed.kill()
    await world.until(lambda: frozen.name not in world.workers())
    await asyncio.sleep(1)
    frozen.send(signal.SIGCONT)
    zombie = await frozen.ended(seconds=10)
    await pouring
    await flooded.over(seconds=60)
    assert zombie == 70
    assert flooded.out_of_order() == []
    assert flooded.wrongly_answered() == {}
    assert flooded.states() == {"answered": TURNS + QUIET}
