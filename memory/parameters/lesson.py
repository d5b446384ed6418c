"""What one call would teach, decided before it runs; learned when it ran."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from memory.parameters.evidence import How, Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """A value that memory put into a call."""

    value: JsonValue
    phrase: str
    """Where it came from, in the fixed words of the cards: "remembered, 14 of your last 15"."""
    name: str = ""
    """The parameter as memory knows it: `components|PLAT`."""
    said: str = ""
    """Instead: the person's own words, which stand for it."""
    proven: bool = True
    """Whether the person used it through Pinyon before, so that it may name a target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The person's own words in one argument, and where what they stand for is found once the call has run."""

    phrase: str
    kind: str
    parameter: str
    first: int = 0
    """Of a list: the place of the first value that the words stand for."""
    count: int = 1
    of: int = 1
    """How many values the list has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a call teaches if it runs. Parameters have the tool's own names here."""

    occasion: Occasion
    how: Mapping[str, How] = field(default_factory=dict[str, How])
    """How the person gave each value; what is not here was the model's or a third party's, and teaches nothing."""
    filled: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """What memory had put in."""
    asked: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    """Of those asked, the ones whose answer the person wants always."""
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    """value → how the service speaks of it."""
    meant: tuple[Meant, ...] = ()
