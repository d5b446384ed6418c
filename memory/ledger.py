"""Every tool call that was ever begun: what, by whom, and how it ended. What makes a write act at most once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import DateTime, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import CallId, PersonId, TurnId
from memory.workers import fence

CallState = Literal["intent", "done", "failed", "unknown", "denied"]


class ToolCallRow(Base):
    __tablename__ = "tool_calls"

    turn: Mapped[str] = mapped_column(Text, primary_key=True)
    call: Mapped[str] = mapped_column(Text, primary_key=True)
    tool: Mapped[str] = mapped_column(Text)
    effect: Mapped[str] = mapped_column(Text)
    arguments: Mapped[str] = mapped_column(Text)
    """As executed, canonical JSON text."""
    verdict: Mapped[str] = mapped_column(Text)
    account: Mapped[str | None] = mapped_column(Text)
    worker: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(Text)
    undo: Mapped[str | None] = mapped_column(Text)
    """JSON object: what taking it back needs."""
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A tool call about to happen."""

    turn: TurnId
    call: CallId
    tool: str
    effect: str
    arguments: str
    verdict: str
    account: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the ledger knows of a call that was begun before."""

    state: CallState
    result: str | None
    link: str | None
    undo: str | None = None


TOOLS_DONE = text(
    "SELECT DISTINCT tool FROM tool_calls"
    " WHERE state = 'done' AND turn IN (SELECT id FROM turns WHERE person = :person)"
)


async def tools_done(database: Database, person: PersonId) -> frozenset[str]:
    """The names of the tools that ever did something for `person`."""
    return frozenset(row.tool for row in await database.single.rows(TOOLS_DONE, {"person": person}))


BEGUN = text("SELECT arguments FROM tool_calls WHERE turn = :turn AND call = :call")


class Ledger:
    """The ledger, as one worker writes it."""

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self.worker = worker

    async def begin(self, intent: Intent) -> Earlier | None:
        """Enter `intent`; None means go, anything else is what happened to the same call before.

        Raises Fenced when this worker was declared dead.
        """
        async with self._database.engine.begin() as connection:
            await fence(connection, self.worker)
            entered = await connection.execute(
                text(
                    "INSERT INTO tool_calls (turn, call, tool, effect, arguments, verdict, account, worker, state)"
                    " VALUES (:turn, :call, :tool, :effect, :arguments, :verdict, :account, :worker, 'intent')"
                    " ON CONFLICT DO NOTHING"
                ),
                {
                    "turn": intent.turn,
                    "call": intent.call,
                    "tool": intent.tool,
                    "effect": intent.effect,
                    "arguments": intent.arguments,
                    "verdict": intent.verdict,
                    "account": intent.account,
                    "worker": self.worker,
                },
            )
            if entered.rowcount:
                return None
            row = (
                await connection.execute(
                    text("SELECT state, result, link, undo FROM tool_calls WHERE turn = :turn AND call = :call"),
                    {"turn": intent.turn, "call": intent.call},
                )
            ).one()
            return Earlier(state=row.state, result=row.result, link=row.link, undo=row.undo)

    async def end(
        self,
        turn: TurnId,
        call: CallId,
        state: CallState,
        *,
        result: str,
        link: str | None = None,
        undo: str | None = None,
    ) -> None:
        """Enter how the call ended."""
        async with self._database.engine.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE tool_calls SET state = :state, result = :result, link = :link, undo = :undo,"
                    " finished_at = clock_timestamp() WHERE turn = :turn AND call = :call"
                ),
                {"turn": turn, "call": call, "state": state, "result": result, "link": link, "undo": undo},
            )

    async def begun(self, turn: TurnId, call: CallId) -> str | None:
        """The arguments with which the call was begun before, by whomever; None when it was not."""
        rows = await self._database.single.rows(BEGUN, {"turn": turn, "call": call})
        return rows[0].arguments if rows else None

    async def knows(self, turn: TurnId, call: CallId) -> bool:
        """Whether the call was begun before, by whomever."""
        async with self._database.engine.connect() as connection:
            return bool(
                await connection.scalar(
                    text("SELECT EXISTS (SELECT 1 FROM tool_calls WHERE turn = :turn AND call = :call)"),
                    {"turn": turn, "call": call},
                )
            )
