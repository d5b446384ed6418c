"""What the person owes others: their open tickets, the mails that wait for them, and when they meet about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from playground.model.conversation import Json, Plan
from playground.model.demo.days import day_said
from playground.model.demo.findings import quoted
from playground.model.demo.found.calendar import Event, events_of, words_of
from playground.model.demo.found.calendar_days import last_working_day
from playground.model.demo.found.mail import MailRow, MailText, asks, mails_of, newest_from_others, thread_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.run import Run
from playground.model.wires.wire import items

_VERSION = re.compile(r"\b(?:before|for|until|till|by)\s+(?:the\s+|version\s+)?v?(\d+(?:\.\d+)+)\b")
_KEY = re.compile(r"\b[A-Z][A-Z0-9]+-\d+\b")
_REVIEWS = ("reviews?", "prs?", "pull requests?", "approvals?")
_BACK = 14
_AHEAD = 10
_MOST_READ = 8
_MOST_QUOTES = 2
_SHARED_WORDS = 2
"""So many words in common make a mail one about a ticket."""
_SHORT = 4
MODEST = "*Demo model, no AI: I matched words and keys, I did not understand the mails.*"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ticket:
    key: str
    summary: str
    status: str
    priority: str
    link: str

    @property
    def linked(self) -> str:
        return f"[{self.key}]({self.link}) {self.summary} ({', '.join(filter(None, (self.status, self.priority)))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Debt:
    """A mail that waits for an answer, with the tickets that it is about."""

    row: MailRow
    mail: MailText
    tickets: list[_Ticket] = field(default_factory=list[_Ticket])


def _fits(said: Said) -> bool:
    text = said.lowered
    owes = has(text, "(?:do|what|who) i (?:still )?owe", "i (?:still )?owe", "did i promise", "waits? for me from")
    return owes and not has(text, *_REVIEWS)


def _owing(run: Run, said: Said) -> Plan:
    tools = {
        "search_tickets": "see which tickets are yours",
        "search_mail": "see who waits for an answer of yours",
        "read_mail": "read what they ask you",
        "list_events": "see what is in your calendar about it",
    }
    reach(run, tools)
    version = found[1] if (found := _VERSION.search(said.lowered)) else ""
    first = last_working_day(run.today)
    tickets, mails, listed = run.read(
        run.call("search_tickets", project="all", assignee="me", status="open", fix_version=version),
        run.call("search_mail", since=(run.today - timedelta(days=_BACK)).isoformat()),
        run.call("list_events", day=first.isoformat(), days=_AHEAD + (run.today - first).days),
    )
    mine = _tickets(tickets)
    debts = _debts(run, mails_of(mails), mine, version)
    events = [event for event in events_of(listed) if _is_about(event, mine, debts, version)]
    return Plan(text=_told(run, mine, debts, events, version))


def _tickets(content: Json) -> list[_Ticket]:
    return [
        _Ticket(
            key=str(row.get("key") or ""),
            summary=str(row.get("summary") or ""),
            status=str(row.get("status") or ""),
            priority=str(row.get("priority") or ""),
            link=str(row.get("link") or ""),
        )
        for row in items(content.get("tickets"))
    ]


def _debts(run: Run, rows: Sequence[MailRow], tickets: Sequence[_Ticket], version: str) -> list[_Debt]:
    """Mails in which somebody else has the last word and asks something; with a version only those about it."""
    waiting = [row for row in rows if not (row.is_mine or row.is_newsletter)][:_MOST_READ]
    contents = run.read(*(run.call("read_mail", thread=row.thread) for row in waiting)) if waiting else []
    debts: list[_Debt] = []
    for row, content in zip(waiting, contents, strict=True):
        mails = thread_of(content)
        if (newest := newest_from_others(mails)) is None or not asks(newest.text):
            continue
        text = "\n".join([row.subject, *(mail.text for mail in mails)])
        about = [ticket for ticket in tickets if _speaks_of(text, ticket)]
        if about or not version or version in text:
            debts.append(_Debt(row=row, mail=newest, tickets=about))
    return debts


def _speaks_of(text: str, ticket: _Ticket) -> bool:
    words = {word for word in words_of(ticket.summary) if len(word) >= _SHORT}
    return ticket.key in text or len(words & set(words_of(text))) >= _SHARED_WORDS


def _is_about(event: Event, tickets: Sequence[_Ticket], debts: Sequence[_Debt], version: str) -> bool:
    """Whether an event names the version, one of the tickets, or comes with somebody who waits."""
    if event.own_answer == "no":
        return False
    text = f"{event.title} {event.notes}"
    waiting = {debt.mail.sender.address.lower() for debt in debts if debt.tickets or not version}
    return (
        bool(version and re.search(rf"(?<![\d.]){re.escape(version)}(?![\d.]*\d)", text))
        or bool({ticket.key for ticket in tickets} & set(_KEY.findall(text)))
        or bool(waiting & {guest.address.lower() for guest in event.others})
    )


def _told(run: Run, tickets: Sequence[_Ticket], debts: Sequence[_Debt], events: Sequence[Event], version: str) -> str:
    before = f" before {version}" if version else ""
    if not (tickets or debts):
        return f"I find nothing that you owe anybody{before}: no open ticket of yours, and no mail that waits for you."
    told = {ticket.key for debt in debts for ticket in debt.tickets}
    lines = [f"**What you still owe{before}:**", "", *(_debt(run, debt) for debt in debts)]
    lines += [f"- {ticket.linked}" for ticket in tickets if ticket.key not in told]
    if events:
        lines += ["", "**In your calendar for it:**", "", *(_event(run, event) for event in events)]
    return "\n".join([*lines, "", MODEST])


def _debt(run: Run, debt: _Debt) -> str:
    when = day_said(debt.mail.when, today=run.today, zone=run.zone)
    quotes = " ".join(f"“{quoted(one, 240)}”" for one in asks(debt.mail.text)[:_MOST_QUOTES])
    then = f" Then {' and '.join(ticket.linked for ticket in debt.tickets)}." if debt.tickets else ""
    return f"- An answer to {debt.mail.sender.shown}, who wrote {when} in {debt.row.linked}: {quotes}{then}"


def _event(run: Run, event: Event) -> str:
    return f"- {event.linked}: {_day_of(run, event.start)}{event.when_everywhere}"


def _day_of(run: Run, start: datetime | None) -> str:
    day = day_said(start, today=run.today, zone=run.zone)
    return f"{day}, " if day in ("today", "yesterday") else ""


JOBS = (Job(name="what I owe", fits=_fits, run=_owing, order=40),)
