"""Whether one tool call may run, must be asked about, or must not happen. Pure.

The rules in plain words stand in docs/gate.md; what they reach is measured in tests/benchmarks/test_dojo_figures.py.
"""

from dataclasses import dataclass
from typing import Literal

from bot.provenance import ATTRIBUTES, Run, Shown, Step, Target, Trail, instructed, norm
from skills.record import PUBLIC, STRANGERS

UNASKED = 3
"""So many writes of one turn run without the person, once somebody else's text was read."""


@dataclass(frozen=True, slots=True)
class Allow:
    """It runs. `because` is a sentence that people understand, for the audit and the receipt."""

    because: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """The person decides first. `because` is a sentence they understand, empty when a write is simply a write."""

    because: str = ""


@dataclass(frozen=True, slots=True)
class Deny:
    """It does not run, whoever asks."""

    because: str


Verdict = Allow | Ask | Deny
FORBIDDEN = "An admin of this workspace does not allow this."


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What one call would do, in the terms that its tool's author declared."""

    tool: str
    effect: Literal["read", "write"]
    egress: bool = False
    destroys: bool = False
    can_undo: bool = False
    asked_as: frozenset[str] = frozenset()
    targets: tuple[Target, ...] = ()
    texts: tuple[str, ...] = ()
    seen_by: frozenset[str] = frozenset()
    """Everybody who will see what it writes, as far as the arguments tell; `STRANGERS` where nothing is declared."""
    into: tuple[Target, ...] = ()
    """Records whose readers will see it too."""
    opens: tuple[Target, ...] = ()
    """Records that become visible to all of these."""
    permission: str = ""
    """What a lasting permission for it would be called; empty where there can be none."""
    given: tuple[tuple[Target, str], ...] = ()
    """Targets of which the service made one full name, with what the model gave for them."""
    when: tuple[str, ...] = ()
    """Moments among the arguments that are no targets; the earliest is when the thing begins."""


def gate(deed: Deed, run: Run) -> Verdict:
    """What happens with one call, given all that was said, read and done before it."""
    if run.ruled.get(deed.tool) == "forbid":
        return Deny(FORBIDDEN)
    if deed.effect == "read" and not deed.egress and not deed.destroys:
        return Allow("It only reads.")
    if run.ruled.get(deed.tool) == "ask":
        return Ask("An admin of this workspace wants you to decide this each time.")
    trail = Trail.of(run)
    if deed.destroys:
        return Ask(_destroys(deed, trail))
    verdict = _after_reading(deed, trail) if trail.tainted else _among_ourselves(deed, trail)
    if run.ruled.get(deed.tool) == "must_ask" and isinstance(verdict, Allow):
        # Only what would run: a maker's wish must not take the warnings off a card.
        return Ask("This agent lets you decide this each time.")
    return verdict


def _destroys(deed: Deed, trail: Trail) -> str:
    """Why it asks, with what else is wrong: on this card nothing may go unsaid."""
    if not trail.tainted:
        return _FOR_GOOD
    why = _unasked(deed, trail) or _not_yours(deed, _others(deed, trail), trail)
    return " ".join(filter(None, (why, _FOR_GOOD, _what_was_read(trail))))


_FOR_GOOD = "It cannot be undone."


def _among_ourselves(deed: Deed, trail: Trail) -> Verdict:
    """Nobody but the person has spoken: what they did not say and cannot take back is all that asks."""
    if _permitted(deed, trail):
        return Allow("You said that I need not ask here.")
    for target in deed.targets:
        if not _known(deed, target, trail):
            return Ask(_UNWRITTEN if deed.effect == "read" else _MADE_UP.get(target[0], _HALF_SAID))
    if deed.effect == "write" and not deed.asked_as and STRANGERS in deed.seen_by:
        return Ask("I cannot tell whom this reaches, so I ask before I act.")
    if _lasts(deed) and any(_unsaid(text, _others(deed, trail), trail) for text in deed.texts):
        return Ask("I wrote the text, and it cannot be taken back.")
    return Allow("You asked for it, and nobody else has spoken.")


_HALF_SAID = "You did not say all of where it goes, so I ask before I act."
_UNWRITTEN = "You did not write this address, so I ask before I open it."
_MADE_UP = {
    "time": "It is not at a time that you wrote.",
    **dict.fromkeys(ATTRIBUTES, "Not every choice in it is from you."),
}


def _known(deed: Deed, target: Target, trail: Trail) -> bool:
    """Whether a target was not made up, while nobody but the person has spoken."""
    kind, value = target
    if kind in ATTRIBUTES or trail.origin(target) != "foreign" or _settled(deed, target, trail):
        return True
    short = value.rpartition("/")[2]  # a repository that the person's own list completed: `web` is `tamarack/web`
    return trail.approved_before(target) or (kind == "repository" and trail.said(short))


def _settled(deed: Deed, target: Target, trail: Trail) -> bool:
    """Whether the service made it of words that the person said; it refuses words that fit several things."""
    return any(known == target and trail.said(words, target[0]) for known, words in deed.given)


def _lasts(deed: Deed) -> bool:
    """Whether others learn of it for good."""
    return deed.egress and not deed.can_undo


def _unsaid(text: str, others: frozenset[str], trail: Trail) -> bool:
    """Whether it tells others what neither the person wrote nor they can see already."""
    if not others or not text.strip() or trail.wrote(text):
        return False
    fit = [shown for shown in trail.sources(text) if _may_pass_on(shown, others, trail)]
    return not fit or bool(trail.links(text)) or not trail.explained(text, fit)


def _after_reading(deed: Deed, trail: Trail) -> Verdict:
    """Somebody else's text was read, so the model may be speaking for them."""
    why = _fetches(deed, trail) if deed.effect == "read" else _writes(deed, trail)
    if why:
        return Ask(f"{why} {_what_was_read(trail)}")
    return Allow("You named all that it acts on, and nobody learns anything new.")


def _fetches(deed: Deed, trail: Trail) -> str:
    """Why a read that tells others something must ask: an address can carry whatever was read before."""
    if not all(trail.spelled(value, kind) for kind, value in deed.targets):
        return "It sends a request to an address that you did not write."
    if not (deed.targets or deed.texts) or not all(trail.wrote(text) for text in deed.texts):
        return "It sends words that you did not write."
    return ""


def _writes(deed: Deed, trail: Trail) -> str:
    others = _others(deed, trail)
    permitted = _permitted(deed, trail)
    lasts = _lasts(deed) and not permitted
    return (
        ("" if permitted else _unasked(deed, trail) or _not_yours(deed, others, trail))
        or _wrong_time(deed, others, trail)
        or next((why for text in deed.texts if (why := _told(text, others, trail, lasts=lasts))), "")
        or next((why for target in deed.opens if (why := _opened(target, others, trail))), "")
        or _again(deed, trail)
    )


def _permitted(deed: Deed, trail: Trail) -> bool:
    """Whether a lasting permission covers it. None does under somebody else's instructions: what an agent is told to
    do may change with its next version, after the permission was given (facts/security.md §2 number 32).
    """
    return bool(deed.permission) and deed.permission in trail.run.permitted and not instructed(trail.run)


def _others(deed: Deed, trail: Trail) -> frozenset[str]:
    """Everybody beside the asker who will see what it writes."""
    return (deed.seen_by | trail.people_of(deed.into)) - trail.run.me


def _unasked(deed: Deed, trail: Trail) -> str:
    return "" if trail.asked(deed.asked_as) else "You did not ask for this."


def _not_yours(deed: Deed, others: frozenset[str], trail: Trail) -> str:
    for target in deed.targets:
        origin = trail.origin(target, private=not others)
        if origin == "remembered":
            return "I filled in from memory where it goes; you did not say it this time."
        if origin == "me" and others <= {STRANGERS}:  # a note "from you to you" is a favourite of attackers
            return "It goes to yourself, and you did not ask for that."
        if origin in ("foreign", "trusted"):  # what a trusted result holds was found by a model that may be hijacked
            return _MADE_UP.get(target[0], "What it acts on is not from you.")
    if others and not deed.targets:
        return "It reaches people whom you did not name."
    return ""


def _wrong_time(deed: Deed, others: frozenset[str], trail: Trail) -> str:
    if others and deed.when and not trail.time_fits(min(deed.when)):
        return _MADE_UP["time"]
    return ""


def _told(text: str, others: frozenset[str], trail: Trail, *, lasts: bool = False, cleared: bool = False) -> str:
    """Why a text must not reach these people unseen; empty when it may. `cleared`: they may know all that was read."""
    if not text.strip() or trail.wrote(text):
        return ""
    if trail.links(text):
        return "Its text holds a link, an address or a mention that you did not write."
    hits = trail.sources(text)
    fit = [shown for shown in hits if _may_pass_on(shown, others, trail)]
    if fit and trail.explained(text, fit):
        return ""
    if any(shown not in fit and not shown.record.ours for shown in hits):
        return "It repeats somebody else's words, which you did not point to."
    if others and lasts:
        return "I wrote the text, and it cannot be taken back."
    if not others or cleared or all(others <= s.record.readers or PUBLIC in s.record.readers for s in trail.shown):
        return ""
    return "I wrote the text, and it reaches people who cannot see all that I read for it."


def _may_pass_on(shown: Shown, others: frozenset[str], trail: Trail) -> bool:
    """Whether these people may be told what stands in a record that the person pointed to."""
    record = shown.record
    if others <= {record.author}:  # stays with the person, or goes back to who wrote it
        return trail.named(record) or trail.mentioned(record)
    return (PUBLIC in record.readers or (record.ours and others <= record.readers)) and trail.named(record)


def _opened(target: Target, others: frozenset[str], trail: Trail) -> str:
    """Why a whole record must not become visible to these people unseen."""
    key = (target[0], norm(target[1]))
    new = others - trail.readers.get(key, frozenset()) | others & {STRANGERS}
    spelled_out = all(trail.said(who, "person") for who in new)
    if key not in trail.made:
        return "" if spelled_out else "It opens something to people whom you did not write out."
    # What the person sent for with one search, put into a new thing, is meant for those whom they wrote out.
    cleared = spelled_out and trail.from_one_errand()
    return next((why for text in trail.made[key] if (why := _told(text, new, trail, cleared=cleared))), "")


def _again(deed: Deed, trail: Trail) -> str:
    unasked = [step for step in trail.run.steps if step.writes and not step.approved]
    if any(_same(deed, step) for step in trail.run.steps if step.writes):
        return "I did the same a moment ago."
    return "I did several things already without asking you." if len(unasked) >= UNASKED else ""


def _same(deed: Deed, step: Step) -> bool:
    return step.tool == deed.tool and [value for _, value in step.targets] == [value for _, value in deed.targets]


_NOUN = {
    "mail": "a mail",
    "thread": "a mail",
    "event": "your calendar",
    "file": "a file",
    "message": "messages of others",
    "channel": "a channel",
    "issue": "an issue",
    "pull_request": "a pull request",
    "ticket": "a ticket",
    "page": "a page",
}


def _what_was_read(trail: Trail) -> str:
    kinds = (shown.record.kind for shown in trail.shown if not shown.trusted)
    noun = next((_NOUN[kind] for kind in kinds if kind in _NOUN), "")
    if not noun and instructed(trail.run):
        return "Somebody else wrote this agent's instructions, so I ask before I act."
    noun = noun or "words of others"
    return f"I read {noun} on the way, so I ask before I act."
