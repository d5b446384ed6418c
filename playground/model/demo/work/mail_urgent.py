"""What in the inbox cannot wait: somebody asks for something, and names a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from playground.model.conversation import Plan
from playground.model.demo.days import day_said, since_when
from playground.model.demo.findings import quoted
from playground.model.demo.found.calendar_days import dated
from playground.model.demo.found.mail import (
    MailRow,
    MailText,
    Pressing,
    asks,
    mails_of,
    newest_from_others,
    pressing,
    thread_of,
)
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.reads import counted
from playground.model.demo.run import Run

_MOST_READ = 8
_MOST_QUOTES = 3
_SOON = 35
_BACK = 14
MODEST = "*Demo model, no AI: I looked for questions and dates, I did not understand the mails.*"
_MAIL = ("e?-?mails?", "inbox", "gmail")
_URGENT = (
    *("urgent", "important", "pressing", "asap", "burning", "new", "unread", "anything", "any", "wait(?:s|ing)?"),
    *("answer", "attention", "triage", "what", "whats", "what's", "check"),
)
_OTHERS = ("search", "find", "archive", "reply", "send", "write", "draft", "forward", "label", "about", "from")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A mail that somebody else wrote last, with what it asks for and by when."""

    row: MailRow
    mail: MailText
    asks: Sequence[str]
    times: Sequence[Pressing]

    @property
    def is_urgent(self) -> bool:
        return bool(self.asks and self.times)


def _fits(said: Said) -> bool:
    return has(said.lowered, *_MAIL) and has(said.lowered, *_URGENT) and not has(said.lowered, *_OTHERS)


def _urgent(run: Run, said: Said) -> Plan:
    reach(run, {"search_mail": "look through your mail", "read_mail": "read what is new in your mail"})
    since = (since_when(said.lowered, run.today) or run.today - timedelta(days=_BACK)).isoformat()
    read_too = has(
        said.lowered, "unanswered", "(?:not|n't|without an?) answer(?:ed)?", "did i leave", "wait(?:s|ing)? for me"
    )
    search = run.call("search_mail", since=since) if read_too else run.call("search_mail", unread=True)
    listed = mails_of(run.read(search)[0])
    rows = [row for row in listed if not (row.is_newsletter or row.is_mine)][:_MOST_READ]
    if not rows:
        return Plan(text="Nobody waits for you there.")
    threads = run.read(*(run.call("read_mail", thread=row.thread) for row in rows))
    found = [
        _found(run, row, mail)
        for row, content in zip(rows, threads, strict=True)
        if (mail := newest_from_others(thread_of(content))) is not None
    ]
    return Plan(text=_told(run, found))


def _found(run: Run, row: MailRow, mail: MailText) -> _Found:
    written = mail.when.astimezone(run.zone).date() if mail.when else run.today
    times = [one for one in pressing(mail.text, written=written) if (one.due - run.today).days <= _SOON]
    return _Found(row=row, mail=mail, asks=asks(mail.text), times=times)


def _told(run: Run, found: Sequence[_Found]) -> str:
    urgent = sorted((one for one in found if one.is_urgent), key=lambda one: one.times[0].due)
    others = [one for one in found if not one.is_urgent and one.asks]
    head = f"**{counted(len(urgent), 'mail')} cannot wait:**" if urgent else "Nothing there names a day that is near."
    lines = [head, "", *(_row(run, one) for one in urgent)]
    if others:
        lines += ["", "Can wait, but asks something:", *(_short(run, one) for one in others)]
    return "\n".join([*lines, "", MODEST])


def _row(run: Run, one: _Found) -> str:
    said = [*dict.fromkeys([*(time.sentence for time in one.times), *one.asks])][:_MOST_QUOTES]
    in_order = sorted(said, key=lambda sentence: _place(one, sentence))
    quotes = " ".join(f"“{quoted(sentence, 200)}”" for sentence in in_order)
    outside = ", outside" if one.row.is_outside else ""
    begun = " Your answer is begun: there is a draft, half written." if one.row.has_draft else ""
    by = _by(run, one.times[0].due)
    return f"- {one.mail.sender.shown}{outside}, {_when(run, one)}, {one.row.linked}. {by}: {quotes}{begun}"


def _short(run: Run, one: _Found) -> str:
    return f"- {one.mail.sender.shown}, {_when(run, one)}, {one.row.linked}: “{quoted(one.asks[0], 120)}”"


def _place(one: _Found, sentence: str) -> int:
    """Where it stands in the mail, whose lines are broken elsewhere."""
    return " ".join(one.mail.text.split()).find(sentence)


def _when(run: Run, one: _Found) -> str:
    return day_said(one.mail.when, today=run.today, zone=run.zone)


def _by(run: Run, due: date) -> str:
    if due == run.today:
        return "Wanted today"
    return f"Wanted by {dated(due)}" if due > run.today else f"Was wanted on {dated(due)}"


JOBS = (Job(name="urgent mail", fits=_fits, run=_urgent, order=60),)
