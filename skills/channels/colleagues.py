"""From the name of a colleague to the person who can be asked."""

import unicodedata

from integrations.errors import NotFound, PermissionMissing
from integrations.slack.client import Slack
from integrations.slack.models import User
from integrations.slack.mrkdwn import mentioned_people
from skills.errors import RetryToolCall, ToolFailed
from skills.skill import ToolContext

_MAX_ALIKE = 10


async def colleague(ctx: ToolContext[Slack], to: str) -> User:
    """Whom `to` names (an id, an e-mail address, a handle or a name), if they can be asked something.

    Raises RetryToolCall when that is nobody or several, ToolFailed when it is nobody who could answer.
    """
    found = await _found(ctx, to.strip())
    if found.id == (await ctx.client.me()).user_id:
        raise ToolFailed("That is the person themselves. Tell them here, or ask which colleague they mean.")
    if found.is_bot or found.deleted:
        what = "is an app" if found.is_bot else "is no longer in the workspace"
        raise ToolFailed(f"{found.called} {what}. Ask who else could take it over.")
    return found


async def _found(ctx: ToolContext[Slack], to: str) -> User:
    everybody = await ctx.client.everybody()
    if (mentioned := mentioned_people(to)) or to in {user.id for user in everybody}:
        return await ctx.client.user(mentioned[0] if mentioned else to)
    if "@" in to.lstrip("@"):
        return await _by_address(ctx, to)
    people = [user for user in everybody if not user.is_bot]
    wanted = _plain(to).removeprefix("@")
    exact = [user for user in people if wanted in {_plain(user.called), _plain(user.name)}]
    match exact or [user for user in people if wanted and wanted in _plain(f"{user.called} {user.name}")]:
        case [only]:
            return only
        case []:
            raise RetryToolCall(f"`to` must be a colleague or a #channel, and nobody is called {to[:100]!r}. Ask who.")
        case several:
            names = ", ".join(f"{user.called} ({user.id})" for user in several[:_MAX_ALIKE])
            raise RetryToolCall(f"`to` {to!r} may be any of {names}. Name one by id, or ask which.")


async def _by_address(ctx: ToolContext[Slack], address: str) -> User:
    try:
        return await ctx.client.by_address(address)
    except (NotFound, PermissionMissing):
        raise ToolFailed(f"I find nobody with the address {address!r} in this workspace.") from None


def _plain(text: str) -> str:
    """`text` without accents and capitals."""
    parts = unicodedata.normalize("NFKD", " ".join(text.split())).casefold()
    return "".join(part for part in parts if not unicodedata.combining(part))
