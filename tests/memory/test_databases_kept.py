"""The databases that were set up, as they are kept."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from memory.audit import Audit
from memory.crypto import Keyring, Tampered, new_key
from memory.database import Database
from memory.databases import Column, Databases, ExampleQuestion, KnownDatabase, Meaning, NameTaken, Table, Term, new_id
from memory.ids import PersonId, WorkspaceId
from memory.rotation import rotate

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PRIYA, MEI, FAR = PersonId("T1:UPRIYA"), PersonId("T1:UMEI"), PersonId("T10:UMEI")
T1 = WorkspaceId("T1")
ADDRESS = SecretStr("postgresql://analyst:canary@db/sales")
OLD, NEW = new_key(), new_key()


def a_database(name: str = "Sales", workspace: WorkspaceId = T1) -> KnownDatabase:
    return KnownDatabase(
        id=new_id(workspace),
        workspace=workspace,
        name=name,
        dialect="postgresql",
        server="sales on db",
        tables=(Table(name="sales.plan", says="Plans", columns=(Column(name="name", type="text"),), key=("plan_id",)),),
        terms=(Term(words=("revenue",), meanings=(Meaning(names=("paid",), says="x"), Meaning(names=("billed",)))),),
        examples=(ExampleQuestion(question="How many?", sql="SELECT 1"),),
        notes="EUR",
        changed_by=PRIYA,
        changed_at=NOW,
    )


@pytest.fixture
def databases(database: Database) -> Databases:
    return Databases(database, Keyring(OLD))


async def change(
    databases: Databases, known: KnownDatabase, how: Callable[[KnownDatabase], KnownDatabase]
) -> KnownDatabase | None:
    return await databases.change(T1, known.id, how, said="Changed", by=MEI, now=NOW)


async def test_what_was_written_is_read_again(databases: Databases) -> None:
    known = a_database()
    await databases.add(known, ADDRESS)
    assert await databases.of(T1) == (known,)
    assert await databases.find(T1, known.id) == known
    assert await databases.find(WorkspaceId("T10"), known.id) is None
    address = await databases.address(known)
    assert address is not None
    assert address.get_secret_value() == ADDRESS.get_secret_value()


async def test_two_of_a_workspace_are_not_called_alike(databases: Databases) -> None:
    first, second = a_database(), a_database("Support")
    await databases.add(first, ADDRESS)
    await databases.add(second, ADDRESS)
    await databases.add(a_database(workspace=WorkspaceId("T10")), ADDRESS)
    with pytest.raises(NameTaken):
        await databases.add(a_database(), ADDRESS)
    with pytest.raises(NameTaken):
        await change(databases, second, lambda one: replace(one, name="Sales"))


async def test_two_who_change_different_things_at_once_lose_nothing(databases: Databases) -> None:
    known = a_database()
    await databases.add(known, ADDRESS)
    await asyncio.gather(
        change(databases, known, lambda one: replace(one, notes="New")),
        change(databases, known, lambda one: replace(one, is_on=False)),
        change(databases, known, lambda one: replace(one, examples=())),
    )
    [now] = await databases.of(T1)
    assert (now.notes, now.is_on, now.examples, now.tables, now.changed_by) == ("New", False, (), known.tables, MEI)


async def test_who_may_ask(databases: Databases) -> None:
    known = a_database()
    await databases.add(known, ADDRESS)
    assert [one.name for one in await databases.for_person(MEI)] == ["Sales"]
    assert await databases.for_person(FAR) == ()
    for closed in (
        replace(known, people=(PRIYA,)),
        replace(known, people=None, is_on=False),
        replace(known, is_on=True, tables=()),
    ):
        await change(databases, known, partial(_become, closed))
        assert await databases.for_person(MEI) == ()


def _become(wanted: KnownDatabase, _now: KnownDatabase) -> KnownDatabase:
    return wanted


async def test_every_change_is_in_the_log_without_a_name_or_a_secret(databases: Databases) -> None:
    known = a_database()
    await databases.add(known, ADDRESS)
    await change(databases, known, lambda one: replace(one, notes="New"))
    await databases.remove(known, by=PRIYA, now=NOW)
    entries = await Audit(databases.database).page(T1)
    assert [one.entry.outcome for one in entries] == ["Database removed", "Changed", "Database added"]
    assert entries[1].entry.arguments_hash != entries[2].entry.arguments_hash, "each version has a digest of its own"
    assert not any(word in str(one) for one in entries for word in ("Sales", "canary", "New"))
    assert await change(databases, known, lambda one: one) is None


async def test_the_address_is_sealed_and_rotated(databases: Databases) -> None:
    """tok_rotate"""
    known = a_database()
    await databases.add(known, ADDRESS)
    async with databases.database.engine.connect() as connection:
        row = (await connection.execute(text("SELECT sealed, databases::text FROM databases"))).one()
    assert b"canary" not in row[0]
    assert "canary" not in row[1]
    done = await rotate(databases.database, Keyring(f"{NEW},{OLD}"), patience=0.0)
    assert (done.resealed, done.unreadable, done.waiting) == (1, (), 0)
    found = await Databases(databases.database, Keyring(NEW)).address(known)
    assert found is not None
    assert found.get_secret_value() == ADDRESS.get_secret_value()
    with pytest.raises(Tampered):
        await databases.address(known)
