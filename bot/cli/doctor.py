"""`pinyon doctor`: every setting, checked live, with its fix."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import httpx
import typer

from bot.cli.run import database_address
from bot.settings import Problem, Settings, read_with_problems

if TYPE_CHECKING:
    from bot.doctor import Finding

PATIENCE = 10.0
"""Seconds that each service gets to answer."""


def doctor() -> None:
    """Check every setting against the real services and name the fix; exit code 1 when something is wrong."""
    from bot.doctor import report  # a second, which the other commands do not pay

    settings, problems = read_with_problems()
    findings = asyncio.run(checked(settings, problems, database=partial(database_address, settings)))
    print(report(findings))
    raise typer.Exit(any(finding.kind == "fix" for finding in findings))


async def checked(
    settings: Settings, problems: Sequence[Problem], *, database: Callable[[], Awaitable[str]]
) -> "list[Finding]":
    """What all checks find; `database()` gives the database's address."""
    from bot.doctor import examine  # as above

    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        return await examine(settings, problems, http=http, database=database, now=lambda: datetime.now(UTC))
