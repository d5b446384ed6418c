"""Events that are to begin later, earlier, or at another time."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from playground.model.conversation import Plan
from playground.model.demo.days import day_said
from playground.model.demo.findings import quoted
from playground.model.demo.found.calendar import Colleague, Event, Guest, colleagues_of, events_of, words_of
from playground.model.demo.found.calendar_days import TOMORROW, WEEKDAYS, clock_meant, dated, days_meant
from playground.model.demo.found.calendar_told import told
from playground.model.demo.found.calendar_words import CLASHES, picked, telling
from playground.model.demo.found.mail import MailRow, mails_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.run import Run

_MOVES = r"(?:move|shift|push|postpone|reschedule|delay|bring forward|put off)"
_LENGTH = r"(\d{1,3})\s*(m|mins?|minutes?|h|hrs?|hours?)\b"
_BY = re.compile(rf"\bby {_LENGTH}|{_LENGTH} (later|earlier|sooner|back|forward)")
_TO_DAY = re.compile(rf"\bto (?:next |this )?({'|'.join(WEEKDAYS)}|{TOMORROW}|today)\b")
_WANTS = re.compile(r"\b(?:wants?|needs?|asks?|asked|would like|has to|can only)\b")
_SOON = 7


def _fits(said: Said) -> bool:
    text = said.lowered
    if re.search(r"\b[a-z][a-z0-9]+-\d+\b", text) or has(text, "tickets?", "prs?", "pull requests?", *CLASHES):
        return False
    starts = re.search(r"\b(?:start|begin|meet|come)\b.{0,30}\b(?:later|earlier)\b", text)
    moves = re.search(rf"\b{_MOVES}\b", text)
    return bool(starts or moves) and bool(_BY.search(text) or clock_meant(text) or _TO_DAY.search(text))


def _move(run: Run, said: Said) -> Plan:
    for_another = _WANTS.search(said.lowered) is not None
    tools = {"list_events": "find that event in your calendar"}
    if for_another:
        tools |= {"search_mail": "see who asked for it", "find_people": "see who is meant"}
    reach(run, tools | {"move_event": "move the event"})
    words = telling(said.lowered)
    days = days_meant(_TO_DAY.sub(" ", said.lowered), run.today, usually=_SOON)
    events = events_of(run.read(run.call("list_events", day=days.first.isoformat(), days=days.count))[0])
    event = picked(events, words, days)
    if event.start is None:
        return Plan(text=f"{event.linked} takes the whole day. I move only what has a time.")
    start = _new_start(run, said, event.start)
    who = _who(run, event, words) if for_another else [f"{event.linked}, {event.when_everywhere}."]
    text = "\n".join([*who, *_after_it(event, start, events)])
    outcome = run.ask([run.call("move_event", event=event.id, start=start.isoformat(timespec="minutes"))], text=text)
    done = f"{event.title} begins on {dated(start.date())} at {start:%H:%M} now."
    return Plan(text=told(outcome[0], done=done, undone="Not moved", place="into the calendar"))


def _new_start(run: Run, said: Said, start: datetime) -> datetime:
    if found := _BY.search(said.lowered):
        count, unit = (found[1], found[2]) if found[1] else (found[3], found[4])
        length = timedelta(hours=int(count)) if unit.startswith("h") else timedelta(minutes=int(count))
        return start - length if found[5] in ("earlier", "sooner", "forward") else start + length
    to_day = _TO_DAY.search(said.lowered)
    day = days_meant(to_day[1], run.today, usually=1).last if to_day else start.date()
    return datetime.combine(day, clock_meant(said.lowered) or start.time(), start.tzinfo)


def _who(run: Run, event: Event, words: Sequence[str]) -> list[str]:
    """Which of several people of that name it is, and where they asked."""
    guests = [guest for guest in event.others if set(words_of(guest.name)) & set(words)]
    lines = [f"{event.linked}, {event.when_everywhere}."]
    for guest in guests:
        first = next(word for word in words if word in words_of(guest.name))
        known, written = run.read(
            run.call("find_people", words=first),
            run.call("search_mail", words=first, since=_last_week(run).isoformat(), folder="anywhere"),
        )
        lines += _one_of(guest, event, [one for one in colleagues_of(known) if _shares(one, words)])
        lines += _asked(run, guest, mails_of(written))
    return lines


def _one_of(guest: Guest, event: Event, colleagues: Sequence[Colleague]) -> list[str]:
    """Who of that name is meant, and who is not."""
    others = " or ".join(one.described for one in colleagues if one.address != guest.address)
    role = ", the candidate" if has(event.title.lower(), "interview") and _outside(guest.address, event) else ""
    return [f"With {guest.name}{role}{f', not {others}' if others else ''}."] if others or role else []


def _asked(run: Run, guest: Guest, mails: Sequence[MailRow]) -> list[str]:
    """Where the guest wrote lately, by address and not by name."""
    asked = next((mail for mail in mails if mail.sender.address.lower() == guest.address.lower()), None)
    if asked is None:
        return []
    when = day_said(asked.when, today=run.today, zone=run.zone)
    return [f"{guest.name} wrote {when}, {asked.linked}: “{quoted(asked.preview, 200)}”"]


def _last_week(run: Run) -> date:
    return run.today - timedelta(days=_SOON)


def _shares(colleague: Colleague, words: Sequence[str]) -> bool:
    return bool(set(words_of(colleague.name)) & set(words))


def _outside(address: str, event: Event) -> bool:
    """Whether most other guests have another domain."""
    you = [guest.address for guest in event.guests if guest.is_you]
    return bool(you) and you[0].rpartition("@")[2] != address.rpartition("@")[2]


def _after_it(event: Event, start: datetime, events: Sequence[Event]) -> list[str]:
    """The new time, and what it runs into."""
    end = start + timedelta(minutes=event.minutes)
    lines = [f"New time: {start:%H:%M}–{end:%H:%M}."]
    for other in events:
        if other.id == event.id or other.start is None:
            continue
        if other.start == end and _both_in(event, other):
            lines.append(f"{other.linked} follows directly at {end:%H:%M}, for {_both_in(event, other)}.")
        elif other.meets(start, end) and _both_in(event, other):
            before = event.start and event.end and other.meets(event.start, event.end)
            so_far = "overlaps already" if before else "would overlap"
            lines.append(f"{other.linked} at {other.start:%H:%M} {so_far} for {_both_in(event, other)}.")
    return lines


def _both_in(event: Event, other: Event) -> str:
    """Who is in both and did not say no, the asker first."""
    coming = {guest.address for guest in other.guests if guest.answer != "no"}
    both = [guest for guest in event.guests if guest.address in coming and guest.answer != "no"]
    return " and ".join(guest.name for guest in sorted(both, key=lambda guest: not guest.is_you))


JOBS = (Job(name="move an event", fits=_fits, run=_move, order=30),)
