"""What GitHub says, as far as it is read here: its own names and its own nulls."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Verdict = Literal["approve", "request_changes", "comment"]
MergeMethod = Literal["merge", "squash", "rebase"]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    login: str
    id: int
    email: str | None = None


GHOST = User(login="ghost", id=0)
"""Whom GitHub shows in place of a deleted account."""


def login_of(user: User | None) -> str:
    """The login; of a deleted account, the name that GitHub puts in its place."""
    return (user or GHOST).login


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    email: str
    primary: bool
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    login: str
    type: str
    """`User` or `Organization`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What the person may do in a repository."""

    push: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    full_name: str
    owner: Owner
    private: bool = True
    visibility: str = ""
    """`public`, `private` or `internal`, which is for everybody of the owner's enterprise."""
    permissions: Permissions | None = None

    @property
    def is_public(self) -> bool:
        """Whether anybody can read it."""
        return not self.private and self.visibility in {"", "public"}

    @property
    def is_worked_in(self) -> bool:
        """Whether the person was let in, so that nobody else could have put it before them."""
        return self.private or (self.permissions is not None and self.permissions.push)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    ref: str
    sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedAt:
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPull:
    """A pull request as the search lists it."""

    number: int
    title: str
    user: User | None
    state: Literal["open", "closed"]
    html_url: str
    repository_url: str
    created_at: datetime
    updated_at: datetime
    comments: int
    labels: tuple[Label, ...] = ()
    draft: bool = False
    body: str | None = None
    pull_request: MergedAt | None = None

    @property
    def repository(self) -> str:
        """Owner and name."""
        return "/".join(self.repository_url.rsplit("/", 2)[-2:])

    @property
    def merged_at(self) -> datetime | None:
        return self.pull_request.merged_at if self.pull_request else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue in full, as it is read, listed and written; a pull request is one of GitHub's issues too."""

    number: int
    title: str
    user: User | None
    state: Literal["open", "closed"]
    html_url: str
    repository_url: str
    created_at: datetime
    updated_at: datetime
    comments: int
    closed_at: datetime | None = None
    closed_by: User | None = None
    state_reason: str | None = None
    """`completed`, `not_planned`, `duplicate` or `reopened`."""
    labels: tuple[Label, ...] = ()
    assignees: tuple[User, ...] = ()
    milestone: Milestone | None = None
    body: str | None = None
    pull_request: MergedAt | None = None
    """There when it is a pull request."""

    @property
    def repository(self) -> str:
        """Owner and name."""
        return "/".join(self.repository_url.rsplit("/", 2)[-2:])

    @property
    def standing(self) -> str:
        """`open`, `closed (completed)`, or `merged`, which only a pull request can be."""
        if self.pull_request and self.pull_request.merged_at:
            return "merged"
        return f"closed ({self.state_reason})" if self.state == "closed" and self.state_reason else self.state

    @property
    def label_names(self) -> tuple[str, ...]:
        return tuple(label.name for label in self.labels)

    @property
    def assigned(self) -> tuple[str, ...]:
        """The logins of those who are to do it."""
        return tuple(user.login for user in self.assignees)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePage:
    total_count: int
    items: tuple[Issue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    issue: Issue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """Something in an issue's history; what names it elsewhere has a source."""

    event: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    total_count: int
    items: tuple[FoundPull, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """One pull request in full."""

    number: int
    title: str
    user: User | None
    state: Literal["open", "closed"]
    html_url: str
    created_at: datetime
    updated_at: datetime
    head: Branch
    base: Branch
    commits: int
    additions: int
    deletions: int
    changed_files: int
    merged: bool = False
    draft: bool = False
    body: str | None = None
    merged_at: datetime | None = None
    merged_by: User | None = None
    mergeable: bool | None = None
    """None while GitHub is still working it out."""
    labels: tuple[Label, ...] = ()
    milestone: Milestone | None = None
    requested_reviewers: tuple[User, ...] = ()
    requested_teams: tuple[Team, ...] = ()

    @property
    def standing(self) -> Literal["open", "closed", "merged"]:
        return "merged" if self.merged else self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    filename: str
    status: str
    additions: int
    deletions: int
    patch: str | None = None
    """None for binary files, and for those whose diff GitHub finds too large."""
    previous_filename: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    id: int
    user: User | None
    state: str
    """`APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED` or `PENDING`."""
    body: str | None = None
    html_url: str = ""
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    id: int
    user: User | None
    created_at: datetime
    html_url: str
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineComment:
    """A comment on a line of the diff."""

    id: int
    user: User | None
    path: str
    created_at: datetime
    html_url: str
    body: str | None = None
    line: int | None = None
    """None when the line is gone from the diff; `original_line` says where it was."""
    original_line: int | None = None
    in_reply_to_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutput:
    title: str | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    name: str
    status: str
    """`completed` once there is a conclusion."""
    conclusion: str | None = None
    html_url: str | None = None
    output: CheckOutput | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRuns:
    check_runs: tuple[CheckRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A check of the older kind."""

    context: str
    state: str
    """`success`, `pending`, `failure` or `error`."""
    description: str | None = None
    target_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    statuses: tuple[Status, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a commit, of either kind."""

    name: str
    outcome: Literal["green", "failing", "running"]
    detail: str = ""
    link: str | None = None
    """GitHub's own page about it."""
    reported: str | None = None
    """The address that whoever reports it gave: it may lead anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    event: str
    created_at: datetime
    actor: User | None = None
    """Who did it; of a request for a review, who asked."""
    requested_reviewer: User | None = None
    requested_team: Team | None = None
    label: Label | None = None
    assignee: User | None = None

    @property
    def asked(self) -> str | None:
        """Who was asked for a review; None when it was a team."""
        return self.requested_reviewer.login if self.requested_reviewer else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    content: str
    """Base64, with line breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a write left behind."""

    id: int
    html_url: str
    body: str | None = None
    """As GitHub keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewers:
    """The pull request after reviewers were asked."""

    html_url: str
    requested_reviewers: tuple[User, ...]
    requested_teams: tuple[Team, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    merged: Literal[True]
    sha: str
