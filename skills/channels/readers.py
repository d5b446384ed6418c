"""Who reads along in a channel, in words: what a person wants to know before something is posted there."""

from collections import Counter
from typing import Annotated

from pydantic import Field

from integrations.errors import IntegrationError
from integrations.slack.client import MAX_USERS, Slack
from integrations.slack.models import Channel
from skills.skill import ToolContext

MAX_ASKED = 40
"""Members that are looked up one by one; for more, the whole workspace's list is fewer calls."""
MAX_MEMBERS = 400
"""Of a channel whose members are asked for while it is read: two pages of Slack's."""
# Read-only in JSON Schema's sense: only the card shows it, filled in by code in place of what a model may write there.
Readers = Annotated[str, Field(json_schema_extra={"format": "filled-by-pinyon", "readOnly": True})]
_OUTSIDE = (
    ("guest", "guest", "guests"),
    ("other company", "from another company", "from another company"),
    ("unknown", "unknown to me", "unknown to me"),
)


async def readers_of(ctx: ToolContext[Slack], channel: Channel) -> str:
    """How many people are in `channel`, and whether guests or another company are among them."""
    members = await ctx.client.members(channel.id)
    known = {user.id: user for user in await ctx.client.everybody()} if len(members) > MAX_ASKED else {}
    missing = [member for member in members if member not in known]
    known |= await ctx.client.users(missing[:MAX_ASKED])
    team = (await ctx.client.me()).team_id
    standing = Counter(known[member].standing(team) if member in known else "unknown" for member in members)
    more = " or more" if len(members) >= MAX_USERS else ""
    people = len(members) - standing["app"]
    outside = [_counted(standing[kind], one, several) for kind, one, several in _OUTSIDE if standing[kind]]
    if channel.is_ext_shared and not standing["other company"]:
        outside.append("another company reads along")
    among = ", ".join(outside) or "no guests and nobody from another company"
    return f"{_counted(people, 'person', 'people')}{more}, {among}"


async def members_of(ctx: ToolContext[Slack], channel: Channel) -> frozenset[str]:
    """The ids of those in `channel`; none where they are many, or cannot be told: what was read counts without it."""
    if (channel.num_members or MAX_USERS) > MAX_MEMBERS:
        return frozenset()
    try:
        return frozenset(await ctx.client.members(channel.id))
    except IntegrationError:
        return frozenset()


def _counted(count: int, one: str, several: str) -> str:
    return f"{_about(count)} {one if count == 1 else several}"


def _about(count: int) -> str:
    """A number as it stands on a card: it must not change, and ask anew, each time somebody joins a large channel."""
    if count < 20:
        return str(count)
    step = 10 ** (len(str(count)) - 1)
    return f"about {round(count / step * 2) * step // 2:,}"
