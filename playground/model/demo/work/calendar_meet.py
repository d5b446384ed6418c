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
from playground.model.demo.found.calendar_people import found_person, myself, named_with, tool_for
from playground.model.demo.found.calendar_told import told
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.run import Ends, Run
from playground.model.demo.understand import LONGEST_COMMAND

_USUAL_MINUTES = 30
_BOOKS = r"(?:schedule|book|set up|setup|arrange|plan|organi[sz]e|put|make|create|invite|get)"
_FINDS = r"(?:find|look for|search for|suggest|propose|when)"
_MEETING = (
    *("meetings?", "calls?", "1:1", "1-1", "one on one", "sync", "catch-?up", "chat", "appointment", "slots?"),
    *(r"\d+ ?(?:m|mins?|minutes?|h|hrs?|hours?)", "half an hour", "an hour", "time", "event", "free"),
)
_DAYS = "|".join((*WEEKDAYS, TOMORROW, "today", "next week", "this week"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """The meeting that is wanted."""

    people: Sequence[Colleague]
    minutes: int
    days: Days
    topic: str


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
    wish = _Wish(
        people=[found_person(run, name) for name in names],
        minutes=minutes_meant(said.lowered) or _USUAL_MINUTES,
        days=days_meant(said.lowered, run.today, usually=7),
        topic=_topic(said),
    )
    clock = clock_meant(said.lowered)
    if clock and wish.days.said and wish.days.count < 4 and not _only_finds(said.lowered):
        start = datetime.combine(wish.days.last, clock).isoformat(timespec="minutes")
        return _book(run, wish, start, text="")
    free, events = _looked(run, wish)
    if not free.times:
        return Plan(text=f"I find no {wish.minutes} minutes that suit all. {free.note}".strip())
    if _only_finds(said.lowered):
        return Plan(text=_offer(wish, free))
    return _book(run, wish, free.times[0].start, text=_why(wish, free, events))


def _reach(run: Run, said: Said, names: list[str]) -> None:
    finds = _only_finds(said.lowered)
    tools = dict.fromkeys(tool_for(names), "see who your manager is and who takes part")
    if not _topic(said) and not finds:
        tools["read_profile"] = "see who your manager is and who takes part"
    tools |= {"find_time": "find a time that suits you both", "list_events": "look at your calendar"}
    reach(run, tools if finds else tools | {"create_event": "put the meeting into your calendar"})


def _looked(run: Run, wish: _Wish) -> tuple[FreeTimes, list[Event]]:
    free, listed = run.read(
        _time_for(wish),
        run.call("list_events", day=wish.days.first.isoformat(), days=wish.days.count),
    )
    return free_times_of(free), events_of(listed)


def _time_for(wish: _Wish) -> PlannedCall:
    """The search, in which nobody but the asker is an empty list and not left out."""
    arguments: dict[str, JsonValue] = {
        "attendees": [one.address for one in wish.people],
        "minutes": wish.minutes,
        "day": wish.days.first.isoformat(),
        "days": wish.days.count,
    }
    return PlannedCall(tool="find_time", arguments=arguments)


def _book(run: Run, wish: _Wish, start: str, *, text: str) -> Plan:
    title = wish.topic or _names(run, wish)
    outcome = run.ask([_created(run, wish, title, start)], text=text)[0]
    return Plan(text=told(outcome, done=f"“{title}” is in the calendar.", undone="Not booked", place="there"))


def _created(run: Run, wish: _Wish, title: str, start: str) -> PlannedCall:
    guests = [one.address for one in wish.people]
    return run.call("create_event", title=title, start=start, minutes=wish.minutes, attendees=[*guests])


def _why(wish: _Wish, free: FreeTimes, events: Sequence[Event]) -> str:
    first = free.times[0]
    who = f"you and {' and '.join(one.name for one in wish.people)}" if wish.people else "you"
    lines = [f"The first {wish.minutes} minutes free for {who}: {said_everywhere(first, free, _names_of(wish))}."]
    if free.note:
        lines.append(free.note)
    lines += [f"You meet anyway: {event.linked}, {event.when_everywhere}." for event in _anyway(wish, events)[:2]]
    return "\n".join(lines)


def _anyway(wish: _Wish, events: Sequence[Event]) -> list[Event]:
    """What the same people, and nobody else, have in the calendar already."""
    wanted = {one.address for one in wish.people}
    return [event for event in events if wanted and {guest.address for guest in event.others} == wanted]


def _offer(wish: _Wish, free: FreeTimes) -> str:
    lines = [f"- {said_everywhere(one, free, _names_of(wish))}" for one in free.times[:3]]
    head = f"**{'Free for all' if wish.people else 'You are free'}, {wish.minutes} minutes:**"
    note = ["", free.note] if free.note else []
    return "\n".join([head, "", *lines, *note])


def _names_of(wish: _Wish) -> list[tuple[str, str]]:
    return [(one.address, one.name) for one in wish.people]


def _topic(said: Said) -> str:
    """What it is about, in the person's own words."""
    ends = rf"(?=$|[,.?!;](?:\s|$)|\s+(?:for|on|at|next|this|with|w/?|in|as well|too)\b|\s+(?:{_DAYS})\b|\s+\d)"
    begins = r"\b(?:about|regarding|re|titled|called|to (?:discuss|talk about))\s+(?:(?:the|our|that|a)\s+)?"
    found = re.search(rf"{begins}(.+?){ends}", said.text[:LONGEST_COMMAND], re.IGNORECASE)
    words = re.sub(r"\s+(?:thing|stuff|topic|issue|matter)$", "", found[1]).strip(" \"'") if found else ""
    return words[:1].upper() + words[1:]


def _names(run: Run, wish: _Wish) -> str:
    """Without a topic, a meeting is called after those who meet."""
    if not wish.people:
        raise Ends(Plan(text="What is it about, and who comes? Say “book 30 minutes with … about …”."))
    return " and ".join([myself(run).first, *(one.first for one in wish.people)])


JOBS = (Job(name="meet", fits=_fits_meet, run=_meet, order=40),)
