"""Pages on paper: a browser without a screen prints them."""

import asyncio
import os
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from weakref import WeakKeyDictionary

import structlog

from documents.written import NoBrowser, NotWritten

log = structlog.get_logger()

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
SECONDS = 45
"""By the clock on the wall, for one document."""
MAX_PDF = 40_000_000
"""Bytes."""
_AT_ONCE = 2
_NOWHERE = (
    # The page asks for nothing by itself; these hold even if it did.
    "--proxy-server=127.0.0.1:1",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--no-pings",
)
_QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pdf-header-footer",
    "--hide-scrollbars",
    "--run-all-compositor-stages-before-draw",
)


def find_browser(given: str = "") -> str:
    """The path of a Chromium: the one that is `given`, or one that is found; empty where there is none."""
    if given:
        return shutil.which(given) or ""
    found = filter(None, map(shutil.which, NAMES))
    return next(found, MAC if Path(MAC).exists() else "")


async def printed(html: str, browser: str) -> bytes:
    """A page as PDF. Raises NoBrowser, and NotWritten when the browser failed, or took too long."""
    if not browser:
        raise NoBrowser
    async with _turn():
        with tempfile.TemporaryDirectory(prefix="pinyon-pdf-", ignore_cleanup_errors=True) as folder:
            page, made = Path(folder, "page.html"), Path(folder, "page.pdf")
            await asyncio.to_thread(page.write_text, html, encoding="utf-8")
            is_root = os.name == "posix" and os.geteuid() == 0
            await _print(browser, page, made, bare=is_root)
            if not is_root and not await asyncio.to_thread(made.exists):
                # In a container the kernel may allow no namespaces, of which its sandbox is made.
                await _print(browser, page, made, bare=True)
            return await asyncio.to_thread(_body_of, made)


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def _turn() -> asyncio.Semaphore:
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE))


async def _print(browser: str, page: Path, made: Path, *, bare: bool) -> None:
    process = await asyncio.create_subprocess_exec(
        *_line(browser, page, made, bare=bare),
        cwd=page.parent,
        env=_environment(page.parent),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(SECONDS):
            ended = await process.wait()
    except TimeoutError as error:
        raise NotWritten("Printing it took too long. Make it shorter.") from error
    finally:
        # With all the processes that it began.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    if ended:
        log.warning("the browser did not print", browser=browser, ended=ended)


def _line(browser: str, page: Path, made: Path, *, bare: bool) -> list[str]:
    # A browser of root's has no sandbox of its own to stand in; what it shows is ours and holds no script of others.
    unboxed = ["--no-sandbox"] if bare else []
    profile = f"--user-data-dir={page.parent / 'profile'}"
    return [browser, *_QUIET, *_NOWHERE, *unboxed, profile, f"--print-to-pdf={made}", page.as_uri()]


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours; where it may write, and where the system's own commands are."""
    return {"HOME": str(folder), "TMPDIR": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"}


def _body_of(made: Path) -> bytes:
    if not made.exists() or not (body := made.read_bytes()).startswith(b"%PDF-"):
        raise NotWritten("The browser here could not print it.")
    if len(body) > MAX_PDF:
        raise NotWritten("The PDF became too large. Make it shorter.")
    return body
