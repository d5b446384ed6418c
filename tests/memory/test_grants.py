"""Grants: kept sealed, refreshed once, ended when they end."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from integrations.errors import AccessRevoked, ServiceUnavailable
from integrations.integration import Account, OAuthApp, Site, Tokens
from memory.crypto import Keyring, Tampered, new_key
from memory.database import Database, open_database
from memory.grants import Grants, to_act_with
from memory.ids import GrantId, PersonId

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
JAMAL, REN = PersonId("T1:UJAMAL"), PersonId("T1:UREN")
OCTO, CAT = Account(id="1", name="octo", email="octo@tamarack.example"), Account(id="2", name="cat")
APP = OAuthApp(
    client_id="c", client_secret=SecretStr("s"), api_url="http://v", authorize_url="http://v/a", token_url="http://v/t"
)
CANARY = "gho_canary_9f31"


def tokens(access: str = CANARY, *, ends: timedelta | None = timedelta(hours=8), refresh: str | None = "r0") -> Tokens:
    return Tokens(
        access=SecretStr(access),
        refresh=SecretStr(refresh) if refresh else None,
        expires_at=NOW + ends if ends is not None else None,
        refresh_expires_at=NOW + timedelta(days=180) if refresh else None,
        scopes=("repo",),
    )


@dataclass
class Vendor:
    """Rotates refresh tokens: each works once."""

    valid: str = "r0"
    error: Exception | None = None
    seconds: float = 0.05
    calls: list[str] = field(default_factory=list[str])
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def refresh(self, app: OAuthApp, old: Tokens) -> Tokens:
        given = old.refresh.get_secret_value() if old.refresh else ""
        self.calls.append(given)
        self.asked.set()
        await asyncio.sleep(self.seconds)
        if self.error:
            raise self.error
        if given != self.valid:
            raise AccessRevoked("bad_refresh_token")
        self.valid = f"r{len(self.calls)}"
        return tokens(f"a{len(self.calls)}", refresh=self.valid)


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(new_key())


@pytest.fixture
def grants(database: Database, keyring: Keyring) -> Grants:
    return Grants(database, keyring)


async def ending(grants: Grants, ends: timedelta = timedelta(minutes=1), refresh: str | None = "r0") -> GrantId:
    kept = tokens(ends=ends, refresh=refresh)
    return (await grants.grant(JAMAL, "github", account=OCTO, tokens=kept, now=NOW)).id


async def ask(grants: Grants, grant: GrantId, vendor: Vendor, now: datetime = NOW) -> str:
    access = await grants.access(grant, app=APP, refresh=vendor.refresh, now=now)
    return access.token.get_secret_value()


async def test_a_grant_is_found_by_its_person_and_by_nobody_else(grants: Grants) -> None:
    """deputy_owner"""
    made = await grants.grant(JAMAL, "github", account=OCTO, tokens=tokens(), now=NOW)
    assert to_act_with(await grants.list(JAMAL), "github") == made
    assert to_act_with(await grants.list(REN), "github") is None
    assert to_act_with(await grants.list(JAMAL), "google") is None
    assert made.account == OCTO
    assert made.scopes == ("repo",)


async def test_no_token_is_readable_in_the_database(database: Database, grants: Grants) -> None:
    """tok_aad"""
    grant = await grants.grant(JAMAL, "github", account=OCTO, tokens=tokens(), now=NOW)
    async with database.engine.connect() as connection:
        dump = str((await connection.execute(text("SELECT * FROM grants"))).all())
    assert CANARY not in dump
    assert CANARY not in repr(grant)
    assert CANARY not in repr(await grants.tokens(grant.id))


async def test_a_row_swapped_to_another_person_does_not_open(database: Database, grants: Grants) -> None:
    """tok_aad"""
    mine = await grants.grant(JAMAL, "github", account=OCTO, tokens=tokens(), now=NOW)
    theirs = await grants.grant(REN, "github", account=CAT, tokens=tokens("other"), now=NOW)
    async with database.engine.begin() as connection:
        swap = "UPDATE grants SET sealed = (SELECT sealed FROM grants WHERE id = :a) WHERE id = :b"
        await connection.execute(text(swap), {"a": mine.id, "b": theirs.id})
    with pytest.raises(Tampered):
        await grants.tokens(theirs.id)
    with pytest.raises(AccessRevoked):
        await ask(grants, theirs.id, Vendor())


async def test_the_same_account_again_replaces_its_tokens_and_heals_it(grants: Grants) -> None:
    first = await grants.grant(JAMAL, "github", account=OCTO, tokens=tokens(), now=NOW)
    assert await grants.mark_revoked(first.id, version=1)
    again = await grants.grant(JAMAL, "github", account=OCTO, tokens=tokens("new"), now=NOW)
    assert (again.id, again.problem) == (first.id, None)
    assert await ask(grants, again.id, Vendor()) == "new"


async def test_the_account_that_works_and_came_last_is_used(grants: Grants) -> None:
    octo = await grants.grant(JAMAL, "github", account=OCTO, tokens=tokens(), now=NOW)
    cat = await grants.grant(JAMAL, "github", account=CAT, tokens=tokens(), now=NOW + timedelta(days=1))
    assert to_act_with(await grants.list(JAMAL), "github") == cat
    await grants.mark_revoked(cat.id, version=1)
    assert to_act_with(await grants.list(JAMAL), "github") == octo
    assert [grant.id for grant in await grants.list(JAMAL)] == [octo.id, cat.id]


async def test_a_token_that_still_lasts_is_not_refreshed(grants: Grants) -> None:
    vendor = Vendor()
    assert await ask(grants, await ending(grants, timedelta(hours=1)), vendor) == CANARY
    assert vendor.calls == []


async def test_a_token_without_end_is_never_refreshed(grants: Grants) -> None:
    kept = tokens(ends=None, refresh=None)
    grant = await grants.grant(JAMAL, "github", account=OCTO, tokens=kept, now=NOW)
    assert await ask(grants, grant.id, Vendor(), NOW + timedelta(days=900)) == CANARY


async def test_ten_askers_on_two_workers_make_one_refresh(database: Database, keyring: Keyring) -> None:
    """tok_refresh_race"""
    other = open_database(database.url)
    workers: Sequence[Grants] = (Grants(database, keyring), Grants(other, keyring))
    vendor = Vendor()
    grant = await ending(workers[0])
    got = await asyncio.gather(*(ask(workers[n % 2], grant, vendor) for n in range(10)))
    await other.close()
    assert vendor.calls == ["r0"]
    assert set(got) == {"a1"}
    kept = await workers[0].tokens(grant)
    assert kept is not None
    assert kept.refresh == SecretStr("r1")


async def test_a_turn_cancelled_during_the_refresh_keeps_the_new_token(grants: Grants) -> None:
    """tok_refresh_race"""
    vendor = Vendor(seconds=0.2)
    grant = await ending(grants)
    turn = asyncio.create_task(ask(grants, grant, vendor))
    await vendor.asked.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert await ask(grants, grant, vendor) == "a1"
    assert vendor.calls == ["r0"]


async def test_a_refused_refresh_marks_the_grant_and_is_not_tried_again(grants: Grants) -> None:
    vendor = Vendor(valid="elsewhere")
    grant = await ending(grants)
    for _ in range(2):
        with pytest.raises(AccessRevoked):
            await ask(grants, grant, vendor)
    assert vendor.calls == ["r0"]
    found = to_act_with(await grants.list(JAMAL), "github")
    assert found is not None
    assert found.problem == "revoked"


async def test_a_vendor_that_is_away_leaves_the_old_token_in_use_while_it_lasts(grants: Grants) -> None:
    vendor = Vendor(error=ServiceUnavailable("away"))
    grant = await ending(grants, timedelta(minutes=2))
    assert await ask(grants, grant, vendor) == CANARY
    with pytest.raises(ServiceUnavailable):
        await ask(grants, grant, vendor, NOW + timedelta(minutes=2))
    found = to_act_with(await grants.list(JAMAL), "github")
    assert found is not None
    assert found.problem is None


async def test_access_that_cannot_be_renewed_ends_when_it_ends(grants: Grants) -> None:
    vendor = Vendor()
    grant = await ending(grants, timedelta(minutes=2), refresh=None)
    assert await ask(grants, grant, vendor) == CANARY
    with pytest.raises(AccessRevoked):
        await ask(grants, grant, vendor, NOW + timedelta(minutes=2))
    assert vendor.calls == []


async def test_an_old_refresh_token_is_not_even_sent(grants: Grants) -> None:
    vendor = Vendor()
    with pytest.raises(AccessRevoked):
        await ask(grants, await ending(grants), vendor, NOW + timedelta(days=181))
    assert vendor.calls == []


async def test_a_late_401_of_an_old_token_does_not_end_the_new_one(grants: Grants) -> None:
    grant = await ending(grants)
    await ask(grants, grant, Vendor())
    assert not await grants.mark_revoked(grant, version=1)
    assert await ask(grants, grant, Vendor()) == "a1"


async def test_a_disconnected_grant_is_not_used_while_the_vendor_is_told(grants: Grants) -> None:
    """tok_offboard"""
    grant = await ending(grants, timedelta(hours=1))
    await grants.disconnect(grant)
    assert to_act_with(await grants.list(JAMAL), "github") is None
    assert [left.id for left in await grants.disconnecting()] == [grant]
    with pytest.raises(AccessRevoked):
        await ask(grants, grant, Vendor())
    await grants.delete(grant)
    assert await grants.tokens(grant) is None
    with pytest.raises(AccessRevoked):
        await ask(grants, grant, Vendor())


async def test_a_grant_deleted_while_its_refresh_waits_is_gone(database: Database, keyring: Keyring) -> None:
    other = open_database(database.url)
    here, there = Grants(database, keyring), Grants(other, keyring)
    grant = await ending(here)
    async with database.sessions.begin() as session:
        await session.execute(text("DELETE FROM grants"))
        asked = asyncio.create_task(ask(there, grant, Vendor()))
        await asyncio.sleep(0.2)
    with pytest.raises(AccessRevoked):
        await asked
    await other.close()


async def test_use_is_noted_once_a_minute(grants: Grants) -> None:
    grant = await ending(grants, timedelta(hours=1))
    for seconds in (0, 30, 90):
        await ask(grants, grant, Vendor(), NOW + timedelta(seconds=seconds))
    found = to_act_with(await grants.list(JAMAL), "github")
    assert found is not None
    assert found.last_used_at == NOW + timedelta(seconds=90)


async def test_a_grant_connected_again_is_not_deleted_by_the_disconnecting_before_it(grants: Grants) -> None:
    grant = await ending(grants, timedelta(hours=1))
    await grants.disconnect(grant)
    assert await ending(grants, timedelta(hours=1)) == grant
    await grants.delete(grant)
    assert await ask(grants, grant, Vendor()) == CANARY


# Several accounts, and where they are used.


async def test_two_accounts_of_one_name_are_called_differently(database: Database, keyring: Keyring) -> None:
    grants, twin = Grants(database, keyring), Account(id="3", name="octo")
    for account in (OCTO, twin, OCTO):
        await grants.grant(JAMAL, "github", account=account, tokens=tokens(), now=NOW)
    assert {grant.account.id: grant.label for grant in await grants.list(JAMAL)} == {"1": "octo", "3": "octo 2"}


async def test_a_label_is_its_persons_own_and_stays_when_the_account_is_connected_again(
    database: Database, keyring: Keyring
) -> None:
    grants = Grants(database, keyring)
    first = await grants.grant(JAMAL, "github", account=OCTO, tokens=tokens(), now=NOW)
    await grants.grant(JAMAL, "github", account=CAT, tokens=tokens(), now=NOW)
    assert await grants.rename(JAMAL, first.id, "work")
    assert not await grants.rename(JAMAL, first.id, "cat")
    await grants.rename(REN, first.id, "stolen")
    again = await grants.grant(JAMAL, "github", account=OCTO, tokens=tokens(), now=NOW)
    assert again.label == "work"


def may_write(scopes: Collection[str]) -> bool:
    return "repo" in scopes


async def test_the_account_that_is_meant_or_allows_enough_is_taken(database: Database, keyring: Keyring) -> None:
    grants = Grants(database, keyring)
    await grants.grant(JAMAL, "github", account=OCTO, tokens=tokens(), now=NOW)
    narrow = replace(tokens(), scopes=())
    await grants.grant(JAMAL, "github", account=CAT, tokens=narrow, now=NOW + timedelta(hours=1))
    mine = await grants.list(JAMAL)

    def taken(**wish: Any) -> str | None:
        grant = to_act_with(mine, "github", **wish)
        return grant.label if grant else None

    assert taken() == "cat"
    assert taken(covers=may_write) == "octo"
    assert taken(label="octo") == "octo"
    assert taken(label="third") is None


async def test_an_account_is_used_at_the_site_that_its_person_picked(database: Database, keyring: Keyring) -> None:
    grants = Grants(database, keyring)
    here, there = (Site(id=name, name=name, url=f"https://{name}.example") for name in ("tamarack", "lab"))
    grant = await grants.grant(JAMAL, "github", account=OCTO, tokens=tokens(), now=NOW, site=here)
    assert grant.site == here
    await grants.move(REN, grant.id, there)
    assert (await grants.list(JAMAL))[0].site == here
    await grants.move(JAMAL, grant.id, there)
    assert (await grants.list(JAMAL))[0].site == there
