"""How a status is taken back, when it still is the one that was set."""

from datetime import UTC, datetime

from pydantic import JsonValue

from integrations.slack.client import Slack
from integrations.slack.models import Profile
from skills.errors import ToolFailed
from skills.skill import ToolContext


def kept(profile: Profile) -> dict[str, JsonValue]:
    """A status as it is kept for later."""
    return {"text": profile.status_text, "emoji": profile.status_emoji, "expires": profile.status_expiration}


async def status(ctx: ToolContext[Slack], *, now: dict[str, JsonValue], before: dict[str, JsonValue]) -> None:
    """Set the status that was there before. Raises ToolFailed when it is another one than `now` meanwhile."""
    current = await ctx.client.profile((await ctx.client.me()).user_id)
    if kept(current) != now:
        raise ToolFailed("Your status was changed since, so I leave it.")
    expires = int(str(before["expires"]))
    if expires and expires <= ctx.now.timestamp():
        before = {"text": "", "emoji": "", "expires": 0}
    until = datetime.fromtimestamp(expires, UTC) if before["expires"] else None
    await ctx.client.set_status(str(before["text"]), emoji=str(before["emoji"]), until=until)
