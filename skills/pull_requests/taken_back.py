"""How what was written about a pull request is taken back."""

from integrations.github.client import GitHub
from integrations.github.models import Pull
from skills.errors import ToolFailed
from skills.skill import ToolContext

NOTIFIED = "People who were notified keep their notification."


async def take_back_comment(ctx: ToolContext[GitHub], *, repository: str, comment: int, text: str) -> None:
    """Delete the comment, unless somebody edited it since; `text` is the fingerprint of what was posted."""
    await ctx.client.issues.take_back(repository, comment, text=text)


async def take_back_request(ctx: ToolContext[GitHub], *, repository: str, number: int, reviewers: list[str]) -> None:
    """No longer ask those whose review is still asked for. Raises ToolFailed when there are none."""
    pull = await ctx.client.pull(repository, number)
    still = (
        [name for name in reviewers if name.lower() in asked_of(pull, repository)] if pull.standing == "open" else []
    )
    if not still:
        raise ToolFailed(
            f"{repository} #{number} no longer waits for a review by {', '.join(reviewers)}. Nothing was changed."
        )
    await ctx.client.withdraw_request(repository, number, still)


def asked_of(pull: Pull, repository: str) -> set[str]:
    """Whose review is asked for, in lower case: logins, and teams as `org/team`."""
    owner = repository.partition("/")[0]
    people = {reviewer.login.lower() for reviewer in pull.requested_reviewers}
    return people | {f"{owner}/{team.slug}".lower() for team in pull.requested_teams}
