"""Invitations answered, and events cancelled."""

import re

from playground.model.conversation import Plan
from playground.model.demo.found.calendar import events_of
from playground.model.demo.found.calendar_days import days_meant
from playground.model.demo.found.calendar_told import told
from playground.model.demo.found.calendar_words import picked, telling
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.run import Run

_VERB = re.compile(r"^(?:(?:please|pls|ok|(?:can|could) you)\s+)*(accept|decline|cancel|call off)\s+\w")
_ANSWERS = {"accept": "Accepted", "decline": "Declined"}
_SOON = 14


def _fits(said: Said) -> bool:
    others = has(said.lowered, "tickets?", "prs?", "pull requests?", "issues?", "subscription", "it", "that")
    return _VERB.search(said.lowered) is not None and not others


def _answer(run: Run, said: Said) -> Plan:
    verb = found[1] if (found := _VERB.search(said.lowered)) else "cancel"
    tool = "answer_invitation" if verb in _ANSWERS else "cancel_event"
    reach(run, {"list_events": "find that event in your calendar", tool: f"{verb} it in your name"})
    days = days_meant(said.lowered, run.today, usually=_SOON)
    events = events_of(run.read(run.call("list_events", day=days.first.isoformat(), days=days.count))[0])
    event = picked(events, [word for word in telling(said.lowered) if word not in (verb, "invitation")], days)
    call = run.call(tool, event=event.id, answer=verb) if verb in _ANSWERS else run.call(tool, event=event.id)
    outcome = run.ask([call], text=f"{event.linked}: {event.when_everywhere}.")[0]
    done = f"{_ANSWERS.get(verb, 'Cancelled')}: {event.title}."
    undone = "Not answered" if verb in _ANSWERS else "Not cancelled"
    return Plan(text=told(outcome, done=done, undone=undone, place="into the calendar"))


JOBS = (Job(name="answer an invitation", fits=_fits, run=_answer, order=55),)
