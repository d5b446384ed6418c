"""Seals everything anew with the newest key, while everybody works on."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from memory.connect_flows import ConnectFlowRow, ConnectLinkRow
from memory.crypto import KID_BYTES, Keyring, Tampered
from memory.database import Base, Database
from memory.databases import SEALED_FOR, DatabaseRow
from memory.grants import GrantRow
from memory.ids import PersonId, workspace_of

BATCH = 100
"""Rows of one transaction: it holds their locks for some milliseconds."""
PATIENCE = 60.0
"""Seconds to wait for rows that somebody else holds; a refresh holds its row for 20 at most."""
_PAUSE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """One column of sealed values."""

    table: str
    key: str
    column: str
    whose: str = "person"
    """The column with the id of whom a value belongs to; it begins with a workspace."""
    integration: str | None = "integration"
    """The column with the integration that it is for; None where it is for none."""
    use: str = "{integration}"
    """What a value is bound to beside its owner."""

    @property
    def rows(self) -> Table:
        return Base.metadata.tables[self.table]

    @property
    def id(self) -> Column[str]:
        return self.rows.c[self.key]

    @property
    def value(self) -> Column[bytes]:
        return self.rows.c[self.column]

    @property
    def owners(self) -> tuple[ColumnElement[str], ColumnElement[str]]:
        """Whom the values belong to, and for which integration."""
        return self.rows.c[self.whose], self.rows.c[self.integration] if self.integration else literal("")

    def owner(self, person: str, integration: str) -> dict[str, str]:
        """Whom a value is bound to: what it was sealed with, and is opened with."""
        use = self.use.format(integration=integration)
        return {"workspace": workspace_of(PersonId(person)), "person": person, "integration": use}


SEALED = (
    Sealed(table=GrantRow.__tablename__, key="id", column="sealed"),
    Sealed(table=ConnectLinkRow.__tablename__, key="id", column="held", use="{integration} held"),
    Sealed(table=ConnectFlowRow.__tablename__, key="state", column="verifier", use="{integration} verifier"),
    Sealed(table=DatabaseRow.__tablename__, key="id", column="sealed", whose="id", integration=None, use=SEALED_FOR),
)
"""Every sealed column there is; a test compares it with the tables."""


@dataclass(frozen=True, slots=True, order=True)
class Unreadable:
    """A value that no key opens: its key is gone, or it is not its owner's."""

    table: str
    person: str
    integration: str
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """How a rotation ended."""

    resealed: int
    unreadable: tuple[Unreadable, ...]
    """They stay as they are: their people are asked to connect again."""
    waiting: int
    """Values that still need an older key, because somebody else held their rows all the time."""


async def rotate(database: Database, keyring: Keyring, *, batch: int = BATCH, patience: float = PATIENCE) -> Rotation:
    """Seal every value anew that was sealed with another key than the newest.

    It may be stopped at any moment and begun again, and run beside itself and beside whoever reads and refreshes: rows
    are taken in small transactions, and those that are locked are passed over and come again.
    """
    columns = [_Work(sealed, database, keyring, batch) for sealed in SEALED]
    clock = asyncio.get_running_loop().time
    until = clock() + patience
    while True:
        for column in columns:
            await column.run()
        waiting = sum([await column.waiting() for column in columns])
        if not waiting or clock() >= until:
            break
        await asyncio.sleep(_PAUSE)
    return Rotation(
        resealed=sum(column.resealed for column in columns),
        unreadable=tuple(sorted(found for column in columns for found in column.unreadable.values())),
        waiting=waiting,
    )


class _Work:
    """The work on one column, and what came of it."""

    def __init__(self, sealed: Sealed, database: Database, keyring: Keyring, batch: int) -> None:
        self.resealed = 0
        self.unreadable: dict[str, Unreadable] = {}
        self._sealed = sealed
        self._database = database
        self._keyring = keyring
        self._batch = batch

    async def run(self) -> None:
        """Go through the column once, in the order of its keys."""
        after: str | None = ""
        while after is not None:
            async with self._database.sessions.begin() as session:
                after = await self._one_batch(session, after)

    async def waiting(self) -> int:
        """How many values still need an older key, and can be opened with it."""
        count = select(func.count()).select_from(self._sealed.rows).where(*self._old())
        async with self._database.sessions() as session:
            return await session.scalar(count) or 0

    def _old(self) -> tuple[Any, ...]:
        by_older_key = func.substring(self._sealed.value, 1, KID_BYTES) != self._keyring.newest
        return by_older_key, self._sealed.id.not_in(self.unreadable)

    async def _one_batch(self, session: AsyncSession, after: str) -> str | None:
        """Seal the next rows anew. The key of the last one, or None when there were none."""
        key, value = self._sealed.id, self._sealed.value
        statement = select(key, value, *self._sealed.owners).where(*self._old(), key > after).order_by(key)
        # Whoever refreshes holds the row while the vendor answers, and then seals with the newest key anyway.
        found = await session.execute(statement.limit(self._batch).with_for_update(skip_locked=True))
        last = None
        for last, sealed, person, integration in found.all():
            owner = self._sealed.owner(person, integration)
            try:
                fresh = self._keyring.seal(self._keyring.open(sealed, **owner), **owner)
            except Tampered:
                self.unreadable[last] = Unreadable(self._sealed.table, person, integration, last)
                continue
            await session.execute(update(self._sealed.rows).where(key == last).values({value: fresh}))
            self.resealed += 1
        return last
