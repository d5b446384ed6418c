"""The files of conversations: what people attached, what tools brought, what was made for them."""

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from sqlalchemy import DateTime, Index, LargeBinary, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from integrations.integration import Audience
from memory.database import Base, Database
from memory.ids import ConversationId, FileId, PersonId, TurnId, workspace_of

KEPT = timedelta(days=30)
"""How long a file that nobody asks for any more stays."""
NAME = 120
"""Characters of a file's name."""
BYTES = 200
"""Of it in UTF-8: file systems take 255, and a number may be added."""


class FileRow(Base):
    __tablename__ = "files"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    workspace: Mapped[str] = mapped_column(Text)
    conversation: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text)
    is_shared: Mapped[bool]
    """Whether everybody in the conversation sees it already, as an attachment; else it is its person's alone."""
    turn: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    """What it came from: the surface's own id of an attachment, or a tool call and a number."""
    name: Mapped[str] = mapped_column(Text)
    media: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """Empty where it could not be had."""
    document: Mapped[str | None] = mapped_column(Text)
    """As it was read: JSON of `documents.document.Document`; null where it was not."""
    problem: Mapped[str] = mapped_column(Text, server_default=text("''"))
    """Why it could not be read, in a sentence to its person."""
    alt: Mapped[str] = mapped_column(Text, server_default=text("''"))
    audience: Mapped[str] = mapped_column(Text)
    """Who may hear what stands in it: `asker`, `members`; `here` for whoever reads in the conversation."""
    placed: Mapped[str] = mapped_column(Text, server_default=text("''"))
    """The surface's own id of it, once it began to be shown there."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (
        UniqueConstraint("conversation", "source"),
        UniqueConstraint("conversation", "name", name="uq_files_name"),
        Index("files_by_conversation", "conversation", "created_at"),
        Index("files_by_use", "used_at"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToKeep:
    """A file about to be kept."""

    conversation: ConversationId
    person: PersonId
    is_shared: bool
    turn: TurnId
    source: str
    name: str
    media: str
    body: bytes
    size: int | None = None
    """Where it is not the body's: of a file that could not be had."""
    document: str | None = None
    problem: str = ""
    alt: str = ""
    audience: Audience = "here"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of a conversation, without its bytes."""

    id: FileId
    person: PersonId
    is_shared: bool
    turn: TurnId
    source: str
    name: str
    """Safe, and unique in its conversation."""
    media: str
    size: int
    """Bytes."""
    problem: str = ""
    alt: str = ""
    audience: Audience = "here"
    placed: str = ""


FACTS = "id, person, is_shared, turn, source, name, media, size, problem, alt, audience, placed"
ADD = text(
    "INSERT INTO files (id, workspace, conversation, person, is_shared, turn, source, name, media, size, body,"
    " document, problem, alt, audience)"
    " VALUES (:id, :workspace, :conversation, :person, :is_shared, :turn, :source, :name, :media, :size, :body,"
    " :document, :problem, :alt, :audience) ON CONFLICT DO NOTHING"
)
BY_SOURCE = text(f"SELECT {FACTS} FROM files WHERE conversation = :conversation AND source = :source")
SEEN_BY = text(
    f"SELECT {FACTS} FROM files WHERE conversation = :conversation AND (is_shared OR person = :person)"
    " ORDER BY created_at, id"
)
NAMES = text("SELECT name FROM files WHERE conversation = :conversation")
BY_ID = text(f"SELECT {FACTS} FROM files WHERE id = :id")
BODY = text("UPDATE files SET used_at = clock_timestamp() WHERE id = :id RETURNING body")
DOCUMENT = text("UPDATE files SET used_at = clock_timestamp() WHERE id = :id RETURNING document")
KEEP_DOCUMENT = text("UPDATE files SET document = :document WHERE id = :id")
PLACED = text("UPDATE files SET placed = :placed WHERE id = :id")
PRUNE = text("DELETE FROM files WHERE used_at < :before")


class Files:
    """All files of all conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, file: FileToKeep) -> StoredFile:
        """Keep a file, under a name of its own; the same source again changes nothing."""
        while (found := await self.of_source(file.conversation, file.source)) is None:
            # Somebody else may take the name at the same moment; then another one is found.
            await self._add(file)
        return found

    async def _add(self, file: FileToKeep) -> None:
        taken = {row.name for row in await self._rows(NAMES, conversation=file.conversation)}
        await self._rows(
            ADD,
            id=secrets.token_urlsafe(16),
            workspace=workspace_of(file.person),
            conversation=file.conversation,
            person=file.person,
            is_shared=file.is_shared,
            turn=file.turn,
            source=file.source,
            name=distinct_name(safe_name(file.name), taken),
            media=file.media,
            size=len(file.body) if file.size is None else file.size,
            body=file.body,
            document=file.document,
            problem=file.problem,
            alt=file.alt,
            audience=file.audience,
        )

    async def seen_by(self, conversation: ConversationId, person: PersonId) -> list[StoredFile]:
        """The files of a conversation that `person` may use: attached there, or their own; oldest first."""
        return [_stored(row) for row in await self._rows(SEEN_BY, conversation=conversation, person=person)]

    async def of_source(self, conversation: ConversationId, source: str) -> StoredFile | None:
        """The file of a conversation that came from `source`; None when it was not kept yet."""
        rows = await self._rows(BY_SOURCE, conversation=conversation, source=source)
        return _stored(rows[0]) if rows else None

    async def find(self, file: FileId) -> StoredFile | None:
        """One file by its id; None when it is gone."""
        rows = await self._rows(BY_ID, id=file)
        return _stored(rows[0]) if rows else None

    async def body(self, file: FileId) -> bytes:
        """The bytes of a file; empty when it is gone."""
        rows = await self._rows(BODY, id=file)
        return bytes(rows[0].body) if rows else b""

    async def document(self, file: FileId) -> str | None:
        """The file as it was read, as JSON; None when it was not, or is gone."""
        rows = await self._rows(DOCUMENT, id=file)
        return rows[0].document if rows else None

    async def keep_document(self, file: FileId, document: str) -> None:
        """Keep a file as it was read, as JSON."""
        await self._rows(KEEP_DOCUMENT, id=file, document=document)

    async def placed(self, file: FileId, placed: str) -> None:
        """Keep what the surface calls it."""
        await self._rows(PLACED, id=file, placed=placed)

    async def prune(self, *, now: datetime) -> None:
        """Forget what nobody asked for within `KEPT`."""
        await self._rows(PRUNE, before=now - KEPT)

    async def _rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        return await self._database.single.rows(statement, values)


def safe_name(name: str) -> str:
    """`name` as a single file name: no folders, no invisible or directing characters, at most `NAME` characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*`').strip(" .")
    path = PurePath(re.sub(r"\s+", " ", visible) or "file")
    ending = path.suffix[:20]
    stem = path.name[: len(path.name) - len(path.suffix)][: NAME - len(ending)]
    while len(f"{stem}{ending}".encode()) > BYTES:
        stem = stem[:-1]
    return f"{stem}{ending}"


def distinct_name(name: str, taken: Collection[str]) -> str:
    """`name`, with a number where another file has it."""
    path, number, found = PurePath(name), 1, name
    while found in taken:
        number += 1
        found = f"{path.stem} ({number}){path.suffix}"
    return found


def _stored(row: Any) -> StoredFile:
    return StoredFile(**row._asdict())
