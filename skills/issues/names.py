"""From what people call repositories, labels and people to what GitHub calls them."""

import re
from collections.abc import Iterable

from integrations.github import names
from integrations.github.client import GitHub
from integrations.github.issues import MAX_NAMES
from integrations.github.names import nearest
from skills.errors import RetryToolCall
from skills.skill import ToolContext

ME = "me"
NONE = "none"
"""Stands for no assignee: an empty list would leave no line on the card. Nobody on GitHub can be called so."""
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]|\[bot\])*(?:_[a-z0-9]+)?", re.ASCII)


async def full_name(ctx: ToolContext[GitHub], repository: str) -> str:
    """`owner/name` of a repository that may be named without its owner. Raises RetryToolCall."""
    try:
        return await names.full_name(ctx.client, repository, account=ctx.account)
    except names.Unclear as unclear:
        raise RetryToolCall(str(unclear)) from unclear


async def known_labels(ctx: ToolContext[GitHub], repository: str, labels: Iterable[str], *, field: str) -> list[str]:
    """`labels` as the repository spells them, each once. Raises RetryToolCall for one that it does not have.

    GitHub would make a label of any word without asking.
    """
    if not (wanted := _each_once(labels)):
        return []
    known = await ctx.client.issues.labels(repository)
    return _spelled(wanted, known, field=field, where=f"{repository} has no label")


def labels_of_issue(present: Iterable[str], labels: Iterable[str], *, field: str) -> list[str]:
    """`labels` as they stand on an issue that has those `present`. Raises RetryToolCall for one that it lacks."""
    return _spelled(_each_once(labels), tuple(present), field=field, where="The issue has no label")


async def logins(ctx: ToolContext[GitHub], repository: str, people: Iterable[str]) -> list[str]:
    """The logins of those who are to be assigned, each once; `me` is the person.

    Raises RetryToolCall for what can be no login, and for somebody who cannot be assigned there.
    """
    given = [name.removeprefix("@") for name in _each_once(people)]
    if wrong := [name for name in given if not _LOGIN.fullmatch(name)]:
        raise RetryToolCall(f"`assignees` must be GitHub logins or `me`, got {', '.join(map(repr, wrong))}.")
    if not given:
        return []
    wanted = _each_once([await ctx.client.login() if name.lower() == ME else name for name in given])
    known = await ctx.client.issues.assignable(repository)
    if len(known) >= MAX_NAMES:
        return wanted  # not all of them are known here; GitHub itself refuses strangers
    return _spelled(wanted, known, field="assignees", where=f"Nobody can be assigned in {repository} by the login")


def _each_once(given: Iterable[str]) -> list[str]:
    return list({name.lower(): name for each in given if (name := each.strip())}.values())


def _spelled(wanted: list[str], known: tuple[str, ...], *, field: str, where: str) -> list[str]:
    by_lower = {name.lower(): name for name in known}
    if missing := [name for name in wanted if name.lower() not in by_lower]:
        alike = list(dict.fromkeys(found for name in missing for found in nearest(name, known)))
        offered = alike or sorted(known, key=str.lower)[:20]
        meant = f" The nearest are: {', '.join(offered)}." if alike else f" There are: {', '.join(offered) or 'none'}."
        raise RetryToolCall(f"`{field}`: {where} {', '.join(map(repr, missing))}.{meant}")
    return [by_lower[name.lower()] for name in wanted]
