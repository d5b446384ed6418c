"""What a workspace's people choose: decayed counts in bounded rows, and who used a value."""

from collections.abc import Collection, Iterator, Sequence
from math import log, sqrt

from pydantic import JsonValue

from memory.parameters.evidence import Occasion, Value
from memory.parameters.odds import LOW, LOW_ODDS
from memory.parameters.own_calls import Tally
from memory.parameters.rows import Rows
from memory.parameters.sources import (
    TEAM,
    TEAM_AFTER,
    TEAM_ALIKE,
    TEAM_GROUP,
    TEAM_NOW,
    TEAM_PLACE,
    TEAM_WITH,
    TEAM_WORDS,
)
from memory.parameters.values import as_written, from_json, in_words, to_json

DECAY = {
    TEAM: 0.998,
    TEAM_NOW: 0.95,
    TEAM_PLACE: 0.99,
    TEAM_ALIKE: 0.99,
    TEAM_GROUP: 0.99,
    TEAM_AFTER: 0.99,
    TEAM_WITH: 0.99,
    TEAM_WORDS: 0.995,
}
"""What an older call counts in each row, of the one before."""
ROWS = 20_000
"""Rows for all parameters of the tool."""
WIDTH, SLACK = 16, 4
"""Values in a row; it is cut to this when it has `SLACK` more."""


class Counts:
    """How often each value was used on one kind of occasion."""

    __slots__ = ("of", "total")

    def __init__(self) -> None:
        self.total = 0.0
        self.of: dict[Value, float] = {}

    def add(self, values: Sequence[Value], decay: float) -> None:
        counts = self.of
        self.total = self.total * decay + 1
        for value in counts:
            counts[value] *= decay
        for value in values:
            counts[value] = counts.get(value, 0.0) + 1
        if len(counts) > WIDTH + SLACK:
            for value in sorted(counts, key=counts.__getitem__)[: len(counts) - WIDTH]:
                del counts[value]

    def top(self) -> tuple[Value, float]:
        """The commonest value and its weight."""
        value = max(self.of, key=self.of.__getitem__)
        return value, self.of[value]

    def remove(self, values: Collection[Value]) -> bool:
        """Forget values; whether any was there."""
        there = [value for value in values if value in self.of]
        for value in there:
            del self.of[value]
        return bool(there)

    def to_json(self) -> JsonValue:
        counts: list[JsonValue] = [[to_json(value), weight] for value, weight in self.of.items()]
        return [self.total, counts]

    def read(self, written: JsonValue) -> None:
        match written:
            case [int() | float() as total, list() as counts]:
                self.total = float(total)
                self.of = dict(_entry(one) for one in counts)
            case _:
                raise TypeError(f"not a row of counts: {written!r}")


def _entry(written: JsonValue) -> tuple[Value, float]:
    match written:
        case [value, int() | float() as weight]:
            return from_json(value), float(weight)
        case _:
            raise TypeError(f"not a count: {written!r}")


class TeamCounts:
    """The counts of every parameter of one tool."""

    def __init__(self, changed: set[str]) -> None:
        self.rows = Rows("count", Counts, changed, most=ROWS)

    def tallies(self, parameter: str, asked: Occasion, last: str, others: str) -> list[Tally]:
        """What each source knows. `last` is the person's newest value, `others` the arguments known already."""
        found: list[Tally] = []
        for source, name in _names(parameter, asked, last, others):
            row = self.rows.get(name)
            if row is not None and row.total >= 0.3:
                found.append((source, row.total, row.of))
        return found

    def worded(self, parameter: str, asked: Occasion) -> list[Counts]:
        """A row for each word of the request that was used before."""
        rows = (self.rows.get(f"{parameter}\tw\t{word}") for word in asked.words)
        return [row for row in rows if row is not None and row.total >= 1]

    def add(self, parameter: str, asked: Occasion, values: Sequence[Value], last: str, others: str) -> None:
        for source, name in _names(parameter, asked, last, others):
            self.rows.open(name).add(values, DECAY[source])
        for word in asked.words:
            self.rows.open(f"{parameter}\tw\t{word}").add(values, DECAY[TEAM_WORDS])

    def everywhere(self, parameter: str) -> Counts | None:
        return self.rows.get(f"{parameter}\t{TEAM}")

    def forget(self, parameter: str, values: Collection[Value]) -> None:
        """Take values out of every row of a parameter, and away the rows that are about one of them."""
        after = {as_written(value) for value in values}
        beside = {in_words([(parameter, value)]) for value in values}
        for name, row in self.rows.named(""):
            of, source, *about = name.split("\t")
            if not beside.isdisjoint(about) or (of == parameter and source == str(TEAM_AFTER) and about[0] in after):
                self.rows.drop(name)
            elif of == parameter and row.remove(values):
                if row.of:
                    self.rows.open(name)
                else:  # its name may hold what the parameter depends on
                    self.rows.drop(name)


def _names(parameter: str, asked: Occasion, last: str, others: str) -> Iterator[tuple[int, str]]:
    place, kind = asked.place, asked.kind
    yield TEAM, f"{parameter}\t{TEAM}"
    yield TEAM_NOW, f"{parameter}\t{TEAM_NOW}"
    yield TEAM_PLACE, f"{parameter}\t{TEAM_PLACE}\t{place}\t{kind}"
    yield TEAM_ALIKE, f"{parameter}\t{TEAM_ALIKE}\t{place}\t{asked.type}\t{kind}"
    yield TEAM_GROUP, f"{parameter}\t{TEAM_GROUP}\t{asked.group}"
    yield TEAM_AFTER, f"{parameter}\t{TEAM_AFTER}\t{last}\t{kind}"
    if others:
        yield TEAM_WITH, f"{parameter}\t{TEAM_WITH}\t{others}"


def share(rows: Sequence[Counts], value: Value) -> float:
    """How often `value` was chosen with these words, 0 to 1."""
    return sum(row.of.get(value, 0.0) for row in rows) / sum(row.total for row in rows)


def word_odds(rows: Sequence[Counts], value: Value, expected: float) -> float:
    """How much these words speak for a value, as log-odds over what was expected without them, -6 to 6.

    Naive Bayes, damped by the root of the number of words, which are not independent of each other.
    """
    expected = min(max(expected, LOW), 0.98)
    without = log(expected / (1 - expected))
    total = 0.0
    for row in rows:
        part = (row.of.get(value, 0.0) + expected) / (row.total + 1)
        total += (LOW_ODDS if part < LOW else log(part / (1 - part)) if part < 0.99 else 4.595) - without
    return max(-6.0, min(6.0, total / sqrt(len(rows))))
