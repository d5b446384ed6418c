"""The words of Gmail's search (support.google.com/mail/answer/7190; pure)."""

import re
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

Folder = Literal["inbox", "sent", "drafts", "anywhere"]


def mail_query(
    words: str = "",
    *,
    sender: str | None = None,
    unread: bool = False,
    since: date | None = None,
    folder: Folder = "inbox",
    zone: str = "UTC",
) -> str:
    """A search for mails in `folder`; `words` may use Gmail's own search syntax. `since` is a day in `zone`."""
    parts = [] if folder == "anywhere" else [f"in:{folder}"]
    if sender and (name := _quotable(sender)):
        parts.append(f"from:{name}" if re.fullmatch(r"\S+", name) else f'from:"{name}"')
    if unread:
        parts.append("is:unread")
    if since:
        # Gmail takes a date for a day in California; a number is a moment, and what came after it is found.
        parts.append(f"after:{int(datetime.combine(since, time(), ZoneInfo(zone)).timestamp()) - 1}")
    if said := " ".join(words.split()):
        # Without brackets an OR would take the other conditions in.
        parts.append(f"({said})" if re.search(r"\bOR\b", said) else said)
    return " ".join(parts)


def _quotable(text: str) -> str:
    """`text` as a name or address can be searched for, without what has a meaning there."""
    return " ".join(re.sub(r"[\"(){}:]", " ", text).split())
