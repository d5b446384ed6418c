"""`pinyon doctor`: every setting, checked live, with its fix."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import httpx
import typer

from bot.cli.run import database_address
from bot.settings import read_with_problems

PATIENCE = 10.0
"""Seconds that each service gets to answer."""


def doctor() -> None:
    """Check every setting against the real services and name the fix; exit code 1 when something is wrong."""
    from bot.doctor import Finding, examine, report  # a second, which the other commands do not pay

    async def findings_now() -> list[Finding]:
        settings, problems = read_with_problems()
        async with httpx.AsyncClient(timeout=PATIENCE) as http:
            return await examine(
                settings,
                problems,
                http=http,
                database=partial(database_address, settings),
                now=lambda: datetime.now(UTC),
            )

    findings = asyncio.run(findings_now())
    print(report(findings))
    raise typer.Exit(any(finding.kind == "fix" for finding in findings))
