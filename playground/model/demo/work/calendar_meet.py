"""Meetings: a time that suits everybody, found and booked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from playground.model.conversation import Plan, PlannedCall
from playground.model.demo.found.calendar import (
    Colleague,
    Event,
    FreeTimes,
    events_of,
    free_times_of,
    said_everywhere,
)
from playground.model.demo.found.calendar_days import (
    TOMORROW,
    WEEKDAYS,
    Days,
    clock_meant,
    days_meant,
    minutes_meant,
)
from playground.model.demo.found.calendar_people import found_person, is_own_words, myself, named_with, person_at
from playground.model.demo.found.calendar_told import told
from playground.model.demo.found.tickets import texts_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.run import Ends, Run
from playground.model.demo.understand import LONGEST_COMMAND

_BOOKS = r"(?:schedule|book|set up|setup|arrange|plan|organi[sz]e|put|make|create|invite|get)"
_FINDS = r"(?:find|look for|search for|suggest|propose|when)"
_MEETING = (
    *("meetings?", "calls?", "1:1", "1-1", "one on one", "sync", "catch-?up", "chat", "appointment", "slots?"),
    *(r"\d+ ?(?:m|mins?|minutes?|h|hrs?|hours?)", "half an hour", "an hour", "time", "event", "free"),
)
_DAYS = "|".join((*WEEKDAYS, TOMORROW, "today", "next week", "this week"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """The meeting that is wanted, in as much as the person said."""

    guests: Sequence[str]
    """Addresses, and phrases of the person's such as "my manager"."""
    known: Sequence[Colleague]
    """Those of the guests who were named."""
    minutes: int | None
    days: Days
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a search for a time came to."""

    people: Sequence[Colleague]
    minutes: int
    free: FreeTimes
    events: Sequence[Event]


def _fits_meet(said: Said) -> bool:
    text = said.lowered
    if has(text, r"prs?", "pull requests?", "tickets?", "clash(?:es)?", "move", "reschedule", "reminder"):
        return False
    asks = re.search(rf"^(?:.{{0,40}}\b)?{_BOOKS}\b", text) or _only_finds(text)
    alone = has(text, "book", "schedule", "(?:am i|i am|i'm|im) free")
    return bool(asks) and has(text, *_MEETING) and bool(named_with(text) or alone)


def _only_finds(text: str) -> bool:
    return re.search(rf"\b{_FINDS}\b", text) is not None and not has(text, "book", "schedule", "set up", "invite")


def _meet(run: Run, said: Said) -> Plan:
    names = named_with(said.lowered)
    _reach(run, said, names)
    wish = _wished(run, said, names)
    clock = clock_meant(said.lowered)
    if clock and wish.days.said and wish.days.count < 4 and not _only_finds(said.lowered):
        start = datetime.combine(wish.days.last, clock).isoformat(timespec="minutes")
        return _book(run, wish, start, people=wish.known, minutes=wish.minutes)
    found = _looked(run, wish)
    if not found.free.times:
        return Plan(text=f"I find no {found.minutes} minutes that suit all. {found.free.note}".strip())
    if _only_finds(said.lowered):
        return Plan(text=_offer(found))
    start = found.free.times[0].start
    return _book(run, wish, start, people=found.people, minutes=found.minutes, text=_why(found))


def _reach(run: Run, said: Said, names: list[str]) -> None:
    finds = _only_finds(said.lowered)
    tools = {"find_people": "see who takes part"} if names else {}
    if not _topic(said) and not finds:
        tools["read_profile"] = "see who takes part"
    tools |= {"find_time": "find a time that suits you both", "list_events": "look at your calendar"}
    reach(run, tools if finds else tools | {"create_event": "put the meeting into your calendar"})


def _wished(run: Run, said: Said, names: list[str]) -> _Wish:
    known = {name: found_person(run, name) for name in names if not is_own_words(name)}
    return _Wish(
        guests=[known[name].address if name in known else name for name in names],
        known=[*known.values()],
        minutes=minutes_meant(said.lowered),
        days=days_meant(said.lowered, run.today, usually=7),
        topic=_topic(said),
    )


def _looked(run: Run, wish: _Wish) -> _Found:
    searched, listed = run.done(
        _time_for(wish),
        run.call("list_events", day=wish.days.first.isoformat(), days=wish.days.count),
    )
    known = {one.address: one for one in wish.known}
    addresses = texts_of(searched.executed.get("attendees"))
    minutes = searched.executed.get("minutes")
    return _Found(
        people=[known.get(address) or person_at(run, address) for address in addresses],
        minutes=minutes if isinstance(minutes, int) else 0,
        free=free_times_of(searched.content),
        events=events_of(listed.content),
    )


def _time_for(wish: _Wish) -> PlannedCall:
    """The search, in which nobody but the asker is an empty list and not left out."""
    arguments: dict[str, JsonValue] = {"attendees": [*wish.guests]}
    if wish.minutes is not None:
        arguments["minutes"] = wish.minutes
    return PlannedCall(
        tool="find_time", arguments={**arguments, "day": wish.days.first.isoformat(), "days": wish.days.count}
    )


def _book(
    run: Run, wish: _Wish, start: str, *, people: Sequence[Colleague], minutes: int | None, text: str = ""
) -> Plan:
    """`minutes` as the person said, or as the time that was found has them."""
    title = wish.topic or _names(run, wish, people)
    call = run.call("create_event", title=title, start=start, minutes=minutes, attendees=[*wish.guests])
    outcome = run.ask([call], text=text)[0]
    return Plan(text=told(outcome, done=f"“{title}” is in the calendar.", undone="Not booked", place="there"))


def _why(found: _Found) -> str:
    first = found.free.times[0]
    who = f"you and {' and '.join(one.name for one in found.people)}" if found.people else "you"
    lines = [
        f"The first {found.minutes} minutes free for {who}: {said_everywhere(first, found.free, _names_of(found))}."
    ]
    if found.free.note:
        lines.append(found.free.note)
    lines += [f"You meet anyway: {event.linked}, {event.when_everywhere}." for event in _anyway(found)[:2]]
    return "\n".join(lines)


def _anyway(found: _Found) -> list[Event]:
    """What the same people, and nobody else, have in the calendar already."""
    wanted = {one.address for one in found.people}
    return [event for event in found.events if wanted and {guest.address for guest in event.others} == wanted]


def _offer(found: _Found) -> str:
    lines = [f"- {said_everywhere(one, found.free, _names_of(found))}" for one in found.free.times[:3]]
    head = f"**{'Free for all' if found.people else 'You are free'}, {found.minutes} minutes:**"
    note = ["", found.free.note] if found.free.note else []
    return "\n".join([head, "", *lines, *note])


def _names_of(found: _Found) -> list[tuple[str, str]]:
    return [(one.address, one.name) for one in found.people]


def _topic(said: Said) -> str:
    """What it is about, in the person's own words."""
    ends = rf"(?=$|[,.?!;](?:\s|$)|\s+(?:for|on|at|next|this|with|w/?|in|as well|too)\b|\s+(?:{_DAYS})\b|\s+\d)"
    begins = r"\b(?:about|regarding|re|titled|called|to (?:discuss|talk about))\s+(?:(?:the|our|that|a)\s+)?"
    found = re.search(rf"{begins}(.+?){ends}", said.text[:LONGEST_COMMAND], re.IGNORECASE)
    words = re.sub(r"\s+(?:thing|stuff|topic|issue|matter)$", "", found[1]).strip(" \"'") if found else ""
    return words[:1].upper() + words[1:]


def _names(run: Run, wish: _Wish, people: Sequence[Colleague]) -> str:
    """Without a topic, a meeting is called after those who meet."""
    if not wish.guests:
        raise Ends(Plan(text="What is it about, and who comes? Say “book 30 minutes with … about …”."))
    return " and ".join([myself(run).first, *(one.first for one in people)]) if people else "Meeting"


JOBS = (Job(name="meet", fits=_fits_meet, run=_meet, order=40),)
