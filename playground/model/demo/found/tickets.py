"""Tickets and boards as the tools describe them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from playground.model.conversation import Json
from playground.model.demo.pulls import Remark
from playground.model.wires.wire import as_object, items

KEY = re.compile(r"\b[A-Z][A-Z0-9]+-\d+\b")
_PREFIX = re.compile(r"^(\[[^\]\n]{1,30}\])\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket: a row of a list has some of it, a full reading all."""

    key: str
    summary: str
    type: str
    status: str
    assignee: str
    priority: str
    versions: tuple[str, ...]
    labels: tuple[str, ...]
    components: tuple[str, ...]
    link: str
    # Only of a full reading:
    description: str
    comments: tuple[Remark, ...]

    @property
    def linked(self) -> str:
        return f"[{self.key}]({self.link})" if self.link else self.key

    @property
    def project(self) -> str:
        return self.key.partition("-")[0]

    @property
    def plainly(self) -> str:
        """The summary without its prefix."""
        return _PREFIX.sub("", self.summary)

    @property
    def is_blocker(self) -> bool:
        return any("block" in word.lower() for word in (self.priority, *self.labels))


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A board, and how its sprint stands."""

    name: str
    link: str
    sprint: str
    goal: str
    ends: datetime | None
    open: tuple[Ticket, ...]
    """In the order of the columns."""
    done: tuple[Ticket, ...]
    """What was finished in the sprint."""
    note: str


def tickets_of(content: Json) -> list[Ticket]:
    """The rows of a list."""
    return [ticket_of(row) for row in items(content.get("tickets"))]


def ticket_of(content: Json) -> Ticket:
    return Ticket(
        key=text_of(content.get("key")),
        summary=text_of(content.get("summary")),
        type=text_of(content.get("type")),
        status=text_of(content.get("status")),
        assignee=text_of(content.get("assignee")),
        priority=text_of(content.get("priority")),
        versions=texts_of(content.get("fix_versions")),
        labels=texts_of(content.get("labels")),
        components=texts_of(content.get("components")),
        link=text_of(content.get("link")),
        description=text_of(content.get("description")),
        comments=tuple(
            Remark(by=text_of(one.get("by")), text=text_of(one.get("text")), at=moment_of(one.get("at")))
            for one in items(content.get("comments"))
        ),
    )


def board_of(content: Json) -> Board:
    sprint, board = as_object(content.get("sprint")), as_object(content.get("board"))
    done = tuple(ticket_of(row) for row in items(content.get("done_in_sprint")))
    finished = {ticket.key for ticket in done}
    shelved = [ticket_of(row) for column in items(content.get("columns")) for row in items(column.get("tickets"))]
    closed = {text_of(row.get("key")) for column in items(content.get("columns")) for row in _finished(column)}
    return Board(
        name=text_of(board.get("name")),
        link=text_of(content.get("link")),
        sprint=text_of(sprint.get("name")),
        goal=text_of(sprint.get("goal")),
        ends=moment_of(sprint.get("end")),
        open=tuple(ticket for ticket in shelved if ticket.key not in finished | closed),
        done=done,
        note=text_of(content.get("note")),
    )


def _finished(column: Json) -> Iterable[Json]:
    """Tickets of a column that are over, done or dropped: those say when."""
    return (row for row in items(column.get("tickets")) if row.get("done"))


def text_of(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def texts_of(value: JsonValue) -> tuple[str, ...]:
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()


def moment_of(value: JsonValue) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text_of(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.astimezone()
