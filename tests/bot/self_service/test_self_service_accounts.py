"""The toolbox signs in with the accounts that a person connected, and with no others."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.self_service.accounts import PersonalAccounts
from bot.self_service.connections import Connections
from bot.toolbox.act import SignedIn
from integrations.errors import AccessRevoked, ServiceUnavailable
from integrations.integration import Account, OAuthApp, Tokens
from memory.database import Database
from memory.people import Person
from tests.bot.web.fakes import ACCESS, JAMAL, NOW, REN, build_world, person


@pytest.fixture
def accounts(database: Database) -> PersonalAccounts:
    return PersonalAccounts(build_world(database).site.connections, lambda: NOW)


async def connect(connections: Connections, name: str = "octo") -> None:
    tokens = Tokens(access=SecretStr(ACCESS))
    await connections.grants.grant(JAMAL, "github", account=Account(id=name, name=name), tokens=tokens, now=NOW)


async def sign_in(accounts: PersonalAccounts, who: Person | None = None) -> SignedIn:
    skill = accounts.connections.skills["pull_requests"]
    return await accounts.sign_in(who or person(JAMAL, "Jamal"), skill, "read", "")


async def names(accounts: PersonalAccounts) -> tuple[list[str], list[str]]:
    asker = await accounts.connections.people.get(JAMAL) or person(JAMAL, "Jamal")
    usable, missing = await accounts.skills(asker)
    return [one.skill.name for one in usable], [skill.name for skill in missing]


async def test_a_newcomer_can_use_what_needs_no_account_and_connect_the_rest(accounts: PersonalAccounts) -> None:
    assert await names(accounts) == (["schedules"], ["pull_requests"])


async def test_a_connected_skill_is_there_and_its_owner_is_signed_in(accounts: PersonalAccounts) -> None:
    await connect(accounts.connections)
    assert await names(accounts) == (["pull_requests", "schedules"], [])
    signed_in = await sign_in(accounts)
    assert (signed_in.account, signed_in.service) == ("octo", "GitHub")
    assert signed_in.client.get_secret_value() == ACCESS
    assert ACCESS not in repr(signed_in)


async def test_nobody_is_signed_in_with_somebody_elses_account(accounts: PersonalAccounts) -> None:
    """deputy_owner"""
    await connect(accounts.connections)
    with pytest.raises(AccessRevoked, match="GitHub is not connected"):
        await sign_in(accounts, person(REN, "Ren"))


async def test_an_ended_access_is_offered_for_connecting_again(accounts: PersonalAccounts) -> None:
    await connect(accounts.connections)
    signed_in = await sign_in(accounts)
    assert await accounts.ended(signed_in)
    assert await names(accounts) == (["schedules"], ["pull_requests"])
    with pytest.raises(AccessRevoked):
        await sign_in(accounts)


async def test_the_401_of_an_old_sign_in_does_not_end_a_new_one(accounts: PersonalAccounts) -> None:
    await connect(accounts.connections)
    old = await sign_in(accounts)
    await connect(accounts.connections)
    assert not await accounts.ended(old)
    assert (await sign_in(accounts)).account == "octo"


async def test_a_sign_in_that_is_not_ours_to_judge_is_over(accounts: PersonalAccounts) -> None:
    assert await accounts.ended(SignedIn(client=None, account="", service=""))


async def test_what_cannot_be_connected_here_is_not_offered(accounts: PersonalAccounts) -> None:
    closed = replace(accounts, connections=replace(accounts.connections, public_url=None))
    assert await names(closed) == (["schedules"], [])


async def test_a_switched_off_skill_is_neither_used_nor_offered(accounts: PersonalAccounts) -> None:
    await connect(accounts.connections)
    await accounts.connections.people.upsert(person(JAMAL, "Jamal"))
    await accounts.connections.people.switch(JAMAL, "pull_requests", "off")
    assert await names(accounts) == (["schedules"], [])


# Disconnecting.


async def test_a_vendor_that_is_away_is_told_later_and_the_account_is_not_used_meanwhile(database: Database) -> None:
    told: list[str] = []
    away = [True]

    async def revoke(_app: OAuthApp, tokens: Tokens) -> None:
        if away:
            raise ServiceUnavailable("GitHub does not answer.")
        told.append(tokens.access.get_secret_value())

    world = build_world(database).site.connections
    connections = replace(world, integrations={"github": replace(world.integrations["github"], revoke=revoke)})
    await connect(connections)
    assert not await connections.disconnect(JAMAL, "github")
    assert (await connections.accounts(JAMAL))[0].disconnecting
    assert await connections.client_for(JAMAL, "github", now=NOW) is None
    away.clear()
    await connections.sweep(now=NOW)
    assert told == [ACCESS]
    assert await connections.accounts(JAMAL) == ()


@pytest.mark.parametrize("can_revoke", [True, False])
async def test_what_the_vendor_ended_already_or_cannot_end_is_forgotten(
    database: Database, *, can_revoke: bool
) -> None:
    async def revoke(_app: OAuthApp, _tokens: Tokens) -> None:
        raise AccessRevoked("over")

    world = build_world(database).site.connections
    declared = replace(world.integrations["github"], revoke=revoke if can_revoke else None)
    connections = replace(world, integrations={"github": declared})
    await connect(connections)
    [account] = await connections.accounts(JAMAL)
    assert account.can_revoke is can_revoke
    assert await connections.disconnect_account(JAMAL, account.grant)
    assert await connections.accounts(JAMAL) == ()


async def test_disconnecting_twice_at_once_is_no_error(database: Database) -> None:
    connections = build_world(database).site.connections
    await connect(connections)
    [account] = await connections.accounts(JAMAL)
    assert await connections.disconnect_account(JAMAL, account.grant)
    assert await connections.disconnect_account(JAMAL, account.grant)
