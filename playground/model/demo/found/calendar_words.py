"""Words about meetings, and those that tell which one is meant."""

import re
from collections.abc import Sequence

from playground.model.conversation import Plan
from playground.model.demo.found.calendar import Event, names_hit, title_hits, words_of
from playground.model.demo.found.calendar_days import TOMORROW, WEEKDAYS, Days
from playground.model.demo.run import Ends

CLASHES = ("clash(?:es|ing)?", "overlaps?", "overlapping", "collides?", "conflicts?", "double.?booked", "same time")
_IDLE = re.compile(
    r"(?:a|an|the|my|our|his|hers?|their|them|me|us|and|or|to|at|by|on|in|of|for|from|with|this|that|it|its|is|are|was"
    r"|be|do|does|did|can|could|would|will|you|please|pls|wants?|wanted|needs?|asks?|asked|likes?|starts?|begins?|later"
    r"|earlier|sooner|back|forward|move|shift|push|postpone|reschedule|delay|bring|put|off|today|tonight|week|next|min"
    r"|mins|minutes?|hours?|hrs?|right|calls?|meetings?|events?|appointment|find|look|smth|sth|something|else|another"
    r"|other|time|slot|suggest|propose|new|clash(?:es|ing)?|overlap(?:s|ping)?|conflicts?|collides?|same|double|booked"
    r"|both|they|him|she|who|when|there|then|not|but|just|half|now|think|see|which)"
)
_SHORTEST = 3


def telling(text: str) -> list[str]:
    """The words of `text` in lower case that name an event or a guest."""
    words = [word for word in words_of(text) if len(word) >= _SHORTEST and not word[0].isdigit()]
    days = {*WEEKDAYS, *re.findall(TOMORROW, text)}
    return [word for word in words if word not in days and not _IDLE.fullmatch(word)]


def picked(events: Sequence[Event], words: Sequence[str], days: Days) -> Event:
    """The event that `words` name, by its guests first. Ends the flow with a question when that is not one."""
    ranked = [(names_hit(event, words), title_hits(event, words), event) for event in events]
    best = max(((names, title) for names, title, _ in ranked), default=(0, 0))
    fitting = [event for names, title, event in ranked if (names, title) == best]
    if best == (0, 0):
        when = f" {days.said}" if days.said else ""
        raise Ends(Plan(text=f"I find no event{when} that fits. Which one do you mean?"))
    if len(fitting) > 1:
        lines = "\n".join(f"- {event.linked}: {event.when}" for event in fitting[:8])
        raise Ends(Plan(text=f"{len(fitting)} events fit. Which one?\n{lines}"))
    return fitting[0]
