"""A board as a person sees it: which one, which sprint, what stands in which column."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from integrations.atlassian.client import Jira
from integrations.atlassian.models import Board, Sprint, Status, Ticket
from skills.errors import RetryToolCall
from skills.skill import ToolContext
from skills.tickets import shown
from skills.tickets.names import listed

_ORDER = {"new": 0, "undefined": 0, "indeterminate": 1, "done": 2}


async def board_named(ctx: ToolContext[Jira], board: str) -> Board:
    """The board with this id or name, or the only one whose name or project holds it. Raises RetryToolCall."""
    wanted = board.strip()
    if wanted.isdecimal():
        return await ctx.client.board(int(wanted))
    found = await ctx.client.boards(wanted) or await ctx.client.boards()
    exact = [one for one in found if one.name.lower() == wanted.lower()]
    fitting = exact or [one for one in found if wanted.lower() in one.name.lower()]
    fitting = fitting or [one for one in found if wanted.upper() == one.project]
    if len(fitting) == 1:
        return fitting[0]
    names = [f"{one.name} ({one.id})" for one in fitting or found]
    told = "may be any of" if fitting else "is none that I can see. There are"
    raise RetryToolCall(f"`board` {board!r} {told} {listed(names)}. Name one by its id, or ask which.")


async def sprint_named(ctx: ToolContext[Jira], board: Board, sprint: str | None) -> Sprint | None:
    """The sprint with this id or name; without one, the active one, or the next. None for a board without sprints.

    Raises RetryToolCall when there is no such sprint.
    """
    if board.type == "kanban":
        return None
    now = await ctx.client.sprints(board.id, "active", "future")
    if sprint is None:
        return min(now, key=lambda one: one.state != "active", default=None)
    if found := _called(sprint, now):
        return found
    before = await ctx.client.sprints(board.id, "closed")
    if found := _called(sprint, before):
        return found
    names = [f"{one.name} ({one.state})" for one in (*now, *before[::-1])]
    raise RetryToolCall(f"`sprint`: {board.name} has no sprint {sprint!r}. There are {listed(names)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A column with the tickets in it."""

    name: str
    tickets: tuple[Ticket, ...]


def shelves(statuses: Sequence[Status], tickets: Sequence[Ticket]) -> list[Shelf]:
    """`tickets` by status, from open to done. Columns proper are a board's settings, which only its admins may read."""
    known = {status.name: status for status in (*statuses, *(ticket.status for ticket in tickets))}
    in_order = sorted(known.values(), key=lambda status: _ORDER.get(status.status_category.key, 1))
    return [
        Shelf(name=status.name, tickets=tuple(ticket for ticket in tickets if ticket.status.name == status.name))
        for status in in_order
    ]


def done_since(sprint: Sprint, tickets: Sequence[Ticket]) -> list[Ticket]:
    """What was finished in the sprint so far, first to last."""
    begun = sprint.start_date
    done = [ticket for ticket in tickets if (at := ticket.done_at) and (begun is None or at >= begun)]
    return sorted(done, key=lambda ticket: ticket.done_at or ticket.updated)


def sprint_shown(sprint: Sprint | None) -> JsonValue:
    if sprint is None:
        return None
    return {
        "id": sprint.id,
        "name": sprint.name,
        "state": sprint.state,
        "goal": sprint.goal or "",
        "start": shown.at(sprint.start_date),
        "end": shown.at(sprint.complete_date or sprint.end_date),
    }


def card(ticket: Ticket, *, link: str) -> dict[str, JsonValue]:
    """A ticket as it hangs on a board: less than in a list, since a board holds many."""
    found = shown.row(ticket, link=link)
    for name in ("labels", "components", "fix_versions", "parent", "updated"):
        if name != "fix_versions" or not ticket.fix_versions:
            found.pop(name, None)
    return found


def _called(sprint: str, among: Sequence[Sprint]) -> Sprint | None:
    wanted = sprint.strip().lower()
    exact = [one for one in among if wanted in {str(one.id), one.name.lower()}]
    fitting = exact or [one for one in among if one.name.lower().endswith(f" {wanted}")]
    return fitting[-1] if fitting else None
