"""The playground as it is started, and a browser in which people walk through it."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.browser.chromium import MISSING, chromium

ROOT = Path(__file__).parents[2]
PATIENCE = 20_000
"""Milliseconds that anything on a page may take; the machine may be busy."""


@asynccontextmanager
async def played() -> AsyncGenerator[str]:
    """The playground, started as the README says; its page's address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "playground", "--port", str(free_port())),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        async with asyncio.timeout(90):
            while not (found := re.search(r"Pinyon is at (http://\S+)", said)):
                line = await process.stdout.readline()
                assert line, f"the playground ended: {said}"
                said += line.decode()
        yield found[1]
    finally:
        os.killpg(process.pid, signal.SIGINT)
        await process.communicate()


@asynccontextmanager
async def browsing() -> AsyncGenerator[Browser]:
    """A browser without a screen."""
    path = chromium()
    assert path is not None, MISSING
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def without_past(browser: Browser, *, width: int = 1400, height: int = 900) -> BrowserContext:
    """One person's browser, in which nobody is signed in."""
    context = await browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    return context


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
