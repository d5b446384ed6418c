"""What is kept of each parameter and of each of its values: weights, how often suggestions were right, who used it."""

from collections.abc import Sequence
from math import sqrt
from typing import TypeAlias

from pydantic import JsonValue

from memory.parameters.fill_gate import Gate
from memory.parameters.sources import WEIGHTS, first_weights

Terms: TypeAlias = dict[str, tuple[float, float]]
"""Small corrections, each with the squares of the errors that it learned from."""
Rate: TypeAlias = tuple[float, float]
"""(right, all), decayed."""

PEOPLE = 3
"""People who must have used a value before somebody else hears of it."""
PEOPLE_KEPT = 5
"""People of whom it is kept that they used a value, so that one who leaves does not hide it again."""
TERMS = 48
"""Corrections of one value, or of one parameter."""
TERM_RATE = 0.06
SIGNS = 9
FIRST_TRUST = (0.0, 0.5, 0.05, 0.15, 0.1, 0.05, 0.0, 0.0, 0.0)


def corrected(term: tuple[float, float], error: float) -> tuple[float, float]:
    """One AdaGrad step (Duchi et al. 2011): the more was learned already, the smaller."""
    weight, squares = term
    squares += error * error
    return weight + TERM_RATE * error / sqrt(squares), squares


NO_TERM = (0.0, 0.1)


def learn_term(terms: Terms, name: str, error: float) -> None:
    terms[name] = corrected(terms.pop(name, NO_TERM), error)
    if len(terms) > TERMS:
        del terms[next(iter(terms))]


def hit(rate: Rate, decay: float, *, is_right: bool) -> Rate:
    return rate[0] * decay + is_right, rate[1] * decay + 1


class ValueRecord:
    """One value of one parameter in the workspace."""

    __slots__ = ("people", "rate", "terms")

    def __init__(self) -> None:
        self.people: list[str] = []
        self.rate: Rate = (0.0, 0.0)
        self.terms: Terms = {}

    @property
    def is_common(self) -> bool:
        """Whether enough people used it that naming it tells of none of them."""
        return len(self.people) >= PEOPLE

    def lacks(self, person: str) -> bool:
        """Whether it is worth noting that this person used it."""
        return len(self.people) < PEOPLE_KEPT and person not in self.people

    def to_json(self) -> JsonValue:
        return [list(self.people), list(self.rate), _terms_to_json(self.terms)]

    def read(self, written: JsonValue) -> None:
        match written:
            case [list() as people, rate, dict() as terms]:
                self.people = [str(person) for person in people]
                self.rate = _pair(rate)
                self.terms = {name: _pair(term) for name, term in terms.items()}
            case _:
                raise TypeError(f"not the record of a value: {written!r}")


class ParameterRecord:
    """One parameter of the tool, whatever it depends on."""

    __slots__ = ("gate", "rate", "terms", "trust", "weights")

    def __init__(self) -> None:
        self.weights = [0.0] * WEIGHTS
        self.trust = list(FIRST_TRUST)
        self.rate: Rate = (0.0, 0.0)
        self.terms: Terms = {}
        self.gate = Gate()

    def to_json(self) -> JsonValue:
        return [list(self.weights), list(self.trust), list(self.rate), _terms_to_json(self.terms), self.gate.to_json()]

    def read(self, written: JsonValue) -> None:
        match written:
            case [list() as weights, list() as trust, rate, dict() as terms, gate]:
                self.weights = _numbers(weights, WEIGHTS)
                self.trust = _numbers(trust, SIGNS)
                self.rate = _pair(rate)
                self.terms = {name: _pair(term) for name, term in terms.items()}
                self.gate.read(gate)
            case _:
                raise TypeError(f"not the record of a parameter: {written!r}")


class SharedWeights:
    """What all parameters of the tool have in common."""

    __slots__ = ("weights",)

    def __init__(self) -> None:
        self.weights = first_weights()

    def to_json(self) -> JsonValue:
        return list(self.weights)

    def read(self, written: JsonValue) -> None:
        if not isinstance(written, list):
            raise TypeError(f"not weights: {written!r}")
        self.weights = _numbers(written, WEIGHTS)


def _terms_to_json(terms: Terms) -> JsonValue:
    return {name: list(term) for name, term in terms.items()}


def _pair(written: JsonValue) -> tuple[float, float]:
    match written:
        case [int() | float() as first, int() | float() as second]:
            return float(first), float(second)
        case _:
            raise TypeError(f"not two numbers: {written!r}")


def _numbers(written: Sequence[JsonValue], length: int) -> list[float]:
    numbers = [float(one) for one in written if isinstance(one, int | float)]
    if len(numbers) != length:
        raise ValueError(f"{len(numbers)} numbers where {length} are kept")
    return numbers
