"""Sandboxes at E2B: a small machine of its own for each session, without a way to the internet."""

import base64
import binascii
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import structlog

from bot.sandbox.kernel import ALL_FILES, ALT, FILE, FILES, OUTPUT, TRACEBACK
from bot.sandbox.made import new_file
from bot.sandbox.sandbox import SECONDS, Lost, Ran
from skills.showing import NewFile

if TYPE_CHECKING:
    from e2b.sandbox.filesystem.filesystem import EntryInfo
    from e2b_code_interpreter import AsyncSandbox, Execution, OutputMessage, Result

log = structlog.get_logger()

FOLDER = "/home/user"
DEEP = 4
KEPT = 20 * 60
"""Seconds after which E2B ends a session that we have forgotten; ours ends it sooner."""
MOST_SAID = 20 * OUTPUT
"""Bytes of output after which the code is no longer listened to."""
_STYLE = f"{FOLDER}/.chart.mplstyle"
_FURNISH = """
import numpy as np, pandas as pd, matplotlib.pyplot as plt
for _option, _value in (("max_rows", 20), ("min_rows", 20), ("max_columns", 30), ("width", 160), ("max_colwidth", 60)):
    pd.set_option(f"display.{_option}", _value)
import os, sys
sys.path[:] = [_one for _one in sys.path if _one and not _one.startswith("/home")]  # no file of a person is a module
if os.path.exists(STYLE): plt.style.use(STYLE)
""".replace("STYLE", repr(_STYLE))


class E2BSession:
    """One sandbox at E2B."""

    def __init__(self, sandbox: "AsyncSandbox") -> None:
        self._sandbox = sandbox
        self._known: dict[str, tuple[float, int]] = {}
        self._runs = 0

    async def run(self, code: str, files: Sequence[tuple[str, bytes]]) -> Ran:
        """Place `files` and run `code`. Raises Lost."""
        self._runs += 1
        try:
            return await self._run(code, files)
        except _errors() as error:
            log.info("an E2B sandbox is lost", error=repr(error))
            await self.close()
            raise Lost(_why(error)) from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End it; what does not answer ends by itself."""
        with suppress(*_errors()):
            await self._sandbox.kill()

    async def _run(self, code: str, files: Sequence[tuple[str, bytes]]) -> Ran:
        await self._sandbox.set_timeout(KEPT)
        if files:
            placed = {f"{FOLDER}/{name}": body for name, body in files}
            await self._sandbox.files.write_files([{"path": path, "data": body} for path, body in placed.items()])
            self._known |= {one.path: _stamp(one) for one in await self._listed() if one.path in placed}
        heard = _Heard()
        execution = await self._sandbox.run_code(
            code, timeout=SECONDS, on_stdout=heard.hears, on_stderr=heard.hears, on_result=heard.sees
        )
        output = _output(heard, execution)
        if execution.error is not None:
            return Ran(output=output, error=execution.error.traceback[-TRACEBACK:])
        notes: list[str] = []
        charts = [chart for number, one in enumerate(heard.results, 1) if (chart := self._chart(one, number))]
        made = await self._made(notes)
        return Ran(output=output, files=(*charts[:FILES], *made), notes=tuple(notes))

    def _chart(self, result: "Result", number: int) -> NewFile | None:
        if not result.png or len(result.png) > FILE:
            return None
        try:
            body = base64.b64decode(result.png, validate=False)
        except binascii.Error:
            return None
        return new_file(f"chart-{self._runs}-{number}.png", body, _alt(result))

    async def _made(self, notes: list[str]) -> list[NewFile]:
        """New and changed files, as far as they may be handed over."""
        made: list[NewFile] = []
        total = 0
        new = [one for one in await self._listed() if self._known.get(one.path) != _stamp(one)]
        for one in sorted(new, key=lambda one: one.modified_time):
            self._known[one.path] = _stamp(one)
            if len(made) >= FILES or one.size > FILE or total + one.size > ALL_FILES:
                notes.append(f"{one.name[:100]} ({one.size:,} bytes) was not handed over: too large, or one too many.")
            elif body := await self._read(one.path):
                total += len(body)
                made.append(new_file(one.name, body))
        return made

    async def _listed(self) -> "list[EntryInfo]":
        """Every plain file that nobody has hidden."""
        from e2b import FileType

        found = await self._sandbox.files.list(FOLDER, depth=DEEP)
        plain = (one for one in found if one.type == FileType.FILE and not one.symlink_target and one.size)
        return [one for one in plain if not any(part.startswith(".") for part in Path(one.path).parts)]

    async def _read(self, path: str) -> bytes:
        """A file, unless it has grown beyond its size meanwhile."""
        body = bytearray()
        async with await self._sandbox.files.read(path, format="stream") as pieces:
            async for piece in pieces:
                body += piece
                if len(body) > FILE:
                    return b""
        return bytes(body)


class _Heard:
    """What the code says while it runs, up to a limit."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.results: list[Result] = []
        self._size = 0

    def hears(self, message: "OutputMessage") -> None:
        self._size += len(message.line)
        self.said.append(message.line)
        if self._size > MOST_SAID:
            raise Lost(f"The code printed more than {MOST_SAID:,} characters and was ended.")

    def sees(self, result: "Result") -> None:
        self.results.append(result)


class E2B:
    """Starts sessions at E2B."""

    def __init__(self, *, key: str, api_url: str = "", sandbox_url: str = "", style: Path | None = None) -> None:
        self._key, self._api_url, self._sandbox_url = key, api_url, sandbox_url
        self._style = style if style is not None and style.is_file() else None

    async def off(self) -> str:
        """Why it cannot be used, without asking E2B: a key that it does not accept shows when it is used."""
        return "" if self._key else "E2B needs a key: an admin can set E2B_API_KEY."

    async def start(self) -> E2BSession:
        """A session of its own. Raises Lost, with why."""
        from e2b_code_interpreter import AsyncSandbox

        try:
            sandbox = await AsyncSandbox.create(
                timeout=KEPT,
                allow_internet_access=False,
                api_key=self._key,
                api_url=self._api_url or None,
                sandbox_url=self._sandbox_url or None,
                retries=1,
                request_timeout=20.0,
            )
            if self._style is not None:
                await sandbox.files.write_files([{"path": _STYLE, "data": self._style.read_bytes()}])
            await sandbox.run_code(_FURNISH, timeout=SECONDS)
        except _errors() as error:
            log.warning("E2B starts no sandbox", error=repr(error))
            raise Lost(_why(error)) from error
        return E2BSession(sandbox)


def _errors() -> tuple[type[Exception], ...]:
    """What the vendor's client raises; its classes have no common base."""
    from e2b import AuthenticationException, SandboxException
    from e2b.exceptions import ServiceBusyException

    return (SandboxException, AuthenticationException, ServiceBusyException, httpx.HTTPError, TimeoutError)


def _why(error: Exception) -> str:
    from e2b import AuthenticationException, RateLimitException, TimeoutException

    match error:
        case AuthenticationException():
            return "E2B does not accept the key; an admin has to correct E2B_API_KEY."
        case RateLimitException():
            return "E2B has no room for another sandbox at the moment."
        case TimeoutException() | httpx.TimeoutException() | TimeoutError():
            return f"The code took longer than {SECONDS:.0f} seconds, or the sandbox ended."
        case _:
            return "The sandbox at E2B does not answer."


def _output(heard: _Heard, execution: "Execution") -> str:
    """What was printed, then the last expression's value."""
    value = "" if any(one.png for one in heard.results if one.is_main_result) else execution.text or ""
    return "".join([*heard.said, value])[:OUTPUT]


def _alt(result: "Result") -> str:
    """The chart's title and axes, where E2B could read them from the figure."""
    chart = getattr(result, "chart", None)
    across, up = getattr(chart, "x_label", None), getattr(chart, "y_label", None)
    axes = f"{up or 'Values'} by {across}" if across else up
    return ". ".join(filter(None, (getattr(chart, "title", None), axes)))[:ALT]


def _stamp(entry: "EntryInfo") -> tuple[float, int]:
    return entry.modified_time.timestamp(), entry.size
