"""Answers to mails: the person's own words, with the dates that they rest on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playground.model.conversation import Plan
from playground.model.demo.days import day_said
from playground.model.demo.findings import quoted
from playground.model.demo.found.calendar import Event, events_of, without_accents, words_of
from playground.model.demo.found.calendar_days import dated
from playground.model.demo.found.calendar_told import told
from playground.model.demo.found.mail import (
    Correspondent,
    MailRow,
    MailText,
    asks,
    days_named,
    mails_of,
    newest_from_others,
    thread_of,
)
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.run import Ends, Run

_COMMAND = re.compile(
    r"^(?:(?:ok(?:ay)?|now|then|and|so|please|pls|(?:can|could) you)[\s,]+)*"
    r"(?:tell|let|reply to|answer|respond to|write back to|write to|write|mail|email|e-mail)\s+"
    r"(?P<who>[^\W\d_][\w'-]*)(?:'s mail)?(?P<know>\s+know)?\s*[,:]?\s+(?P<what>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_NOBODY = re.compile(
    r"(?:me|us|them|him|her|it|the|an?|this|that|my|your|our|every(?:one|body)|all|team|people|author|some\w+|any\w+"
    r"|in|on|at|with|to|about|more|code|down|yes|no|maybe|long|short)"
)
_SIGNED = re.compile(
    r"[\s,;]+(?:and\s+)?sign(?:ed)?\s+(?:it\s+)?(?:off\s+)?(?:as|with|by)?\s*[:\"]\s*(?P<name>[^\"]+?)\"?\s*$",
    re.IGNORECASE,
)
_EVENT = re.compile(r"\b(?:only )?(?:after|before|until|at)\s+(?:the\s+|our\s+)?([\w/'-]+(?:\s+[\w/'-]+){0,2})")
_WORDS = {"its": "it is", "thats": "that is", "dont": "do not", "cant": "cannot", "ill": "I will", "im": "I am"}
_STANDS = re.compile(r"\b(?:date|day|deadline|plan) (?:stands|holds|stays|is (?:still )?(?:right|ok|fine|correct))\b")
_AHEAD = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    who: str
    what: str
    sign_off: str
    """As the person says it here; empty where it is left to their habit."""


def _fits(said: Said) -> bool:
    wish = _wish(said)
    if wish is None or re.search(r"#\d|#[a-z]|\b[A-Z][A-Z0-9]+-\d+\b", said.text):
        return False
    return not has(said.lowered, "prs?", "pull requests?", "slack", "dm", "channel", "comment", r"on \d+")


def _wish(said: Said) -> _Wish | None:
    signed = _SIGNED.search(said.text)
    found = _COMMAND.match(said.text[: signed.start()] if signed else said.text)
    if found is None or _NOBODY.fullmatch(found["who"].lower()):
        return None
    if found[0].lower().startswith("let ") and not found["know"]:
        return None
    return _Wish(
        who=found["who"],
        what=re.sub(r"^(?:that|saying)\s+", "", found["what"].strip(), flags=re.IGNORECASE),
        sign_off=signed["name"] if signed else "",
    )


def _answer(run: Run, said: Said) -> Plan:
    wish = _wish(said)
    if wish is None:
        raise Ends(Plan(text="Whom shall I answer, and what shall I say?"))
    named = _events_named(wish.what)
    tools = {
        "search_mail": "find the mail that you answer",
        "read_mail": "read the mail that you answer",
        "reply_to_mail": "answer it in your name",
    }
    reach(run, tools | ({"list_events": "look up the days that you name"} if named else {}))
    row = _mail_from(run, wish.who)
    mails = thread_of(run.read(run.call("read_mail", thread=row.thread))[0])
    asked = newest_from_others(mails)
    to = next((mail.sender for mail in reversed(mails) if _is_called(mail.sender, wish.who)), row.sender)
    events = events_of(run.read(run.call("list_events", day=run.today.isoformat(), days=_AHEAD))[0]) if named else []
    body = "\n\n".join((_greeting(mails, to), _said_in(run, wish, asked, events)))
    outcome = run.ask(
        [run.call("reply_to_mail", thread=row.thread, body=body, to=[to.address], sign_off=wish.sign_off)],
        text=_rests_on(run, row, asked),
    )[0]
    done = f"Answered {to.shown} on {row.linked}."
    return Plan(text=told(outcome, done=done, undone="Not sent", place="into your sent mail"))


def _mail_from(run: Run, who: str) -> MailRow:
    """The newest thread in which somebody of that name wrote. Ends the flow with a question when they are several."""
    rows = _from(run, who, "inbox") or _from(run, who, "anywhere")
    if not rows:
        raise Ends(Plan(text=f"I find no mail from “{who}” to answer. To which address shall I write?"))
    senders = {row.sender.address: row.sender for row in rows if _is_called(row.sender, who)}
    if len(senders) > 1:
        lines = "\n".join(f"- {one.shown}, {one.address}" for one in senders.values())
        raise Ends(Plan(text=f"Several people called “{who}” wrote to you. Which one?\n{lines}"))
    return rows[0]


def _from(run: Run, who: str, folder: str) -> list[MailRow]:
    return [
        row
        for row in mails_of(run.read(run.call("search_mail", sender=who, folder=folder))[0])
        if not row.is_newsletter
    ]


def _is_called(person: Correspondent, who: str) -> bool:
    return without_accents(who) in words_of(f"{person.name} {person.address.partition('@')[0].replace('.', ' ')}")


def _greeting(mails: Sequence[MailText], to: Correspondent) -> str:
    """As the person greeted them before."""
    mine = [mail.text.strip().split("\n")[0] for mail in reversed(mails) if mail.is_mine]
    greeted = (re.match(rf"(\w[\w ]{{0,20}}{re.escape(to.first)}),", line) for line in mine)
    return next((f"{found[1]}," for found in greeted if found), f"Hello {to.first},")


def _said_in(run: Run, wish: _Wish, asked: MailText | None, events: Sequence[Event]) -> str:
    """The person's clauses as sentences, each with the day that it rests on."""
    said = [_sentence(clause) for clause in re.split(r"[,;]?\s+(?:but|and that)\s+|\s*;\s*|[,.]\s+", wish.what)]
    return " ".join(_with_event(_with_date(run, one, asked), events) for one in said if one)


def _sentence(clause: str) -> str:
    words = [_WORDS.get(word.lower(), word) for word in clause.strip(" .,").split()]
    text = re.sub(r"^(?:that|and|also)\s+", "", " ".join(words))
    text = re.sub(r"^(?:to|not to)\s+(?=\w)", lambda found: "please " if found[0] == "to " else "please do not ", text)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('?', '!')) else '.'}" if text else ""


def _with_date(run: Run, sentence: str, asked: MailText | None) -> str:
    """Where the person says that the date stands: which date they were asked about."""
    if asked is None or not _STANDS.search(sentence.lower()):
        return sentence
    written = asked.when.astimezone(run.zone).date() if asked.when else run.today
    questions = [one for one in asks(asked.text) if "?" in one]
    days = [day for one in [*questions, asked.text] for day in days_named(one, after=written)]
    return f"{sentence.rstrip('.')}: {dated(days[0])}." if days else sentence


def _with_event(sentence: str, events: Sequence[Event]) -> str:
    """Where the person names an event of theirs: its day."""
    for name in (part for whole in _events_named(sentence.rstrip(".")) for part in _beginnings(whole)):
        found = next((one for one in events if one.day and set(words_of(name)) <= set(words_of(one.title))), None)
        if found and found.day:
            said = f"our {name} on {dated(found.day)}"
            return re.sub(rf"(?:the\s+|our\s+)?{re.escape(name)}", said, sentence, count=1)
    return sentence


def _beginnings(name: str) -> list[str]:
    """The whole name, then less and less of its end."""
    words = name.split()
    return [" ".join(words[:count]) for count in range(len(words), 0, -1)]


def _events_named(text: str) -> list[str]:
    """What stands after "after" or "before" and could be an event."""
    return [
        found[1] for found in _EVENT.finditer(text) if not re.match(r"\d|(?:that|this|then|it|you|we|i)\b", found[1])
    ]


def _rests_on(run: Run, row: MailRow, asked: MailText | None) -> str:
    """What is answered, for the person to see beside the card."""
    if asked is None:
        return f"I answer in {row.linked}."
    when = day_said(asked.when, today=run.today, zone=run.zone)
    questions = " ".join(one for one in asks(asked.text))
    wrote = f"{asked.sender.shown} wrote {when} in {row.linked}"
    return f"{wrote}: “{quoted(questions, 240)}”" if questions else f"{wrote}."


JOBS = (Job(name="answer a mail", fits=_fits, run=_answer, order=45),)
