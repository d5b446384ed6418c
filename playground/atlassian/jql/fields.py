"""The fields that JQL knows here: what a ticket has in each, what may be named in it, and how it sorts."""

from datetime import UTC, date, datetime, time
from typing import TypeAlias

from playground.atlassian import adf
from playground.atlassian.jql.tree import JqlError
from playground.atlassian.world import PRIORITIES, Account, Issue, Jira, Sprint

Sortable: TypeAlias = tuple[bool, float | str]

_CATEGORIES = {
    "new": ("2", "new", "to do"),
    "indeterminate": ("4", "indeterminate", "in progress"),
    "done": ("3", "done"),
}
_NAMES = {
    "type": "issuetype",
    "issue": "key",
    "id": "key",
    "issuekey": "key",
    "label": "labels",
    "components": "component",
    "fixversions": "fixversion",
    "createddate": "created",
    "updateddate": "updated",
    "resolutiondate": "resolved",
    "due": "duedate",
    "epic link": "parent",
    "parentepic": "parent",
    "cf[10014]": "parent",
    "cf[10016]": "story points",
    "story point estimate": "story points",
    "cf[10020]": "sprint",
    "creator": "reporter",
    "comments": "comment",
}
TEXTS = frozenset({"text", "summary", "description", "comment"})
MOMENTS = frozenset({"created", "updated", "resolved", "duedate"})
CHOICES = frozenset(
    {
        "project",
        "status",
        "statuscategory",
        "assignee",
        "reporter",
        "issuetype",
        "labels",
        "component",
        "fixversion",
        "sprint",
        "priority",
        "key",
        "parent",
        "resolution",
    }
)
RANKED = frozenset({"priority", "key"})


def known(field: str) -> str:
    """The field by its one name. Raises JqlError when Jira has none of this name."""
    name = _NAMES.get(field.casefold(), field.casefold())
    if name not in TEXTS | MOMENTS | CHOICES | {"story points", "rank"}:
        raise JqlError(f"Field '{field}' does not exist or you do not have permission to view it.")
    return name


def values(jira: Jira, issue: Issue, field: str) -> set[str]:
    """The words by which a query may name what a ticket has in that field."""
    match field:
        case "project":
            return {issue.project.key.casefold(), issue.project.name.casefold(), issue.project.id}
        case "status":
            return {issue.status.name.casefold(), issue.status.id}
        case "statuscategory":
            return set(_CATEGORIES[issue.status.category])
        case "assignee":
            return _person(issue.assignee) if issue.assignee else set()
        case "reporter":
            return _person(issue.reporter)
        case "issuetype":
            return {issue.type.name.casefold(), issue.type.id}
        case "labels":
            return {label.casefold() for label in issue.labels}
        case "component":
            return {word for part in issue.components for word in (part.name.casefold(), part.id)}
        case "fixversion":
            return {word for version in issue.versions for word in (version.name.casefold(), version.id)}
        case "sprint":
            return {word for sprint in issue.sprints for word in _sprint(sprint)}
        case "priority":
            return {issue.priority.name.casefold(), issue.priority.id}
        case "parent":
            parent = jira.issues.get(issue.parent or "")
            return {parent.key.casefold(), parent.id} if parent else set()
        case "resolution":
            return {issue.resolution.name.casefold(), issue.resolution.id} if issue.resolution else set()
        case _:
            return {issue.key.casefold(), issue.id}


def vocabulary(jira: Jira, who: Account, field: str) -> set[str]:
    """Every word that the field knows at this site, for what does not exist is an error and no empty answer."""
    projects = jira.projects.values()
    match field:
        case "assignee" | "reporter":
            return {word for person in _people(jira, who) for word in _person(person)}
        case "sprint":
            return {word for sprint in jira.sprints.values() for word in _sprint(sprint)}
        case "project":
            return {word for p in projects for word in (p.key.casefold(), p.name.casefold(), p.id)}
        case "status":
            return {word for p in projects for s in p.statuses for word in (s.name.casefold(), s.id)}
        case "issuetype":
            return {word for p in projects for t in p.types for word in (t.name.casefold(), t.id)}
        case "component":
            return {word for p in projects for c in p.components for word in (c.name.casefold(), c.id)}
        case "fixversion":
            return {word for p in projects for v in p.versions for word in (v.name.casefold(), v.id)}
        case "priority":
            return {word for priority in PRIORITIES for word in (priority.name.casefold(), priority.id)}
        case "statuscategory":
            return {word for words in _CATEGORIES.values() for word in words}
        case "resolution":
            return {"done", "won't do", "unresolved", "10000", "10001"}
        case _:
            return {word for i in jira.visible(who) for word in (i.key.casefold(), i.id)}


def rank(jira: Jira, issue: Issue, field: str) -> Sortable:
    """Where a ticket stands in an order; what is empty comes last in a rising one."""
    if field in MOMENTS:
        at = moment_of(issue, field)
        when = at if isinstance(at, datetime) or at is None else datetime.combine(at, time.min, UTC)
        return (when is None, when.timestamp() if when else 0.0)
    match field:
        case "key":
            return (False, f"{issue.project.key} {issue.number:08}")
        case "priority":
            return (False, float(-int(issue.priority.id)))
        case "story points":
            return (issue.points is None, issue.points or 0.0)
        case "rank":
            return (False, float(issue.id))
        case "summary":
            return (False, issue.summary.casefold())
        case "assignee":
            return (issue.assignee is None, issue.assignee.name.casefold() if issue.assignee else "")
        case _:
            words = values(jira, issue, field)
            return (not words, min(words, default=""))


def _person(person: Account) -> set[str]:
    return {person.id.casefold(), person.name.casefold(), person.email.casefold()}


def _sprint(sprint: Sprint) -> set[str]:
    return {str(sprint.id), sprint.name.casefold()}


def moment_of(issue: Issue, field: str) -> datetime | date | None:
    match field:
        case "created":
            return issue.created
        case "updated":
            return issue.updated
        case "resolved":
            return issue.resolved
        case _:
            return issue.due


def text_of(issue: Issue, field: str) -> str:
    comments = [adf.text_of(comment.body) for comment in issue.comments]
    match field:
        case "summary":
            return issue.summary
        case "description":
            return adf.text_of(issue.description)
        case "comment":
            return "\n".join(comments)
        case _:
            return "\n".join([issue.summary, adf.text_of(issue.description), *comments])


def _people(jira: Jira, who: Account) -> set[Account]:
    found = {issue.reporter for issue in jira.issues.values()}
    found |= {issue.assignee for issue in jira.issues.values() if issue.assignee}
    return found | {project.lead for project in jira.projects.values()} | {who}
