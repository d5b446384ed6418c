"""What became of the values that memory knew: the figures, and for a day how a change is taken back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import BigInteger, DateTime, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import PersonId, WorkspaceId, workspace_of
from memory.parameters.evidence import Value
from memory.parameters.values import from_json, to_json

What = Literal["ran", "read", "asked", "filled", "corrected", "undone", "forgotten", "pinned"]
"""A call ran; a record of the person's own was read; a value was asked for, filled in, changed by the person,
forgotten, or pinned; a call was taken back."""
SILENT = timedelta(days=1)
"""A value that was filled in was wrong if it is changed, or its call taken back, within this time."""
TAKEN_BACK = timedelta(days=1)
"""How long a change can be taken back."""
KEPT = timedelta(days=400)


class EventRow(Base):
    __tablename__ = "parameter_events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    workspace: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text)
    tool: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    parameter: Mapped[str] = mapped_column(Text, server_default=text("''"))
    call: Mapped[str] = mapped_column(Text, server_default=text("''"))
    """`memory.parameters.kept.key_of`."""
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Of a value that was filled in: when the person put another in its place, or took the call back."""
    before: Mapped[str | None] = mapped_column(Text)
    """Of a change: the evidence of this parameter as it was."""
    after: Mapped[str | None] = mapped_column(Text)
    """JSON text: the new value."""

    __table_args__ = (
        Index("parameter_events_by_week", "workspace", "at"),
        Index("parameter_events_by_person", "person", "tool", "at"),
        Index(
            "parameter_calls",
            "person",
            "tool",
            "call",
            unique=True,
            postgresql_where=text("what IN ('ran', 'read')"),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What happened with one tool in one week."""

    people: frozenset[PersonId]
    """Whose these figures are. To be counted and not to be shown."""
    tasks: int = 0
    """Calls that ran."""
    asked: int = 0
    """Values that were asked for."""
    filled: int = 0
    """Values that memory filled in."""
    corrected: int = 0
    """Values that the person changed, before or after the call ran."""
    wrong: int = 0
    """Values that were filled in silently, and changed or taken back within a day after the call had run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days."""

    begins: date
    """A Monday, in UTC."""
    tools: Mapping[str, Counts] = field(default_factory=dict[str, Counts])
    """By tool; those with which anything happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a value, that can be taken back still."""

    tool: str
    parameter: str
    at: datetime
    before: str
    """As `note_change` was told."""
    after: Value
    """The value that it brought."""


WEEKLY = text(
    "SELECT date_trunc('week', at AT TIME ZONE 'UTC')::date AS week, tool, array_agg(DISTINCT person) AS people,"
    " count(*) FILTER (WHERE what = 'ran') AS tasks,"
    " count(*) FILTER (WHERE what = 'asked') AS asked,"
    " count(*) FILTER (WHERE what = 'filled') AS filled,"
    " count(*) FILTER (WHERE what = 'corrected') AS corrected,"
    " count(*) FILTER (WHERE what = 'filled' AND ended_at > at AND ended_at <= at + CAST(:silent AS interval)) AS wrong"
    " FROM parameter_events"
    " WHERE workspace = :workspace AND at >= :since AND what IN ('ran', 'asked', 'filled', 'corrected')"
    " AND (CAST(:person AS text) IS NULL OR person = :person)"
    " GROUP BY week, tool ORDER BY week, tool"
)
SAVED = text(
    "SELECT count(*) AS count, min(at) AS since FROM parameter_events"
    " WHERE person = :person AND what = 'filled' AND ended_at IS NULL"
)
BEGIN = text(
    "INSERT INTO parameter_events (workspace, person, tool, what, at, call)"
    " VALUES (:workspace, :person, :tool, :what, :at, :call)"
    " ON CONFLICT (person, tool, call) WHERE what IN ('ran', 'read') DO NOTHING RETURNING id"
)
END_CALL = text(
    "UPDATE parameter_events SET ended_at = :at"
    " WHERE person = :person AND tool = :tool AND call = :call AND what = 'filled' AND ended_at IS NULL"
)
END_LAST = text(
    "UPDATE parameter_events SET ended_at = :at WHERE ended_at IS NULL AND id = ("
    "SELECT id FROM parameter_events"
    " WHERE person = :person AND tool = :tool AND parameter = :parameter AND what = 'filled'"
    " ORDER BY at DESC, id DESC LIMIT 1)"
)
RESUME_LAST = text(
    "UPDATE parameter_events SET ended_at = NULL"
    " WHERE person = :person AND tool = :tool AND parameter = :parameter AND what = 'filled' AND ended_at = :at"
)
SETTLE = text(
    "UPDATE parameter_events SET before = NULL, after = NULL"
    " WHERE person = :person AND tool = :tool AND parameter = :parameter AND before IS NOT NULL"
)
TAKE_BACK = text(
    "DELETE FROM parameter_events"
    " WHERE id = :id AND person = :person AND what = 'corrected' AND before IS NOT NULL AND at > :since"
    " RETURNING tool, parameter, at, before, after"
)
FIND = text(
    "SELECT tool FROM parameter_events"
    " WHERE id = :id AND person = :person AND what = 'corrected' AND before IS NOT NULL AND at > :since"
)
FORGET = text(
    "UPDATE parameter_events SET before = NULL, after = NULL, parameter = split_part(parameter, '|', 1)"
    " WHERE person = :person AND tool = :tool AND parameter = ANY(:parameters)"
)
FORGET_ALL = text(
    "UPDATE parameter_events SET before = NULL, after = NULL, parameter = split_part(parameter, '|', 1)"
    " WHERE person = :person AND tool = :tool AND (before IS NOT NULL OR parameter LIKE '%|%')"
)
UNREAD = text("DELETE FROM parameter_events WHERE person = :person AND tool = :tool AND what = 'read'")
PRUNE = text("DELETE FROM parameter_events WHERE at < CAST(:now AS timestamptz) - CAST(:kept AS interval)")
PRUNE_TEXTS = text(
    "UPDATE parameter_events SET before = NULL, after = NULL"
    " WHERE before IS NOT NULL AND at < CAST(:now AS timestamptz) - CAST(:taken_back AS interval)"
)


class Happened:
    """The figures of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def weekly(
        self, workspace: WorkspaceId, *, weeks: int, now: datetime, person: PersonId | None = None
    ) -> Sequence[Week]:
        """The last `weeks` weeks, the current one included, oldest first; of one person, or of everybody."""
        monday = now.astimezone(UTC).date() - timedelta(days=now.astimezone(UTC).weekday())
        begins = [monday - timedelta(weeks=back) for back in reversed(range(weeks))]
        since = datetime.combine(begins[0], datetime.min.time(), tzinfo=UTC)
        values = {"workspace": workspace, "since": since, "person": person, "silent": SILENT}
        found: dict[date, dict[str, Counts]] = {}
        for row in await self._database.single.rows(WEEKLY, values):
            found.setdefault(row.week, {})[row.tool] = _counts(row)
        return [Week(begins=begin, tools=found.get(begin, {})) for begin in begins]

    async def saved(self, person: PersonId) -> tuple[int, datetime | None]:
        """How many values were filled in for a person and left standing, and since when."""
        [row] = await self._database.single.rows(SAVED, {"person": person})
        return row.count, row.since

    async def prune(self, *, now: datetime) -> None:
        """Delete what is too old for any figure, and the texts with which nothing can be taken back any more."""
        await self._database.single.rows(PRUNE, {"now": now, "kept": KEPT})
        await self._database.single.rows(PRUNE_TEXTS, {"now": now, "taken_back": TAKEN_BACK})


def _counts(row: Any) -> Counts:
    return Counts(
        people=frozenset(PersonId(person) for person in row.people),
        tasks=row.tasks,
        asked=row.asked,
        filled=row.filled,
        corrected=row.corrected,
        wrong=row.wrong,
    )


@dataclass(frozen=True, slots=True)
class Diary:
    """Where it is noted, within the caller's transaction, what happens with a person's memory of one tool."""

    connection: AsyncConnection
    person: PersonId
    tool: str

    async def begin(self, call: str, *, own: bool, at: datetime) -> bool:
        """A call ran, or was read in the person's own records; whether that is new."""
        values = {**self._whose, "workspace": workspace_of(self.person), "call": call, "at": at}
        return (await self.connection.execute(BEGIN, {**values, "what": "read" if own else "ran"})).first() is not None

    async def note(
        self, what: What, parameters: Iterable[str], *, at: datetime, call: str = "", ended: bool = False
    ) -> None:
        """Something happened with each of `parameters`; `ended`: a value did not stand when the call ran."""
        rows = [
            {
                **self._whose,
                "workspace": workspace_of(self.person),
                "what": what,
                "parameter": parameter,
                "call": call,
                "at": at,
                "ended_at": at if ended else None,
            }
            for parameter in parameters
        ]
        if rows:
            await self.connection.execute(insert(EventRow), rows)

    async def note_change(self, parameter: str, *, before: str, after: Value, at: datetime) -> str:
        """The person changed a value; the id of the change, with which it is taken back instead of earlier ones."""
        named = {**self._whose, "parameter": parameter}
        await self.connection.execute(SETTLE, named)
        await self.connection.execute(END_LAST, {**named, "at": at})
        row = insert(EventRow).values(
            **named,
            workspace=workspace_of(self.person),
            what="corrected",
            at=at,
            before=before,
            after=json.dumps(to_json(after)),
        )
        return f"c_{await self.connection.scalar(row.returning(EventRow.id))}"

    async def undo(self, call: str, *, at: datetime) -> None:
        """A call was taken back."""
        await self.connection.execute(END_CALL, {**self._whose, "call": call, "at": at})
        await self.note("undone", [""], at=at, call=call)

    async def forget(self, parameters: Sequence[str]) -> None:
        """Keep no value of `parameters`: neither in a change, nor in a name."""
        await self.connection.execute(FORGET, {**self._whose, "parameters": [*parameters]})

    async def forget_all(self) -> None:
        """Keep no value of any parameter."""
        await self.connection.execute(FORGET_ALL, self._whose)

    async def unread(self) -> None:
        """What was read in the person's own records may be read again."""
        await self.connection.execute(UNREAD, self._whose)

    async def take_back(self, change: str, *, at: datetime) -> Change | None:
        """A change that did not happen after all; None when it is not theirs, or cannot be taken back any more."""
        named = {"id": _number(change), "person": self.person, "since": at - TAKEN_BACK}
        row = (await self.connection.execute(TAKE_BACK, named)).first()
        if row is None:
            return None
        await self.connection.execute(RESUME_LAST, {**self._whose, "parameter": row.parameter, "at": row.at})
        after = from_json(json.loads(row.after))
        return Change(tool=row.tool, parameter=row.parameter, at=row.at, before=row.before, after=after)

    @property
    def _whose(self) -> dict[str, str]:
        return {"person": self.person, "tool": self.tool}


async def tool_of(database: Database, person: PersonId, change: str, *, at: datetime) -> str | None:
    """The tool whose value was changed; None when the change is not theirs, or cannot be taken back any more."""
    rows = await database.single.rows(FIND, {"id": _number(change), "person": person, "since": at - TAKEN_BACK})
    return rows[0].tool if rows else None


def _number(change: str) -> int:
    digits = change.removeprefix("c_")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else -1
