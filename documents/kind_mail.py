"""Mails saved as files: who, when and what, with the names of what was attached."""

import re
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message

from documents.clean import counted, line
from documents.document import Document, Unreadable
from documents.kind_text import decoded, parts_of

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MAX_PARTS = 500
_MAX_HEADER = 2_000


def read_mail(body: bytes) -> Document:
    """Its headers, its text and the names of its attachments. Raises Unreadable for one that is none."""
    try:
        mail = message_from_bytes(body)
        pieces = [piece for piece, _ in zip(mail.walk(), range(_MAX_PARTS), strict=False) if not piece.is_multipart()]
    except (MessageError, ValueError, RecursionError) as error:
        raise Unreadable("The mail is damaged. Save it again, or paste its text.") from error
    head = "\n".join(f"{name}: {said}" for name in _HEADERS if (said := _header(mail, name)))
    attached = [name for piece in pieces if (name := _attachment(piece))]
    behind = f"Attachments: {', '.join(attached)}" if attached else ""
    said = "\n\n".join(filter(None, (head, _text(pieces), behind)))
    return Document(
        kind="mail",
        title=_header(mail, "Subject"),
        facts=f"mail, {counted(len(attached), 'attachment')}" if attached else "mail",
        parts=tuple(parts_of(said)),
        note="I read the mail, not what is attached to it: send the attachments one by one." if attached else "",
    )


def _header(mail: "Message[str, str]", name: str) -> str:
    raw = str(mail.get(name, ""))[:_MAX_HEADER]
    try:
        return line(str(make_header(decode_header(raw))), _MAX_HEADER)
    except (HeaderParseError, LookupError, ValueError):
        return line(raw, _MAX_HEADER)


def _attachment(piece: "Message[str, str]") -> str:
    """The name of what is attached; empty for the mail's own text."""
    try:
        name = piece.get_filename()
    except (LookupError, ValueError, TypeError):
        name = None
    if not name and piece.get_content_disposition() != "attachment":
        return ""
    try:
        shown = str(make_header(decode_header(name))) if name else "without a name"
    except (HeaderParseError, LookupError, ValueError):
        shown = str(name)
    own = re.split(r"[/\\]", shown)[-1]
    return f"{line(own, 100)} ({_size(piece)})"


def _size(piece: "Message[str, str]") -> str:
    size = len(_payload(piece))
    return f"{size / 1e6:,.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000)):,} kB"


def _text(pieces: list["Message[str, str]"]) -> str:
    """As plain text, else what a browser would show of it."""
    own = [piece for piece in pieces if not _attachment(piece)]
    plain = "\n\n".join(_decoded(piece) for piece in own if piece.get_content_type() == "text/plain").strip()
    if plain:
        return plain
    from documents.markup import shown_text

    return "\n\n".join(shown_text(_decoded(piece)) for piece in own if piece.get_content_type() == "text/html").strip()


def _decoded(piece: "Message[str, str]") -> str:
    return decoded(_payload(piece), f"charset={piece.get_content_charset() or ''}")


def _payload(piece: "Message[str, str]") -> bytes:
    payload = piece.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
