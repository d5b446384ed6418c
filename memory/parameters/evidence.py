"""What one person's calls of one tool looked like: all that is remembered of them, and all that is predicted from."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from zlib import crc32

Value: TypeAlias = str | int | float | bool | tuple[str, ...] | None
"""One argument. A list is a tuple, in sorted order where it is a set; None is the decision to leave it blank."""
Kind = Literal["one", "set", "any"]
"""A single value; a set of values; or, where several values are right, any of them."""
How = Literal["said", "chose", "changed", "remembered", "left", "own"]
"""How the person gave a value: in words, as an answer, on a card, by leaving what memory filled in, by leaving it
blank, or in a record of their own that they made before (a ticket, a pull request), read with their consent."""
Standing = Literal["always", "never", "order"]
"""Pinned by the person; never to be filled in; or decided once, until they decide otherwise."""

WITHIN = "|"
"""In a parameter's name: `components|PLAT` are the components where the parameter that they depend on is PLAT. Such a
name has its own calls, decisions and counts; weights and gates are those of `components`."""
CALLS = 32
"""Calls of one tool that are remembered of one person."""
WORDS = 10
"""Words of a call that are kept, each as a hash of two bytes."""
RETIRED = 4
"""Values of one parameter that are known to be corrected away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When, where and in which words a call is made: what tells one call from another."""

    at: float
    """Unix seconds."""
    place: str = ""
    """The channel, or empty in the person's own chat."""
    type: str = ""
    """What kind of thing it is about: in the product, the agent that makes the call."""
    kind: str = ""
    """What else the person gave: the names of those arguments, in order, with commas."""
    words: frozenset[int] = frozenset()
    """`word_hashes` of its title or of what was asked."""
    group: str = ""
    """The people whom the person is one of: the host of their address."""
    size: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCall:
    """One call as it ran."""

    id: str
    """The same however often it is learned: turn and call; of an own record, its key."""
    occasion: Occasion
    values: Mapping[str, Value]
    """Only those that the person gave or left standing; what a model or a third party chose is not here."""
    how: Mapping[str, How] = field(default_factory=dict[str, How])


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person decided about one parameter."""

    standing: Standing
    value: Value = None
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A person's memory of one tool. Bounded: the last calls, what they decided, and how often fills were right."""

    calls: tuple[PastCall, ...] = ()
    """Newest first, at most `CALLS`."""
    told: Mapping[str, Told] = field(default_factory=dict[str, Told])
    hits: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    """(right, all), decayed, of what was suggested: for each parameter, and for the values of it. At most 64."""
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    """value → how the service speaks of it: "INFRA" → "Platform (INFRA)"."""
    retired: Mapping[str, tuple[Value, ...]] = field(default_factory=dict[str, tuple[Value, ...]])
    """parameter → values that the person corrected away, newest first, at most `RETIRED`: never suggested again until
    they use one themselves."""


def memory_id(person: str, tool: str, parameter: str) -> str:
    """The opaque id of what is remembered of one parameter, the same for ever."""
    return "m_" + hashlib.sha256(f"{person}\n{tool}\n{parameter}".encode()).hexdigest()[:16]


def base_of(parameter: str) -> str:
    """The tool's own name of a parameter: `components` of `components|PLAT`."""
    return parameter.partition(WITHIN)[0]


def word_hashes(text: str) -> frozenset[int]:
    """The first words of a text that tell something, each as two bytes: enough to compare, too little to read."""
    words = [word for word in _WORD.findall(text.lower()) if len(word) > 1 and word not in _COMMON]
    return frozenset(crc32(word.encode()) & 0xFFFF for word in words[:WORDS])


_WORD = re.compile(r"\w+")
_COMMON = frozenset(
    "the an to for of in on and or with from by is it as at be this that not when use add fix make remove".split()  # noqa: SIM905
)
