"""Endpoints about single tickets: read, make, change, give to somebody, link."""

from playground.atlassian import errors, scopes
from playground.atlassian.calls import Answer, Call, Route, is_object, page
from playground.atlassian.rest import values
from playground.atlassian.rest.editing import Edit
from playground.atlassian.shapes import issues
from playground.atlassian.world import LINK_KINDS, PRIORITIES, Issue, IssueType, Json, Project

V3 = "/rest/api/3"
_DEFAULT_PRIORITY = PRIORITIES[2]


def read(call: Call) -> Answer:
    wanted = call.words("fields") or ["*all"]
    return Answer(body=issues.issue(call.view, call.issue, wanted, history="changelog" in call.words("expand")))


def read_changelog(call: Call) -> Answer:
    return page(call, call.issue.history, lambda row: issues.changelog(call.view, row), most=100)


def make(call: Call) -> Answer:
    """A new ticket. What it lacks and what is wrong with it is said together."""
    fields = _object(call, "fields")
    project, kind = _project_and_type(call, fields)
    edit = Edit.of(call, project, fields, _object(call, "update"), known=("project", "issuetype"))
    if kind.level and fields.get("parent"):
        raise errors.invalid({"parent": "Given parent work item does not belong to appropriate hierarchy."})
    issue = call.jira.add(_blank(call, project, kind))
    edit.fill(issue)
    call.wrote("create", issue)
    return Answer(body={"id": issue.id, "key": issue.key, "self": call.view.rest(f"issue/{issue.id}")}, status=201)


def change(call: Call) -> Answer:
    issue = call.issue
    fields, update = _object(call, "fields"), _object(call, "update")
    edit = Edit.of(call, issue.project, fields, update, known=("issuetype",))
    if "issuetype" in fields:
        issue.type = _type(issue.project, fields["issuetype"])
    edit.carry_out(issue)
    call.wrote("edit", issue)
    if call.word("returnIssue") == "true":
        return Answer(body=issues.issue(call.view, issue, ["*all"]))
    return Answer(status=204)


def assign(call: Call) -> Answer:
    issue = call.issue
    Edit.of(call, issue.project, {"assignee": call.body}, {}).carry_out(issue)
    call.wrote("assign", issue)
    return Answer(status=204)


def link(call: Call) -> Answer:
    kind = values.named(LINK_KINDS, call.body.get("type"))
    if kind is None:
        raise errors.said("No issue link type with that name found.", status=404)
    inward, outward = (_linked(call, name) for name in ("inwardIssue", "outwardIssue"))
    # Jira reads it this way round: the inward issue is the one that "blocks".
    call.jira.link(kind, inward.key, outward.key)
    call.wrote("link", inward)
    return Answer(status=201)


def _project_and_type(call: Call, fields: Json) -> tuple[Project, IssueType]:
    named: object = fields.get("project")
    name = str(named.get("key", named.get("id", ""))) if is_object(named) else ""
    project = call.jira.project(name) if name else None
    wrong = {} if project else {"project": "Specify a valid project ID or key"}
    if "summary" not in fields:
        wrong["summary"] = "You must specify a summary of the issue."
    kind = values.named(project.types, fields.get("issuetype")) if project else None
    if project and kind is None:
        wrong["issuetype"] = "Specify a valid issue type"
    if wrong or project is None or kind is None:
        raise errors.invalid(wrong)
    return project, kind


def _type(project: Project, value: object) -> IssueType:
    try:
        return values.issue_type(project, value)
    except values.Wrong as error:
        raise errors.invalid({"issuetype": str(error)}) from error


def _blank(call: Call, project: Project, kind: IssueType) -> Issue:
    now = call.now
    return Issue(
        id=call.jira.new_id(),
        key=f"{project.key}-{project.last + 1}",
        project=project,
        type=kind,
        summary="",
        status=next(one for one in project.statuses if one.name == project.first_status),
        priority=_DEFAULT_PRIORITY,
        reporter=call.who,
        created=now,
        updated=now,
    )


def _object(call: Call, name: str) -> Json:
    """A part of the body; Jira takes a missing one for an empty one."""
    found: object = call.body.get(name) or {}
    if not is_object(found):
        raise errors.said("Invalid request payload. Refer to the REST API documentation and try again.")
    return found


def _linked(call: Call, name: str) -> Issue:
    found: object = call.body.get(name)
    return call.jira.issue(call.who, str(found.get("key", found.get("id", ""))) if is_object(found) else "")


ROUTES = (
    Route("POST", f"{V3}/issue", make, scopes.WRITE),
    Route("GET", f"{V3}/issue/{{issue}}", read, scopes.READ),
    Route("PUT", f"{V3}/issue/{{issue}}", change, scopes.WRITE),
    Route("PUT", f"{V3}/issue/{{issue}}/assignee", assign, scopes.WRITE),
    Route("GET", f"{V3}/issue/{{issue}}/changelog", read_changelog, scopes.READ),
    Route("POST", f"{V3}/issueLink", link, scopes.WRITE),
)
