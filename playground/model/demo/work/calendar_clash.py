"""Events that clash, and another time for one of them."""

import re
from collections.abc import Sequence

from playground.model.conversation import Plan
from playground.model.demo.found.calendar import (
    Event,
    FreeTimes,
    events_of,
    free_times_of,
    names_hit,
    said_everywhere,
    title_hits,
)
from playground.model.demo.found.calendar_days import days_meant, week_around
from playground.model.demo.found.calendar_told import told
from playground.model.demo.found.calendar_words import CLASHES, telling
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.run import Run

_SEARCHES = r"(?:find|look for|suggest|propose|move|shift|reschedule)"
_SOON = 7


def _fits_clash(said: Said) -> bool:
    text = said.lowered
    searches = re.search(rf"\b{_SEARCHES}\b", text)
    return (
        has(text, *CLASHES) and bool(searches or telling(said.lowered)) and not has(text, "calendar", "merge", r"prs?")
    )


def _clash(run: Run, said: Said) -> Plan:
    wants_other = re.search(rf"\b{_SEARCHES}\b", said.lowered) is not None
    tools = {"list_events": "look at your calendar"}
    if wants_other:
        tools |= {"find_time": "find another time", "move_event": "move the event"}
    reach(run, tools)
    days = days_meant(said.lowered, run.today, usually=_SOON)
    listed = run.read(run.call("list_events", day=days.first.isoformat(), days=days.count))[0]
    events = events_of(listed)
    words = telling(said.lowered)
    pair = _clashing(events, words)
    if pair is None:
        return Plan(text=_no_clash(events, words))
    one, other = pair
    yes = f"Yes: {one.linked} ({one.when_everywhere}) and {other.linked} ({other.when_everywhere}) overlap."
    return _another_time(run, one, yes) if wants_other else Plan(text=yes)


def _clashing(events: Sequence[Event], words: Sequence[str]) -> tuple[Event, Event] | None:
    """The two that are meant, the one first that is easier to move: with fewer people."""
    pairs = [(one, other) for one in events for other in events if other.id in one.overlaps and one.id < other.id]
    ranked = [(_named(one, words) + _named(other, words), one, other) for one, other in pairs]
    if not ranked or (words and not max(score for score, *_ in ranked)):
        return None
    _, one, other = max(ranked, key=lambda rank: rank[0])
    return (one, other) if len(one.guests) <= len(other.guests) else (other, one)


def _named(event: Event, words: Sequence[str]) -> int:
    """A title counts more than a guest: an event is called after what it is."""
    return 3 * title_hits(event, words) + names_hit(event, words)


def _no_clash(events: Sequence[Event], words: Sequence[str]) -> str:
    named = [event for event in events if title_hits(event, words) or names_hit(event, words)]
    lines = [f"- {event.linked}: {event.when_everywhere}" for event in named[:6]]
    return "\n".join(["I see no overlap there.", *lines])


def _another_time(run: Run, event: Event, yes: str) -> Plan:
    week = week_around(event.day or run.today, today=run.today)
    found = run.read(
        run.call(
            "find_time",
            attendees=[guest.address for guest in event.others],
            minutes=event.minutes,
            day=week.first.isoformat(),
            days=week.count,
        )
    )
    free = free_times_of(found[0])
    if not free.times:
        return Plan(text=f"{yes}\nI find no other time until {week.last:%A} that suits all. {free.note}".strip())
    text = "\n".join([yes, "", *_choices(event, free), "", "I move it to the first one if you approve."])
    outcome = run.ask([run.call("move_event", event=event.id, start=free.times[0].start)], text=text)[0]
    done = f"{event.title} is moved: {said_everywhere(free.times[0], free, _called(event))}."
    undone = "Not moved. Say “move it to …” with another of those times"
    return Plan(text=told(outcome, done=done, undone=undone, place="into the calendar"))


def _choices(event: Event, free: FreeTimes) -> list[str]:
    lines = [f"- {said_everywhere(one, free, _called(event))}" for one in free.times[:3]]
    return [f"**Free for you and {' and '.join(guest.name for guest in event.others)}:**", *lines]


def _called(event: Event) -> list[tuple[str, str]]:
    return [(guest.address, guest.name) for guest in event.others]


JOBS = (Job(name="events that clash", fits=_fits_clash, run=_clash, order=30),)
