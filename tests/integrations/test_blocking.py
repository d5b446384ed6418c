"""Calls through a library that blocks."""

import asyncio
import threading
import time
from datetime import UTC, datetime

import pytest

from integrations.blocking import AT_ONCE, Blocking, Patience, threads_of
from integrations.errors import NotFound, OutcomeUnknown, ServiceUnavailable, silent

QUICK = Patience(answer=1, call=0.2)
ENOUGH = Patience(call=20)
"""On a machine that is busy, too."""


def blocking(name: str = "board", *, threads: int = 4, patience: Patience = ENOUGH) -> Blocking:
    return Blocking("Board", threads_of(name, count=threads), patience=patience)


class Flaky:
    """Fails with each of `errors`, then answers; counts the tries."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = [*errors]
        self.tries = 0

    def __call__(self) -> str:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return "here"


async def test_a_read_is_tried_twice() -> None:
    once = Flaky(silent("Board"))
    assert await blocking().read(once) == "here"
    twice = Flaky(silent("Board"), silent("Board"))
    with pytest.raises(ServiceUnavailable):
        await blocking().read(twice)
    assert (once.tries, twice.tries) == (2, 2)


async def test_a_read_is_not_tried_again_before_a_limit_ends_nor_after_an_answer() -> None:
    for error in (ServiceUnavailable("later.", retry_at=datetime.now(UTC)), NotFound("no.")):
        flaky = Flaky(error)
        with pytest.raises(type(error)):
            await blocking().read(flaky)
        assert flaky.tries == 1


async def test_a_write_is_sent_once() -> None:
    flaky = Flaky(silent("Board"))
    with pytest.raises(ServiceUnavailable):
        await blocking().write(flaky)
    assert flaky.tries == 1


async def test_a_read_that_takes_too_long_is_no_answer() -> None:
    with pytest.raises(ServiceUnavailable, match="Board is not answering"):
        await blocking(patience=QUICK).read(lambda: time.sleep(0.5))


async def test_a_write_that_takes_too_long_may_have_happened() -> None:
    with pytest.raises(OutcomeUnknown, match="it may or may not have happened"):
        await blocking(patience=QUICK).write(lambda: time.sleep(0.5))


async def test_a_write_that_no_thread_began_was_not_sent() -> None:
    gate, narrow = threading.Event(), blocking(threads=1, patience=QUICK)
    busy = asyncio.create_task(narrow.read(gate.wait))
    await asyncio.sleep(0.05)
    sent = Flaky()
    with pytest.raises(ServiceUnavailable):
        await narrow.write(sent)
    gate.set()
    with pytest.raises(ServiceUnavailable):
        await busy
    assert sent.tries == 0


async def test_one_client_reads_so_many_at_a_time_and_no_more() -> None:
    most, now, lock = 0, 0, threading.Lock()

    def reading() -> None:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1

    many = blocking(threads=32)
    await asyncio.gather(*(many.read(reading) for _ in range(3 * AT_ONCE)))
    assert most == AT_ONCE


async def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        await blocking().read(lambda: 1 // 0)
