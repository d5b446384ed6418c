"""How long a quiet workspace waits while another one floods: `python -m tests.benchmarks.fairness`."""
# ruff: noqa: T201  a command line prints

import asyncio
import signal
import statistics
import tempfile
import time
from pathlib import Path

from memory.database import migrate, start_embedded
from playground.model import Conversation, Pace, Plan
from tests.scenarios.flood import Flood, Row, flood
from tests.scenarios.processes import Cluster, Process, cluster

TURNS, THREADS, QUIET = 200, 40, 12
DEAD_AFTER = 8.0
STOPPED = 20.0
"""Seconds for which a worker is frozen: long enough to be declared dead."""


class Listening:
    """A model that answers after a moment and remembers when it was asked what."""

    def __init__(self, first: float) -> None:
        self._pace = Pace(first=first)
        self.heard: dict[str, float] = {}

    def __call__(self, conversation: Conversation) -> Plan:
        self.heard.setdefault(conversation.said.strip(), time.time())
        return Plan(text="That is how it is.", pace=self._pace)


def milliseconds(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"p50 {statistics.median(ordered) * 1000:6.0f}  p95 {p95 * 1000:6.0f}  max {ordered[-1] * 1000:6.0f} ms"


def tell(title: str, rows: list[Row], brain: Listening) -> None:
    """Print how long `rows`, quiet turns asked in this order, took."""
    asked = [time for question, time in brain.heard.items() if "Quiet" in question][-len(rows) :]
    print(f"{title}, {len(rows)} quiet turns")
    print("  accepted to admitted     ", milliseconds([row.wait for row in rows]))
    print("  accepted to model asked  ", milliseconds([at - row.accepted for at, row in zip(asked, rows, strict=True)]))
    print("  accepted to over         ", milliseconds([row.finished - row.accepted for row in rows]))


async def trouble(world: Cluster, killed: Process, frozen: Process) -> None:
    """Kill one worker and freeze another, in the middle of the flood, and wake that one from the dead."""
    await asyncio.sleep(1.5)
    frozen.send(signal.SIGSTOP)
    await killed.kill()
    await asyncio.sleep(STOPPED)
    frozen.send(signal.SIGCONT)
    print("  the woken worker ended with", await frozen.ended(seconds=10))


def report(flooded: Flood) -> None:
    rows = flooded.rows(flooded.noisy)
    seconds = max(row.finished for row in rows) - min(row.accepted for row in rows)
    print(f"  flood of {len(rows)}: over after {seconds:.1f} s, {len(rows) / seconds:.0f} turns/s")
    print(f"  turns of the flood admitted while a quiet one was ready: {flooded.overtakers()}")
    print(f"  out of order: {len(flooded.out_of_order())}, not answered once: {len(flooded.wrongly_answered())}")


async def measure(url: str, folder: Path, *, processes: int, is_troubled: bool, first: float) -> None:
    brain = Listening(first)
    async with cluster(brain, url, folder, slots=160, dead_after=DEAD_AFTER) as world:
        flooded = flood(world)
        begun = await world.start(processes)
        for _ in range(2):  # the first turns of a process wait for what it loads then
            await flooded.trickle(QUIET, every=0.3)
            await flooded.over(seconds=60)
        idle = flooded.rows(flooded.quiet)
        tell("idle", idle[QUIET:], brain)
        troubling = asyncio.create_task(trouble(world, begun[0], begun[1])) if is_troubled else None
        await asyncio.gather(flooded.pour(TURNS, threads=THREADS), flooded.trickle(QUIET, every=0.3))
        await flooded.over(seconds=120)
        if troubling is not None:
            await troubling
        tell("flooded", flooded.rows(flooded.quiet)[len(idle) :], brain)
        report(flooded)


async def main() -> None:
    for processes, is_troubled, first in ((2, False, 0.0), (2, False, 1.0), (3, True, 0.5)):
        place = new_folder()
        url = start_embedded(place / "postgres")
        await migrate(url)
        print(f"\n{processes} processes, the model answers after {first} s{', one killed, one frozen' * is_troubled}")
        await measure(url, place, processes=processes, is_troubled=is_troubled, first=first)


def new_folder() -> Path:
    """A folder that the database's own user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="pinyon-fairness-"))
    folder.chmod(0o755)
    return folder


if __name__ == "__main__":
    asyncio.run(main())
