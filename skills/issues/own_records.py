"""What the issues that a person opened say of how they open issues."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta

from integrations.github.client import GitHub
from integrations.github.models import Event, Issue, login_of
from skills.own_records import LOOKED_INTO, OwnRecord, OwnRecords, Value
from skills.skill import ToolContext

AT_ONCE = timedelta(hours=1)
"""What the person themself adds so soon still belongs to opening the issue."""


async def own_records(ctx: ToolContext[GitHub], *, most: int) -> Sequence[OwnRecord]:
    """The issues that the person opened, each with the labels and assignees that they themself gave it.

    A list does not tell who labelled, so only the newest are looked into; of the others the repository counts.
    """
    issues = await ctx.client.issues.opened(limit=most)
    events = await asyncio.gather(*(ctx.client.events(one.repository, one.number) for one in issues[:LOOKED_INTO]))
    told: list[Sequence[Event] | None] = [*events, *([None] * (len(issues) - len(events)))]
    return [_record(issue, happened) for issue, happened in zip(issues, told, strict=True)]


def _record(issue: Issue, events: Sequence[Event] | None) -> OwnRecord:
    values: dict[str, Value] = {"repository": issue.repository}
    if events is not None:
        given = {
            "labels": _given(issue, events, ("labeled", "unlabeled"), now=issue.label_names),
            "assignees": _given(issue, events, ("assigned", "unassigned"), now=issue.assigned),
        }
        values |= {name: tuple(sorted(names)) or None for name, names in given.items() if names is not None}
    return OwnRecord(
        tool="open_issue",
        key=f"{issue.repository}#{issue.number}",
        at=issue.created_at,
        values=values,
        words=issue.title,
    )


def _given(
    issue: Issue, events: Sequence[Event], kinds: tuple[str, str], *, now: Collection[str]
) -> Collection[str] | None:
    """The names that the person gave in opening it; None when anybody else had a hand in it, or nobody can tell."""
    these = [event for event in events if event.event in kinds]
    if any(event.actor is None or event.actor.login != login_of(issue.user) for event in these):
        return None
    if not these:
        return None if now else ()
    soon = [event for event in these if event.created_at <= issue.created_at + AT_ONCE]
    return {_name(event) for event in soon if event.event == kinds[0]} - {
        _name(event) for event in soon if event.event == kinds[1]
    }


def _name(event: Event) -> str:
    if event.label:
        return event.label.name
    return event.assignee.login if event.assignee else ""


OWN_RECORDS = OwnRecords(named="issues", such_as=("labels",), read=own_records)
