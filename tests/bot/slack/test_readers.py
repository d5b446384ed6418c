"""Who reads along in a channel, as Slack says at that moment."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sharing import Readers
from bot.slack.readers import MOST_ASKED, others_read, readers, shared_channels
from memory.ids import WorkspaceId
from memory.people import Person, profile_from_slack

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TEAM = WorkspaceId("T1")


@dataclass
class FakeApi:
    """A channel with members, in pages of `page`."""

    users: list[dict[str, Any]]
    channel: dict[str, Any] = field(default_factory=dict[str, Any])
    strangers: list[str] = field(default_factory=list[str])
    page: int = 1_000
    asked: list[str] = field(default_factory=list[str])

    async def get(self, method: str, **arguments: Any) -> dict[str, Any]:
        self.asked.append(method)
        if method == "conversations.info":
            return {"channel": {"id": arguments["channel"], **self.channel}}
        every: list[Any] = [user["id"] for user in self.users] + self.strangers
        if method == "users.list":
            every = self.users
        start = int(arguments.get("cursor") or 0)
        more = str(start + self.page) if start + self.page < len(every) else ""
        return {"members": every[start : start + self.page], "response_metadata": {"next_cursor": more}}

    async def person(self, user: str) -> Person:
        self.asked.append(user)
        found = next((one for one in self.users if one["id"] == user), {"id": user, "team_id": "T2"})
        return profile_from_slack(found, workspace=TEAM, now=NOW)


def member(n: int, **facts: Any) -> dict[str, Any]:
    return {"id": f"U{n}", "team_id": "T1", "name": f"nr{n}", **facts}


async def others(api: FakeApi) -> bool:
    slack: Any = api
    return await others_read(slack, "C1", workspace=TEAM, person=api.person, now=NOW)


@pytest.mark.parametrize(
    ("joins", "reads"),
    [
        ({}, False),
        ({"is_bot": True}, False),
        ({"is_restricted": True}, True),
        ({"is_ultra_restricted": True}, True),
        ({"is_stranger": True}, True),
        ({"team_id": "T2"}, True),
    ],
)
@pytest.mark.parametrize("members", [3, MOST_ASKED + 5])
async def test_one_who_is_no_member_is_enough(members: int, joins: dict[str, Any], reads: bool) -> None:  # noqa: FBT001
    """chan_external"""
    api = FakeApi([*map(member, range(members)), member(900, **joins)], page=40)
    assert await others(api) is reads


@pytest.mark.parametrize("shared", ["is_ext_shared", "is_pending_ext_shared"])
async def test_a_channel_shared_with_another_company_is_read_by_it(shared: str) -> None:
    """chan_external: also before anybody of theirs has joined."""
    assert await others(FakeApi([member(1)], channel={shared: True}))


async def test_of_a_large_channel_the_whole_list_is_read_and_only_strangers_are_looked_at() -> None:
    api = FakeApi([*map(member, range(MOST_ASKED + 1))], strangers=["W7"])
    assert await others(api)
    assert api.asked == ["conversations.info", "conversations.members", "users.list", "W7"]


async def counted(api: FakeApi) -> Readers:
    slack: Any = api
    return await readers(slack, "C1", workspace=TEAM, person=api.person, besides="U0", now=NOW)


@pytest.mark.parametrize("members", [3, MOST_ASKED + 5])
async def test_everybody_who_would_see_a_post_is_counted_but_its_author_and_bots(members: int) -> None:
    api = FakeApi([*map(member, range(members)), member(900, is_bot=True)], page=40)
    assert await counted(api) == Readers(people=members - 1, outside=False)


@pytest.mark.parametrize("members", [3, MOST_ASKED + 5])
@pytest.mark.parametrize("joins", [{"is_restricted": True}, {"team_id": "T2"}])
async def test_a_guest_is_counted_and_told_of(members: int, joins: dict[str, Any]) -> None:
    """chan_external"""
    api = FakeApi([*map(member, range(members)), member(900, **joins)], strangers=["W7"])
    assert await counted(api) == Readers(people=members + 1, outside=True)


async def test_a_channel_shared_with_another_company_has_people_outside() -> None:
    """chan_external: also before anybody of theirs has joined."""
    assert (await counted(FakeApi([member(1)], channel={"is_pending_ext_shared": True}))).outside


class FakeChannels:
    """Three channels, one on a page: Pinyon is in two of them, and the person in two."""

    async def get(self, method: str, **arguments: Any) -> dict[str, Any]:
        assert (method, arguments["exclude_archived"]) == ("users.conversations", True)
        found = ["C1", "C2"] if arguments.get("user") else ["C2", "C3"]
        at = int(arguments.get("cursor") or 0)
        more = str(at + 1) if at + 1 < len(found) else ""
        channel = {"id": found[at], "name": f"name-{found[at]}"}
        return {"channels": [channel], "response_metadata": {"next_cursor": more}}


async def test_only_channels_that_the_person_and_pinyon_are_both_in_are_offered() -> None:
    slack: Any = FakeChannels()
    assert await shared_channels(slack, "U1") == [("C2", "name-C2")]
