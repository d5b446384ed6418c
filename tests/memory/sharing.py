"""What the tests of answers that can be shared have in common."""

from datetime import UTC, datetime
from typing import Any

from memory.ids import PersonId
from memory.shares import LASTS, Share


def share_of(person: str, **others: Any) -> Share:
    """An answer of somebody's that can be shared with eight others."""
    now = datetime.now(UTC)
    facts: dict[str, Any] = {
        "id": f"s {person}",
        "person": PersonId(person),
        "channel": "C1",
        "thread": "1.1",
        "words": "There are three.",
        "message": '{"text": "", "blocks": []}',
        "people": 8,
        "outside": False,
        "created_at": now,
        "expires_at": now + LASTS,
    }
    return Share(**(facts | others))
