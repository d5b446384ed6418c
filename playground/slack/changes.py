"""Waiting for something to become true, without asking again and again."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Changes:
    """Wakes whoever waits each time something changed."""

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def tell(self) -> None:
        """Something changed."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, seen: Callable[[], Found], *, seconds: float, instead: Callable[[], object]) -> Found:
        """Wait until `seen()` is truthy and give that; TimeoutError with what `instead` knows after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := seen()):
                    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._waiters.append(waiter)
                    await waiter
                return found
        except TimeoutError:
            raise TimeoutError(f"It did not happen in {seconds:g} s. Latest traffic: {instead()}") from None
