"""What is thought about each parameter of one call: its candidates, how probable and how sure, and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from memory.parameters.elements import Members, likeliest, members
from memory.parameters.evidence import Evidence, Kind, Occasion, Value, base_of
from memory.parameters.fill_gate import is_bearable
from memory.parameters.learned import Learned
from memory.parameters.mixing import Mixed
from memory.parameters.own_calls import Compared, OwnCalls, Tally, compare
from memory.parameters.team_counts import Counts
from memory.parameters.trust import FILLS, LONG, NOTHING, Trusted, trust
from memory.parameters.values import as_written, in_words, readings

OTHERS = 2
"""Arguments known already that are looked at."""
CANDIDATES = 4
"""Values that each source may propose."""
HEARD, LOUD = 1.5, 0.4
"""A word proposes its commonest value from so many calls on, if it is that part of them."""


@dataclass(slots=True)
class Guess:
    """What is thought about one parameter of one call."""

    parameter: str
    kind: Kind
    own: OwnCalls
    team: "Team"
    others: Sequence[tuple[str, Value]]
    """Arguments that were known already."""
    mixed: Mixed
    trusted: Trusted
    is_habit: bool
    """Whether the person's last calls all had the best value."""
    habit_with: int
    """How many calls with one of the same other arguments had it, all of them, if that is why it is filled in."""
    is_wanted: bool
    """Whether it would be filled in, had this person not seen too many mistakes."""
    is_filled: bool


@dataclass(slots=True)
class Team:
    """What everybody's calls say of one parameter of one call; nothing, where it is no team or none of the person's."""

    tallies: Sequence[Tally] = ()
    words: Sequence[Counts] = ()
    everywhere: Counts | None = None


@dataclass(slots=True)
class Guesser:
    """Guesses the parameters of one call of one person."""

    learned: Learned
    kinds: Mapping[str, Kind]
    asked: Occasion
    evidence: Evidence
    hears_team: bool

    def guess(self, missing: Iterable[str], given: Mapping[str, Value]) -> dict[str, Guess]:
        """One guess for each parameter that anything is known of, the surest first: it helps to guess the others."""
        compared = compare(self.evidence, self.asked)
        known = known_first(self.learned, self.kinds, given)
        guesses: dict[str, Guess] = {}
        for parameter in surest_first(self.learned, missing):
            guess = self._one(compared, parameter, known)
            if guess is not None:
                guesses[parameter] = guess
                if guess.kind != "any":
                    known.append((parameter, guess.mixed.value))
        return guesses

    def _one(self, compared: Sequence[Compared], parameter: str, known: Sequence[tuple[str, Value]]) -> Guess | None:
        kind = kind_of(self.kinds, parameter)
        others = known[:OTHERS]
        own = OwnCalls(compared, parameter, kind, others)
        team = self._team(parameter, own, others)
        tallies = [*own.tallies, *team.tallies]
        found = members(tallies, team.words) if kind == "set" else None
        values = self._candidates(parameter, kind, own, tallies, team.words, found)
        if not values:
            return None
        weights = self.learned.weights(parameter)
        mixed = weights.mix(values, tallies, team.words, own, team.everywhere, kind, found)
        trusted = self._trusted(mixed, parameter, kind, own, others)
        sure, gate = trusted.confidence, self.learned.parameter(parameter).gate
        is_tried = not gate.fills(sure) and gate.tries(sure)
        is_habit = own.is_habit() and mixed.value == own.last
        habit_with = own.always_with(mixed.value, known) if is_tried and not is_habit else 0
        is_wanted = gate.fills(sure) or (is_tried and (is_habit or habit_with > 0))
        is_filled = is_wanted and (gate.is_sure(sure) or is_bearable(*self.evidence.hits.get(FILLS, NOTHING)))
        return Guess(parameter, kind, own, team, others, mixed, trusted, is_habit, habit_with, is_wanted, is_filled)

    def _team(self, parameter: str, own: OwnCalls, others: Sequence[tuple[str, Value]]) -> Team:
        if not self.hears_team or not self.learned.is_shared(parameter):
            return Team()
        counts = self.learned.counts
        last = as_written(own.last) if own.calls else ""
        return Team(
            counts.tallies(parameter, self.asked, last, in_words(others)),
            counts.worded(parameter, self.asked),
            counts.everywhere(parameter),
        )

    def _candidates(
        self,
        parameter: str,
        kind: Kind,
        own: OwnCalls,
        tallies: Sequence[Tally],
        words: Sequence[Counts],
        found: Members | None,
    ) -> list[Value]:
        """What may be suggested: the commonest values of each source that may be shown to this person."""
        proposed: dict[Value, None] = {}
        for _, _, counts in tallies:
            if len(counts) > CANDIDATES:
                proposed.update(dict.fromkeys(sorted(counts, key=counts.__getitem__, reverse=True)[:CANDIDATES]))
            else:
                proposed.update(dict.fromkeys(counts))
        for row in words:
            if row.total >= HEARD and row.of:
                value, weight = row.top()
                if weight > LOUD * row.total:
                    proposed[value] = None
        if found is not None:
            proposed[likeliest(found)] = None
        mine = {value for values in own.chosen for value in values}
        retired = self._retired(parameter, kind)
        is_common = self.learned.is_common
        return [one for one in proposed if one not in retired and (one in mine or is_common(parameter, one))]

    def _retired(self, parameter: str, kind: Kind) -> Collection[Value]:
        """What the person corrected away; where any of several is right, each of them."""
        gone = self.evidence.retired.get(parameter, ())
        return [one for value in gone for one in readings(value, kind)] if gone else gone

    def _trusted(
        self, mixed: Mixed, parameter: str, kind: Kind, own: OwnCalls, others: Sequence[tuple[str, Value]]
    ) -> Trusted:
        calls = self.evidence.calls
        return trust(
            mixed,
            parameter,
            kind,
            self.learned.parameter(parameter),
            self.learned.value(parameter, mixed.value),
            self.evidence,
            self.asked,
            depth=len(own.calls),
            gap=min(1.0, (self.asked.at - calls[0].occasion.at) / LONG) if calls else 1.0,
            others=in_words(others),
            is_last=bool(own.calls) and mixed.value == own.last,
        )


def kind_of(kinds: Mapping[str, Kind], parameter: str) -> Kind:
    return kinds.get(base_of(parameter), "one")


def known_first(learned: Learned, kinds: Mapping[str, Kind], given: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """The arguments given that tell something of others, the surest first."""
    return [(name, given[name]) for name in surest_first(learned, given) if kind_of(kinds, name) != "any"]


def surest_first(learned: Learned, parameters: Iterable[str]) -> list[str]:
    """In the order in which they are guessed."""
    return sorted(parameters, key=lambda parameter: (-learned.surety(parameter), parameter))
