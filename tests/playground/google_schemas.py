"""Walks JSON along the schemas of Google's discovery documents: unknown fields and wrong types are complaints."""

import base64
import binascii
import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard

import pytest

SPECS = Path(__file__).parents[2] / ".." / "shared" / "specs"

Json: TypeAlias = dict[str, Any]


class GoogleSchemas:
    """One discovery document, such as `gmail.v1`, `drive.v3` or `calendar.v3`."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self._schemas: Json = document["schemas"]
        self._methods = {method["id"]: method for method in _methods(document)}

    def complaints(self, schema: str, value: object) -> list[str]:
        """What is wrong with `value` as a `schema`, such as `Message`; nothing when it is one."""
        return list(self._walk(self._schemas[schema], value, schema))

    def answer_complaints(self, method: str, value: object) -> list[str]:
        """What is wrong with an answer to `method`, such as `gmail.users.messages.list`."""
        return self._of(method, "response", value)

    def request_complaints(self, method: str, body: object) -> list[str]:
        """What is wrong with a request's body."""
        return self._of(method, "request", body)

    def method(self, method: str) -> Json:
        """The description of `method`: its `path`, `parameters`, `scopes`; KeyError when there is none."""
        found: Json = self._methods[method]
        return found

    def all_methods(self) -> tuple[Json, ...]:
        """Every method, as the document describes it."""
        return tuple(self._methods.values())

    def _of(self, method: str, side: str, value: object) -> list[str]:
        schema: Json = self._methods[method].get(side, {})
        if not schema:
            return [] if value in (None, b"", "", {}) else [f"{method} has no {side} body"]
        return self.complaints(schema["$ref"], value)

    def _walk(self, schema: Json, value: object, where: str) -> Iterator[str]:
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"]]
        kind = schema.get("type", "any")
        if not _KINDS[kind](value):
            yield f"{where}: {value!r:.80} is no {kind}"
        elif _is_object(value):
            yield from self._walk_object(schema, value, where)
        elif _is_list(value):
            for index, item in enumerate(value):
                yield from self._walk(schema.get("items", {}), item, f"{where}[{index}]")
        elif isinstance(value, str):
            yield from _text_complaints(schema, value, where)

    def _walk_object(self, schema: Json, value: Json, where: str) -> Iterator[str]:
        known: Mapping[str, Json] = schema.get("properties", {})
        others: Json | None = schema.get("additionalProperties")
        for key, item in value.items():
            if key in known:
                yield from self._walk(known[key], item, f"{where}.{key}")
            elif others is not None:
                yield from self._walk(others, item, f"{where}.{key}")
            elif schema.get("type") == "object":
                yield f"{where}.{key} is unknown"


@cache
def google_schemas(name: str) -> GoogleSchemas:
    """The discovery document `name`, such as `gmail.v1`; skips the test where the descriptions are absent."""
    path = SPECS / f"google-discovery-{name}.json.gz"
    if not path.exists():
        pytest.skip(f"needs ../shared/specs/{path.name}, Google's own description")
    return GoogleSchemas(json.loads(gzip.decompress(path.read_bytes())))


def _methods(node: Json) -> Iterator[Json]:
    yield from node.get("methods", {}).values()
    for inner in node.get("resources", {}).values():
        yield from _methods(inner)


def _text_complaints(schema: Json, value: str, where: str) -> Iterator[str]:
    form = schema.get("format", "")
    if form in _FORMS and not _FORMS[form](value):
        yield f"{where}: {value!r:.80} is no {form}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"


def _is_object(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode(value, altchars=b"-_", validate=True)
    except binascii.Error:
        return False
    return True


def _is_moment(value: str) -> bool:
    """RFC 3339, with an offset."""
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_KINDS: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "any": lambda _value: True,
}
_FORMS: Mapping[str, Callable[[str], bool]] = {
    # Discovery writes 64-bit numbers as strings: JSON's numbers are too small for them.
    "int64": lambda value: re.fullmatch(r"-?\d+", value) is not None,
    "uint64": lambda value: re.fullmatch(r"\d+", value) is not None,
    "byte": _is_base64,
    "date-time": _is_moment,
    "date": _is_date,
}
