"""What the model is shown of issues: short JSON, with a word about what was left out (pure)."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from integrations.github.models import Comment, Issue, login_of
from integrations.github.texts import excerpt, shortened

MAX_BODY = 6_000
MAX_COMMENT = 2_000
MAX_TALK = 30_000
"""Characters of all comments together."""


def row(issue: Issue) -> dict[str, JsonValue]:
    """One line of a list."""
    found: dict[str, JsonValue] = {
        "repository": issue.repository,
        "number": issue.number,
        "title": issue.title,
        "author": login_of(issue.user),
        "state": issue.standing,
        "labels": list[JsonValue](issue.label_names),
        "assignees": list[JsonValue](issue.assigned),
        "opened": _at(issue.created_at),
        "last_activity": _at(issue.updated_at),
        "comments": issue.comments,
        "link": issue.html_url,
    }
    if issue.closed_at:
        found["closed"] = _at(issue.closed_at)
    if issue.body:
        found["body"] = excerpt(issue.body, 300)
    return found


def in_full(
    issue: Issue, *, repository: str, comments: Sequence[Comment], pulls: Sequence[Issue] | None
) -> dict[str, JsonValue]:
    """An issue with what was said under it; of a long talk, the newest."""
    kept, left_out = _newest([_comment(comment) for comment in comments])
    unread = max(issue.comments - len(comments), 0)
    return {
        "repository": repository,
        "number": issue.number,
        "title": issue.title,
        "author": login_of(issue.user),
        "state": issue.standing,
        "labels": list[JsonValue](issue.label_names),
        "assignees": list[JsonValue](issue.assigned),
        "milestone": issue.milestone.title if issue.milestone else None,
        "opened": _at(issue.created_at),
        "last_activity": _at(issue.updated_at),
        "closed": _at(issue.closed_at),
        "closed_by": login_of(issue.closed_by) if issue.closed_at else None,
        "body": shortened(issue.body, MAX_BODY),
        "comments": kept,
        "pull_requests": [_pull(pull) for pull in pulls] if pulls is not None else "not readable for this account",
        "note": _missing(left_out, unread),
        "link": issue.html_url,
    }


def _missing(left_out: int, unread: int) -> str:
    said = [f"Cut: {left_out} older comments are left out."] if left_out else []
    return " ".join([*said, *([f"{unread} newer comments are not read: open the link."] if unread else [])])


def _newest(said: list[JsonValue]) -> tuple[list[JsonValue], int]:
    """The newest of `said` that fit, in their order, and how many do not."""
    room, first = MAX_TALK, len(said)
    while first and (room := room - len(str(said[first - 1]))) >= 0:
        first -= 1
    return said[first:], first


def _comment(comment: Comment) -> JsonValue:
    return {
        "id": comment.id,
        "by": login_of(comment.user),
        "at": _at(comment.created_at),
        "text": shortened(comment.body, MAX_COMMENT),
        "link": comment.html_url,
    }


def _pull(pull: Issue) -> JsonValue:
    return {
        "repository": pull.repository,
        "number": pull.number,
        "title": pull.title,
        "author": login_of(pull.user),
        "state": pull.standing,
        "link": pull.html_url,
    }


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
