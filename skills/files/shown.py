"""What the model is shown of files: short JSON, with a word about everything that was left out (pure)."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from integrations.google.drive import Talk
from integrations.google.drive_models import Comment, File, Permission, Reply
from skills.readings import Reading

MAX_TALK = 12_000
"""Characters of its comments."""
MAX_COMMENT = 1_500
_MAX_NAMED = 12
_MAX_NAME = 200
_ROLES = {
    "owner": "owns it",
    "organizer": "manages it",
    "fileOrganizer": "manages it",
    "writer": "can edit",
    "commenter": "can comment",
    "reader": "can read",
}


def row(file: File) -> dict[str, JsonValue]:
    """One line of a list."""
    found: dict[str, JsonValue] = {
        "id": file.id,
        "name": file.name,
        "kind": file.kind_name,
        "owner": file.owner or "a shared drive",
        "changed": _at(file.modified_time),
        "link": file.web_view_link,
    }
    if file.last_modifying_user:
        found["changed_by"] = file.last_modifying_user.named
    return found


def in_full(file: File, reading: Reading, talk: Talk, *, place: str = "") -> dict[str, JsonValue]:
    """A file with its text from `place` on, and what was said on it. Raises RetryToolCall for no such place."""
    comments, left_out = _newest(talk.comments)
    notes = [
        *reading.told(place),
        f"{left_out} older comments are left out." if left_out else "",
        "There are more comments than were read." if talk.more else "",
    ]
    shown: dict[str, JsonValue] = {
        **row(file),
        "text": reading.text(place),
        "comments": comments,
        "note": " ".join(filter(None, notes)),
    }
    if reading.facts:
        shown["facts"] = reading.facts
    if reading.file is not None:
        shown["kept_as"] = reading.file.name
    return shown


def described(file: File) -> str:
    """A file in a person's words, for a card."""
    return f"{' '.join(file.name.split())[:_MAX_NAME]} ({file.kind_name}, owner {file.owner or 'a shared drive'})"


def seen_by(people: Sequence[Permission] | None) -> str:
    """Who can see a file now, in a person's words."""
    if people is None:
        return "You may not see who can open it now"
    wide = [one for one in people if one.type in {"anyone", "domain"}]
    others = [one for one in people if one not in wide]
    named = [f"{one.named} {_ROLES.get(one.role, one.role)}" for one in (*wide, *others)[:_MAX_NAMED]]
    more = [f"and {len(people) - _MAX_NAMED} more"] if len(people) > _MAX_NAMED else []
    return f"Now: {', '.join([*named, *more])}" if named else "Nobody else can open it now"


def _newest(comments: Sequence[Comment]) -> tuple[list[JsonValue], int]:
    """The newest comments that fit, oldest of them first, and how many are left out."""
    kept: list[JsonValue] = []
    room = MAX_TALK
    in_order = sorted(comments, key=lambda comment: comment.created_time, reverse=True)
    for comment in in_order:
        shown = _comment(comment)
        room -= len(str(shown))
        if room < 0 and kept:
            break
        kept.insert(0, shown)
    return kept, len(in_order) - len(kept)


def _comment(comment: Comment) -> JsonValue:
    shown: dict[str, JsonValue] = {
        "by": comment.author.named if comment.author else "somebody",
        "at": _at(comment.created_time),
        "text": _short(comment.content),
    }
    if comment.quoted_file_content and comment.quoted_file_content.value:
        shown["about"] = comment.quoted_file_content.value[:300]
    if comment.resolved:
        shown["resolved"] = True
    if replies := [_reply(reply) for reply in comment.replies if not reply.deleted]:
        shown["replies"] = replies
    return shown


def _reply(reply: Reply) -> JsonValue:
    shown: dict[str, JsonValue] = {
        "by": reply.author.named if reply.author else "somebody",
        "at": _at(reply.created_time),
        "text": _short(reply.content),
    }
    if reply.action:
        shown["action"] = reply.action
    return shown


def _short(text: str) -> str:
    return text if len(text) <= MAX_COMMENT else f"{text[:MAX_COMMENT]} …[cut]"


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
