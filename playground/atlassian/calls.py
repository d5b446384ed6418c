"""One request to Jira's API as an endpoint sees it, and what the endpoint answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeGuard, TypeVar

from playground.atlassian import errors
from playground.atlassian.jql import Finder, JqlError
from playground.atlassian.view import View
from playground.atlassian.world import Account, Issue, Jira, Json, Project, World

Item = TypeVar("Item")

MOST_PER_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request whose sender is known; its properties refuse as Jira does."""

    world: World
    view: View
    who: Account
    match: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    body: Json

    @property
    def jira(self) -> Jira:
        return self.view.jira

    @property
    def now(self) -> datetime:
        return self.world.clock()

    @property
    def issue(self) -> Issue:
        """The ticket of the path."""
        return self.jira.issue(self.who, self.match["issue"])

    @property
    def project(self) -> Project:
        """The project of the path."""
        found = self.jira.project(self.match["project"])
        if found is None:
            raise errors.no_project(self.match["project"])
        return found

    def word(self, name: str, default: str = "") -> str:
        """A parameter of the query, the last one where it is repeated."""
        return self.query[name][-1] if self.query.get(name) else default

    def words(self, name: str) -> list[str]:
        """A parameter that may be repeated, or be a list with commas."""
        return [word.strip() for value in self.query.get(name, ()) for word in value.split(",") if word.strip()]

    def number(self, name: str, default: int) -> int:
        """A parameter that is a whole number. Jira refuses nonsense."""
        value = self.word(name) or str(default)
        if not value.isdecimal():
            raise errors.said(f"The value '{value}' of '{name}' is not a whole number.")
        return int(value)

    def find(self, jql: str, *, within: str = "", unbounded: bool = False) -> list[Issue]:
        """What `jql` means for whoever asks."""
        try:
            return Finder(self.jira, self.who, self.now).find(jql, within=within, unbounded=unbounded)
        except JqlError as error:
            raise errors.said(str(error)) from error

    def wrote(self, action: str, issue: Issue) -> None:
        """Keep a line about this request in the list of writes."""
        self.world.wrote(self.jira, self.who, action, key=issue.key, arguments=self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back as JSON; nothing with 204."""

    body: object = None
    status: int = 200


Endpoint: TypeAlias = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    """With `{issue}`, `{project}` and the like; below `/ex/jira/{cloud}`."""
    endpoint: Endpoint
    scopes: tuple[str, ...]
    """What the token must have been given."""


def page(
    call: Call, items: Sequence[Item], shape: Callable[[Item], object], *, within: str = "values", most: int = 50
) -> Answer:
    """One page of `items` as Jira cuts them, by `startAt` and `maxResults`."""
    start, size = call.number("startAt", 0), min(call.number("maxResults", most), MOST_PER_PAGE)
    shown = [shape(item) for item in items[start : start + size]]
    said: Json = {"startAt": start, "maxResults": size, "total": len(items), within: shown}
    if within == "values":
        said["isLast"] = start + size >= len(items)
    return Answer(body=said)


def is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)
