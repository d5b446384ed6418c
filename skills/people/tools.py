"""Who is who in the workspace, and the person's own status."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, JsonValue

from integrations.errors import NotFound, Refused
from integrations.slack.client import Slack
from integrations.slack.models import FieldKind, Group, Profile, User
from skills.errors import RetryToolCall
from skills.people import records, shown, taken_back
from skills.people.names import groups_of, people, people_called, the_group, the_person
from skills.record import PUBLIC, Record
from skills.skill import Result, Says, ToolContext, tool
from skills.verbs import CHANGE

MAX_PEOPLE = 10
MAX_MEMBERS = 60
MAX_ASKED = 30
"""Members whose profiles are read to see who leads: Slack allows 100 such calls a minute."""
MAX_STATUS = 100
"""Characters; Slack refuses longer ones."""

Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 31)]


@tool("read", says=Says(doing="Looking for people in Slack"))
async def find_people(ctx: ToolContext[Slack], words: str) -> Result:
    """Find people of the workspace by name, handle, title, team or e-mail address; at most 10.

    Each has id, name, handle, title, team, address and local time; `standing` says who is a guest or from another
    company.

    Args:
        words: All of these words, such as `jamal`, `designer` or `bedrock`.
    """
    if not words.strip():
        raise RetryToolCall("`words` must say whom to look for.")
    everybody, groups = await asyncio.gather(people(ctx), groups_of(ctx))
    found = people_called(words, everybody, groups)
    team = (await ctx.client.me()).team_id
    rows: list[JsonValue] = [
        {**shown.row(user, team=team, groups=groups.get(user.id, ())), **shown.clock(user, ctx.now)}
        for user in found[:MAX_PEOPLE]
    ]
    content: dict[str, JsonValue] = {"total": len(found), "people": rows}
    if not found:
        content["note"] = "Nobody fits all of these words. Fewer words, or a part of the name, may find them."
    if len(found) > MAX_PEOPLE:
        content["note"] = f"Only the first {MAX_PEOPLE} of {len(found)} are listed. Add a word."
    return Result(
        content=content,
        said=f"Found {len(found)} {'person' if len(found) == 1 else 'people'}",
        records=records.of_people(found[:MAX_PEOPLE], rows),
    )


@tool("read", says=Says(doing="Reading the profile of {person}"), targets=("person",), kinds={"person": "person"})
async def read_profile(ctx: ToolContext[Slack], person: str) -> Result:
    """Read somebody's profile: title, manager, team, address, time zone, local time now, status and groups.

    `me` is the person who asks, so their manager is in the profile of `me`.

    Args:
        person: `me`, a name, `@handle`, e-mail address or id.
    """
    user = await the_person(ctx, person)
    profile, kinds, groups = await asyncio.gather(ctx.client.profile(user.id), _kinds(ctx), groups_of(ctx))
    managers = await _people_in(ctx, profile, kinds)
    team = (await ctx.client.me()).team_id
    manager = managers.get(shown.manager_of(profile, kinds) or "")
    content: dict[str, JsonValue] = {
        **shown.row(user, team=team, groups=groups.get(user.id, ())),
        "manager": shown.row(manager, team=team) if manager else None,
        "fields": shown.own_fields(profile, kinds, {one.id: one.called for one in managers.values()}),
        **shown.clock(user, ctx.now),
        "status": shown.status(profile, user.tz, ctx.now),
    }
    if profile.pronouns:
        content["pronouns"] = shown.cut(profile.pronouns)
    managed_by = [] if manager is None else [records.of_person(manager, content["manager"])]
    if manager is None:
        content["note"] = "The profile does not say who their manager is."
    return Result(
        content=content,
        said=f"Read the profile of {user.called}",
        records=(records.of_person(user, content), *managed_by),
    )


@tool("read", says=Says(doing="Reading the group {group}"), targets=("group",), kinds={"group": "group"})
async def list_group(ctx: ToolContext[Slack], group: str) -> Result:
    """List the members of a user group, which is often a team, with their titles, and who leads it.

    `leads` are the members whom other members' profiles name as their manager.

    Args:
        group: `@handle`, name or id of the group.
    """
    found = await the_group(ctx, group)
    members = await ctx.client.users(found.users[:MAX_MEMBERS])
    team = (await ctx.client.me()).team_id
    rows: list[JsonValue] = [{**shown.row(user, team=team), **shown.clock(user, ctx.now)} for user in members.values()]
    content: dict[str, JsonValue] = {
        "group": found.name or found.handle,
        "handle": f"@{found.handle}",
        "id": found.id,
        "about": shown.cut(found.description),
        "leads": list[JsonValue](await _leads(ctx, found, members)),
        "members": rows,
    }
    if not content["leads"]:
        content["note"] = "No profile says who leads this group."
    if len(found.users) > len(members):
        content["note"] = f"Only {len(members)} of {len(found.users)} members are listed."
    return Result(
        content=content,
        said=f"Read the group {found.name or found.handle}",
        records=(records.of_group(found), *records.of_people(members.values(), rows)),
    )


async def _status_in_full(
    ctx: ToolContext[Slack], *, text: str, emoji: str = "", minutes: int | None = None
) -> dict[str, Any]:
    del ctx
    _check_status(text)
    return {"text": text, "emoji": _emoji(emoji), "minutes": minutes}


@tool(
    "write",
    says=Says(
        doing="Setting the status",
        ask="Set this status in Slack?",
        done="Status set",
        refused="Status not set",
        labels=(("Emoji", "{emoji}"), ("Minutes", "{minutes}")),
        text="Status, exactly as everybody will see it",
        undo="Set the status back?",
        undone="Status set back",
    ),
    # How long it stays is no target: nobody else is reached, and nothing else is changed by it.
    targets=("emoji",),
    payload=("text",),
    egress=True,
    settle=_status_in_full,
    asked_as=CHANGE,
    kinds={"emoji": "emoji"},
    # Guests and other companies in the workspace see it too.
    seen_by=(PUBLIC,),
    undo=taken_back.status,
)
async def set_my_status(ctx: ToolContext[Slack], text: str, emoji: str = "", minutes: Minutes | None = None) -> Result:
    """Set the person's own status in Slack, which everybody in the workspace sees. Empty text and emoji clear it.

    Args:
        text: At most 100 characters; empty to clear it.
        emoji: By its name in Slack, such as `:headphones:`; empty for Slack's own choice.
        minutes: How long it stays. Leave out for until it is changed.
    """
    _check_status(text)
    until = ctx.now + timedelta(minutes=minutes) if minutes else None
    me = await ctx.client.user((await ctx.client.me()).user_id)
    before = await ctx.client.profile(me.id)
    profile = await ctx.client.set_status(text.strip(), emoji=_emoji(emoji), until=until)
    content: dict[str, JsonValue] = {"status": shown.status(profile, me.tz, ctx.now)}
    return Result(
        content=content,
        untrusted=False,
        said="Set the status" if text or emoji else "Cleared the status",
        records=(Record(kind="status", id=me.id, text=text.strip(), ours=True),),
        undo={"now": taken_back.kept(profile), "before": taken_back.kept(before)},
    )


async def _kinds(ctx: ToolContext[Slack]) -> tuple[FieldKind, ...]:
    """The workspace's own profile fields; none where its plan has none."""
    try:
        return await ctx.client.profile_fields()
    except (NotFound, Refused):
        return ()


async def _people_in(ctx: ToolContext[Slack], profile: Profile, kinds: Sequence[FieldKind]) -> dict[str, User]:
    """Those whom a profile's fields name."""
    fields = profile.fields or {}
    named = [fields[kind.id].value for kind in kinds if kind.type == "user" and kind.id in fields]
    return await ctx.client.users(one.strip() for value in named for one in value.split(",") if one.strip())


async def _leads(ctx: ToolContext[Slack], group: Group, members: dict[str, User]) -> list[dict[str, JsonValue]]:
    """Members whom other members name as their manager, the one with most first."""
    if not (kinds := await _kinds(ctx)) or len(members) > MAX_ASKED:
        return []
    profiles = await asyncio.gather(*(ctx.client.profile(member) for member in members))
    managers = Counter(shown.manager_of(profile, kinds) for profile in profiles)
    return [
        {"id": one, "name": members[one].called, "why": f"manager of {count} in {group.name or group.handle}"}
        for one, count in managers.most_common()
        if one in members
    ]


def _emoji(name: str) -> str:
    if not (bare := name.strip().strip(":")):
        return ""
    if not re.fullmatch(r"[a-z0-9_+'-]{1,100}", bare):
        raise RetryToolCall(f"`emoji` must be an emoji's name in Slack, such as `:headphones:`, got {name!r}.")
    return f":{bare}:"


def _check_status(text: str) -> None:
    if len(text.strip()) > MAX_STATUS:
        raise RetryToolCall(f"`text` may have {MAX_STATUS} characters, got {len(text.strip())}. Say it shorter.")
