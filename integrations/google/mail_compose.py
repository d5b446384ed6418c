"""Mails as they are sent: written with the standard library, so that no value can add a header (pure)."""

import base64
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

from integrations.google.mail_models import Identity, Mail

MAX_SUBJECT = 250
"""Characters."""
_MAX_REFERENCES = 20
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")


class _Whole(EmailPolicy):
    """Writes message ids as they are: the library takes one that is longer than a line for words and encodes it."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name in {"In-Reply-To", "References"}:
            folded = "\r\n ".join(value.split())
            return f"{name}: {folded}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Whole(linesep=SMTP.linesep)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be sent, as the person approved it. Addresses are bare ones."""

    to: Sequence[str]
    subject: str
    body: str
    cc: Sequence[str] = ()


def one_line(text: str) -> str:
    """`text` as a subject can be: on one line, without characters that cannot be seen."""
    visible = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return " ".join(_encodable(visible).split())[:MAX_SUBJECT]


def reply_subject(subject: str) -> str:
    """`subject` with one `Re:` in front."""
    bare = one_line(subject)
    while found := re.match(r"re\s*:\s*", bare, re.IGNORECASE):
        bare = bare[found.end() :]
    return f"Re: {bare}".strip()


def composed(letter: Letter, *, sender: Identity, message_id: str, answers: Mail | None = None) -> str:
    """The mail in the form that Gmail takes (RFC 5322 in base64url). Raises ValueError for what is no address."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(sender.send_as_email, sender.display_name)
    message["To"] = [_address(address) for address in letter.to]
    if letter.cc:
        message["Cc"] = [_address(address) for address in letter.cc]
    message["Subject"] = one_line(letter.subject)
    message["Message-ID"] = message_id
    if answers is not None:
        _thread(message, answers)
    message.set_content(_text(letter.body))
    return base64.urlsafe_b64encode(message.as_bytes()).decode("ascii")


def _thread(message: EmailMessage, answers: Mail) -> None:
    """The headers by which mail programs know an answer (RFC 5322 §3.6.4)."""
    answered = _message_ids(answers.payload.header("Message-ID"))
    if not answered:
        return
    earlier = _message_ids(answers.payload.header("References") or answers.payload.header("In-Reply-To"))
    references = [*(known for known in earlier if known not in answered), answered[0]]
    message["In-Reply-To"] = answered[0]
    # The first is the thread's root; of a very long thread the middle may be left out.
    message["References"] = " ".join([*references[:1], *references[1:][-_MAX_REFERENCES:]])


def _message_ids(header: str) -> list[str]:
    """The message ids in a header, of those that ASCII can tell: a stranger wrote them."""
    return [found for found in _MESSAGE_ID.findall(header) if found.isascii() and found.isprintable()]


def _address(email: str, name: str = "") -> Address:
    return Address(display_name=one_line(name), addr_spec=email)


def _text(body: str) -> str:
    """The text with plain line ends, and without control characters that no mail program shows."""
    lines = re.sub(r"\r\n?", "\n", _encodable(body))
    return "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) != "Cc")


def _encodable(text: str) -> str:
    """`text` without lone surrogates, which JSON can hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
