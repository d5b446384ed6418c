"""Calls through a library that blocks: in threads of the vendor's own, within a time, once or, for reads, twice."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from integrations.errors import ServiceUnavailable, silent, unknown

T = TypeVar("T")

AT_ONCE = 8
"""Reads that one client has under way at a time."""
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one call may take, in seconds."""

    answer: int = 10
    """Between two bytes of the answer."""
    call: float = 25
    """Altogether, with the wait for a thread and the second try of a read."""


PATIENCE = Patience()


def threads_of(service: str, *, count: int = 32) -> ThreadPoolExecutor:
    """A vendor's pool: a slow one must not starve the others, nor whatever else uses the loop's threads."""
    return ThreadPoolExecutor(max_workers=count, thread_name_prefix=service)


class Blocking:
    """One client's way into its vendor's threads.

    An action sends one request with a time-out of its own (`Patience.answer`) and raises the errors of
    `integrations.errors`; anything else that it raises is a bug and passes.
    """

    def __init__(self, service: str, pool: ThreadPoolExecutor, *, patience: Patience = PATIENCE) -> None:
        self._service = service
        self._pool = pool
        self._patience = patience
        self._turnstile = asyncio.Semaphore(AT_ONCE)

    async def read(self, action: Callable[[], T]) -> T:
        """What `action` gives. A vendor that does not answer is tried once more. Raises ServiceUnavailable."""

        def twice() -> T:
            try:
                return action()
            except ServiceUnavailable as error:
                # A limit names its end; before that, another try only makes it longer.
                if error.retry_at is not None:
                    raise
            time.sleep(_PAUSE_SECONDS)
            return action()

        async with self._turnstile:
            future = self._pool.submit(twice)
            try:
                return await asyncio.wait_for(asyncio.wrap_future(future), self._patience.call)
            except TimeoutError:
                raise silent(self._service) from None

    async def write(self, action: Callable[[], T]) -> T:
        """Run `action` once. Raises OutcomeUnknown when its request may have been carried out unseen."""
        future = self._pool.submit(action)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._patience.call)
        except TimeoutError:
            # What can still be cancelled was begun by no thread: then nothing was sent.
            raise (silent(self._service) if future.cancel() else unknown(self._service)) from None
