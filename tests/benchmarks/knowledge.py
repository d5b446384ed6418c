"""Measures the search of what agents know: `python -m tests.benchmarks.knowledge`.

Recall and mean reciprocal rank over two hundred documents with full text alone, and the time of a search among 100,000
passages: all of one agent, and of two hundred agents.
"""

# ruff: noqa: T201

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from bot.knowledge.cutting import cut
from documents.document import Part
from memory.database import Database, migrate, open_database, start_embedded
from memory.ids import AgentId, PersonId, SourceId
from memory.knowledge import KnownSources, NewSource, Passage, ReadSource
from memory.knowledge_search import Search
from tests.benchmarks.knowledge_corpus import UNANSWERED, Question, documents, questions

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BY = PersonId("T1:U1")
DEEP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How well questions are answered."""

    count: int
    first: float
    """Share of the questions whose passage is found first."""
    within: float
    """Share whose passage is among the first five."""
    mrr: float
    missed: tuple[str, ...] = ()


async def keep_corpus(store: KnownSources, agent: AgentId, *, copies: int = 1) -> dict[str, SourceId]:
    """Take all documents in, as often as is wanted; title → source."""
    kept = dict[str, SourceId]()
    for copy in range(copies):
        for one in documents():
            title = one.title if not copy else f"{one.title} {copy}"
            kept[title] = await keep(store, agent, title, one.text)
    return kept


async def keep(store: KnownSources, agent: AgentId, title: str, words: str) -> SourceId:
    """Take one document in."""
    new = NewSource(agent=agent, kind="text", at=title, title=title, added_by=BY, body=words.encode())
    source = await store.keep(new, now=NOW)
    taken = await store.take(now=NOW, agent=agent)
    assert taken is not None
    pieces = cut([Part(place="", text=words)], title=title)
    passages = [
        Passage(source=source.id, position=at, heading=one.heading, place=one.place, text=one.text)
        for at, one in enumerate(pieces)
    ]
    read = ReadSource(title=title, facts="", size=len(words), fingerprint="", passages=passages)
    await store.store(taken, read, now=NOW, due=None)
    return source.id


async def measure(search: Search, sources: dict[str, SourceId], asked: Sequence[Question]) -> Figures:
    """Ask all questions."""
    named = {source: title for title, source in sources.items()}
    ranks = list[int]()
    missed = list[str]()
    for question in asked:
        found = await search.find(list(sources.values()), question.words, most=10)
        places = [(named[one.passage.source], one.passage.heading) for one in found]
        right = (question.title, question.heading)
        rank = places.index(right) + 1 if right in places else 0
        ranks.append(rank)
        if not 1 <= rank <= DEEP:
            missed.append(f"{question.words} -> {right}, not {places[:3]}")
    return Figures(
        count=len(ranks),
        first=sum(rank == 1 for rank in ranks) / len(ranks),
        within=sum(1 <= rank <= DEEP for rank in ranks) / len(ranks),
        mrr=sum(1 / rank for rank in ranks if rank) / len(ranks),
        missed=tuple(missed),
    )


_SYLLABLES = "ka ri to mo ne la su vi do pe ra mi fa lu ta se bo ni gu he".split()  # noqa: SIM905


def _vocabulary(count: int, chance: random.Random) -> list[str]:
    return ["".join(chance.choices(_SYLLABLES, k=chance.choice((2, 3, 3, 4)))) for _ in range(count)]


def _passage(chance: random.Random, words: Sequence[str], weights: Sequence[float], real: Sequence[str]) -> str:
    """About a thousand characters: sentences of the corpus, and words as frequent as Zipf says."""
    made = chance.choices(words, cum_weights=weights, k=60)
    return f"{' '.join(made[:30])}. {chance.choice(real)} {' '.join(made[30:])}. {chance.choice(real)}"


async def fill(database: Database, *, agents: int, sources: int, passages: int) -> dict[AgentId, list[SourceId]]:
    """Many passages of agents, each with as many sources."""
    chance = random.Random(7)  # noqa: S311
    words = _vocabulary(40_000, chance)
    cumulated = list[float]()
    for rank in range(1, len(words) + 1):
        cumulated.append((cumulated[-1] if cumulated else 0.0) + 1 / rank)
    real = [line for one in documents() for line in one.text.splitlines() if len(line) > 100]
    store, kept = KnownSources(database), dict[AgentId, list[SourceId]]()
    for number in range(agents):
        agent = AgentId(f"agent-{number}")
        for at in range(sources):
            title = f"{chance.choice(documents()).title} {number} {at}"
            new = NewSource(agent=agent, kind="text", at=title, title=title, added_by=BY)
            source = (await store.keep(new, now=NOW)).id
            taken = await store.take(now=NOW, agent=agent)
            assert taken is not None
            made = [
                Passage(
                    source=source,
                    position=position,
                    heading=" ".join(chance.choices(words, cum_weights=cumulated, k=3)),
                    place="",
                    text=_passage(chance, words, cumulated, real),
                )
                for position in range(passages)
            ]
            read = ReadSource(title=title, facts="", size=0, fingerprint="", passages=made)
            await store.store(taken, read, now=NOW, due=None)
            kept.setdefault(agent, []).append(source)
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))
    return kept


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds of each question."""

    waited: list[float]
    computed: list[float]
    """By us and by the server: what is left of the time where others use the machine as well."""


async def times(database: Database, kept: dict[AgentId, list[SourceId]]) -> Spent:
    """Ask all questions, of one agent after the other, on one connection."""
    search, agents, spent = Search(database), list(kept), Spent([], [])
    [row] = await database.single.rows(text("SELECT pg_backend_pid() AS server"), {})
    for number, question in enumerate(questions()):
        among = kept[agents[number % len(agents)]]
        began, computed = time.perf_counter(), _computed(row.server)
        await search.find(among, question.words)
        spent.waited.append((time.perf_counter() - began) * 1000)
        spent.computed.append(_computed(row.server) - computed)
    return spent


def _computed(server: int) -> float:
    """Milliseconds of CPU of this process and of a connection's server, as Linux counts them."""
    counted = Path(f"/proc/{server}/schedstat").read_text().split()[0]
    return int(counted) / 1e6 + time.process_time() * 1000


def _told(name: str, spent: Sequence[float]) -> str:
    by_time = sorted(spent)
    p95 = by_time[int(len(by_time) * 0.95)]
    return f"{name}: p50 {statistics.median(by_time):.1f} ms, p95 {p95:.1f} ms, worst {by_time[-1]:.1f} ms"


async def _speed(url: str, name: str, *, agents: int, sources: int, passages: int) -> None:
    database = open_database(url)
    async with database.engine.begin() as connection:
        await connection.execute(text("TRUNCATE knowledge_sources CASCADE"))
    began = time.perf_counter()
    kept = await fill(database, agents=agents, sources=sources, passages=passages)
    filled = time.perf_counter() - began
    await times(database, kept)  # the first round reads from disk
    spent = await times(database, kept)
    print(f"{agents * sources * passages:,} passages, {name}, filled in {filled:.0f} s")
    print(_told("  waited", spent.waited))
    print(_told("  CPU", spent.computed), flush=True)
    await database.close()


async def _recall(url: str) -> None:
    database = open_database(url)
    kept = await keep_corpus(KnownSources(database), AgentId("corpus"))
    search = Search(database)
    for name, held_out in (("development half", False), ("held-out half", True)):
        half = [one for one in questions() if one.is_held_out is held_out]
        told = await measure(search, kept, half)
        print(
            f"{name}: {told.count} questions, recall@1 {told.first:.3f}, recall@5 {told.within:.3f}, MRR {told.mrr:.3f}"
        )
        if not held_out:
            print(*(f"  missed: {one}" for one in told.missed), sep="\n")
    silent = [words for words in UNANSWERED if not await search.find(list(kept.values()), words)]
    print(f"nothing fits: {len(silent)} of {len(UNANSWERED)} answered with nothing")
    await database.close()


def _started() -> str:
    folder = Path(tempfile.mkdtemp(prefix="pinyon-knowledge-"))
    folder.chmod(0o755)
    return start_embedded(folder / "pg")


async def main() -> None:
    url = await asyncio.to_thread(_started)
    await migrate(url)
    await _recall(url)
    await _speed(url, "all of one agent", agents=1, sources=50, passages=2_000)
    await _speed(url, "of 200 agents", agents=200, sources=10, passages=50)


if __name__ == "__main__":
    asyncio.run(main())
