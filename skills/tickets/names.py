"""From the names that people use to the ones that Jira knows."""

import difflib
import re
from collections.abc import Iterable, Sequence

from integrations.atlassian.client import Jira
from integrations.atlassian.models import FoundProject, User
from skills.errors import RetryToolCall
from skills.skill import ToolContext

NOBODY = "none"
"""What takes a value away; on a card, an empty line would be no line."""

_KEY = re.compile(r"(?:https?://\S+/browse/)?([A-Za-z][A-Za-z0-9_]*-[1-9]\d*)(?:[?#]\S*)?", re.ASCII)
_ADDRESS = re.compile(r"(?:.*<)?([^\s<>@]+@[^\s<>@]+\w)>?")
_ACCOUNT = re.compile(r".*\(account ([^\s()]+)\)")


def ticket_key(key: str, *, parameter: str = "key") -> str:
    """`TRAIL-141` from a key as people write it, or from its link. Raises RetryToolCall."""
    found = _KEY.fullmatch(key.strip())
    if not found:
        raise RetryToolCall(f"`{parameter}` must look like `TRAIL-141`, got {key!r}. Find it with search_tickets.")
    return found.group(1).upper()


def project_of(key: str) -> str:
    """The project's key within a ticket's."""
    return key.rpartition("-")[0]


async def project_key(ctx: ToolContext[Jira], project: str) -> str:
    """The key of a project named by key or name. Raises RetryToolCall when none or several fit."""
    return (await project_named(ctx, project)).key


async def project_named(ctx: ToolContext[Jira], project: str) -> FoundProject:
    """The project with this key or name. Raises RetryToolCall when none or several fit."""
    wanted = project.strip().lower()
    found = await ctx.client.projects(project.strip())
    exact = [one for one in found if wanted in {one.key.lower(), one.name.lower()}]
    fitting = exact or found
    if len(fitting) == 1:
        return fitting[0]
    visible = found or await ctx.client.projects()
    names = ", ".join(f"{one.key} ({one.name})" for one in visible[:10])
    if found:
        raise RetryToolCall(f"`project` {project!r} may be any of {names}. Name its key, or ask which.")
    raise RetryToolCall(f"I cannot see a project {project!r} as {ctx.account}. There are {names or 'none'}.")


async def person(ctx: ToolContext[Jira], name: str, *, project: str | None = None, parameter: str = "assignee") -> User:
    """The one account that `name` means: `me`, a name, an address, or what `in_full` made of one.

    With `project`, only who can be given its tickets. Raises RetryToolCall naming the candidates.
    """
    if name.strip().lower() == "me":
        return await ctx.client.myself()
    if account := _ACCOUNT.fullmatch(name.strip()):
        found = await ctx.client.person(account.group(1), project=project)
        return _only(name, [found] if found else [], parameter=parameter)
    address = _ADDRESS.fullmatch(name.strip())
    words = address.group(1) if address else name.strip().removeprefix("@")
    return _only(name, _best(words, await ctx.client.people(words, project=project)), parameter=parameter)


def in_full(user: User) -> str:
    """A name that means this account and no other, for the card and for the call after it."""
    if user.email_address:
        return f"{user.display_name} <{user.email_address}>"
    return f"{user.display_name} (account {user.account_id})"


def one_of(value: str, known: Iterable[str], *, parameter: str, what: str) -> str:
    """`value` as it is spelled among `known`. Raises RetryToolCall naming what there is."""
    names = list(known)
    wanted = value.strip().lower()
    for name in names:
        if name.lower() == wanted:
            return name
    alike = difflib.get_close_matches(wanted, [name.lower() for name in names], n=1, cutoff=0.6)
    meant = f" Did they mean {next(name for name in names if name.lower() == alike[0])!r}?" if alike else ""
    raise RetryToolCall(f"`{parameter}`: there is no {what} {value!r}.{meant} There are {listed(names)}.")


def listed(names: Sequence[str], *, limit: int = 15) -> str:
    """Some of `names`, and how many more there are."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return f"{', '.join(map(repr, names[:limit]))}{more}" if names else "none"


def _best(words: str, found: Sequence[User]) -> list[User]:
    """Those of `found` whose name or address is exactly what was said, else all of them."""
    wanted = words.lower()
    exact = [user for user in found if wanted in {user.display_name.lower(), (user.email_address or "").lower()}]
    return exact or list(found)


def _only(name: str, found: Sequence[User], *, parameter: str) -> User:
    match found:
        case [only]:
            return only
        case []:
            raise RetryToolCall(f"`{parameter}`: I know nobody {name!r} in Jira who fits here. Ask who is meant.")
        case several:
            names = ", ".join(in_full(user) for user in several[:8])
            raise RetryToolCall(f"`{parameter}` {name!r} may be any of {names}. Name one in full, or ask which.")
