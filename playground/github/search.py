"""GitHub's search language for issues and pull requests, as far as people use it."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from playground.github import errors
from playground.github.world import Account, Issue, Pull, Repository, World

_TERM = re.compile(r'(?P<no>-)?(?:(?P<name>[a-z][a-z-]*):)?(?P<value>"[^"]*"|\S+)')
_COMPARE: Mapping[str, Callable[[datetime, datetime], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_VERDICTS = {"approved": "APPROVED", "changes_requested": "CHANGES_REQUESTED"}


@dataclass(frozen=True, slots=True)
class Term:
    """`name:value`, or a plain word when `name` is empty."""

    name: str
    value: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Hit:
    repository: Repository
    issue: Issue
    score: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """One issue, and who asks about it."""

    world: World
    who: Account
    repository: Repository
    issue: Issue

    def is_by(self, account: Account | None, login: str) -> bool:
        wanted = self.who.login if login == "@me" else login.removeprefix("@")
        return account is not None and account.login.lower() == wanted.lower()

    @property
    def pull(self) -> Pull | None:
        return self.issue if isinstance(self.issue, Pull) else None


_Test: TypeAlias = Callable[[_Asked, str], bool]


def parse(text: str) -> tuple[Term, ...]:
    """The terms of a query; quotes keep words together."""
    return tuple(
        Term((match["name"] or "").lower(), match["value"].strip('"'), match["no"] is not None)
        for match in _TERM.finditer(text)
    )


def search(world: World, who: Account, text: str) -> list[Hit]:
    """What `who` may see of what `text` asks for, best first, then newest."""
    terms = parse(text)
    _need_sense(world, who, terms)
    words = [term.value.lower() for term in terms if not term.name and not term.negated]
    hits = [
        Hit(repository, issue, score)
        for repository in world.visible(who)
        for issue in repository.issues.values()
        if _matches(_Asked(world, who, repository, issue), terms) and (score := _score(issue, words)) > 0
    ]
    return sorted(hits, key=lambda hit: (hit.score, hit.issue.created), reverse=True)


def _need_sense(world: World, who: Account, terms: tuple[Term, ...]) -> None:
    if not terms:
        raise errors.invalid("Search", "q", "missing")
    kinds = {term.value for term in terms if term.name in ("is", "type") and not term.negated}
    # Since 2025 GitHub answers an App only about one of the two kinds at a time.
    if not kinds & {"pr", "pull-request", "issue"}:
        raise errors.Refusal(422, "Query must include 'is:issue' or 'is:pull-request'")
    repositories = {f"{world.organisation}/{repository.name}".lower() for repository in world.visible(who)}
    named = [term.value.lower() for term in terms if term.name == "repo"]
    owners = [term.value.lower() for term in terms if term.name == "org"]
    if set(named) - repositories or set(owners) - {world.organisation.lower()}:
        raise errors.invalid(
            "Search",
            "q",
            "invalid",
            "The listed users and repositories cannot be searched either because the resources do not exist or you do"
            " not have permission to view them.",
        )


def _matches(asked: _Asked, terms: tuple[Term, ...]) -> bool:
    """Every term holds; several repositories or owners are alternatives."""
    places = [term.value.lower() for term in terms if term.name == "repo" and not term.negated]
    here = f"{asked.world.organisation}/{asked.repository.name}".lower()
    if places and here not in places:
        return False
    rest = (term for term in terms if (term.name and term.name != "repo") or term.negated)
    return all(_holds(asked, term) != term.negated for term in rest)


def _holds(asked: _Asked, term: Term) -> bool:
    test = _TESTS.get(term.name)
    return test(asked, term.value) if test else _score(asked.issue, [term.value.lower()]) > 0


def _score(issue: Issue, words: list[str]) -> float:
    """0 when a word is missing; a word in the title counts more than one below it."""
    title = issue.title.lower()
    below = "\n".join([issue.body, *(comment.body for comment in issue.comments)]).lower()
    score = 1.0
    for word in words:
        if word not in title and word not in below:
            return 0.0
        score += 2.0 if word in title else 0.5
    return score


def _is(asked: _Asked, value: str) -> bool:
    issue, pull = asked.issue, asked.pull
    match value:
        case "pr" | "pull-request":
            return pull is not None
        case "issue":
            return pull is None
        case "open" | "closed":
            return issue.state == value
        case "merged":
            return pull is not None and pull.merge is not None
        case "unmerged":
            return pull is not None and pull.merge is None
        case "draft":
            return pull is not None and pull.draft
        case "private" | "public":
            return asked.repository.private == (value == "private")
        case _:
            return False


def _reviewed(asked: _Asked, login: str) -> bool:
    return asked.pull is not None and any(asked.is_by(review.by, login) for review in asked.pull.reviews)


def _commented(asked: _Asked, login: str) -> bool:
    said = [*asked.issue.comments, *(asked.pull.line_comments if asked.pull else [])]
    return any(asked.is_by(comment.by, login) for comment in said)


def _mentioned(asked: _Asked, login: str) -> bool:
    wanted = asked.who.login if login == "@me" else login
    said = [asked.issue.body, *(comment.body for comment in asked.issue.comments)]
    return any(f"@{wanted}".lower() in text.lower() for text in said)


def _assigned(asked: _Asked, login: str) -> bool:
    return any(asked.is_by(account, login) for account in asked.issue.assignees)


def _involved(asked: _Asked, login: str) -> bool:
    by = asked.is_by(asked.issue.by, login)
    return by or _assigned(asked, login) or _commented(asked, login) or _mentioned(asked, login)


def _requested(asked: _Asked, login: str) -> bool:
    return asked.pull is not None and any(asked.is_by(account, login) for account in asked.pull.wants)


def _verdict(asked: _Asked, value: str) -> bool:
    """`review:` looks at each reviewer's latest word; comments are none."""
    if asked.pull is None:
        return False
    latest = {review.by.login: review.state for review in asked.pull.reviews if review.state in _VERDICTS.values()}
    if value == "none":
        return not asked.pull.reviews
    if value == "required":
        return "APPROVED" not in latest.values()
    wanted = _VERDICTS.get(value)
    if wanted == "APPROVED":
        return wanted in latest.values() and "CHANGES_REQUESTED" not in latest.values()
    return wanted in latest.values()


def _checks(asked: _Asked, value: str) -> bool:
    if asked.pull is None:
        return False
    found = {check.conclusion for check in asked.pull.head.checks}
    if found & {"failure", "cancelled", "timed_out"}:
        return value == "failure"
    return value == ("pending" if None in found else "success")


def _missing(asked: _Asked, value: str) -> bool:
    issue = asked.issue
    has = {"label": issue.labels, "assignee": issue.assignees, "milestone": issue.milestone}
    return value in has and not has[value]


def _merged_at(issue: Issue) -> datetime | None:
    return issue.merge.at if isinstance(issue, Pull) and issue.merge else None


def _when(moment: Callable[[Issue], datetime | None]) -> _Test:
    def test(asked: _Asked, value: str) -> bool:
        at = moment(asked.issue)
        return at is not None and _in_time(at, value)

    return test


def _in_time(at: datetime, value: str) -> bool:
    """`>=2026-11-13`, `2026-11-01..2026-11-13`, `*..2026-11-13`, or one day; a day is a whole day in UTC."""
    if ".." in value:
        start, _, end = value.partition("..")
        return (start == "*" or at >= _span(start)[0]) and (end == "*" or at < _span(end)[1])
    sign = next((sign for sign in _COMPARE if value.startswith(sign)), "")
    first, after = _span(value.removeprefix(sign))
    match sign:
        case "":
            return first <= at < after
        case ">":
            return at >= after
        case "<=":
            return at < after
        case _:
            return _COMPARE[sign](at, first)


def _span(text: str) -> tuple[datetime, datetime]:
    """From when until when a day or a moment lasts."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is not a recognized date/time format. Please provide an ISO 8601 date/time value."
        raise errors.invalid("Search", "q", "invalid", message) from error
    start = start if start.tzinfo else start.replace(tzinfo=UTC)
    return start, start + (timedelta(seconds=1) if "T" in text else timedelta(days=1))


_TESTS: Mapping[str, _Test] = {
    "is": _is,
    "type": _is,
    "state": _is,
    "draft": lambda asked, value: asked.pull is not None and asked.pull.draft == (value == "true"),
    "repo": lambda asked, value: value.lower() == f"{asked.world.organisation}/{asked.repository.name}".lower(),
    "org": lambda asked, value: value.lower() == asked.world.organisation.lower(),
    "user": lambda asked, value: value.lower() == asked.world.organisation.lower(),
    "author": lambda asked, value: asked.is_by(asked.issue.by, value),
    "assignee": _assigned,
    "commenter": _commented,
    "mentions": _mentioned,
    "involves": _involved,
    "review-requested": _requested,
    "user-review-requested": _requested,
    "reviewed-by": _reviewed,
    "review": _verdict,
    "status": _checks,
    "label": lambda asked, value: value.lower() in (label.lower() for label in asked.issue.labels),
    "milestone": lambda asked, value: asked.issue.milestone == value,
    "no": _missing,
    "head": lambda asked, value: asked.pull is not None and asked.pull.branch.startswith(value),
    "base": lambda asked, value: asked.pull is not None and value == "main",
    "in": lambda _asked, _value: True,
    "archived": lambda _asked, value: value == "false",
    "sort": lambda _asked, _value: True,
    "created": _when(lambda issue: issue.created),
    "updated": _when(lambda issue: issue.updated),
    "closed": _when(lambda issue: issue.closed),
    "merged": _when(_merged_at),
}
