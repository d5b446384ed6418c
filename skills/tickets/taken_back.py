"""How what was written to a ticket is taken back: only where nobody changed it meanwhile."""

import hashlib
import json
from collections.abc import Collection

from pydantic import JsonValue

from integrations.atlassian.client import Jira
from integrations.atlassian.models import Named, Ticket
from integrations.errors import IntegrationError
from skills.errors import ToolFailed
from skills.skill import ToolContext

NOTIFIED = "People who were notified keep their notification."
IN_HISTORY = f"The history shows both changes. {NOTIFIED}"


async def take_back_comment(ctx: ToolContext[Jira], *, key: str, comment: str, text: str) -> None:
    """Delete the comment, unless somebody edited it since; `text` is the fingerprint of what was posted."""
    if fingerprint((await ctx.client.posted(key, comment)).body) != text:
        raise ToolFailed(
            f"The comment on {key} was edited since it was posted. It was not deleted: look at it in Jira."
        )
    await ctx.client.delete_comment(key, comment)


async def take_back_move(ctx: ToolContext[Jira], *, key: str, before: str, after: str) -> None:
    """Take the ticket back to the status `before`, if it is still `after` and its workflow has a way."""
    ticket = await ctx.client.ticket(key)
    if ticket.status.name != after:
        raise ToolFailed(f"{key} is {ticket.status.name} by now and no longer {after}. Nothing was changed.")
    steps = await ctx.client.transitions(key)
    if not (back := [step for step in steps if step.to.name == before]):
        raise ToolFailed(f"{key} cannot go back from {after} to {before}: its workflow has no such step.")
    await ctx.client.move(key, back[0].id)


async def take_back_change(ctx: ToolContext[Jira], *, key: str, before: dict[str, JsonValue], after: str) -> None:
    """Set the fields in `before` as they were, if `after` is still the fingerprint of what stands in them."""
    if fingerprint(fields_of(await ctx.client.ticket(key), before)) != after:
        raise ToolFailed(f"Somebody changed these fields of {key} since. Nothing was changed.")
    await ctx.client.update(key, before)


async def fields_now(ctx: ToolContext[Jira], key: str, names: Collection[str]) -> str:
    """The fingerprint of what stands in these fields; empty where Jira does not tell, right after a change was made."""
    try:
        return fingerprint(fields_of(await ctx.client.ticket(key), names))
    except IntegrationError:
        return ""


def differs(before: dict[str, JsonValue], after: str) -> bool:
    """Whether fields changed, by what stood in them and by what `fields_now` said afterwards."""
    return after not in {"", fingerprint(before)}


def fields_of(ticket: Ticket, names: Collection[str]) -> dict[str, JsonValue]:
    """What stands in these fields, called and shaped as Jira takes them."""
    every: dict[str, JsonValue] = {
        "summary": ticket.summary,
        "description": ticket.description,
        "labels": list[JsonValue](sorted(ticket.labels)),
        "components": _named(ticket.components),
        "assignee": {"accountId": ticket.assignee.account_id} if ticket.assignee else None,
        "priority": {"name": ticket.priority.name} if ticket.priority else None,
        "fixVersions": _named(ticket.fix_versions),
        "parent": {"key": ticket.parent.key} if ticket.parent else None,
    }
    return {name: every[name] for name in names}


def fingerprint(value: JsonValue) -> str:
    """What tells whether something is still the same, without keeping it."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _named(values: Collection[Named]) -> list[JsonValue]:
    return [{"name": name} for name in sorted(value.name for value in values)]
