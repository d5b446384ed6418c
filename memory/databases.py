"""The databases that people may ask questions of, as their experts described them."""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal, NewType

from pydantic import SecretStr, TypeAdapter
from sqlalchemy import ARRAY, DateTime, LargeBinary, Text, UniqueConstraint, delete, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from memory.audit import Entry, digest, enter_within
from memory.crypto import Keyring
from memory.database import Base, Database
from memory.ids import PersonId, WorkspaceId, workspace_of

DatabaseId = NewType("DatabaseId", str)
"""`team:random`: it begins with its workspace, as a person's id does."""
SEALED_FOR = "database"
"""What an address is bound to beside its workspace and its database."""


class DatabaseRow(Base):
    __tablename__ = "databases"
    __table_args__ = (UniqueConstraint("workspace", "name"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    workspace: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    dialect: Mapped[str] = mapped_column(Text)
    server: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The address with its password."""
    tables: Mapped[Any] = mapped_column(JSONB)
    terms: Mapped[Any] = mapped_column(JSONB)
    examples: Mapped[Any] = mapped_column(JSONB)
    notes: Mapped[str] = mapped_column(Text)
    people: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    editors: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_on: Mapped[bool]
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    name: str
    type: str
    """As the database calls it."""
    says: str = ""
    """What it holds, in a sentence."""
    values: tuple[str, ...] = ()
    """All values there are, of columns with few."""
    points_to: str = ""
    """The column that it refers to: "sales.account.account_id"."""
    is_hidden: bool = False
    """Whether no question may touch it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table or view that questions may be asked of."""

    name: str
    """With its schema where the database has them: "sales.account"."""
    says: str = ""
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ()
    rows: int | None = None
    """About how many rows it has; None where nobody knows."""

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns that questions may touch."""
        return tuple(column for column in self.columns if not column.is_hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One of the things that a term can mean."""

    names: tuple[str, ...]
    """By which words people choose it, the usual one first."""
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the company's. With several meanings the person is asked which, before any SQL runs."""

    words: tuple[str, ...]
    """How people say it, the usual word first."""
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleQuestion:
    """A question with the SQL that answers it rightly."""

    question: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDatabase:
    """A database of a workspace's, without its address."""

    id: DatabaseId
    workspace: WorkspaceId
    name: str
    dialect: str
    server: str
    """Where it is, in words that hold no secret: "sales on db.tamarack.example"."""
    tables: tuple[Table, ...] = ()
    terms: tuple[Term, ...] = ()
    examples: tuple[ExampleQuestion, ...] = ()
    notes: str = ""
    people: tuple[PersonId, ...] | None = None
    """Who may ask it; None for every member."""
    editors: tuple[PersonId, ...] = ()
    """Who beside the admins may change its descriptions, terms and examples."""
    is_on: bool = True
    changed_by: PersonId
    changed_at: datetime

    def allows(self, person: PersonId) -> bool:
        """Whether `person` may ask it now."""
        return self.is_on and bool(self.tables) and (self.people is None or person in self.people)


class NameTaken(Exception):
    """Another database of the workspace is called so."""


OF_WORKSPACE = text("SELECT * FROM databases WHERE workspace = :workspace ORDER BY lower(name), id")
FOR_WHOM = text(
    "SELECT bool_or(is_open) AS any_open, bool_or(is_open AND (people IS NULL OR :person = ANY(people))) AS mine"
    " FROM (SELECT people, is_on AND tables <> '[]' AS is_open FROM databases WHERE workspace = :workspace) AS known"
)
BY_ID = text("SELECT * FROM databases WHERE id = :id AND workspace = :workspace")
ADDRESS = text("SELECT sealed FROM databases WHERE id = :id AND workspace = :workspace")
_TABLES = TypeAdapter(tuple[Table, ...])
_TERMS = TypeAdapter(tuple[Term, ...])
_EXAMPLES = TypeAdapter(tuple[ExampleQuestion, ...])


def new_id(workspace: WorkspaceId) -> DatabaseId:
    return DatabaseId(f"{workspace}:{secrets.token_urlsafe(16)}")


@dataclass(frozen=True, slots=True)
class Databases:
    """Every workspace's databases. Each change enters the audit log with a digest of what it led to."""

    database: Database
    keyring: Keyring

    async def of(self, workspace: WorkspaceId) -> tuple[KnownDatabase, ...]:
        """Return the databases of a workspace by name; also those that are off."""
        return tuple(_read(row) for row in await self.database.single.rows(OF_WORKSPACE, {"workspace": workspace}))

    async def standing(self, person: PersonId) -> Literal["mine", "others", "none"]:
        """Whether `person` may ask a database now, only others may, or nobody; the descriptions stay unread."""
        [row] = await self.database.single.rows(FOR_WHOM, {"person": person, "workspace": workspace_of(person)})
        return "mine" if row.mine else "others" if row.any_open else "none"

    async def for_person(self, person: PersonId) -> tuple[KnownDatabase, ...]:
        """Return those that `person` may ask now."""
        return tuple(known for known in await self.of(workspace_of(person)) if known.allows(person))

    async def find(self, workspace: WorkspaceId, database: DatabaseId) -> KnownDatabase | None:
        rows = await self.database.single.rows(BY_ID, {"id": database, "workspace": workspace})
        return _read(rows[0]) if rows else None

    async def address(self, known: KnownDatabase) -> SecretStr | None:
        """Return its address with the password; None when it is gone. Raises Tampered when no key opens it."""
        rows = await self.database.single.rows(ADDRESS, {"id": known.id, "workspace": known.workspace})
        return SecretStr(self.keyring.open(rows[0].sealed, **_owner(known.id))) if rows else None

    async def add(self, known: KnownDatabase, address: SecretStr) -> None:
        """Keep a new one. Raises NameTaken."""
        values = {**_values(known), "id": known.id, "workspace": known.workspace, "sealed": self._seal(known, address)}
        statement = insert(DatabaseRow).values(**values).on_conflict_do_nothing().returning(DatabaseRow.id)
        async with self.database.sessions.begin() as session:
            if (await session.execute(statement)).first() is None:
                raise NameTaken(known.name)
            await enter_within(session, _entry(known, "Database added"))

    async def change(
        self,
        workspace: WorkspaceId,
        database: DatabaseId,
        change: Callable[[KnownDatabase], KnownDatabase],
        *,
        said: str,
        by: PersonId,
        now: datetime,
        address: SecretStr | None = None,
    ) -> KnownDatabase | None:
        """Change one as it is now, so that two who change different things lose nothing. None when it is gone.

        `said` is what was done, for the audit log. With an `address`, that is sealed anew. Raises NameTaken.
        """
        mine = (DatabaseRow.id == database, DatabaseRow.workspace == workspace)
        async with self.database.sessions.begin() as session:
            row = (await session.execute(select(DatabaseRow.__table__).where(*mine).with_for_update())).one_or_none()
            if row is None:
                return None
            changed = replace(change(_read(row)), id=database, workspace=workspace, changed_by=by, changed_at=now)
            same_name = (
                DatabaseRow.workspace == workspace,
                DatabaseRow.name == changed.name,
                DatabaseRow.id != database,
            )
            if await session.scalar(select(DatabaseRow.id).where(*same_name)):
                raise NameTaken(changed.name)
            sealed = {"sealed": self._seal(changed, address)} if address else {}
            await session.execute(update(DatabaseRow).where(*mine).values(**_values(changed), **sealed))
            await enter_within(session, _entry(changed, said))
        return changed

    async def remove(self, known: KnownDatabase, *, by: PersonId, now: datetime) -> None:
        """Forget one with all that was described. The database itself is not touched."""
        mine = (DatabaseRow.id == known.id, DatabaseRow.workspace == known.workspace)
        async with self.database.sessions.begin() as session:
            if (await session.execute(delete(DatabaseRow).where(*mine).returning(DatabaseRow.id))).first():
                await enter_within(session, _entry(replace(known, changed_by=by, changed_at=now), "Database removed"))

    def _seal(self, known: KnownDatabase, address: SecretStr) -> bytes:
        return self.keyring.seal(address.get_secret_value(), **_owner(known.id))


def _owner(database: DatabaseId) -> dict[str, str]:
    """As `memory.rotation` names it."""
    return {"workspace": workspace_of(PersonId(database)), "person": database, "integration": SEALED_FOR}


def _values(known: KnownDatabase) -> dict[str, Any]:
    return {
        "name": known.name,
        "dialect": known.dialect,
        "server": known.server,
        "tables": [asdict(table) for table in known.tables],
        "terms": [asdict(term) for term in known.terms],
        "examples": [asdict(example) for example in known.examples],
        "notes": known.notes,
        "people": None if known.people is None else sorted(known.people),
        "editors": sorted(known.editors),
        "is_on": known.is_on,
        "changed_by": known.changed_by,
        "changed_at": known.changed_at,
    }


def _read(row: Any) -> KnownDatabase:
    return KnownDatabase(
        id=DatabaseId(row.id),
        workspace=WorkspaceId(row.workspace),
        name=row.name,
        dialect=row.dialect,
        server=row.server,
        tables=_TABLES.validate_python(row.tables),
        terms=_TERMS.validate_python(row.terms),
        examples=_EXAMPLES.validate_python(row.examples),
        notes=row.notes,
        people=None if row.people is None else tuple(PersonId(person) for person in row.people),
        editors=tuple(PersonId(person) for person in row.editors),
        is_on=row.is_on,
        changed_by=PersonId(row.changed_by),
        changed_at=row.changed_at,
    )


def _entry(known: KnownDatabase, said: str) -> Entry:
    """One change, for the log: no name and no text of it, but a digest by which a version can be told."""
    version = json.dumps({**_values(known), "changed_at": known.changed_at.isoformat()}, sort_keys=True)
    return Entry(
        workspace=known.workspace,
        at=known.changed_at,
        person=known.changed_by,
        actor=known.changed_by,
        action="rule.changed",
        target_hash=digest(known.name),
        arguments_hash=digest(version),
        outcome=said,
    )
