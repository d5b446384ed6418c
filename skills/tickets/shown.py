"""What the model is shown of tickets: short JSON, with a word about everything that was left out (pure)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import JsonValue

from integrations.atlassian.adf_text import to_markdown
from integrations.atlassian.models import Comment, Comments, Link, Other, Ticket, User

MAX_BODY = 6_000
MAX_COMMENT = 2_000
MAX_TALK = 24_000
"""Characters of all comments together."""
MAX_HISTORY = 30


def row(ticket: Ticket, *, link: str) -> dict[str, JsonValue]:
    """One line of a list."""
    found: dict[str, JsonValue] = {
        "key": ticket.key,
        "summary": ticket.summary,
        "type": ticket.type.name,
        "status": ticket.status.name,
        "assignee": name_of(ticket.assignee),
        "priority": ticket.priority.name if ticket.priority else None,
        "fix_versions": [version.name for version in ticket.fix_versions],
        "labels": list[JsonValue](ticket.labels),
        "components": [component.name for component in ticket.components],
        "updated": at(ticket.updated),
        "link": link,
    }
    if ticket.done_at:
        found["done"] = at(ticket.done_at)
    if ticket.due:
        found["due"] = ticket.due.isoformat()
    if ticket.parent:
        found["parent"] = ticket.parent.key
    return found


def in_full(ticket: Ticket, comments: Comments, *, link: str) -> dict[str, JsonValue]:
    """A ticket with what was said and what became of it."""
    talk, left_out = _talk(comments)
    found = row(ticket, link=link)
    found |= {
        "reporter": name_of(ticket.reporter),
        "created": at(ticket.created),
        "parent": _other(ticket.parent) if ticket.parent else None,
        "description": shortened(to_markdown(ticket.description), MAX_BODY),
        "subtasks": [_other(other) for other in ticket.subtasks],
        "links": [line for link in ticket.links for line in _link(link)],
        "history": _history(ticket),
        "comments": talk,
    }
    if left_out:
        found["note"] = f"{left_out} older comments are left out."
    return found


def name_of(user: User | None) -> str | None:
    return (user.display_name or user.account_id) if user else None


def at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def shortened(text: str, limit: int) -> str:
    """`text`, or its beginning and a word about the rest."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def _talk(comments: Comments) -> tuple[list[JsonValue], int]:
    """The newest comments that fit, oldest first, and how many there are beside them."""
    newest = sorted(comments.comments, key=lambda comment: comment.created, reverse=True)
    kept: list[JsonValue] = []
    room = MAX_TALK
    for comment in newest:
        shown = _comment(comment)
        room -= len(str(shown))
        if room < 0:
            break
        kept.append(shown)
    return kept[::-1], max(comments.total, len(newest)) - len(kept)


def _comment(comment: Comment) -> JsonValue:
    return {
        "id": comment.id,
        "by": name_of(comment.author),
        "at": at(comment.created),
        "text": shortened(to_markdown(comment.body), MAX_COMMENT),
    }


def _history(ticket: Ticket) -> list[JsonValue]:
    """How status, assignee and version changed, oldest first; of a long one the newest."""
    kept = {"status", "assignee", "Fix Version", "Sprint"}
    changes = sorted(ticket.history, key=lambda change: change.created)
    lines: list[JsonValue] = [
        {"at": at(done.created), "by": name_of(done.author), "field": item.field, "from": item.before, "to": item.after}
        for done in changes
        for item in done.items
        if item.field in kept
    ]
    return lines[-MAX_HISTORY:]


def _link(link: Link) -> Iterable[JsonValue]:
    for how, other in ((link.type.inward, link.inward_issue), (link.type.outward, link.outward_issue)):
        if other:
            yield {"how": how, **_other(other)}


def _other(other: Other) -> dict[str, JsonValue]:
    return {"key": other.key, "summary": other.summary, "status": other.status.name if other.status else None}


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def note(shown: Sequence[object], *, more: bool, how: str) -> str:
    """What is said when a list is cut; empty when it is whole."""
    return f"Only the first {len(shown)} are listed. {how}" if more else ""
