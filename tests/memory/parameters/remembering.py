"""A workspace of people whose calls are remembered, for tests of the predictor."""

from collections.abc import Mapping, Sequence

from memory.parameters.evidence import Evidence, How, Kind, Occasion, PastCall, Value, word_hashes
from memory.parameters.predict import Model
from memory.parameters.suggestion import Suggestion

HOUR = 3600.0
BEGUN = 1_760_000_000.0


class Workspace:
    """People who make calls of one tool, an hour apart."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.model = Model(kinds)
        self.people: dict[str, Evidence] = {}
        self.calls = 0

    def of(self, person: str) -> Evidence:
        return self.people.get(person, Evidence())

    def occasion(self, *, place: str = "C1", words: str = "", kind: str = "") -> Occasion:
        return Occasion(
            at=BEGUN + self.calls * HOUR, place=place, type="agent", kind=kind, words=word_hashes(words), group="x.test"
        )

    def suggest(
        self,
        person: str,
        *missing: str,
        given: Mapping[str, Value] | None = None,
        place: str = "C1",
        words: str = "",
        team: bool = True,
    ) -> dict[str, Suggestion]:
        wanted: Sequence[str] = missing or tuple(self.model.kinds)
        asked = self.occasion(place=place, words=words)
        return self.model.suggest(asked, person, self.of(person), wanted, given or {}, team=team)

    def call(
        self, person: str, values: Mapping[str, Value], *, how: How = "chose", place: str = "C1", words: str = ""
    ) -> None:
        """`person` makes a call with these values."""
        self.calls += 1
        self.people[person] = self.model.learn(
            PastCall(
                id=f"call-{self.calls}",
                occasion=self.occasion(place=place, words=words),
                values=values,
                how=dict.fromkeys(values, how),
            ),
            person,
            self.of(person),
        )

    def calls_with(self, person: str, parameter: str, *values: Value, how: How = "chose") -> None:
        for value in values:
            self.call(person, {parameter: value}, how=how)
