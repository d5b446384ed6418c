"""What a body wants a ticket to be: checked as a whole first, carried out afterwards with a row in the history."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from playground.atlassian import adf, errors
from playground.atlassian.calls import Call, is_list, is_object
from playground.atlassian.rest import values
from playground.atlassian.rest.values import Wrong
from playground.atlassian.shapes import issues
from playground.atlassian.world import Account, Change, Issue, Json, Named, Project, Version

Item = TypeVar("Item")
Side: TypeAlias = tuple[str | None, str | None]
Step: TypeAlias = Callable[[Issue], Change | None]
"""Sets one field and says what changed."""

_NOT_HERE = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


@dataclass(slots=True)
class Edit:
    """The steps that a body asks for, none of them done yet."""

    call: Call
    project: Project
    steps: list[Step] = field(default_factory=list[Step])

    @classmethod
    def of(cls, call: Call, project: Project, fields: Json, update: Json, *, known: Sequence[str] = ()) -> "Edit":
        """Read `fields` and `update`; `known` are dealt with elsewhere. Raises Refusal naming every wrong field."""
        edit, wrong = cls(call, project), dict[str, str]()
        wishes = [(name, {"set": value}) for name, value in fields.items() if name not in known]
        for name, operations in update.items():
            wishes += [(name, one if is_object(one) else {}) for one in (operations if is_list(operations) else [None])]
        for name, operation in wishes:
            try:
                edit.steps.append(edit._step(name, operation))
            except Wrong as error:
                wrong[name] = str(error)
        if wrong:
            raise errors.invalid(wrong)
        return edit

    def carry_out(self, issue: Issue) -> None:
        """Do every step, and keep one row about what changed."""
        changes = tuple(change for step in self.steps if (change := step(issue)) and change.old != change.new)
        self.call.jira.change(issue, self.call.who, changes)

    def fill(self, issue: Issue) -> None:
        """Do every step on a new ticket, which has no history yet."""
        for step in self.steps:
            step(issue)

    def _step(self, name: str, operation: Json) -> Step:
        if len(operation) != 1:
            raise Wrong("An operation has exactly one of 'add', 'remove' and 'set'.")
        ((verb, value),) = operation.items()
        match name, verb:
            case "labels" | "components" | "fixVersions", "set" | "add" | "remove":
                return self._listed(name, verb, value)
            case "comment", "add":
                return self._commented(value)
            case "parent", "set":
                return self._under(value)
            case issues.SPRINT, "set":
                return self._planned(value)
            case "assignee" | "reporter", "set":
                return self._given(name, value)
            case _, "set":
                return _plain(name, value)
            case _:
                raise Wrong(_NOT_HERE.format(name))

    def _listed(self, name: str, verb: str, value: object) -> Step:
        wanted = values.items(value) if verb == "set" else [value]
        match name:
            case "labels":
                labels = values.labels(wanted)
                return _step("labels", "labels", lambda i: (None, " ".join(i.labels)), _altering(_labels, verb, labels))
            case "components":
                parts = [values.component(self.project, one) for one in wanted]
                return _step("Component", "components", lambda i: _names(i.components), _altering(_parts, verb, parts))
            case _:
                versions = [values.version(self.project, one) for one in wanted]
                altering = _altering(_versions, verb, versions)
                return _step("Fix Version", "fixVersions", lambda i: _names(i.versions), altering)

    def _given(self, name: str, value: object) -> Step:
        """Give a ticket to somebody; null is nobody, `-1` is the project's default: nobody as well."""
        wanted = values.account_id(value)
        person = self.call.world.accounts.get(wanted or "")
        if wanted not in (None, "-1") and person is None:
            raise Wrong(f"Specify a valid value for {name}")
        if name == "assignee":
            return _step(name, name, lambda i: _person(i.assignee), lambda i: setattr(i, "assignee", person))
        if person is None:
            raise Wrong("Reporter is required.")
        return _step(name, name, lambda i: _person(i.reporter), lambda i: setattr(i, "reporter", person))

    def _under(self, value: object) -> Step:
        """Make a ticket the child of an epic; null takes it out."""
        parent = self._named(value) if value is not None else None
        if parent and parent.type.level == 0:
            raise Wrong("Given parent work item does not belong to appropriate hierarchy.")
        found = self.call.jira.issues

        def side(issue: Issue) -> Side:
            return (found[issue.parent].id, issue.parent) if issue.parent in found else (None, None)

        return _step(
            "IssueParentAssociation", "parent", side, lambda i: setattr(i, "parent", parent.key if parent else None)
        )

    def _named(self, value: object) -> Issue:
        name: object = value.get("key", value.get("id")) if is_object(value) else None
        try:
            return self.call.jira.issue(self.call.who, str(name))
        except errors.Refusal as refusal:
            raise Wrong("Could not find issue by id or key.") from refusal

    def _planned(self, value: object) -> Step:
        """Put a ticket into a sprint by its number; null takes it out of those that are not over."""
        if value is not None and not isinstance(value, int):
            raise Wrong("Number value expected as the Sprint id.")
        sprint = self.call.jira.sprints.get(value) if value is not None else None
        if value is not None and sprint is None:
            raise Wrong("Sprint does not exist.")
        if sprint and sprint.state == "closed":
            raise Wrong("Issue can be assigned only active or future sprints.")

        def put(issue: Issue) -> None:
            issue.sprints = [one for one in issue.sprints if one.state == "closed"] + ([sprint] if sprint else [])

        return _step("Sprint", issues.SPRINT, _sprints, put)

    def _commented(self, value: object) -> Step:
        body: object = value.get("body") if is_object(value) else None
        if not adf.is_document(body):
            raise Wrong("Comment body is not valid!")

        def step(issue: Issue) -> None:
            self.call.jira.comment(issue, self.call.who, body)

        return step


def _plain(name: str, value: object) -> Step:
    """The fields that have one value and need to know nothing else."""
    match name:
        case "summary":
            text = values.summary(value)
            return _step(name, name, lambda i: (None, i.summary), lambda i: setattr(i, "summary", text))
        case "description":
            body = values.document(value)
            return _step(name, name, _description, lambda i: setattr(i, "description", body))
        case "priority":
            rank = values.priority(value)
            return _step(name, name, lambda i: (i.priority.id, i.priority.name), lambda i: setattr(i, "priority", rank))
        case "duedate":
            due = values.day(value)
            return _step(name, name, _due, lambda i: setattr(i, "due", due))
        case issues.POINTS:
            points = values.number(value)
            return _step("Story point estimate", name, _points, lambda i: setattr(i, "points", points))
        case _:
            raise Wrong(_NOT_HERE.format(name))


def _step(label: str, name: str, side: Callable[[Issue], Side], write: Callable[[Issue], None]) -> Step:
    def step(issue: Issue) -> Change:
        before = side(issue)
        write(issue)
        return Change(field=label, field_id=name, old=before, new=side(issue))

    return step


def _altering(of: Callable[[Issue], list[Item]], verb: str, wanted: list[Item]) -> Callable[[Issue], None]:
    """Set, lengthen or shorten one of a ticket's lists, in its place."""

    def write(issue: Issue) -> None:
        here = of(issue)
        kept = [] if verb == "set" else [one for one in here if one not in wanted]
        here[:] = kept if verb == "remove" else [*kept, *wanted]

    return write


def _labels(issue: Issue) -> list[str]:
    return issue.labels


def _parts(issue: Issue) -> list[Named]:
    return issue.components


def _versions(issue: Issue) -> list[Version]:
    return issue.versions


def _names(found: Iterable[Named | Version]) -> Side:
    return (", ".join(one.id for one in found) or None, ", ".join(one.name for one in found) or None)


def _sprints(issue: Issue) -> Side:
    return (", ".join(str(one.id) for one in issue.sprints), ", ".join(one.name for one in issue.sprints))


def _person(account: Account | None) -> Side:
    return (account.id, account.name) if account else (None, None)


def _points(issue: Issue) -> Side:
    return (None, None if issue.points is None else f"{issue.points:g}")


def _description(issue: Issue) -> Side:
    return (None, adf.text_of(issue.description) or None)


def _due(issue: Issue) -> Side:
    day = issue.due.isoformat() if issue.due else None
    return (day, day)
