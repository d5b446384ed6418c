"""Which Drive documents somebody may read at this moment, asked of Google with their own account."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import structlog

from bot.knowledge.taking import OpenDrive
from integrations.errors import AccessRevoked, IntegrationError, NotFound, PermissionMissing, Refused
from integrations.google.client import Google
from integrations.google.drive_models import File
from integrations.google.drive_query import id_in
from memory.ids import PersonId, SourceId
from memory.knowledge import KeptSource

log = structlog.get_logger()

AT_ONCE = 8
"""Documents that Google is asked for at the same time."""
PATIENCE = 10.0
"""Seconds."""
Why: TypeAlias = Literal["closed", "unconnected", "away"]
_SAID: dict[Why, tuple[str, str]] = {
    "closed": (
        "One Drive document is not open to your Google account, so I left it out.",
        "{count} Drive documents are not open to your Google account, so I left them out.",
    ),
    "unconnected": (
        "One Drive document was left out: connect Google and ask again.",
        "{count} Drive documents were left out: connect Google and ask again.",
    ),
    "away": (
        "One Drive document was left out, as Google does not say at the moment whether you may read it.",
        "{count} Drive documents were left out, as Google does not say at the moment whether you may read them.",
    ),
}
"""Never what a document is called: who may not read it may not learn that either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the asker may read of some Drive documents."""

    open: dict[SourceId, File]
    withheld: tuple[str, ...]
    """Why others are left out, a sentence each."""
    is_told: bool = True
    """Whether Google said of each what the asker may."""


async def check(drive: OpenDrive, asker: PersonId, sources: Sequence[KeptSource]) -> Checked:
    """Ask Google about these documents, `AT_ONCE` at the same time.

    Nothing is remembered: what somebody could read a minute ago they may not be able to read now.
    """
    if not sources:
        return Checked(open={}, withheld=())
    answers = await _answers(drive, asker, sources)
    found = dict(zip((one.id for one in sources), answers, strict=True))
    reasons = Counter[Why](answer for answer in answers if not isinstance(answer, File))
    return Checked(
        open={source: file for source, file in found.items() if isinstance(file, File)},
        withheld=tuple(_SAID[why][count > 1].format(count=count) for why, count in reasons.items()),
        is_told=reasons.keys() <= {"closed"},
    )


async def _answers(drive: OpenDrive, asker: PersonId, sources: Sequence[KeptSource]) -> list[File | Why]:
    try:
        async with asyncio.timeout(PATIENCE):
            google = await drive(asker)
            if google is None:
                return ["unconnected"] * len(sources)
            turns = asyncio.Semaphore(AT_ONCE)
            return list(await asyncio.gather(*(_answer(google, one, turns) for one in sources)))
    except (AccessRevoked, PermissionMissing):
        return ["unconnected"] * len(sources)
    except (IntegrationError, TimeoutError) as error:
        log.info("knowledge.not_checked", error=type(error).__name__)
        return ["away"] * len(sources)


async def _answer(google: Google, source: KeptSource, turns: asyncio.Semaphore) -> File | Why:
    try:
        async with turns:
            return await google.drive.file(id_in(source.at) or "")
    except (AccessRevoked, PermissionMissing):
        return "unconnected"
    except (NotFound, Refused):
        return "closed"
    except IntegrationError:
        return "away"
