"""Finds passages by words and, where an embedding model is set, by meaning, and puts both into one order."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError

from bot.llm.embeddings import MOST_TEXTS, Embeddings, NotEmbedded
from memory.ids import SourceId
from memory.knowledge import Passage
from memory.knowledge_search import Search
from memory.knowledge_vectors import NoVectors, Vectors

log = structlog.get_logger()

LOOKED_AT = 40
"""Passages of each search."""
_K = 60
"""Of the formula of `fused`."""
_SECONDS = 3.0
"""What a question waits for its vector."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What searching by meaning needs."""

    embeddings: Embeddings
    vectors: Vectors


class Finding:
    """Finds passages. Without `meaning` it is by words alone."""

    def __init__(self, search: Search, meaning: Meaning | None = None) -> None:
        self._search = search
        self._meaning = meaning
        self._catching_up = asyncio.Lock()

    async def open(self) -> None:
        """Make ready what searching by meaning needs; where the database cannot, its operator is told once."""
        if self._meaning is None:
            return
        try:
            await self._meaning.vectors.open()
        except NoVectors as error:
            log.warning("knowledge is searched by words alone", why=str(error))
            self._meaning = None

    async def close(self) -> None:
        if self._meaning is not None:
            await self._meaning.embeddings.close()

    async def find(self, sources: Collection[SourceId], words: str) -> list[Passage]:
        """The passages of some sources that answer `words` best, best first; none where nothing fits."""
        if not sources:
            return []
        by_words = await self._search.find(sources, words, most=LOOKED_AT)
        near = await self._near(sources, words)
        if not near:
            return [one.passage for one in by_words]
        passages = {one.id: one.passage for one in by_words} | await self._search.passages(
            [one for one in near if one not in {found.id for found in by_words}]
        )
        order = fused([one.id for one in by_words], near)
        return [passages[one] for one in order if one in passages]

    async def catch_up(self, *, most: int) -> None:
        """Make the vectors that are missing, about `most` of them, unless that is going on already."""
        meaning = self._meaning
        if meaning is None or self._catching_up.locked():
            return
        async with self._catching_up:
            try:
                await _catch_up(meaning, most)
            except NotEmbedded as error:
                log.warning("knowledge.not_embedded", why=str(error))

    async def _near(self, sources: Collection[SourceId], words: str) -> list[int]:
        if self._meaning is None:
            return []
        try:
            [vector] = await self._meaning.embeddings.embed([words], seconds=_SECONDS)
            return await self._meaning.vectors.nearest(sources, vector, most=LOOKED_AT)
        except (NotEmbedded, DBAPIError) as error:
            # The words alone find nearly as much; an answer is worth more than a perfect order.
            log.warning("knowledge.by_words_alone", why=type(error).__name__)
            return []


async def _catch_up(meaning: Meaning, most: int) -> None:
    made = 0
    while made < most and (lacking := await meaning.vectors.lacking(most=MOST_TEXTS)):
        vectors = await meaning.embeddings.embed([one.words for one in lacking])
        await meaning.vectors.keep(dict(zip((one.id for one in lacking), vectors, strict=True)))
        made += len(lacking)


def fused(*rankings: Sequence[int]) -> list[int]:
    """One order out of several, by reciprocal ranks: a passage counts the sum of 1 / (60 + its rank).

    Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods",
    SIGIR 2009, with their k = 60.
    """
    scores = dict[int, float]()
    for ranking in rankings:
        for rank, one in enumerate(ranking, start=1):
            scores[one] = scores.get(one, 0.0) + 1 / (_K + rank)
    return sorted(scores, key=lambda one: (-scores[one], one))
