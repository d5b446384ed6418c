"""From the short names that people use to the full ones that GitHub knows."""

import difflib
import re
from collections.abc import Iterable

from integrations.github.client import GitHub

_NAME = r"(?!\.{1,2}$)[\w.-]+"
_FULL = re.compile(rf"[A-Za-z0-9-]+/{_NAME}", re.ASCII)
_BARE = re.compile(_NAME, re.ASCII)


class Unclear(Exception):
    """A name that can be none, or that fits nothing or several: whoever wrote it says what is meant."""


async def full_name(client: GitHub, repository: str, *, account: str) -> str:
    """`owner/name` of a repository that may be named without its owner.

    Raises Unclear when the name alone fits none or several of the repositories that `account` can see.
    """
    if _FULL.fullmatch(repository):
        return repository
    if not _BARE.fullmatch(repository):
        raise Unclear(f"`repository` must look like `owner/name`, got {repository!r}.")
    visible = [found.full_name for found in await client.repositories()]
    fitting = [name for name in visible if name.rpartition("/")[2].lower() == repository.lower()]
    match fitting:
        case [only]:
            return only
        case []:
            raise Unclear(_nothing_fits(repository, visible, account=account))
        case several:
            names = ", ".join(several)
            raise Unclear(f"`repository` {repository!r} may be any of {names}. Name one in full, or ask which.")


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Up to five of `known` that `name` may have meant, the likeliest first."""
    by_lower = {each.lower(): each for each in known}
    return [by_lower[found] for found in difflib.get_close_matches(name.lower(), by_lower, n=5, cutoff=0.5)]


def _nothing_fits(repository: str, visible: list[str], *, account: str) -> str:
    bare = {name.rpartition("/")[2]: name for name in visible}
    alike = [bare[name] for name in nearest(repository, bare)]
    meant = f" Did they mean {' or '.join(alike)}?" if alike else ""
    return f"I cannot see a repository {repository!r} as {account}.{meant} Name one as `owner/name`, or ask which."
