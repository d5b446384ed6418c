"""How what was posted in somebody's name is taken back, when nothing has come of it meanwhile."""

from integrations.slack.client import Slack
from skills.errors import ToolFailed
from skills.skill import ToolContext


async def post(ctx: ToolContext[Slack], *, channel: str, ts: str, thread: str = "") -> None:
    """Delete a message in a channel. Raises ToolFailed when somebody answered it or changed it."""
    messages = await ctx.client.thread(channel, thread or ts)
    found = next((message for message in messages if message.ts == ts), None)
    if found is None or found.subtype == "tombstone":
        raise ToolFailed("The message is gone already.")
    if found.reply_count:
        raise ToolFailed("Somebody has answered the message, so I leave it. You can delete it in Slack.")
    if found.edited:
        raise ToolFailed("The message was changed since, so I leave it. You can delete it in Slack.")
    await ctx.client.delete(channel, ts)


async def handed_over(ctx: ToolContext[Slack], *, channel: str, ts: str, is_direct: bool) -> None:
    """Delete what asked somebody to take over."""
    if is_direct:
        # Direct messages are written and never read, so nobody can say what was answered there.
        await ctx.client.delete(channel, ts)
    else:
        await post(ctx, channel=channel, ts=ts)
