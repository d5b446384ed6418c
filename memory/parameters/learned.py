"""What a workspace's calls of one tool taught: the rows of a model, and what they say of values and parameters."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from memory.parameters.evidence import Value, base_of
from memory.parameters.mixing import Weights
from memory.parameters.records import ParameterRecord, SharedWeights, ValueRecord
from memory.parameters.rows import Rows
from memory.parameters.team_counts import TeamCounts
from memory.parameters.values import as_written, from_written

VALUES, PARAMETERS = 8192, 256
"""Values and parameters of one tool of which a record is kept."""


class Learned:
    """Rows of four kinds: counts, values with who used them, parameters with weights and gates, shared weights."""

    def __init__(self, changed: set[str]) -> None:
        self.counts = TeamCounts(changed)
        self._values = Rows("value", ValueRecord, changed, most=VALUES)
        self._parameters = Rows("parameter", ParameterRecord, changed, most=PARAMETERS)
        self._shared = Rows("shared", SharedWeights, changed, most=1)

    def row(self, key: str) -> JsonValue:
        """One row as JSON; None when it is gone."""
        kind, _, name = key.partition("\t")
        row = self._rows(kind).get(name)
        return None if row is None else row.to_json()

    def load(self, rows: Mapping[str, JsonValue]) -> None:
        for key, written in rows.items():
            kind, _, name = key.partition("\t")
            self._rows(kind).load(name, written)

    def parameter(self, parameter: str) -> ParameterRecord:
        """To read, not to change."""
        return self._parameters.get(base_of(parameter)) or UNTAUGHT

    def value(self, parameter: str, value: Value) -> ValueRecord | None:
        """To read, not to change."""
        return self._values.get(_name(parameter, value))

    def weights(self, parameter: str) -> Weights:
        """To read, not to change."""
        shared = self._shared.get("") or UNTAUGHT_SHARED
        return Weights(self.parameter(parameter).weights, shared.weights)

    def open_parameter(self, parameter: str) -> ParameterRecord:
        return self._parameters.open(base_of(parameter))

    def open_value(self, parameter: str, value: Value) -> ValueRecord:
        return self._values.open(_name(parameter, value))

    def open_weights(self, parameter: str) -> Weights:
        return Weights(self.open_parameter(parameter).weights, self._shared.open("").weights)

    def is_common(self, parameter: str, value: Value) -> bool:
        """Whether enough people used a value that naming it tells of none of them."""
        record = self.value(parameter, value)
        return record is not None and record.is_common

    def is_shared(self, parameter: str) -> bool:
        """Whether enough people use a parameter that what they choose says something of a team."""
        record = self._values.get(_anything(parameter))
        return record is not None and record.is_common

    def surety(self, parameter: str) -> float:
        """How often what was suggested for it was right, 0 to 1."""
        right, total = self.parameter(parameter).rate
        return (right + 1) / (total + 2)

    def note(self, person: str, parameter: str, values: Sequence[Value]) -> None:
        """Keep that a person used these values."""
        for name in (_anything(parameter), *(_name(parameter, value) for value in values)):
            record = self._values.get(name)
            if record is None or record.lacks(person):
                self._values.open(name).people.append(person)

    def used_by(self, person: str) -> dict[str, set[Value]]:
        """Every value of which it is kept that `person` used it, by parameter."""
        found: dict[str, set[Value]] = {}
        for name, record in self._values.named(""):
            parameter, _, written = name.partition("\t")
            if written and person in record.people:
                found.setdefault(parameter, set()).add(from_written(written))
        return found

    def forget(self, person: str, parameter: str, values: Collection[Value]) -> None:
        """`person` no longer counts among those who used these values; what nobody else used leaves every row."""
        for value in values:
            self._leave(_name(parameter, value), person)
        self.counts.forget(parameter, {value for value in values if self.value(parameter, value) is None})
        if parameter not in self.used_by(person):
            self._leave(_anything(parameter), person)

    def _leave(self, name: str, person: str) -> None:
        """Keep no more that a person used a value; drop what nobody is known to have used."""
        record = self._values.get(name)
        if record is None:
            return
        if person in record.people:
            record = self._values.open(name)
            record.people.remove(person)
        if not record.people:
            self._values.drop(name)

    def _rows(self, kind: str) -> Rows[Any]:
        match kind:
            case "count":
                return self.counts.rows
            case "value":
                return self._values
            case "parameter":
                return self._parameters
            case "shared":
                return self._shared
            case _:
                raise KeyError(f"no row of a model begins with {kind!r}")


UNTAUGHT, UNTAUGHT_SHARED = ParameterRecord(), SharedWeights()
"""What stands in for rows that nothing was learned in yet. Never changed."""


def _anything(parameter: str) -> str:
    """The name of the record of who uses a parameter, whatever the value."""
    return f"{parameter}\t"


def _name(parameter: str, value: Value) -> str:
    return f"{parameter}\t{as_written(value)}"
