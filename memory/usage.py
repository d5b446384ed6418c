"""What every model call used, for budgets and figures."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    Numeric,
    Text,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import PersonId, TurnId, WorkspaceId


class ModelUsageRow(Base):
    __tablename__ = "model_usage"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    workspace: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text)
    turn: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    route: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    """Vendor and model: `anthropic:claude-sonnet-5-5`."""
    input: Mapped[int] = mapped_column(Integer)
    """Tokens, those of the cache included."""
    output: Mapped[int] = mapped_column(Integer)
    cache_read: Mapped[int] = mapped_column(Integer)
    cache_write: Mapped[int] = mapped_column(Integer)
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    """NULL when the model's price is not known, which is not the same as free."""
    seconds: Mapped[float] = mapped_column(Double)

    __table_args__ = (
        Index("ix_model_usage_workspace_at", "workspace", "at"),
        Index("ix_model_usage_person_at", "person", "at"),
        Index("ix_model_usage_turn", "turn"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What one model call used."""

    workspace: WorkspaceId
    person: PersonId
    turn: TurnId
    route: str
    model: str
    input: int
    output: int
    cache_read: int
    cache_write: int
    cost_usd: Decimal | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """The sum of some calls."""

    calls: int
    tokens: int
    """Input and output together."""
    cost_usd: Decimal
    """Of the calls whose price is known."""
    unpriced: int
    """How many calls the cost leaves out, because their price is not known."""


RECORD = text(
    "INSERT INTO model_usage"
    " (workspace, person, turn, route, model, input, output, cache_read, cache_write, cost_usd, seconds) VALUES"
    " (:workspace, :person, :turn, :route, :model, :input, :output, :cache_read, :cache_write, :cost_usd, :seconds)"
)


async def record(database: Database, used: Used) -> None:
    """Enter one call, at the database's time."""
    await database.single.rows(RECORD, asdict(used))


async def spent_by_person(session: AsyncSession, person: PersonId, *, since: datetime) -> Spent:
    """What `person`'s turns used since then; give the person's own midnight for a daily budget."""
    return await _spent(session, ModelUsageRow.person == person, ModelUsageRow.at >= since)


async def spent_by_workspace(session: AsyncSession, workspace: WorkspaceId, *, since: datetime) -> Spent:
    """What all turns of `workspace` used since then."""
    return await _spent(session, ModelUsageRow.workspace == workspace, ModelUsageRow.at >= since)


async def spent_by_turn(session: AsyncSession, turn: TurnId) -> Spent:
    """What one turn used so far."""
    return await _spent(session, ModelUsageRow.turn == turn)


async def _spent(session: AsyncSession, *conditions: ColumnElement[bool]) -> Spent:
    row = (
        await session.execute(
            select(
                func.count(),
                func.coalesce(func.sum(ModelUsageRow.input + ModelUsageRow.output), 0),
                func.sum(ModelUsageRow.cost_usd),
                func.count().filter(ModelUsageRow.cost_usd.is_(None)),
            ).where(*conditions)
        )
    ).one()
    return Spent(calls=row[0], tokens=row[1], cost_usd=row[2] or Decimal(0), unpriced=row[3])
