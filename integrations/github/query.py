"""What is typed into GitHub's search to find pull requests or issues (pure)."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from integrations.github.models import Owner

Which = Literal["mine", "waiting_for_my_review", "open", "merged"]
WhichIssues = Literal["open", "closed", "mine", "assigned_to_me"]
MAX_LENGTH = 256
"""GitHub refuses longer searches with 422."""
_FILTERS: dict[Which, tuple[str, ...]] = {
    "mine": ("is:open", "author:@me"),
    # GitHub takes a request back when the review is given, and counts the requests to the person's teams.
    "waiting_for_my_review": ("is:open", "draft:false", "review-requested:@me"),
    "open": ("is:open",),
    "merged": ("is:merged",),
}
_ISSUE_FILTERS: dict[WhichIssues, tuple[str, ...]] = {
    "open": ("is:open",),
    "closed": ("is:closed",),
    "mine": ("is:open", "author:@me"),
    "assigned_to_me": ("is:open", "assignee:@me"),
}
_OPERATORS = {"and", "or", "not"}


def pulls_query(
    which: Which,
    *,
    repository: str | None = None,
    owner: Owner | None = None,
    words: str = "",
    since: date | None = None,
) -> str:
    """The search for `which` pull requests, all of `words` in them; words are never taken for syntax.

    One owner only: whether several mean any or all of them has changed (github.blog, changelog of 2025-03-06).
    `since` is the day of merging for merged ones, of the last activity for others.
    """
    # Spelled out, as the REST documentation wants it of GitHub Apps.
    parts = ["is:pull-request", "archived:false", *_FILTERS[which], *_place(repository, owner)]
    if since:
        parts.append(f"{'merged' if which == 'merged' else 'updated'}:>={since.isoformat()}")
    return _fitting([*parts, *plain_words(words)])


def issues_query(
    which: WhichIssues,
    *,
    repository: str | None = None,
    owner: Owner | None = None,
    words: str = "",
    labels: Iterable[str] = (),
) -> str:
    """The search for `which` issues with all of `words` and all of `labels`; neither is ever taken for syntax."""
    quoted = [f'label:"{name}"' for label in labels if (name := label.replace('"', "").replace("\\", "").strip())]
    parts = ["is:issue", "archived:false", *_ISSUE_FILTERS[which], *_place(repository, owner)]
    return _fitting([*parts, *quoted, *plain_words(words)])


def opened_query(kind: Literal["issue", "pull-request"]) -> str:
    """The search for everything of one kind that this person opened."""
    return f"is:{kind} archived:false author:@me"


def plain_words(words: str) -> list[str]:
    """The words of `words` with nothing in them that GitHub's search would take for syntax."""
    found = re.findall(r"\w[\w.'-]*", words)
    return [word for word in found if word.lower() not in _OPERATORS]


def _place(repository: str | None, owner: Owner | None) -> list[str]:
    if repository:
        return [f"repo:{repository}"]
    return [f"{'org' if owner.type == 'Organization' else 'user'}:{owner.login}"] if owner else []


def _fitting(parts: list[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if len(" ".join([*kept, part])) > MAX_LENGTH:
            break
        kept.append(part)
    return " ".join(kept)
