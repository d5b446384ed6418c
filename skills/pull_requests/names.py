"""From the short names that people use to the full ones that GitHub knows."""

import re
from collections.abc import Iterable

from integrations.github import names
from integrations.github.client import GitHub
from skills.errors import RetryToolCall
from skills.skill import ToolContext

_REVIEWER = re.compile(r"[A-Za-z0-9-]+(/[\w-]+)?", re.ASCII)


async def full_name(ctx: ToolContext[GitHub], repository: str) -> str:
    """`owner/name` of a repository that may be named without its owner.

    Raises RetryToolCall when the name alone fits none or several of the repositories that this person can see.
    """
    try:
        return await names.full_name(ctx.client, repository, account=ctx.account)
    except names.Unclear as unclear:
        raise RetryToolCall(str(unclear)) from unclear


def plain_reviewers(reviewers: Iterable[str]) -> list[str]:
    """Logins and `org/team` names, each once. Raises RetryToolCall for what can be neither, such as a full name."""
    plain = list(dict.fromkeys(reviewer.strip().removeprefix("@") for reviewer in reviewers))
    if wrong := [name for name in plain if not _REVIEWER.fullmatch(name)]:
        raise RetryToolCall(f"`reviewers` must be GitHub logins or `org/team`, got {', '.join(map(repr, wrong))}.")
    return plain
