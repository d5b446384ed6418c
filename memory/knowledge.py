"""What agents know: sources, the passages they were cut into, and whose turn it is to be read again."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import AgentId, PersonId, SourceId, WorkspaceId, workspace_of
from memory.knowledge_words import plain

SourceStatus: TypeAlias = Literal["waiting", "ready", "failed"]
Kind: TypeAlias = Literal["text", "file", "drive", "page"]
LEASE = timedelta(minutes=10)
"""How long one process has a source to itself; longer than reading the largest one takes."""
_RARE = 200
"""Words that fewer than one in this many passages of a long source hold are not counted: they are rare, that is all."""


class KnowledgeSourceRow(Base):
    __tablename__ = "knowledge_sources"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    workspace: Mapped[str] = mapped_column(Text)
    agent: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text, server_default=text("''"))
    """Of a text its words': what is live and its draft may call different texts alike. Else empty."""
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text, server_default=text("''"))
    facts: Mapped[str] = mapped_column(Text, server_default=text("''"))
    passages: Mapped[int] = mapped_column(server_default=text("0"))
    size: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of a file its bytes, of a text its words; of others null."""
    fingerprint: Mapped[str] = mapped_column(Text, server_default=text("''"))
    """By which a change shows."""
    counts: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))
    """word → in how many of its passages it stands."""
    added_by: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When it is looked at next; null where there is nothing to look at."""
    taken_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Somebody reads it now, and has until then."""

    __table_args__ = (
        UniqueConstraint("agent", "kind", "at", "digest"),
        Index("knowledge_sources_by_turn", "due_at"),
    )


class KnowledgePassageRow(Base):
    __tablename__ = "knowledge_passages"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str] = mapped_column(Text, ForeignKey("knowledge_sources.id", ondelete="CASCADE"))
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[Any] = mapped_column(TSVECTOR)
    """Title (A), headings (B) and text (D), as `memory.knowledge_words.plain` has them, in English stems."""

    __table_args__ = (
        UniqueConstraint("source", "position"),
        Index("knowledge_passages_by_words", "words", postgresql_using="gin"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSource:
    """Something that an agent knows, as it was read last."""

    id: SourceId
    workspace: WorkspaceId
    agent: AgentId
    kind: Kind
    at: str
    """As the agent's file names it (`bot.agents.file.Source.at`); unique within agent and kind, but for texts, of which
    a draft may have another under the same title."""
    title: str
    state: SourceStatus
    problem: str
    """A sentence with the next step, when it failed or could not be refreshed."""
    facts: str
    """ "12 pages". """
    passages: int
    size: int
    """Bytes."""
    added_by: PersonId
    """With whose account a Drive document is read."""
    added_at: datetime
    read_at: datetime | None
    """When its words were taken last."""
    checked_at: datetime | None
    """When it was last looked at whether they changed."""
    digest: str = ""
    """Of a text: which one."""
    fingerprint: str = ""
    taken_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """A source about to be kept."""

    agent: AgentId
    kind: Kind
    at: str
    title: str
    added_by: PersonId
    digest: str = ""
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a source."""

    source: SourceId
    position: int
    heading: str
    """Its headings from the top: "Refunds > By card"."""
    place: str
    """"page 3", "sheet Budget"; empty where the document has none."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSource:
    """A source as it was just read."""

    title: str
    facts: str
    size: int
    fingerprint: str
    passages: Sequence[Passage]
    problem: str = ""
    """What was left out."""


_FACTS = (
    "id, workspace, agent, kind, at, title, state, problem, facts, passages, size, added_by, added_at, read_at,"
    " checked_at, digest, fingerprint, taken_until"
)
OF_AGENT = text(f"SELECT {_FACTS} FROM knowledge_sources WHERE agent = :agent ORDER BY added_at, id")
BY_ID = text(f"SELECT {_FACTS} FROM knowledge_sources WHERE id = :id")
BODY = text("SELECT body FROM knowledge_sources WHERE id = :id")
KEEP = text(
    "INSERT INTO knowledge_sources"
    " (id, workspace, agent, kind, at, digest, title, state, size, body, added_by, added_at, due_at)"
    " VALUES (:id, :workspace, :agent, :kind, :at, :digest, :title, 'waiting', :size, :body, :by, :now, :now)"
    " ON CONFLICT (agent, kind, at, digest) DO UPDATE SET title = excluded.title, size = excluded.size,"
    " body = excluded.body, added_by = excluded.added_by, state = 'waiting', problem = '', fingerprint = '',"
    " due_at = excluded.due_at, taken_until = NULL"
    f" RETURNING {_FACTS}"
)
FORGET = text("DELETE FROM knowledge_sources WHERE id = ANY(:ids)")
FORGET_AGENT = text("DELETE FROM knowledge_sources WHERE agent = :agent")
WAKE = text("UPDATE knowledge_sources SET due_at = :now WHERE id = :id")
RE_ADD = text("UPDATE knowledge_sources SET added_by = :by, due_at = :now WHERE id = :id")
TAKE = text(
    "UPDATE knowledge_sources SET taken_until = :until WHERE id = (SELECT id FROM knowledge_sources"
    " WHERE due_at <= :now AND (taken_until IS NULL OR taken_until <= :now) AND (:agent = '' OR agent = :agent)"
    " AND (:source = '' OR id = :source)"
    " ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
    f" RETURNING {_FACTS}"
)
# Whoever had a source too long finds that it is not theirs any more, and changes nothing.
_MINE = "WHERE id = :id AND taken_until = :taken"
LEAVE = text(
    "UPDATE knowledge_sources SET problem = :problem, state = CASE WHEN :failed AND read_at IS NULL THEN 'failed'"
    " WHEN read_at IS NULL THEN state ELSE 'ready' END,"
    f" checked_at = :now, due_at = :due, taken_until = NULL {_MINE}"
)
READ = text(
    "UPDATE knowledge_sources SET title = :title, state = 'ready', problem = :problem, facts = :facts, size = :size,"
    " fingerprint = :fingerprint, passages = :passages, read_at = :now, checked_at = :now, due_at = :due,"
    f" taken_until = NULL {_MINE} RETURNING id"
)
CLEAR = text("DELETE FROM knowledge_passages WHERE source = :id")
FILL = text(
    "INSERT INTO knowledge_passages (source, position, heading, place, text, words)"
    " SELECT :id, position, heading, place, text,"
    " setweight(to_tsvector('english', :title), 'A') || setweight(to_tsvector('english', plain_heading), 'B')"
    " || setweight(to_tsvector('english', plain_text), 'D')"
    " FROM unnest(CAST(:positions AS int[]), CAST(:headings AS text[]), CAST(:places AS text[]),"
    " CAST(:texts AS text[]), CAST(:plain_headings AS text[]), CAST(:plain_texts AS text[]))"
    " AS t(position, heading, place, text, plain_heading, plain_text)"
)
COUNT = text(
    "UPDATE knowledge_sources SET counts = coalesce((SELECT jsonb_object_agg(lexeme, held) FROM"
    " (SELECT lexeme, count(*) AS held FROM knowledge_passages AS p, unnest(p.words) AS w WHERE p.source = :id"
    f" GROUP BY lexeme HAVING count(*) > :passages / {_RARE}) AS counted), '{{}}') WHERE id = :id"
)
PASSAGES = text(
    "SELECT source, position, heading, place, text FROM knowledge_passages WHERE source = ANY(:sources)"
    " ORDER BY source, position"
)
OF_WORKSPACE = text("DELETE FROM knowledge_sources WHERE workspace = :workspace")


class KnownSources:
    """All that agents know. What two processes read at once is kept once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, agent: AgentId) -> list[KeptSource]:
        """Everything that is kept for an agent, also for drafts; oldest first."""
        return [_source(row) for row in await self._rows(OF_AGENT, agent=agent)]

    async def find(self, source: SourceId) -> KeptSource | None:
        rows = await self._rows(BY_ID, id=source)
        return _source(rows[0]) if rows else None

    async def keep(self, new: NewSource, *, now: datetime) -> KeptSource:
        """Keep a source to be read; one of the same kind and name takes the new content, and waits again."""
        [row] = await self._rows(
            KEEP,
            id=secrets.token_urlsafe(16),
            workspace=workspace_of(new.added_by),
            agent=new.agent,
            kind=new.kind,
            at=new.at,
            digest=new.digest,
            title=new.title,
            size=len(new.body or b""),
            body=new.body,
            by=new.added_by,
            now=now,
        )
        return _source(row)

    async def body(self, source: SourceId) -> bytes:
        """What was handed over of a file or a text; empty when there is nothing."""
        rows = await self._rows(BODY, id=source)
        return bytes(rows[0].body or b"") if rows else b""

    async def forget(self, sources: Collection[SourceId]) -> None:
        """With all passages."""
        await self._rows(FORGET, ids=list(sources))

    async def forget_agent(self, agent: AgentId) -> None:
        await self._rows(FORGET_AGENT, agent=agent)

    async def forget_workspace(self, workspace: WorkspaceId) -> None:
        await self._rows(OF_WORKSPACE, workspace=workspace)

    async def wake(self, source: SourceId, *, now: datetime) -> None:
        """It is this one's turn now."""
        await self._rows(WAKE, id=source, now=now)

    async def read_as(self, source: SourceId, person: PersonId, *, now: datetime) -> None:
        """From now on it is read with the account of `person`; at once for the first time."""
        await self._rows(RE_ADD, id=source, by=person, now=now)

    async def take(
        self, *, now: datetime, agent: AgentId | None = None, source: SourceId | None = None
    ) -> KeptSource | None:
        """A source whose turn it is, for whoever asks alone until `now + LEASE`: of one agent, this one, or any."""
        rows = await self._rows(TAKE, now=now, until=now + LEASE, agent=agent or "", source=source or "")
        return _source(rows[0]) if rows else None

    async def leave(
        self, taken: KeptSource, *, now: datetime, due: datetime | None, problem: str = "", failed: bool = False
    ) -> None:
        """What was read before counts on: it has not changed, or could not be read now.

        `failed` where trying again changes nothing until somebody acts.
        """
        values = {"id": taken.id, "taken": taken.taken_until, "problem": problem, "failed": failed}
        await self._rows(LEAVE, **values, now=now, due=due)

    async def store(self, taken: KeptSource, read: ReadSource, *, now: datetime, due: datetime | None) -> bool:
        """Put new passages in the place of the old ones. False when it is not the caller's any more."""
        passages = read.passages
        async with self._database.sessions.begin() as session:
            values = {
                "id": taken.id,
                "taken": taken.taken_until,
                "title": read.title,
                "problem": read.problem,
                "facts": read.facts,
                "size": read.size,
                "fingerprint": read.fingerprint,
                "passages": len(passages),
                "now": now,
                "due": due,
            }
            if (await session.execute(READ, values)).first() is None:
                return False
            await session.execute(CLEAR, {"id": taken.id})
            await session.execute(FILL, {"id": taken.id, **_columns(read)})
            await session.execute(COUNT, {"id": taken.id, "passages": len(passages)})
        return True

    async def passages(self, sources: Collection[SourceId]) -> list[Passage]:
        """All passages of some sources, each source in its order."""
        return [passage_of(row) for row in await self._rows(PASSAGES, sources=list(sources))]

    async def _rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        return await self._database.single.rows(statement, values)


def passage_of(row: Any) -> Passage:
    return Passage(
        source=SourceId(row.source), position=row.position, heading=row.heading, place=row.place, text=row.text
    )


def _source(row: Any) -> KeptSource:
    return KeptSource(**row._asdict())


def _columns(read: ReadSource) -> dict[str, Any]:
    passages = read.passages
    return {
        "title": plain(read.title),
        "positions": [one.position for one in passages],
        "headings": [_storable(one.heading) for one in passages],
        "places": [_storable(one.place) for one in passages],
        "texts": [_storable(one.text) for one in passages],
        "plain_headings": [plain(one.heading) for one in passages],
        "plain_texts": [plain(one.text) for one in passages],
    }


def _storable(words: str) -> str:
    """PostgreSQL keeps no NUL."""
    return words.replace("\x00", "")
