"""What was said in each thread, as the model's messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Identity, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from integrations.integration import Audience
from memory.database import Base, Database
from memory.ids import ConversationId, TurnId


class TranscriptRow(Base):
    __tablename__ = "transcripts"

    turn: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    conversation: Mapped[str] = mapped_column(Text)
    messages: Mapped[str] = mapped_column(Text)
    """JSON text of the model messages that this turn added."""
    held: Mapped[str] = mapped_column(Text, server_default=text("'{}'"))
    """JSON object: the results, by call id, of calls that ran beside others that wait for the person."""
    audience: Mapped[str | None] = mapped_column(Text)
    """Who may hear what the turn rests on: `asker`, `members`; nothing when it rests on nothing that was found."""
    trail: Mapped[str] = mapped_column(Text, server_default=text("'[]'"))
    """JSON list: what the turn's calls showed and did, as the gate needs it for later turns (`bot.provenance.Step`)."""
    findings: Mapped[str] = mapped_column(Text, server_default=text("''"))
    """JSON: files, table and code that calls left for the person and that no answer showed yet; empty without any."""
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (Index("by_conversation", "conversation", "seq"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What one turn added to a thread."""

    turn: TurnId
    messages: str
    held: str = "{}"
    person: str = ""
    """Who asked; known of a transcript that was loaded."""
    audience: Audience | None = None
    """Who may hear what was said: the asker alone, or all members; None when it rests on nothing that was found."""
    trail: str = "[]"
    findings: str = ""
    """What calls left for the person that no answer showed yet."""


LATEST = text(
    "SELECT s.turn, s.messages, s.held, s.audience, s.trail, s.findings, t.person"
    " FROM transcripts s JOIN turns t ON t.id = s.turn"
    " WHERE s.conversation = :conversation ORDER BY s.seq DESC LIMIT :turns"
)


class Conversations:
    """The threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, conversation: ConversationId, *, turns: int) -> Sequence[Transcript]:
        """The last `turns` turns of a thread, oldest first."""
        rows = await self._database.single.rows(LATEST, {"conversation": conversation, "turns": turns})
        return [
            Transcript(
                turn=TurnId(row.turn),
                messages=row.messages,
                held=row.held,
                person=row.person,
                audience=row.audience,
                trail=row.trail,
                findings=row.findings,
            )
            for row in reversed(rows)
        ]
