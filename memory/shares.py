"""Answers that went to their asker alone, and can be shared where they were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import DateTime, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from memory.audit import Entry, enter_within
from memory.database import Base, Database
from memory.ids import PersonId, workspace_of

ShareState = Literal["offered", "posting", "posted"]
LASTS = timedelta(days=7)
"""How long an answer can be shared, and is kept here."""
LOST = timedelta(minutes=2)
"""After this long, whoever was posting an answer is gone."""


class ShareRow(Base):
    __tablename__ = "shares"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    thread: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    """Exactly what the person was shown, or wrote in its place."""
    message: Mapped[str] = mapped_column(Text)
    """JSON text: the message with the buttons, to draw it again."""
    people: Mapped[int | None]
    """How many others would see it, as the person was told; unknown when nobody could say."""
    outside: Mapped[bool]
    """Whether the person was told that guests or people of another company read there."""
    state: Mapped[str] = mapped_column(Text, server_default=text("'offered'"))
    card: Mapped[str | None] = mapped_column(Text)
    """`channel:ts` of the message with the buttons."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    taken_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("shares_by_expiry", "expires_at"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One answer that can be shared, or was."""

    id: str
    person: PersonId
    channel: str
    thread: str
    words: str
    message: str
    people: int | None
    outside: bool
    state: ShareState = "offered"
    card: str | None = None
    created_at: datetime
    taken_at: datetime | None = None
    expires_at: datetime


FORGET = text("DELETE FROM shares WHERE expires_at <= clock_timestamp()")
ADD = text(
    "INSERT INTO shares (id, person, channel, thread, words, message, people, outside, created_at, expires_at)"
    " VALUES (:id, :person, :channel, :thread, :words, :message, :people, :outside, :created_at, :expires_at)"
    " ON CONFLICT (id) DO NOTHING"
)
BY_ID = text(
    "SELECT id, person, channel, thread, words, message, people, outside, state, card, created_at, taken_at, expires_at"
    " FROM shares WHERE id = :id AND expires_at > clock_timestamp()"
)
SHOWN = text("UPDATE shares SET card = :card WHERE id = :id")
RECOUNT = text(
    "UPDATE shares SET people = :people, outside = :outside, words = :words WHERE id = :id AND state = 'offered'"
)
TAKE = text(
    "UPDATE shares SET state = 'posting', words = :words, taken_at = clock_timestamp()"
    " WHERE id = :id AND person = :person AND expires_at > clock_timestamp()"
    " AND (state = 'offered' OR (state = 'posting' AND taken_at < clock_timestamp() - CAST(:lost AS interval)))"
    " RETURNING id"
)
GIVE_BACK = text("UPDATE shares SET state = 'offered' WHERE id = :id AND state = 'posting'")
POSTED = text("UPDATE shares SET state = 'posted' WHERE id = :id AND state = 'posting' RETURNING id")


class Shares:
    """All answers that can be shared."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, share: Share) -> None:
        """Keep `share`, the same again changes nothing; and forget all whose time is over."""
        await self._rows(FORGET)
        await self._rows(
            ADD,
            id=share.id,
            person=share.person,
            channel=share.channel,
            thread=share.thread,
            words=share.words,
            message=share.message,
            people=share.people,
            outside=share.outside,
            created_at=share.created_at,
            expires_at=share.expires_at,
        )

    async def find(self, share: str) -> Share | None:
        """None as well when its time is over."""
        rows = await self._rows(BY_ID, id=share)
        return Share(**rows[0]._asdict()) if rows else None

    async def shown(self, share: str, card: str) -> None:
        """Keep where the buttons stand (`channel:ts`)."""
        await self._rows(SHOWN, id=share, card=card)

    async def recount(self, share: str, people: int | None, *, outside: bool, words: str) -> None:
        """Keep what the person is told of its readers now, and the words that they would see."""
        await self._rows(RECOUNT, id=share, people=people, outside=outside, words=words)

    async def take(self, share: str, person: PersonId, *, words: str) -> bool:
        """Take it to post `words`; False when somebody did before, when time is over, or when it is not theirs."""
        return bool(await self._rows(TAKE, id=share, person=person, words=words, lost=f"{LOST.seconds} seconds"))

    async def give_back(self, share: str) -> None:
        """What was taken was not posted: it can be tried again."""
        await self._rows(GIVE_BACK, id=share)

    async def posted(self, share: Share) -> None:
        """What was taken stands there, which the audit log says as well."""
        entry = Entry(
            workspace=workspace_of(share.person),
            person=share.person,
            actor=share.person,
            action="share.posted",
            target=share.channel,
            outcome="done",
        )
        async with self._database.engine.begin() as connection:
            if (await connection.execute(POSTED, {"id": share.id})).one_or_none() is not None:
                await enter_within(connection, entry)

    async def _rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        return await self._database.single.rows(statement, values)
