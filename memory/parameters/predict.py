"""From past calls to the next one's arguments: value, probability, reason. Pure; learns online.

For each parameter: the candidates are what the person and their colleagues chose before (`own_calls`, `team_counts`);
the evidence for each is mixed into a probability (`mixing`); how far that can be trusted is learned from how often it
was right (`trust`); and a gate decides from its own record whether it is filled in without asking (`fill_gate`).
`guessing` puts these together, and `learned` holds what they learned.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from pydantic import JsonValue

from memory.parameters.edits import kept, with_call
from memory.parameters.evidence import Evidence, Kind, Occasion, PastCall, Told, Value
from memory.parameters.guessing import OTHERS, Guess, Guesser, kind_of, known_first, surest_first
from memory.parameters.learned import Learned
from memory.parameters.own_calls import OwnCalls
from memory.parameters.reasons import SHOWN, because
from memory.parameters.records import Rate
from memory.parameters.suggestion import Because, Suggestion
from memory.parameters.trust import learn_fill, learn_hits, learn_trust
from memory.parameters.values import as_written, in_words, readings

RUNNERS_UP = 4
MOST_CONFIDENT = 0.999
TOLD = 0.99
"""Confidence of what the person said themselves."""


class Model:
    """What the calls of one tool taught in one workspace, but for people's own memories.

    Its state is rows of JSON by key, so that a store can keep them one by one: `changed` names the rows that differ
    since it was last emptied; a row that is None is gone.
    """

    def __init__(self, kinds: Mapping[str, Kind], rows: Mapping[str, JsonValue] | None = None) -> None:
        self.kinds = kinds
        self.changed: set[str] = set()
        self._learned = Learned(self.changed)
        self.load(rows or {})

    def row(self, key: str) -> JsonValue:
        """One row as JSON; None when it is gone."""
        return self._learned.row(key)

    def load(self, rows: Mapping[str, JsonValue]) -> None:
        """Take over rows that another process wrote. Raises `TypeError`, `ValueError`, `KeyError` for what is none."""
        self._learned.load(rows)

    def suggest(
        self,
        asked: Occasion,
        person: str,
        evidence: Evidence,
        missing: Sequence[str],
        given: Mapping[str, Value],
        *,
        team: bool = True,
    ) -> dict[str, Suggestion]:
        """A value for each of `missing` of which anything is known; `team` is False for who learns nothing of others.

        Of `person` nothing is known but `evidence`.
        """
        guesses = Guesser(self._learned, self.kinds, asked, evidence, team).guess(missing, given)
        found: dict[str, Suggestion] = {}
        for parameter in missing:
            told = evidence.told.get(parameter)
            guess = guesses.get(parameter)
            if told is not None and told.standing != "never":
                found[parameter] = self._as_told(parameter, told, guess, evidence)
            elif told is None and guess is not None:
                found[parameter] = self._suggestion(guess)
        return found

    def learn(self, call: PastCall, person: str, evidence: Evidence) -> Evidence:
        """Take a call in; the person's memory as it is then, with `call` among its calls.

        A call that is among them already changes nothing.
        """
        if any(known.id == call.id for known in evidence.calls):
            return evidence
        call = kept(call)
        said = {name: value for name, value in call.values.items() if call.how.get(name) == "said"}
        missing = [name for name in call.values if name not in said]
        guesses = Guesser(self._learned, self.kinds, call.occasion, evidence, hears_team=True).guess(missing, said)
        hits = dict(evidence.hits)
        for parameter, guess in guesses.items():
            # What memory did not decide, because the person had, and what nobody saw, spends no budget of mistakes.
            is_seen = parameter not in evidence.told and call.how.get(parameter) != "own"
            self._learn(guess, readings(call.values[parameter], guess.kind), hits, is_seen=is_seen)
        self._count(call, person, evidence, said)
        return replace(with_call(evidence, call), hits=hits)

    def forget(self, person: str, parameter: str, values: Collection[Value]) -> None:
        """`person` no longer counts among those who used these values; what nobody else used leaves every row."""
        kind = kind_of(self.kinds, parameter)
        self._learned.forget(person, parameter, {one for value in values for one in readings(value, kind)})

    def used_by(self, person: str) -> dict[str, set[Value]]:
        """Every value of which it is kept that `person` used it, by parameter."""
        return self._learned.used_by(person)

    def _as_told(self, parameter: str, told: Told, guess: Guess | None, evidence: Evidence) -> Suggestion:
        """What the person said themselves needs no evidence; the calls are counted for who wants to see them."""
        kind = kind_of(self.kinds, parameter)
        calls = [call.values[parameter] for call in evidence.calls if parameter in call.values][:SHOWN]
        count = sum(told.value == value or told.value in readings(value, kind) for value in calls)
        ranked = [] if guess is None else guess.mixed.ranked()
        return Suggestion(
            parameter=parameter,
            value=told.value,
            confidence=TOLD,
            fill=True,
            because=Because(kind="always" if told.standing == "always" else "order", count=count, of=len(calls)),
            others=tuple(value for value in ranked if value != told.value)[:RUNNERS_UP],
        )

    def _suggestion(self, guess: Guess) -> Suggestion:
        weights = self._learned.weights(guess.parameter).of(guess.mixed.used)
        value, *others = guess.mixed.ranked()
        return Suggestion(
            parameter=guess.parameter,
            value=value,
            confidence=min(MOST_CONFIDENT, guess.trusted.confidence),
            fill=guess.is_filled,
            because=because(guess, weights),
            others=tuple(others[:RUNNERS_UP]),
            proven=_is_proven(guess.own, guess.parameter, value),
        )

    def _learn(self, guess: Guess, right: Sequence[Value], hits: dict[str, Rate], *, is_seen: bool) -> None:
        """Learn from how a guess turned out."""
        parameter, value, confidence = guess.parameter, guess.mixed.value, guess.trusted.confidence
        is_right = value in right
        record = self._learned.open_parameter(parameter)
        if is_seen:
            record.gate.spend(confidence, is_right=is_right, is_filled=guess.is_filled)
            if guess.is_wanted:
                learn_fill(hits, is_right=is_right, is_filled=guess.is_filled)
        record.gate.learn(confidence, is_right=is_right, is_habit=guess.is_habit or guess.habit_with > 0)
        learn_trust(guess.trusted, record, self._learned.open_value(parameter, value), is_right=is_right)
        learn_hits(hits, parameter, value, guess.trusted, is_right=is_right)
        self._learned.open_weights(parameter).learn(guess.mixed, right, guess.kind)

    def _count(self, call: PastCall, person: str, evidence: Evidence, said: Mapping[str, Value]) -> None:
        """Add a call to what the workspace's people choose."""
        known = known_first(self._learned, self.kinds, said)
        for parameter in surest_first(self._learned, call.values):
            kind = kind_of(self.kinds, parameter)
            values = readings(call.values[parameter], kind)
            others = in_words([one for one in known if one[0] != parameter][:OTHERS])
            self._learned.counts.add(parameter, call.occasion, values, _last(evidence, parameter, kind), others)
            self._learned.note(person, parameter, values)
            if parameter not in said and kind != "any":
                known.append((parameter, call.values[parameter]))


def _last(evidence: Evidence, parameter: str, kind: Kind) -> str:
    """The newest value, written; empty where there is none."""
    for call in evidence.calls:
        if parameter in call.values:
            return as_written(readings(call.values[parameter], kind)[0])
    return ""


def _is_proven(own: OwnCalls, parameter: str, value: Value) -> bool:
    """Whether the person used it in a call of Pinyon's, not only in a record of their own."""
    return any(
        value in values and one.call.how.get(parameter) != "own"
        for one, values in zip(own.calls, own.chosen, strict=True)
    )
