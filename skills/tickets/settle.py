"""A write's arguments with every name in full, checked before a card shows them, and how its target stands."""

import asyncio
import hashlib
import json
from typing import Any

from integrations.atlassian.client import Jira
from integrations.atlassian.models import Ticket, Transition
from skills.described import Described
from skills.errors import RetryToolCall, ToolFailed
from skills.skill import ToolContext, Version
from skills.tickets.fields import (
    as_arguments,
    checked_text,
    is_nobody,
    settled,
    standing,
    standing_said,
    wanted_at_first,
    wanted_changes,
)
from skills.tickets.names import listed, one_of, project_key, project_of, ticket_key
from skills.tickets.titles import parted, together


async def new_in_full(
    ctx: ToolContext[Jira], *, project: str, type: str, summary: str, title_prefix: str | None, **fields: Any
) -> dict[str, Any]:
    """With the summary alone, as it can be edited, and in the words of the card the whole title."""
    place = await project_key(ctx, project)
    prefix, bare = parted(title_prefix, summary)
    title = together(prefix, bare)
    wanted, types = await asyncio.gather(
        settled(ctx, wanted_at_first({"summary": title, **fields}), project=place), ctx.client.types(place)
    )
    kind = one_of(type, [one.name for one in types], parameter="type", what=f"type of ticket in {place} called")
    if wanted.parent:
        await ctx.client.ticket(wanted.parent)
    return {
        "project": place,
        "type": kind,
        **fields,
        **as_arguments(wanted),
        "title_prefix": prefix or None,
        "summary": Described(bare, title) if prefix else title,
    }


async def change_in_full(ctx: ToolContext[Jira], *, key: str, **fields: Any) -> dict[str, Any]:
    wanted = wanted_changes(fields)
    if not wanted.given:
        raise RetryToolCall("Nothing is given that should change. Give at least one field.")
    # First the ticket: one that was moved to another project has another key, and other components.
    ticket = await ctx.client.ticket(ticket_key(key))
    full = await settled(ctx, wanted, project=project_of(ticket.key))
    if full.parent and not is_nobody(full.parent):
        await ctx.client.ticket(full.parent)
    return {"key": ticket.key, **fields, **as_arguments(full)}


async def move_in_full(ctx: ToolContext[Jira], *, key: str, to: str) -> dict[str, Any]:
    ticket, step = await step_to(ctx, ticket_key(key), to)
    return {"key": ticket.key, "to": step.to.name}


async def comment_in_full(ctx: ToolContext[Jira], *, key: str, text: str) -> dict[str, Any]:
    checked_text(text, parameter="text")
    return {"key": (await ctx.client.ticket(ticket_key(key))).key, "text": text}


async def fields_now(ctx: ToolContext[Jira], key: str, **fields: Any) -> Version:
    """What stands in the fields that would be changed."""
    ticket = await ctx.client.ticket(key)
    now = standing(ticket, wanted_changes(fields))
    fingerprint = hashlib.sha256(json.dumps([key, now], sort_keys=True).encode()).hexdigest()
    return Version(fingerprint=fingerprint, said=standing_said(ticket))


async def status_now(ctx: ToolContext[Jira], key: str, **_: object) -> Version:
    ticket = await ctx.client.ticket(key)
    return Version(fingerprint=f"{key} {ticket.status.name}", said=standing_said(ticket))


async def step_to(ctx: ToolContext[Jira], key: str, to: str) -> tuple[Ticket, Transition]:
    """The ticket, and the step that takes it to the status `to`.

    Raises RetryToolCall naming the possible ones, ToolFailed when it is there already.
    """
    ticket, steps = await asyncio.gather(ctx.client.ticket(key), ctx.client.transitions(key))
    wanted = to.strip().lower()
    if ticket.status.name.lower() == wanted:
        raise ToolFailed(f"{ticket.key} is {ticket.status.name} already. Nothing was changed.")
    fitting = [step for step in steps if step.to.name.lower() == wanted]
    # People also say what the button says: "Start work".
    fitting = fitting or [step for step in steps if step.name.lower() == wanted]
    if not fitting:
        possible = listed([step.to.name for step in steps])
        raise RetryToolCall(f"`to`: {ticket.key} is {ticket.status.name} and cannot go to {to!r}, only to {possible}.")
    return ticket, fitting[0]
