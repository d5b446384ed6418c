"""Refresh tokens that count once, renewed over the wire by two workers that know nothing of each other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

import httpx
import pytest
from pydantic import SecretStr

from integrations import oauth
from integrations.catalog import integration_catalog
from integrations.errors import AccessRevoked
from integrations.integration import Account, OAuthApp, Tokens
from memory.crypto import Keyring, new_key
from memory.database import Database, open_database
from memory.grants import Grants, to_act_with
from memory.ids import GrantId, PersonId
from playground.atlassian import AtlassianServer
from playground.company import Company, load_company

JAMAL = PersonId("T1:UJAMAL")
REFRESH = "/oauth/token"


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company(today=date(2026, 11, 20))


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Atlassian, two workers on one database, and one person's account, whose access is about to end."""

    server: AtlassianServer
    workers: tuple[Grants, Grants]
    grant: GrantId
    first: str
    """The refresh token that the account was connected with."""
    http: httpx.AsyncClient
    app: OAuthApp

    async def access(self, worker: int) -> str:
        """Sign in, as a call on that worker does."""
        now = datetime.now(UTC)
        refresh = partial(oauth.refresh, http=self.http, now=now, auth=integration_catalog()["atlassian"].auth)
        access = await self.workers[worker].access(self.grant, app=self.app, refresh=refresh, now=now)
        return access.token.get_secret_value()

    async def kept(self) -> Tokens:
        tokens = await self.workers[0].tokens(self.grant)
        assert tokens
        return tokens

    @property
    def refreshes(self) -> int:
        return sum(seen.path == REFRESH for seen in self.server.calls)

    def works(self, access: str) -> bool:
        return self.server.tokens.session(access) is not None


@pytest.fixture
async def bench(database: Database, company: Company) -> AsyncIterator[Bench]:
    keyring, other = Keyring(new_key()), open_database(database.url)
    workers = Grants(database, keyring), Grants(other, keyring)
    async with AtlassianServer(company) as server, httpx.AsyncClient(trust_env=False) as http:
        given = server.sign_in("jamal")
        now = datetime.now(UTC)
        grant = await workers[0].grant(
            JAMAL,
            "atlassian",
            account=Account(id="1", name="Jamal"),
            tokens=Tokens(
                access=SecretStr(given["access_token"]),
                refresh=SecretStr(given["refresh_token"]),
                expires_at=now + timedelta(minutes=1),
            ),
            now=now,
        )
        app = OAuthApp(
            name="atlassian",
            client_id=server.app.client_id,
            client_secret=SecretStr(server.app.client_secret),
            api_url=server.api_url,
            authorize_url=server.authorize_url,
            token_url=server.token_url,
        )
        yield Bench(server=server, workers=workers, grant=grant.id, first=given["refresh_token"], http=http, app=app)
    await other.close()


async def test_twenty_calls_on_two_workers_renew_once_and_lose_nothing(bench: Bench) -> None:
    """tok_refresh_race: of a rotating refresh token the second use would end the whole sign-in."""
    bench.server.fault("POST", REFRESH, seconds=0.1)
    got = await asyncio.gather(*(bench.access(number % 2) for number in range(20)))
    assert len(set(got)) == 1
    assert bench.works(got[0])
    assert bench.refreshes == 1
    kept = await bench.kept()
    assert kept.refresh is not None
    assert kept.refresh.get_secret_value() != bench.first


async def test_a_worker_that_is_stopped_while_it_renews_leaves_the_new_token_to_the_other(bench: Bench) -> None:
    """tok_refresh_race"""
    bench.server.fault("POST", REFRESH, seconds=0.3)
    turn = asyncio.create_task(bench.access(0))
    await bench.server.until(lambda: bench.refreshes == 1)
    other = asyncio.create_task(bench.access(1))
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert bench.works(await other)
    assert bench.refreshes == 1


async def test_a_vendor_that_is_away_costs_nobody_their_account(bench: Bench) -> None:
    """tok_refresh_race: the access that still lasts is used, and the next call renews it."""
    bench.server.fault("POST", REFRESH, status=503, times=2)
    before = (await bench.kept()).access.get_secret_value()
    assert await asyncio.gather(bench.access(0), bench.access(1)) == [before, before]
    renewed = await bench.access(1)
    assert renewed != before
    assert bench.works(renewed)


async def test_a_renewal_whose_answer_is_lost_ends_in_being_asked_to_connect_again(bench: Bench) -> None:
    """tok_refresh_race: what the vendor gave is gone; the access that lasts is used up first."""
    bench.server.fault("POST", REFRESH, drop=True, done=True)
    await bench.access(0)
    with pytest.raises(AccessRevoked):
        await bench.access(1)
    grant = to_act_with(await bench.workers[0].list(JAMAL), "atlassian")
    assert grant
    assert grant.problem == "revoked"
    with pytest.raises(AccessRevoked):
        await bench.access(0)
    assert bench.refreshes == 2
