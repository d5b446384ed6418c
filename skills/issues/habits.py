"""What people choose the same way again and again with issues, and what they can tap before that is learned."""

from integrations.github.client import GitHub
from integrations.github.recent import recent_repositories
from skills.issues.names import full_name
from skills.skill import Habit, ToolContext

MAX_CHOICES = 5


async def usual_repositories(ctx: ToolContext[GitHub], **_: object) -> list[str]:
    """The repositories that the person works in now, the most recent first."""
    return await recent_repositories(ctx.client, most=MAX_CHOICES)


SEARCHED = {"repository": Habit(label="Repository", ask="Which repository's issues do you want?", in_full=full_name)}
PLACE = {
    "repository": Habit(
        label="Repository", ask="Which repository is the issue in?", choices=usual_repositories, in_full=full_name
    )
}
OPENING = {
    "repository": Habit(
        label="Repository",
        ask="Which repository should this issue go to?",
        choices=usual_repositories,
        in_full=full_name,
    ),
    "labels": Habit(label="Labels", ask="Which labels should it have?", within="repository"),
    "assignees": Habit(label="Assigned to", ask="Who should do it?", within="repository"),
}
