"""What the tickets that a person filed say of how they file tickets."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from integrations.atlassian.client import Jira
from integrations.atlassian.models import Change, Ticket, User
from skills.own_records import OwnRecord, OwnRecords, Value, prefix_of
from skills.skill import ToolContext
from skills.tickets.names import in_full

AT_ONCE = timedelta(hours=1)
"""What the person themself changes so soon still belongs to filing the ticket."""
_FIELDS = {
    "type": "issuetype",
    "title_prefix": "summary",
    "components": "components",
    "labels": "labels",
    "priority": "priority",
    "assignee": "assignee",
    "fix_version": "fixVersions",
}
"""parameter of `create_ticket` → the field that it sets."""
_BY_NAME = {"component": "components", "fix version": "fixVersions", "issue type": "issuetype"}


async def own_records(ctx: ToolContext[Jira], *, most: int) -> Sequence[OwnRecord]:
    """The tickets that the person filed for themself, as they filed them.

    A field that somebody else changed since, a program included, is left out; of what the person changed later, the
    value counts that it had at first.
    """
    tickets = await ctx.client.filed(limit=most)
    people = {user.account_id: user for one in tickets for user in (one.assignee, one.creator) if user}
    return [record for ticket in tickets if (record := _record(ticket, people))]


def _record(ticket: Ticket, people: Mapping[str, User]) -> OwnRecord | None:
    """None where it is not known who set what. A ticket that was moved is another project's by now."""
    project, creator, created = ticket.project, ticket.creator, ticket.created
    moved = any(_field(change) == "project" for changes in ticket.history for change in changes.items)
    if not (project and creator and created) or moved or ticket.changes > len(ticket.history):
        return None
    made = _AsFiled(ticket, end=created + AT_ONCE, people=people)
    values: dict[str, Value] = {"project": project.key}
    for parameter, field in _FIELDS.items():
        if field not in _changed_by_others(ticket, creator):
            with suppress(_Untold):
                values[parameter] = made.value(parameter)
    return OwnRecord(
        tool="create_ticket",
        key=ticket.key,
        at=created,
        values=values,
        words=ticket.summary,
        shown={project.key: f"{project.name} ({project.key})"},
    )


def _changed_by_others(ticket: Ticket, creator: User) -> set[str]:
    others = [one for one in ticket.history if one.author is None or one.author.account_id != creator.account_id]
    return {_field(change) for one in others for change in one.items}


class _Untold(Exception):
    """Nobody can tell any more what stood there at first."""


class _AsFiled:
    """A ticket's fields before what their person changed in it after `end`."""

    def __init__(self, ticket: Ticket, *, end: datetime, people: Mapping[str, User]) -> None:
        later = sorted((one for one in ticket.history if one.created > end), key=lambda one: one.created)
        self._later = [change for changes in later for change in changes.items]
        self._ticket = ticket
        self._people = people

    def value(self, parameter: str) -> Value:
        """What `create_ticket` would have been given. Raises _Untold."""
        ticket, changes = self._ticket, [one for one in self._later if _field(one) == _FIELDS[parameter]]
        first = changes[0] if changes else None
        match parameter:
            case "type":
                return first.before if first else ticket.type.name
            case "title_prefix":
                return prefix_of((first.before or "") if first else ticket.summary)
            case "components":
                return _set(_undone([one.name for one in ticket.components], changes))
            case "labels":
                return _set((first.before or "").split() if first else ticket.labels)
            case "priority":
                return first.before if first else ticket.priority.name if ticket.priority else None
            case "assignee":
                return self._assignee(first)
            case _:
                return _only(_undone([one.name for one in ticket.fix_versions], changes))

    def _assignee(self, first: Change | None) -> Value:
        if first is None:
            return in_full(self._ticket.assignee) if self._ticket.assignee else None
        if not first.before_id:
            return None
        if first.before_id not in self._people:
            raise _Untold
        return in_full(self._people[first.before_id])


def _only(names: Sequence[str]) -> Value:
    """The one of `names`. The tool takes no more."""
    if len(names) > 1:
        raise _Untold
    return names[0] if names else None


def _undone(now: list[str], changes: Sequence[Change]) -> list[str]:
    """A list of names before `changes`; Jira tells of each name that came or went by itself."""
    names = set(now)
    for change in reversed(changes):
        names.discard(change.after or "")
        names |= {change.before} if change.before else set()
    return sorted(names)


def _set(names: Sequence[str]) -> Value:
    return tuple(sorted(names)) or None


def _field(change: Change) -> str:
    """The API's name of the field; older entries have only the word for people."""
    word = change.field.lower()
    return change.field_id or _BY_NAME.get(word, word)


OWN_RECORDS = OwnRecords(named="tickets", such_as=("components", "labels"), read=own_records)
