"""What people attach: fetched once, read by the one parser, kept for their conversation."""

import asyncio
import base64
import mimetypes
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from bot.messages import AttachedFile, IncomingMessage, NotFetched, ReceivedFile, Surface
from documents.document import Document, Part, Unreadable
from documents.stored import DOCUMENT
from memory.files import Files, FileToKeep, StoredFile
from memory.ids import ConversationId, FileId, PersonId

log = structlog.get_logger()

LARGEST = 25_000_000
"""Bytes of one attached file."""
MOST = 10
"""Files of one message that are read."""
AT_ONCE = 2
"""Of these are in memory at the same time."""
PASTED = 12_000
"""Characters of attached text that stand in the prompt as they are; longer ones are searched."""
HEAD = 2_000
"""Characters of each longer one that stand there as well."""
UNHEARD = "I cannot hear voice notes here: an admin can set OPENAI_API_KEY. Write it to me instead."
"""Where neither the surface nor a model vendor says what was spoken."""


class Read(Protocol):
    """The one parser: `documents.reading.read`."""

    async def __call__(self, body: bytes, *, name: str, media: str = "") -> Document:
        """Raises Unreadable."""
        ...


class Unheard(Exception):
    """A voice note cannot be understood. The message is a sentence to its person."""


Transcribe = Callable[[bytes, str], Awaitable[str]]
"""(a recording, its file name) → what is said in it. Raises Unheard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file of a conversation, with what stands in it."""

    file: StoredFile
    document: Document | None
    """None where it could not be read; `file.problem` says why."""
    is_voice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came with a message."""

    attachments: tuple[Attachment, ...] = ()
    unread: int = 0
    """How many more were attached than are read at once."""

    @property
    def heard(self) -> str:
        """What was said in voice notes; empty without any."""
        spoken = [one.document.text for one in self.attachments if one.is_voice and one.document is not None]
        return "\n".join(spoken)

    @property
    def unheard(self) -> str:
        """Why a voice note could not be understood; empty where all were."""
        return next((one.file.problem for one in self.attachments if one.is_voice and one.document is None), "")

    @property
    def files(self) -> tuple[Attachment, ...]:
        """All but the voice notes, whose words are the person's own."""
        return tuple(one for one in self.attachments if not one.is_voice)

    @property
    def summary(self) -> tuple[ReceivedFile, ...]:
        """What came, for a reply that asks what to do with it."""
        return tuple(_received(one) for one in self.files)

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """(name, what the model reads of it) of each file: whole where all of them are short, else its beginning."""
        whole = sum(len(one.document.text) for one in self.files if one.document is not None) <= PASTED
        told = [(one.file.name, _told(one, whole=whole)) for one in self.files]
        if self.unheard:
            told.append(("", f"A voice note was not understood. {self.unheard}"))
        if self.unread:
            told.append(("", f"{self.unread} more files were attached and not read: {MOST} are read at once."))
        return tuple(told)

    @property
    def pictures(self) -> tuple[FileId, ...]:
        """The pictures among them, for the model's eyes."""
        return tuple(one.file.id for one in self.files if one.document is not None and one.document.picture)


class Attachments:
    """The files of all conversations, as they are read."""

    def __init__(self, files: Files, *, read: Read, transcribe: Transcribe | None = None) -> None:
        self._files = files
        self._read = read
        self._transcribe = transcribe

    async def receive(self, message: IncomingMessage, surface: Surface) -> Received:
        """Fetch and read what came with `message`. Again, it finds what it kept."""
        taken = message.files[:MOST]
        few = asyncio.Semaphore(AT_ONCE)

        async def take(file: AttachedFile) -> Attachment:
            async with few:
                return await self._take(message, file, surface)

        found = await asyncio.gather(*map(take, taken))
        return Received(attachments=tuple(found), unread=len(message.files) - len(taken))

    async def seen_by(self, conversation: ConversationId, person: PersonId) -> list[StoredFile]:
        """The files that `person` may use in a conversation, oldest first."""
        return await self._files.seen_by(conversation, person)

    async def document(self, file: StoredFile) -> Document:
        """What stands in a file. Raises Unreadable."""
        if file.problem:
            raise Unreadable(file.problem)
        if kept := await self._files.document(file.id):
            return DOCUMENT.validate_json(kept)
        document = await self._read(await self._files.body(file.id), name=file.name, media=file.media)
        await self._files.keep_document(file.id, DOCUMENT.dump_json(document).decode())
        return document

    async def picture(self, file: FileId) -> tuple[bytes, str] | None:
        """A picture as a model is shown it, with its media type; None when it is gone or is none."""
        stored = await self._files.find(file)
        if stored is None:
            return None
        try:
            document = await self.document(stored)
        except Unreadable:
            return None
        return (base64.b64decode(document.picture), document.picture_media) if document.picture else None

    async def _take(self, message: IncomingMessage, file: AttachedFile, surface: Surface) -> Attachment:
        stored = await self._files.of_source(message.conversation, file.id)
        if stored is None:
            stored = await self._files.add(await self._fetched(message, file, surface))
        return replace(await self._kept(stored), is_voice=file.is_voice)

    async def _kept(self, file: StoredFile) -> Attachment:
        kept = await self._files.document(file.id)
        return Attachment(file=file, document=DOCUMENT.validate_json(kept) if kept else None)

    async def _fetched(self, message: IncomingMessage, file: AttachedFile, surface: Surface) -> FileToKeep:
        body, document, problem = b"", None, ""
        media = mimetypes.guess_type(file.name)[0] or ""
        try:
            body = await surface.fetch(message, file, limit=LARGEST)
            document = await (
                self._spoken(message, file, body, surface)
                if file.is_voice
                else self._read(body, name=file.name, media=media)
            )
        except (NotFetched, Unheard, Unreadable) as error:
            log.info("an attachment was not read", kind=file.kind, size=file.size, error=type(error).__name__)
            problem = str(error)
        return FileToKeep(
            conversation=message.conversation,
            person=message.person,
            is_shared=True,
            turn=message.turn,
            source=file.id,
            name=file.name,
            media=media,
            body=body,
            size=len(body) or file.size,
            document=DOCUMENT.dump_json(document).decode() if document is not None else None,
            problem=problem,
        )

    async def _spoken(self, message: IncomingMessage, file: AttachedFile, body: bytes, surface: Surface) -> Document:
        words = await surface.transcript(message, file)
        if not words and self._transcribe is None:
            raise Unheard(UNHEARD)
        if not words and self._transcribe is not None:
            words = await self._transcribe(body, file.name)
        if not words or not words.strip():
            raise Unheard("I heard no words in your voice note. Record it again, or write it to me.")
        return Document(kind="sound", parts=(Part(place="", text=words.strip()),))


def looks_like_table(name: str) -> bool:
    """Whether a file will probably be computed with, as far as its name tells."""
    return name.lower().endswith((".csv", ".tsv", ".xlsx", ".xlsm"))


def _received(one: Attachment) -> ReceivedFile:
    document = one.document
    if document is None:
        return ReceivedFile(name=one.file.name, kind="", facts=one.file.problem)
    return ReceivedFile(name=one.file.name, kind=document.kind, facts=document.facts)


def _told(one: Attachment, *, whole: bool) -> str:
    document = one.document
    if document is None:
        return f"not read. {one.file.problem}"
    heading = ", ".join(filter(None, (_NOUNS[document.kind], document.facts)))
    notes = [f"({document.note})"] if document.note else []
    return "\n".join([heading, *notes, *_text(document, whole=whole)])


def _text(document: Document, *, whole: bool) -> Sequence[str]:
    text = document.text
    if document.picture:
        return ["(the picture itself is shown)", *([text] if text else [])]
    if whole or len(text) <= HEAD:
        return [text]
    begun = text[:HEAD]
    rest = "read_attachment and search_attachments have the rest"
    return [f"{begun}\n…[the first {HEAD:,} of {len(text):,} characters; {rest}]"]


_NOUNS = {
    "pdf": "PDF",
    "word": "Word document",
    "sheet": "table",
    "slides": "slides",
    "text": "text",
    "page": "HTML page",
    "data": "JSON",
    "picture": "picture",
    "mail": "mail",
    "sound": "recording",
}
