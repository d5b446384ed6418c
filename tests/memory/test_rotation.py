"""Changing the key that seals, under everybody's feet."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import LargeBinary, select, text, update

from integrations.integration import Account, OAuthApp, Tokens
from memory.connect_flows import ConnectFlowRow, ConnectFlows, ConnectLinkRow
from memory.crypto import Keyring, Tampered, new_key
from memory.database import Base, Database, import_tables
from memory.grants import GrantRow, Grants
from memory.ids import GrantId, PersonId
from memory.rotation import SEALED, Rotation, Unreadable, rotate

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
JAMAL, REN = PersonId("T1:UJAMAL"), PersonId("T1:UREN")
OLD, NEW = new_key(), new_key()
APP = OAuthApp(
    client_id="c", client_secret=SecretStr("s"), api_url="http://v", authorize_url="http://v/a", token_url="http://v/t"
)


def tokens(access: str, *, ends: timedelta = timedelta(hours=8)) -> Tokens:
    return Tokens(access=SecretStr(access), refresh=SecretStr("r"), expires_at=NOW + ends)


@dataclass(frozen=True, slots=True)
class Vault:
    """The stores of one process, with the keys that it was started with."""

    database: Database
    keys: str

    @property
    def keyring(self) -> Keyring:
        return Keyring(self.keys)

    @property
    def grants(self) -> Grants:
        return Grants(self.database, self.keyring)

    @property
    def flows(self) -> ConnectFlows:
        return ConnectFlows(self.database, self.keyring, self.grants)

    async def connected(self, person: PersonId, access: str, *, ends: timedelta = timedelta(hours=8)) -> GrantId:
        account = Account(id=access, name=access)
        granted = await self.grants.grant(person, "github", account=account, tokens=tokens(access, ends=ends), now=NOW)
        return granted.id

    async def read(self, grant: GrantId) -> str:
        found = await self.grants.tokens(grant)
        assert found is not None
        return found.access.get_secret_value()

    async def rotate(self, **how: float) -> Rotation:
        return await rotate(self.database, self.keyring, **{"patience": 0.0, **how})  # pyright: ignore[reportArgumentType]: batch is a whole number


@pytest.fixture
def before(database: Database) -> Vault:
    return Vault(database, OLD)


@pytest.fixture
def during(database: Database) -> Vault:
    return Vault(database, f"{NEW},{OLD}")


@pytest.fixture
def after(database: Database) -> Vault:
    return Vault(database, NEW)


UNSEALED = {("files", "body"), ("knowledge_sources", "body")}
"""Bytes that are no secret: what people attached, beside their messages, and what they gave an agent to know."""


def test_every_sealed_column_is_known() -> None:
    """tok_rotate"""
    import_tables()
    columns = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert {(sealed.table, sealed.column) for sealed in SEALED} == columns - UNSEALED


async def test_what_the_old_key_sealed_is_read_before_during_and_after(
    before: Vault, during: Vault, after: Vault
) -> None:
    """tok_rotate"""
    grants = {access: await before.connected(JAMAL, access) for access in ("a1", "a2", "a3")}
    assert [await during.read(grant) for grant in grants.values()] == ["a1", "a2", "a3"]
    done = await during.rotate()
    assert (done.resealed, done.unreadable, done.waiting) == (3, (), 0)
    assert [await after.read(grant) for grant in grants.values()] == ["a1", "a2", "a3"]
    with pytest.raises(Tampered):
        await before.read(grants["a1"])


async def test_a_way_that_is_half_gone_is_gone_on_with(before: Vault, during: Vault, after: Vault) -> None:
    """tok_rotate"""
    link = await before.flows.open(await before.flows.issue(JAMAL, "github", now=NOW), now=NOW)
    assert link is not None
    step = await before.flows.begin(link, now=NOW)
    owner = {"workspace": "T1", "person": JAMAL, "integration": "github held"}
    async with before.database.sessions.begin() as session:
        sealed = before.keyring.seal("an account", **owner)
        await session.execute(update(ConnectLinkRow).values(held=sealed, held_until=NOW + timedelta(minutes=5)))

    assert (await during.rotate()).resealed == 2

    async with after.database.sessions() as session:
        held = await session.scalar(select(ConnectLinkRow.held))
        assert held is not None
        assert after.keyring.open(held, **owner) == "an account"
        assert await session.scalar(select(ConnectFlowRow.state))
    returned = await after.flows.consume(step.state, integration="github", now=NOW)
    assert returned is not None
    assert returned.verifier.get_secret_value() == step.verifier.get_secret_value()


async def test_a_link_that_was_offered_under_the_old_key_leads_to_the_end(
    before: Vault, during: Vault, after: Vault
) -> None:
    """tok_rotate"""
    offered = await before.flows.issue(JAMAL, "github", now=NOW)
    await during.rotate()
    link = await after.flows.open(offered, now=NOW)
    assert link is not None
    step = await after.flows.begin(link, now=NOW)
    returned = await after.flows.consume(step.state, integration="github", now=NOW)
    assert returned is not None
    assert await after.flows.open(after.flows.link_of(returned.link), now=NOW) is not None


async def test_killed_half_way_everything_is_readable_and_it_goes_on(
    before: Vault, during: Vault, after: Vault
) -> None:
    """tok_rotate"""
    grants = [await before.connected(JAMAL, f"a{number}") for number in range(30)]
    task = asyncio.create_task(during.rotate(batch=2))
    so_far = 0
    while so_far < 4:
        so_far = await _sealed_by(during.database, NEW)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    so_far = await _sealed_by(during.database, NEW)
    assert 4 <= so_far < 30
    assert [await during.read(grant) for grant in grants] == [f"a{number}" for number in range(30)]

    assert (await during.rotate(batch=2)).resealed == 30 - so_far
    assert [await after.read(grant) for grant in grants] == [f"a{number}" for number in range(30)]


async def test_two_at_once_share_the_work(before: Vault, during: Vault, after: Vault) -> None:
    """tok_rotate"""
    grants = [await before.connected(REN, f"a{number}") for number in range(40)]
    done = await asyncio.gather(*(during.rotate(batch=3, patience=5.0) for _ in range(2)))
    assert sum(each.resealed for each in done) == 40
    assert all(each.waiting == 0 for each in done)
    assert [await after.read(grant) for grant in grants] == [f"a{number}" for number in range(40)]


async def test_a_second_run_finds_nothing_to_do(before: Vault, during: Vault) -> None:
    await before.connected(JAMAL, "a1")
    await during.rotate()
    assert await during.rotate() == Rotation(resealed=0, unreadable=(), waiting=0)


async def test_tokens_that_are_refreshed_meanwhile_are_kept(before: Vault, during: Vault, after: Vault) -> None:
    """tok_rotate, tok_refresh_race"""
    grant = await before.connected(JAMAL, "stale", ends=timedelta())
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow_vendor(_: OAuthApp, __: Tokens) -> Tokens:
        asked.set()
        await answer.wait()
        return tokens("fresh")

    refreshing = asyncio.create_task(during.grants.access(grant, app=APP, refresh=slow_vendor, now=NOW))
    await asked.wait()
    # The row is held for as long as the vendor takes: nobody waits for it, and nothing is overwritten.
    assert await during.rotate() == Rotation(resealed=0, unreadable=(), waiting=1)
    rotating = asyncio.create_task(during.rotate(patience=10.0))
    answer.set()
    assert (await refreshing).token.get_secret_value() == "fresh"
    assert await rotating == Rotation(resealed=0, unreadable=(), waiting=0)
    assert await after.read(grant) == "fresh"


async def test_a_row_whose_key_is_gone_is_named_and_left(before: Vault, during: Vault, database: Database) -> None:
    lost = await Vault(database, new_key()).connected(JAMAL, "lost")
    kept = await before.connected(REN, "kept")
    done = await during.rotate()
    assert done == Rotation(resealed=1, unreadable=(Unreadable("grants", JAMAL, "github", lost),), waiting=0)
    assert await during.read(kept) == "kept"


async def test_rows_swapped_between_people_open_for_nobody_and_are_not_sealed_anew(
    before: Vault, during: Vault, after: Vault
) -> None:
    """tok_aad"""
    mine, theirs = await before.connected(JAMAL, "mine"), await before.connected(REN, "theirs")
    async with before.database.sessions.begin() as session:
        sealed = {row.id: row.sealed for row in await session.scalars(select(GrantRow))}
        for into, out_of in ((mine, theirs), (theirs, mine)):
            await session.execute(update(GrantRow).where(GrantRow.id == into).values(sealed=sealed[out_of]))

    done = await during.rotate()
    assert done.resealed == 0
    assert {lost.row for lost in done.unreadable} == {mine, theirs}
    for vault in (before, during, after):
        for grant in (mine, theirs):
            with pytest.raises(Tampered):
                await vault.read(grant)


async def test_no_token_is_readable_on_the_way(before: Vault, during: Vault) -> None:
    """tok_aad"""
    await before.connected(JAMAL, "gho_canary_9f31")
    done = await during.rotate()
    async with during.database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT * FROM grants"))).all()
    assert b"gho_canary_9f31" not in b"".join(bytes(row.sealed) for row in rows)
    assert "gho_canary" not in repr(done)


async def _sealed_by(database: Database, key: str) -> int:
    async with database.sessions() as session:
        rows = await session.scalars(select(GrantRow.sealed))
        return sum(sealed.startswith(Keyring(key).newest) for sealed in rows)
