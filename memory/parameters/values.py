"""Values as memory handles them: what may be learned, in what they may be right, and how they are written."""

import json
from collections.abc import Sequence
from functools import lru_cache

from pydantic import JsonValue

from memory.parameters.evidence import Kind, Value

LONGEST = 200
"""Characters of a value. What is longer is a text, not a habit."""
MOST = 20
"""Elements of a list."""


def is_learnable(value: Value) -> bool:
    if isinstance(value, tuple):
        return len(value) <= MOST and sum(map(len, value)) <= LONGEST
    return not isinstance(value, str) or len(value) <= LONGEST


def readings(value: Value, kind: Kind) -> tuple[Value, ...]:
    """What would have been right in its place: it, or any of its elements. An empty list is a blank."""
    if not isinstance(value, tuple):
        return (value,)
    if not value:
        return (None,)
    return value if kind == "any" else (value,)


def to_json(value: Value) -> JsonValue:
    return [*value] if isinstance(value, tuple) else value


def from_json(value: object) -> Value:
    """Raises `TypeError` for what is no value."""
    match value:
        case None | str() | int() | float():
            return value
        case list():
            return tuple(str(element) for element in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - JSON
        case _:
            raise TypeError(f"not a value of a parameter: {value!r}")


@lru_cache(maxsize=4096, typed=True)
def as_written(value: Value) -> str:
    """A value as part of a name: different for different values."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def in_words(arguments: Sequence[tuple[str, Value]]) -> str:
    """Arguments as part of a name."""
    return "\t".join([f"{name}={as_written(value)}" for name, value in arguments])


def from_written(name: str) -> Value:
    """The value that `as_written` names."""
    return from_json(json.loads(name))
