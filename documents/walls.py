"""The walls around a process that reads or runs what strangers wrote: bubblewrap, with Python and nothing else."""

import asyncio
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

log = structlog.get_logger()

INSIDE = "/tmp"  # noqa: S108
"""The one folder inside that can be written when none is brought along; empty at first, and gone with the process."""
_NOBODY = "65534"
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
"""What a program needs to start at all: shared libraries, and where they lie."""
_PROBE_SECONDS = 20
_PROBE = """
import os, socket
assert not {"proc", "sys", "run"} & set(os.listdir("/")) and not os.path.exists("/etc/passwd"), "it sees the machine"
assert [name for _, name in socket.if_nameindex()] in ([], ["lo"]), "it sees the machine's network"
assert os.getuid() != 0, "it is root"
assert set(os.environ) <= {"PWD", "LC_CTYPE"}, "it sees the environment"
for place in ("/written", "/lib/written", "/dev/written"):
    try:
        open(place, "w")
    except OSError:
        continue
    raise AssertionError("it can write " + place)
print("walled")
"""
"""Run inside the walls: prints `walled` when they stand, and fails with what is wrong when they do not."""


def walls(
    *,
    read_only: Sequence[Path] = (),
    writable: Mapping[Path, str] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: str = INSIDE,
    room: int = 64_000_000,
) -> list[str]:
    """The beginning of a command line: what follows it runs with Python's own files and nothing else of the machine.

    No network, no capabilities, not root, no /proc, no /sys, no home, no variables but `environment`, and an end with
    whoever started it. Memory, time and the number of processes are not limited here: that is for whoever starts it.

    `read_only` are more files and folders, seen where they lie. `writable` are folders, each with the place where it is
    seen; what is written there stays. `folder` is where it begins. `room` is how many bytes fit into /tmp; they count
    as memory.
    """
    # Before what is shown: Python itself may lie somewhere under /tmp.
    line = [_bubblewrap(), *_NAMESPACES, *_system(), "--size", str(room), "--tmpfs", INSIDE]
    line += [*_shown((*_python(), *read_only)), "--dev", "/dev"]
    for outside, inside in (writable or {}).items():
        line += ["--bind", str(outside), inside]
    # What bubblewrap makes to hang all this into is memory without a limit, so it is closed at the end.
    line += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", folder, "--clearenv"]
    for name, value in (environment or {}).items():
        line += ["--setenv", name, value]
    return [*line, "--"]


async def works() -> str:
    """Why the walls do not stand on this machine, as a sentence; empty when they do. Found out once in a process."""
    if not _found_out:
        why = await _probe()
        if why:
            log.warning("files of strangers are parsed without walls, with limits only", why=why)
        _found_out.append(why)
    return _found_out[0]


_found_out: list[str] = []
_NAMESPACES = (
    *("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"),
    *("--cap-drop", "ALL", "--uid", _NOBODY, "--gid", _NOBODY, "--hostname", "inside"),
)


def _bubblewrap() -> str:
    return shutil.which("bwrap") or "/usr/bin/bwrap"


def _system() -> list[str]:
    return [word for place in _SYSTEM for word in ("--ro-bind-try", place, place)]


def _python() -> tuple[Path, ...]:
    """Where this Python, and what is installed for it, lies: of a virtual environment both halves."""
    homes = dict.fromkeys((Path(sys.base_prefix), Path(sys.prefix)))
    halves = [home / half for home in homes for half in ("bin", "lib", "lib64", "pyvenv.cfg")]
    return tuple(half for half in halves if half.exists())


def _shown(places: Sequence[Path]) -> list[str]:
    return [word for place in dict.fromkeys(places) for word in ("--ro-bind", str(place), str(place))]


async def _probe() -> str:
    if shutil.which(_bubblewrap()) is None:
        return "bubblewrap is not installed on this machine: install the package `bubblewrap`."
    process = await asyncio.create_subprocess_exec(
        *walls(),
        *(sys.executable, "-I", "-c", _PROBE),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={},
    )
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            said, wrong = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return f"bubblewrap did not start within {_PROBE_SECONDS} seconds."
    if process.returncode == 0 and said.strip() == b"walled":
        return ""
    lines = wrong.decode(errors="replace").strip().splitlines()
    return f"bubblewrap cannot wall a process in here: {lines[-1] if lines else 'it said nothing'}"
