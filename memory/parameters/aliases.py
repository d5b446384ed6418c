"""What a person's own words mean: "my manager"."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import PersonId

MOST = 100
"""Phrases that are known of one person; the one unused longest goes first."""
LONGEST = 120
"""Characters of a phrase. What is longer is no name for anything."""


class AliasRow(Base):
    __tablename__ = "parameter_aliases"

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    phrase: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    means: Mapped[str] = mapped_column(Text)
    """JSON text: a list of values."""
    shown: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One phrase, and what it stands for."""

    phrase: str
    kind: str
    """What it names (`Tool.kinds`): a person, a board."""
    values: tuple[str, ...]
    shown: str
    """The values in words."""
    kept_at: datetime
    used_at: datetime


MEANING = text(
    "UPDATE parameter_aliases SET used_at = clock_timestamp()"
    " WHERE person = :person AND phrase = :phrase AND kind = :kind RETURNING means"
)
KEEP = text(
    "INSERT INTO parameter_aliases (person, phrase, kind, means, shown)"
    " VALUES (:person, :phrase, :kind, :means, :shown)"
    " ON CONFLICT (person, phrase, kind) DO UPDATE SET means = excluded.means, shown = excluded.shown,"
    " kept_at = clock_timestamp(), used_at = clock_timestamp()"
)
BOUND = text(
    "DELETE FROM parameter_aliases WHERE person = :person AND (phrase, kind) IN ("
    "SELECT phrase, kind FROM parameter_aliases WHERE person = :person ORDER BY used_at DESC, phrase OFFSET :most)"
)
OF_PERSON = text("SELECT * FROM parameter_aliases WHERE person = :person ORDER BY used_at DESC, phrase, kind")
FORGET = text("DELETE FROM parameter_aliases WHERE person = :person AND phrase = :phrase")
FORGET_ALL = text("DELETE FROM parameter_aliases WHERE person = :person RETURNING phrase")


class Aliases:
    """Everybody's own words; one person's mean nothing for another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def meaning(self, person: PersonId, phrase: str, kind: str) -> tuple[str, ...]:
        """The values that `phrase` stood for the last time, of one kind (`Tool.kinds`); empty when it is not known."""
        rows = await self._rows(MEANING, person=person, phrase=normal(phrase), kind=kind)
        return tuple(json.loads(rows[0].means)) if rows else ()

    async def keep(self, person: PersonId, phrase: str, kind: str, values: Sequence[str], *, shown: str) -> None:
        """Remember what `phrase` means from now on; a phrase of nothing but "with", or a long text, is none."""
        said = normal(phrase)
        if not said or len(said) > LONGEST or not values:
            return
        await self._rows(KEEP, person=person, phrase=said, kind=kind, means=json.dumps([*values]), shown=_plain(shown))
        await self._rows(BOUND, person=person, most=MOST)

    async def of(self, person: PersonId) -> Sequence[Alias]:
        """All that are known, the one used last first."""
        return [
            Alias(
                phrase=row.phrase,
                kind=row.kind,
                values=tuple(json.loads(row.means)),
                shown=row.shown,
                kept_at=row.kept_at,
                used_at=row.used_at,
            )
            for row in await self._rows(OF_PERSON, person=person)
        ]

    async def forget(self, person: PersonId, phrase: str) -> None:
        """Delete it, whatever it names."""
        await self._rows(FORGET, person=person, phrase=normal(phrase))

    async def forget_everything(self, person: PersonId) -> int:
        """Delete all; how many phrases that were."""
        return len({row.phrase for row in await self._rows(FORGET_ALL, person=person)})

    async def _rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        return await self._database.single.rows(statement, values)


def name_id(person: str, phrase: str) -> str:
    """The opaque id of what a person's phrase means, the same for ever."""
    return "n_" + hashlib.sha256(f"{person}\n{normal(phrase)}".encode()).hexdigest()[:16]


def normal(phrase: str) -> str:
    """The same for all ways to write it: "With  my Manager" is "my manager"."""
    words = " ".join(_plain(phrase).casefold().split()).strip("\"'“”‘’.,:;!?()[] ")
    return _LEADING.sub("", words)


_LEADING = re.compile(r"^(?:(?:with|to)\s+)+|^(?:with|to)$")


def _plain(words: str) -> str:
    """Without what PostgreSQL cannot hold in a text."""
    return words.replace("\0", "").encode(errors="replace").decode()
