"""What people choose the same way again and again with tickets, and what they can tap before anything is learned."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from integrations.atlassian.client import Jira
from integrations.atlassian.models import Ticket
from skills.described import Described
from skills.own_records import prefix_of
from skills.skill import Habit, ToolContext
from skills.tickets.names import project_key, project_named

MAX_CHOICES = 5
_LOOKED_AT = 50
"""Tickets of the person that tell what they usually choose."""


async def usual_projects(ctx: ToolContext[Jira], **_: object) -> list[str]:
    """The projects in which the person filed last, the most frequent first; then others that they can see."""
    filed, visible = await asyncio.gather(_filed(ctx), ctx.client.projects())
    counted = Counter(ticket.project.key for ticket in filed if ticket.project)
    named = {one.key: one.name for one in (*visible, *(ticket.project for ticket in filed if ticket.project))}
    in_order = dict.fromkeys((*(key for key, _ in counted.most_common()), *named))
    choices: list[str] = [Described(key, f"{named[key]} ({key})") for key in in_order]
    return choices[:MAX_CHOICES]


async def project_in_full(ctx: ToolContext[Jira], project: str) -> str:
    """The project's key, spoken of with its name."""
    found = await project_named(ctx, project)
    return Described(found.key, f"{found.name} ({found.key})")


async def usual_types(ctx: ToolContext[Jira], *, project: str = "", **_: object) -> list[str]:
    """The kinds of tickets that the person files there; for who has none, those that there are."""
    filed = await _filed(ctx)
    own = _most(ticket.type.name for ticket in _in(project, filed))
    if own or not project:
        return own
    kinds = await ctx.client.types(await project_key(ctx, project))
    return [kind.name for kind in kinds if not kind.subtask][:MAX_CHOICES]


async def usual_components(ctx: ToolContext[Jira], *, project: str = "", **_: object) -> list[str]:
    """The components that the person gave their tickets there; for who has none, the first that there are."""
    filed = await _filed(ctx)
    own = _most(component.name for ticket in _in(project, filed) for component in ticket.components)
    if own or not project:
        return own
    place = await ctx.client.project(await project_key(ctx, project))
    return [component.name for component in place.components][:MAX_CHOICES]


async def usual_prefixes(ctx: ToolContext[Jira], *, project: str = "", **_: object) -> list[str]:
    """How the titles of the person's own tickets there begin."""
    filed = await _filed(ctx)
    return _most(prefix for ticket in _in(project, filed) if (prefix := prefix_of(ticket.summary)))


async def boards(ctx: ToolContext[Jira], **_: object) -> list[str]:
    """The names of boards that the person can see."""
    return [board.name for board in await ctx.client.boards()][:MAX_CHOICES]


async def _filed(ctx: ToolContext[Jira]) -> tuple[Ticket, ...]:
    found, _ = await ctx.client.find("reporter = currentUser() ORDER BY created DESC", limit=_LOOKED_AT)
    return found


def _in(project: str, tickets: Iterable[Ticket]) -> list[Ticket]:
    """Those in a project, which a person may name by key or name; all where none is known yet."""
    wanted = project.strip().lower()
    return [
        ticket
        for ticket in tickets
        if not wanted or (ticket.project and wanted in {ticket.project.key.lower(), ticket.project.name.lower()})
    ]


def _most(values: Iterable[str]) -> list[str]:
    return [value for value, _ in Counter(values).most_common(MAX_CHOICES)]


SEARCHING = {"project": Habit(label="Board", ask="Which board should I search?", in_full=project_in_full)}
VIEWING = {"board": Habit(label="Board", ask="Which board do you want to see?", choices=boards)}
FILING = {
    "project": Habit(
        label="Board", ask="Which board should this ticket go to?", choices=usual_projects, in_full=project_in_full
    ),
    "type": Habit(label="Type", ask="What kind of ticket is it?", within="project", choices=usual_types),
    "title_prefix": Habit(
        label="Title prefix",
        ask="What should the title begin with?",
        is_asked=True,
        is_shaping=True,
        within="project",
        choices=usual_prefixes,
    ),
    "components": Habit(
        label="Components",
        ask="Which components does it belong to?",
        is_asked=True,
        within="project",
        choices=usual_components,
    ),
    "labels": Habit(label="Labels", ask="Which labels should it have?", within="project"),
    "assignee": Habit(label="Assignee", ask="Who should it be assigned to?", within="project"),
    "priority": Habit(label="Priority", ask="How urgent is it?", within="project"),
    "fix_version": Habit(label="Fix version", ask="Which version is it planned for?", within="project"),
}
