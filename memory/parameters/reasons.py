"""Why a value is suggested: the evidence that weighed most, counted on the person's own list."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Literal

from memory.parameters.guessing import Guess
from memory.parameters.mixing import Mixed
from memory.parameters.sources import (
    AFTER,
    ALIKE,
    ALL,
    AMOUNTS,
    LONGEST_TURN,
    PLACE,
    RUN,
    TEAM,
    TEAM_AFTER,
    TEAM_ALIKE,
    TEAM_PLACE,
    TEAM_WITH,
    TEAM_WORDS,
    TURN,
    WITH,
    WORDS,
)
from memory.parameters.suggestion import Because
from memory.parameters.team_counts import share

LATEST = -1
"""The calls since a new value came up."""
SHOWN = 15
"""Calls that a reason counts."""
WHERE: Mapping[int, Literal["", "place", "alike", "words", "with", "after"]] = {
    PLACE: "place",
    ALIKE: "alike",
    WORDS: "words",
    WITH: "with",
    AFTER: "after",
    TEAM_PLACE: "place",
    TEAM_ALIKE: "alike",
    TEAM_AFTER: "after",
    TEAM_WITH: "with",
    TEAM_WORDS: "words",
}


def because(guess: Guess, weights: Sequence[float]) -> Because:
    """The reason for the best candidate: of the person's own calls, if they said more for it than the team's.

    `weights` are those of `guess.mixed.used`.
    """
    if guess.habit_with:
        return Because(kind="own", count=guess.habit_with, of=guess.habit_with, where="with")
    parts = _parts(guess.mixed, weights)
    is_team = sum(part for part, source in parts if source >= TEAM) > sum(
        part for part, source in parts if source < TEAM
    )
    for _, source in parts:
        if is_team and source >= TEAM:
            return _team(guess, source)
        if source < TEAM and (reason := _own(guess, source)).count:
            return reason
    return _own(guess, ALL)


def _parts(mixed: Mixed, weights: Sequence[float]) -> list[tuple[float, int]]:
    """What each source said for the value, the loudest first."""
    parts = [
        (weight * x, _source(index))
        for index, weight, x in zip(mixed.used, weights, mixed.evidence[mixed.best], strict=True)
    ]
    return sorted((one for one in parts if one[0] > 0), reverse=True)


def _source(weight: int) -> int:
    """Whose weight it is; what is said of the run of the last calls, or of blanks, is of all calls."""
    if weight < RUN:
        return weight // AMOUNTS
    return LATEST if TURN < weight <= TURN + LONGEST_TURN else ALL


def _own(guess: Guess, source: int) -> Because:
    """How often, of the newest calls that fit, it was this value."""
    value = guess.mixed.value
    if source == LATEST:
        length = len(list(takewhile(lambda values: value in values, guess.own.chosen)))
        return Because(kind="own", count=length, of=length)
    calls = guess.own.of(source, guess.others)[:SHOWN]
    count = sum(value in values for values in calls)
    return Because(kind="own", count=count, of=len(calls), where=WHERE.get(source, ""))


def _team(guess: Guess, source: int) -> Because:
    """In how many of a hundred calls of everybody it was this value."""
    value, team = guess.mixed.value, guess.team
    if source == TEAM_WORDS:
        part = share(team.words, value)
    else:
        part = next(counts.get(value, 0.0) / total for one, total, counts in team.tallies if one == source)
    return Because(kind="team", count=round(100 * part), of=100, where=WHERE.get(source, ""))
