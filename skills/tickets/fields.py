"""What a person wants in a ticket's fields, first settled to what Jira knows, then as Jira takes it."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from typing import Any

from pydantic import JsonValue

from integrations.atlassian.adf import from_markdown
from integrations.atlassian.client import Jira
from integrations.atlassian.models import Project, Ticket
from skills.errors import RetryToolCall
from skills.skill import ToolContext
from skills.tickets.names import NOBODY, in_full, one_of, person, ticket_key
from skills.tickets.shown import name_of

MAX_SUMMARY = 255
MAX_TEXT = 32_767
"""Characters; Jira refuses more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The fields of a ticket as a person names them; what is None is left as it is."""

    summary: str | None = None
    description: str | None = None
    labels: tuple[str, ...] | None = None
    components: tuple[str, ...] | None = None
    assignee: str | None = None
    priority: str | None = None
    fix_version: str | None = None
    parent: str | None = None

    @property
    def given(self) -> dict[str, str | tuple[str, ...]]:
        """What is to be set, by field."""
        every: dict[str, str | tuple[str, ...] | None] = {
            field.name: getattr(self, field.name) for field in fields_of(self)
        }
        return {name: value for name, value in every.items() if value is not None}


async def settled(ctx: ToolContext[Jira], wanted: Wanted, *, project: str) -> Wanted:
    """`wanted` with every name spelled as Jira has it. Raises RetryToolCall for what the project does not know."""
    who, known, priority = await asyncio.gather(
        _assignee(ctx, wanted, project), _known(ctx, wanted, project), _priority(ctx, wanted.priority)
    )
    return replace(
        wanted,
        summary=_summary(wanted.summary),
        description=_description(wanted.description),
        labels=_labels(wanted.labels),
        components=_components(wanted.components, known),
        assignee=who,
        priority=priority,
        fix_version=_version(wanted.fix_version, known),
        parent=_parent(wanted.parent),
    )


async def as_fields(ctx: ToolContext[Jira], wanted: Wanted, *, project: str) -> dict[str, JsonValue]:
    """`wanted`, settled, as the fields that Jira takes."""
    fields: dict[str, JsonValue] = {}
    if wanted.summary is not None:
        fields["summary"] = wanted.summary
    if wanted.description is not None:
        fields["description"] = from_markdown(wanted.description)
    if wanted.labels is not None:
        fields["labels"] = list[JsonValue](_some(wanted.labels))
    if wanted.components is not None:
        fields["components"] = [{"name": name} for name in _some(wanted.components)]
    if wanted.assignee is not None:
        fields["assignee"] = await _account(ctx, wanted.assignee, project=project)
    if wanted.priority is not None:
        fields["priority"] = {"name": wanted.priority}
    if wanted.fix_version is not None:
        fields["fixVersions"] = [{"name": name} for name in _some((wanted.fix_version,))]
    if wanted.parent is not None:
        fields["parent"] = None if is_nobody(wanted.parent) else {"key": wanted.parent}
    return fields


def wanted_changes(fields: Mapping[str, Any]) -> Wanted:
    """What a tool was given. Raises RetryToolCall for an empty list, which could mean all or nothing."""
    lists = {name: tuple(value) for name in ("labels", "components") if (value := fields.get(name)) is not None}
    if empty := [name for name, value in lists.items() if not value]:
        raise RetryToolCall(f'`{empty[0]}` is empty. To take all away, give ["none"]; else leave it out.')
    values: dict[str, Any] = {**fields, **lists}
    return Wanted(**values)


def wanted_at_first(fields: Mapping[str, Any]) -> Wanted:
    """What a new ticket is to have: there is nothing to take away yet, but somebody whom Jira might assign."""
    kept = {name: value for name, value in fields.items() if value and (name == "assignee" or not _is_none(value))}
    return wanted_changes({"summary": "", **kept})


def as_arguments(wanted: Wanted) -> dict[str, Any]:
    """The settled fields as a tool's arguments."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in wanted.given.items()}


def standing(ticket: Ticket, wanted: Wanted) -> dict[str, JsonValue]:
    """What now stands in the fields that `wanted` would change."""
    now: dict[str, JsonValue] = {
        "summary": ticket.summary,
        "description": ticket.description,
        "labels": list[JsonValue](sorted(ticket.labels)),
        "components": list[JsonValue](sorted(component.name for component in ticket.components)),
        "assignee": ticket.assignee.account_id if ticket.assignee else None,
        "priority": ticket.priority.name if ticket.priority else None,
        "fix_version": [version.name for version in ticket.fix_versions],
        "parent": ticket.parent.key if ticket.parent else None,
    }
    return {name: now[name] for name in wanted.given}


def standing_said(ticket: Ticket) -> str:
    return f"{ticket.status.name}, {name_of(ticket.assignee) or 'nobody assigned'}"


def is_nobody(value: str) -> bool:
    return value.strip().lower() == NOBODY


def checked_text(text: str, *, parameter: str) -> str:
    """Raises RetryToolCall for text that is empty or longer than Jira takes."""
    if not text.strip():
        raise RetryToolCall(f"`{parameter}` must not be empty: say in it what is to be written.")
    if len(text) > MAX_TEXT:
        raise RetryToolCall(f"`{parameter}` may have {MAX_TEXT:,} characters, got {len(text):,}. Say it shorter.")
    return text


def _is_none(value: str | Sequence[str]) -> bool:
    return is_nobody(value) if isinstance(value, str) else all(map(is_nobody, value))


def _some(values: tuple[str, ...]) -> tuple[str, ...]:
    return () if len(values) == 1 and is_nobody(values[0]) else values


async def _account(ctx: ToolContext[Jira], assignee: str, *, project: str) -> JsonValue:
    if is_nobody(assignee):
        return None
    return {"accountId": (await person(ctx, assignee, project=project)).account_id}


async def _assignee(ctx: ToolContext[Jira], wanted: Wanted, project: str) -> str | None:
    if wanted.assignee is None or is_nobody(wanted.assignee):
        return wanted.assignee and NOBODY
    return in_full(await person(ctx, wanted.assignee, project=project))


async def _priority(ctx: ToolContext[Jira], priority: str | None) -> str | None:
    if priority is None:
        return None
    known = await ctx.client.priorities()
    return one_of(priority, known, parameter="priority", what="priority") if known else priority


async def _known(ctx: ToolContext[Jira], wanted: Wanted, project: str) -> Project | None:
    """The project, where its components or versions are needed."""
    if not (wanted.components or wanted.fix_version):
        return None
    return await ctx.client.project(project)


def _summary(summary: str | None) -> str | None:
    if summary is None:
        return None
    # Jira refuses a line break here.
    line = re.sub(r"\s+", " ", checked_text(summary, parameter="summary")).strip()
    if len(line) > MAX_SUMMARY:
        raise RetryToolCall(f"`summary` may have {MAX_SUMMARY} characters, got {len(line)}. Say it shorter.")
    return line


def _description(description: str | None) -> str | None:
    return None if description is None else checked_text(description, parameter="description")


def _labels(labels: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if labels is None:
        return None
    if wrong := [label for label in labels if not label or re.search(r"\s", label) or len(label) > 255]:
        raise RetryToolCall(f"`labels` are single words without spaces, got {', '.join(map(repr, wrong))}.")
    return tuple(dict.fromkeys(labels))


def _components(components: tuple[str, ...] | None, project: Project | None) -> tuple[str, ...] | None:
    if components is None or project is None or not _some(components):
        return components
    names = [component.name for component in project.components]
    what = f"component of {project.key} called"
    return tuple(dict.fromkeys(one_of(name, names, parameter="components", what=what) for name in components))


def _version(version: str | None, project: Project | None) -> str | None:
    if version is None or project is None or is_nobody(version):
        return version and version.strip()
    names = [one.name for one in project.versions if not one.archived]
    return one_of(version, names, parameter="fix_version", what=f"version of {project.key} called")


def _parent(parent: str | None) -> str | None:
    if parent is None or is_nobody(parent):
        return parent and NOBODY
    return ticket_key(parent, parameter="parent")
