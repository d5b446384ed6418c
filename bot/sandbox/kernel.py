"""The Python that runs inside the walls: it takes code, runs it as a notebook does, and hands back what came of it.

It is started as a script with nothing but the standard library and the packages that are shown to it, so it imports
nothing of ours. What it hands back is not to be trusted: the code that it runs can do all that it can.
"""

import ast
import contextlib
import ctypes
import io
import json
import linecache
import os
import re
import resource
import signal
import stat
import sys
import traceback
import warnings
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, BinaryIO, TextIO, cast

OUTPUT = 100_000
"""Bytes of output of one run."""
SHOWN = 20_000
"""Characters of a value."""
TRACEBACK = 4_000
"""Characters of a traceback; its end says what went wrong."""
FILES = 20
"""How many files one run hands over."""
FILE = 20_000_000
"""Bytes of a file that is handed over."""
ALL_FILES = 50_000_000
DEEP = 4
"""Folders within folders that are looked into."""
LOOKED_AT = 2_000
DPI = 150
PIXELS = 3_000
"""The longer side of a chart."""
ALT = 400
"""Characters of what is said of a chart."""
_CELL = "<run "


class Limits:
    """What the process may use; the walls limit the folders."""

    memory = 2 << 30
    file = 128 << 20
    cpu_seconds = 900
    threads = 32
    open_files = 128


def confine(uid: int | None) -> None:
    """Set every limit for good, and stop being root where `uid` is given."""
    for what, most in (
        (resource.RLIMIT_AS, Limits.memory),
        (resource.RLIMIT_FSIZE, Limits.file),
        (resource.RLIMIT_CPU, Limits.cpu_seconds),
        (resource.RLIMIT_NPROC, Limits.threads),
        (resource.RLIMIT_NOFILE, Limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(5)
    if uid is None:
        return
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    # Root's rights are gone with its number; this is what could still be handed on. The numbers: linux/capability.h
    version_3, nobody = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capset(version_3, nobody):
        raise OSError(ctypes.get_errno(), "rights of root could not be given up")


class Capped(io.BufferedIOBase):
    """Keeps the first bytes that are written to it, and counts the rest."""

    def __init__(self, most: int) -> None:
        self.kept = bytearray()
        self.dropped = 0
        self._most = most

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        """Take all of it, whatever is kept."""
        given = bytes(data)
        room = self._most - len(self.kept)
        self.kept += given[:room]
        self.dropped += max(0, len(given) - room)
        return len(given)


class Notebook:
    """Runs code in one namespace, and knows which files are new."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[int, int, int]] = {}
        self._runs = 0
        self.names: dict[str, Any] = {"__name__": "__main__", "display": display}

    def know(self, name: str) -> None:
        """A file that was placed here is not new."""
        with contextlib.suppress(OSError):
            self._known[name] = _stamp((self._folder / name).lstat())

    def run(self, code: str) -> tuple[dict[str, Any], list[bytes]]:
        """Run `code`: what to say of it, and the bodies of the files, in the order of what is said."""
        self._runs += 1
        capped = Capped(OUTPUT)
        output = io.TextIOWrapper(cast("BinaryIO", capped), encoding="utf-8", errors="replace", write_through=True)
        error = self._executed(code, output)
        notes: list[str] = []
        files: list[dict[str, Any]] = []
        bodies: list[bytes] = []
        if not error:
            # Of a run that failed nothing is handed over: the one that mends it makes it all again.
            for about, body in (*self._charts(notes), *self._files(notes)):
                files.append({**about, "size": len(body)})
                bodies.append(body)
        close_figures()
        if capped.dropped:
            notes.append(f"{capped.dropped:,} bytes of output were left out, after the first {OUTPUT:,}.")
        said = {"output": clean(bytes(capped.kept).decode(errors="replace"), OUTPUT), "error": error}
        return {**said, "notes": notes, "files": files}, bodies

    def _executed(self, code: str, output: TextIO) -> str:
        name = f"{_CELL}{self._runs}>"
        # What is asked for the lines of a traceback.
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        try:
            body, last = parsed(code, name)
            with writing_to(output), interruptible():
                exec(body, self.names)  # noqa: S102  running what it is given is what this is for, behind the walls
                if last is not None:
                    display(eval(last, self.names))  # noqa: S307
        except BaseException as error:  # noqa: BLE001  whatever the code raises, an exit too, is said of this run and ends only it
            return told(error)
        return ""

    def _charts(self, notes: list[str]) -> Iterator[tuple[dict[str, Any], bytes]]:
        for number, figure in enumerate(open_figures(), start=1):
            if number > FILES:
                notes.append(f"Only the first {FILES} charts were drawn.")
                return
            if getattr(figure, "saved_as", None):
                continue
            try:
                body = drawn(figure)
            except Exception as error:  # noqa: BLE001  a figure can fail in as many ways as the code that made it
                notes.append(f"Chart {number} could not be drawn: {clean(repr(error), 300)}")
                continue
            yield (
                {"name": f"{slug(title_of(figure)) or f'chart-{self._runs}-{number}'}.png", "alt": alt_of(figure)},
                body,
            )

    def _files(self, notes: list[str]) -> Iterator[tuple[dict[str, Any], bytes]]:
        alts = {name: alt_of(figure) for figure in open_figures() for name in getattr(figure, "saved_as", ())}
        handed = total = 0
        for path, stamp in self._new(notes):
            self._known[path] = stamp
            size = stamp[1]
            if size > FILE or total + size > ALL_FILES or handed >= FILES:
                notes.append(f"{clean(path, 100)} ({size:,} bytes) was not handed over: {_too_much(size, handed)}.")
                continue
            if body := read(self._folder / path, FILE):
                handed, total = handed + 1, total + len(body)
                yield {"name": clean(path, 300), "alt": alts.get(Path(path).name, "")}, body

    def _new(self, notes: list[str]) -> list[tuple[str, tuple[int, int, int]]]:
        """New and changed files, oldest first."""
        found: list[tuple[str, tuple[int, int, int]]] = []
        for number, path in enumerate(walked(self._folder)):
            if number >= LOOKED_AT:
                notes.append(f"There are more than {LOOKED_AT:,} files; the others were not looked at.")
                break
            with contextlib.suppress(OSError):
                now = (self._folder / path).lstat()
                if stat.S_ISREG(now.st_mode) and now.st_size and self._known.get(path) != _stamp(now):
                    found.append((path, _stamp(now)))
        return sorted(found, key=lambda one: one[1][0])


def _too_much(size: int, handed: int) -> str:
    if size > FILE:
        return f"a file may have {FILE // 1_000_000} MB"
    return f"{FILES} files are enough" if handed >= FILES else f"together they may have {ALL_FILES // 1_000_000} MB"


def _stamp(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_mtime_ns, found.st_size, found.st_ino


def walked(folder: Path) -> Iterator[str]:
    """Every plain name below `folder`, following no link; names that begin with a dot are somebody's own business."""
    for place, folders, names in os.walk(folder):
        below = Path(place).relative_to(folder)
        folders[:] = [] if len(below.parts) >= DEEP else sorted(one for one in folders if _is_plain(one))
        yield from (str(below / name) for name in sorted(names) if _is_plain(name))


def _is_plain(name: str) -> bool:
    return not name.startswith((".", "__pycache__"))


def read(path: Path, most: int) -> bytes:
    """The first `most` bytes of a regular file; nothing where it is none."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    with os.fdopen(number, "rb") as file:
        return file.read(most) if stat.S_ISREG(os.fstat(number).st_mode) else b""


# Running


def parsed(code: str, name: str) -> tuple[CodeType, CodeType | None]:
    """`code`, and its last line apart where that is an expression."""
    tree = ast.parse(code, name)
    last = None
    if tree.body and isinstance(expression := tree.body[-1], ast.Expr):
        last = compile(ast.Expression(expression.value), name, "eval")
        tree.body.pop()
    return compile(tree, name, "exec"), last


@contextlib.contextmanager
def writing_to(output: TextIO) -> Generator[None]:
    """What is printed goes to `output`, whatever earlier code has made of the streams."""
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        yield
    # The code may have closed it.
    with contextlib.suppress(ValueError):
        output.flush()


@contextlib.contextmanager
def interruptible() -> Generator[None]:
    """Only the code can be interrupted, not what is around it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def told(error: BaseException) -> str:
    """The traceback, with the code's own lines only."""
    said = traceback.TracebackException.from_exception(error, compact=True)
    _only_cells(said, set())
    return clean("".join(said.format()).rstrip()[-TRACEBACK:], TRACEBACK)


def _only_cells(said: traceback.TracebackException | None, seen: set[int]) -> None:
    if said is None or id(said) in seen:
        return
    seen.add(id(said))
    said.stack = traceback.StackSummary.from_list([frame for frame in said.stack if frame.filename.startswith(_CELL)])
    for other in (said.__cause__, said.__context__, *(getattr(said, "exceptions", None) or ())):
        _only_cells(other, seen)


def display(*values: Any) -> None:
    """Print each value as a notebook shows it; nothing for None and for parts of a chart."""
    for value in values:
        if value is not None and not _is_drawing(value):
            text = value if isinstance(value, str) and len(values) > 1 else repr(value)
            print(text if len(text) <= SHOWN else f"{text[:SHOWN]} … ({len(text):,} characters)")  # noqa: T201


def _is_drawing(value: Any) -> bool:
    several = isinstance(value, list | tuple) and len(cast("tuple[Any, ...]", value)) > 0
    parts = cast("tuple[Any, ...]", value if several else (value,))
    return all(type(part).__module__.partition(".")[0] == "matplotlib" for part in parts)


def clean(text: str, most: int) -> str:
    """`text` as UTF-8 can hold it, at most so long."""
    return text[:most].encode("utf-8", "replace").decode()


# Charts: matplotlib is looked at only where the code, or `furnish`, has loaded it.


def open_figures() -> list[Any]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return [] if pyplot is None else [pyplot.figure(number) for number in pyplot.get_fignums()]


def close_figures() -> None:
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def drawn(figure: Any) -> bytes:
    """The figure as PNG."""
    longest = max(*map(float, figure.get_size_inches()), 1.0)
    body = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.savefig(body, format="png", dpi=min(DPI, PIXELS / longest))
    return body.getvalue()


def title_of(figure: Any) -> str:
    titles = (_title(axes) for axes in figure.axes)
    return figure.get_suptitle() or next(filter(None, titles), "")


def _title(axes: Any) -> str:
    return axes.get_title() or axes.get_title(loc="left") or axes.get_title(loc="right")


def alt_of(figure: Any) -> str:
    """What the figure says of itself: its titles, what its axes are, and what its series are called."""
    try:
        parts = [figure.get_suptitle(), *(part for axes in figure.axes for part in _said_by(axes))]
        return clean(". ".join(dict.fromkeys(part.strip().rstrip(".") for part in parts if part.strip())), ALT)
    except Exception:  # noqa: BLE001  the figure's parts are whatever the code has put there
        return ""


def _said_by(axes: Any) -> Iterator[str]:
    yield _title(axes)
    across, up = axes.get_xlabel(), axes.get_ylabel()
    if across or up:
        yield f"{up or 'Values'} by {across}" if across else up
    named = [label for label in axes.get_legend_handles_labels()[1] if not label.startswith("_")]
    if named:
        yield f"Series: {', '.join(named[:12])}"


def slug(title: str) -> str:
    """A title as a file's name."""
    return "-".join(re.findall(r"\w+", title.lower()))[:60].rstrip("-")


def furnish(names: dict[str, Any], style: str) -> None:
    """Load what nearly all code needs, so that its first run need not wait for it."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.figure
    import matplotlib.pyplot as plt
    import numpy as np
    import pandas as pd

    names |= {"np": np, "pd": pd, "plt": plt}
    for option, value in (
        ("max_rows", 20),
        ("min_rows", 20),
        ("max_columns", 30),
        ("width", 160),
        ("max_colwidth", 60),
    ):
        pd.set_option(f"display.{option}", value)
    np.set_printoptions(legacy="1.25")  # 2.5 instead of np.float64(2.5)
    if style:
        plt.style.use(style)
    plt.show = _shows_itself
    _notice_saving(matplotlib.figure.Figure)


def _shows_itself(*_: Any, **__: Any) -> None:
    """There is no window; what is open when the code ends is shown."""


def _notice_saving(kind: Any) -> None:
    """A figure that the code saves itself is not handed over a second time."""
    save = kind.savefig

    def savefig(self: Any, target: Any, *arguments: Any, **options: Any) -> Any:
        done = save(self, target, *arguments, **options)
        if not hasattr(target, "write"):
            self.saved_as = {*getattr(self, "saved_as", ()), Path(target).name}
        return done

    kind.savefig = savefig


# Frames: four bytes of length, as much JSON, then the bodies of the files that it names with their sizes.


def send(to: BinaryIO, said: dict[str, Any], bodies: Iterable[bytes] = ()) -> None:
    text = json.dumps(said).encode()
    to.write(len(text).to_bytes(4, "big") + text)
    for body in bodies:
        to.write(body)
    to.flush()


def receive(source: BinaryIO) -> dict[str, Any] | None:
    """The next frame; None at the end."""
    length = source.read(4)
    return json.loads(source.read(int.from_bytes(length, "big"))) if len(length) == 4 else None


def place(source: BinaryIO, folder: Path, name: str, size: int) -> str:
    """Write a file that came with a frame; what went wrong, else nothing. It is read to its end in any case."""
    problem = ""
    path = folder / Path(name).name
    file = None
    try:
        path.unlink(missing_ok=True)
        file = path.open("xb")
    except OSError as error:
        problem = f"{path.name} could not be placed: {error.strerror}."
    while size:
        piece = source.read(min(size, 1 << 20))
        if not piece:
            raise EOFError
        size -= len(piece)
        if file is not None and not problem:
            try:
                file.write(piece)
            except OSError as error:
                problem = f"{path.name} is not complete: {error.strerror}."
    if file is not None:
        with contextlib.suppress(OSError):
            file.close()
    return problem


def serve(requests: BinaryIO, replies: BinaryIO, notebook: Notebook, folder: Path) -> None:
    """Answer one frame after the other until there is no more."""
    while (asked := receive(requests)) is not None:
        problems = [place(requests, folder, one["name"], one["size"]) for one in asked["files"]]
        for one in asked["files"]:
            notebook.know(one["name"])
        said, bodies = notebook.run(asked["code"])
        notes = [*filter(None, problems), *said["notes"]]
        send(replies, {**said, "number": asked["number"], "notes": notes}, bodies)


def _own(number: int, mode: str) -> Any:
    """A stream over a copy of a descriptor of ours; nobody else is left with the original."""
    copy = os.dup(number)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, number)
    os.close(nothing)
    return os.fdopen(copy, mode)


def main() -> None:
    """Started with JSON: {uid, folder, packages, style, furnished}."""
    options = json.loads(sys.argv[1])
    confine(options["uid"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path.append(options["packages"])
    folder = Path(options["folder"])
    os.chdir(folder)
    notebook = Notebook(folder)
    if options["furnished"]:
        furnish(notebook.names, options["style"])
    requests, replies = _own(0, "rb"), _own(1, "wb")
    send(replies, {"ready": True, "uid": os.getuid()})
    _own(2, "wb").close()
    serve(requests, replies, notebook, folder)


if __name__ == "__main__":
    main()
