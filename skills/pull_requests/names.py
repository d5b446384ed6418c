"""From the short names that people use to the full ones that GitHub knows."""

import difflib
import re
from collections.abc import Iterable

from integrations.github.client import GitHub
from skills.errors import RetryToolCall
from skills.skill import ToolContext

_NAME = r"(?!\.{1,2}$)[\w.-]+"
_FULL = re.compile(rf"[A-Za-z0-9-]+/{_NAME}", re.ASCII)
_BARE = re.compile(_NAME, re.ASCII)
_REVIEWER = re.compile(r"[A-Za-z0-9-]+(/[\w-]+)?", re.ASCII)


async def full_name(ctx: ToolContext[GitHub], repository: str) -> str:
    """`owner/name` of a repository that may be named without its owner.

    Raises RetryToolCall when the name alone fits none or several of the repositories that this person can see.
    """
    if _FULL.fullmatch(repository):
        return repository
    if not _BARE.fullmatch(repository):
        raise RetryToolCall(f"`repository` must look like `owner/name`, got {repository!r}.")
    visible = [found.full_name for found in await ctx.client.repositories()]
    fitting = [name for name in visible if name.rpartition("/")[2].lower() == repository.lower()]
    match fitting:
        case [only]:
            return only
        case []:
            raise RetryToolCall(_nothing_fits(repository, visible, account=ctx.account))
        case several:
            names = ", ".join(several)
            raise RetryToolCall(f"`repository` {repository!r} may be any of {names}. Name one in full, or ask which.")


def plain_reviewers(reviewers: Iterable[str]) -> list[str]:
    """Logins and `org/team` names, each once. Raises RetryToolCall for what can be neither, such as a full name."""
    plain = list(dict.fromkeys(reviewer.strip().removeprefix("@") for reviewer in reviewers))
    if wrong := [name for name in plain if not _REVIEWER.fullmatch(name)]:
        raise RetryToolCall(f"`reviewers` must be GitHub logins or `org/team`, got {', '.join(map(repr, wrong))}.")
    return plain


def _nothing_fits(repository: str, visible: list[str], *, account: str) -> str:
    bare = {name.rpartition("/")[2].lower(): name for name in visible}
    alike = [bare[name] for name in difflib.get_close_matches(repository.lower(), bare, n=5, cutoff=0.5)]
    meant = f" Did they mean {' or '.join(alike)}?" if alike else ""
    return f"I cannot see a repository {repository!r} as {account}.{meant} Name one as `owner/name`, or ask which."
