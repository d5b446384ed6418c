"""A list made of what somebody said at length; nothing is looked up, and nothing is sent."""

import re

from playground.model.conversation import Plan
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import any_of, has
from playground.model.demo.plain import split_body
from playground.model.demo.reads import counted
from playground.model.demo.run import Run

_WISH = re.compile(
    r"\b(?:sort|turn|put|make|bring|break|write|order|list)\b[^.?!\n]*?"
    r"\b(?:to-?\s?do(?:s| list)?|lists?|bullets?|points)\b",
    re.IGNORECASE,
)
_FILLERS = re.compile(
    r"^(?:(?:ok(?:ay)?|so|uh+|um+|er+|hm+|well|like|and|then|also|plus|oh|yeah|right|you know|basically)\b[\s,]*)+",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    any_of("no,? wait", "wait,? no", "scratch that", "forget that", "correction", "i mean", "no,? actually"),
    re.IGNORECASE,
)
_HEADING = re.compile(r"^for (?:the |our |my )?([\w -]{2,40}?),? (?=(?:we|i|you|they|there) )", re.IGNORECASE)
_NEED = re.compile(r"^(?:we|i) (?:still )?(?:need|want|have|must)(?: to(?: have| get)?)? ", re.IGNORECASE)
_MUST = re.compile(r"^i (?:still )?(?:have to|need to|must|should|will|gotta|want to) ", re.IGNORECASE)
_WHOEVER = re.compile(r"^(?:someone|somebody|anyone|he|she|they|it|that)\b", re.IGNORECASE)
_TO_SOMEBODY = re.compile(r"^(?:write|tell|ask|thank|call|ping|remind|send|invite)\s+([a-z]+)\b", re.IGNORECASE)
_LONGEST = 6_000
"""Characters that are looked at: patterns look back and forth."""
_NOBODY = frozenset({"a", "an", "the", "my", "our", "him", "her", "them", "everybody", "everyone", "all", "to", "back"})
MODEST = "*Demo model, no AI: I split your own words, I did not understand them.*"


def _fits(said: Said) -> bool:
    return _WISH.search(said.text[:_LONGEST]) is not None and len(items_of(said.text)) > 1


def _list(run: Run, said: Said) -> Plan:
    del run
    heading, items = heading_of(said.text), items_of(said.text)
    top = f"**{heading}, {counted(len(items), 'thing')}:**" if heading else f"**{counted(len(items), 'thing')}:**"
    lines = [f"{number}. {item}" for number, item in enumerate(items, 1)]
    return Plan(text="\n".join([top, "", *lines, "", "I sent and changed nothing.", MODEST]))


def heading_of(text: str) -> str:
    """What the list is for: "for the release we need …"."""
    found = next((match for clause in _clauses(text) if (match := _HEADING.match(clause))), None)
    return f"For the {found[1]}" if found else ""


def items_of(text: str) -> list[str]:
    """The things in `text`, in its own words and order. What was taken back is left out."""
    items: list[str] = []
    for clause in _clauses(text):
        if _TAKEN_BACK.match(clause):
            items = items[:-1]
            clause = _FILLERS.sub("", _TAKEN_BACK.sub("", clause, count=1).strip(" ,"))
        item = _worded(clause)
        if item:
            items.append(item)
    return items


def _clauses(text: str) -> list[str]:
    """What stands between commas and full stops, without the wish for a list and without fillers."""
    command, body = split_body(text[:_LONGEST])
    told = body if _WISH.search(command) and body else text[:_LONGEST]
    sentences = [one for one in re.split(r"(?<=[.!?;])\s+|\n+", told) if not _WISH.search(one) or len(one) > 400]
    parts = [_FILLERS.sub("", part.strip()) for one in sentences for part in re.split(r",\s+", one)]
    clauses: list[str] = []
    for part in (part.strip(" .,;!-*") for part in parts):
        # "camille fixes it, someone approves": one thing with its second half, not two.
        if clauses and _WHOEVER.match(part) and not _TAKEN_BACK.match(clauses[-1]):
            clauses[-1] = f"{clauses[-1]}, and {part}"
        elif part:
            clauses.append(part)
    return clauses


def _worded(clause: str) -> str:
    item = _NEED.sub("", _MUST.sub("you ", _HEADING.sub("", clause))).strip()
    if (found := _TO_SOMEBODY.match(item)) and found[1].lower() not in _NOBODY:
        item = f"{item[: found.start(1)]}{found[1].capitalize()}{item[found.end(1) :]}"
    return f"{item[:1].upper()}{item[1:]}" if has(item.lower(), r"\w+") else ""


JOBS = (Job(name="a list of what was said", fits=_fits, run=_list, order=5),)
