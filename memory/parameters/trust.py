"""How far a probability can be trusted: what was mixed, against how often that was right for this person and value."""

from dataclasses import dataclass
from math import log1p
from zlib import crc32

from memory.parameters.evidence import Evidence, Kind, Occasion, Value
from memory.parameters.fill_gate import MISSED
from memory.parameters.mixing import Mixed
from memory.parameters.odds import odds, probability
from memory.parameters.records import NO_TERM, ParameterRecord, Rate, ValueRecord, corrected, hit, learn_term
from memory.parameters.values import as_written

RATE = 0.01
SLOWER = 0.3
"""What of a step goes into every weight but the constant one."""
LONG = 9e6
"""Seconds without a call after which more make no difference."""
HITS = 64
"""Rates and corrections that are kept of one person and tool."""
PARAMETER_DECAY, VALUE_DECAY, PERSON_DECAY = 0.995, 0.97, 0.9


@dataclass(slots=True)
class Trusted:
    """A confidence and what it was made of."""

    confidence: float
    signs: list[float]
    of_person: list[str]
    """Names of the corrections that are the person's own."""
    of_value: list[str]
    of_parameter: list[str]


def trust(
    mixed: Mixed,
    parameter: str,
    kind: Kind,
    record: ParameterRecord,
    value_record: ValueRecord | None,
    evidence: Evidence,
    asked: Occasion,
    *,
    depth: int,
    gap: float,
    others: str,
    is_last: bool,
) -> Trusted:
    """How probable it is that the best candidate is right. `depth` is the number of the person's calls that tell,
    `gap` how long ago the newest was, 0 to 1.
    """
    value, chance = mixed.value, mixed.chance
    hits = evidence.hits
    usual = (record.rate[0] + 1) / (record.rate[1] + 2)
    mine = hits.get(parameter, NOTHING)
    rival = odds(chance / (chance + mixed.second)) if kind != "any" else odds(chance) - odds(mixed.second)
    signs = [
        1.0,
        odds(chance),
        _rate(mine, usual, 2),
        _rate(hits.get(of_value(parameter, value), NOTHING), chance, 2),
        _rate(value_record.rate if value_record else NOTHING, chance, 3),
        rival,
        log1p(mine[1]) * 0.5 - 0.5,
        log1p(depth) * 0.3 - 0.5,
        gap,
    ]
    for_person = [
        f"{parameter}~",
        _personal(parameter, "v", as_written(value)),
        _personal(parameter, "k", asked.kind, asked.place),
    ]
    for_value = [_short("p", asked.place), _short("t", asked.type), _short("k", asked.kind), _short("w", others)]
    for_parameter = [_short("n", asked.size), "l" if is_last else "o"]
    total = sum([weight * sign for weight, sign in zip(record.trust, signs, strict=True)])
    total += sum([hits.get(name, NO_TERM)[0] for name in for_person])
    if value_record is not None:
        total += sum([value_record.terms.get(name, NO_TERM)[0] for name in for_value])
    total += sum([record.terms.get(name, NO_TERM)[0] for name in for_parameter])
    return Trusted(probability(total), signs, for_person, for_value, for_parameter)


def learn_trust(trusted: Trusted, record: ParameterRecord, value_record: ValueRecord, *, is_right: bool) -> None:
    """What the workspace learns of a suggestion that was right or wrong."""
    error = is_right - trusted.confidence
    for index, sign in enumerate(trusted.signs):
        record.trust[index] += RATE * error * sign * (SLOWER if index else 1)
    for name in trusted.of_value:
        learn_term(value_record.terms, name, error)
    for name in trusted.of_parameter:
        learn_term(record.terms, name, error)
    record.rate = hit(record.rate, PARAMETER_DECAY, is_right=is_right)
    value_record.rate = hit(value_record.rate, VALUE_DECAY, is_right=is_right)


def learn_hits(hits: dict[str, Rate], parameter: str, value: Value, trusted: Trusted, *, is_right: bool) -> None:
    """What the person's own memory learns of it."""
    error = is_right - trusted.confidence
    for name in trusted.of_person:
        weight, squares = corrected(hits.pop(name, NO_TERM), error)
        hits[name] = (round(weight, 4), round(squares, 3))
    for name in (parameter, of_value(parameter, value)):
        right, total = hit(hits.pop(name, NOTHING), PERSON_DECAY, is_right=is_right)
        hits[name] = (round(right, 3), round(total, 3))
    _bound(hits)


def learn_fill(hits: dict[str, Rate], *, is_right: bool, is_filled: bool) -> None:
    """What a fill taught that the person saw; one that was kept back counts less."""
    right, fills = hits.pop(FILLS, NOTHING)
    weight = 1.0 if is_filled else MISSED
    hits[FILLS] = (right + weight * is_right, fills + weight)
    _bound(hits)


def _bound(hits: dict[str, Rate]) -> None:
    while len(hits) > HITS:
        del hits[next(iter(hits))]


NOTHING: Rate = (0.0, 0.0)
FILLS = "~"
"""The name under which it is kept how many fills of all parameters were right."""


def of_value(parameter: str, value: Value) -> str:
    """The name under which a person's hits with one value are kept."""
    return _personal(parameter, "h", as_written(value))


def _rate(rate: Rate, expected: float, weight: float) -> float:
    return odds((rate[0] + weight * expected) / (rate[1] + weight))


def _personal(parameter: str, *what: str) -> str:
    return f"{parameter}~{_short(*what)}"


def _short(*what: str) -> str:
    """A name of four letters: short, because many are kept, and telling nothing."""
    return format(crc32("\t".join(what).encode()), "x")
