"""How long "Analyse this CSV" takes with 100,000 rows, from upload to chart: `python -m tests.benchmarks.csv_upload`.

The model answers at once, with the demo model's programs. Overhead is the time from the upload to the chart in the
thread, without what the programs themselves take, importing pandas for themselves and drawing included.
"""
# ruff: noqa: T201  a command line prints

import asyncio
import re
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from memory.database import migrate, start_embedded
from playground.model import Conversation, Plan, PlannedCall
from playground.model.demo.code.look import look
from playground.model.demo.code.programs import overview
from playground.model.demo.found.table import Column, Table
from playground.model.demo.found.table_words import series_in
from playground.slack.app import JSON
from tests.scenarios.conftest import World
from tests.scenarios.telling import told_world

ROWS, ROUNDS, WHO = 100_000, 4, "ren"
GOAL = 1.0
"""Seconds of overhead."""
_COMPUTED, _DRAWN = re.compile(r"COMPUTED ([\d.]+)"), re.compile(r"DRAWN ([\d.]+)")
_TIMED = """\
import io as _io
import time as _time
_began = _time.perf_counter()
{}
print("COMPUTED", _time.perf_counter() - _began)
if "plt" in globals():
    _began = _time.perf_counter()
    plt.savefig(_io.BytesIO(), format="png", dpi=144)
    print("DRAWN", _time.perf_counter() - _began)
"""


@dataclass(slots=True)
class Analyst:
    """A model that needs no time: it looks, analyses, and answers."""

    programs: tuple[str, ...]
    asked: list[float] = field(default_factory=list[float])
    """When, in this round."""
    computed: float = 0.0
    """Seconds that the programs of this round took."""
    drawn: float = 0.0
    """Seconds that drawing its chart took, which is done twice: once to know this."""

    def __call__(self, conversation: Conversation) -> Plan:
        self.asked.append(time.monotonic())
        outputs = [result.text for _, result in conversation.returned]
        self.computed = sum(float(found) for text in outputs for found in _COMPUTED.findall(text))
        self.drawn = sum(float(found) for text in outputs for found in _DRAWN.findall(text))
        if len(outputs) < len(self.programs):
            code = _TIMED.format(self.programs[len(outputs)])
            return Plan(calls=(PlannedCall(tool="run_python", arguments={"code": code}),))
        return Plan(text="There it is.")


def table(rows: int) -> bytes:
    """Sales of a shop."""
    cities = ("Bern", "Basel", "Chur", "Zug", "Thun")
    lines = (
        f"2026-{1 + n % 10:02}-{1 + n % 28:02},{cities[n % 5]},{('web', 'shop')[n % 2]},{n % 9},{n * 37 % 9973 / 7:.2f}"
        for n in range(rows)
    )
    return "\n".join(["day,city,channel,items,amount", *lines]).encode()


def programs(name: str) -> tuple[str, ...]:
    """What the demo model would run: a look, and an overview with a chart."""
    columns = (
        Column(name="day", kind="date", unique=280, step=1),
        Column(name="city", kind="category", unique=5),
        Column(name="channel", kind="category", unique=2),
        Column(name="items", kind="number"),
        Column(name="amount", kind="number"),
    )
    seen = Table(name=name, rows=ROWS, columns=columns)
    return look(name), overview(seen, series_in("analyse this csv", seen))


async def once(world: World, analyst: Analyst, body: bytes) -> tuple[float, float]:
    """Upload, wait for the chart, print where the time went; gives total and overhead in seconds."""
    analyst.asked, analyst.computed, analyst.drawn = [], 0.0, 0.0
    began = time.monotonic()
    thread = await world.slack.say(WHO, "dm", "Analyse this CSV", files=[("sales.csv", body)])
    said = time.monotonic()

    def charts() -> list[JSON]:
        posts = world.slack.replies(f"dm:{WHO}", thread)
        return [one for post in posts for one in post.get("files", ()) if one["mimetype"] == "image/png"]

    await world.slack.until(charts, 90)
    total = time.monotonic() - began
    first, looked, last = analyst.asked[0], analyst.asked[1], analyst.asked[-1]
    print(
        f"  upload {said - began:.2f}  until the model is asked {first - said:.2f}  first program {looked - first:.2f}"
        f"  second {last - looked:.2f}  (both computed {analyst.computed:.2f}, drew {2 * analyst.drawn:.2f})"
        f"  answer and chart {began + total - last:.2f}  total {total:.2f}"
    )
    return total, total - analyst.computed - 2 * analyst.drawn


async def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="pinyon-csv-"))
    url = start_embedded(folder / "pg")
    await migrate(url)
    body, analyst = table(ROWS), Analyst(programs("sales.csv"))
    print(f"{ROWS:,} rows, {len(body):,} bytes, {ROUNDS} rounds, each in a thread of its own; seconds")
    async with told_world(url, folder, renamed=False, brain=analyst) as world:
        await world.slack.settled()
        found = [await once(world, analyst, body) for _ in range(ROUNDS)]
    overheads = [overhead for _, overhead in found]
    print(f"overhead: first {overheads[0]:.2f}, median {statistics.median(overheads):.2f}, best {min(overheads):.2f}")
    print(f"goal: below {GOAL:.2f}: {'held' if statistics.median(overheads) < GOAL else 'missed'} by the median")


if __name__ == "__main__":
    asyncio.run(main())
