"""From evidence to a probability of each candidate: a weighted sum of log-odds, its weights learned online."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from memory.parameters.elements import Members, set_odds
from memory.parameters.evidence import Kind, Value
from memory.parameters.odds import HIGH, HIGH_ODDS, LOW, LOW_ODDS, probability
from memory.parameters.own_calls import OwnCalls, Tally
from memory.parameters.sources import AMOUNTS, BLANK, ELEMENTS, NEW, RUN, TEAM_WORDS, TURN, amount
from memory.parameters.team_counts import Counts, word_odds

RATE = 0.006
OWN_PART, SHARED_PART = 0.35, 0.35 / 3
"""What of a step goes into the parameter's own weight, and into the one that all parameters share."""
NEGLIGIBLE = 0.004
"""An error that is not worth a step."""
PRIOR = 0.6
"""Calls that the expectation counts, in each source."""


@dataclass(slots=True)
class Mixed:
    """The candidates for one parameter, with the evidence for each."""

    values: list[Value]
    evidence: list[list[float]]
    """For each value, the log-odds by each source, in the order of `used`."""
    used: list[int]
    """The weights that the evidence is multiplied by."""
    probabilities: list[float]
    best: int

    @property
    def value(self) -> Value:
        return self.values[self.best]

    @property
    def chance(self) -> float:
        """The probability of the best value, as mixed."""
        return self.probabilities[self.best]

    def ranked(self) -> list[Value]:
        """All candidates, the likeliest first."""
        order = sorted(range(len(self.values)), key=self.probabilities.__getitem__, reverse=True)
        return [self.values[index] for index in order]

    @property
    def second(self) -> float:
        """The probability of the next best."""
        best = self.best
        return max((one for index, one in enumerate(self.probabilities) if index != best), default=0.002)


class Weights:
    """The weights of one parameter: a part of its own on top of a part that all parameters share."""

    __slots__ = ("own", "shared")

    def __init__(self, own: list[float], shared: list[float]) -> None:
        self.own, self.shared = own, shared

    def of(self, used: Sequence[int]) -> list[float]:
        """The weights as they count."""
        return [self.own[index] + self.shared[index] for index in used]

    def mix(
        self,
        values: Sequence[Value],
        tallies: Sequence[Tally],
        words: Sequence[Counts],
        own: OwnCalls,
        everywhere: Counts | None,
        kind: Kind,
        members: Members | None = None,
    ) -> Mixed:
        """`tallies` are of the person's own calls and of everybody's, `words` and `everywhere` of everybody's."""
        used = _used(tallies, words, own)
        evidence = [_evidence(value, tallies, words, own, everywhere) for value in values]
        if members is not None:
            used.append(ELEMENTS)
            for value, line in zip(values, evidence, strict=True):
                line.append(set_odds(value, members))
        weights = self.of(used)
        sums = [sum([weight * x for weight, x in zip(weights, line, strict=True)]) for line in evidence]
        bias = self.own[NEW] + self.shared[NEW]
        probabilities = [probability(bias + one) for one in sums] if kind == "any" else softmax(sums, bias)
        best = max(range(len(values)), key=probabilities.__getitem__)
        return Mixed(list(values), evidence, used, probabilities, best)

    def learn(self, mixed: Mixed, right: Sequence[Value], kind: Kind) -> None:
        """One step towards what was chosen."""
        steps = [0.0] * len(mixed.used)
        known = False
        off = 0.0
        for value, line, expected in zip(mixed.values, mixed.evidence, mixed.probabilities, strict=True):
            known = known or value in right
            error = (value in right) - expected
            if -NEGLIGIBLE < error < NEGLIGIBLE:
                continue
            off += error
            for index, x in enumerate(line):
                steps[index] += error * x
        for index, step in zip(mixed.used, steps, strict=True):
            self.own[index] += RATE * OWN_PART * step
            self.shared[index] += RATE * SHARED_PART * step
        self.own[NEW] += RATE * (off if kind == "any" else (not known) - max(0.0, 1 - sum(mixed.probabilities)))


def softmax(sums: Sequence[float], other: float) -> list[float]:
    """Probabilities of exclusive values, of which something else, with the log-odds `other`, is one."""
    highest = max(max(sums), other)
    parts = [exp(one - highest) for one in sums]
    total = sum(parts) + exp(other - highest)
    return [part / total for part in parts]


def _used(tallies: Sequence[Tally], words: Sequence[Counts], own: OwnCalls) -> list[int]:
    """The weights that `_evidence` is for, in its order."""
    used = [source * AMOUNTS + amount(total) for source, total, _ in tallies]
    if words:
        used.append(TEAM_WORDS * AMOUNTS + min(AMOUNTS - 1, len(words)))
    run, turn = (own.run(), own.turn()) if own.calls else (0, 0)
    return [*used, RUN + run, TURN + turn, BLANK]


def _evidence(
    value: Value, tallies: Sequence[Tally], words: Sequence[Counts], own: OwnCalls, everywhere: Counts | None
) -> list[float]:
    """What each source says for a value, as log-odds; then whether it is the newest (twice), and whether a blank."""
    expected = 0.05 if everywhere is None else (everywhere.of.get(value, 0.0) + 0.05) / (everywhere.total + 1)
    prior = PRIOR * expected
    line: list[float] = []
    for _, total, counts in tallies:  # `odds` of each share, written out: this runs a hundred times for one parameter
        part = (counts.get(value, 0.0) + prior) / (total + PRIOR)
        line.append(LOW_ODDS if part < LOW else HIGH_ODDS if part > HIGH else log(part / (1 - part)))
    if words:
        line.append(word_odds(words, value, expected))
    is_last = 1.0 if own.calls and value == own.last else 0.0
    line += (is_last, is_last, 1.0 if value is None else 0.0)
    return line
