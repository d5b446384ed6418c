"""Mails as the tools describe them, and what in them asks for something or names a time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import JsonValue

from playground.model.conversation import Json
from playground.model.demo.found.calendar_days import MONTHS, WEEKDAYS
from playground.model.demo.keywords import any_of
from playground.model.wires.wire import items

_PERSON = re.compile(r'^\s*"?([^"<]*?)"?\s*<([^<>]+)>\s*$')
_ASKS = re.compile(
    any_of(
        *("please", "need(?:s|ed)?", "confirm", "reply", "(?:could|can|would|will) you", "let me know", "tell me"),
        *("send (?:me|us|the|it)", "waiting for", "remember to"),
    ),
    re.IGNORECASE,
)
_DATE = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({'|'.join(MONTHS)})\b(?: (\d{{4}}))?", re.IGNORECASE)
_FIRST_OF_NEXT = re.compile(r"\b(?:the )?(?:first|1st) of next month\b", re.IGNORECASE)
_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """A name and an address."""

    name: str
    address: str

    @property
    def first(self) -> str:
        return self.name.split()[0] if self.name.split() else self.address

    @property
    def shown(self) -> str:
        return self.name or self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """A thread in a list, by its newest mail."""

    thread: str
    subject: str
    sender: Correspondent
    when: datetime | None
    preview: str
    link: str
    is_mine: bool
    is_newsletter: bool
    is_outside: bool
    has_draft: bool
    unread: int
    labels: tuple[str, ...]

    @property
    def linked(self) -> str:
        return f"[{self.subject}]({self.link})" if self.link else self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """One mail of a thread."""

    sender: Correspondent
    to: tuple[Correspondent, ...]
    when: datetime | None
    text: str
    is_mine: bool
    is_outside: bool
    is_unread: bool
    is_draft: bool


def mails_of(content: Json) -> list[MailRow]:
    """The rows of a search."""
    return [
        MailRow(
            thread=_text(row.get("thread")),
            subject=_text(row.get("subject")),
            sender=correspondent(row.get("from")),
            when=_moment(row.get("when")),
            preview=_text(row.get("preview")),
            link=_text(row.get("link")),
            is_mine=bool(row.get("from_me")),
            is_newsletter=bool(row.get("newsletter")),
            is_outside=bool(row.get("outside")),
            has_draft=bool(row.get("draft")),
            unread=_count(row.get("unread")),
            labels=_texts(row.get("labels")),
        )
        for row in items(content.get("mails"))
    ]


def thread_of(content: Json) -> list[MailText]:
    """The mails of a thread, oldest first, drafts left out."""
    return [mail for mail in map(_mail, items(content.get("mails"))) if not mail.is_draft]


def correspondent(value: JsonValue) -> Correspondent:
    text = _text(value)
    if found := _PERSON.match(text):
        return Correspondent(name=found[1].strip(), address=found[2].strip())
    return Correspondent(name="", address=text.strip())


def newest_from_others(mails: Iterable[MailText]) -> MailText | None:
    """The last mail that somebody else wrote."""
    others = [mail for mail in mails if not mail.is_mine]
    return others[-1] if others else None


def sentences(text: str) -> list[str]:
    """The sentences of a mail, one line each, without greeting and signature."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        line = re.sub(r"\s+", " ", block).strip()
        # A full stop within a word, as in 4.13, ends no sentence.
        found += [part.strip() for part in re.split(r"(?<=[.!?])\s+(?=[\"'(]?[A-Z\d])", line) if part.strip()]
    return [one for one in found if not re.fullmatch(r"[^.!?]{0,40},|[^.!?,]{0,30}", one)]


def asks(text: str) -> list[str]:
    """The sentences that want something of the reader."""
    return [one for one in sentences(text) if "?" in one or _ASKS.search(one)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressing:
    """A sentence that names a time, and the last day on which something can still be done."""

    sentence: str
    due: date


def pressing(text: str, *, written: date) -> list[Pressing]:
    """The sentences of a mail of that day that name a day to come, the soonest first."""
    found = [Pressing(sentence=one, due=due) for one in sentences(text) if (due := _due(one, written)) is not None]
    return sorted(found, key=lambda one: one.due)


def days_named(text: str, *, after: date) -> list[date]:
    """The days that `text` names with their month, from a month before `after` on."""
    found = (_dated(match, after - timedelta(days=30)) for match in _DATE.finditer(text))
    return [day for day in found if day is not None]


def _due(sentence: str, written: date) -> date | None:
    days = [day for day in days_named(sentence, after=written) if day >= written]
    if re.search(r"\btoday\b|\btonight\b|\bnow\b|\basap\b", sentence, re.IGNORECASE):
        days.append(written)
    if re.search(r"\btomorrow\b", sentence, re.IGNORECASE):
        # What somebody else builds on tomorrow is wanted before.
        days.append(written)
    if _FIRST_OF_NEXT.search(sentence):
        days.append((written.replace(day=1) + timedelta(days=32)).replace(day=1))
    if found := _WEEKDAY.search(sentence):
        days.append(written + timedelta(days=(WEEKDAYS.index(found[1].lower()) - written.weekday()) % 7))
    return min(days, default=None)


def _dated(found: re.Match[str], earliest: date) -> date | None:
    month = MONTHS.index(found[2].lower()) + 1
    years = [int(found[3])] if found[3] else [earliest.year, earliest.year + 1]
    for year in years:
        try:
            day = date(year, month, int(found[1]))
        except ValueError:
            continue
        if day >= earliest:
            return day
    return None


def _mail(mail: Json) -> MailText:
    to = mail.get("to")
    return MailText(
        sender=correspondent(mail.get("from")),
        to=tuple(correspondent(one) for one in to) if isinstance(to, list) else (),
        when=_moment(mail.get("when")),
        text=_text(mail.get("text")),
        is_mine=bool(mail.get("from_me")),
        is_outside=bool(mail.get("outside")),
        is_unread=bool(mail.get("unread")),
        is_draft=bool(mail.get("draft")),
    )


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(_text(one) for one in value) if isinstance(value, list) else ()


def _count(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0


def _moment(value: JsonValue) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
