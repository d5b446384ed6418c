"""Mails as they travel: written for the seed, and read by the rules of RFC 5322 and MIME."""

import base64
import binascii
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache

from playground.google.errors import Refusal, invalid

_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_REPLY = re.compile(r"^\s*((re|fw|fwd|aw)\s*:\s*)+", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
# What others wrote stays as it came: folding anew would change it.
_POLICY = policy.SMTP.clone(max_line_length=998, refold_source="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that comes with a mail."""

    name: str
    media: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A mail that is ready to travel, and the same once it was read."""

    raw: bytes
    parsed: EmailMessage
    """Shared by all who get it: nobody changes it."""
    message_id: str


# Each server of a process plants the same mails, and Python's mail library takes its time.
@lru_cache(maxsize=256)
def written(
    *,
    sender: str,
    to: tuple[str, ...],
    cc: tuple[str, ...] = (),
    subject: str,
    at: datetime,
    message_id: str,
    answers: tuple[str, ...] = (),
    text: str,
    attachments: tuple[Attachment, ...] = (),
    more: tuple[tuple[str, str], ...] = (),
) -> Written:
    """A mail as a person's program writes it: plain text, the same as HTML, and the files; `more` are headers."""
    mail = EmailMessage(policy=_POLICY)
    headers: Mapping[str, str] = {
        "From": sender,
        "To": ", ".join(to),
        "Cc": ", ".join(cc),
        "Subject": subject,
        "Date": format_datetime(at),
        "Message-ID": message_id,
        "In-Reply-To": answers[-1] if answers else "",
        "References": " ".join(answers),
        **dict(more),
    }
    for name, value in headers.items():
        if value:
            mail[name] = value
    mail.set_content(text)
    mail.add_alternative(f'<div dir="ltr">{html.escape(text).replace(chr(10), "<br>")}</div>', subtype="html")
    for file in attachments:
        main, _, sub = file.media.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    raw = mail.as_bytes()
    return Written(raw, read(raw), message_id)


def read(raw: bytes) -> EmailMessage:
    """The mail that stands in `raw`; a 400 for headers over which Python's library stumbles."""
    mail = message_from_bytes(raw, _class=EmailMessage, policy=_POLICY)
    try:
        for part in mail.walk():
            _ = part.items(), part.get_content_type(), part.get_filename(), part.get_content_charset()
    # The library reads headers late, and some nonsense in them ends in slips of its own (`To: ::;`).
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise invalid("Invalid mail: a header cannot be read.") from error
    return mail


def sent(raw: str) -> bytes:
    """The bytes of a `raw` field: base64 for URLs, padded or not; a 400 for anything else."""
    try:
        found = base64.b64decode(raw + "=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad_raw() from error
    if not found:
        raise _bad_raw()
    return found


def coded(content: bytes) -> str:
    """`content` as Gmail writes bytes: base64 for URLs, padded."""
    return base64.urlsafe_b64encode(content).decode()


def addresses(mail: EmailMessage, *names: str) -> tuple[Address, ...]:
    """Everybody in the headers `names`, in order; a 400 when one of them is no list of addresses."""
    found: list[Address] = []
    for name in names:
        for header in mail.get_all(name, []):
            if (
                not isinstance(header, AddressHeader)
                or getattr(header, "defects", ())
                or not all(map(_is_real, header.addresses))
            ):
                raise invalid(f"Invalid {name} header")
            found += header.addresses
    return tuple(found)


def known_addresses(mail: EmailMessage, *names: str) -> tuple[Address, ...]:
    """As `addresses`, but silent about what cannot be read: for mails that others wrote."""
    headers = [header for name in names for header in mail.get_all(name, []) if isinstance(header, AddressHeader)]
    return tuple(address for header in headers for address in header.addresses)


def header(mail: EmailMessage, name: str) -> str:
    return str(mail.get(name, "")).replace("\r", " ").replace("\n", " ")


def ids(mail: EmailMessage, *names: str) -> tuple[str, ...]:
    """The message ids that stand in the headers `names`."""
    return tuple(_ID.findall(" ".join(header(mail, name) for name in names)))


def topic(subject: str) -> str:
    """`subject` without what answering and forwarding put before it: what threads go by."""
    return " ".join(_REPLY.sub("", subject).split()).casefold()


def leaves(mail: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold something, attached mails included."""
    for part in mail.walk():
        if not part.is_multipart():
            yield part


def content(part: EmailMessage) -> bytes:
    """What a part holds; text in UTF-8, whatever it came in, as Gmail gives it."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return b""
    if part.get_content_maintype() != "text":
        return payload
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace").replace("\r\n", "\n").encode()
    except LookupError:
        return payload


def text(mail: EmailMessage) -> str:
    """The words of a mail: its plain text, else its HTML without the tags."""
    for part in leaves(mail):
        if part.get_content_type() == "text/plain" and not part.get_filename():
            return content(part).decode(errors="replace")
    for part in leaves(mail):
        if part.get_content_type() == "text/html" and not part.get_filename():
            return html.unescape(_TAG.sub(" ", content(part).decode(errors="replace")))
    return ""


def files(mail: EmailMessage) -> tuple[EmailMessage, ...]:
    """The parts that are attachments."""
    return tuple(part for part in leaves(mail) if part.get_filename())


def _is_real(address: Address) -> bool:
    return bool(address.username and address.domain)


def _bad_raw() -> Refusal:
    return invalid("Invalid value for ByteString: raw is no base64url text.")
