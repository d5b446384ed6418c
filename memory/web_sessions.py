"""Who is signed in, in which browser."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Text, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from memory.crypto import fingerprint
from memory.database import Base, Database
from memory.ids import PersonId

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)


class WebSessionRow(Base):
    __tablename__ = "web_sessions"

    hashed: Mapped[str] = mapped_column(Text, primary_key=True)
    person: Mapped[str] = mapped_column(Text, index=True)
    workspace_name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """One browser in which a person is signed in."""

    person: PersonId
    workspace_name: str


@dataclass(frozen=True, slots=True)
class WebSessions:
    """Every signed-in browser: 12 hours without a visit, or 30 days, end it."""

    database: Database

    async def start(self, person: PersonId, *, workspace_name: str, now: datetime) -> str:
        """Sign the person in and return the secret that the browser keeps."""
        secret = secrets.token_urlsafe(32)
        async with self.database.sessions.begin() as session:
            await session.execute(
                delete(WebSessionRow).where(
                    (WebSessionRow.seen_at <= now - IDLE) | (WebSessionRow.created_at <= now - LONGEST)
                )
            )
            session.add(
                WebSessionRow(
                    hashed=fingerprint(secret),
                    person=person,
                    workspace_name=workspace_name,
                    created_at=now,
                    seen_at=now,
                )
            )
        return secret

    async def find(self, secret: str, *, now: datetime) -> WebSession | None:
        """Return who is signed in with `secret`, and keep the session awake."""
        async with self.database.sessions() as session:
            row = await session.get(WebSessionRow, fingerprint(secret))
        if row is None or row.seen_at <= now - IDLE or row.created_at <= now - LONGEST:
            return None
        if row.seen_at < now - timedelta(minutes=1):
            async with self.database.sessions.begin() as session:
                await session.execute(
                    update(WebSessionRow).where(WebSessionRow.hashed == row.hashed).values(seen_at=now)
                )
        return WebSession(person=PersonId(row.person), workspace_name=row.workspace_name)

    async def end(self, secret: str) -> None:
        """Sign this browser out."""
        async with self.database.sessions.begin() as session:
            await session.execute(delete(WebSessionRow).where(WebSessionRow.hashed == fingerprint(secret)))
