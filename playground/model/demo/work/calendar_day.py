"""What stands in the person's calendar, and what overlaps there."""

from collections.abc import Sequence
from datetime import timedelta

from playground.model.conversation import Plan
from playground.model.demo.found.calendar import Event, events_of
from playground.model.demo.found.calendar_days import Days, days_meant
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.reads import counted
from playground.model.demo.run import Run

_MOST = 30
_PLACES = ("calendar", "agenda", "meetings?", "schedule", "my day", "my week", "appointments?", "calls")
_ASKS = (
    *("what", "what's", "whats", "which", "show", "list", "do i have", "have i", "anything", "any", "how many", "when"),
    *("does", "is there", "are there", "how does", "how is", "hows"),
)
_CHANGES = ("book", "move", "cancel", "find", "set up", "invite", "accept", "decline", "arrange", "mails?", "tickets?")


def _fits(said: Said) -> bool:
    text = said.lowered
    return has(text, *_PLACES) and has(text, *_ASKS) and not has(text, *_CHANGES)


def _day(run: Run, said: Said) -> Plan:
    reach(run, {"list_events": "look at your calendar"})
    days = days_meant(said.lowered, run.today, usually=1)
    listed = run.read(run.call("list_events", day=days.first.isoformat(), days=days.count))[0]
    events = events_of(listed)
    if has(said.lowered, "overlaps?", "overlapping", "clash(?:es)?", "conflicts?", "double.?booked"):
        return Plan(text=_clashes(days, events))
    return Plan(text=_agenda(days, events))


def _agenda(days: Days, events: Sequence[Event]) -> str:
    if not events:
        return f"Nothing stands in your calendar {_said(days)}."
    rows = [_row(event, events) for event in events[:_MOST]]
    more = [f"- and {len(events) - _MOST} more"] if len(events) > _MOST else []
    return "\n".join([f"**{counted(len(events), 'entry', 'entries')} {_said(days)}:**", "", *rows, *more])


def _row(event: Event, events: Sequence[Event]) -> str:
    facts = [f"{event.linked}: {event.when_everywhere}"]
    if event.own_answer in ("no", "maybe", "not answered"):
        facts.append(f"your answer: {event.own_answer}")
    if event.kind:
        facts.append(event.kind)
    if clashing := [other.title for other in events if other.id in event.overlaps]:
        facts.append(f"overlaps {' and '.join(clashing)}")
    return f"- {', '.join(facts)}"


def _clashes(days: Days, events: Sequence[Event]) -> str:
    pairs = [(one, other) for i, one in enumerate(events) for other in events[i + 1 :] if other.id in one.overlaps]
    if not pairs:
        return f"Nothing overlaps in your calendar {_said(days)}."
    rows = [f"- {one.linked} ({one.when}) and {other.linked} ({other.when})" for one, other in pairs]
    return "\n".join([f"**These overlap {_said(days)}:**", "", *rows])


def _said(days: Days) -> str:
    if days.count == 1:
        return (
            days.said if days.said in ("today", "tomorrow") else f"on {days.first:%A}, {days.first.day} {days.first:%B}"
        )
    last = days.first + timedelta(days=days.count - 1)
    return f"from {days.first:%A}, {days.first.day} {days.first:%B} to {last:%A}, {last.day} {last:%B}"


JOBS = (Job(name="calendar day", fits=_fits, run=_day, order=60),)
