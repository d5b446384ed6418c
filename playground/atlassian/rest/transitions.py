"""Endpoints about moving a ticket from one status to another."""

from playground.atlassian import adf, errors, scopes
from playground.atlassian.calls import Answer, Call, Route, is_list, is_object
from playground.atlassian.rest import editing
from playground.atlassian.shapes import projects
from playground.atlassian.world import Issue, Json, Status

V3 = "/rest/api/3/issue/{issue}/transitions"


def list_all(call: Call) -> Answer:
    """Every status leads to every other one, as in Jira's simplified workflow."""
    issue = call.issue
    rows = [
        {
            "id": id_of(issue, status),
            "name": status.name,
            "to": projects.status(call.view, status),
            "hasScreen": False,
            "isGlobal": True,
            "isInitial": False,
            "isAvailable": True,
            "isConditional": False,
            "looped": False,
        }
        for status in issue.project.statuses
        if status != issue.status
    ]
    return Answer(body={"expand": "transitions", "transitions": rows})


def carry_out(call: Call) -> Answer:
    issue, status = call.issue, _wanted(call)
    comment = _comment(call)
    fields: object = call.body.get("fields") or {}
    edit = editing.Edit.of(call, issue.project, fields if is_object(fields) else {}, {}, known=("resolution",))
    call.jira.move(issue, call.who, status)
    edit.carry_out(issue)
    if comment:
        call.jira.comment(issue, call.who, comment)
    call.wrote("transition", issue)
    return Answer(status=204)


def id_of(issue: Issue, status: Status) -> str:
    return str(11 + 10 * issue.project.statuses.index(status))


def _wanted(call: Call) -> Status:
    """The status behind the body's transition; its id may be a number, whatever the description says."""
    transition: object = call.body.get("transition")
    if not is_object(transition) or transition.get("id") in (None, ""):
        raise errors.said("Missing 'transition' identifier")
    wanted = str(transition["id"])
    issue = call.issue
    for status in issue.project.statuses:
        if id_of(issue, status) == wanted and status != issue.status:
            return status
    raise errors.said(f"Transition id '{wanted}' is not valid for this issue.")


def _comment(call: Call) -> Json | None:
    """A comment that comes with the move."""
    update: object = call.body.get("update") or {}
    rows: object = update.get("comment", []) if is_object(update) else []
    for row in rows if is_list(rows) else []:
        added: object = row.get("add") if is_object(row) else None
        body: object = added.get("body") if is_object(added) else None
        if not adf.is_document(body):
            raise errors.invalid({"comment": "Comment body is not valid!"})
        return body
    return None


ROUTES = (
    Route("GET", V3, list_all, scopes.READ),
    Route("POST", V3, carry_out, scopes.WRITE),
)
