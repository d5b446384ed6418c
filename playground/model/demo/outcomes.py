"""What came back for a call: done, refused by someone, or nobody knows."""

import json
import re
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue, TypeAdapter, ValidationError

from playground.model.conversation import Json, ToolCall, ToolResult

Kind = Literal["done", "denied", "expired", "aside", "skipped", "connected", "unknown", "failed"]
_OBJECT: TypeAdapter[Json] = TypeAdapter(Json)
_DECODER = json.JSONDecoder()
_EXECUTED = re.compile(r"\s*Executed \w+\s*")
# Only our own words decide, and those stand where no third party writes: a result that was executed begins with so.
_SIGNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("unknown", re.compile(r"\boutcome\b.{0,30}\bunknown\b|verify by reading", re.IGNORECASE)),
    ("denied", re.compile(r"\b(denied|declined|rejected) (this|the|that) (call|action|request)\b", re.IGNORECASE)),
    ("expired", re.compile(r"\bdecided in time\b|\bexpired\b", re.IGNORECASE)),
    ("aside", re.compile(r"^\s*put aside\b", re.IGNORECASE)),
    ("skipped", re.compile(r"\bdoes not want to connect\b|\bdid not give access\b|\bnot now\b", re.IGNORECASE)),
    ("connected", re.compile(r"\bconnected their account\b|\bis connected\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One call with what came of it."""

    call: ToolCall
    kind: Kind
    content: Json
    """The result; empty when there is none that can be read."""
    executed: Json
    """The arguments as they were executed; without that knowledge, as they were asked."""
    text: str


def outcome_of(call: ToolCall, result: ToolResult) -> Outcome:
    """Read a tool's result: `Executed name {arguments}`, then JSON that may be fenced; or a sentence for the model."""
    executed: Json = dict(call.arguments)
    rest = result.text
    begins = _EXECUTED.match(result.text)
    if begins:
        found, end = _first_object(result.text, begins.end())
        executed, rest = executed | found, result.text[end:]
    content, _ = _first_object(rest, 0)
    return Outcome(
        call=call,
        kind=_kind(result, content, is_executed=bool(begins)),
        content=content,
        executed=executed,
        text=result.text,
    )


def _kind(result: ToolResult, content: Json, *, is_executed: bool) -> Kind:
    if is_executed and not result.is_error:
        return "done"
    if content and not result.is_error and result.text.lstrip()[:1] in ("{", "[", "<", "`"):
        return "failed" if "error" in content else "done"
    for kind, sign in _SIGNS:
        if sign.search(result.text):
            return kind
    return "failed"


def _first_object(text: str, start: int) -> tuple[Json, int]:
    """The first JSON object in `text`, or a list as `items`, and where it ends; empty when there is none."""
    for brace in re.finditer(r"[{\[]", text[start:]):
        try:
            value, end = _DECODER.raw_decode(text, start + brace.start())
            return _as_object(value), end
        except (json.JSONDecodeError, ValidationError):
            continue
    return {}, start


def _as_object(value: JsonValue) -> Json:
    return _OBJECT.validate_python({"items": value} if isinstance(value, list) else value)
