"""What admins and data experts see and change of the databases that may be asked."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from pydantic import SecretStr
from sqlalchemy.engine import URL

from bot.databases.address import BadAddress, place, read_address
from bot.databases.check import Finding
from bot.databases.describe import merged
from bot.databases.run import Away, Failed, Rows, Sources
from bot.databases.walls import Refused
from memory.crypto import Tampered
from memory.databases import (
    Column,
    DatabaseId,
    Databases,
    ExampleQuestion,
    KnownDatabase,
    Meaning,
    NameTaken,
    Table,
    Term,
    new_id,
)
from memory.people import People, Person

log = structlog.get_logger()

LONGEST_NAME, LONGEST_TEXT, LONGEST_QUESTION, LONGEST_SQL = 60, 2_000, 400, 8_000
MOST_EXAMPLES, MOST_TERMS = 50, 100


class Wrong(Exception):
    """What was sent cannot be taken; the message is a sentence to whoever sent it."""


class Refusing(Exception):
    """The role may do so much that the database is not added; the findings say what, and what mends it."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(*(finding.said for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The tables that there are, which of them are picked, and what is wrong with the role."""

    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSetUp:
    """The set-up of every workspace's databases. Who is an admin is the caller's part to know."""

    databases: Databases
    sources: Sources
    people: People

    async def seen_by(self, person: Person, *, is_admin: bool) -> tuple[KnownDatabase, ...]:
        """Return the databases that `person` may change something of."""
        known = await self.databases.of(person.workspace)
        return known if is_admin else tuple(one for one in known if person.id in one.editors)

    async def find(self, person: Person, name: str, *, is_admin: bool) -> KnownDatabase | None:
        """Return one of them by the last part of its id."""
        known = await self.databases.find(person.workspace, DatabaseId(f"{person.workspace}:{name}"))
        return known if known and (is_admin or person.id in known.editors) else None

    async def members(self, person: Person) -> tuple[Person, ...]:
        """Return whom an admin can choose: the members that Pinyon has met, by name."""
        return tuple(one for one in await self.people.of(person.workspace) if one.is_member)

    async def add(self, admin: Person, name: str, address: SecretStr, *, now: datetime) -> KnownDatabase:
        """Add a database, of which nothing may be asked yet. Raises Wrong and Refusing."""
        url = await self._checked(address)
        known = KnownDatabase(
            id=new_id(admin.workspace),
            workspace=admin.workspace,
            name=_name(name),
            dialect=url.get_backend_name(),
            server=place(url),
            changed_by=admin.id,
            changed_at=now,
        )
        try:
            await self.databases.add(known, address)
        except NameTaken as error:
            raise Wrong(f"There is a database called {known.name} already. Give this one another name.") from error
        log.info("database.added", workspace=admin.workspace, by=admin.id, database=known.id)
        return known

    async def move(self, admin: Person, known: KnownDatabase, address: SecretStr, *, now: datetime) -> None:
        """Write another address. Raises Wrong and Refusing."""
        url = await self._checked(address)
        if url.get_backend_name() != known.dialect:
            raise Wrong(f"This is a {known.dialect} database; one of another kind is added anew.")
        await self._change(
            admin, known, lambda one: replace(one, server=place(url)), "Address changed", now=now, address=address
        )

    async def look(self, known: KnownDatabase) -> Looked:
        """Return what there is to pick from. Raises Wrong when the database cannot be asked."""
        address = await self._address(known)
        try:
            return Looked(tables=await self.sources.tables(address), findings=await self.sources.examine(address))
        except (Away, Failed, BadAddress) as error:
            raise Wrong(str(error)) from error

    async def pick(self, admin: Person, known: KnownDatabase, names: Collection[str], *, now: datetime) -> None:
        """Open these tables for questions and close all others. Raises Wrong."""
        address = await self._address(known)
        try:
            found = await self.sources.tables(address)
            before = {table.name for table in known.tables}
            fresh = [
                await self.sources.with_values(address, table) if table.name not in before else table
                for table in found
                if table.name in names
            ]
        except (Away, Failed, BadAddress) as error:
            raise Wrong(str(error)) from error
        await self._change(
            admin, known, lambda one: replace(one, tables=merged(one.tables, fresh, names)), "Tables picked", now=now
        )

    async def describe(
        self,
        person: Person,
        known: KnownDatabase,
        table: str,
        *,
        says: str,
        columns: Mapping[str, str],
        hidden: Collection[str] | None,
        now: datetime,
    ) -> None:
        """Describe a table and its columns; with `hidden`, also close columns. Raises Wrong."""

        def column(one: Column) -> Column:
            is_hidden = one.is_hidden if hidden is None else one.name in hidden
            return replace(one, says=_text(columns.get(one.name, one.says)), is_hidden=is_hidden)

        def change(one: KnownDatabase) -> KnownDatabase:
            return replace(
                one,
                tables=tuple(
                    replace(found, says=_text(says), columns=tuple(map(column, found.columns)))
                    if found.name == table
                    else found
                    for found in one.tables
                ),
            )

        if table not in {found.name for found in known.tables}:
            raise Wrong("This table is not open for questions any more.")
        await self._change(person, known, change, "Table described", now=now)

    async def word(self, person: Person, known: KnownDatabase, *, notes: str, terms: str, now: datetime) -> None:
        """Write down how things are called and counted. Raises Wrong."""
        read = read_terms(terms)
        await self._change(
            person, known, lambda one: replace(one, notes=_text(notes), terms=read), "Terms changed", now=now
        )

    async def keep_example(
        self, person: Person, known: KnownDatabase, at: int | None, question: str, sql: str, *, now: datetime
    ) -> None:
        """Keep an example question, in the place of the one `at`, or as a new one. Raises Wrong."""
        one = example(question, sql)

        def change(known: KnownDatabase) -> KnownDatabase:
            kept = [*known.examples]
            if at is None or at >= len(kept):
                kept.append(one)
            else:
                kept[at] = one
            if len(kept) > MOST_EXAMPLES:
                raise Wrong(f"There can be {MOST_EXAMPLES} examples. Remove one first.")
            return replace(known, examples=tuple(kept))

        await self._change(person, known, change, "Example changed", now=now)

    async def drop_example(self, person: Person, known: KnownDatabase, at: int, *, now: datetime) -> None:
        """Remove an example question."""

        def change(known: KnownDatabase) -> KnownDatabase:
            return replace(known, examples=known.examples[:at] + known.examples[at + 1 :])

        await self._change(person, known, change, "Example removed", now=now)

    async def try_out(self, known: KnownDatabase, sql: str) -> Rows:
        """Run one SELECT, exactly as a question does. Raises Wrong."""
        try:
            return await self.sources.ask(await self._address(known), sql, known.tables)
        except (Refused, Failed, Away, BadAddress) as error:
            raise Wrong(str(error)) from error

    async def let(
        self,
        admin: Person,
        known: KnownDatabase,
        *,
        people: Collection[str] | None,
        editors: Collection[str],
        now: datetime,
    ) -> None:
        """Decide who may ask it (None: everybody) and who may describe it. Raises Wrong when nobody was chosen."""
        members = [one.id for one in await self.members(admin)]
        chosen = None if people is None else tuple(one for one in members if one in people)
        if chosen == ():
            raise Wrong("Nobody is ticked. Tick at least one person, or pick Everybody.")
        editing = tuple(one for one in members if one in editors)
        await self._change(
            admin, known, lambda one: replace(one, people=chosen, editors=editing), "People changed", now=now
        )

    async def switch(self, admin: Person, known: KnownDatabase, *, is_on: bool, now: datetime) -> None:
        """Let it be asked, or not for now."""
        said = "Switched on" if is_on else "Switched off"
        await self._change(admin, known, lambda one: replace(one, is_on=is_on), said, now=now)

    async def remove(self, admin: Person, known: KnownDatabase, *, now: datetime) -> None:
        """Forget it with all that was written about it."""
        await self.databases.remove(known, by=admin.id, now=now)
        log.info("database.removed", workspace=admin.workspace, by=admin.id, database=known.id)

    async def _checked(self, address: SecretStr) -> URL:
        """The address, once it was tried. Raises Wrong and Refusing."""
        try:
            url = read_address(address.get_secret_value(), self.sources.reach)
            findings = await self.sources.examine(address)
        except (BadAddress, Away, Failed) as error:
            raise Wrong(str(error)) from error
        if any(finding.kind == "refuse" for finding in findings):
            raise Refusing(findings)
        return url

    async def _address(self, known: KnownDatabase) -> SecretStr:
        try:
            address = await self.databases.address(known)
        except Tampered as error:
            raise Wrong("Its address cannot be read any more. Write it anew.") from error
        if address is None:
            raise Wrong("This database was removed meanwhile.")
        return address

    async def _change(
        self,
        person: Person,
        known: KnownDatabase,
        change: Callable[[KnownDatabase], KnownDatabase],
        said: str,
        *,
        now: datetime,
        address: SecretStr | None = None,
    ) -> None:
        done = await self.databases.change(
            known.workspace, known.id, change, said=said, by=person.id, now=now, address=address
        )
        if done is None:
            raise Wrong("This database was removed meanwhile.")
        log.info("database.changed", workspace=known.workspace, by=person.id, database=known.id, what=said)


def example(question: str, sql: str) -> ExampleQuestion:
    """An example as it was written in a form. Raises Wrong."""
    asked, written = " ".join(question.split()), sql.replace("\r\n", "\n").strip()
    if not asked or len(asked) > LONGEST_QUESTION:
        raise Wrong(f"Write the question as people ask it, in at most {LONGEST_QUESTION} characters.")
    if not written or len(written) > LONGEST_SQL:
        raise Wrong("Write the SQL that answers it.")
    return ExampleQuestion(question=asked, sql=written)


def read_terms(text: str) -> tuple[Term, ...]:
    """Read terms, one a line: `revenue, income = invoiced, billed: what that is | paid: what that is`. Raises Wrong."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_TERMS or len(text) > MOST_TERMS * LONGEST_QUESTION:
        raise Wrong(f"There can be {MOST_TERMS} terms of a line each.")
    return tuple(_term(number, line) for number, line in lines)


def written_terms(terms: Sequence[Term]) -> str:
    """Terms as `read_terms` reads them."""
    return "\n".join(
        f"{', '.join(term.words)} = "
        + " | ".join(f"{', '.join(one.names)}{f': {one.says}' if one.says else ''}" for one in term.meanings)
        for term in terms
    )


def _term(number: int, line: str) -> Term:
    words, equals, rest = line.partition("=")
    meanings = tuple(_meaning(one) for one in re.split(r"\s\|\s|\|$", rest) if one.strip())
    named = _words(words)
    if not equals or not named or not meanings or not all(meaning.names for meaning in meanings):
        raise Wrong(
            f"Line {number} is no term. Write it like: revenue = invoiced: sum of amounts | paid: what came in."
        )
    return Term(words=named, meanings=meanings)


def _meaning(text: str) -> Meaning:
    names, _, says = text.partition(":")
    return Meaning(names=_words(names), says=" ".join(says.split()))


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(",") if word.strip())


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Wrong(f"Give it a name of 1 to {LONGEST_NAME} characters, as people call it: Sales.")
    return name


def _text(text: str) -> str:
    written = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(written) > LONGEST_TEXT:
        raise Wrong(f"A description has at most {LONGEST_TEXT:,} characters.")
    return written
