"""The mailboxes of the playground's Gmail: mails, threads, labels and drafts, and how mail gets from one to another."""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count

from playground.google import errors, mime
from playground.google.accounts import Account, Accounts

SYSTEM = (
    "CHAT",
    "SENT",
    "INBOX",
    "IMPORTANT",
    "TRASH",
    "DRAFT",
    "SPAM",
    "CATEGORY_FORUMS",
    "CATEGORY_UPDATES",
    "CATEGORY_PERSONAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_SOCIAL",
    "STARRED",
    "UNREAD",
)
FIXED = ("SENT", "DRAFT", "CHAT")
"""Labels that say what a mail is: nobody may add or remove them."""


@dataclass(slots=True)
class Label:
    id: str
    name: str
    is_system: bool


@dataclass(slots=True, kw_only=True)
class Mail:
    """One mail as it lies in one mailbox."""

    id: str
    thread: str
    at: datetime
    labels: set[str]
    raw: bytes
    parsed: EmailMessage = field(repr=False)
    message_id: str
    topic: str
    """The subject as threads go by it."""
    history: int
    seed: str = ""
    """Its id in the company's seed, such as `mail-val-3`."""

    @property
    def subject(self) -> str:
        return mime.header(self.parsed, "Subject")

    @property
    def text(self) -> str:
        return mime.text(self.parsed)

    def people(self, *headers: str) -> tuple[Address, ...]:
        return mime.known_addresses(self.parsed, *headers)

    @property
    def recipients(self) -> list[str]:
        """The addresses it went to, in order."""
        return [address.addr_spec for address in self.people("To", "Cc", "Bcc")]


@dataclass(slots=True, kw_only=True)
class Draft:
    id: str
    mail: Mail


@dataclass(slots=True, kw_only=True)
class Mailbox:
    """What one person has in Gmail."""

    account: Account
    signature: str = ""
    labels: dict[str, Label] = field(default_factory=dict[str, Label])
    mails: dict[str, Mail] = field(default_factory=dict[str, Mail])
    drafts: dict[str, Draft] = field(default_factory=dict[str, Draft])
    history: int = 1_000

    def __post_init__(self) -> None:
        self.labels = {name: Label(name, name, is_system=True) for name in SYSTEM}

    def mail(self, name: str) -> Mail:
        """The mail with this id, or with this name in the seed; a 404 when there is none."""
        found = self.mails.get(name) or next((mail for mail in self.mails.values() if mail.seed == name), None)
        if found is None:
            raise errors.not_found()
        return found

    def thread(self, name: str) -> list[Mail]:
        """The mails of the thread with this id, or around the mail with this id, oldest first; a 404 without any."""
        found = [mail for mail in self.mails.values() if mail.thread == name]
        if not found and name in self.mails:
            return self.thread(self.mails[name].thread)
        if not found:
            raise errors.not_found()
        return sorted(found, key=lambda mail: mail.at)

    def draft(self, name: str) -> Draft:
        if name not in self.drafts:
            raise errors.not_found()
        return self.drafts[name]

    def newest_first(self) -> list[Mail]:
        return sorted(self.mails.values(), key=lambda mail: (mail.at, mail.history), reverse=True)

    def label(self, name: str) -> Label | None:
        """The label of this name, whatever its case; hyphens stand for spaces, as in searches."""
        wanted = _plain(name)
        return next((label for label in self.labels.values() if _plain(label.name) == wanted), None)

    def new_label(self, name: str) -> Label:
        """A new label of the person's own; 409 when the name is taken."""
        if not name.strip() or len(name) > 225:
            raise errors.invalid("Invalid label name")
        if self.label(name):
            raise errors.conflict("Label name exists or conflicts")
        number = sum(not label.is_system for label in self.labels.values()) + 1
        label = self.labels[f"Label_{number}"] = Label(f"Label_{number}", name.strip(), is_system=False)
        return label

    def relabel(self, mails: Iterable[Mail], *, add: Collection[str], remove: Collection[str]) -> None:
        """Put labels on mails and take others off; a 400 for labels that do not exist or that nobody may move."""
        for label in (*add, *remove):
            if label not in self.labels or label in FIXED:
                raise errors.invalid(f"Invalid label: {label}")
        if not add and not remove:
            raise errors.invalid("No label add or removes specified")
        for mail in mails:
            mail.labels = (mail.labels | set(add)) - set(remove)
            mail.history = self.next_history()

    def next_history(self) -> int:
        self.history += 7
        return self.history

    def thread_of(self, parsed: EmailMessage) -> str | None:
        """The thread that a mail belongs to: it answers one of its mails, and the subject is the same."""
        answered = set(mime.ids(parsed, "In-Reply-To", "References"))
        topic = mime.topic(mime.header(parsed, "Subject"))
        found = (mail for mail in self.newest_first() if mail.message_id in answered and mail.topic == topic)
        return next((mail.thread for mail in found), None)


class MailWorld:
    """Everybody's mailbox."""

    def __init__(self, accounts: Accounts, clock: Callable[[], datetime]) -> None:
        self.accounts = accounts
        self.clock = clock
        self.mailboxes = {account.handle: Mailbox(account=account) for account in accounts.all}
        self._number = count(1)

    def mailbox(self, person: str) -> Mailbox:
        """The mailbox of a handle or an address; KeyError when nobody here has it."""
        return self.mailboxes[self.accounts.person(person).handle]

    def put(
        self,
        box: Mailbox,
        raw: bytes,
        labels: Iterable[str],
        *,
        thread: str | None = None,
        at: datetime | None = None,
        seed: str = "",
        parsed: EmailMessage | None = None,
    ) -> Mail:
        """Lay a mail into a mailbox, into `thread` or a new one; `parsed` is `raw` where that was read already."""
        parsed = parsed or mime.read(raw)
        name = _id(box.account.handle, seed or str(next(self._number)))
        mail = box.mails[name] = Mail(
            id=name,
            thread=thread or name,
            at=at or self.clock(),
            labels=set(labels),
            raw=raw,
            parsed=parsed,
            message_id=next(iter(mime.ids(parsed, "Message-ID")), ""),
            topic=mime.topic(mime.header(parsed, "Subject")),
            history=box.next_history(),
            seed=seed,
        )
        return mail

    def send(self, box: Mailbox, raw: bytes, *, thread: str | None) -> Mail:
        """Send a mail as the owner of `box`: their copy, after every recipient here has got theirs."""
        parsed = mime.read(raw)
        told = mime.addresses(parsed, "To", "Cc", "Bcc")
        if not told:
            raise errors.invalid("Recipient address required")
        own = self._finished(box, parsed)
        reached = {found.handle for address in told if (found := self.accounts.find(address.addr_spec))}
        public = mime.read(own)
        del public["Bcc"]
        for handle in sorted(reached - {box.account.handle}):
            there = self.mailboxes[handle]
            self.put(there, public.as_bytes(), ("INBOX", "UNREAD"), thread=there.thread_of(public))
        labels = {"SENT", "INBOX", "UNREAD"} if box.account.handle in reached else {"SENT"}
        return self.put(box, own, labels, thread=self._agreed(box, mime.read(own), thread))

    def receive(self, person: str, raw: bytes, *, seed: str = "", at: datetime | None = None) -> Mail:
        """Lay a mail from outside into the inbox of `person`."""
        box = self.mailbox(person)
        thread = box.thread_of(mime.read(raw))
        return self.put(box, raw, ("INBOX", "UNREAD"), thread=thread, seed=seed, at=at)

    def save(self, box: Mailbox, raw: bytes, *, thread: str | None, draft: Draft | None = None) -> Draft:
        """A new draft, or other words for an old one: the mail gets a new id then, the draft keeps its own."""
        parsed = mime.read(raw)
        mime.addresses(parsed, "To", "Cc", "Bcc")
        own = self._finished(box, parsed)
        place = draft.mail.thread if draft and not thread else self._agreed(box, mime.read(own), thread)
        if draft:
            del box.mails[draft.mail.id]
        mail = self.put(box, own, ("DRAFT",), thread=place)
        name = draft.id if draft else f"r{int(mail.id, 16) % 10**18}"
        saved = box.drafts[name] = Draft(id=name, mail=mail)
        return saved

    def discard(self, box: Mailbox, draft: Draft) -> None:
        del box.drafts[draft.id]
        del box.mails[draft.mail.id]

    def _finished(self, box: Mailbox, parsed: EmailMessage) -> bytes:
        """The mail as Gmail completes it: from its owner whatever it says, with a date and an id."""
        del parsed["From"]
        parsed["From"] = Address(box.account.name, addr_spec=box.account.email)
        if not parsed["Date"]:
            parsed["Date"] = format_datetime(self.clock())
        if not mime.ids(parsed, "Message-ID"):
            del parsed["Message-ID"]
            parsed["Message-ID"] = f"<CA{next(self._number):08d}playground@mail.{self.accounts.domain}>"
        return parsed.as_bytes()

    def _agreed(self, box: Mailbox, parsed: EmailMessage, thread: str | None) -> str | None:
        """`thread` if the mail really answers it, else None for a new one (Gmail's guide "Managing threads")."""
        if thread is None:
            return None
        mails = box.thread(thread)
        answered = set(mime.ids(parsed, "In-Reply-To", "References"))
        same = mails[0].topic == mime.topic(mime.header(parsed, "Subject"))
        is_known = any(mail.message_id in answered for mail in mails) or all("DRAFT" in mail.labels for mail in mails)
        return mails[0].thread if same and is_known else None


def _plain(name: str) -> str:
    return name.casefold().replace("-", " ").replace("/", " ").strip()


def _id(handle: str, what: str) -> str:
    """An id as Gmail's look: sixteen hexadecimal digits, another one in each mailbox."""
    return "19" + hashlib.sha256(f"{handle}|{what}".encode()).hexdigest()[:14]
