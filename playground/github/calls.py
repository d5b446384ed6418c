"""One request to the REST API as an endpoint sees it, and what the endpoint answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeGuard, TypeVar
from urllib.parse import urlencode

from playground.github import errors
from playground.github.limits import Limits
from playground.github.site import Site
from playground.github.tokens import Tokens
from playground.github.world import Account, Issue, Pull, Repository, Right, World

Json: TypeAlias = dict[str, Any]
Item = TypeVar("Item")

MOST_PER_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request whose sender is known; its properties refuse as GitHub does."""

    site: Site
    tokens: Tokens
    limits: Limits
    account: Account | None
    """Whose token came; None without one."""
    is_app: bool
    """Whether the App's own id and secret came instead."""
    path: str
    """Below the API's base URL."""
    match: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    accept: str

    @property
    def world(self) -> World:
        return self.site.world

    @property
    def who(self) -> Account:
        """Whoever asks; nobody is refused."""
        if self.account is None:
            raise errors.sign_in_needed()
        return self.account

    @property
    def repository(self) -> Repository:
        return self.world.repository(self.account, self.match["owner"], self.match["repo"])

    @property
    def issue(self) -> Issue:
        """The issue or pull request of the path's number."""
        number = self.match["number"]
        found = self.repository.issues.get(int(number)) if number.isdecimal() else None
        if found is None:
            raise errors.not_found()
        return found

    @property
    def pull(self) -> Pull:
        found = self.issue
        if not isinstance(found, Pull):
            raise errors.not_found()
        return found

    def need(self, right: Right) -> None:
        """Refuse unless the sender has `right` in the path's repository."""
        if not self.world.may(self.who, right, self.repository):
            raise errors.push_needed()

    def text(self, key: str, default: str = "") -> str:
        """A string of the body; null counts as left out."""
        value = self.body.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise errors.not_of_type(key, value, "a string")
        return value

    def items(self, key: str) -> list[object]:
        """A list of the body, empty when left out."""
        value: object = self.body.get(key) or []
        if not is_list(value):
            raise errors.not_of_type(key, value, "an array")
        return value

    def texts(self, key: str) -> list[str]:
        """A list of strings of the body."""
        found = self.items(key)
        if not all(isinstance(item, str) for item in found):
            raise errors.not_of_type(key, found, "an array of strings")
        return [str(item) for item in found]

    def wrote(self, action: str, *, number: int, made: int | None = None) -> None:
        """Keep a line about this request in the list of writes."""
        self.world.wrote(self.who, action, self.repository, number=number, arguments=self.body, made=made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back: JSON, or text of another media type."""

    body: object = None
    status: int = 200
    media: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Endpoint: TypeAlias = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    """With `{owner}`, `{repo}`, `{number}` and the like; below the API's base URL."""
    endpoint: Endpoint
    array: str = ""
    """The key that a body stands for when it is a bare array; empty where GitHub takes none."""


def created(body: object) -> Answer:
    return Answer(body=body, status=201)


def page(
    call: Call,
    items: Sequence[Item],
    shape: Callable[[Item], object],
    *,
    within: Callable[[list[object]], object] | None = None,
) -> Answer:
    """One page of `items`, with the Link header that leads to the others."""
    size = min(_number(call, "per_page", 30), MOST_PER_PAGE)
    number = _number(call, "page", 1)
    last = max(1, -(-len(items) // size))
    shown = [shape(item) for item in items[(number - 1) * size : number * size]]
    turns = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    useful = {
        name: target
        for name, target in turns.items()
        if 1 <= target <= last and target != number and (name != "last" or number < last)
    }
    links = ", ".join(f'<{_address(call, target)}>; rel="{name}"' for name, target in useful.items())
    return Answer(body=within(shown) if within else shown, headers={"Link": links} if links else {})


def is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _number(call: Call, name: str, default: int) -> int:
    """GitHub takes nonsense for the default rather than refusing it."""
    value = call.query.get(name, "")
    return max(1, int(value)) if value.isdecimal() else default


def _address(call: Call, number: int) -> str:
    return f"{call.site.api}{call.path}?{urlencode({**call.query, 'page': number})}"
