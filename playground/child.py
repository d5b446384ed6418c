"""Pinyon itself, running beside the playground's servers as it would anywhere."""

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

LAST_LINES = 15
GRACE = 4.0
"""Seconds to end by itself; turns that still run are lost with the playground anyway."""


class Died(Exception):
    """Pinyon ended by itself; the message is why, in its own last words."""


class Child:
    """`python -m bot serve` as a process of its own, which writes to `log` and ends when we do."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log

    @classmethod
    async def start(cls, *, environment: Mapping[str, str], log: Path) -> "Child":
        """Start it in the folder of `log`, away from any `.env`; it sees `environment` and nothing else."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", "serve"),
                cwd=log.parent,
                env=dict(environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C in a terminal reaches everyone in the group: this one is asked to end in its turn.
                start_new_session=True,
            )
        return cls(process, log)

    async def until(self, holds: Callable[[], Awaitable[bool]], *, seconds: float) -> None:
        """Wait until `holds()`. Raises Died when the process ends before, or takes longer than `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not await holds():
                    if self._process.returncode is not None:
                        raise self._died()
                    await asyncio.sleep(0.05)
                return
        raise Died(f"Pinyon did not start within {seconds:g} seconds. {self._said()}")

    async def ended(self) -> Died:
        """Wait until it ends by itself; gives why."""
        await self._process.wait()
        return self._died()

    async def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        if self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(GRACE):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def _died(self) -> Died:
        return Died(f"Pinyon ended with code {self._process.returncode}. {self._said()}")

    def _said(self) -> str:
        with self._log.open(encoding="utf-8", errors="replace") as log:
            last = "".join(deque(log, LAST_LINES)).strip()
        return f"The end of its log, {self._log}:\n{last}"
