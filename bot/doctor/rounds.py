"""All checks, at the same time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import httpx

from bot.doctor.accounts import check_integrations, check_sign_in
from bot.doctor.finding import Finding
from bot.doctor.models import check_models
from bot.doctor.sandbox import check_sandbox
from bot.doctor.slack import check_slack
from bot.doctor.storage import check_data_dir, check_database
from bot.doctor.web import check_public_url
from bot.settings import Problem, Settings


async def examine(
    settings: Settings,
    problems: Sequence[Problem],
    *,
    http: httpx.AsyncClient,
    database: Callable[[], Awaitable[str]],
    now: Callable[[], datetime],
) -> list[Finding]:
    """Check everything that is set; `problems` are what is wrong without asking anybody.

    `database()` gives the database's address, and starts the embedded one.
    """
    wrong = [_unread(problem) for problem in problems]
    checks = (
        check_slack(settings, http=http, now=now),
        check_models(settings, http=http),
        check_database(settings, database),
        check_public_url(settings, http=http),
        check_sign_in(settings, http=http, now=now),
        check_integrations(settings, http=http, now=now),
        check_sandbox(settings, http=http),
    )
    found = await asyncio.gather(*map(_timed, checks))
    # One line for each setting: what is malformed was not asked about, and would be called missing here.
    named = {finding.about for finding in wrong}
    live = [finding for group in found for finding in group if finding.about not in named]
    return [*wrong, *live, *check_data_dir(settings)]


def _unread(problem: Problem) -> Finding:
    what, _, mend = problem.said.partition("; ")
    return Finding("fix", problem.setting, what, mend)


async def _timed(check: Awaitable[Iterable[Finding]]) -> list[Finding]:
    """What the check found, with how long it took on the first line that works."""
    started = time.perf_counter()
    found = list(await check)
    seconds = time.perf_counter() - started
    first = next((number for number, finding in enumerate(found) if finding.kind == "ok"), None)
    return [replace(finding, seconds=seconds) if number == first else finding for number, finding in enumerate(found)]
