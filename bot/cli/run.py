"""What every command that runs begins and ends with."""

import asyncio
import ctypes
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NoReturn

import uvloop

from bot.settings import Misset, Settings, read_settings
from bot.telemetry import set_up_logs
from memory.database import migrate, start_embedded


def settings_or_exit() -> Settings:
    """The settings; what is wrong with them is printed, a line each, and ends the process with 2."""
    try:
        return read_settings()
    except Misset as error:
        give_up(str(error))


def give_up(why: str) -> NoReturn:
    print(f"{why}\n\n`pinyon doctor` checks every setting.", file=sys.stderr)
    raise SystemExit(2)


async def database_url(settings: Settings) -> str:
    """The database's address, started if it is our own, with the newest tables."""
    url = await database_address(settings)
    await migrate(url)
    return url


async def database_address(settings: Settings) -> str:
    """The database's address, started if it is our own."""
    if settings.pinyon_database_url is not None:
        return settings.pinyon_database_url
    return await asyncio.to_thread(start_embedded, settings.pinyon_data_dir.absolute() / "postgres")


def keep_to_ourselves() -> None:
    """Let no other process of the same user read this one's memory and environment: they hold tokens (prctl(2)).

    What is parsed in a process of its own may run as the same user, where there is nothing better to shut it in.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


_PR_SET_DUMPABLE = 4


def run(main: Callable[[asyncio.Event], Coroutine[Any, Any, None]], *, logs: str) -> None:
    """Run `main` until SIGTERM or Ctrl-C sets its event."""
    set_up_logs(logs)
    keep_to_ourselves()
    # DBOS works in threads. With Python's usual 5 ms each of their steps would wait that long for a busy event loop.
    sys.setswitchinterval(0.0005)

    async def until_stopped() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        await main(stop)

    uvloop.run(until_stopped())


async def until(stop: asyncio.Event, *others: Awaitable[Any]) -> None:
    """Wait for the stop, or for the first of `others` to end: a server that ends by itself ends the process."""
    waiting = [asyncio.ensure_future(stop.wait()), *map(asyncio.ensure_future, others)]
    done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    for task in waiting[:1]:
        task.cancel()
    for task in done:
        if not task.cancelled() and (error := task.exception()):
            raise error
