"""What a mail says: the best form of its text, without the earlier mails that it quotes, and its files (pure)."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

from integrations.google.mail_models import Body, Part
from integrations.google.mail_visible import html_to_text, tidied, visible

_ATTRIBUTION = re.compile(
    r".{0,300}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|napisał\(a\)|пишет)\b.{0,200}:"
)
_ORIGINAL = re.compile(r"-{2,}\s*(?:Original Message|Ursprüngliche Nachricht|Message d'origine)\s*-{2,}", re.IGNORECASE)
_OUTLOOK_HEAD = re.compile(r"\*?(?:From|Von|De|Da|Van)\s?:\*?\s.+")
_OUTLOOK_NEXT = re.compile(r"\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Inviato|Verzonden)\s?:\*?\s.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    name: str
    kind: str
    """Its media type."""
    size: int
    """In bytes."""


def text_of(payload: Part) -> str:
    """What the mail says: its plain text, or its markup as text where there is none."""
    return "\n\n".join(text for text in _texts(payload) if text).strip()


def attachments_of(payload: Part) -> tuple[Attachment, ...]:
    """The files that came with the mail, by name."""
    return tuple(
        Attachment(name=visible(part.filename), kind=part.mime_type, size=part.body.size)
        for part in attached_parts(payload)
    )


def attached_parts(payload: Part) -> Iterator[Part]:
    """The parts of a mail that are files."""
    return (part for part in _every(payload) if part.filename)


def bytes_of(body: Body) -> bytes:
    """What a part holds; nothing where Gmail did not say it in its own way."""
    try:
        return base64.urlsafe_b64decode(body.data + "=" * (-len(body.data) % 4))
    except (binascii.Error, ValueError):
        return b""


def new_words(text: str) -> str:
    """`text` without the earlier mails quoted under it; an answer written between quoted lines stays whole."""
    lines = text.splitlines()
    end = _quote_begins(lines)
    while end and lines[end - 1].lstrip().startswith(">"):
        end = _before_quote(lines, end)
    return "\n".join(lines[:end]).rstrip() or text


def _quote_begins(lines: list[str]) -> int:
    """Where a mail program that does not mark quoted lines put the earlier mail, or the end."""
    for number, line in enumerate(lines):
        if not number:
            continue
        if _ORIGINAL.fullmatch(line.strip()):
            return number
        following = " ".join(lines[number + 1 : number + 3]).strip()
        if _OUTLOOK_HEAD.fullmatch(line.strip()) and _OUTLOOK_NEXT.match(following):
            return number - bool(re.fullmatch(r"\s*_{5,}\s*", lines[number - 1]))
    while lines and not lines[-1].strip():
        lines.pop()
    return len(lines)


def _before_quote(lines: list[str], end: int) -> int:
    """Where the quoted lines that stop at `end` begin, with the line that says whose they are."""
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    end -= _lines_of_attribution([line.strip() for line in lines[max(end - 2, 0) : end]])
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _lines_of_attribution(last: list[str]) -> int:
    """How many of the last two lines say whose words follow; one without a date may be the end of a longer one."""
    says = {count: " ".join(last[-count:]) for count in range(1, len(last) + 1)}
    known = [count for count, said in says.items() if _ATTRIBUTION.fullmatch(said)]
    dated = [count for count in known if re.search(r"\d", re.sub(r"<[^<>]*>", "", says[count]))]
    return min(dated or known, default=0)


def _texts(part: Part) -> Iterator[str]:
    kind = part.mime_type.lower()
    if part.filename:
        return
    if kind == "multipart/alternative":
        yield _best(part)
    elif kind.startswith("multipart/"):
        for inner in part.parts:
            yield from _texts(inner)
    elif kind in {"", "text/plain"}:
        yield tidied(_decoded(part))
    elif kind == "text/html":
        yield html_to_text(_decoded(part))


def _best(part: Part) -> str:
    """The plain one of several forms of a text; where it is empty, the last one that says anything."""
    said = [(inner.mime_type.lower(), "\n\n".join(filter(None, _texts(inner)))) for inner in part.parts]
    spoken = [(kind, text) for kind, text in said if text.strip()]
    plain = [text for kind, text in spoken if kind == "text/plain"]
    return plain[0] if plain else spoken[-1][1] if spoken else ""


def _every(part: Part) -> Iterator[Part]:
    """`part` and all in it; what is in a forwarded mail belongs to that one."""
    yield part
    if not (part.filename and part.mime_type.lower() == "message/rfc822"):
        for inner in part.parts:
            yield from _every(inner)


def _decoded(part: Part) -> str:
    content = bytes_of(part.body)
    try:
        return content.decode(_charset(part), "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _charset(part: Part) -> str:
    """The encoding that the part names. Codecs that are not for text, as Python has some, are refused by decode."""
    named = EmailMessage()
    named.add_header("Content-Type", re.sub(r"[\r\n]+", " ", part.header("Content-Type")) or "text/plain")
    return named.get_content_charset("utf-8")
