"""Who watches which person's screen, and what they are told as it happens."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

MOST = 2000


@dataclass(slots=True, eq=False)
class Watcher:
    """One open page, acting as one person."""

    user: str
    queue: asyncio.Queue[tuple[str, Any] | None] = field(default_factory=lambda: asyncio.Queue(MOST))


class Live:
    """Tells open pages of changes. Without any page, telling costs nothing."""

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []

    @asynccontextmanager
    async def watch(self, user: str) -> AsyncGenerator[Watcher]:
        """Follow what `user` would see."""
        watcher = Watcher(user)
        self._watchers.append(watcher)
        try:
            yield watcher
        finally:
            self._watchers.remove(watcher)

    @property
    def is_watched(self) -> bool:
        """Whether any page is open."""
        return bool(self._watchers)

    def tell(self, name: str, shape: Callable[[str], Any], *, to: Iterable[str] | None = None) -> None:
        """Send `shape(user)` to every page of the users in `to`, or to all pages."""
        for watcher in self._watchers:
            if to is not None and watcher.user not in to:
                continue
            if watcher.queue.full():
                # A page that stopped reading reconnects and loads afresh.
                watcher.queue = asyncio.Queue(1)
                watcher.queue.put_nowait(None)
                continue
            watcher.queue.put_nowait((name, shape(watcher.user)))

    def close(self) -> None:
        """End all streams."""
        for watcher in self._watchers:
            if not watcher.queue.full():
                watcher.queue.put_nowait(None)
