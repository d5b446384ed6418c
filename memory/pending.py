"""What a person owes an answer, approvals, questions and connections, and the receipts of what needed none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import DateTime, Index, Row, Text, TextClause, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import CallId, ConversationId, PendingId, PersonId, TurnId, WorkspaceId

Kind = Literal["approval", "receipt", "question", "connect"]
"""A receipt waits for nothing: it stands for a write that ran because the person had asked for it."""
PendingState = Literal[
    "open",
    "approved",
    "denied",
    "expired",
    "moved_on",
    "connected",
    "skipped",
    "answered",
    "done",
    "failed",
    "unknown",
    "stale",
    "undoing",
    "undone",
]


class PendingRow(Base):
    __tablename__ = "pending"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    turn: Mapped[str] = mapped_column(Text)
    call: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    workspace: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text)
    conversation: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    """JSON text: what waits, exactly."""
    digest: Mapped[str] = mapped_column(Text)
    """Hash of tool, arguments and account: an approval counts for these and nothing else."""
    state: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    reason: Mapped[str | None] = mapped_column(Text)
    undo: Mapped[str | None] = mapped_column(Text)
    """JSON object: what taking a done write back needs."""
    card: Mapped[str | None] = mapped_column(Text)
    """`channel:ts` of the message that shows it."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("pending_by_turn", "turn"),
        Index("open_by_conversation", "conversation", postgresql_where=text("state = 'open'")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingItem:
    """One thing that waits for a person, or did."""

    id: PendingId
    turn: TurnId
    call: CallId
    kind: Kind
    workspace: WorkspaceId
    person: PersonId
    conversation: ConversationId
    body: str
    digest: str
    expires_at: datetime
    state: PendingState = "open"
    reason: str | None = None
    card: str | None = None
    decided_at: datetime | None = None
    undo: str | None = None


COLUMNS = (
    "id, turn, call, kind, workspace, person, conversation, body, digest, expires_at, state, reason, card, decided_at,"
    " undo"
)

ADD = text(
    "INSERT INTO pending"
    " (id, turn, call, kind, workspace, person, conversation, body, digest, expires_at, state, reason,"
    " decided_at, undo)"
    " VALUES (:id, :turn, :call, :kind, :workspace, :person, :conversation, :body, :digest, :expires_at, :state,"
    " :reason, CASE WHEN :state = 'open' THEN NULL ELSE clock_timestamp() END, :undo)"
    " ON CONFLICT (id) DO NOTHING"
)
BY_ID = text(f"SELECT {COLUMNS} FROM pending WHERE id = :id")
OF_TURN = text(f"SELECT {COLUMNS} FROM pending WHERE turn = :turn ORDER BY created_at, id")
COUNT_OF = text("SELECT count(*) AS count FROM pending WHERE turn = :turn AND kind <> 'receipt'")
OPEN_OF = text(
    f"SELECT {COLUMNS} FROM pending WHERE person = :person AND state = 'open' AND expires_at > clock_timestamp()"
    " ORDER BY created_at"
)
SHOWN = text("UPDATE pending SET card = :card WHERE turn = :turn")
SETTLE = text(
    "UPDATE pending SET state = :state, reason = coalesce(:reason, reason), undo = coalesce(:undo, undo) WHERE id = :id"
)
TURN_INTO = text(
    f"UPDATE pending SET state = :after WHERE id = :id AND person = :person AND state = :before RETURNING {COLUMNS}"
)
ANSWER = text(
    "WITH open AS ("
    "SELECT id, turn, kind FROM pending WHERE state = 'open' AND expires_at > clock_timestamp()"
    " AND conversation = :conversation AND person = :person AND turn <> :to FOR UPDATE)"
    " UPDATE pending SET state = 'answered', reason = :answer, decided_at = clock_timestamp()"
    " WHERE id IN (SELECT id FROM open)"
    " AND (SELECT count(DISTINCT turn) FROM open) = 1 AND (SELECT bool_and(kind = 'question') FROM open)"
    f" RETURNING {COLUMNS}"
)
AMEND = text("UPDATE pending SET body = :body WHERE id = :id AND person = :person")
REWRITE = text(
    "UPDATE pending SET body = :body, digest = :digest, reason = NULL"
    f" WHERE id = :id AND person = :person AND state = 'open' AND expires_at > clock_timestamp() RETURNING {COLUMNS}"
)


def _item(row: Row[Any]) -> PendingItem:
    return PendingItem(**{column: getattr(row, column) for column in COLUMNS.split(", ")})


@cache
def _any(which: str) -> TextClause:
    return text(f"SELECT 1 FROM pending WHERE {which} LIMIT 1")


class PendingItems:
    """All that waits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, item: PendingItem) -> None:
        """Store `item`; the same again changes nothing."""
        await self._database.single.rows(
            ADD,
            {
                "id": item.id,
                "turn": item.turn,
                "call": item.call,
                "kind": item.kind,
                "workspace": item.workspace,
                "person": item.person,
                "conversation": item.conversation,
                "body": item.body,
                "digest": item.digest,
                "expires_at": item.expires_at,
                "state": item.state,
                "reason": item.reason,
                "undo": item.undo,
            },
        )

    async def find(self, pending: PendingId) -> PendingItem | None:
        rows = await self._database.single.rows(BY_ID, {"id": pending})
        return _item(rows[0]) if rows else None

    async def of_turn(self, turn: TurnId) -> Sequence[PendingItem]:
        """Everything that `turn` left waiting, in the order it was asked."""
        return [_item(row) for row in await self._database.single.rows(OF_TURN, {"turn": turn})]

    async def count_of(self, turn: TurnId) -> int:
        """How many things `turn` left waiting."""
        return int((await self._database.single.rows(COUNT_OF, {"turn": turn}))[0].count)

    async def open_of(self, person: PersonId) -> Sequence[PendingItem]:
        """Everything that waits for `person` now."""
        return [_item(row) for row in await self._database.single.rows(OPEN_OF, {"person": person})]

    async def shown(self, turn: TurnId, card: str) -> None:
        """Keep where the card of `turn` stands (`channel:ts`)."""
        await self._database.single.rows(SHOWN, {"turn": turn, "card": card})

    async def settle(
        self, pending: PendingId, state: PendingState, *, reason: str | None = None, undo: str | None = None
    ) -> None:
        """Enter what became of a decided item."""
        await self._database.single.rows(SETTLE, {"id": pending, "state": state, "reason": reason, "undo": undo})

    async def turn_into(
        self, pending: PendingId, person: PersonId, *, before: PendingState, after: PendingState
    ) -> PendingItem | None:
        """Change the state of an item of `person`, once; None when it stood otherwise already."""
        rows = await self._database.single.rows(
            TURN_INTO, {"id": pending, "person": person, "before": before, "after": after}
        )
        return _item(rows[0]) if rows else None

    async def rewrite(self, pending: PendingId, person: PersonId, *, body: str, digest: str) -> PendingItem | None:
        """Put something else into an item that is open still; None when it is over, or not that person's."""
        rows = await self._database.single.rows(
            REWRITE, {"id": pending, "person": person, "body": body, "digest": digest}
        )
        return _item(rows[0]) if rows else None

    async def amend(self, pending: PendingId, person: PersonId, *, body: str) -> None:
        """Keep something more with an item of `person`, however it was decided."""
        await self._database.single.rows(AMEND, {"id": pending, "person": person, "body": body})

    async def move_on(self, conversation: ConversationId, person: PersonId, *, to: TurnId) -> Sequence[PendingItem]:
        """Close what `person` left open in a thread in earlier turns: they asked something new there, turn `to`.

        What was approved while another item of its card was open did not run yet, and is put aside with it.
        """
        earlier = "conversation = :conversation AND person = :person AND turn <> :to"
        return await self._close("moved_on", earlier, {"conversation": conversation, "person": person, "to": to})

    async def answer(
        self, conversation: ConversationId, person: PersonId, *, to: TurnId, answer: str
    ) -> Sequence[PendingItem]:
        """Answer the questions that `person` was left with in a thread, by what they wrote on there, turn `to`.

        Only where nothing but questions of one turn is open: otherwise the words may be about something else.
        """
        values = {"conversation": conversation, "person": person, "to": to, "answer": answer}
        return [_item(row) for row in await self._database.single.rows(ANSWER, values)]

    async def expire(self) -> Sequence[PendingItem]:
        """Close what waited too long, and what was approved on the same card but waited for the rest."""
        return await self._close("expired", "expires_at <= clock_timestamp()", {})

    async def _close(self, state: PendingState, which: str, values: dict[str, str]) -> Sequence[PendingItem]:
        is_open = f"state = 'open' AND {which}"
        if not await self._database.single.rows(_any(is_open), values):
            return []
        whole = f"turn IN (SELECT turn FROM pending WHERE {is_open})"
        async with self._database.engine.begin() as connection:
            # Locked first: the UPDATE then sees all of a click that comes at the same moment, or nothing of it.
            await connection.execute(text(f"SELECT id FROM pending WHERE {whole} ORDER BY id FOR UPDATE"), values)
            rows = await connection.execute(
                text(
                    "UPDATE pending SET state = :state, reason = NULL, decided_at = clock_timestamp()"
                    f" WHERE {whole} AND state IN ('open', 'approved') RETURNING {COLUMNS}"
                ),
                {"state": state, **values},
            )
            return [_item(row) for row in rows]


async def of_turn(connection: AsyncConnection, turn: TurnId) -> Sequence[PendingItem]:
    """Everything that `turn` left waiting, within the caller's transaction."""
    return [_item(row) for row in await connection.execute(OF_TURN, {"turn": turn})]


async def lock(connection: AsyncConnection, turn: TurnId) -> None:
    """Hold everything that `turn` left waiting until the caller's transaction ends.

    Of two clicks on one card at the same moment, the second then sees the first.
    """
    await connection.execute(text("SELECT id FROM pending WHERE turn = :turn ORDER BY id FOR UPDATE"), {"turn": turn})


async def decide(
    connection: AsyncConnection, pending: PendingId, state: PendingState, *, reason: str | None = None
) -> PendingItem | None:
    """Decide an open item within the caller's transaction; None when somebody, or time, was faster. Single use."""
    rows = await connection.execute(
        text(
            "UPDATE pending SET state = :state, reason = :reason, decided_at = clock_timestamp()"
            f" WHERE id = :id AND state = 'open' AND expires_at > clock_timestamp() RETURNING {COLUMNS}"
        ),
        {"id": pending, "state": state, "reason": reason},
    )
    row = rows.one_or_none()
    return _item(row) if row is not None else None
