"""Mails found, and mails put out of the inbox."""

import re
from collections.abc import Sequence

from playground.model.conversation import Plan
from playground.model.demo.days import day_said, since_when
from playground.model.demo.findings import quoted
from playground.model.demo.found.calendar_told import told
from playground.model.demo.found.mail import MailRow, mails_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.outcomes import Outcome
from playground.model.demo.reach import reach
from playground.model.demo.reads import counted
from playground.model.demo.run import Ends, Run
from playground.model.demo.understand import LONGEST_COMMAND

_MOST = 10
_MAIL = r"(?:e?-?mails?|inbox|gmail|newsletters?)"
_SEARCH = re.compile(
    rf"\b(?:search|find|look|show|get|list)\b.*\b{_MAIL}\b|\b{_MAIL}\b.*\b(?:about|from|regarding|with)\b"
)
_ARCHIVE = re.compile(r"^(?:please |pls |(?:can|could) you )?archive\b")
_FROM = re.compile(r"\b(?:from|by|of)\s+([^\W\d_][\w.@'-]*(?:\s+[A-Z][\w'-]+)?)")
_ABOUT = re.compile(
    r"\b(?:about|regarding|for|with|saying)\s+(?:the\s+)?(.+?)(?=$|[?!.]\s*$|\s+(?:from|by|since|in the last|this)\b)"
)
_NO_SENDERS = frozenset({"the", "my", "last", "this", "today", "yesterday", "all", "inbox", "me"})


def _fits_search(said: Said) -> bool:
    blocked = has(said.lowered, "tickets?", "prs?", "pull requests?", "write", "send", "draft", "forward", "urgent")
    return _SEARCH.search(said.lowered) is not None and not blocked


def _search(run: Run, said: Said) -> Plan:
    reach(run, {"search_mail": "look through your mail"})
    rows = _found(run, said)
    if not rows:
        return Plan(text="I find no such mail. Name the sender or a word that stands in it.")
    lines = [_row(run, row) for row in rows[:_MOST]]
    more = [f"- and {len(rows) - _MOST} more"] if len(rows) > _MOST else []
    return Plan(text="\n".join([f"**{counted(len(rows), 'mail thread')}:**", "", *lines, *more]))


def _fits_archive(said: Said) -> bool:
    return _ARCHIVE.search(said.lowered) is not None and not has(said.lowered, "channel", "tickets?", "repo(?:sitory)?")


def _archive(run: Run, said: Said) -> Plan:
    reach(run, {"search_mail": "find that mail", "file_mail": "archive it"})
    rows = [row for row in _found(run, said) if "inbox" in row.labels]
    if not rows:
        raise Ends(Plan(text="I find no such mail in your inbox. Name the sender or a word that stands in it."))
    if len(rows) > 1 and not has(said.lowered, "all", "newest", "last", "latest"):
        lines = "\n".join(_row(run, row) for row in rows[:_MOST])
        raise Ends(Plan(text=f"{len(rows)} mails fit. Which one? Say “all” for all of them.\n{lines}"))
    chosen = rows[:_MOST] if has(said.lowered, "all") else rows[:1]
    outcomes = run.ask([run.call("file_mail", thread=row.thread, archive=True) for row in chosen])
    return Plan(text="\n".join(_archived(row, outcome) for row, outcome in zip(chosen, outcomes, strict=True)))


def _archived(row: MailRow, outcome: Outcome) -> str:
    return told(outcome, done=f"Archived {row.linked}.", undone=f"Left {row.linked} as it was", place="into the inbox")


def _found(run: Run, said: Said) -> Sequence[MailRow]:
    """What fits in the inbox, or else anywhere."""
    sender = _FROM.search(said.text[:LONGEST_COMMAND])
    who = sender[1] if sender and sender[1].lower() not in _NO_SENDERS else None
    about = _ABOUT.search(said.text[:LONGEST_COMMAND])
    words = about[1].strip(" \"'") if about else ""
    since = since_when(said.lowered, run.today)
    for folder in ("inbox", "anywhere"):
        call = run.call(
            "search_mail", words=words, sender=who, since=since.isoformat() if since else None, folder=folder
        )
        if rows := mails_of(run.read(call)[0]):
            return rows
    return ()


def _row(run: Run, row: MailRow) -> str:
    when = day_said(row.when, today=run.today, zone=run.zone)
    unread = ", unread" if row.unread else ""
    return f"- {row.sender.shown}, {when}{unread}, {row.linked}: “{quoted(row.preview, 120)}”"


JOBS = (
    Job(name="archive mail", fits=_fits_archive, run=_archive, order=45),
    Job(name="search mail", fits=_fits_search, run=_search, order=65),
)
