"""The ways in which Atlassian says no, each with the status and the body that the real one sends."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

HIDDEN_ISSUE = "Issue does not exist or you do not have permission to see it."
GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline "
    "is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


class Refusal(Exception):
    """A request that is answered with an error in Atlassian's shape."""

    def __init__(self, status: int, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = dict(body)
        self.headers = dict(headers or {})


def at_the_gate(status: int, message: str = "") -> Refusal:
    """What the gateway in front of Jira answers, before Jira has seen the request."""
    return Refusal(status, {"code": status, "message": message or HTTPStatus(status).phrase})


def unauthorized() -> Refusal:
    """The token is unknown, expired or revoked: Atlassian does not say which."""
    return at_the_gate(401)


def scope_missing() -> Refusal:
    """The token counts but lacks what this needs. Atlassian says 401 here as well; only the words differ."""
    return at_the_gate(401, "Unauthorized; scope does not match")


def said(*messages: str, status: int = 400) -> Refusal:
    """Jira's own no, about the request as a whole."""
    return Refusal(status, {"errorMessages": list(messages), "errors": {}})


def invalid(errors: Mapping[str, str]) -> Refusal:
    """Jira's own no, field by field."""
    return Refusal(400, {"errorMessages": [], "errors": dict(errors)})


def no_issue() -> Refusal:
    """Also for what exists and may not be seen: a ticket does not betray itself."""
    return said(HIDDEN_ISSUE, status=404)


def no_project(key: str) -> Refusal:
    return said(f"No project could be found with key '{key}'.", status=404)


def rate_limited(seconds: int, status: int = 429) -> Refusal:
    """Too many requests, and when to come back."""
    headers = {"Retry-After": str(seconds), "RateLimit-Reason": "jira-burst-based"}
    return Refusal(status, {"errorMessages": ["Rate limit exceeded."], "errors": {}}, headers=headers)


def broken(status: int) -> Refusal:
    """A fault of Atlassian's: 500 comes from Jira, the others from what stands before it."""
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return said("Internal server error", status=status)
    return at_the_gate(status)
