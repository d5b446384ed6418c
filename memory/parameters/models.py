"""Keeps the model of each workspace and tool in memory, in step with the rows that all processes share."""

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import BigInteger, DateTime, Index, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import PersonId, WorkspaceId, workspace_of
from memory.parameters.evidence import Kind
from memory.parameters.predict import Model

ROWS = 8192
"""Rows of one tool for each of its parameters: twice what a model keeps. More means that it does not bound itself."""
HELD = 200_000
"""Rows that one process holds in memory, of all models together: about 100 MB."""
FRESH = 3600.0
"""Seconds after which a model that was not used is read anew: rows that went are marked as gone for a day only."""
_KINDS = ""
"""The name of the row in which the tool's parameters stand: whoever only forgets does not know them."""


class ModelRow(Base):
    __tablename__ = "parameter_rows"

    workspace: Mapped[str] = mapped_column(Text, primary_key=True)
    tool: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    """Hash of the row's name. The name itself may hold a value, and would outlive its row here."""
    body: Mapped[str | None] = mapped_column(Text)
    """JSON text: [name, row]. None when it is gone, until all processes know that."""
    seq: Mapped[int] = mapped_column(BigInteger)
    """Grows with each change of this workspace's tool."""
    gone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("parameter_rows_by_seq", "workspace", "tool", "seq"),)


# Rows in the order in which they were last changed: a model lets go of those first that learned nothing for long.
SYNC = text(
    "SELECT key, body, seq FROM parameter_rows"
    " WHERE workspace = :workspace AND tool = :tool AND seq > :seq AND (body IS NOT NULL OR :seq > 0)"
    " ORDER BY seq, key"
)
READ = text(
    "SELECT '' AS key, body, 0 AS seq FROM parameter_evidence WHERE person = :person AND tool = :tool"
    " UNION ALL"
    " SELECT key, body, seq FROM parameter_rows"
    " WHERE workspace = :workspace AND tool = :tool AND seq > :seq AND (body IS NOT NULL OR :seq > 0)"
    " ORDER BY seq, key"
)
LOCK = text("SELECT pg_advisory_xact_lock(7020, hashtext(:workspace || ' ' || :tool))")
WRITE = text(
    "WITH next AS (SELECT nextval('parameter_seq') AS seq),"
    " rows AS (SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:bodies AS text[])) AS rows (key, body)),"
    " written AS (INSERT INTO parameter_rows (workspace, tool, key, body, seq, gone_at)"
    " SELECT :workspace, :tool, key, body, seq, CASE WHEN body IS NULL THEN clock_timestamp() END FROM rows, next"
    " ON CONFLICT (workspace, tool, key)"
    " DO UPDATE SET body = excluded.body, seq = excluded.seq, gone_at = excluded.gone_at)"
    " SELECT seq FROM next"
)
CLEAR = text(
    "UPDATE parameter_rows SET body = NULL, seq = nextval('parameter_seq'), gone_at = clock_timestamp()"
    " WHERE workspace = :workspace AND body IS NOT NULL"
)
NAMING = text(
    "SELECT DISTINCT tool FROM parameter_rows"
    " WHERE workspace = :workspace AND strpos(body, CAST(:person AS text)) > 0 ORDER BY tool"
)
PRUNE = text("DELETE FROM parameter_rows WHERE gone_at < CAST(:now AS timestamptz) - interval '1 day'")

_KIND: TypeAdapter[dict[str, Kind]] = TypeAdapter(dict[str, Kind])
_Key: TypeAlias = tuple[WorkspaceId, str]
_Fetch: TypeAlias = Callable[[int], Awaitable[Sequence[Any]]]
"""Rows with a higher number than this."""


@dataclass(slots=True, kw_only=True)
class _Held:
    """A model as this process has it."""

    model: Model
    kinds: Mapping[str, Kind]
    written: Mapping[str, Kind]
    """`kinds` as the database has them."""
    names: dict[str, str]
    """key → name, of the rows that are there."""
    seq: int
    synced: float = 0.0

    def read(self, rows: Sequence[Any]) -> dict[str, JsonValue]:
        """Take note of rows as they are stored; each by its name, None when it is gone."""
        found: dict[str, JsonValue] = {}
        for row in rows:
            self.seq = max(self.seq, row.seq)
            if row.body is None:
                name = self.names.pop(row.key, None)
                if name is not None:
                    found[name] = None
            else:
                name, found[name] = json.loads(row.body)
                self.names[row.key] = name
        return found


class Models:
    """The models of all tools. Whoever uses one has it alone in this process until they are done."""

    def __init__(
        self,
        database: Database,
        *,
        rows: int = ROWS,
        held: int = HELD,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._rows = rows
        self._most_held = held
        self._clock = clock
        self._held: OrderedDict[_Key, _Held] = OrderedDict()
        self._locks: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def reading(
        self, person: PersonId, tool: str, kinds: Mapping[str, Kind]
    ) -> AsyncGenerator[tuple[Model, str | None]]:
        """The model of a person's workspace, with what is stored of the person themselves: one statement."""
        workspace, body = workspace_of(person), None
        key = (workspace, tool)

        async def fetch(seq: int) -> Sequence[Any]:
            nonlocal body
            values = {"workspace": workspace, "tool": tool, "person": person, "seq": seq}
            rows = await self._database.single.rows(READ, values)
            body = next((row.body for row in rows if not row.key), None)
            return [row for row in rows if row.key]

        async with self._lock(key):
            held = await self._in_step(key, kinds, fetch)
            yield held.model, body

    @asynccontextmanager
    async def learning(
        self, workspace: WorkspaceId, tool: str, kinds: Mapping[str, Kind]
    ) -> AsyncGenerator[tuple[AsyncConnection, Model]]:
        """The model, to be changed, and the transaction in which its changes are written when the caller is done.

        When that fails, the model in memory is ahead of the database, and is dropped.
        """
        key = (workspace, tool)
        async with self._lock(key):
            try:
                async with self._database.engine.begin() as connection:
                    await alone(connection, workspace, tool)

                    async def fetch(seq: int) -> Sequence[Any]:
                        values = {"workspace": workspace, "tool": tool, "seq": seq}
                        return (await connection.execute(SYNC, values)).all()

                    held = await self._in_step(key, kinds, fetch)
                    yield connection, held.model
                    await self._write(connection, key, held)
            except BaseException:
                self._held.pop(key, None)
                raise

    async def naming(self, person: PersonId) -> Sequence[str]:
        """The tools in whose model a person is counted."""
        values = {"workspace": workspace_of(person), "person": person}
        return [row.tool for row in await self._database.single.rows(NAMING, values)]

    async def prune(self, *, now: datetime) -> None:
        """Delete the marks of rows that went; every process knows of them by now."""
        await self._database.single.rows(PRUNE, {"now": now})

    def _lock(self, key: _Key) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock

    async def _in_step(self, key: _Key, kinds: Mapping[str, Kind], fetch: _Fetch) -> _Held:
        held = self._held.pop(key, None)
        if held and kinds.items() <= held.kinds.items() and self._clock() - held.synced < FRESH:
            newer = held.read(await fetch(held.seq))
            if _KINDS not in newer:
                if newer:
                    held.model.load(newer)
                return self._hold(key, held)
        return self._hold(key, _opened(await fetch(0), kinds))

    def _hold(self, key: _Key, held: _Held) -> _Held:
        held.synced = self._clock()
        self._held[key] = held
        while len(self._held) > 1 and sum(len(one.names) for one in self._held.values()) > self._most_held:
            self._held.popitem(last=False)
        return held

    async def _write(self, connection: AsyncConnection, key: _Key, held: _Held) -> None:
        """Write what changed in a model. Raises OverflowError when it does not bound itself."""
        rows: dict[str, JsonValue] = {name: held.model.row(name) for name in sorted(held.model.changed)}
        held.model.changed.clear()
        if held.written != held.kinds:
            rows[_KINDS] = dict(held.kinds)
        known = {_hash(name): (name, row) for name, row in rows.items()}
        known = {hashed: one for hashed, one in known.items() if one[1] is not None or hashed in held.names}
        if not known:
            return
        bodies = [
            None if row is None else json.dumps([name, row], separators=(",", ":")) for name, row in known.values()
        ]
        values = {"workspace": key[0], "tool": key[1], "keys": [*known], "bodies": bodies}
        held.seq = (await connection.execute(WRITE, values)).scalar_one()
        held.written = held.kinds
        held.names |= {hashed: name for hashed, (name, row) in known.items() if row is not None}
        for hashed, (_, row) in known.items():
            if row is None:
                del held.names[hashed]
        if len(held.names) > self._rows * (1 + len(held.kinds)):
            raise OverflowError(f"the model of {key!r} has {len(held.names)} rows")


async def alone(connection: AsyncConnection, workspace: WorkspaceId, tool: str) -> None:
    """Let nobody else change what is remembered of a tool in a workspace until the caller's transaction ends."""
    await connection.execute(LOCK, {"workspace": workspace, "tool": tool})


async def clear(connection: AsyncConnection, workspace: WorkspaceId) -> None:
    """Delete all models of a workspace, within the caller's transaction."""
    await connection.execute(CLEAR, {"workspace": workspace})


def _opened(rows: Sequence[Any], kinds: Mapping[str, Kind]) -> _Held:
    """A model from all its rows; for parameters that are new, or of another kind now, beside those it has."""
    held = _Held(model=Model({}), kinds={}, written={}, names={}, seq=0)
    found = held.read(rows)
    written = found.pop(_KINDS, None)
    held.written = _KIND.validate_python(written or {})
    held.kinds = {**held.written, **kinds}
    held.model = Model(held.kinds, found)
    return held


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:32]
