"""What memory proposes for one argument, with the reason that weighed most."""

from dataclasses import dataclass
from typing import Literal

from memory.parameters.evidence import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """The piece of evidence that weighed most, counted: the reason shown is the reason used."""

    kind: Literal["always", "order", "agent", "own", "team"]
    """The person pinned it; decided it once; the agent's maker set it; their own calls; what colleagues use."""
    count: int = 0
    of: int = 0
    """`count` of the person's last `of` calls that fit; of a team, `count` per cent."""
    where: Literal["", "place", "alike", "words", "with", "after"] = ""
    """Which of their calls: all; in this channel; of this kind in this channel; with such words; with the same other
    arguments; after the same two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A value for one parameter."""

    parameter: str
    value: Value
    confidence: float
    """The calibrated probability that the person wants exactly this, 0 to 1."""
    fill: bool
    """Whether it is sure enough to be filled in without asking: at least 95 % by this parameter's own record."""
    because: Because
    others: tuple[Value, ...] = ()
    """Runners-up that may be shown, the likeliest first."""
    proven: bool = True
    """Whether the person used this value through Pinyon before. What was only read in their own records, or is a
    colleague's, may be filled in but makes no target their own."""
