"""Tickets, their comments and their history as JSON."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeAlias

from playground.atlassian.shapes import people, projects
from playground.atlassian.view import View
from playground.atlassian.world import Account, Comment, History, Issue, Json, Link, Sprint

POINTS, SPRINT, RANK = "customfield_10016", "customfield_10020", "customfield_10019"

Shape: TypeAlias = Callable[[View, Issue], object]

_EXPANDS = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"


def issue(view: View, found: Issue, wanted: Iterable[str], *, history: bool = False) -> Json:
    """A ticket with the wanted fields: names, `*all`, `*navigable`, or `-name` for all but that one."""
    said: Json = {
        "expand": _EXPANDS,
        "id": found.id,
        "self": view.rest(f"issue/{found.id}"),
        "key": found.key,
    }
    if names := _named(list(wanted)):
        said["fields"] = {name: FIELDS[name](view, found) for name in names}
    if history:
        rows = [changelog(view, row) for row in reversed(found.history)]
        said["changelog"] = {"startAt": 0, "maxResults": len(rows), "total": len(rows), "histories": rows}
    return said


def comment(view: View, under: Issue, found: Comment) -> Json:
    author = people.user(view, found.by)
    return {
        "self": view.rest(f"issue/{under.id}/comment/{found.id}"),
        "id": found.id,
        "author": author,
        "body": found.body,
        "updateAuthor": author,
        "created": view.stamp(found.created),
        "updated": view.stamp(found.updated),
        "jsdPublic": True,
    }


def changelog(view: View, row: History) -> Json:
    """One row of the history; Jira leaves out what was or is empty."""
    items = [
        {
            "field": change.field,
            "fieldtype": "custom" if change.field_id.startswith("customfield") else "jira",
            "fieldId": change.field_id,
            **{key: value for key, value in _sides(change.old, change.new) if value is not None},
        }
        for change in row.changes
    ]
    return {"id": row.id, "author": people.user(view, row.by), "created": view.stamp(row.at), "items": items}


def sprint(found: Sprint) -> Json:
    """A sprint as it stands in a ticket's field."""
    said: Json = {
        "id": found.id,
        "name": found.name,
        "state": found.state,
        "boardId": found.board,
        "goal": found.goal,
        "startDate": utc(found.start),
        "endDate": utc(found.end),
    }
    if found.completed:
        said["completeDate"] = utc(found.completed)
    return said


def utc(at: datetime) -> str:
    """A time as Jira Software writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"


def _sides(old: tuple[str | None, str | None], new: tuple[str | None, str | None]) -> list[tuple[str, str | None]]:
    return [("from", old[0]), ("fromString", old[1]), ("to", new[0]), ("toString", new[1])]


def _named(wanted: list[str]) -> list[str]:
    """The fields that a list of wishes comes to; what Jira does not know it leaves out."""
    without = {name.removeprefix("-") for name in wanted if name.startswith("-")}
    wishes = [name for name in wanted if not name.startswith("-")] or (["*all"] if without else [])
    found: dict[str, None] = {}
    for name in wishes:
        if name == "*all":
            found.update(dict.fromkeys(FIELDS))
        elif name == "*navigable":
            found.update(dict.fromkeys(field for field in FIELDS if field != "comment"))
        elif name in FIELDS:
            found[name] = None
    return [name for name in found if name not in without]


def _person(view: View, account: Account | None) -> Json | None:
    return people.user(view, account) if account else None


def _short(view: View, found: Issue) -> Json:
    """A ticket inside another one."""
    fields = ("summary", "status", "priority", "issuetype")
    return {
        "id": found.id,
        "key": found.key,
        "self": view.rest(f"issue/{found.id}"),
        "fields": {name: FIELDS[name](view, found) for name in fields},
    }


def _parent(view: View, found: Issue) -> Json | None:
    parent = view.jira.issues.get(found.parent or "")
    return _short(view, parent) if parent and view.who.id not in parent.hidden_from else None


def _links(view: View, found: Issue) -> list[Json]:
    return [
        _link(view, found, link)
        for link in view.jira.links
        if found.key in (link.source, link.target) and view.who.id not in _other(view, found, link).hidden_from
    ]


def _other(view: View, found: Issue, link: Link) -> Issue:
    return view.jira.issues[link.target if link.source == found.key else link.source]


def _link(view: View, found: Issue, link: Link) -> Json:
    is_outward, kind = link.source == found.key, link.kind
    return {
        "id": link.id,
        "self": view.rest(f"issueLink/{link.id}"),
        "type": {
            "id": kind.id,
            "name": kind.name,
            "inward": kind.inward,
            "outward": kind.outward,
            "self": view.rest(f"issueLinkType/{kind.id}"),
        },
        "outwardIssue" if is_outward else "inwardIssue": _short(view, _other(view, found, link)),
    }


def _comments(view: View, found: Issue) -> Json:
    rows = [comment(view, found, one) for one in found.comments]
    address = view.rest(f"issue/{found.id}/comment")
    return {"comments": rows, "self": address, "maxResults": len(rows), "total": len(rows), "startAt": 0}


FIELDS: dict[str, Shape] = {
    "summary": lambda _, i: i.summary,
    "issuetype": lambda v, i: projects.issue_type(v, i.type),
    "project": lambda v, i: projects.project(v, i.project),
    "status": lambda v, i: projects.status(v, i.status),
    "statusCategory": lambda v, i: projects.status_category(v, i.status),
    "priority": lambda v, i: projects.priority(v, i.priority),
    "assignee": lambda v, i: _person(v, i.assignee),
    "reporter": lambda v, i: _person(v, i.reporter),
    "creator": lambda v, i: _person(v, i.reporter),
    "created": lambda v, i: v.stamp(i.created),
    "updated": lambda v, i: v.stamp(i.updated),
    "resolution": lambda v, i: projects.resolution(v, i.resolution) if i.resolution else None,
    "resolutiondate": lambda v, i: v.stamp(i.resolved) if i.resolved else None,
    "duedate": lambda _, i: i.due.isoformat() if i.due else None,
    "description": lambda _, i: i.description,
    "labels": lambda _, i: list(i.labels),
    "components": lambda v, i: [projects.component(v, i.project, one) for one in i.components],
    "fixVersions": lambda v, i: [projects.version(v, i.project, one) for one in i.versions],
    "versions": lambda _v, _i: [],
    "parent": _parent,
    "subtasks": lambda _v, _i: [],
    "issuelinks": _links,
    "attachment": lambda _v, _i: [],
    "comment": _comments,
    POINTS: lambda _, i: i.points,
    SPRINT: lambda _, i: [sprint(one) for one in i.sprints] or None,
    RANK: lambda _, i: f"0|i{int(i.id):05}:",
}
"""Every field that a ticket here has, by the name that the API gives it."""
