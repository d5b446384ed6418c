"""Reads one source: its words in passages, or a sentence that says why not."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol, TypeAlias

import structlog

from bot.knowledge.cutting import cut
from documents.document import Document, Part, Unreadable
from integrations.errors import AccessRevoked, IntegrationError, NotFound, PermissionMissing, Refused
from integrations.fetch import Fetcher
from integrations.google.client import Google
from integrations.google.drive_models import File
from integrations.google.drive_query import id_in
from memory.ids import AgentId, PersonId
from memory.knowledge import KeptSource, KnownSources, Passage, ReadSource
from skills.files.readings import read_through

log = structlog.get_logger()

MOST_PASSAGES = 3_000
"""Of one source; a thick book has about as many."""
PAGES_EVERY = timedelta(days=1)
DRIVE_EVERY = timedelta(hours=1)
AGAIN = timedelta(minutes=15)
"""When something is tried again that could not be reached."""
PATIENCE = 120.0
"""Seconds that reading one source may take."""
OpenDrive: TypeAlias = Callable[[PersonId], Awaitable[Google | None]]
"""(a person) → Google as they see it; None where they have not connected it. Raises what `integrations.errors` has."""
MISSING = (
    "Google is not connected any more for whoever added this, so it is not kept up to date. They connect it again, or"
    " an editor of this agent presses Refresh to read it with their own account."
)
CLOSED = (
    "The Google account that this was added with cannot open it. Its owner shares it with that person, or an editor"
    " presses Refresh to read it with their own account."
)


class Read(Protocol):
    """The one parser: `documents.reading.read`."""

    async def __call__(self, body: bytes, *, name: str, media: str = "") -> Document:
        """Raises Unreadable."""
        ...


class _Unread(Exception):
    """Why a source was not read: a sentence with the next step."""

    def __init__(self, said: str, *, passes: bool = False) -> None:
        super().__init__(said)
        self.passes = passes
        """Whether trying again later may help."""


@dataclass(frozen=True, slots=True)
class _Same:
    """It has not changed since it was read last."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Reads sources of every kind, and keeps what they say."""

    store: KnownSources
    read: Read
    fetcher: Fetcher
    drive: OpenDrive
    keeps: Callable[[AgentId, PersonId], Awaitable[bool]]
    """Whether somebody still owns or edits an agent: only their account may be lent to it."""
    now: Callable[[], datetime]

    async def take(self, source: KeptSource) -> None:
        """Read a source that was taken for this. Whatever goes wrong outside of us is kept as a sentence."""
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._read(source)
        except TimeoutError:
            await self._left(source, _Unread("Reading it took too long. It is tried again later.", passes=True))
        except _Unread as error:
            await self._left(source, error)
        except Exception:
            # What the others wait for goes on, and this one is tried again.
            log.exception("a source could not be read", source=source.id)
            await self._left(source, _Unread("Something broke on my side while reading it. I try again.", passes=True))
        else:
            now = self.now()
            if isinstance(found, ReadSource):
                await self.store.store(source, found, now=now, due=_due(source, now))
            else:
                await self.store.leave(source, now=now, due=_due(source, now))

    async def _left(self, source: KeptSource, why: _Unread) -> None:
        now = self.now()
        due = now + AGAIN if why.passes else _due(source, now)
        await self.store.leave(source, now=now, due=due, problem=str(why), failed=not why.passes)

    async def _read(self, source: KeptSource) -> ReadSource | _Same:
        match source.kind:
            case "text":
                return await self._text(source)
            case "file":
                return await self._file(source)
            case "page":
                return await self._page(source)
            case "drive":
                return await self._drive(source)

    async def _text(self, source: KeptSource) -> ReadSource:
        body = await self.store.body(source.id)
        words = body.decode(errors="replace")
        return _made(source, source.title, [Part(place="", text=words)], size=len(body))

    async def _file(self, source: KeptSource) -> ReadSource:
        body = await self.store.body(source.id)
        document = await self._parsed(body, source.at)
        title = document.title if document.kind == "text" and document.title else source.at
        return _of_document(source, title, document, size=len(body))

    async def _page(self, source: KeptSource) -> ReadSource | _Same:
        try:
            fetched = await self.fetcher.fetch(source.at)
        except (NotFound, Refused) as error:
            raise _Unread(str(error)) from error
        except IntegrationError as error:
            raise _Unread(str(error), passes=True) from error
        document = await self._parsed(fetched.body, fetched.name, fetched.media)
        # Of what it says, not of its bytes: many pages count their visitors or carry a number used once.
        fingerprint = hashlib.sha256(f"{document.title}\n{document.text}".encode()).hexdigest()
        if fingerprint == source.fingerprint:
            return _Same()
        title = document.title or fetched.name
        return _of_document(source, title, document, size=len(fetched.body), fingerprint=fingerprint)

    async def _drive(self, source: KeptSource) -> ReadSource | _Same:
        identity = id_in(source.at)
        if identity is None:
            raise _Unread("This is no address of a document in Google Drive. Copy it from the browser's address line.")
        try:
            google = await self.drive(source.added_by) if await self.keeps(source.agent, source.added_by) else None
            if google is None:
                raise _Unread(MISSING)
            file = await google.drive.file(identity)
            fingerprint = f"{file.name} {file.modified_time.isoformat() if file.modified_time else ''}"
            if fingerprint == source.fingerprint:
                return _Same()
            return await _of_drive(source, google, file, fingerprint)
        except (AccessRevoked, PermissionMissing) as error:
            raise _Unread(MISSING) from error
        except (NotFound, Refused) as error:
            raise _Unread(CLOSED) from error
        except IntegrationError as error:
            raise _Unread("Google does not answer at the moment. It is tried again later.", passes=True) from error

    async def _parsed(self, body: bytes, name: str, media: str = "") -> Document:
        try:
            document = await self.read(body, name=name, media=media)
        except Unreadable as error:
            raise _Unread(str(error)) from error
        if document.kind == "sound":
            raise _Unread("It is a recording, which cannot be searched. Add what was said as a text.")
        return document


async def _of_drive(source: KeptSource, google: Google, file: File, fingerprint: str) -> ReadSource:
    reading = await read_through(google.drive, file)
    is_table = file.kind == "sheet" or file.kind_name in {"CSV file", "Excel file"}
    return _made(
        source,
        file.name,
        reading.parts,
        facts=reading.facts or file.kind_name,
        size=file.size or 0,
        fingerprint=fingerprint,
        note=reading.note,
        is_table=is_table,
    )


def _of_document(source: KeptSource, title: str, document: Document, *, size: int, fingerprint: str = "") -> ReadSource:
    return _made(
        source,
        title,
        document.parts,
        facts=document.facts,
        size=size,
        fingerprint=fingerprint,
        note=document.note,
        is_table=document.kind == "sheet",
    )


def _made(
    source: KeptSource,
    title: str,
    parts: Sequence[Part],
    *,
    size: int,
    facts: str = "",
    fingerprint: str = "",
    note: str = "",
    is_table: bool = False,
) -> ReadSource:
    """What is kept of what was read. Raises _Unread where there are no words in it."""
    pieces = list(islice(cut(parts, title=title, is_table=is_table), MOST_PASSAGES + 1))
    if not pieces:
        raise _Unread(" ".join(filter(None, ("There are no words in it that could be searched.", note))))
    notes = [note]
    if len(pieces) > MOST_PASSAGES:
        notes.append(f"It is long: its first {MOST_PASSAGES:,} passages are searched.")
    return ReadSource(
        title=title,
        facts=facts or _words_in(parts),
        size=size,
        fingerprint=fingerprint,
        passages=[
            Passage(source=source.id, position=at, heading=one.heading, place=one.place, text=one.text)
            for at, one in enumerate(pieces[:MOST_PASSAGES])
        ],
        problem=" ".join(filter(None, notes)),
    )


def _words_in(parts: Iterable[Part]) -> str:
    count = sum(len(part.text.split()) for part in parts)
    return f"{count:,} word{'' if count == 1 else 's'}"


def _due(source: KeptSource, now: datetime) -> datetime | None:
    """When it is looked at next; what was handed over does not change by itself."""
    every = {"page": PAGES_EVERY, "drive": DRIVE_EVERY}.get(source.kind)
    return now + every if every else None
