"""Searching with JQL, by pages that only a token leads on to."""

import base64
import binascii
import hashlib

from playground.atlassian import errors, scopes
from playground.atlassian.calls import MOST_PER_PAGE, Answer, Call, Route, is_list
from playground.atlassian.shapes import issues
from playground.atlassian.world import Issue, Json

V3 = "/rest/api/3"
_MOST = 5_000


def search(call: Call) -> Answer:
    """By parameters."""
    fields, expand = call.words("fields"), call.words("expand")
    size = call.number("maxResults", 50)
    return _found(call, call.word("jql"), fields, expand, size=size, token=call.word("nextPageToken"))


def search_with_body(call: Call) -> Answer:
    """By a body, whose keys Jira checks."""
    known = {"jql", "fields", "expand", "maxResults", "nextPageToken", "properties", "fieldsByKeys", "reconcileIssues"}
    if set(call.body) - known:
        raise errors.said("Invalid request payload. Refer to the REST API documentation and try again.")
    jql, fields, size = call.body.get("jql", ""), call.body.get("fields", []), call.body.get("maxResults", 50)
    if not isinstance(jql, str) or not is_list(fields) or not isinstance(size, int):
        raise errors.said("Invalid request payload. Refer to the REST API documentation and try again.")
    expand = str(call.body.get("expand") or "").split(",")
    token = str(call.body.get("nextPageToken") or "")
    return _found(call, jql, [str(field) for field in fields], expand, size=size, token=token)


def count(call: Call) -> Answer:
    return Answer(body={"count": len(call.find(str(call.body.get("jql", ""))))})


def gone(_call: Call) -> Answer:
    raise errors.said(errors.GONE, status=410)


def _found(call: Call, jql: str, fields: list[str], expand: list[str], *, size: int, token: str) -> Answer:
    found = call.find(jql)
    start, size = _opened(jql, token), max(1, min(size, MOST_PER_PAGE if fields not in ([], ["id"]) else _MOST))
    shown = found[start : start + size]
    said: Json = {"issues": [_issue(call, issue, fields, expand) for issue in shown]}
    is_last = start + size >= len(found)
    said["isLast"] = is_last
    if not is_last:
        said["nextPageToken"] = _token(jql, start + size)
    return Answer(body=said)


def _issue(call: Call, issue: Issue, fields: list[str], expand: list[str]) -> Json:
    """Only ids unless fields are named: that is the new search's default."""
    if fields in ([], ["id"]) and "changelog" not in expand:
        return {"id": issue.id}
    return issues.issue(call.view, issue, fields, history="changelog" in expand)


def _token(jql: str, start: int) -> str:
    return base64.urlsafe_b64encode(f"{_digest(jql)}:{start}".encode()).decode()


def _opened(jql: str, token: str) -> int:
    """Where the page of `token` begins. One of another search is refused."""
    if not token:
        return 0
    try:
        digest, _, start = base64.urlsafe_b64decode(token).decode().partition(":")
    except (binascii.Error, ValueError):
        digest, start = "", ""
    if digest != _digest(jql) or not start.isdecimal():
        raise errors.said("The provided next page token is invalid or expired.")
    return int(start)


def _digest(jql: str) -> str:
    return hashlib.sha256(jql.encode()).hexdigest()[:16]


ROUTES = (
    Route("GET", f"{V3}/search/jql", search, scopes.READ),
    Route("POST", f"{V3}/search/jql", search_with_body, scopes.READ),
    Route("POST", f"{V3}/search/approximate-count", count, scopes.READ),
    Route("GET", f"{V3}/search", gone, scopes.READ),
    Route("POST", f"{V3}/search", gone, scopes.READ),
)
