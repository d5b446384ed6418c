"""Sets, element by element: how probable each is, the likeliest set, and how probable a whole set is by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from memory.parameters.evidence import Value
from memory.parameters.odds import HIGH, LOW, odds
from memory.parameters.own_calls import Tally
from memory.parameters.team_counts import Counts

PRIOR = 0.5
"""Calls without the element that are taken for granted in each source."""


@dataclass(slots=True)
class Members:
    """What is known of the elements of a set."""

    chances: Mapping[str, float]
    """element → probability that it is in the set, for those that were in any."""
    gains: Mapping[str, float]
    """element → what the log-likelihood of a set gains if it is in rather than out."""
    empty: float
    """The log-likelihood of the empty set."""


def members(tallies: Sequence[Tally], words: Sequence[Counts]) -> Members:
    """The elements of the sets in all sources: their shares, a source counting by the root of its calls."""
    sources = [(total, counts) for _, total, counts in tallies] + [(row.total, row.of) for row in words]
    weight = sum([sqrt(total) for total, _ in sources])
    chances: dict[str, float] = {}
    for total, counts in sources:
        part = sqrt(total) / (total + PRIOR) / weight
        for value, count in counts.items():
            if isinstance(value, tuple):
                for element in value:
                    chances[element] = chances.get(element, 0.0) + part * count
    out = {element: log(1 - min(HIGH, chance)) for element, chance in chances.items()}
    gains = {element: log(max(LOW, chance)) - out[element] for element, chance in chances.items()}
    return Members(chances, gains, sum(out.values()))


def likeliest(members: Members) -> Value:
    """The set of all elements that are rather in than out; blank if there are none."""
    return tuple(sorted(element for element, chance in members.chances.items() if chance > 0.5)) or None


def set_odds(value: Value, members: Members) -> float:
    """Log-odds of exactly this set, were its elements chosen one by one."""
    gains = members.gains
    inside = value if isinstance(value, tuple) else ()
    return odds(exp(members.empty + sum([gains.get(element, UNHEARD_OF) for element in inside])))


UNHEARD_OF = log(LOW)
