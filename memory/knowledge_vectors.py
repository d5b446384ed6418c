"""Passages by meaning, where an embedding model is set: kept with pgvector, which nothing else needs.

The table is made at start and not by a migration: a server without the extension `vector` must be able to run Pinyon.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError

from memory.database import Database
from memory.ids import SourceId

NEAR = 0.3
"""Cosine of a passage and a question from which on they may be about the same."""
_MOST_SEARCHED = 200
"""Neighbours that the index looks at before it asks whose they are; more where too few are the agent's."""

MAKE = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    "CREATE TABLE IF NOT EXISTS knowledge_vectors ("
    " passage bigint NOT NULL REFERENCES knowledge_passages ON DELETE CASCADE,"
    " source text NOT NULL, model text NOT NULL, vector vector NOT NULL, PRIMARY KEY (passage, model))",
    "CREATE INDEX IF NOT EXISTS knowledge_vectors_by_source ON knowledge_vectors (source, model)",
)
VERSION = text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
LACKING = text(
    "SELECT p.id, p.text, p.heading, s.title FROM knowledge_passages AS p"
    " JOIN knowledge_sources AS s ON s.id = p.source"
    " WHERE NOT EXISTS (SELECT 1 FROM knowledge_vectors AS v WHERE v.passage = p.id AND v.model = :model)"
    " ORDER BY p.id LIMIT :most"
)
# A passage may have been replaced while its vector was made.
KEEP = text(
    "INSERT INTO knowledge_vectors (passage, source, model, vector)"
    " SELECT p.id, p.source, :model, CAST(t.vector AS vector)"
    " FROM unnest(CAST(:passages AS bigint[]), CAST(:vectors AS text[])) AS t(passage, vector)"
    " JOIN knowledge_passages AS p ON p.id = t.passage ON CONFLICT DO NOTHING"
)
CLEAR = text("DELETE FROM knowledge_vectors WHERE model <> :model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A passage without a vector."""

    id: int
    words: str
    """Title, headings and text."""


class NoVectors(Exception):
    """The database cannot keep vectors. The message is a sentence to an operator."""


class Vectors:
    """The vectors of all passages, of one model."""

    def __init__(self, database: Database, *, model: str) -> None:
        self._database = database
        self._model = model
        self._dimensions = 0

    async def open(self) -> None:
        """Make what is needed, and forget the vectors of other models. Raises NoVectors."""
        try:
            async with self._database.engine.begin() as connection:
                # Two processes that start at once would both make the extension, and one would fail.
                await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('knowledge_vectors'))"))
                for statement in MAKE:
                    await connection.execute(text(statement))
                version: str | None = await connection.scalar(VERSION)
                await connection.execute(CLEAR, {"model": self._model})
        except DBAPIError as error:
            raise NoVectors(
                "PINYON_EMBEDDING_MODEL is set, but this PostgreSQL has no extension `vector` that Pinyon may create."
                " What agents know is searched by full text alone. Install pgvector, or run CREATE EXTENSION vector as"
                " a superuser, and start again."
            ) from error
        if [int(part) for part in (version or "0").split(".")[:2]] < [0, 8]:
            raise NoVectors(
                f"PINYON_EMBEDDING_MODEL is set, but pgvector is {version} here and must be 0.8 or newer. What agents"
                " know is searched by full text alone. Upgrade it, run ALTER EXTENSION vector UPDATE, and start again."
            )

    async def lacking(self, *, most: int) -> list[Lacking]:
        """Passages that have no vector of this model yet, oldest first."""
        rows = await self._database.single.rows(LACKING, {"model": self._model, "most": most})
        return [Lacking(id=row.id, words="\n".join(filter(None, (row.title, row.heading, row.text)))) for row in rows]

    async def keep(self, vectors: Mapping[int, Sequence[float]]) -> None:
        """Keep a vector for each of these passages; one that has one keeps it."""
        if not vectors:
            return
        await self._index(len(next(iter(vectors.values()))))
        values = {
            "model": self._model,
            "passages": list(vectors),
            "vectors": [_written(vector) for vector in vectors.values()],
        }
        await self._database.single.rows(KEEP, values)

    async def nearest(self, sources: Collection[SourceId], vector: Sequence[float], *, most: int) -> list[int]:
        """The ids of the passages of some sources that are nearest in meaning, nearest first; none that is far."""
        values = {"model": self._model, "sources": list(sources), "vector": _written(vector), "most": most}
        async with self._database.engine.begin() as connection:
            # Nearest first among all agents, until enough of this agent's are found (pgvector 0.8).
            await connection.execute(text("SET LOCAL hnsw.iterative_scan = strict_order"))
            await connection.execute(text(f"SET LOCAL hnsw.ef_search = {_MOST_SEARCHED:d}"))
            rows: Sequence[Any] = (await connection.execute(nearest_of(len(vector)), values)).all()
        return [row.passage for row in rows if 1 - row.distance >= NEAR]

    async def _index(self, dimensions: int) -> None:
        if dimensions == self._dimensions:
            return
        # Its name is the model's, whatever that is called; the model in it is quoted as a literal by PostgreSQL.
        name = f"knowledge_vectors_{hashlib.sha256(f'{self._model} {dimensions}'.encode()).hexdigest()[:12]}"
        async with self._database.engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('knowledge_vectors'))"))
            model = await connection.scalar(text("SELECT quote_literal(CAST(:model AS text))"), {"model": self._model})
            if dimensions <= _MOST_INDEXED:
                await connection.exec_driver_sql(
                    f"CREATE INDEX IF NOT EXISTS {name} ON knowledge_vectors"
                    f" USING hnsw ((vector::vector({dimensions:d})) vector_cosine_ops) WHERE model = {model}"
                )
        self._dimensions = dimensions


_MOST_INDEXED = 2_000
"""Dimensions that an HNSW index takes (github.com/pgvector/pgvector, "What if I want to index vectors with more than
2,000 dimensions?"); longer ones are compared one by one."""


def nearest_of(size: int) -> TextClause:
    """The question for the nearest vectors of one length, in the words of the index over them: else it is not used."""
    return text(
        f"SELECT passage, vector::vector({size:d}) <=> CAST(:vector AS vector({size:d})) AS distance"  # noqa: S608
        " FROM knowledge_vectors WHERE model = :model AND source = ANY(:sources) ORDER BY distance LIMIT :most"
    )


def _written(vector: Sequence[float]) -> str:
    return f"[{','.join(map(repr, map(float, vector)))}]"
