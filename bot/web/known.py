"""What is remembered, as a page says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.self_service.audit import shown
from bot.self_service.known import BLANK, Known, lowered
from bot.self_service.remembered import Changed
from memory.parameters.evidence import How, Value

LAST_TIME: dict[How, str] = {
    "said": "you said it",
    "chose": "you chose it",
    "changed": "you changed it to this",
    "remembered": "I filled it in, and you left it",
    "left": "you left it blank",
    "own": "read in a record of your own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownValue:
    """One remembered value, ready to be drawn."""

    id: str
    label: str
    """"Board"; within a sentence, `spoken`."""
    spoken: str
    value: str
    standing: str
    seeds: tuple[bool, ...]
    counted: str
    """"14 of your last 15"."""
    first: datetime | None
    last: datetime | None
    decided: datetime | None
    places: tuple[str, ...]
    """Names of channels, without those that nobody could name."""
    last_time: str
    is_own: bool
    """Whether the last call with it was no call of Pinyon's, but a record that the person made before."""
    others: tuple[tuple[str, str], ...]
    """Other values: (what a form sends, words)."""
    is_list: bool
    """Whether it takes several values."""

    @property
    def is_pinned(self) -> bool:
        return self.standing in ("always", "never")

    @property
    def is_used(self) -> bool:
        return any(self.seeds)


def shown_value(known: Known, names: Mapping[str, str]) -> ShownValue:
    """Draw `known`; `names` are those of channels, by id."""
    label = shown(known.label)
    return ShownValue(
        id=known.id,
        label=label,
        spoken=lowered(label),
        value="left to you" if known.standing == "never" else shown(known.shown),
        standing=known.standing,
        seeds=() if known.standing == "never" else known.seeds,
        counted="" if known.standing == "never" else counted(known.seeds),
        first=known.first,
        last=known.last,
        decided=known.decided,
        places=tuple(shown(names[place]) for place in known.places if place in names),
        last_time=LAST_TIME[known.how] if known.how else "",
        is_own=known.how == "own",
        others=tuple((sent(value), shown(words)) for value, words in known.others if value != known.value),
        is_list=any(isinstance(value, tuple) for value in (known.value, *(value for value, _ in known.others))),
    )


def by_doing(values: Sequence[tuple[Known, ShownValue]]) -> list[tuple[str, list[ShownValue]]]:
    """What is known, under what it is for: ("Creating a ticket", …), in the order it came."""
    first_of: dict[str, int] = {}
    for known, _ in values:
        first_of.setdefault(known.tool, len(first_of))
    ordered = sorted(values, key=lambda one: first_of[one[0].tool])
    groups = groupby(ordered, key=lambda one: one[0].tool)
    return [(shown(found[0][0].doing), [one for _, one in found]) for found in ([*group] for _, group in groups)]


def counted(seeds: Sequence[bool]) -> str:
    """How often the last calls had this value; digits and nouns hold together."""
    used, of = sum(seeds), len(seeds)
    if not of:
        return ""
    if not used:
        return "not used yet"
    return f"{used} of your last\u00a0{of}" if of > 1 else "used once"


def sent(value: Value) -> str:
    """`value` as a form sends it, for `Remembered.change`."""
    if value is None:
        return BLANK
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def forgotten(known: Known, besides: int) -> str:
    """Say that a value is forgotten, and how many others, that were known only for it."""
    what, _, when = lowered(shown(known.label)).partition(", ")
    rest = f", {when}" if when else ""
    rest += f", and {besides} value{'' if besides == 1 else 's'} that I knew only for it" if besides > 0 else ""
    if known.standing == "never":
        return f"Forgot that I never fill in the {what}{rest}. I will ask next time."
    if known.value is None:
        return f"Forgot that you leave the {what} blank{rest}. I will ask next time."
    return f"Forgot the {what} {shown(known.shown)}{rest}. I will ask next time."


def changed(done: Changed) -> str:
    """Say what a value is now, and what it was."""
    retired = f" I stopped using {shown(done.before)}." if done.before else ""
    return f"{_is(done.known, 'now')}.{retired}"


def taken_back(done: Changed) -> str:
    return f"{_is(done.known, 'now')} again." if done.known else "Taken back. Nothing of it is remembered now."


def pinned(known: Known) -> str:
    return f"{_is(known, 'always')}. I fill it in without asking until you change it."


def never_filled(known: Known) -> str:
    return f"{shown(known.label)} is left to you from now on. I ask, or leave it out."


def learned_again(known: Known) -> str:
    return f"{shown(known.label)}: from now on I go by what you choose again."


def _is(known: Known | None, when: str) -> str:
    """Say what a value is: "Board is now Platform (INFRA)"."""
    if known is None:
        return "It is changed"
    if known.standing == "never":
        return f"{shown(known.label)} is {when} left to you"
    value = "left blank" if known.value is None else shown(known.shown)
    return f"{shown(known.label)} is {when} {value}"
