"""What was shown of tickets, in the gate's terms: who could already see it (pure).

No ticket has an author here: reporters may be set by others, and everybody may rewrite a description.
"""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from integrations.atlassian.models import Board, Comments, Other, Ticket
from skills.record import Record
from skills.texts import text_of
from skills.tickets.names import project_of

_BESIDE = ("key", "summary", "link")


def of_list(tickets: Iterable[Ticket], rows: Iterable[Mapping[str, JsonValue]]) -> tuple[Record, ...]:
    return tuple(_shown(ticket, row, readers_of(ticket)) for ticket, row in zip(tickets, rows, strict=True))


def of_one(
    ticket: Ticket, comments: Comments, shown: Mapping[str, JsonValue], *, beside: Iterable[Ticket] = ()
) -> tuple[Record, ...]:
    """One ticket with what was said under it, and those that it names; `beside` are these, as far as Jira tells."""
    is_for_all = all(comment.is_for_all for comment in comments.comments)
    found = _shown(ticket, shown, readers_of(ticket) if is_for_all else frozenset())
    readers = {other.key: readers_of(other) for other in beside}
    return (found, *(_named(other, readers.get(other.key, frozenset())) for other in named_by(ticket).values()))


def named_by(ticket: Ticket) -> dict[str, Other]:
    """The tickets that one names, by key: its parent, its subtasks, and what it is linked to."""
    others = [ticket.parent, *ticket.subtasks]
    others += [other for link in ticket.links for other in (link.inward_issue, link.outward_issue)]
    return {other.key: other for other in others if other}


def of_board(board: Board, sprint: JsonValue) -> Record:
    """A board. Who may look at it is a matter of its filter, which Jira does not tell: only the asker, then."""
    return Record(kind="board", id=str(board.id), name=board.name, text=text_of(sprint))


def written(key: str, *, summary: str = "", text: str = "") -> tuple[Record, ...]:
    """The ticket that was made or written to, with the words that were written and no others."""
    readers = frozenset({f"jira:{project_of(key).lower()}"})
    return (Record(kind="ticket", id=key, name=summary, keys=(key,), readers=readers, text=text),)


def readers_of(ticket: Ticket) -> frozenset[str]:
    """Whoever sees the project; unknown where a security level keeps it from some of them."""
    if ticket.security:
        return frozenset()
    # A customer sees this one and no other: a place of its own, to which nothing of the project may go unasked.
    place = ticket.key if ticket.project_type == "service_desk" else project_of(ticket.key)
    return frozenset({f"jira:{place.lower()}"})


def _shown(ticket: Ticket, shown: Mapping[str, JsonValue], readers: frozenset[str]) -> Record:
    text = text_of(shown, beside=_BESIDE)
    return Record(kind="ticket", id=ticket.key, name=ticket.summary, keys=(ticket.key,), readers=readers, text=text)


def _named(other: Other, readers: frozenset[str]) -> Record:
    return Record(kind="ticket", id=other.key, name=other.summary, keys=(other.key,), readers=readers)
