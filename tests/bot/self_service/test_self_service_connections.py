"""What a person's skills can reach."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.self_service.connections import Connections, NotSetUp
from integrations.errors import AccessRevoked
from integrations.integration import Account, Tokens
from memory.database import Database
from memory.ids import PendingId
from tests.bot.web.fakes import ACCESS, JAMAL, NOW, REN, build_world, person


@pytest.fixture
def connections(database: Database) -> Connections:
    return build_world(database).site.connections


async def connect(connections: Connections, name: str = "octo") -> None:
    tokens = Tokens(access=SecretStr(ACCESS))
    await connections.grants.grant(JAMAL, "github", account=Account(id=name, name=name), tokens=tokens, now=NOW)


async def test_an_offer_asked_for_again_is_the_same_address(connections: Connections) -> None:
    pending = PendingId("p1")
    first = await connections.offer(JAMAL, "pull_requests", now=NOW, pending=pending)
    assert await connections.offer(JAMAL, "pull_requests", now=NOW, pending=pending) == first
    assert first.startswith("https://pinyon.test/connect/")


async def test_reading_only_is_an_offer_of_its_own_and_so_is_the_account_alone(connections: Connections) -> None:
    offers = [
        await connections.offer(JAMAL, "pull_requests", now=NOW),
        await connections.offer(JAMAL, "pull_requests", now=NOW, level="read"),
        await connections.offer(JAMAL, "github", now=NOW),
    ]
    assert len(set(offers)) == 3


@pytest.mark.parametrize("name", ["schedules", "tickets", "nothing"])
async def test_what_cannot_be_connected_is_not_offered(connections: Connections, name: str) -> None:
    with pytest.raises(NotSetUp):
        await connections.offer(JAMAL, name, now=NOW)


async def test_a_missing_setting_is_named(connections: Connections) -> None:
    with pytest.raises(NotSetUp, match="GITHUB_CLIENT_ID"):
        await replace(connections, apps={}).offer(JAMAL, "github", now=NOW)
    with pytest.raises(NotSetUp, match="PINYON_PUBLIC_URL"):
        await replace(connections, public_url=None).offer(JAMAL, "github", now=NOW)


async def test_the_states_of_a_newcomer(connections: Connections) -> None:
    states = [(state.skill, state.status) for state in await connections.states(JAMAL)]
    assert states == [("schedules", "ready"), ("pull_requests", "not_connected"), ("tickets", "not_set_up")]


async def test_a_switched_off_skill_is_off_though_connected(connections: Connections) -> None:
    await connect(connections)
    await connections.people.upsert(person(JAMAL, "Jamal"))
    await connections.people.switch(JAMAL, "pull_requests", "off")
    assert {state.skill: state.status for state in await connections.states(JAMAL)}["pull_requests"] == "off"


async def test_the_client_is_signed_in_as_the_person(connections: Connections) -> None:
    """deputy_owner"""
    await connect(connections)
    acting = await connections.client_for(JAMAL, "github", now=NOW)
    assert acting is not None
    assert acting.client.get_secret_value() == ACCESS
    assert acting.account == "octo"
    assert await connections.client_for(REN, "github", now=NOW) is None
    assert await connections.client_for(JAMAL, "google", now=NOW) is None


async def test_a_refused_sign_in_asks_for_reconnecting(connections: Connections) -> None:
    await connect(connections)
    acting = await connections.client_for(JAMAL, "github", now=NOW)
    assert acting is not None
    assert await connections.ended(acting)
    with pytest.raises(AccessRevoked, match="GitHub ended my access"):
        await connections.client_for(JAMAL, "github", now=NOW)
    assert (await connections.states(JAMAL))[0].status == "ended"


async def test_disconnecting_a_vendor_ends_all_its_accounts(connections: Connections) -> None:
    await connect(connections, "octo")
    await connect(connections, "cat")
    assert {account.account.name for account in await connections.accounts(JAMAL)} == {"octo", "cat"}
    assert await connections.disconnect(JAMAL, "github")
    assert await connections.accounts(JAMAL) == ()


async def test_somebody_elses_account_is_not_disconnected(connections: Connections) -> None:
    await connect(connections)
    grant = (await connections.grants.list(JAMAL))[0]
    await connections.disconnect_account(REN, grant.id)
    assert len(await connections.accounts(JAMAL)) == 1


async def test_who_leaves_leaves_no_access_behind(connections: Connections) -> None:
    """tok_offboard"""
    await connect(connections)
    await connections.leave(JAMAL)
    assert await connections.grants.list(JAMAL) == ()
