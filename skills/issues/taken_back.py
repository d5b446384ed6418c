"""How what was written to an issue is taken back: only where nobody changed it meanwhile."""

from datetime import datetime

from integrations.github.client import GitHub
from integrations.github.models import Issue
from skills.errors import ToolFailed
from skills.issues.settled import the_issue
from skills.skill import ToolContext

NOTIFIED = "People who were notified keep their notification."


async def take_back_comment(ctx: ToolContext[GitHub], *, repository: str, comment: int, text: str) -> None:
    """Delete the comment, unless somebody edited it since; `text` is the fingerprint of what was posted."""
    await ctx.client.issues.take_back(repository, comment, text=text)


async def take_back_change(
    ctx: ToolContext[GitHub], *, repository: str, number: int, before: dict[str, list[str]], after: dict[str, list[str]]
) -> None:
    """Set labels and assignees, those of them that stand in `before`, as they were, if `after` is how they are.

    Raises ToolFailed when somebody changed them since.
    """
    now = marks_of(await the_issue(ctx, repository, number))
    if any(_set(now[name]) != _set(values) for name, values in after.items()):
        raise ToolFailed(
            f"Somebody changed the labels or the assignees of {repository} #{number} since. Nothing was changed."
        )
    await ctx.client.issues.change(repository, number, labels=before.get("labels"), assignees=before.get("assignees"))


async def take_back_closing(ctx: ToolContext[GitHub], *, repository: str, number: int, closed: str) -> None:
    """Open the issue again, if it is still closed as of `closed`. Raises ToolFailed."""
    issue = await the_issue(ctx, repository, number)
    if issue.closed_at != datetime.fromisoformat(closed):
        raise ToolFailed(f"{repository} #{number} was opened or closed again since. Nothing was changed.")
    await ctx.client.issues.reopen(repository, number)


def marks_of(issue: Issue) -> dict[str, list[str]]:
    """The labels and assignees that the issue has."""
    return {"labels": [*issue.label_names], "assignees": [*issue.assigned]}


def _set(values: list[str]) -> set[str]:
    return {value.lower() for value in values}
