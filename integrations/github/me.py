"""Who is signed in at GitHub: the name there, and whose repositories they work in."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from pydantic import TypeAdapter

from integrations.errors import NotFound, Refused, unseen
from integrations.github.calls import Calls
from integrations.github.models import Event, Owner, Repository, User
from integrations.github.places import Places

T = TypeVar("T")

_MAX_REPOSITORIES = 500
_MAX_OWNERS = 5
_MAX_EVENTS = 300
_PAGE = 100
_USER = TypeAdapter(User)
_EVENTS = TypeAdapter(tuple[Event, ...])
_REPOSITORY = TypeAdapter(Repository)
_REPOSITORIES = TypeAdapter(tuple[Repository, ...])


class Me:
    """The person that a client is signed in as."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._login: str | None = None

    async def login(self) -> str:
        """Under which name this person is known there."""
        if self._login is None:
            self._login = (await self._calls.read("/user", _USER)).login
        return self._login

    async def repositories(self) -> tuple[Repository, ...]:
        """The repositories that this person has to do with, by name; at most 500."""
        return await self._calls.read_all("/user/repos", _REPOSITORIES, limit=_MAX_REPOSITORIES)

    async def places(self, repositories: Iterable[str]) -> Places:
        """What GitHub tells this person of `repositories`; of some it may tell nothing."""
        names = list(dict.fromkeys(repositories))
        found = await asyncio.gather(*(if_allowed(self._calls.read(f"/repos/{name}", _REPOSITORY)) for name in names))
        return Places({name: one for name, one in zip(names, found, strict=True) if one is not None})

    async def owners(self) -> tuple[Owner, ...]:
        """Whose repositories this person works in; one search each, so only a few, and organisations first."""
        owners = {repository.owner.login: repository.owner for repository in await self.repositories()}
        return tuple(sorted(owners.values(), key=lambda owner: owner.type != "Organization")[:_MAX_OWNERS])

    async def search(self, kind: TypeAdapter[T], query: str, *, limit: int) -> T:
        """What `query` finds among issues and pull requests, the newest activity first, at most 100."""
        return await self._calls.read("/search/issues", kind, q=query, sort="updated", order="desc", per_page=limit)

    async def opened(self, kind: TypeAdapter[T], query: str, *, limit: int) -> list[T]:
        """What `query` finds among what this person opened, the newest first, in pages of 100 at most."""
        pages: list[T] = []
        # One after the other: GitHub's search takes 30 questions in a minute, and people ask some meanwhile.
        for number in range(1, -(-limit // _PAGE) + 1):
            asked: dict[str, str | int] = {"q": query, "sort": "created", "order": "desc"}
            asked |= {"per_page": min(limit, _PAGE), "page": number}
            pages.append(await self._calls.read("/search/issues", kind, **asked))
        return pages

    async def events(self, repository: str, number: int) -> tuple[Event, ...] | None:
        """What was done with an issue or pull request beside words, oldest first; None where GitHub does not tell."""
        path = f"/repos/{repository}/issues/{number}/events"
        return await if_allowed(self._calls.read_all(path, _EVENTS, limit=_MAX_EVENTS))

    async def search_mine(self, kind: TypeAdapter[T], query: Callable[[Owner], str], *, limit: int) -> list[T]:
        """What `query` finds where the person's repositories are, a page for each owner.

        GitHub's search would otherwise go through everything public.
        """
        pages = [self.search(kind, query(owner), limit=limit) for owner in await self.owners()]
        # An organisation that keeps the app out hides what is its own, not that of the others.
        return [page for page in await asyncio.gather(*map(if_allowed, pages)) if page is not None]

    async def seen(self, subject: str, answer: Awaitable[T]) -> T:
        """What `answer` brings; if there is no such thing, an error that says what was looked for, and as whom."""
        try:
            return await answer
        except NotFound as error:
            raise unseen(subject, await self.login()) from error


async def if_allowed(answer: Awaitable[T]) -> T | None:
    """What `answer` brings, or None where the organisation gave the app no such right: the rest is still useful."""
    try:
        return await answer
    except (NotFound, Refused):
        return None
