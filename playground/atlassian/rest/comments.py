"""Endpoints about what people write under tickets."""

from playground.atlassian import adf, errors, scopes
from playground.atlassian.calls import Answer, Call, Route, page
from playground.atlassian.shapes import issues
from playground.atlassian.world import Comment, Json

V3 = "/rest/api/3/issue/{issue}/comment"


def list_all(call: Call) -> Answer:
    found = list(call.issue.comments)
    if call.word("orderBy") == "-created":
        found.reverse()
    return page(call, found, lambda one: issues.comment(call.view, call.issue, one), within="comments", most=100)


def read(call: Call) -> Answer:
    return Answer(body=issues.comment(call.view, call.issue, _comment(call)))


def write(call: Call) -> Answer:
    issue, body = call.issue, _body(call)
    made = call.jira.comment(issue, call.who, body)
    call.wrote("comment", issue)
    return Answer(body=issues.comment(call.view, issue, made), status=201)


def change(call: Call) -> Answer:
    issue, comment, body = call.issue, _comment(call), _body(call)
    if comment.by != call.who:
        raise errors.said("You do not have the permission to edit this comment.")
    comment.body, comment.updated = body, call.now
    issue.updated = call.now
    call.wrote("edit comment", issue)
    return Answer(body=issues.comment(call.view, issue, comment))


def delete(call: Call) -> Answer:
    issue, comment = call.issue, _comment(call)
    if comment.by != call.who:
        raise errors.said("You do not have the permission to delete this comment.")
    issue.comments.remove(comment)
    issue.updated = call.now
    call.wrote("delete comment", issue)
    return Answer(status=204)


def _comment(call: Call) -> Comment:
    found = next((one for one in call.issue.comments if one.id == call.match["comment"]), None)
    if found is None:
        raise errors.said(f"Can not find a comment for the id: {call.match['comment']}.", status=404)
    return found


def _body(call: Call) -> Json:
    body: object = call.body.get("body")
    if body is None:
        raise errors.invalid({"comment": "Comment body can not be empty!"})
    if not adf.is_document(body):
        raise errors.invalid({"comment": "Comment body is not valid!"})
    if not adf.text_of(body).strip():
        raise errors.invalid({"comment": "Comment body can not be empty!"})
    return body


ROUTES = (
    Route("GET", V3, list_all, scopes.READ),
    Route("POST", V3, write, scopes.WRITE),
    Route("GET", f"{V3}/{{comment}}", read, scopes.READ),
    Route("PUT", f"{V3}/{{comment}}", change, scopes.WRITE),
    Route("DELETE", f"{V3}/{{comment}}", delete, scopes.WRITE),
)
