"""What a person owes an answer: approvals and connections that ended a turn as waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import DateTime, Index, Row, Text, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import CallId, ConversationId, PendingId, PersonId, TurnId, WorkspaceId

Kind = Literal["approval", "connect"]
PendingState = Literal[
    "open", "approved", "denied", "expired", "moved_on", "connected", "skipped", "done", "failed", "unknown", "stale"
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


COLUMNS = (
    "id, turn, call, kind, workspace, person, conversation, body, digest, expires_at, state, reason, card, decided_at"
)


def _item(row: Row[Any]) -> PendingItem:
    return PendingItem(**{column: getattr(row, column) for column in COLUMNS.split(", ")})


class PendingItems:
    """All that waits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, item: PendingItem) -> None:
        """Store `item`; the same again changes nothing."""
        async with self._database.engine.begin() as connection:
            await connection.execute(
                text(
                    "INSERT INTO pending (id, turn, call, kind, workspace, person, conversation, body, digest,"
                    " expires_at, reason) VALUES (:id, :turn, :call, :kind, :workspace, :person, :conversation, :body,"
                    " :digest, :expires_at, :reason) ON CONFLICT (id) DO NOTHING"
                ),
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
                    "reason": item.reason,
                },
            )

    async def find(self, pending: PendingId) -> PendingItem | None:
        async with self._database.engine.connect() as connection:
            rows = await connection.execute(text(f"SELECT {COLUMNS} FROM pending WHERE id = :id"), {"id": pending})
            row = rows.one_or_none()
        return _item(row) if row is not None else None

    async def of_turn(self, turn: TurnId) -> Sequence[PendingItem]:
        """Everything that `turn` left waiting, in the order it was asked."""
        async with self._database.engine.connect() as connection:
            return await of_turn(connection, turn)

    async def open_of(self, person: PersonId) -> Sequence[PendingItem]:
        """Everything that waits for `person` now."""
        async with self._database.engine.connect() as connection:
            rows = await connection.execute(
                text(
                    f"SELECT {COLUMNS} FROM pending WHERE person = :person AND state = 'open'"
                    " AND expires_at > clock_timestamp() ORDER BY created_at"
                ),
                {"person": person},
            )
            return [_item(row) for row in rows]

    async def shown(self, turn: TurnId, card: str) -> None:
        """Keep where the card of `turn` stands (`channel:ts`)."""
        async with self._database.engine.begin() as connection:
            await connection.execute(
                text("UPDATE pending SET card = :card WHERE turn = :turn"), {"turn": turn, "card": card}
            )

    async def settle(self, pending: PendingId, state: PendingState, *, reason: str | None = None) -> None:
        """Enter what became of a decided item."""
        async with self._database.engine.begin() as connection:
            await connection.execute(
                text("UPDATE pending SET state = :state, reason = coalesce(:reason, reason) WHERE id = :id"),
                {"id": pending, "state": state, "reason": reason},
            )

    async def move_on(self, conversation: ConversationId) -> Sequence[PendingItem]:
        """Close what is open in a thread, because its person asked something new there."""
        async with self._database.engine.begin() as connection:
            rows = await connection.execute(
                text(
                    "UPDATE pending SET state = 'moved_on', decided_at = clock_timestamp()"
                    f" WHERE conversation = :conversation AND state = 'open' RETURNING {COLUMNS}"
                ),
                {"conversation": conversation},
            )
            return [_item(row) for row in rows]

    async def expire(self) -> Sequence[PendingItem]:
        """Close what waited too long."""
        async with self._database.engine.begin() as connection:
            rows = await connection.execute(
                text(
                    "UPDATE pending SET state = 'expired', decided_at = clock_timestamp()"
                    f" WHERE state = 'open' AND expires_at <= clock_timestamp() RETURNING {COLUMNS}"
                )
            )
            return [_item(row) for row in rows]


async def of_turn(connection: AsyncConnection, turn: TurnId) -> Sequence[PendingItem]:
    """Everything that `turn` left waiting, within the caller's transaction."""
    rows = await connection.execute(
        text(f"SELECT {COLUMNS} FROM pending WHERE turn = :turn ORDER BY created_at, id"), {"turn": turn}
    )
    return [_item(row) for row in rows]


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
