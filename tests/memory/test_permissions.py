"""What is not asked any more: given once, taken back, and over when the account is another one."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from integrations.errors import AccessRevoked
from integrations.integration import Account, OAuthApp, Site, Tokens
from memory.audit import Audit, Entry, digest
from memory.connect_flows import ConnectFlows, Held
from memory.crypto import Keyring, new_key
from memory.database import Database
from memory.grants import Grant, Grants
from memory.ids import PersonId, WorkspaceId
from memory.permissions import StandingPermissions

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TEAM = WorkspaceId("T1")
REN, JAMAL = PersonId("T1:UREN"), PersonId("T1:UJAMAL")
KEY = '["comment", "0123456789ab", "", {"repository": ["tamarack/web"]}]'
SAYS = "post pull request comments in tamarack/web"
APP = OAuthApp(
    name="github",
    client_id="client",
    client_secret=SecretStr("canary_secret"),
    api_url="https://vendor.test",
    authorize_url="https://vendor.test/authorize",
    token_url="https://vendor.test/token",
)


async def give(database: Database, person: PersonId = REN, key: str = KEY, integration: str = "github") -> None:
    await StandingPermissions(database).give(
        person, key, tool="comment", target="tamarack/web", says=SAYS, integration=integration, now=NOW
    )


async def log(database: Database) -> list[Entry]:
    return [entered.entry async for entered in Audit(database).export(TEAM)]


async def test_what_was_given_counts_for_its_person_alone(database: Database) -> None:
    await give(database)
    await give(database, JAMAL, "another")
    permissions = StandingPermissions(database)
    assert await permissions.given(REN) == {KEY}
    [one] = await permissions.list(REN)
    assert (one.person, one.key, one.tool, one.target, one.says) == (REN, KEY, "comment", "tamarack/web", SAYS)
    assert (one.integration, one.given_at) == ("github", NOW)
    assert await permissions.given(PersonId("T1:UNEW")) == frozenset()


async def test_given_twice_it_is_given_once(database: Database) -> None:
    await give(database)
    await give(database)
    assert len(await StandingPermissions(database).list(REN)) == 1
    assert [entry.action for entry in await log(database)] == ["permission.given"]


@pytest.mark.parametrize("by", ["id", "key"])
async def test_it_is_taken_back_by_id_or_key_and_only_by_its_person(database: Database, by: str) -> None:
    await give(database)
    permissions = StandingPermissions(database)
    [one] = await permissions.list(REN)
    which = one.id if by == "id" else one.key
    assert await permissions.revoke(JAMAL, which, now=NOW) is None
    assert await permissions.revoke(REN, which, now=NOW) == one
    assert await permissions.revoke(REN, which, now=NOW) is None
    assert await permissions.given(REN) == frozenset()


async def test_the_audit_log_says_who_gave_and_took_it_back_and_no_more_than_a_typed_target(
    database: Database,
) -> None:
    """audit_chain"""
    await give(database)
    permissions = StandingPermissions(database)
    await permissions.revoke(REN, KEY, now=NOW + timedelta(hours=1))
    await permissions.give(
        REN, "k2", tool="note", target="Plans for the merger", says="write", integration="google", now=NOW
    )
    given, revoked, other = await log(database)
    assert (given.action, given.person, given.actor, given.tool, given.target, given.at) == (
        "permission.given",
        REN,
        REN,
        "comment",
        "tamarack/web",
        NOW,
    )
    assert given.arguments_hash == digest(KEY)
    assert (revoked.action, revoked.at) == ("permission.revoked", NOW + timedelta(hours=1))
    assert (other.target, len(other.target_hash)) == ("", 64)


# When the account is another one.

Change = Callable[[Grants, Grant], Awaitable[object]]


async def connect(grants: Grants, account: str = "octo", person: PersonId = REN, site: Site | None = None) -> Grant:
    tokens = Tokens(access=SecretStr("gho_canary"), refresh=SecretStr("ghr_canary"), expires_at=NOW)
    return await grants.grant(
        person, "github", account=Account(id=account, name=account), tokens=tokens, now=NOW, site=site
    )


async def refused(_app: OAuthApp, _tokens: Tokens) -> Tokens:
    raise AccessRevoked("over")


async def refresh(grants: Grants, grant: Grant) -> None:
    with pytest.raises(AccessRevoked):
        await grants.access(grant.id, app=APP, refresh=refused, now=NOW)


HERE, THERE = Site(id="1", name="here", url=""), Site(id="2", name="there", url="")
VOIDS: dict[str, tuple[Change, str]] = {
    "disconnected": (lambda grants, grant: grants.disconnect(grant.id), "The account is not connected any more."),
    "revoked by the vendor": (
        lambda grants, grant: grants.mark_revoked(grant.id, version=1),
        "The account is not connected any more.",
    ),
    "refused when refreshed": (refresh, "The account is not connected any more."),
    "another account": (lambda grants, _: connect(grants, "work", site=HERE), "Another account was connected."),
    "the same at another site": (lambda grants, _: connect(grants, site=THERE), "Another account was connected."),
    "moved": (lambda grants, grant: grants.move(REN, grant.id, THERE), "The account is used at another site."),
    "renamed": (lambda grants, grant: grants.rename(REN, grant.id, "Work"), "The account is called otherwise now."),
}


@pytest.mark.parametrize("change", VOIDS)
async def test_a_permission_is_over_when_its_account_is_another_one(database: Database, change: str) -> None:
    grants = Grants(database, Keyring(new_key()))
    grant = await connect(grants, site=HERE)
    await connect(grants, "theirs", JAMAL)
    await give(database)
    await give(database, key="of another vendor", integration="google")
    await give(database, JAMAL)
    act, because = VOIDS[change]
    await act(grants, grant)
    permissions = StandingPermissions(database)
    assert await permissions.given(REN) == {"of another vendor"}
    assert await permissions.given(JAMAL) == {KEY}
    [over] = [entry for entry in await log(database) if entry.action == "permission.revoked"]
    assert (over.person, over.actor, over.reason) == (REN, "pinyon", because)


async def test_the_same_account_connected_again_changes_nothing(database: Database) -> None:
    grants = Grants(database, Keyring(new_key()))
    grant = await connect(grants, site=HERE)
    await give(database)
    await connect(grants, site=HERE)
    await grants.rename(REN, grant.id, grant.label)
    assert await StandingPermissions(database).given(REN) == {KEY}


async def test_a_permission_can_be_voided_for_a_vendor(database: Database) -> None:
    await give(database)
    await StandingPermissions(database).void(REN, "github", because="It was time.")
    assert await StandingPermissions(database).given(REN) == frozenset()


# What the log says of accounts.


async def test_connecting_and_disconnecting_stand_in_the_log_once_and_without_a_token(database: Database) -> None:
    """audit_chain, tok_canary"""
    grants = Grants(database, Keyring(new_key()))
    flows = ConnectFlows(database, grants.keyring, grants)
    link = await flows.open(await flows.issue(REN, "github", now=NOW), now=NOW)
    assert link is not None
    step = await flows.begin(link, now=NOW)
    returned = await flows.consume(step.state, integration="github", now=NOW)
    assert returned is not None
    tokens = Tokens(access=SecretStr("gho_canary"))
    await flows.hold(returned, Held(account=Account(id="1", name="octo"), tokens=tokens), now=NOW)
    connected = await flows.confirm(link, now=NOW)
    assert connected is not None
    await flows.confirm(link, now=NOW)
    for _ in range(2):
        await grants.disconnect(connected.grant.id)
    entries = await log(database)
    assert [(entry.action, entry.actor, entry.account, entry.target) for entry in entries] == [
        ("account.connected", REN, "octo", "github"),
        ("account.disconnected", REN, "octo", "github"),
    ]
    assert "canary" not in repr(entries)


async def test_the_vendor_is_said_to_have_ended_it_once(database: Database) -> None:
    grants = Grants(database, Keyring(new_key()))
    grant = await connect(grants)
    assert await grants.mark_revoked(grant.id, version=1)
    assert not await grants.mark_revoked(grant.id, version=1)
    [entry] = await log(database)
    assert (entry.action, entry.actor, entry.person) == ("account.ended", "pinyon", REN)
    assert entry == replace(entry, workspace=TEAM, account="octo")
