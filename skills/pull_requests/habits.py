"""What people choose the same way again and again with pull requests, and what they can tap before that is learned."""

from integrations.github.client import GitHub
from integrations.github.recent import recent_repositories
from skills.pull_requests.names import full_name
from skills.skill import Habit, ToolContext

MAX_CHOICES = 5


async def usual_repositories(ctx: ToolContext[GitHub], **_: object) -> list[str]:
    """The repositories that the person works in now, the most recent first."""
    return await recent_repositories(ctx.client, most=MAX_CHOICES)


SEARCHED = {
    "repository": Habit(label="Repository", ask="Which repository's pull requests do you want?", in_full=full_name)
}
PLACE = {
    "repository": Habit(
        label="Repository",
        ask="Which repository is the pull request in?",
        choices=usual_repositories,
        in_full=full_name,
    )
}
REVIEW = {
    **PLACE,
    "reviewers": Habit(label="Reviewers", ask="Who should review it?", within="repository"),
}
MERGING = {
    **PLACE,
    "method": Habit(label="Method", ask="How should it be merged?", within="repository"),
}
