"""What a person's own calls say: counted from the list each time, so that an edit of the list counts at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from memory.parameters.evidence import Evidence, Kind, Occasion, PastCall, Value
from memory.parameters.sources import AFTER, ALIKE, ALL, LONGEST_RUN, LONGEST_TURN, PLACE, RECENT, TEAM, WITH, WORDS
from memory.parameters.values import readings

Tally: TypeAlias = tuple[int, float, Mapping[Value, float]]
"""A source, the weight of all its calls, and the weight of each value in them."""

DECAY = (0.97, 0.80, 0.93, 0.93, 0.98, 0.95, 0.97)
"""What each older call counts, of the one before: the old still counts, the new counts more."""
NEWEST = 16
"""Calls that `RECENT` looks at."""
HABIT = 3
"""Calls with the same value, one after another, that make a habit."""
HABIT_WITH = 5
"""Calls with the same value in which another argument was the same, that make a habit of this pair."""
STEADY = 4
"""Times that a habit must have gone on for each time that it ended."""


@dataclass(slots=True)
class Compared:
    """A remembered call and what it has in common with the one that is asked about."""

    call: PastCall
    sources: tuple[int, ...]
    overlap: int
    """Words that both have."""


def compare(evidence: Evidence, asked: Occasion) -> list[Compared]:
    """The person's calls, newest first, each with the sources that it speaks for."""
    return [_compared(call, asked, index) for index, call in enumerate(evidence.calls)]


def _compared(call: PastCall, asked: Occasion, index: int) -> Compared:
    then = call.occasion
    sources: tuple[int, ...] = (ALL, RECENT) if index < NEWEST else (ALL,)
    if then.place == asked.place:
        sources += (PLACE, ALIKE) if then.kind == asked.kind and then.type == asked.type else (PLACE,)
    overlap = len(then.words & asked.words)
    return Compared(call, (*sources, WORDS) if overlap else sources, overlap)


class OwnCalls:
    """One parameter in a person's calls."""

    __slots__ = ("calls", "chosen", "following", "tallies")

    def __init__(
        self, compared: Sequence[Compared], parameter: str, kind: Kind, others: Sequence[tuple[str, Value]]
    ) -> None:
        """`others`: arguments that are known already, to look for calls that had the same."""
        self.calls = [one for one in compared if parameter in one.call.values]
        self.chosen = [readings(one.call.values[parameter], kind) for one in self.calls]
        self.following = self._following()
        self.tallies = self._count(others)

    @property
    def last(self) -> Value:
        """The newest value; only where there is any."""
        return self.chosen[0][0]

    def run(self) -> int:
        """How many of the newest calls had the same value, at most `LONGEST_RUN`."""
        length = 0
        for values in self.chosen[:LONGEST_RUN]:
            if self.chosen[0][0] not in values:
                break
            length += 1
        return length

    def turn(self) -> int:
        """Of how many calls the newest value is, if it is new and what came before it was always one other value, at
        most `LONGEST_TURN`; else 0. That is how it begins when a person moves to another board or branch.
        """
        first = [values[0] for values in self.chosen]
        newest = first[0]
        length = next((at for at, value in enumerate(first) if value != newest), 0)
        before = first[length:]
        if len(before) < HABIT or newest in before or any(value != before[0] for value in before[:HABIT]):
            return 0
        return min(length, LONGEST_TURN)

    def is_habit(self) -> bool:
        """Whether the last `HABIT` calls had the same value, and such a row usually went on before."""
        if self.run() < HABIT:
            return False
        went_on = ended = 0
        length = 1
        for newer, older in zip(self.chosen[-2::-1], self.chosen[:0:-1], strict=True):
            is_same = newer[0] == older[0]
            if length >= HABIT:
                went_on += is_same
                ended += not is_same
            length = length + 1 if is_same else 1
        return ended == 0 or went_on >= STEADY * ended

    def always_with(self, value: Value, known: Sequence[tuple[str, Value]]) -> int:
        """In how many calls one of the known arguments was the same, if it was this value in each of them and they are
        `HABIT_WITH` or more; else 0. The argument that most calls share counts.
        """
        most = 0
        for other in known:
            values = [chosen for one, chosen in zip(self.calls, self.chosen, strict=True) if has(one.call, (other,))]
            if len(values) > most and all(value in chosen for chosen in values):
                most = len(values)
        return most if most >= HABIT_WITH else 0

    def of(self, source: int, others: Sequence[tuple[str, Value]]) -> list[tuple[Value, ...]]:
        """The values in the calls that `source` counts, newest first."""
        return [
            values
            for index, (one, values) in enumerate(zip(self.calls, self.chosen, strict=True))
            if source in one.sources
            or (source == WITH and has(one.call, others))
            or (source == AFTER and index in self.following)
        ]

    def _following(self) -> set[int]:
        """The calls that came after the same two values as the next one will."""
        first = [values[0] for values in self.chosen]
        if len(first) < 3:
            return set()
        newest, second = first[0], first[1]
        return {at for at in range(len(first) - 2) if first[at + 1] == newest and first[at + 2] == second}

    def _count(self, others: Sequence[tuple[str, Value]]) -> list[Tally]:
        totals = [0.0] * TEAM
        weights = [1.0] * TEAM
        counts: list[dict[Value, float]] = [{} for _ in range(TEAM)]
        for index, (one, values) in enumerate(zip(self.calls, self.chosen, strict=True)):
            sources = one.sources
            if others and has(one.call, others):
                sources = (*sources, WITH)
            if index in self.following:
                sources = (*sources, AFTER)
            for source in sources:
                weight = weights[source]
                weights[source] = weight * DECAY[source]
                if source == WORDS:
                    weight *= one.overlap
                totals[source] += weight
                count = counts[source]
                for value in values:
                    count[value] = count.get(value, 0.0) + weight
        return [(source, totals[source], counts[source]) for source in range(TEAM) if totals[source]]


def has(call: PastCall, others: Sequence[tuple[str, Value]]) -> bool:
    """Whether a call had these arguments."""
    values = call.values
    for name, value in others:
        if name not in values or values[name] != value:
            return False
    return bool(others)
