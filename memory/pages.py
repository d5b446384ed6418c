"""The pages that were made for people, and who may open them."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import DateTime, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from integrations.integration import Audience
from memory.database import Base, Database
from memory.ids import ConversationId, PageId, PersonId, TurnId, WorkspaceId, workspace_of

KEPT = timedelta(days=90)
OpenTo: TypeAlias = Literal["asker", "channel"]
_CONTINUATION = re.compile(r":c\d+$")
_NAMED = re.compile(r"/d/([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")
"""A page's address within a text."""


class PageRow(Base):
    __tablename__ = "pages"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    workspace: Mapped[str] = mapped_column(Text)
    conversation: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    """Where it was asked for."""
    person: Mapped[str] = mapped_column(Text)
    """Whom it was made for."""
    turn: Mapped[str] = mapped_column(Text)
    """The turn that was asked, without the number of its continuation."""
    digest: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    """Empty once it was taken back."""
    open_to: Mapped[str] = mapped_column(Text, server_default=text("'asker'"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    taken_back_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("turn", "digest"),
        Index("pages_by_person", "person"),
        Index("pages_by_end", "expires_at"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A page that can be opened."""

    id: PageId
    workspace: WorkspaceId
    channel: str
    person: PersonId
    title: str
    html: str
    open_to: OpenTo
    """Its person alone, or whoever is in the channel when they open it."""
    created_at: datetime
    expires_at: datetime


KEEP = text(
    "INSERT INTO pages (id, workspace, conversation, channel, person, turn, digest, title, html, created_at,"
    " expires_at)"
    " VALUES (:id, :workspace, :conversation, :channel, :person, :turn, :digest, :title, :html, :now, :expires)"
    " ON CONFLICT (turn, digest) DO NOTHING"
)
KEPT_AS = text("SELECT id FROM pages WHERE turn = :turn AND digest = :digest")
FIND = text(
    "SELECT id, workspace, channel, person, title, html, open_to, created_at, expires_at FROM pages"
    " WHERE id = :id AND taken_back_at IS NULL AND expires_at > :now"
)
OPEN = text("UPDATE pages SET open_to = 'channel' WHERE turn = :turn")
OPEN_NAMED = text(
    "UPDATE pages SET open_to = 'channel' WHERE id = ANY(:ids) AND person = :person AND channel = :channel"
)
TAKE_BACK = text(
    "UPDATE pages SET taken_back_at = :now, html = ''"
    " WHERE id = :id AND person = :person AND taken_back_at IS NULL RETURNING id"
)
PRUNE = text("DELETE FROM pages WHERE expires_at <= :now")


class Pages:
    """All pages that were made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self,
        *,
        turn: TurnId,
        conversation: ConversationId,
        channel: str,
        person: PersonId,
        title: str,
        html: str,
        now: datetime,
    ) -> PageId:
        """Keep a page for its person alone; the same page in the same turn again changes nothing."""
        named = {"turn": _asked(turn), "digest": hashlib.sha256(html.encode()).hexdigest()}
        await self._rows(
            KEEP,
            **named,
            # 128 bits: nobody guesses one (facts/security.md §2 number 18).
            id=secrets.token_urlsafe(16),
            workspace=workspace_of(person),
            conversation=conversation,
            channel=channel,
            person=person,
            title=title,
            html=html,
            now=now,
            expires=now + KEPT,
        )
        return PageId((await self._rows(KEPT_AS, **named))[0].id)

    async def open_to(self, turn: TurnId, audience: Audience) -> None:
        """The answer of `turn`, or of a continuation of it, was shown to `audience`: they may open its pages too.

        Whoever else than the asker it is, only the members of the channel where it was asked are let in. It is never
        closed again by this.
        """
        if audience != "asker":
            await self._rows(OPEN, turn=_asked(turn))

    async def open_named(self, words: str, person: PersonId, channel: str) -> None:
        """`person` has shared `words` where they had asked, in `channel`: pages of theirs that these name open."""
        if named := _NAMED.findall(words):
            await self._rows(OPEN_NAMED, ids=named, person=person, channel=channel)

    async def find(self, page: PageId, *, now: datetime) -> StoredPage | None:
        """None when there is no such page, it is too old, or it was taken back."""
        rows = await self._rows(FIND, id=page, now=now)
        return StoredPage(**rows[0]._asdict()) if rows else None

    async def take_back(self, page: PageId, *, person: PersonId, now: datetime) -> bool:
        """Nobody can open it any more, and its text is gone. False when it is none of this person's."""
        return bool(await self._rows(TAKE_BACK, id=page, person=person, now=now))

    async def prune(self, *, now: datetime) -> None:
        """Forget what is older than `KEPT`."""
        await self._rows(PRUNE, now=now)

    async def _rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        return await self._database.single.rows(statement, values)


def _asked(turn: TurnId) -> str:
    """A page that was made before a question to the person is shown with the answer after it."""
    return _CONTINUATION.sub("", turn)
