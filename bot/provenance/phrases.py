"""Where a value came from, in the fixed words of the cards."""

import re
from collections.abc import Mapping
from typing import Protocol

from bot.provenance.run import INSTRUCTED, Origin, Run, Target
from bot.provenance.trail import HEARD, Trail
from bot.provenance.words import norm
from memory.parameters.suggestion import Because
from skills.record import Record


class Doing(Protocol):
    """What has to be known here of a `bot.gate.Deed`, which stands above."""

    @property
    def targets(self) -> tuple[Target, ...]: ...
    @property
    def seen_by(self) -> frozenset[str]: ...
    @property
    def into(self) -> tuple[Target, ...]: ...
    @property
    def given(self) -> tuple[tuple[Target, str], ...]: ...


def origin_phrase(deed: Doing, target: Target, run: Run, *, service: str) -> tuple[str, bool]:
    """Where a value came from, in the fixed words of the cards; and whether it is somebody else's.

    `service` is where the tool works, as people call it: "GitHub". A value that is no target of the deed (its text, a
    number of minutes) is never somebody else's: what it holds is judged by whom it reaches.
    """
    trail = Trail.of(run)
    if norm(target[1]) in {norm(value) for step in run.steps if step.writes for value in step.edited}:
        return "you changed", False
    if any(known == target and trail.said(words, target[0]) for known, words in deed.given):
        return "you said", False
    origin = trail.origin(target, private=not deed.seen_by and not deed.into)
    if target[0] == "time" and origin == "said" and not trail.wrote_times:  # they left it open
        origin = "trusted" if trail.found(target) == "trusted" else "made"
    if origin in _PHRASES:
        return _PHRASES[origin], False
    if origin in ("named", "mentioned", "member", "trusted"):
        one = ", one match" if origin == "named" else ""
        return f"found {_place(trail.holding(target), service)}{one}", False
    if target not in deed.targets or not trail.tainted:
        return "written by me", False
    record = trail.holding(target)
    return (f"found {_place(record, service)}{_outside(target[1], trail.run.domain)}" if record else ""), True


def remembered_phrase(because: Because) -> str:
    """Where a value came from that memory filled in: the reason that weighed most, counted."""
    match because.kind:
        case "always":
            return "always, you set it"
        case "agent":
            return "set by this agent"
        case "team":
            return f"remembered, usual for your colleagues{f', {because.count} %' if because.count else ''}"
        case "order" | "own":
            where = _WHERE[because.where]
            if not because.of:
                return f"remembered{where}"
            if because.of < _FEW:
                return f"remembered, {because.count} of {because.of}{where}"
            return f"remembered, {because.count} of your last\u00a0{because.of}{where}"


_FEW = 3
_WHERE: Mapping[str, str] = {
    "": "",
    "place": " in this channel",
    "alike": " like this one",
    "words": " with such words",
    "with": " with the same choices",
    "after": "",
}


def _place(record: Record | None, service: str) -> str:
    return _PLACES.get(record.kind, f"in {service}") if record else f"in {service}"


def _outside(value: str, own: str) -> str:
    """What is said of an address that is not of the asker's company; nothing where that is not known."""
    host = re.search(r"(?:@|^https?://(?:www\.)?|^www\.)([\w-]+(?:\.[\w-]+)+)", norm(value))
    is_outside = host is not None and own and host[1] != own and not host[1].endswith(f".{own}")
    return ", outside your company" if is_outside else ""


_PHRASES: dict[Origin, str] = {
    "said": "you said",
    "approved": "you chose",
    "made": "written by me",
    "me": "your connected account",
    "remembered": "remembered",
}
_PLACES = {
    "mail": "in the mail",
    "event": "in your calendar",
    "time": "in your calendar",
    "file": "in your files",
    "folder": "in your files",
    "person": "among people",
    "message": "in Slack",
    "channel": "in Slack",
    "repository": "on GitHub",
    "pull_request": "on GitHub",
    "issue": "on GitHub",
    "ticket": "in Jira",
    "board": "in Jira",
    "project": "in Jira",
    "page": "on a page",
    HEARD: "in what you passed on",
    INSTRUCTED: "in this agent's instructions",
}
