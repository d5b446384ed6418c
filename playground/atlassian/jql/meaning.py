"""What a JQL query means at one site for one person: which tickets, in which order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias
from zoneinfo import ZoneInfo

from playground.atlassian.jql import fields
from playground.atlassian.jql.dates import moment
from playground.atlassian.jql.tree import (
    All,
    Any,
    Clause,
    Empty,
    Function,
    JqlError,
    Not,
    Operand,
    Operator,
    Query,
    Tree,
    Value,
    parsed,
)
from playground.atlassian.jql.words import says
from playground.atlassian.world import PRIORITIES, Account, Issue, Jira

Test: TypeAlias = Callable[[Issue], bool]

_UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."


@dataclass(frozen=True, slots=True)
class Finder:
    """Searches one site as one person."""

    jira: Jira
    who: Account
    now: datetime

    def find(self, jql: str, *, within: str = "", unbounded: bool = False) -> list[Issue]:
        """The tickets that `jql` means, among those that `within` means. Raises JqlError in Jira's words."""
        query, frame = parsed(jql), parsed(within)
        if query.where is None and not unbounded:
            raise JqlError(_UNBOUNDED)
        tests = [self._test(part.where) for part in (frame, query) if part.where]
        found = [issue for issue in self.jira.visible(self.who) if all(test(issue) for test in tests)]
        return self._sorted(found, query, frame)

    def _sorted(self, issues: list[Issue], query: Query, frame: Query) -> list[Issue]:
        found = sorted(issues, key=lambda issue: issue.created, reverse=True)
        # Sorting is stable, so the least important order comes first.
        for order in reversed(query.order or frame.order):
            field = fields.known(order.field)
            is_descending = (
                field in (*fields.MOMENTS, "priority") if order.is_descending is None else order.is_descending
            )
            found = sorted(found, key=partial(fields.rank, self.jira, field=field), reverse=is_descending)
        return found

    def _test(self, tree: Tree) -> Test:
        match tree:
            case Not(what):
                inner = self._test(what)
                return lambda issue: not inner(issue)
            case All(parts):
                every = [self._test(part) for part in parts]
                return lambda issue: all(test(issue) for test in every)
            case Any(parts):
                either = [self._test(part) for part in parts]
                return lambda issue: any(test(issue) for test in either)
            case Clause():
                return self._clause(tree)

    def _clause(self, clause: Clause) -> Test:
        field = fields.known(clause.field)
        if any(isinstance(operand, Empty) for operand in clause.operands) and len(clause.operands) == 1:
            wants_empty = clause.operator in ("is", "=", "in")
            return lambda issue: self._is_empty(issue, field) == wants_empty
        if field in fields.TEXTS:
            return self._said(clause, field)
        if field in fields.MOMENTS:
            return self._dated(clause, field)
        if field == "story points":
            return self._counted(clause)
        return self._chosen(clause, field)

    def _is_empty(self, issue: Issue, field: str) -> bool:
        if field in fields.TEXTS:
            return not fields.text_of(issue, field)
        if field in fields.MOMENTS:
            return fields.moment_of(issue, field) is None
        if field == "story points":
            return issue.points is None
        return not fields.values(self.jira, issue, field)

    def _said(self, clause: Clause, field: str) -> Test:
        wanted = self._only(clause).text
        match clause.operator:
            case "~":
                return lambda issue: says(fields.text_of(issue, field), wanted)
            case "!~":
                return lambda issue: not says(fields.text_of(issue, field), wanted)
            case _:
                raise _unsupported(clause)

    def _dated(self, clause: Clause, field: str) -> Test:
        operand = clause.operands[0]
        if isinstance(operand, Empty) or clause.operator in ("~", "!~"):
            raise _unsupported(clause)
        edge = moment(operand, self.now.astimezone(ZoneInfo(self.who.zone)), clause.field)
        compare = _comparison(clause)

        def test(issue: Issue) -> bool:
            at = fields.moment_of(issue, field)
            if isinstance(at, datetime):
                return compare(at.timestamp() - edge.timestamp())
            return at is not None and compare((at - edge.date()).days)

        return test

    def _counted(self, clause: Clause) -> Test:
        compare = _comparison(clause)
        try:
            wanted = float(self._only(clause).text)
        except ValueError:
            raise JqlError(f"The value for field '{clause.field}' is not a number.") from None
        return lambda issue: issue.points is not None and compare(issue.points - wanted)

    def _chosen(self, clause: Clause, field: str) -> Test:
        if clause.operator in ("<", ">", "<=", ">="):
            return self._ranked(clause, field)
        if clause.operator in ("~", "!~"):
            raise _unsupported(clause)
        wants = clause.operator in ("=", "in")
        wanted = {word for operand in clause.operands for word in self._meant(operand, field, clause)}
        with_empty = "unresolved" in wanted or any(isinstance(operand, Empty) for operand in clause.operands)

        def test(issue: Issue) -> bool:
            values = fields.values(self.jira, issue, field)
            if not values:
                # As in Jira: what is empty is neither in a list nor outside of it, unless EMPTY is named.
                return with_empty and wants
            return bool(values & wanted) == wants

        return test

    def _ranked(self, clause: Clause, field: str) -> Test:
        if field not in fields.RANKED:
            raise _unsupported(clause)
        compare, wanted = _comparison(clause), self._only(clause).text.casefold()
        if field == "key":
            project, _, number = wanted.rpartition("-")
            return lambda issue: issue.project.key.casefold() == project and compare(issue.number - int(number or 0))
        places = {priority.name.casefold(): len(PRIORITIES) - n for n, priority in enumerate(PRIORITIES)}
        if wanted not in places:
            raise _unheard(clause.field, wanted)
        return lambda issue: compare(places[issue.priority.name.casefold()] - places[wanted])

    def _meant(self, operand: Operand, field: str, clause: Clause) -> Iterable[str]:
        """The words that one operand stands for."""
        match operand:
            case Empty():
                return ()
            case Function(name, arguments):
                return self._called(name.lower(), arguments, field, clause)
            case Value(text):
                word = text.casefold()
                if field not in ("labels",) and word not in fields.vocabulary(self.jira, self.who, field):
                    raise _unheard(clause.field, text)
                return (word,)

    def _called(self, name: str, arguments: tuple[str, ...], field: str, clause: Clause) -> Iterable[str]:
        sprints = {"opensprints": "active", "closedsprints": "closed", "futuresprints": "future"}
        if name == "currentuser" and field in ("assignee", "reporter"):
            return (self.who.id.casefold(),)
        if name in sprints and field == "sprint":
            return (str(s.id) for s in self.jira.sprints.values() if s.state == sprints[name])
        if name in ("releasedversions", "unreleasedversions") and field == "fixversion":
            wanted = {argument.casefold() for argument in arguments}
            return (
                version.id
                for project in self.jira.projects.values()
                if not wanted or project.key.casefold() in wanted
                for version in project.versions
                if version.released == (name == "releasedversions")
            )
        raise JqlError(f"Unable to find JQL function '{name}({', '.join(arguments)})' for field '{clause.field}'.")

    def _only(self, clause: Clause) -> Value:
        match clause.operands:
            case (Value() as value,):
                return value
            case _:
                raise _unsupported(clause)


def _comparison(clause: Clause) -> Callable[[float], bool]:
    """Whether a difference is on the right side of zero."""
    operators: dict[Operator, Callable[[float], bool]] = {
        "=": lambda d: d == 0,
        "!=": lambda d: d != 0,
        "<": lambda d: d < 0,
        ">": lambda d: d > 0,
        "<=": lambda d: d <= 0,
        ">=": lambda d: d >= 0,
    }
    if clause.operator not in operators:
        raise _unsupported(clause)
    return operators[clause.operator]


def _unsupported(clause: Clause) -> JqlError:
    return JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")


def _unheard(field: str, value: str) -> JqlError:
    if fields.known(field) == "key":
        return JqlError(f"An issue with key '{value}' does not exist for field '{field}'.")
    return JqlError(f"The value '{value}' does not exist for the field '{field}'.")
