"""Sandboxes on this machine, by bubblewrap: walls of namespaces, limits of resources, and a filter of system calls."""

import asyncio
import json
import os
import platform
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from bot.sandbox.made import BROKEN, MOST, About, Said, new_file, understood
from bot.sandbox.sandbox import SECONDS, Lost, Ran
from bot.sandbox.syscalls import is_known, seccomp_filter
from bot.sandbox.walls import FOLDER, KERNEL, PACKAGES, PYTHON, STYLE, command, find_bubblewrap
from skills.showing import NewFile

MOST_FILES = 5_000
"""Files and folders in the working folder and in /tmp; more of them end the session."""
START_SECONDS = 30.0
GRACE = 3.0
"""How long interrupted code has to come to its end."""
LOOK = 0.25
"""Seconds between two looks at what runs."""
_FIRST_UID, _UIDS = 61_184, 4_336
"""Numbers that no account has; as root every session runs under one of its own, so that no limit is shared."""
Stream = TypeVar("Stream", asyncio.StreamReader, asyncio.StreamWriter)


class _Ready(BaseModel):
    ready: bool
    uid: int


class BubblewrapSession:
    """One process behind the walls, stopped while nobody waits for it."""

    def __init__(self, process: asyncio.subprocess.Process, *, first: int, seconds: float, grace: float) -> None:
        """`first` is the first process inside, bubblewrap's own, with which all others end."""
        self.process = process
        self._in, self._out = _piped(process.stdin), _piped(process.stdout)
        self._seconds, self._grace = seconds, grace
        self.pid = _child_of(first)
        # Not the numbers but the processes themselves: numbers are given again.
        self._first, self._kernel = os.pidfd_open(first), os.pidfd_open(self.pid)
        self._is_closed = False
        with suppress(OSError):
            # If the machine runs out of memory, this is what goes first.
            Path(f"/proc/{self.pid}/oom_score_adj").write_text("1000")

    async def run(self, code: str, files: Sequence[tuple[str, bytes]]) -> Ran:
        self._send(signal.SIGCONT)
        exchange = asyncio.ensure_future(self._exchange(code, files))
        try:
            ran = await self._watched(exchange)
        except BaseException:
            exchange.cancel()
            await asyncio.wait({exchange})
            await self.close()
            raise
        self._send(signal.SIGSTOP)
        return ran

    async def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._first, signal.SIGKILL)
        await _read_out(self.process)
        os.close(self._first)
        os.close(self._kernel)

    async def _watched(self, exchange: asyncio.Future[Ran]) -> Ran:
        """What comes of it, unless it meets a limit that only somebody outside can set."""
        loop = asyncio.get_running_loop()
        began, interrupted = loop.time(), False
        while True:
            done, _ = await asyncio.wait({exchange}, timeout=LOOK)
            if done:
                ran = exchange.result()
                return self._told_why(ran) if interrupted and ran.error else ran
            if self._files() > MOST_FILES:
                raise Lost(f"The code made more than {MOST_FILES:,} files and was ended.")
            taken = loop.time() - began
            if taken > self._seconds + self._grace:
                raise Lost(f"The code took longer than {self._seconds:.0f} seconds and could not be interrupted.")
            if taken > self._seconds and not interrupted:
                interrupted = True
                self._send(signal.SIGINT)

    async def _exchange(self, code: str, files: Sequence[tuple[str, bytes]]) -> Ran:
        about = [{"name": name, "size": len(body)} for name, body in files]
        # Says which question an answer is for: code can also answer without being asked.
        number = secrets.token_hex(8)
        text = json.dumps({"number": number, "code": code, "files": about}).encode()
        try:
            self._in.write(len(text).to_bytes(4, "big") + text)
            for _, body in files:
                self._in.write(body)
                await self._in.drain()
            await self._in.drain()
            said = understood(Said, await read_frame(self._out))
            if said.number != number:
                raise Lost(BROKEN)
            made = [await self._file(about) for about in said.files]
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Lost("The code ended its own process, most likely because it used too much memory.") from error
        return Ran(output=said.output, error=said.error, files=tuple(made), notes=said.notes)

    async def _file(self, about: About) -> NewFile:
        return new_file(about.name, await self._out.readexactly(about.size), about.alt)

    def _told_why(self, ran: Ran) -> Ran:
        why = f"It took longer than {self._seconds:.0f} seconds and was interrupted; variables are still there."
        return replace(ran, error=f"{why}\n{ran.error}")

    def _files(self) -> int:
        """How many files there are inside. Their number is no limit that can be set, and each takes memory."""
        inside = Path(f"/proc/{self.pid}/root")
        with suppress(OSError):
            counts = (os.statvfs(inside / place) for place in ("work", "tmp"))
            return sum(count.f_files - count.f_ffree for count in counts)
        return 0

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._kernel, number)


async def read_frame(source: asyncio.StreamReader) -> bytes:
    """The JSON of one frame. Raises Lost when it is longer than any can be, IncompleteReadError at the end."""
    length = int.from_bytes(await source.readexactly(4), "big")
    if length > MOST:
        raise Lost("The sandbox said more than it may, so it was ended.")
    return await source.readexactly(length)


def _piped(stream: Stream | None) -> Stream:
    """A stream of a process that was started with pipes, where it is never missing."""
    if stream is None:
        raise TypeError("started without a pipe")
    return stream


class Bubblewrap:
    """Starts sessions on this machine, and says why it cannot."""

    def __init__(
        self,
        *,
        style: Path | None = None,
        as_root: bool | None = None,
        furnished: bool = True,
        seconds: float = SECONDS,
        grace: float = GRACE,
    ) -> None:
        """`style` is what charts look like: a style file of matplotlib. `furnished`: pandas is loaded in advance.

        `seconds` is the longest that one run may take; interrupted then, it has `grace` seconds to end.
        """
        self._style = style if style is not None and style.is_file() else None
        self._as_root = os.geteuid() == 0 if as_root is None else as_root
        self._furnished, self._seconds, self._grace = furnished, seconds, grace
        self._number = os.getpid()

    async def start(self) -> BubblewrapSession:
        """A session of its own. Raises Lost when it cannot be begun, with why."""
        return await self._start(furnished=self._furnished)

    async def off(self) -> str:
        """Why this machine cannot wall code in, in a sentence; empty when it can."""
        if why := _lacking():
            return why
        try:
            session = await self._start(furnished=False)
            ran = await session.run(_PROBE, ())
            await session.close()
        except Lost as error:
            return f"bubblewrap does not work here ({error}). {_what_helps(str(error))}"
        return "" if ran.output.strip() == "walled" else f"bubblewrap does not wall code in here: {ran.error[-300:]}"

    async def _start(self, *, furnished: bool) -> BubblewrapSession:
        self._number += 1
        uid = _FIRST_UID + self._number % _UIDS if self._as_root else None
        options = {
            "uid": uid,
            "folder": FOLDER,
            "packages": PACKAGES,
            "style": STYLE if self._style else "",
            "furnished": furnished,
        }
        line = await asyncio.to_thread(command, as_root=self._as_root, style=self._style)
        inside = (f"{PYTHON}/bin/python", "-I", "-S", "-B", "-X", "utf8", KERNEL, json.dumps(options))
        told, tells = os.pipe()
        with os.fdopen(told, "rb", buffering=0) as facts:
            try:
                process = await _spawned(line, inside, tells)
            except OSError as error:
                raise Lost(f"bubblewrap did not start: {error.strerror}") from error
            finally:
                os.close(tells)
            return await self._begun(process, facts)

    async def _begun(self, process: asyncio.subprocess.Process, facts: FileIO) -> BubblewrapSession:
        try:
            async with asyncio.timeout(START_SECONDS):
                understood(_Ready, await read_frame(_piped(process.stdout)))
            first = int(json.loads(facts.read(4096))["child-pid"])
            return BubblewrapSession(process, first=first, seconds=self._seconds, grace=self._grace)
        except (TimeoutError, asyncio.IncompleteReadError, Lost) as error:
            raise Lost(await _last_words(process)) from error
        except BaseException:
            await _ended(process)
            raise


async def _spawned(line: list[str], inside: Sequence[str], tells: int) -> asyncio.subprocess.Process:
    with tempfile.TemporaryFile() as rules:
        rules.write(seccomp_filter())
        rules.seek(0)
        return await asyncio.create_subprocess_exec(
            *line[:1],
            *("--seccomp", str(rules.fileno()), "--info-fd", str(tells)),
            *line[1:],
            *inside,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
            pass_fds=(rules.fileno(), tells),
        )


async def _ended(process: asyncio.subprocess.Process) -> bytes:
    """End what has not begun; the last of what it complained of."""
    with suppress(ProcessLookupError):
        process.kill()
    return await _read_out(process)


async def _read_out(process: asyncio.subprocess.Process) -> bytes:
    """Wait for the end of a process that is ending, with what is still to be read; the last of its complaints."""
    _piped(process.stdin).close()
    complained = b""
    for stream in (_piped(process.stdout), _piped(process.stderr)):
        complained = b""
        while piece := await stream.read(1 << 16):
            complained = piece
    await process.wait()
    return complained


def _child_of(parent: int) -> int:
    """The number of a process's only child. Raises Lost when there is none."""
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            with suppress(OSError):
                # The name, in brackets, may hold anything; the state and the parent come after it.
                if int((place / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]) == parent:
                    return int(place.name)
    raise Lost("The sandbox ended while it began.")


async def _last_words(process: asyncio.subprocess.Process) -> str:
    said = (await _ended(process)).decode(errors="replace").strip()
    return said.splitlines()[-1] if said else f"it did not start within {START_SECONDS:.0f} seconds"


def _lacking() -> str:
    """What has to be there before it can be tried."""
    if sys.platform != "linux":
        return "bubblewrap runs on Linux only; set E2B_API_KEY to compute elsewhere."
    if shutil.which(find_bubblewrap()) is None:
        return (
            "bubblewrap is not installed; install the package `bubblewrap` (version 0.8 or newer), or set E2B_API_KEY."
        )
    if not is_known():
        return f"there is no filter of system calls for {platform.machine()}; set E2B_API_KEY to compute elsewhere."
    return ""


_SWITCHES = (
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
    ("/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces=10000"),
    ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"),
)
"""Where a system forbids what bubblewrap needs: (file, value, the setting that allows it)."""


def _what_helps(said: str) -> str:
    """The next step for an operator."""
    if "unknown option" in said.lower():
        return "Install bubblewrap 0.8 or newer, or set E2B_API_KEY."
    for place, forbids, setting in _SWITCHES:
        with suppress(OSError):
            if Path(place).read_text().strip() == forbids:
                return f"Allow user namespaces with `sysctl {setting}`, or set E2B_API_KEY."
    return "In a container, allow user namespaces as docs/computing.md shows, or set E2B_API_KEY."


_PROBE = """
import os, socket
seen = set(os.listdir("/"))
assert seen <= {"dev", "etc", "inside", "lib", "lib32", "lib64", "packages", "python", "tmp", "usr", "work"}, seen
assert os.getuid() != 0, "it is root"
assert set(os.listdir("/etc")) <= {"ld.so.cache"}, "it sees settings of the machine"
for place in ("/written", "/usr/lib/written", "/dev/written"):
    try:
        open(place, "w")
    except OSError:
        continue
    raise AssertionError("it can write " + place)
for shut in (os.fork, socket.socket):
    try:
        shut()
    except PermissionError:
        continue
    raise AssertionError("system calls are not filtered")
print("walled")
"""
"""Run inside before the first session: prints `walled` when the walls stand, and fails with what is wrong."""
