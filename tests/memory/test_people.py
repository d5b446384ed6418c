"""People, as Slack describes them."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from memory.database import Database
from memory.ids import PersonId, WorkspaceId
from memory.people import People, Person, profile_from_slack

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TEAM = WorkspaceId("T1")
MEMBER: dict[str, Any] = {
    "id": "U1",
    "team_id": "T1",
    "name": "jamal",
    "tz": "Europe/Berlin",
    "locale": "en-GB",
    "profile": {"real_name": "Jamal Rao", "display_name": "Jamal", "email": "jamal@tamarack.example"},
}


def read(**changes: Any) -> Person:
    return profile_from_slack({**MEMBER, **changes}, workspace=TEAM, now=NOW)


def test_a_member_is_read_from_users_info() -> None:
    assert read() == Person(
        id=PersonId("T1:U1"),
        workspace=TEAM,
        user="U1",
        name="Jamal",
        email="jamal@tamarack.example",
        zone="Europe/Berlin",
        locale="en-GB",
        refreshed_at=NOW,
    )
    assert read().is_member


@pytest.mark.parametrize(
    "changes",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"team_id": "T2"},
        {"is_bot": True},
        {"id": "USLACKBOT"},
        {"deleted": True},
    ],
)
def test_guests_outsiders_bots_and_the_gone_are_no_members(changes: dict[str, Any]) -> None:
    """ext_user"""
    assert not read(**changes).is_member


def test_a_colleague_of_another_team_of_the_same_organisation_is_no_outsider() -> None:
    person = read(team_id="T2", enterprise_user={"enterprise_id": "E1", "teams": ["T1", "T2"]})
    assert person.is_member
    assert person.enterprise == "E1"


def test_the_smallest_user_slack_may_send_is_read() -> None:
    person = profile_from_slack({"id": "U9"}, workspace=TEAM, now=NOW)
    assert (person.name, person.zone, person.is_member) == ("U9", "UTC", True)


async def test_a_renewed_profile_keeps_greeting_and_switches(database: Database) -> None:
    people = People(database)
    await people.upsert(read())
    await people.greet(PersonId("T1:U1"), now=NOW)
    await people.switch(PersonId("T1:U1"), "mail", "off")
    await people.switch(PersonId("T1:U1"), "files", "read")
    await people.upsert(read(deleted=True))
    person = await people.get(PersonId("T1:U1"))
    assert person is not None
    assert (person.deactivated_at, person.greeted_at) == (NOW, NOW)
    assert (person.switched_off, person.read_only) == (("mail",), ("files",))


async def test_a_switch_set_twice_stands_once_and_the_next_one_replaces_it(database: Database) -> None:
    people = People(database)
    await people.upsert(read())
    for to in ("off", "off", "read", "read"):
        await people.switch(PersonId("T1:U1"), "mail", to)
    person = await people.get(PersonId("T1:U1"))
    assert person is not None
    assert (person.switched_off, person.read_only) == ((), ("mail",))
    await people.switch(PersonId("T1:U1"), "mail", "write")
    person = await people.get(PersonId("T1:U1"))
    assert person is not None
    assert (person.switched_off, person.read_only) == ((), ())


async def test_of_many_at_once_one_greets(database: Database) -> None:
    people = People(database)
    await people.upsert(read())
    heard = await asyncio.gather(*(people.greet(PersonId("T1:U1"), now=NOW) for _ in range(5)))
    assert sorted(heard) == [False, False, False, False, True]


async def test_a_forgotten_person_is_gone(database: Database) -> None:
    people = People(database)
    await people.upsert(read())
    await people.forget(PersonId("T1:U1"))
    assert await people.get(PersonId("T1:U1")) is None
