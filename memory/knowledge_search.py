"""Finds passages by words, with PostgreSQL's full-text search: rare words find, all words rank."""

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from memory.database import Database
from memory.ids import SourceId
from memory.knowledge import Passage, passage_of
from memory.knowledge_words import nearest, plain

CANDIDATES = 1_000
"""Passages that are ranked, about. Which ones, the rarest words of a question decide, alone or together."""
_AT_MOST = 2 * CANDIDATES
"""Where more are found than was expected, as words do not fall together by chance: then any of them."""
_ALL = 2_000
"""Passages of which all that hold any word are ranked."""
_MOST_WORDS = 12
"""Of a question, the rarest."""
_MOST_TOGETHER = 40
"""Combinations of words by which candidates are found."""
_WEIGHTS = [0.5, 0.5, 0.9, 0.7]
"""What a word counts in the text, nowhere, in a heading and in the title."""
_VIRTUAL = 50
"""Passages that are added in thought, so that a word's rarity means something where there are few."""
ENOUGH = 0.3
"""Share of a question, weighed by rarity, that a passage has to hold."""
_ASKING = frozenset(
    (
        "mani",
        "much",
        "may",
        "might",
        "could",
        "would",
        "shall",
        "must",
        "need",
        "want",
        "get",
        "got",
        "please"[:-1],
        "tell",
        "know",
        "find",
        "let",
        "one",
        "us",
        "also",
        "someone"[:-1],
        "anyth",
        "happen",
    )
)
"""Stems of words with which people ask, beside PostgreSQL's English stop words: they say little of what about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """A passage that fits a question."""

    passage: Passage
    score: float
    id: int
    """The row's."""
    share: float
    """How much of the question it holds, weighed by rarity: 0 to 1."""


STEMS = text("SELECT lexeme FROM unnest(to_tsvector('english', :words)) ORDER BY positions[1]")
# `||` unpacks the counts of a source once, and not for each word.
COUNTS = text(
    "WITH kept AS MATERIALIZED"
    " (SELECT passages, counts || '{}' AS counts FROM knowledge_sources WHERE id = ANY(:sources))"
    " SELECT word, coalesce(sum(passages), 0) AS total,"
    " coalesce(sum((counts ->> word)::int), 0) AS held,"
    " coalesce(sum(CASE WHEN NOT counts ? word AND passages >= 200 THEN passages / 400 + 1 ELSE 0 END), 0) AS guessed"
    " FROM unnest(CAST(:words AS text[])) AS word LEFT JOIN kept ON true GROUP BY word"
)
# Of words so rare in a long source that they were not counted there.
STANDING = text(
    "SELECT word FROM unnest(CAST(:words AS text[]), CAST(:queries AS tsquery[])) AS asked(word, query)"
    " WHERE EXISTS (SELECT 1 FROM knowledge_passages WHERE source = ANY(:sources) AND words @@ asked.query)"
)
KNOWN = text(
    "SELECT DISTINCT word FROM knowledge_sources, jsonb_object_keys(counts) AS word"
    " WHERE id = ANY(:sources) AND starts_with(word, :first)"
)
FIND = text(
    "SELECT p.id, p.source, p.position, p.heading, p.place, p.text, best.score,"
    " ARRAY(SELECT asked.n FROM unnest(CAST(:queries AS tsquery[])) WITH ORDINALITY AS asked(query, n)"
    " WHERE p.words @@ asked.query) AS held"
    " FROM (SELECT id, (SELECT sum(asked.weight * ts_rank(CAST(:weights AS real[]), words, asked.query))"
    " FROM unnest(CAST(:queries AS tsquery[]), CAST(:rarities AS real[])) AS asked(query, weight)) AS score"
    " FROM (SELECT id, words FROM knowledge_passages"
    " WHERE source = ANY(:sources) AND words @@ CAST(:wanted AS tsquery) LIMIT :candidates) AS candidates"
    " ORDER BY score DESC, id LIMIT :most) AS best"
    " JOIN knowledge_passages AS p ON p.id = best.id ORDER BY best.score DESC, p.id"
)
BY_ID = text("SELECT id, source, position, heading, place, text FROM knowledge_passages WHERE id = ANY(:ids)")


class Search:
    """Finds passages of what agents know."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, sources: Collection[SourceId], words: str, *, most: int = 20) -> list[FoundPassage]:
        """The passages of some sources that fit a question best, best first; none where nothing fits.

        A passage's score is the sum over the question's words of how rare the word is (the inverse document frequency
        of Robertson and Zaragoza 2009) times how much the passage is about it (PostgreSQL's `ts_rank`, which saturates
        as BM25 does, and weighs title and headings more).
        """
        among = list(sources)
        held, total = await self._counted(among, words)
        if not total or not any(held.values()):
            return []
        rarity = {word: _rarity(word, count, total) for word, count in held.items()}
        known = [word for word in sorted(held, key=lambda word: held[word]) if held[word]][:_MOST_WORDS]
        rows = await self._rows(
            FIND,
            sources=among,
            wanted=" | ".join(_wanted(known, held, total)),
            queries=[_quoted(word) for word in known],
            rarities=[rarity[word] for word in known],
            weights=_WEIGHTS,
            candidates=_AT_MOST,
            most=most,
        )
        whole = sum(rarity.values())
        found = [_found(row, [rarity[word] for word in known], whole) for row in rows]
        return [one for one in found if one.share >= ENOUGH]

    async def passages(self, ids: Collection[int]) -> dict[int, Passage]:
        """Passages by their rows' ids."""
        return {row.id: passage_of(row) for row in await self._rows(BY_ID, ids=list(ids))} if ids else {}

    async def _counted(self, sources: Sequence[SourceId], words: str) -> tuple[dict[str, int], int]:
        """The words of a question, each with the number of passages that hold it, and the number of all passages."""
        stems = [row.lexeme for row in await self._rows(STEMS, words=plain(words))]
        if not stems or not sources:
            return {}, 0
        counted = await self._rows(COUNTS, sources=sources, words=stems)
        guessed = [row.word for row in counted if not row.held and row.guessed]
        standing = await self._standing(sources, guessed)
        held = {row.word: int(row.held + row.guessed) if row.held or row.word in standing else 0 for row in counted}
        for word in [word for word in stems if not held[word]]:
            if meant := await self._meant(sources, word):
                [row] = await self._rows(COUNTS, sources=sources, words=[meant])
                held[meant] = int(row.held + row.guessed)
                del held[word]
        return held, int(counted[0].total)

    async def _standing(self, sources: Sequence[SourceId], words: Sequence[str]) -> set[str]:
        """Which of some words stand anywhere in these sources."""
        if not words:
            return set()
        queries = [_quoted(word) for word in words]
        return {row.word for row in await self._rows(STANDING, sources=sources, words=list(words), queries=queries)}

    async def _meant(self, sources: Sequence[SourceId], word: str) -> str:
        """The word that stands there of which `word` may be a misspelling or the beginning; empty for none."""
        if len(word) < 5:
            return ""
        known = [row.word for row in await self._rows(KNOWN, sources=sources, first=word[0])]
        longer = (one for one in sorted(known, key=len) if one.startswith(word))
        return nearest(word, iter(known)) or next(longer, "")

    async def _rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        return await self._database.single.rows(statement, values)


def _rarity(word: str, held: int, total: int) -> float:
    """What a word counts. One that nothing holds counts as much as one that a single passage does."""
    count, all_of_them = max(held, 1), total + _VIRTUAL
    rarity = math.log(1 + (all_of_them - min(count, total) + 0.5) / (count + 0.5))
    return rarity / 4 if word in _ASKING else rarity


def _wanted(words: Sequence[str], held: Mapping[str, int], total: int) -> Iterator[str]:
    """By which words candidates are found, as tsqueries: the rarest alone, commoner ones in pairs and threes.

    So many that about `CANDIDATES` passages are found, if words fell together by chance.
    """
    if total <= _ALL:
        yield from map(_quoted, words)
        return
    room = float(CANDIDATES)
    alone = [
        word
        for word, upto in zip(words, itertools.accumulate(held[word] for word in words), strict=True)
        if upto <= room
    ]
    yield from map(_quoted, alone)
    room -= sum(held[word] for word in alone)
    common = words[len(alone) :]
    count = 0
    for size in (2, 3, 4):
        groups = ((_expected(group, held, total), group) for group in itertools.combinations(common, size))
        for expected, group in sorted(groups):
            if expected > room or count == _MOST_TOGETHER:
                break
            yield f"({' & '.join(map(_quoted, group))})"
            room, count = room - expected, count + 1
    if common and not alone and not count:
        yield f"({' & '.join(map(_quoted, common))})"
        yield _quoted(common[0])


def _expected(group: Sequence[str], held: Mapping[str, int], total: int) -> float:
    return 2 * total * math.prod(held[word] / total for word in group)


def _quoted(word: str) -> str:
    """A word as PostgreSQL reads it in a tsquery, whatever stands in it."""
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def _found(row: Any, rarities: Sequence[float], whole: float) -> FoundPassage:
    held: Sequence[int] = row.held
    share = sum(rarities[number - 1] for number in held) / whole
    return FoundPassage(passage=passage_of(row), score=row.score, id=row.id, share=share)
