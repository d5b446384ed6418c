"""Who reads along in a channel beside the members of its workspace."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

from bot.sharing import Readers
from bot.slack.api import SlackApi
from memory.ids import WorkspaceId, user_of
from memory.people import Person, profile_from_slack

PAGE = 1_000
MOST_ASKED = 100
"""Members who are looked at one by one; of a larger channel, the workspace's whole list is fewer calls."""
AT_ONCE = 10


async def others_read(
    api: SlackApi, channel: str, *, workspace: WorkspaceId, person: Callable[[str], Awaitable[Person]], now: datetime
) -> bool:
    """Whether a guest or somebody of another company reads in `channel` now.

    `person` gives a member by their id. Raises one of `Failed` when Slack does not say.
    """
    found: dict[str, Any] = (await api.get("conversations.info", channel=channel))["channel"]
    if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
        return True
    members = {str(user) async for user in _every(api, "conversations.members", "members", channel=channel)}
    if len(members) > MOST_ASKED:
        everybody = [
            profile_from_slack(user, workspace=workspace, now=now)
            async for user in _every(api, "users.list", "members")
        ]
        members -= {user_of(one.id) for one in everybody if not is_other(one)}
    return any(is_other(one) for one in await _looked_at(members, person))


async def readers(
    api: SlackApi,
    channel: str,
    *,
    workspace: WorkspaceId,
    person: Callable[[str], Awaitable[Person]],
    besides: str,
    now: datetime,
) -> Readers:
    """Who would see a post in `channel` beside the user `besides`: people only, no bots.

    `person` gives a member by their id. Raises one of `Failed` when Slack does not say.
    """
    found: dict[str, Any] = (await api.get("conversations.info", channel=channel))["channel"]
    members = {str(user) async for user in _every(api, "conversations.members", "members", channel=channel)} - {besides}
    known: dict[str, Person] = {}
    if len(members) > MOST_ASKED:
        listed = [
            profile_from_slack(user, workspace=workspace, now=now)
            async for user in _every(api, "users.list", "members")
        ]
        known = {user_of(one.id): one for one in listed if user_of(one.id) in members}
    everybody = [*known.values(), *await _looked_at(members - known.keys(), person)]
    is_shared = bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared"))
    return Readers(
        people=sum(not one.is_bot for one in everybody), outside=is_shared or any(is_other(one) for one in everybody)
    )


async def is_member(api: SlackApi, channel: str, user: str) -> bool:
    """Whether `user` is in `channel` now. Raises one of `Failed` when Slack does not say."""
    async for member in _every(api, "conversations.members", "members", channel=channel):
        if member == user:
            return True
    return False


async def shared_channels(api: SlackApi, user: str) -> list[tuple[str, str]]:
    """(id, name) of the channels that `user` and Pinyon are both in. Raises one of `Failed` when Slack does not say."""
    kinds = {"types": "public_channel,private_channel", "exclude_archived": True}
    theirs = {str(one["id"]) async for one in _every(api, "users.conversations", "channels", user=user, **kinds)}
    ours = _every(api, "users.conversations", "channels", **kinds)
    return [(str(one["id"]), str(one.get("name") or "")) async for one in ours if one["id"] in theirs]


def is_other(person: Person) -> bool:
    return person.is_guest or person.is_outsider


async def _looked_at(members: set[str], person: Callable[[str], Awaitable[Person]]) -> list[Person]:
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(user: str) -> Person:
        async with turns:
            return await person(user)

    return await asyncio.gather(*map(one, members))


async def _every(api: SlackApi, method: str, name: str, **arguments: Any) -> AsyncIterator[Any]:
    """All entries of a list that comes in pages."""
    cursor: str | None = None
    while cursor != "":
        page = await api.get(method, limit=PAGE, cursor=cursor, **arguments)
        for entry in page[name]:
            yield entry
        after: dict[str, Any] = page.get("response_metadata") or {}
        cursor = str(after.get("next_cursor") or "")
