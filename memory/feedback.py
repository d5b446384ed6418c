"""Whether an answer helped."""

from datetime import datetime

from sqlalchemy import DateTime, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import PersonId, TurnId


class FeedbackRow(Base):
    __tablename__ = "feedback"

    turn: Mapped[str] = mapped_column(Text, primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    word: Mapped[str] = mapped_column(Text)
    """`up` or `down`."""
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


async def keep(database: Database, turn: TurnId, person: PersonId, word: str) -> None:
    """Keep the latest word of `person` on the answer of `turn`."""
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO feedback (turn, person, word) VALUES (:turn, :person, :word)"
                " ON CONFLICT (turn, person) DO UPDATE SET word = :word, at = clock_timestamp()"
            ),
            {"turn": turn, "person": person, "word": word},
        )
