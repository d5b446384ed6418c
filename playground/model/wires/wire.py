"""What each wire format has to be able to do, and the JSON handling they share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import orjson
from pydantic import JsonValue

from playground.model.conversation import Conversation, Json, Plan, Vendor, VendorError, WireName


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one answer, estimated from text lengths."""

    input: int
    """Read fresh: neither from the cache nor written to it."""
    output: int
    cache_read: int = 0
    cache_write: int = 0

    @property
    def prompt(self) -> int:
        return self.input + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer on its way out."""

    number: str
    """Makes ids unique: of the answer, its items and its calls."""
    model: str
    plan: Plan
    usage: Usage
    created: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class Event:
    """Some bytes of a stream."""

    data: bytes
    shows: int = 0
    """How many characters of the answer these bytes carry; such an event is paced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One wire format."""

    name: WireName
    vendor: Vendor
    path: str
    check: Callable[[Json], None]
    """Raises VendorError when a rule that the types do not state is broken."""
    read: Callable[[Json, str], Conversation]
    """The body and the API key as a conversation."""
    cache_marks: Callable[[Json], tuple[str, ...]]
    """The prompt up to each place where the vendor's cache may end, then the whole prompt."""
    whole: Callable[[Completion], Json]
    stream: Callable[[Completion, Json], Iterator[Event]]
    """The events for a plan; the request says whether usage is wanted."""
    problem: Callable[[VendorError], Json]
    problem_event: Callable[[VendorError], bytes]
    """The same inside a stream that has begun."""


def text_of(content: JsonValue) -> str:
    """The text in a content field, which is a string or a list of blocks."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(str(block["text"]) for block in content if isinstance(block, dict) and "text" in block)
    return ""


def items(value: JsonValue) -> list[Json]:
    """The objects of a list; empty for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_object(value: JsonValue) -> Json:
    return value if isinstance(value, dict) else {}


def arguments_of(text: JsonValue) -> Json:
    """Arguments given as JSON text; empty when they are no object."""
    try:
        return as_object(orjson.loads(str(text)))
    except orjson.JSONDecodeError:
        return {}


def arguments_text(arguments: Mapping[str, JsonValue] | str) -> str:
    return arguments if isinstance(arguments, str) else orjson.dumps(dict(arguments)).decode()


def canonical(value: JsonValue) -> str:
    """`value` as text that is equal for equal values."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def event(kind: str, data: Json) -> bytes:
    """One named server-sent event."""
    return b"event: " + kind.encode() + b"\n" + unnamed_event(data)


def unnamed_event(data: Json) -> bytes:
    return b"data: " + orjson.dumps(data) + b"\n\n"
