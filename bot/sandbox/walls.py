"""The walls of bubblewrap: what is there for code inside, and that nothing else is."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from bot.sandbox import kernel

FOLDER = "/work"
ROOM = 256 << 20
"""Bytes of the working folder, which is memory."""
TEMPORARY = 64 << 20
INSTALLED = ("pandas", "matplotlib", "openpyxl")
"""What is there besides the standard library, with all that these need."""
KERNEL, PYTHON, PACKAGES, STYLE = "/inside/kernel.py", "/python", "/packages", "/inside/chart.mplstyle"
_NAMESPACES = (
    *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
    *("--hostname", "sandbox"),
)
_NOBODY = ("--unshare-user", "--uid", "65534", "--gid", "65534")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SYSTEM = (
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
)
_ENVIRONMENT = {
    "HOME": "/tmp",  # noqa: S108
    "TMPDIR": "/tmp",  # noqa: S108
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "LD_LIBRARY_PATH": f"{PYTHON}/lib",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp/.matplotlib",  # noqa: S108
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def command(*, as_root: bool, style: Path | None) -> list[str]:
    """The command line up to what runs inside: what is there, and that nothing else is."""
    line = [find_bubblewrap(), *_NAMESPACES, "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    # Root becomes an account of its own inside, which a user namespace has no number for; it needs none.
    line += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if as_root else [*_NOBODY]
    line += _shown(style)
    for room, place in ((ROOM, FOLDER), (TEMPORARY, "/tmp")):  # noqa: S108
        line += ["--perms", "0777", "--size", str(room), "--tmpfs", place]
    # What all this hangs in is memory without a limit, so it is closed at the end.
    line += ["--remount-ro", "/", "--chdir", FOLDER]
    for name, value in _ENVIRONMENT.items():
        line += ["--setenv", name, value]
    return [*line, "--"]


def _shown(style: Path | None) -> Iterator[str]:
    """Everything that can be read inside, each below folders that everybody may look into."""
    styles = () if style is None else ((style, STYLE),)
    seen = [*_python(), *_packages(), (Path(kernel.__file__), KERNEL), *styles]
    folders = {str(folder) for _, inside in seen for folder in Path(inside).parents} - {"/"}
    for folder in sorted({*folders, "/dev", "/etc", "/usr", "/usr/share"}):
        yield from ("--perms", "0755", "--dir", folder)
    for place in _SYSTEM:
        yield from ("--ro-bind-try", place, place)
    for outside, inside in seen:
        yield from ("--ro-bind", str(outside), inside)
    # What is installed for Python as a whole may be anything, Pinyon too.
    for installed in _standard_library().glob("*-packages"):
        yield from ("--size", "4096", "--tmpfs", f"{PYTHON}/lib/{installed.parent.name}/{installed.name}")
    for device in _DEVICES:
        yield from ("--dev-bind", f"/dev/{device}", f"/dev/{device}")


def _python() -> Iterator[tuple[Path, str]]:
    """The interpreter that runs us, under a path that tells nothing."""
    home, standard = Path(sys.base_prefix), _standard_library()
    yield (home / "bin" / standard.name).resolve(), f"{PYTHON}/bin/python"
    yield standard, f"{PYTHON}/lib/{standard.name}"
    for library in (home / "lib").glob("libpython*.so*"):
        yield library, f"{PYTHON}/lib/{library.name}"


def _standard_library() -> Path:
    return Path(sys.base_prefix) / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"


@cache
def _packages() -> tuple[tuple[Path, str], ...]:
    """The packages that code may use, and nothing else of what is installed beside them."""
    tops = {top for found in _with_requirements(INSTALLED).values() for top in _tops(found)}
    return tuple((top, f"{PACKAGES}/{top.name}") for top in sorted(tops))


def _with_requirements(names: Sequence[str]) -> dict[str, Distribution]:
    from packaging.requirements import Requirement

    found: dict[str, Distribution] = {}
    wanted = list(names)
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        with suppress(PackageNotFoundError):
            found[name] = distribution(name)
            needs = map(Requirement, found[name].requires or ())
            wanted += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found


def _tops(found: Distribution) -> Iterator[Path]:
    """The files and folders of a package that lie beside those of the others."""
    for name in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
        path = Path(str(found.locate_file(name)))
        if path.exists():
            yield path


def find_bubblewrap() -> str:
    """Where bubblewrap is, or would be."""
    return shutil.which("bwrap") or "/usr/bin/bwrap"
