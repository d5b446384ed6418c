"""What is settled before a card shows it: full names, and whether it can be done at all."""

from typing import Any

from integrations.github.client import GitHub
from integrations.github.models import Issue
from integrations.github.texts import MAX_TEXT
from skills.errors import RetryToolCall, ToolFailed
from skills.issues.names import NONE, full_name, known_labels, labels_of_issue, logins
from skills.skill import ToolContext, Version

MAX_TITLE = 256


async def the_issue(ctx: ToolContext[GitHub], repository: str, number: int) -> Issue:
    """The issue. Raises ToolFailed when the number is a pull request's: GitHub counts both alike."""
    issue = await ctx.client.issues.read(repository, number)
    if issue.pull_request is not None:
        raise ToolFailed(
            f"{repository} #{number} is a pull request and no issue. Use the tools for pull requests."
            " Nothing was changed."
        )
    return issue


async def issue_in_full(ctx: ToolContext[GitHub], *, repository: str, number: int, **others: Any) -> dict[str, Any]:
    place = await full_name(ctx, repository)
    await the_issue(ctx, place, number)
    return {"repository": place, "number": number, **others}


async def open_one_in_full(ctx: ToolContext[GitHub], *, repository: str, number: int, **others: Any) -> dict[str, Any]:
    """As `issue_in_full`. Raises ToolFailed when the issue is closed already."""
    place = await full_name(ctx, repository)
    issue = await the_issue(ctx, place, number)
    if issue.state == "closed":
        raise ToolFailed(f"{place} #{number} is {issue.standing} already. Nothing was changed.")
    return {"repository": place, "number": number, **others}


async def comment_in_full(ctx: ToolContext[GitHub], *, body: str, **others: Any) -> dict[str, Any]:
    check_text(body, needed=True)
    return await issue_in_full(ctx, body=body, **others)


async def new_in_full(
    ctx: ToolContext[GitHub], *, repository: str, title: str, body: str, labels: list[str], assignees: list[str]
) -> dict[str, Any]:
    _check_title(title)
    check_text(body, needed=False)
    place = await full_name(ctx, repository)
    return {
        "repository": place,
        "title": title.strip(),
        "body": body,
        "labels": await known_labels(ctx, place, labels, field="labels"),
        "assignees": await logins(ctx, place, [name for name in assignees if name.lower() != NONE]),
    }


async def change_in_full(
    ctx: ToolContext[GitHub],
    *,
    repository: str,
    number: int,
    add_labels: list[str],
    remove_labels: list[str],
    assignees: list[str] | None,
) -> dict[str, Any]:
    if not (add_labels or remove_labels) and assignees is None:
        raise RetryToolCall("Say what to change: `add_labels`, `remove_labels` or `assignees`.")
    place = await full_name(ctx, repository)
    issue = await the_issue(ctx, place, number)
    added = await known_labels(ctx, place, add_labels, field="add_labels")
    removed = labels_of_issue(issue.label_names, remove_labels, field="remove_labels")
    if both := set(added) & set(removed):
        raise RetryToolCall(f"`add_labels` and `remove_labels` both name {', '.join(sorted(both))}.")
    return {
        "repository": place,
        "number": number,
        "add_labels": added,
        "remove_labels": removed,
        "assignees": None if assignees is None else await _assignees(ctx, place, assignees),
    }


async def standing(ctx: ToolContext[GitHub], repository: str, number: int, **_: object) -> Version:
    """Whether the issue is open."""
    issue = await the_issue(ctx, repository, number)
    return Version(fingerprint=f"{repository}#{number} {issue.standing}", said=issue.standing)


async def marks(ctx: ToolContext[GitHub], repository: str, number: int, **_: object) -> Version:
    """Which labels and assignees the issue has."""
    issue = await the_issue(ctx, repository, number)
    labels, people = ", ".join(sorted(issue.label_names)), ", ".join(sorted(issue.assigned))
    said = f"{issue.standing}; labels: {labels or 'none'}; assigned to {people or 'nobody'}"
    return Version(fingerprint=f"{repository}#{number} {said}", said=said)


async def _assignees(ctx: ToolContext[GitHub], repository: str, people: list[str]) -> list[str]:
    """The logins, or `none` alone. Raises RetryToolCall when `none` stands beside somebody."""
    named = [name for name in people if name.strip().lower() != NONE]
    if named and len(named) < len(people):
        raise RetryToolCall(f"`assignees`: {NONE!r} stands alone, or leave it out.")
    return await logins(ctx, repository, named) or [NONE]


def _check_title(title: str) -> None:
    if not title.strip() or "\n" in title.strip():
        raise RetryToolCall("`title` must be one line that says what it is about.")
    if len(title) > MAX_TITLE:
        raise RetryToolCall(f"`title` may have {MAX_TITLE} characters, got {len(title)}. Say it shorter.")


def check_text(body: str, *, needed: bool) -> None:
    if needed and not body.strip():
        raise RetryToolCall("`body` must not be empty: say in it what is to be posted.")
    if len(body) > MAX_TEXT:
        raise RetryToolCall(f"`body` may have {MAX_TEXT:,} characters, got {len(body):,}. Say it shorter.")
