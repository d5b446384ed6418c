"""Every turn that was ever accepted, and which of them may run now: in order, and fair between workspaces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import sql
from sqlalchemy import BigInteger, DateTime, Identity, Index, SmallInteger, Text, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from memory.conversations import Transcript
from memory.database import Base, Database
from memory.direct import DirectConnection
from memory.ids import ConversationId, PersonId, TurnId, WorkspaceId
from memory.workers import Fenced, fence

State = Literal["queued", "admitted", "stopping", "answered", "waiting", "stopped", "failed"]
CHANNEL = "pinyon_turns"
"""NOTIFY channel, payload a worker: it saw that a turn was queued, or that a conversation became free."""
STOPS = "pinyon_stops"
"""NOTIFY channel, payload a turn id: its person wants it to stop."""


class TurnRow(Base):
    __tablename__ = "turns"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    workspace: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text)
    conversation: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    """The `IncomingMessage` as JSON text."""
    ahead: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Continuations go before the conversation's other turns."""
    continues: Mapped[str | None] = mapped_column(Text)
    """The turn whose transcript this one goes on with."""
    state: Mapped[str] = mapped_column(Text, default="queued", server_default=text("'queued'"))
    worker: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    """How often a dead worker's turn was taken over."""
    not_before: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    admitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # The database itself holds what the product promises: one running turn for each conversation.
        Index(
            "one_running",
            "conversation",
            unique=True,
            postgresql_where=text("state IN ('admitted', 'stopping')"),
        ),
        Index("turns_by_conversation", "conversation", "seq"),
        Index("turns_by_person", "person"),
        Index("queued", "conversation", "seq", postgresql_where=text("state = 'queued'")),
        Index("running", "worker", postgresql_where=text("state IN ('admitted', 'stopping')")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTurn:
    """What the queue needs to know of a turn."""

    id: TurnId
    workspace: WorkspaceId
    person: str
    conversation: ConversationId
    message: str
    ahead: bool = False
    continues: TurnId | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    """A turn as its worker finds it."""

    id: TurnId
    message: str
    state: State
    continues: TurnId | None
    attempts: int
    accepted_at: datetime
    follows_open: bool
    """Whether earlier turns of its person left something open in the thread."""


INSERT = text(
    "INSERT INTO turns (id, workspace, person, conversation, message, ahead, continues, not_before)"
    " VALUES (:id, :workspace, :person, :conversation, :message, :ahead, :continues, :not_before)"
    " ON CONFLICT (id) DO NOTHING RETURNING id"
)
LOAD = text(
    "SELECT message, state, continues, attempts, accepted_at, EXISTS ("
    "  SELECT 1 FROM pending p WHERE p.conversation = t.conversation AND p.person = t.person AND p.turn <> t.id"
    "  AND p.state = 'open') AS follows_open"
    " FROM turns t WHERE id = :id"
)
ASKED_BY = text("SELECT 1 FROM turns WHERE person = :person LIMIT 1")
SAID_IN = text("SELECT 1 FROM turns WHERE conversation = :conversation LIMIT 1")
CLOSE = text("UPDATE turns SET state = :state, finished_at = clock_timestamp() WHERE id = :id AND finished_at IS NULL")
CONCLUDE = text(
    "WITH closed AS ("
    "  UPDATE turns SET state = :state, finished_at = clock_timestamp()"
    "  WHERE id = :id AND finished_at IS NULL AND (worker IS NULL OR worker = :worker) RETURNING conversation"
    "), kept AS ("
    "  INSERT INTO transcripts (turn, conversation, messages, held, audience, trail, findings)"
    "  SELECT :id, conversation, :messages, :held, :audience, :trail, :findings FROM closed"
    "  ON CONFLICT (turn) DO NOTHING"
    ") SELECT 1 FROM closed"
)
NOTIFY = text("SELECT pg_notify(:channel, :payload)")

# queue.md §1, with two changes: a worker admits for itself up to its own free slots, so that it can start a turn at
# once instead of polling for it; and a workspace that is alone leaves a quarter of all slots to whoever comes next.
# Within a conversation the order is that of the ids, which end with the time at which each thing was said: events may
# overtake each other on their way to us.
ADMIT = sql.SQL(
    """
    WITH running AS (
      SELECT workspace, count(*) AS n FROM turns WHERE state IN ('admitted', 'stopping') GROUP BY workspace
    ), heads AS (
      SELECT DISTINCT ON (conversation) id, workspace, seq, ahead FROM turns t
      WHERE state = 'queued' AND (not_before IS NULL OR not_before <= clock_timestamp())
        AND NOT EXISTS (
          SELECT 1 FROM turns b WHERE b.conversation = t.conversation AND b.state IN ('admitted', 'stopping'))
      ORDER BY conversation, ahead DESC, id COLLATE "C"
    ), ranked AS (
      SELECT h.*, row_number() OVER (PARTITION BY h.workspace ORDER BY h.ahead DESC, h.seq) + coalesce(r.n, 0) AS rank
      FROM heads h LEFT JOIN running r USING (workspace)
    ), slots AS (
      SELECT coalesce(sum(slots), 0) AS n FROM workers WHERE beat > clock_timestamp() - interval '10 s'
    ), chosen AS (
      SELECT id FROM ranked WHERE rank <= greatest(1, (SELECT n FROM slots) * 3 / 4)
      ORDER BY rank, seq LIMIT {free}
    )
    UPDATE turns SET state = 'admitted', worker = {worker}, admitted_at = clock_timestamp()
    WHERE id IN (SELECT id FROM chosen) RETURNING id
    """
)


class Turns:
    """The queue of turns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, turn: NewTurn) -> bool:
        """Accept `turn` by inserting it; False when it was accepted before, which changes nothing."""
        return bool(await self._database.single.rows(INSERT, _values(turn)))

    async def load(self, turn: TurnId) -> StoredTurn:
        """Read one turn. Raises KeyError when there is none."""
        rows = await self._database.single.rows(LOAD, {"id": turn})
        if not rows:
            raise KeyError(turn)
        row = rows[0]
        return StoredTurn(
            id=turn,
            message=row.message,
            state=row.state,
            continues=row.continues,
            attempts=row.attempts,
            accepted_at=row.accepted_at,
            follows_open=row.follows_open,
        )

    async def claim(self, turn: TurnId, worker: str) -> bool:
        """Say that `worker` runs `turn` now, after it was taken over from a dead one; False when it is over already.

        Raises Fenced when `worker` itself was declared dead.
        """
        async with self._database.engine.begin() as connection:
            await fence(connection, worker)
            claimed = await connection.execute(
                text("UPDATE turns SET worker = :worker WHERE id = :id AND state IN ('admitted', 'stopping')"),
                {"id": turn, "worker": worker},
            )
            return bool(claimed.rowcount)

    async def disown(self, turn: TurnId) -> None:
        """Leave `turn` to the leader, as if its worker had died."""
        await self._database.single.rows(text("UPDATE turns SET worker = NULL WHERE id = :id"), {"id": turn})

    async def finish(self, turn: TurnId, state: State) -> None:
        """Close `turn`, if it is open; its conversation is free for the next one."""
        await self._database.single.rows(CLOSE, {"id": turn, "state": state})

    async def conclude(self, transcript: Transcript, state: State, *, worker: str, then: NewTurn | None = None) -> None:
        """Close the transcript's turn, keep what was said in it, and queue `then`: all of it or nothing.

        The caller wakes the workers. Raises Fenced when `worker` does not run the turn any more: another one has it, or
        has ended it.
        """
        turn = transcript.turn
        values = {
            "id": turn,
            "state": state,
            "worker": worker,
            "messages": transcript.messages,
            "held": transcript.held,
            "audience": transcript.audience,
            "trail": transcript.trail,
            "findings": transcript.findings,
        }
        if then is None:
            closed = await self._database.single.rows(CONCLUDE, values)
        else:
            async with self._database.engine.begin() as connection:
                if closed := (await connection.execute(CONCLUDE, values)).all():
                    await insert(connection, then)
        if closed:
            return
        # When the answer to a COMMIT is lost, the same close comes again: that is no other worker's doing.
        owner = await self._database.single.rows(text("SELECT worker FROM turns WHERE id = :id"), {"id": turn})
        if owner and owner[0].worker not in (None, worker):
            raise Fenced(worker)

    async def stop(self, conversation: ConversationId, person: PersonId) -> TurnId | None:
        """Ask what runs for `person` in a thread to stop, and drop their questions behind it; None when nothing runs.

        What others asked there goes on, and so does what the person approved or connected for.
        """
        theirs = {"conversation": conversation, "person": person}
        async with self._database.engine.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE turns SET state = 'stopped', finished_at = clock_timestamp()"
                    " WHERE conversation = :conversation AND person = :person AND state = 'queued' AND NOT ahead"
                ),
                theirs,
            )
            found = await connection.scalar(
                text(
                    "UPDATE turns SET state = 'stopping'"
                    " WHERE conversation = :conversation AND person = :person AND state = 'admitted' RETURNING id"
                ),
                theirs,
            )
            if found is not None:
                await connection.execute(NOTIFY, {"channel": STOPS, "payload": found})
        return TurnId(found) if found is not None else None

    async def has_asked(self, person: str) -> bool:
        """Whether `person` ever asked anything."""
        return bool(await self._database.single.rows(ASKED_BY, {"person": person}))

    async def takes_part(self, conversation: ConversationId) -> bool:
        """Whether Pinyon ever answered in this thread."""
        return bool(await self._database.single.rows(SAID_IN, {"conversation": conversation}))


async def insert(connection: AsyncConnection, turn: NewTurn) -> bool:
    """Queue `turn` within the caller's transaction; False when it is there already. The caller wakes the workers."""
    return (await connection.execute(INSERT, _values(turn))).first() is not None


def _values(turn: NewTurn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "workspace": turn.workspace,
        "person": turn.person,
        "conversation": turn.conversation,
        "message": turn.message,
        "ahead": turn.ahead,
        "continues": turn.continues,
        "not_before": turn.not_before,
    }


# What a worker does for itself, over a connection of its own.


async def admit(connection: DirectConnection, worker: str, free: int) -> Sequence[TurnId]:
    """Give `worker` up to `free` turns that may run now.

    When this raises, turns may have been given all the same: look at `assigned`.
    """
    rows = await connection.run(
        sql.SQL("SELECT pg_advisory_xact_lock(7001)"),  # a try-lock would lose wake-ups
        ADMIT.format(worker=sql.Literal(worker), free=sql.Literal(free)),
    )
    return [TurnId(row[0]) for row in rows]


async def assigned(connection: DirectConnection, worker: str) -> Sequence[TurnId]:
    """The turns that `worker` was given and that are not over."""
    rows = await connection.run(
        sql.SQL("SELECT id FROM turns WHERE worker = {} AND state IN ('admitted', 'stopping')").format(
            sql.Literal(worker)
        )
    )
    return [TurnId(row[0]) for row in rows]


async def tell(connection: DirectConnection, worker: str) -> None:
    """Wake every other worker. It stands outside of all transactions: a commit with a NOTIFY waits for every other."""
    await connection.run(sql.SQL("SELECT pg_notify({}, {})").format(sql.Literal(CHANNEL), sql.Literal(worker)))
