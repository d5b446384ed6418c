"""From what people call each other to one person or group of the workspace."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from integrations.errors import NotFound, Refused
from integrations.slack.client import Slack
from integrations.slack.models import Group, User
from skills.errors import RetryToolCall, ToolFailed
from skills.skill import ToolContext

_PERSON = re.compile(r"(?:<@)?((?=[A-Z]*\d)[UW][A-Z0-9]{5,})(?:\|[^<>]*)?>?")
_GROUP = re.compile(r"(?:<!subteam\^)?((?=[A-Z]*\d)S[A-Z0-9]{5,})(?:\|[^<>]*)?>?")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_SELF = {"me", "myself", "@me", "i"}


async def the_person(ctx: ToolContext[Slack], person: str) -> User:
    """Who `person` is: `me`, an id, an address, a handle or a name.

    Raises RetryToolCall when nobody or several are called so, ToolFailed for an address that nobody has.
    """
    given = person.strip()
    if given.lower() in _SELF:
        return await ctx.client.user((await ctx.client.me()).user_id)
    if typed := _PERSON.fullmatch(given):
        return await ctx.client.user(typed[1])
    if _ADDRESS.fullmatch(given):
        return await _by_address(ctx, given)
    return _only(given, people_called(given, await people(ctx), {}))


async def the_group(ctx: ToolContext[Slack], group: str) -> Group:
    """The user group that `group` names, by id, handle or name. Raises RetryToolCall when it is none."""
    given = group.strip()
    groups = await ctx.client.groups()
    typed = _GROUP.fullmatch(given)
    wanted = plain(typed[1] if typed else given.removeprefix("@"))
    exact = [one for one in groups if wanted in {plain(one.id), plain(one.handle), plain(one.name)}]
    close = exact or [one for one in groups if wanted and wanted in plain(f"{one.name} {one.handle}")]
    if len(close) == 1:
        return close[0]
    known = ", ".join(f"@{one.handle}" for one in (close or groups)[:20])
    if close:
        raise RetryToolCall(f"`group` {group!r} may be any of {known}. Name one, or ask which.")
    raise RetryToolCall(f"No group is called {group!r}. " + (f"There are {known}." if known else "There are none."))


async def people(ctx: ToolContext[Slack]) -> tuple[User, ...]:
    """Everybody but the apps."""
    return tuple(user for user in await ctx.client.everybody() if not user.is_bot and user.id != "USLACKBOT")


async def groups_of(ctx: ToolContext[Slack]) -> Mapping[str, list[Group]]:
    """Everybody's user groups by their id; none where the workspace's plan has no groups."""
    found: dict[str, list[Group]] = {}
    try:
        groups = await ctx.client.groups()
    except (NotFound, Refused):
        return found
    for group in groups:
        for user in group.users:
            found.setdefault(user, []).append(group)
    return found


def people_called(words: str, users: Iterable[User], groups: Mapping[str, Sequence[Group]]) -> list[User]:
    """Those whom every word fits (name, handle, title, address, group), those with fitting names first."""
    wanted = [plain(word.removeprefix("@")) for word in words.split()]
    by_name: list[User] = []
    others: list[User] = []
    for user in users:
        name = _words(f"{user.called} {user.profile.display_name} {user.name}")
        about = name + _words(f"{user.profile.title} {user.profile.email}")
        about += [word for group in groups.get(user.id, ()) for word in _words(f"{group.name} {group.handle}")]
        if wanted and _all_fit(wanted, name, slips=True):
            by_name.append(user)
        elif wanted and _all_fit(wanted, about):
            others.append(user)
    return by_name + others


def plain(text: str) -> str:
    """`text` without accents and capitals, so that "tomas" finds "Tomás"."""
    parts = unicodedata.normalize("NFKD", text.strip()).casefold()
    return "".join(part for part in parts if not unicodedata.combining(part))


async def _by_address(ctx: ToolContext[Slack], address: str) -> User:
    try:
        return await ctx.client.by_address(address)
    except NotFound:
        raise ToolFailed(f"Nobody in this workspace has the address {address!r}.") from None


def _only(given: str, found: Sequence[User]) -> User:
    # A bare first name is often somebody's handle too, and need not mean them.
    wanted = plain(given)
    exact = [user for user in found if wanted in {f"@{plain(user.name)}", plain(user.called)}]
    match exact if len(exact) == 1 else found:
        case [user]:
            return user
        case []:
            raise RetryToolCall(f"I cannot find a person called {given!r}. `find_people` with fewer words may, or ask.")
        case several:
            names = ", ".join(f"{user.called} ({user.id})" for user in several[:10])
            raise RetryToolCall(f"`person` {given!r} may be any of {names}. Name one by id, or ask which.")


def _words(text: str) -> list[str]:
    return re.findall(r"[\w.@+-]+", plain(text))


def _all_fit(wanted: Iterable[str], words: Sequence[str], *, slips: bool = False) -> bool:
    """Whether each wanted word begins one of `words`; with `slips`, a wrong letter in a long word is forgiven."""
    return all(
        any(word.startswith(one) or part.startswith(one) for word in words for part in word.split("-"))
        or (slips and len(one) > 4 and bool(difflib.get_close_matches(one, words, n=1, cutoff=0.85)))
        for one in wanted
    )
