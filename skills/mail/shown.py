"""What the model is shown of mails: short JSON, with a word about everything that was left out (pure)."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from integrations.google.mail_addresses import Correspondent
from integrations.google.mail_models import Label, Mail, Part, Thread, names_of
from integrations.google.mail_text import Attachment, attachments_of, new_words, text_of
from integrations.google.mail_visible import visible
from skills.readings import Reading

MAX_TEXT = 6_000
"""Characters of one mail."""
MAX_THREAD = 24_000
"""Characters of all mails of a thread."""
MAX_PEOPLE = 30
"""Of one To or Cc line."""
MAX_SUBJECT = 200
_SYSTEM = {"INBOX": "inbox", "STARRED": "starred", "IMPORTANT": "important", "SPAM": "spam", "TRASH": "trash"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom mails are shown."""

    zone: str
    """IANA time zone."""
    own: frozenset[str]
    """The person's own addresses."""
    domains: frozenset[str]
    """Of these: whoever writes from another one is outside."""
    labels: tuple[Label, ...]


def reader(zone: str, own: Iterable[str], labels: Iterable[Label]) -> Reader:
    addresses = frozenset(address.lower() for address in own)
    domains = frozenset(address.rpartition("@")[2] for address in addresses)
    return Reader(zone=zone, own=addresses, domains=domains, labels=tuple(labels))


def row(thread: Thread, *, to: Reader, link: str) -> dict[str, JsonValue]:
    """One line of a list: a thread by its newest mail."""
    found: dict[str, JsonValue] = {"thread": thread.id, "subject": subject_of(thread)}
    if (last := thread.last) is not None:
        found |= {"from": _from(last), "when": at(last.at, to.zone)}
        if _is_outside(last, to):
            found["outside"] = True
        if last.is_own:
            found["from_me"] = True
        if last.is_bulk:
            found["newsletter"] = True
        # Gmail gives it as HTML without any tag.
        found["preview"] = visible(html.unescape(last.snippet))
    found["mails"] = len(thread.sent_or_received)
    if unread := sum(mail.is_unread for mail in thread.messages):
        found["unread"] = unread
    if any(mail.is_draft for mail in thread.messages):
        found["draft"] = True
    return {**found, "labels": label_names(thread, to.labels), "link": link}


def in_full(thread: Thread, *, to: Reader) -> dict[str, JsonValue]:
    """A thread with what each mail says, oldest first; when it is long, the newest mails are kept."""
    mails: list[JsonValue] = []
    left = MAX_THREAD
    for number, mail in reversed(list(enumerate(thread.messages))):
        if left <= 0:
            break
        text = text_of(mail.payload)
        # What the first mail quotes stands nowhere else in the thread.
        shown = _shortened(new_words(text) if number else text, min(MAX_TEXT, left))
        left -= len(shown)
        mails.insert(0, _in_full(mail, text=shown, to=to))
    content: dict[str, JsonValue] = {"thread": thread.id, "subject": subject_of(thread)}
    content |= {"labels": label_names(thread, to.labels), "mails": mails}
    if missing := len(thread.messages) - len(mails):
        content["note"] = f"The thread is long: the {missing} oldest mails are left out."
    return content


def attachment(thread: Thread, part: Part, reading: Reading, *, place: str, link: str) -> dict[str, JsonValue]:
    """An attached file with its text from `place` on. Raises RetryToolCall for no such place."""
    found: dict[str, JsonValue] = {
        "name": visible(part.filename)[:MAX_SUBJECT],
        "subject": subject_of(thread),
        "text": reading.text(place),
        "note": " ".join(filter(None, reading.told(place))),
        "link": link,
    }
    if reading.facts:
        found["facts"] = reading.facts
    if reading.file is not None:
        found["kept_as"] = reading.file.name
    return found


def subject_of(thread: Thread) -> str:
    return visible(thread.subject)[:MAX_SUBJECT] or "(no subject)"


def label_names(thread: Thread, labels: Iterable[Label]) -> list[JsonValue]:
    """The labels on any of the thread's mails, Gmail's own in plain words."""
    system = [name for label, name in _SYSTEM.items() if label in thread.label_ids]
    return [*system, *names_of(thread.label_ids, labels)]


def last_said(thread: Thread, zone: str) -> str:
    """How far a thread is: "3 mails, the newest of 2026-11-20T18:20+01:00 from Luca Conti"."""
    count, last = len(thread.sent_or_received), thread.last
    mails = f"{count} mail{'' if count == 1 else 's'}"
    return mails if last is None else f"{mails}, the newest of {at(last.at, zone)} from {_from(last)}"


def at(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")


def _in_full(mail: Mail, *, text: str, to: Reader) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {"from": _from(mail), "to": _people(mail.to)}
    if mail.cc:
        found["cc"] = _people(mail.cc)
    found |= {"when": at(mail.at, to.zone), "text": text}
    if attachments := attachments_of(mail.payload):
        found["attachments"] = [_attachment(attachment) for attachment in attachments]
    flags = {
        "from_me": mail.is_own,
        "outside": _is_outside(mail, to),
        "unread": mail.is_unread,
        "draft": mail.is_draft,
        "newsletter": mail.is_bulk,
    }
    return {**found, **{name: True for name, is_so in flags.items() if is_so}}


def _from(mail: Mail) -> str:
    return visible(mail.sender.shown) if mail.sender else "an unreadable sender"


def _is_outside(mail: Mail, to: Reader) -> bool:
    """Whether it came from another domain than the person's; what is sent under their name there is not theirs."""
    return mail.sender is not None and mail.sender.email.rpartition("@")[2] not in to.domains


def _people(people: Sequence[Correspondent]) -> list[JsonValue]:
    shown: list[JsonValue] = [visible(person.shown) for person in people[:MAX_PEOPLE]]
    return shown if len(people) <= MAX_PEOPLE else [*shown, f"and {len(people) - MAX_PEOPLE} more"]


def _attachment(attachment: Attachment) -> dict[str, JsonValue]:
    return {"name": attachment.name[:MAX_SUBJECT], "type": attachment.kind, "size": _size(attachment.size)}


def _size(count: int) -> str:
    return f"{count} bytes" if count < 1_000 else f"{count / 1_000:,.0f} kB"


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit:,} more characters)"
