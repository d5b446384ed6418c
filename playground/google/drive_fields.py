"""Which fields Google's own description knows: a `fields` mask that names others is refused, as by Google."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from googleapiclient.discovery_cache import get_static_doc  # pyright: ignore[reportUnknownVariableType]  untyped

from playground.google.calls import Call
from playground.google.errors import Refusal

_NAME = re.compile(r"[^,/()\s]+")


def need_fields(call: Call, schema: str) -> None:
    """Refuse a request without a mask: some of Drive's methods have no answer by default."""
    fields = call.query.get("fields", "")
    if not fields:
        said = "The 'fields' parameter is required for this method."
        raise Refusal(400, said, reason="required", place=("fields", "parameter"))
    need_known(fields, schema)


def need_known(fields: str, schema: str) -> None:
    """Refuse a mask with a name that nothing inside Drive's `schema` has."""
    for name in _NAME.findall(fields):
        if name != "*" and name not in _names(schema):
            place = ("fields", "parameter")
            raise Refusal(400, f"Invalid field selection {name}", reason="invalidParameter", place=place)


@cache
def _names(schema: str) -> frozenset[str]:
    """The name of every field that can stand somewhere in an answer of this schema."""
    schemas = _schemas()
    found: set[str] = set()
    waiting, met = [schema], {schema}
    while waiting:
        for node in _nodes(schemas[waiting.pop()]):
            found |= node.get("properties", {}).keys()
            if "$ref" in node and node["$ref"] not in met:
                met.add(node["$ref"])
                waiting.append(node["$ref"])
    return frozenset(found)


def _nodes(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    inner = [
        *node.get("properties", {}).values(),
        *(node[key] for key in ("items", "additionalProperties") if key in node),
    ]
    return [node, *(deeper for part in inner for deeper in _nodes(part))]


@cache
def _schemas() -> Mapping[str, Any]:
    document = get_static_doc("drive", "v3")
    if document is None:
        raise LookupError("The installed google-api-python-client has no description of Drive v3.")
    return json.loads(document)["schemas"]
