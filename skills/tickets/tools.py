"""What can be done with tickets in Jira."""

import asyncio
from typing import Annotated

from pydantic import Field, JsonValue

from integrations.atlassian.client import Jira
from integrations.atlassian.jql import Which, tickets_query
from integrations.atlassian.models import Board, Status
from integrations.errors import Refused
from skills.errors import RetryToolCall
from skills.left_out import unless_left_out
from skills.record import Record
from skills.skill import Result, Says, ToolContext, tool
from skills.tickets import habits, records, shown, taken_back
from skills.tickets.boards import board_named, card, done_since, shelves, sprint_named, sprint_shown
from skills.tickets.fields import as_fields, checked_text, is_nobody, wanted_at_first, wanted_changes
from skills.tickets.names import person, project_key, project_of, ticket_key
from skills.tickets.settle import (
    change_in_full,
    comment_in_full,
    fields_now,
    move_in_full,
    new_in_full,
    status_now,
    step_to,
)
from skills.tickets.taken_back import IN_HISTORY, NOTIFIED
from skills.tickets.titles import apart, parted, together
from skills.verbs import ASSIGN, CHANGE, CLOSE, COMMENT, CREATE, LABEL, MOVE, REOPEN, REPLY

MAX_ROWS = 25

Names = Annotated[list[str], Field(max_length=20)]
_TICKET = ("Ticket", "{key}")
_KINDS = {
    "assignee": "person",
    "labels": "label",
    "components": "component",
    "priority": "priority",
    "fix_version": "version",
    "parent": "ticket",
}
_READERS = ("jira:{key-}",)
_FIELDS = (
    ("Assignee", "{assignee}"),
    ("Labels", "{labels}"),
    ("Components", "{components}"),
    ("Priority", "{priority}"),
    ("Fix version", "{fix_version}"),
    ("Parent", "{parent}"),
)


@tool(
    "read",
    says=Says(doing="Looking for tickets"),
    targets=("project", "assignee"),
    remembers=habits.SEARCHING,
    kinds={"project": "project", "assignee": "person"},
)
async def search_tickets(
    ctx: ToolContext[Jira],
    words: str = "",
    jql: str | None = None,
    project: str | None = None,
    assignee: str | None = None,
    status: Which = "any",
    fix_version: str | None = None,
) -> Result:
    """Search tickets, the last changed first. All that is given has to fit.

    Each entry has key, summary, type, status, assignee, priority, versions, labels, components, when it was last
    changed, and its link.

    Args:
        words: Only those with all of these words in their text. Few and telling ones; no search syntax.
        jql: A search in JQL, for what the other parameters cannot say. It may have its own ORDER BY.
        project: Only in this one, by key or name; `all` where the person says so.
        assignee: `me`, a name or an address; `none` for those that nobody has.
        status: `open` are those not done, `done` those done or dropped.
        fix_version: Only those planned for this version, such as `4.12`.
    """
    named = unless_left_out(project)
    place = await project_key(ctx, named) if named else None
    who = await _searched_assignee(ctx, assignee) if assignee else None
    query = tickets_query(
        words=words, jql=jql or "", project=place, assignee=who, status=status, fix_version=fix_version
    )
    return await _listing(ctx, query, how="Narrow it with `words`, `project` or `status`.")


@tool("read", says=Says(doing="Looking at your tickets"))
async def my_tickets(ctx: ToolContext[Jira], status: Which = "open") -> Result:
    """List the tickets that are assigned to the person, the last changed first.

    Args:
        status: `open` are those not done, `done` those done or dropped.
    """
    query = tickets_query(assignee="currentUser()", status=status)
    return await _listing(ctx, query, how="Use search_tickets with `assignee` `me` to narrow it.")


@tool("read", says=Says(doing="Reading {key}"), targets=("key",))
async def read_ticket(ctx: ToolContext[Jira], key: str) -> Result:
    """Read one ticket: description, comments, how its status changed and when, linked tickets, parent, subtasks.

    Args:
        key: Its key, such as `TRAIL-141`.
    """
    name = ticket_key(key)
    ticket, comments = await asyncio.gather(ctx.client.ticket(name), ctx.client.comments(name))
    # Where another ticket names it, Jira does not tell who may see it.
    beside = await ctx.client.beside(records.named_by(ticket))
    link = ctx.client.page_of(ticket.key)
    content = shown.in_full(ticket, comments, link=link)
    return Result(
        content=content,
        link=link,
        said=f"Read {ticket.key}",
        records=records.of_one(ticket, comments, content, beside=beside),
    )


@tool(
    "read",
    says=Says(doing="Looking at the board {board}"),
    targets=("board",),
    remembers=habits.VIEWING,
)
async def view_board(ctx: ToolContext[Jira], board: str, sprint: str | None = None) -> Result:
    """Look at a board: its columns with their tickets, the sprint's goal and dates, and what was done when in it.

    Args:
        board: Its name or id.
        sprint: A sprint's name or id. Leave out for the active one.
    """
    place = await board_named(ctx, board)
    current = await sprint_named(ctx, place, sprint)
    looked = ctx.client.in_sprint(current.id) if current else ctx.client.on_board(place.id)
    (tickets, more), statuses = await asyncio.gather(looked, _statuses(ctx, place))
    link = ctx.client.page_of_board(place.id)
    cards = {one.key: card(one, link=ctx.client.page_of(one.key)) for one in tickets}
    goal = sprint_shown(current)
    content: dict[str, JsonValue] = {
        "board": {"id": place.id, "name": place.name, "type": place.type},
        "sprint": goal,
        "columns": [
            {"name": shelf.name, "tickets": [cards[one.key] for one in shelf.tickets]}
            for shelf in shelves(statuses, tickets)
        ],
        "link": link,
    }
    if current:
        content["done_in_sprint"] = [
            {"key": one.key, "summary": one.summary, "status": one.status.name, "done": shown.at(one.done_at)}
            for one in done_since(current, tickets)
        ]
    if note := shown.note(tickets, more=more, how="Ask for a part of it with search_tickets."):
        content["note"] = note
    return Result(
        content=content,
        link=link,
        said=f"Looked at {place.name}",
        records=(records.of_board(place, goal), *records.of_list(tickets, [cards[one.key] for one in tickets])),
    )


@tool(
    "write",
    says=Says(
        doing="Creating a ticket in {project}",
        ask="Create this ticket in Jira?",
        done="Ticket created",
        refused="Not created",
        labels=(("Board", "{project}"), ("Type", "{type}"), ("Title prefix", "{title_prefix}"), *_FIELDS),
        text="Summary and description, exactly as they will be written",
        always="create tickets in {project}",
    ),
    targets=(
        "project",
        "type",
        "title_prefix",
        "assignee",
        "labels",
        "components",
        "priority",
        "fix_version",
        "parent",
    ),
    payload=("summary", "description"),
    remembers=habits.FILING,
    egress=True,
    settle=new_in_full,
    apart=apart,
    asked_as=CREATE,
    kinds={"project": "project", "type": "ticket_type", "title_prefix": "label", **_KINDS},
    seen_by=("jira:{project}",),
    always=("project",),
    # No undo: Jira lets only its administrators delete tickets, unless they say otherwise.
)
async def create_ticket(
    ctx: ToolContext[Jira],
    project: str,
    type: str,
    summary: str,
    title_prefix: str | None = None,
    description: str = "",
    labels: Names = (),  # pyright: ignore[reportArgumentType]: a default that cannot be changed
    components: Names = (),  # pyright: ignore[reportArgumentType]
    assignee: str | None = None,
    parent: str | None = None,
    priority: str | None = None,
    fix_version: str | None = None,
) -> Result:
    """Create a ticket in the person's name.

    Args:
        project: Its key or name.
        type: `Task`, `Bug`, `Story` or whatever the project has.
        summary: One line, without a prefix.
        title_prefix: What their titles there begin with, such as `[infra]`; it is put before the summary.
        description: Markdown.
        labels: Single words without spaces.
        components: Names of the project's components.
        assignee: `me`, a name or an address; `none` where the person says nobody.
        parent: The key of the epic or ticket that it belongs to.
        priority: Such as `High`.
        fix_version: The version that it is planned for, such as `4.12`.
    """
    place = await project_key(ctx, project)
    title = together(*parted(title_prefix, summary))
    wanted = wanted_at_first(
        {
            "summary": title,
            "description": description,
            "labels": labels,
            "components": components,
            "assignee": assignee,
            "parent": parent,
            "priority": priority,
            "fix_version": fix_version,
        }
    )
    fields = await as_fields(ctx, wanted, project=place)
    key = await ctx.client.create({"project": {"key": place}, "issuetype": {"name": type}, **fields})
    made = records.written(key, summary=title, text=description)
    return _written({"key": key}, link=ctx.client.page_of(key), said=f"Created {key}", made=made)


@tool(
    "write",
    says=Says(
        doing="Changing {key}",
        ask="Change this ticket in Jira?",
        done="Ticket changed",
        refused="Not changed",
        labels=(_TICKET, *_FIELDS),
        text="Summary and description, exactly as they will be written",
        undo="Set the fields as they were?",
        undone="Fields set back",
        kept=IN_HISTORY,
    ),
    targets=("key", "assignee", "labels", "components", "priority", "fix_version", "parent"),
    payload=("summary", "description"),
    egress=True,
    settle=change_in_full,
    version=fields_now,
    asked_as=CHANGE | LABEL | ASSIGN,
    kinds={"key": "ticket", **_KINDS},
    seen_by=_READERS,
    into=("key",),
    undo=taken_back.take_back_change,
)
async def update_ticket(
    ctx: ToolContext[Jira],
    key: str,
    summary: str | None = None,
    description: str | None = None,
    labels: Names | None = None,
    components: Names | None = None,
    assignee: str | None = None,
    priority: str | None = None,
    fix_version: str | None = None,
    parent: str | None = None,
) -> Result:
    """Change fields of a ticket. Only what is given changes; `none` takes a value away. Its status: move_ticket.

    Args:
        key: Its key, such as `TRAIL-141`.
        summary: The new summary, one line.
        description: The whole new description in Markdown; read the ticket first.
        labels: All labels that it shall have afterwards, single words.
        components: All components that it shall have afterwards.
        assignee: `me`, a name or an address.
        priority: Such as `High`.
        fix_version: The one version that it is planned for, such as `4.12`.
        parent: The key of the epic or ticket that it belongs to.
    """
    wanted = wanted_changes(
        {
            "summary": summary,
            "description": description,
            "labels": labels,
            "components": components,
            "assignee": assignee,
            "priority": priority,
            "fix_version": fix_version,
            "parent": parent,
        }
    )
    if not wanted.given:
        raise RetryToolCall("Nothing is given that should change. Give at least one field.")
    name = ticket_key(key)
    fields = await as_fields(ctx, wanted, project=project_of(name))
    before = taken_back.fields_of(await ctx.client.ticket(name), fields)
    await ctx.client.update(name, fields)
    after = await taken_back.fields_now(ctx, name, fields)
    changed: list[JsonValue] = [*wanted.given]
    return _written(
        {"key": name, "changed": changed},
        link=ctx.client.page_of(name),
        said=f"Changed {name}",
        made=records.written(name, summary=wanted.summary or "", text=wanted.description or ""),
        undo={"key": name, "before": before, "after": after} if taken_back.differs(before, after) else None,
    )


@tool(
    "write",
    says=Says(
        doing="Moving {key}",
        ask="Move this ticket in Jira?",
        done="Ticket moved",
        refused="Not moved",
        labels=(_TICKET, ("To", "{to}")),
        undo="Move the ticket back?",
        undone="Ticket moved back",
        kept=IN_HISTORY,
    ),
    targets=("key", "to"),
    egress=True,
    settle=move_in_full,
    version=status_now,
    asked_as=MOVE | CHANGE | CLOSE | REOPEN,
    kinds={"key": "ticket", "to": "status"},
    seen_by=_READERS,
    into=("key",),
    undo=taken_back.take_back_move,
)
async def move_ticket(ctx: ToolContext[Jira], key: str, to: str) -> Result:
    """Move a ticket to another status.

    Args:
        key: Its key, such as `TRAIL-141`.
        to: The status it shall have, such as `In Review`.
    """
    ticket, step = await step_to(ctx, ticket_key(key), to)
    await ctx.client.move(ticket.key, step.id)
    return _written(
        {"key": ticket.key, "status": step.to.name},
        link=ctx.client.page_of(ticket.key),
        said=f"Moved {ticket.key}",
        made=records.written(ticket.key),
        undo={"key": ticket.key, "before": ticket.status.name, "after": step.to.name},
    )


@tool(
    "write",
    says=Says(
        doing="Commenting on {key}",
        ask="Post this comment in Jira?",
        done="Comment posted",
        refused="Not posted",
        labels=(_TICKET,),
        text="Text, exactly as it will be posted",
        undo="Delete the comment?",
        undone="Comment deleted",
        kept=NOTIFIED,
    ),
    targets=("key",),
    payload=("text",),
    egress=True,
    settle=comment_in_full,
    asked_as=COMMENT | REPLY,
    kinds={"key": "ticket"},
    seen_by=_READERS,
    into=("key",),
    undo=taken_back.take_back_comment,
)
async def comment_on_ticket(ctx: ToolContext[Jira], key: str, text: str) -> Result:
    """Post a comment under a ticket, in the person's name.

    Args:
        key: Its key, such as `TRAIL-141`.
        text: The comment in Markdown, exactly as it will be posted. Nobody is notified by an @name in it.
    """
    checked_text(text, parameter="text")
    name = ticket_key(key)
    posted = await ctx.client.comment(name, text)
    kept = taken_back.fingerprint(posted.body) if posted.body else ""
    return _written(
        {"id": posted.id},
        link=f"{ctx.client.page_of(name)}?focusedCommentId={posted.id}",
        said=f"Commented on {name}",
        made=records.written(name, text=text),
        undo={"key": name, "comment": posted.id, "text": kept} if kept else None,
    )


async def _searched_assignee(ctx: ToolContext[Jira], assignee: str) -> str:
    if is_nobody(assignee):
        return "EMPTY"
    if assignee.strip().lower() == "me":
        return "currentUser()"
    return (await person(ctx, assignee)).account_id


async def _statuses(ctx: ToolContext[Jira], board: Board) -> tuple[Status, ...]:
    return await ctx.client.statuses(board.project) if board.project else ()


async def _listing(ctx: ToolContext[Jira], query: str, *, how: str) -> Result:
    try:
        tickets, more = await ctx.client.find(query, limit=MAX_ROWS)
    except Refused as error:
        # The search itself is wrong: an unknown version, a field that is none, a slip in the JQL.
        raise RetryToolCall(f"{error} The search was: {query}") from error
    rows = [shown.row(ticket, link=ctx.client.page_of(ticket.key)) for ticket in tickets]
    content: dict[str, JsonValue] = {"tickets": list[JsonValue](rows)}
    if note := shown.note(tickets, more=more, how=how):
        content["note"] = note
    more_said = "more than " if more else ""
    return Result(
        content=content,
        untrusted=bool(rows),
        said=f"Found {more_said}{shown.counted(len(rows), 'ticket')}",
        records=records.of_list(tickets, rows),
    )


def _written(
    content: dict[str, JsonValue],
    *,
    link: str,
    said: str,
    made: tuple[Record, ...],
    undo: dict[str, JsonValue] | None = None,
) -> Result:
    """What a write brings back: ids and links, no word that somebody else may have written."""
    full: dict[str, JsonValue] = {**content, "link": link}
    return Result(content=full, untrusted=False, link=link, said=said, records=made, undo=undo)
