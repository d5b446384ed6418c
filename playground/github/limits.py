"""How many requests each account may still make this hour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from playground.github.errors import Refusal
from playground.github.world import Account

Resource: TypeAlias = Literal["core", "search"]

_WINDOW: dict[Resource, timedelta] = {"core": timedelta(hours=1), "search": timedelta(minutes=1)}
_UNKNOWN = 60
"""Requests an hour for whoever does not sign in."""


@dataclass(slots=True)
class Window:
    """One account's use of one resource until `reset`."""

    limit: int
    used: int
    reset: datetime

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def resets(self) -> int:
        """When it starts again, as GitHub says it: seconds since 1970."""
        return int(self.reset.timestamp())


class Limits:
    """Counts requests; a refused one and one answered by 304 cost nothing."""

    def __init__(self, clock: Callable[[], datetime], *, core: int, search: int) -> None:
        self._clock = clock
        self._most: dict[Resource, int] = {"core": core, "search": search}
        self._windows: dict[tuple[str, Resource], Window] = {}

    def window(self, account: Account | None, resource: Resource) -> Window:
        """The running window of an account; a past one is replaced."""
        key = (account.login if account else "", resource)
        now = self._clock()
        window = self._windows.get(key)
        if window is None or window.reset <= now:
            limit = self._most[resource] if account else _UNKNOWN
            window = self._windows[key] = Window(limit, 0, now + _WINDOW[resource])
        return window

    def spend(self, account: Account | None, resource: Resource) -> Window:
        window = self.window(account, resource)
        if window.remaining == 0:
            whom = f"user ID {account.id}" if account else "127.0.0.1"
            raise Refusal(403, f"API rate limit exceeded for {whom}.")
        window.used += 1
        return window
