"""What Gmail says, as far as it is read here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from integrations.google.mail_addresses import Correspondent, decoded, read_addresses

_CAMEL = ConfigDict(alias_generator=to_camel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    name: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    data: str = ""
    """In base64url (RFC 4648 §5); empty when there is an attachment to be fetched instead."""
    size: int = 0
    """In bytes."""
    attachment_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a mail (RFC 2046), its transfer encoding already undone."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    mime_type: str = ""
    filename: str = ""
    headers: tuple[Header, ...] = ()
    body: Body = Body()
    parts: tuple["Part", ...] = ()

    def header(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return next((header.value for header in self.headers if header.name.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail: at least its headers, and its parts when it was read in full."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    id: str
    thread_id: str
    label_ids: tuple[str, ...] = ()
    snippet: str = ""
    internal_date: int = 0
    """When it arrived, in milliseconds since 1970."""
    payload: Part = Part()

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.internal_date / 1000, UTC)

    @property
    def subject(self) -> str:
        return " ".join(decoded(self.payload.header("Subject")).split())

    @property
    def sender(self) -> Correspondent | None:
        return next(iter(read_addresses(self.payload.header("From"))), None)

    @property
    def to(self) -> tuple[Correspondent, ...]:
        return read_addresses(self.payload.header("To"))

    @property
    def cc(self) -> tuple[Correspondent, ...]:
        return read_addresses(self.payload.header("Cc"))

    @property
    def answers_go_to(self) -> tuple[Correspondent, ...]:
        """Reply-To where the sender gave one, else the sender (RFC 5322 §3.6.2)."""
        return read_addresses(self.payload.header("Reply-To")) or ((self.sender,) if self.sender else ())

    @property
    def is_unread(self) -> bool:
        return "UNREAD" in self.label_ids

    @property
    def is_draft(self) -> bool:
        return "DRAFT" in self.label_ids

    @property
    def is_own(self) -> bool:
        """Whether the person sent it."""
        return "SENT" in self.label_ids

    @property
    def is_bulk(self) -> bool:
        """Whether it went to a list of subscribers (RFC 2369, RFC 2919, RFC 3834)."""
        if self.payload.header("List-Unsubscribe") or self.payload.header("List-Id"):
            return True
        return self.payload.header("Precedence").lower() in {"bulk", "list"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Mails that answer one another, oldest first."""

    id: str
    messages: tuple[Mail, ...] = ()

    @property
    def subject(self) -> str:
        return next((mail.subject for mail in self.messages if mail.subject), "")

    @property
    def sent_or_received(self) -> tuple[Mail, ...]:
        """Without drafts."""
        return tuple(mail for mail in self.messages if not mail.is_draft)

    @property
    def last(self) -> Mail | None:
        """The newest mail; a draft only when there is nothing else."""
        return next(iter(reversed(self.sent_or_received or self.messages)), None)

    @property
    def label_ids(self) -> set[str]:
        return {label for mail in self.messages for label in mail.label_ids}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadId:
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    threads: tuple[ThreadId, ...] = ()
    next_page_token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailId:
    """A mail that was found or written."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    id: str
    thread_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPage:
    messages: tuple[MailId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    id: str
    message: MailId


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    id: str
    name: str
    type: str = "user"
    """`system` or `user`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An address that the person may send from."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    send_as_email: str
    display_name: str = ""
    is_default: bool = False
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    send_as: tuple[Identity, ...] = ()

    @property
    def default(self) -> Identity | None:
        return next(iter(sorted(self.send_as, key=lambda own: (not own.is_default, not own.is_primary))), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    email_address: str


def names_of(label_ids: Iterable[str], labels: Iterable[Label]) -> list[str]:
    """The person's own labels by name, by alphabet."""
    names = {label.id: label.name for label in labels if label.type == "user"}
    return sorted(names[label] for label in set(label_ids) & names.keys())
