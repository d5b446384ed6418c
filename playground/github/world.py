"""The state of the playground's GitHub: accounts, repositories, and what people do and say there."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from playground.github import errors
from playground.github.diffs import FileDiff, Side, parse

Right: TypeAlias = Literal["none", "read", "write", "admin"]
ReviewState: TypeAlias = Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "PENDING", "DISMISSED"]
EventKind: TypeAlias = Literal["review_requested", "review_request_removed", "closed", "reopened", "merged"]
MergeMethod: TypeAlias = Literal["merge", "squash", "rebase"]

_RANK: dict[Right, int] = {"none": 0, "read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's account."""

    id: int
    handle: str
    login: str
    name: str
    email: str
    title: str
    team: str | None
    owner: bool
    """Whether the organisation is theirs, which gives them every right."""
    member: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    id: int
    slug: str
    name: str
    about: str


@dataclass(slots=True, kw_only=True)
class Comment:
    """What somebody wrote under an issue or a pull request."""

    id: int
    by: Account
    body: str
    created: datetime
    updated: datetime


@dataclass(slots=True, kw_only=True)
class LineComment(Comment):
    """What somebody wrote beside a line of a diff."""

    path: str
    line: int
    side: Side
    position: int
    hunk: str
    commit: str
    review: int
    reply_to: int | None = None
    outdated: bool = False
    """Whether a later commit took the line away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    id: int
    by: Account
    state: ReviewState
    body: str
    submitted: datetime
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check run; without a conclusion it is still running."""

    id: int
    name: str
    conclusion: str | None
    summary: str | None
    started: datetime
    completed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    sha: str
    parent: str
    message: str
    by: Account
    at: datetime
    checks: tuple[Check, ...] = ()
    files: tuple[FileDiff, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    by: Account
    at: datetime
    sha: str
    method: MergeMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an issue or a pull request besides words."""

    id: int
    kind: EventKind
    by: Account
    at: datetime
    reviewer: Account | None = None
    """Who was asked for a review, or is no longer."""
    commit: str | None = None


@dataclass(slots=True, kw_only=True)
class Issue:
    """An issue, or the part of a pull request that is one."""

    id: int
    number: int
    title: str
    by: Account
    body: str
    created: datetime
    updated: datetime
    state: Literal["open", "closed"] = "open"
    reason: Literal["completed", "not_planned", "duplicate", "reopened"] | None = None
    closed: datetime | None = None
    closed_by: Account | None = None
    labels: list[str] = field(default_factory=list[str])
    assignees: list[Account] = field(default_factory=list[Account])
    milestone: str | None = None
    comments: list[Comment] = field(default_factory=list[Comment])
    events: list[Event] = field(default_factory=list[Event])


@dataclass(slots=True, kw_only=True)
class Pull(Issue):
    branch: str
    base: str
    files: tuple[FileDiff, ...]
    commits: list[Commit]
    draft: bool = False
    mergeable: bool = True
    merge: Merge | None = None
    wants: list[Account] = field(default_factory=list[Account])
    reviews: list[Review] = field(default_factory=list[Review])
    line_comments: list[LineComment] = field(default_factory=list[LineComment])

    @property
    def head(self) -> Commit:
        return self.commits[-1]

    def file(self, path: str) -> FileDiff | None:
        return next((file for file in self.files if file.path == path), None)


@dataclass(slots=True, kw_only=True)
class Repository:
    id: int
    name: str
    about: str
    language: str
    private: bool
    teams: Mapping[str, Right]
    checks: tuple[str, ...]
    files: dict[str, str]
    """The few files that can be read by path: README and CODEOWNERS."""
    created: datetime
    main: list[Commit]
    issues: dict[int, Issue] = field(default_factory=dict[int, Issue])

    def pulls(self) -> Iterator[Pull]:
        """The pull requests, oldest first."""
        return (issue for _, issue in sorted(self.issues.items()) if isinstance(issue, Pull))

    def commits(self) -> Iterator[Commit]:
        yield from self.main
        for pull in self.pulls():
            yield from pull.commits

    def commit(self, ref: str) -> Commit | None:
        """The commit of a sha, a branch or a tag-like name."""
        if ref in ("main", "HEAD"):
            return self.main[-1]
        branch = next((pull.head for pull in self.pulls() if pull.branch == ref), None)
        return branch or next((commit for commit in self.commits() if commit.sha == ref), None)

    def labels(self) -> list[str]:
        """Every label in use; this GitHub keeps no other list."""
        return sorted({label for issue in self.issues.values() for label in issue.labels})

    def milestones(self) -> list[str]:
        return sorted({issue.milestone for issue in self.issues.values() if issue.milestone})


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One change that somebody made through the API."""

    by: str
    """The login."""
    action: str
    repository: str
    """Owner and name."""
    number: int
    arguments: Mapping[str, Any]
    """The request's body, as it came."""
    at: datetime
    id: int | None = None
    """The id of what was made, where something was."""


class World:
    """Everything there is, and the clock by which it happens."""

    def __init__(self, *, organisation: str, company: str, clock: Callable[[], datetime]) -> None:
        self.organisation = organisation
        self.company = company
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.teams: dict[str, Team] = {}
        self.repositories: dict[str, Repository] = {}
        self.writes: list[Write] = []
        self._last_id = 2_400_100_000

    def new_id(self) -> int:
        self._last_id += 7
        return self._last_id

    def account(self, login: str) -> Account | None:
        """The account of a login, written in any case."""
        return self.accounts.get(login.lower())

    def person(self, name: str) -> Account:
        """The account of a login or of a handle of the company's seed; for those who drive the playground."""
        found = self.account(name) or next((a for a in self.accounts.values() if a.handle == name), None)
        if found is None:
            raise LookupError(f"nobody called {name!r} has a GitHub account; there are {sorted(self.accounts)}")
        return found

    def right(self, account: Account | None, repository: Repository) -> Right:
        """What `account` may do there, by team or as owner."""
        if account is None:
            return "none" if repository.private else "read"
        if account.owner:
            return "admin"
        return repository.teams.get(account.team or "", "none" if repository.private else "read")

    def may(self, account: Account | None, needed: Right, repository: Repository) -> bool:
        return _RANK[self.right(account, repository)] >= _RANK[needed]

    def visible(self, account: Account | None) -> list[Repository]:
        return [repository for repository in self.repositories.values() if self.may(account, "read", repository)]

    def repository(self, account: Account | None, owner: str, name: str) -> Repository:
        """The repository as `account` sees it; what it may not see does not exist."""
        found = self.repositories.get(name.lower())
        if found is None or owner.lower() != self.organisation.lower() or not self.may(account, "read", found):
            raise errors.not_found()
        return found

    def collaborators(self, repository: Repository) -> list[Account]:
        return [account for account in self.accounts.values() if self.may(account, "read", repository)]

    def wrote(
        self,
        account: Account,
        action: str,
        repository: Repository,
        *,
        number: int,
        arguments: Mapping[str, Any],
        made: int | None = None,
    ) -> None:
        """Keep a line about a change for whoever wants to count them."""
        write = Write(
            by=account.login,
            action=action,
            repository=f"{self.organisation}/{repository.name}",
            number=number,
            arguments=dict(arguments),
            at=self.clock(),
            id=made,
        )
        self.writes.append(write)

    def happened(
        self,
        issue: Issue,
        kind: EventKind,
        by: Account,
        at: datetime,
        *,
        reviewer: Account | None = None,
        commit: str | None = None,
    ) -> None:
        """Keep that something happened to `issue`."""
        event = Event(id=self.new_id(), kind=kind, by=by, at=at, reviewer=reviewer, commit=commit)
        issue.events.append(event)

    def settle(self, issue: Issue, by: Account, at: datetime) -> None:
        """Close `issue`."""
        issue.state, issue.closed, issue.closed_by = "closed", at, by
        self.happened(issue, "closed", by, at)

    def reopen(self, issue: Issue, by: Account, at: datetime) -> None:
        issue.state, issue.closed, issue.closed_by = "open", None, None
        self.happened(issue, "reopened", by, at)

    def new_pull(self, repository: Repository, *, number: int, by: Account, title: str, diff: str) -> Pull:
        """Open a pull request of one commit with green checks."""
        now = self.clock()
        parent = repository.main[-1].sha
        files = parse(diff)
        commit = Commit(
            sha=sha(repository.name, number, title),
            parent=parent,
            message=title,
            by=by,
            at=now,
            checks=self.green(repository, now),
            files=files,
        )
        pull = Pull(
            id=self.new_id(),
            number=number,
            title=title,
            by=by,
            body="",
            created=now,
            updated=now,
            branch=f"{by.handle}/{number}",
            base=parent,
            files=files,
            commits=[commit],
        )
        repository.issues[number] = pull
        return pull

    def green(self, repository: Repository, at: datetime) -> tuple[Check, ...]:
        """The repository's usual checks, all passed."""
        return tuple(
            Check(id=self.new_id(), name=name, conclusion="success", summary=None, started=at, completed=at)
            for name in repository.checks
        )


def sha(*parts: object) -> str:
    """A commit's or blob's name, the same for the same parts."""
    return hashlib.sha1("\0".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()
