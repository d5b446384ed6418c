"""The state of the playground's Jira: accounts, sites, projects, boards, sprints and tickets."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from playground.atlassian import errors

# A document in Atlassian's format, or a body as it came; checked where it enters.
Json: TypeAlias = dict[str, Any]
Category: TypeAlias = Literal["new", "indeterminate", "done"]
SprintState: TypeAlias = Literal["closed", "active", "future"]
BoardKind: TypeAlias = Literal["scrum", "kanban"]

KEY = re.compile(r"[A-Z][A-Z0-9]+-\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's account, the same at every site."""

    id: str
    handle: str
    name: str
    email: str
    zone: str
    admin: bool


@dataclass(frozen=True, slots=True)
class Status:
    id: str
    name: str
    category: Category


@dataclass(frozen=True, slots=True)
class IssueType:
    id: str
    name: str
    about: str
    level: int = 0
    """1 stands above the others: an epic."""


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that has only a name: a priority, a component, a resolution."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkKind:
    id: str
    name: str
    inward: str
    outward: str


@dataclass(frozen=True, slots=True)
class Link:
    """`source` does to `target` what the kind's `outward` says."""

    id: str
    kind: LinkKind
    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    id: str
    name: str
    released: bool
    release_date: date | None


@dataclass(slots=True, kw_only=True)
class Project:
    id: str
    key: str
    name: str
    lead: Account
    types: tuple[IssueType, ...]
    statuses: tuple[Status, ...]
    components: tuple[Named, ...]
    versions: tuple[Version, ...]
    last: int = 0
    """The number of the newest ticket."""
    first_status: str = "To Do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    id: int
    name: str
    project: Project
    kind: BoardKind
    filter: str
    """The JQL that says what stands on it."""


@dataclass(slots=True, kw_only=True)
class Sprint:
    id: int
    board: int
    name: str
    state: SprintState
    start: datetime
    end: datetime
    completed: datetime | None
    goal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of one ticket before and after, as ids and as people read them."""

    field: str
    field_id: str
    old: tuple[str | None, str | None]
    new: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What somebody changed at once."""

    id: str
    by: Account
    at: datetime
    changes: tuple[Change, ...]


@dataclass(slots=True, kw_only=True)
class Comment:
    id: str
    by: Account
    body: Json
    created: datetime
    updated: datetime


@dataclass(slots=True, kw_only=True)
class Issue:
    """One ticket."""

    id: str
    key: str
    project: Project
    type: IssueType
    summary: str
    status: Status
    priority: Named
    reporter: Account
    created: datetime
    updated: datetime
    assignee: Account | None = None
    description: Json | None = None
    labels: list[str] = field(default_factory=list[str])
    components: list[Named] = field(default_factory=list[Named])
    versions: list[Version] = field(default_factory=list[Version])
    """In which it is fixed."""
    sprints: list[Sprint] = field(default_factory=list[Sprint])
    points: float | None = None
    parent: str | None = None
    """The parent's key."""
    due: date | None = None
    resolution: Named | None = None
    resolved: datetime | None = None
    comments: list[Comment] = field(default_factory=list[Comment])
    history: list[History] = field(default_factory=list[History])
    hidden_from: set[str] = field(default_factory=set[str])
    """Ids of the accounts that may not see it."""

    @property
    def number(self) -> int:
        return int(self.key.rpartition("-")[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One change that came through the API."""

    by: Account
    site: str
    """The cloud id."""
    action: str
    key: str
    arguments: Json
    at: datetime


DONE, WONT_DO = Named("10000", "Done"), Named("10001", "Won't Do")
PRIORITIES = tuple(Named(str(n), name) for n, name in enumerate(("Blocker", "High", "Medium", "Low", "Lowest"), 1))
LINK_KINDS = (
    LinkKind("10000", "Blocks", "is blocked by", "blocks"),
    LinkKind("10001", "Problem/Incident", "is caused by", "causes"),
    LinkKind("10002", "Relates", "relates to", "relates to"),
    LinkKind("10003", "Duplicate", "is duplicated by", "duplicates"),
)


class Jira:
    """One site with everything on it."""

    def __init__(self, *, cloud: str, slug: str, name: str, clock: Callable[[], datetime]) -> None:
        self.cloud = cloud
        self.slug = slug
        self.name = name
        self.clock = clock
        self.projects: dict[str, Project] = {}
        self.boards: dict[int, Board] = {}
        self.sprints: dict[int, Sprint] = {}
        self.issues: dict[str, Issue] = {}
        self.links: list[Link] = []
        self._last_id = 10_000

    def new_id(self) -> str:
        self._last_id += 1
        return str(self._last_id)

    def visible(self, account: Account) -> list[Issue]:
        return [issue for issue in self.issues.values() if account.id not in issue.hidden_from]

    def issue(self, account: Account, name: str) -> Issue:
        """The ticket with that key or id. Raises Refusal when there is none for this account."""
        found = self.issues.get(name.upper()) or next((i for i in self.issues.values() if i.id == name), None)
        if found is None or account.id in found.hidden_from:
            raise errors.no_issue()
        return found

    def project(self, name: str) -> Project | None:
        """The project with that key or id."""
        return self.projects.get(name.upper()) or next((p for p in self.projects.values() if p.id == name), None)

    def children(self, issue: Issue) -> list[Issue]:
        return [other for other in self.issues.values() if other.parent == issue.key]

    def add(self, issue: Issue) -> Issue:
        self.issues[issue.key] = issue
        issue.project.last = max(issue.project.last, issue.number)
        return issue

    def link(self, kind: LinkKind, source: str, target: str) -> Link:
        self.links.append(link := Link(self.new_id(), kind, source, target))
        return link

    def change(self, issue: Issue, by: Account, changes: tuple[Change, ...], *, at: datetime | None = None) -> None:
        """Keep what changed in the ticket's history; nothing when nothing did."""
        if changes:
            at = at or self.clock()
            issue.history.append(History(id=self.new_id(), by=by, at=at, changes=changes))
            issue.updated = max(issue.updated, at)

    def comment(self, issue: Issue, by: Account, body: Json, *, at: datetime | None = None) -> Comment:
        at = at or self.clock()
        comment = Comment(id=self.new_id(), by=by, body=body, created=at, updated=at)
        issue.comments.append(comment)
        issue.updated = max(issue.updated, at)
        return comment

    def move(self, issue: Issue, by: Account, status: Status, *, at: datetime | None = None) -> None:
        """Put a ticket into another status; a final one gives it a resolution."""
        if status == issue.status:
            return
        at = at or self.clock()
        change = Change(
            field="status",
            field_id="status",
            old=(issue.status.id, issue.status.name),
            new=(status.id, status.name),
        )
        issue.status = status
        changes = (change, *self._resolve(issue, at))
        self.change(issue, by, changes, at=at)

    def settle(self, issue: Issue) -> None:
        """Give a ticket that begins in a final status its resolution, as of when it came there."""
        ends = [row.at for row in issue.history if any(change.new[1] == issue.status.name for change in row.changes)]
        self._resolve(issue, max(ends, default=issue.created))

    def _resolve(self, issue: Issue, at: datetime) -> tuple[Change, ...]:
        before, is_done = issue.resolution, issue.status.category == "done"
        after = (DONE if issue.status.name == "Done" else WONT_DO) if is_done else None
        if after == before:
            return ()
        issue.resolution, issue.resolved = after, at if after else None
        old, new = ((one.id, one.name) if one else (None, None) for one in (before, after))
        return (Change(field="resolution", field_id="resolution", old=old, new=new),)


class World:
    """Everybody, and every site."""

    def __init__(self, *, company: str, clock: Callable[[], datetime]) -> None:
        self.company = company
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.sites: dict[str, Jira] = {}
        """By cloud id, the company's own first."""
        self.writes: list[Write] = []

    def account(self, name: str) -> Account | None:
        """Whoever has that account id, handle or address."""
        wanted = name.lower()
        return next((a for a in self.accounts.values() if wanted in (a.id.lower(), a.handle, a.email)), None)

    def person(self, name: str) -> Account:
        found = self.account(name)
        if found is None:
            raise KeyError(f"{name!r} has no account at Atlassian")
        return found

    def wrote(self, site: Jira, by: Account, action: str, *, key: str, arguments: Mapping[str, Any]) -> None:
        self.writes.append(
            Write(by=by, site=site.cloud, action=action, key=key, arguments=dict(arguments), at=self.clock())
        )
