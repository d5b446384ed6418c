"""Connect flows: links for one person, states that come back once, accounts held until confirmed."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from integrations.integration import Account, Tokens
from memory.connect_flows import ConnectFlows, ConnectLink, Held, ProviderStep
from memory.crypto import Keyring, new_key
from memory.database import Database
from memory.grants import Grants
from memory.ids import PendingId, PersonId

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
JAMAL, REN = PersonId("T1:UJAMAL"), PersonId("T1:UREN")
OCTO = Account(id="1", name="octo", email="octo@tamarack.example")
TOKENS = Tokens(access=SecretStr("gho_canary_77"), refresh=SecretStr("ghr_canary_78"), scopes=("repo",))
HELD = Held(account=OCTO, tokens=TOKENS)


@pytest.fixture
def flows(database: Database) -> ConnectFlows:
    keyring = Keyring(new_key())
    return ConnectFlows(database, keyring, Grants(database, keyring))


async def opened(flows: ConnectFlows, person: PersonId = JAMAL, pending: str | None = "p1") -> ConnectLink:
    link = await flows.issue(person, "github", now=NOW, pending=PendingId(pending) if pending else None)
    found = await flows.open(link, now=NOW)
    assert found is not None
    return found


async def hold(flows: ConnectFlows, link: ConnectLink, step: ProviderStep | None = None) -> None:
    step = step or await flows.begin(link, now=NOW)
    returned = await flows.consume(step.state, integration="github", now=NOW)
    assert returned is not None
    assert await flows.hold(returned, HELD, now=NOW)


async def dump(database: Database) -> str:
    async with database.engine.connect() as connection:
        links = (await connection.execute(text("SELECT * FROM connect_links"))).all()
        flows = (await connection.execute(text("SELECT * FROM connect_flows"))).all()
    return repr((links, flows))


async def test_offering_again_gives_the_same_link(flows: ConnectFlows) -> None:
    links = await asyncio.gather(*(flows.issue(JAMAL, "github", now=NOW, pending=PendingId("p1")) for _ in range(4)))
    assert len(set(links)) == 1
    assert len(links[0]) == 22


async def test_links_differ_by_person_integration_and_what_waits(flows: ConnectFlows) -> None:
    links = {
        await flows.issue(JAMAL, "github", now=NOW),
        await flows.issue(JAMAL, "github", now=NOW, pending=PendingId("p1")),
        await flows.issue(JAMAL, "google", now=NOW),
        await flows.issue(REN, "github", now=NOW),
    }
    assert len(links) == 4


async def test_a_link_carries_its_person_and_what_waits(flows: ConnectFlows) -> None:
    link = await opened(flows)
    assert (link.person, link.integration, link.pending) == (JAMAL, "github", "p1")
    assert (link.used, link.expired, link.held) == (False, False, False)


async def test_an_unknown_link_is_nothing(flows: ConnectFlows) -> None:
    assert await flows.open("A" * 22, now=NOW) is None


async def test_a_link_ends_after_seven_days_and_a_new_one_takes_its_place(flows: ConnectFlows) -> None:
    first = await flows.issue(JAMAL, "github", now=NOW)
    week = NOW + timedelta(days=7)
    found = await flows.open(first, now=week)
    assert found is not None
    assert found.expired
    assert await flows.issue(JAMAL, "github", now=week) != first


async def test_neither_link_nor_state_nor_verifier_is_readable_in_the_database(
    database: Database, flows: ConnectFlows
) -> None:
    """tok_aad"""
    secret = await flows.issue(JAMAL, "github", now=NOW)
    link = await flows.open(secret, now=NOW)
    assert link is not None
    step = await flows.begin(link, now=NOW)
    await hold(flows, link)
    step = await flows.begin(await opened(flows, REN), now=NOW)
    content = await dump(database)
    for hidden in (secret, step.state, step.verifier.get_secret_value(), "gho_canary_77", "ghr_canary_78"):
        assert hidden not in content


async def test_a_state_comes_back_once_however_many_ask(flows: ConnectFlows) -> None:
    """link_state"""
    step = await flows.begin(await opened(flows), now=NOW)
    back = await asyncio.gather(*(flows.consume(step.state, integration="github", now=NOW) for _ in range(5)))
    found = [returned for returned in back if returned]
    assert len(found) == 1
    assert found[0].verifier == step.verifier
    assert found[0].person == JAMAL


@pytest.mark.parametrize(("integration", "now"), [("google", NOW), ("github", LATER)])
async def test_a_state_of_another_vendor_or_too_old_is_nothing(
    flows: ConnectFlows, integration: str, now: datetime
) -> None:
    """link_state"""
    step = await flows.begin(await opened(flows), now=NOW)
    assert await flows.consume(step.state, integration=integration, now=now) is None


async def test_two_tabs_both_come_back(flows: ConnectFlows) -> None:
    link = await opened(flows)
    first, second = await flows.begin(link, now=NOW), await flows.begin(link, now=NOW)
    assert await flows.consume(first.state, integration="github", now=NOW)
    assert await flows.consume(second.state, integration="github", now=NOW)


async def test_a_verifier_moved_to_another_persons_flow_does_not_open(database: Database, flows: ConnectFlows) -> None:
    """link_pkce_mixup"""
    step = await flows.begin(await opened(flows), now=NOW)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE connect_flows SET person = :ren"), {"ren": REN})
    assert await flows.consume(step.state, integration="github", now=NOW) is None


async def test_nothing_is_a_grant_before_the_person_confirms(flows: ConnectFlows) -> None:
    link = await opened(flows)
    await hold(flows, link)
    assert await flows.held(link, now=NOW) == HELD
    assert await flows.grants.list(JAMAL) == ()


async def test_confirming_makes_the_grant_and_uses_the_link_up(flows: ConnectFlows) -> None:
    link = await opened(flows)
    await hold(flows, link)
    connected = await flows.confirm(link, now=NOW)
    assert connected is not None
    assert (connected.grant.account, connected.again, connected.link.used) == (OCTO, False, True)
    assert await flows.grants.tokens(connected.grant.id) == TOKENS
    assert await flows.held(link, now=NOW) is None
    assert await flows.issue(JAMAL, "github", now=NOW, pending=PendingId("p1")) != flows.link_of(link.id)


async def test_a_second_click_finds_the_same_grant(flows: ConnectFlows) -> None:
    link = await opened(flows)
    await hold(flows, link)
    both = await asyncio.gather(*(flows.confirm(link, now=NOW) for _ in range(2)))
    assert sorted(one.again for one in both if one) == [False, True]
    assert len({one.grant.id for one in both if one}) == 1
    assert len(await flows.grants.list(JAMAL)) == 1


async def test_a_used_link_takes_no_other_account(flows: ConnectFlows) -> None:
    """link_state"""
    link = await opened(flows)
    await hold(flows, link)
    step = await flows.begin(link, now=NOW)
    await hold(flows, link, await flows.begin(link, now=NOW))
    assert await flows.confirm(link, now=NOW)
    late = await flows.consume(step.state, integration="github", now=NOW)
    assert late is not None
    assert not await flows.hold(late, HELD, now=NOW)


async def test_the_result_is_gone_with_the_grant(flows: ConnectFlows) -> None:
    link = await opened(flows)
    assert await flows.result(link, now=NOW) is None
    await hold(flows, link)
    connected = await flows.confirm(link, now=NOW)
    assert connected is not None
    assert await flows.result(link, now=NOW) is not None
    await flows.grants.disconnect(connected.grant.id)
    assert await flows.result(link, now=NOW) is None
    assert await flows.confirm(link, now=NOW) is None


async def test_an_account_is_held_for_ten_minutes(flows: ConnectFlows) -> None:
    link = await opened(flows)
    await hold(flows, link)
    assert await flows.held(link, now=LATER) is None
    assert await flows.confirm(link, now=LATER) is None


async def test_beginning_again_drops_the_account_that_was_held(flows: ConnectFlows) -> None:
    link = await opened(flows)
    await hold(flows, link)
    await flows.begin(link, now=NOW)
    assert await flows.held(link, now=NOW) is None


async def test_a_held_account_moved_to_another_persons_link_does_not_open(
    database: Database, flows: ConnectFlows
) -> None:
    """tok_aad"""
    await hold(flows, await opened(flows))
    theirs = await opened(flows, REN)
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE connect_links a SET held = b.held, held_until = b.held_until"
                " FROM connect_links b WHERE a.person = :ren AND b.person = :jamal"
            ),
            {"ren": REN, "jamal": JAMAL},
        )
    assert await flows.held(theirs, now=NOW) is None


async def test_confirming_a_deleted_link_makes_nothing(database: Database, flows: ConnectFlows) -> None:
    link = await opened(flows)
    await hold(flows, link)
    await flows.sweep(now=NOW + timedelta(days=8))
    assert await flows.confirm(link, now=NOW) is None
    assert await flows.result(link, now=NOW) is None
    assert await flows.held(link, now=NOW) is None


async def test_the_sweep_drops_what_was_held_too_long(database: Database, flows: ConnectFlows) -> None:
    await hold(flows, await opened(flows))
    await flows.sweep(now=LATER)
    async with database.engine.connect() as connection:
        assert (
            await connection.execute(text("SELECT count(*) FROM connect_links WHERE held IS NOT NULL"))
        ).scalar() == 0
