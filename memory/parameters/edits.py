"""Edits of what is remembered of a person, each giving a new memory, and how it is written down."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import JsonValue

from memory.parameters.evidence import CALLS, RETIRED, WORDS, Evidence, How, Occasion, PastCall, Standing, Told, Value
from memory.parameters.values import from_json, is_learnable, to_json

LONGEST_NAME = 80
"""Characters of a place, an agent and the like."""
LONGEST_WORDS = 120
"""Characters in which a service speaks of a value."""
LARGEST = 6_000
"""Characters of values in all calls: beyond that the oldest call is not remembered."""


def kept(call: PastCall) -> PastCall:
    """What of a call is remembered: no texts, and nothing that has no bound."""
    then = call.occasion
    values = {name: value for name, value in call.values.items() if is_learnable(value)}
    return PastCall(
        id=call.id[:LONGEST_NAME],
        occasion=Occasion(
            at=then.at,
            place=then.place[:LONGEST_NAME],
            type=then.type[:LONGEST_NAME],
            kind=then.kind[:LONGEST_NAME],
            words=then.words if len(then.words) <= WORDS else frozenset(sorted(then.words)[:WORDS]),
            group=then.group[:LONGEST_NAME],
            size=then.size[:LONGEST_NAME],
        ),
        values=values,
        how={name: how for name, how in call.how.items() if name in values},
    )


def with_call(evidence: Evidence, call: PastCall) -> Evidence:
    """One call more: the oldest makes room, an order that it contradicts is over, what it used is not retired."""
    calls = _bounded(_inserted(evidence.calls, call))
    told = {name: decided for name, decided in evidence.told.items() if not _contradicts(call, name, decided)}
    retired = {
        name: left
        for name, gone in evidence.retired.items()
        if (left := tuple(value for value in gone if name not in call.values or not _uses(call.values[name], value)))
    }
    return _tidied(replace(evidence, calls=calls, told=told, retired=retired))


def corrected(evidence: Evidence, parameter: str, value: Value, at: float) -> Evidence:
    """`value` from now on: as if every remembered call had had it, and what they had instead is retired."""
    gone = _values_of(evidence, parameter)
    told = evidence.told.get(parameter)
    if told is not None and told.standing != "never":
        gone = (told.value, *gone)
    calls = tuple(
        replace(call, values={**call.values, parameter: value}) if parameter in call.values else call
        for call in evidence.calls
    )
    retired = dict.fromkeys(one for one in (*gone, *evidence.retired.get(parameter, ())) if not _uses(value, one))
    return replace(
        evidence,
        calls=calls,
        told={**evidence.told, parameter: Told(standing="order", value=value, at=at)},
        hits=_without_hits(evidence, parameter),
        retired=_retiring(evidence, parameter, retired),
    )


def forgotten(evidence: Evidence, parameter: str) -> Evidence:
    """Without anything of one parameter. A call that held nothing else is gone."""
    calls = tuple(
        call if parameter not in call.values else _without(call, parameter)
        for call in evidence.calls
        if set(call.values) != {parameter}
    )
    return _tidied(
        replace(
            evidence,
            calls=calls,
            told={name: told for name, told in evidence.told.items() if name != parameter},
            hits=_without_hits(evidence, parameter),
            retired={name: values for name, values in evidence.retired.items() if name != parameter},
        )
    )


def told(evidence: Evidence, parameter: str, standing: Standing | None, value: Value, at: float) -> Evidence:
    """What the person decided about a parameter; None takes the decision back. A pinned value is not retired."""
    decided = {name: one for name, one in evidence.told.items() if name != parameter}
    if standing is None:
        return replace(evidence, told=decided)
    decided[parameter] = Told(standing=standing, value=value, at=at)
    if standing == "never":
        return replace(evidence, told=decided)
    left = tuple(one for one in evidence.retired.get(parameter, ()) if not _uses(value, one))
    return replace(evidence, told=decided, retired=_retiring(evidence, parameter, left))


def without_call(evidence: Evidence, call: str) -> Evidence:
    """Without the call of this id: it was undone."""
    return _tidied(replace(evidence, calls=tuple(one for one in evidence.calls if one.id != call)))


def _retiring(evidence: Evidence, parameter: str, values: Iterable[Value]) -> dict[str, tuple[Value, ...]]:
    """What is retired, with these values, newest first, of one parameter."""
    others = {name: gone for name, gone in evidence.retired.items() if name != parameter}
    gone = tuple(values)[:RETIRED]
    return {**others, parameter: gone} if gone else others


def _inserted(calls: Sequence[PastCall], call: PastCall) -> tuple[PastCall, ...]:
    """Newest first; of calls at the same moment the one that was learned last."""
    place = next((index for index, one in enumerate(calls) if one.occasion.at <= call.occasion.at), len(calls))
    return (*calls[:place], call, *calls[place:])


def _bounded(calls: Sequence[PastCall]) -> tuple[PastCall, ...]:
    calls = tuple(calls[:CALLS])
    sizes = [_size(call) for call in calls]
    while sum(sizes) > LARGEST:
        sizes.pop()
    return calls[: len(sizes)]


def _size(call: PastCall) -> int:
    return sum(
        len(value) if isinstance(value, str) else 8 * len(value) if isinstance(value, tuple) else 4
        for value in call.values.values()
    )


def encode(evidence: Evidence) -> str:
    """As JSON text: each name and each value once, calls as their numbers."""
    names, values = Numbered(), Numbered()
    calls = [_encoded(call, names, values) for call in evidence.calls]
    written = {
        "v": VERSION,
        "c": calls,
        "n": names.known,
        "x": [json.loads(value) for value in values.known],
        "t": {name: [one.standing, to_json(one.value), one.at] for name, one in evidence.told.items()},
        "h": {name: list(rate) for name, rate in evidence.hits.items()},
        "w": dict(evidence.words),
        "r": {name: [to_json(value) for value in gone] for name, gone in evidence.retired.items()},
    }
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> Evidence:
    """What `encode` wrote. Raises `ValueError` for what another version wrote."""
    written = json.loads(text)
    if written["v"] != VERSION:
        raise ValueError(f"a memory of version {written['v']!r}, where this one reads {VERSION}")
    names: list[str] = written["n"]
    values = [from_json(value) for value in written["x"]]
    return Evidence(
        calls=tuple(_decoded(call, names, values) for call in written["c"]),
        told={
            name: Told(standing=how, value=from_json(value), at=at) for name, (how, value, at) in written["t"].items()
        },
        hits={name: (right, total) for name, (right, total) in written["h"].items()},
        words=written["w"],
        retired={name: tuple(from_json(value) for value in gone) for name, gone in written["r"].items()},
    )


VERSION = 1
HOWS: tuple[How | None, ...] = (None, "said", "chose", "changed", "remembered", "left", "own")
"""Their places are written down: only to be added to, at the end."""


class Numbered:
    """Texts, each with a number in the order in which they came."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __getitem__(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    @property
    def known(self) -> list[str]:
        return list(self._numbers)


def _encoded(call: PastCall, names: Numbered, values: Numbered) -> list[JsonValue]:
    then = call.occasion
    words = b"".join(word.to_bytes(2, "big") for word in sorted(then.words))
    told: list[JsonValue] = []
    for name, value in call.values.items():
        told += (names[name], values[json.dumps(to_json(value))], HOWS.index(call.how.get(name)))
    where = (then.place, then.type, then.kind, then.group, then.size)
    return [call.id, then.at, base64.b64encode(words).decode(), *(names[one] for one in where), *told]


def _decoded(written: Sequence[Any], names: Sequence[str], values: Sequence[Value]) -> PastCall:
    id, at, words = written[:3]
    numbers: Sequence[int] = written[3:]
    place, type, kind, group, size = (names[number] for number in numbers[:5])
    told = numbers[5:]
    triples = list(zip(told[::3], told[1::3], told[2::3], strict=True))
    hashes = base64.b64decode(words)
    return PastCall(
        id=id,
        occasion=Occasion(
            at=at,
            place=place,
            type=type,
            kind=kind,
            words=frozenset(int.from_bytes(hashes[index : index + 2], "big") for index in range(0, len(hashes), 2)),
            group=group,
            size=size,
        ),
        values={names[name]: values[value] for name, value, _ in triples},
        how={names[name]: how for name, _, number in triples if (how := HOWS[number]) is not None},
    )


def _contradicts(call: PastCall, parameter: str, told: Told) -> bool:
    """Whether a call ends an order. One from before it, as an old record may be, does not."""
    return (
        told.standing == "order"
        and parameter in call.values
        and call.occasion.at >= told.at
        and not _uses(call.values[parameter], told.value)
    )


def _uses(value: Value, other: Value) -> bool:
    """Whether a value is another, or has it among its elements."""
    return value == other or (isinstance(value, tuple) and other in value)


def _values_of(evidence: Evidence, parameter: str) -> tuple[Value, ...]:
    return tuple(call.values[parameter] for call in evidence.calls if parameter in call.values)


def _without(call: PastCall, parameter: str) -> PastCall:
    return replace(
        call,
        values={name: value for name, value in call.values.items() if name != parameter},
        how={name: how for name, how in call.how.items() if name != parameter},
    )


def _without_hits(evidence: Evidence, parameter: str) -> dict[str, tuple[float, float]]:
    return {name: rate for name, rate in evidence.hits.items() if name.partition("~")[0] != parameter}


def _tidied(evidence: Evidence) -> Evidence:
    """Without the words for values that are not remembered any more."""
    if not evidence.words:
        return evidence
    used = {value for call in evidence.calls for value in call.values.values()}
    used |= {told.value for told in evidence.told.values()}
    texts = {str(one) for value in used for one in (value if isinstance(value, tuple) else (value,))}
    words = {value: text[:LONGEST_WORDS] for value, text in evidence.words.items() if value in texts}
    return replace(evidence, words=words)


def spoken(evidence: Evidence, words: Mapping[str, str]) -> Evidence:
    """The same with `words` for values (value → how the service speaks of it), as far as these values are known."""
    return _tidied(replace(evidence, words={**evidence.words, **words})) if words else evidence
