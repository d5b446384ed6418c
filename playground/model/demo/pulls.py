"""Pull requests as the tools describe them, read with care: a field that is missing is empty."""

import re
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from playground.model.conversation import Json
from playground.model.wires.wire import as_object, items


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that somebody said."""

    by: str
    text: str
    at: datetime | None = None
    verdict: str = ""
    """Of a review: `approved`, `changes_requested`, `commented`."""
    place: str = ""
    """Of a remark on code: `path:line`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A changed file."""

    path: str
    additions: int
    deletions: int
    diff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What ran over the newest commit."""

    name: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A pull request: a row of a list has some of it, a full reading all."""

    repository: str
    number: int
    title: str
    author: str
    link: str
    state: str
    body: str
    labels: tuple[str, ...]
    is_draft: bool
    opened: datetime | None
    merged: datetime | None
    waiting_since: datetime | None
    last_comment: Remark | None
    waits_for: tuple[str, ...]
    # Only of a full reading:
    additions: int
    deletions: int
    commits: int
    mergeable: bool | None
    checks: str
    reviews: tuple[Remark, ...]
    asked: tuple[str, ...]
    owners: tuple[tuple[str, str], ...]
    """(login, how much of the change is theirs), who owns most first."""
    files: tuple[File, ...]
    note: str

    @property
    def name(self) -> str:
        return f"{self.repository}#{self.number}"

    @property
    def linked(self) -> str:
        """The name, as a Markdown link where there is an address."""
        return f"[{self.name}]({self.link})" if self.link else self.name

    @property
    def verdicts(self) -> dict[str, str]:
        """The standing verdict of each reviewer; a later comment leaves an earlier verdict standing."""
        standing: dict[str, str] = {}
        for review in self.reviews:
            if review.verdict in ("approved", "changes_requested"):
                standing[review.by] = review.verdict
            elif review.verdict == "dismissed":
                standing.pop(review.by, None)
        return standing

    def with_verdict(self, verdict: str) -> list[str]:
        return [login for login, standing in self.verdicts.items() if standing == verdict]

    @property
    def tickets(self) -> list[str]:
        """Keys of tickets that the title or the text names."""
        return list(dict.fromkeys(re.findall(r"\b[A-Z][A-Z0-9]+-\d+\b", f"{self.title}\n{self.body}")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """What was said about a pull request."""

    remarks: tuple[Remark, ...]
    """Comments, remarks on code and reviews, oldest first."""
    checks: tuple[Check, ...]
    link: str


def pulls_of(content: Json) -> list[Pull]:
    """The rows of a list."""
    rows = content.get("pull_requests") or content.get("items")
    return [pull_of(row) for row in items(rows)]


def pull_of(content: Json) -> Pull:
    """A row of a list, or a full reading."""
    last = as_object(content.get("last_comment"))
    mergeable = content.get("mergeable")
    return Pull(
        repository=_text(content.get("repository")),
        number=_number(content.get("number")),
        title=_text(content.get("title")),
        author=_login(content.get("author")),
        link=_text(content.get("link") or content.get("url")),
        state=_text(content.get("state")) or ("merged" if content.get("merged") else "open"),
        body=_text(content.get("body")),
        labels=_texts(content.get("labels")),
        is_draft=bool(content.get("draft")),
        opened=_moment(content.get("opened")),
        merged=_moment(content.get("merged")),
        waiting_since=_moment(content.get("waiting_since")),
        last_comment=_remark(last) if last else None,
        waits_for=_texts(content.get("waits_for")),
        additions=_number(content.get("additions")),
        deletions=_number(content.get("deletions")),
        commits=_number(content.get("commits")),
        mergeable=mergeable if isinstance(mergeable, bool) else None,
        checks=_text(content.get("checks")),
        reviews=tuple(_remark(review) for review in items(content.get("reviews"))),
        asked=_texts(content.get("requested_reviewers")),
        owners=_owners(content.get("code_owners")),
        files=tuple(_file(file) for file in items(content.get("files"))),
        note=_text(content.get("note")),
    )


def discussion_of(content: Json) -> Discussion:
    groups = ("comments", "review_comments", "reviews")
    said = [_remark(entry) for group in groups for entry in items(content.get(group))]
    return Discussion(
        remarks=tuple(sorted(said, key=lambda remark: remark.at.timestamp() if remark.at else 0.0)),
        checks=tuple(
            Check(
                name=_text(check.get("name")),
                outcome=_text(check.get("outcome")),
                detail=_text(check.get("detail")),
            )
            for check in items(content.get("checks"))
        ),
        link=_text(content.get("link")),
    )


def _remark(entry: Json) -> Remark:
    line = entry.get("line")
    path = _text(entry.get("path"))
    return Remark(
        by=_login(entry.get("by") or entry.get("author")),
        text=_text(entry.get("text") or entry.get("body")),
        at=_moment(entry.get("at")),
        verdict=_text(entry.get("verdict")).lower(),
        place=f"{path}:{line}" if path and line else path,
    )


def _file(file: Json) -> File:
    return File(
        path=_text(file.get("path")),
        additions=_number(file.get("additions")),
        deletions=_number(file.get("deletions")),
        diff=_text(file.get("diff")),
    )


def _owners(value: JsonValue) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        return ()
    pairs = [(_login(entry.get("owner")), _text(entry.get("owns"))) for entry in items(value)]
    return (*pairs, *((_login(entry), "") for entry in value if isinstance(entry, str)))


def _login(value: JsonValue) -> str:
    named = value.get("login") if isinstance(value, dict) else value
    return _text(named).removeprefix("@")


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(_login(entry) for entry in value) if isinstance(value, list) else ()


def _number(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0


def _moment(value: JsonValue) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.astimezone()
