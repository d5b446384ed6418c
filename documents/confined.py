"""One job in a process of its own, with a limit on everything it takes: what strangers wrote is parsed nowhere else."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from weakref import WeakKeyDictionary

import orjson
import structlog
from pydantic import JsonValue

from documents.document import Unreadable
from documents.walls import INSIDE, walls, works
from documents.worker import BROKE, DONE, REFUSED, SWAMPED, frame

log = structlog.get_logger()

_OURS = Path(__file__).resolve().parent
_AT_ONCE = max(1, min(4, os.cpu_count() or 1))
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one job may take."""

    seconds: int = 30
    """By the clock on the wall, from the start of its process."""
    cpu_seconds: int = 20
    memory_bytes: int = 480_000_000
    """Of addresses, so that less than that is ever in use."""
    file_bytes: int = 32_000_000
    """In one file; it has a folder of its own, empty at first."""
    open_files: int = 64
    output_bytes: int = 48_000_000


LIMITS = Limits()


class Overran(Exception):
    """A job took more than it may. The message is a sentence to a person."""

    def __init__(self, what: Literal["time", "memory", "output"]) -> None:
        super().__init__(_TOO_MUCH[what])
        self.what = what


class Broke(Exception):
    """A job's code failed. The message is a sentence to a person, without anything of what it worked on."""

    def __init__(self) -> None:
        super().__init__("It may be damaged, or not what it seems. Save it again, or in another format.")


_TOO_MUCH = {
    "time": "It takes too long to work through. A smaller part of it would do.",
    "memory": "It takes more memory to work through than I may use. A smaller part of it would do.",
    "output": "More would come of it than I can hold. A smaller part of it would do.",
}


async def confined(
    job: str, body: bytes, options: Mapping[str, JsonValue] | None = None, *, limits: Limits = LIMITS
) -> bytes:
    """What the job of that name (documents/jobs.py) makes of `body`, in a process that can do nothing else.

    It has no network, no files and no variables of this machine where bubblewrap works, and limits on its memory, time,
    files and output everywhere. A few run at once; the others wait.

    Raises Unreadable with the job's own sentence, Overran, or Broke when the code failed or the process was ended.
    """
    async with _turn(), _started(limits) as process:
        heard, ended = await _answer(process, _order(job, body, options or {}, limits), limits)
    return _made(job, heard, ended)


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def _turn() -> asyncio.Semaphore:
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE))


@asynccontextmanager
async def _started(limits: Limits) -> AsyncGenerator[asyncio.subprocess.Process]:
    """The process, which is over, with all that it began, when the block is left."""
    folder = tempfile.mkdtemp(prefix="pinyon-")
    try:
        process = await asyncio.create_subprocess_exec(
            *await _line(limits),
            cwd=folder,
            env=_environment(folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _line(limits: Limits) -> list[str]:
    python = [sys.executable, "-P", "-s", "-B", "-m", "documents.worker"]
    if await works():
        return python
    inside = walls(read_only=[_OURS], environment=_environment(INSIDE), room=limits.file_bytes)
    return [*inside, *python]


def _environment(folder: str) -> dict[str, str]:
    return {
        "PYTHONPATH": str(_OURS.parent),
        "HOME": folder,
        "TMPDIR": folder,
        "MPLCONFIGDIR": folder,
        "LANG": "C.UTF-8",
        # Each thread of an allocator or of a numeric library reserves addresses, which are limited.
        "MALLOC_ARENA_MAX": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _order(job: str, body: bytes, options: Mapping[str, JsonValue], limits: Limits) -> bytes:
    told = orjson.dumps({"job": job, "options": dict(options), "limits": asdict(limits)})
    return len(told).to_bytes(8, "big") + told + body


async def _answer(process: asyncio.subprocess.Process, order: bytes, limits: Limits) -> tuple[bytes, int]:
    """What it says, and how it ended."""
    telling = asyncio.create_task(_tell(process, order))
    try:
        async with asyncio.timeout(limits.seconds):
            return await _hear(process, limits.output_bytes), await process.wait()
    except TimeoutError as error:
        raise Overran("time") from error
    finally:
        telling.cancel()
        await asyncio.wait([telling])


async def _tell(process: asyncio.subprocess.Process, order: bytes) -> None:
    if process.stdin is None:
        return
    # It may have ended before it read everything; what it answered, and how it ended, says why.
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(order)
        await process.stdin.drain()
        process.stdin.close()
        await process.stdin.wait_closed()


async def _hear(process: asyncio.subprocess.Process, most: int) -> bytes:
    heard = bytearray()
    while process.stdout is not None and (chunk := await process.stdout.read(_CHUNK)):
        heard += chunk
        if len(heard) > most:
            raise Overran("output")
    return bytes(heard)


def _made(job: str, heard: bytes, ended: int) -> bytes:
    kind, said = heard[:1], heard[9:]
    if heard != frame(kind, said):
        kind = b""
    if kind == DONE:
        return said
    if kind == REFUSED:
        raise Unreadable(said.decode())
    if kind == SWAMPED:
        raise Overran("memory")
    # Of a process behind walls, bubblewrap says 128 and the signal's number.
    if ended in {-signal.SIGXCPU, 128 + signal.SIGXCPU}:
        raise Overran("time")
    # Nobody kills it but the machine itself, when its memory runs out.
    if ended in {-signal.SIGKILL, 128 + signal.SIGKILL}:
        raise Overran("memory")
    log.warning("a confined job broke", job=job, at=said.decode() if kind == BROKE else f"end {ended}")
    raise Broke
