"""Partial answers: what a `fields` mask such as `files(id,owners/name),nextPageToken` leaves of one."""

import re
from typing import Any, TypeAlias, TypeGuard

from playground.google.errors import Refusal

Mask: TypeAlias = "dict[str, Mask]"
"""Names, each with what is wanted below it; empty for all of it."""

_TOKEN = re.compile(r"[^,/()\s]+|[,/()]")


def masked(body: object, fields: str) -> object:
    """What `fields` leaves of `body`; all of it without a mask, a 400 for a mask that does not parse."""
    return _kept(body, _parsed(fields)) if fields.strip() else body


def _parsed(fields: str) -> Mask:
    tokens = _TOKEN.findall(fields)
    mask, rest = _several(tokens, fields)
    if rest:
        raise _wrong(fields)
    return mask


def _several(tokens: list[str], fields: str) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while True:
        name, below, tokens = _one(tokens, fields)
        mask[name] = {**mask.get(name, {}), **below}
        if not tokens or tokens[0] != ",":
            return mask, tokens
        tokens = tokens[1:]


def _one(tokens: list[str], fields: str) -> tuple[str, Mask, list[str]]:
    if not tokens or tokens[0] in ",/()":
        raise _wrong(fields)
    name, tokens = tokens[0], tokens[1:]
    if tokens[:1] == ["/"]:
        inner, below, tokens = _one(tokens[1:], fields)
        return name, {inner: below}, tokens
    if tokens[:1] == ["("]:
        below, tokens = _several(tokens[1:], fields)
        if tokens[:1] != [")"]:
            raise _wrong(fields)
        return name, below, tokens[1:]
    return name, {}, tokens


def _kept(body: object, mask: Mask) -> object:
    if not mask or mask.get("*") == {}:
        return body
    if _is_list(body):
        return [_kept(item, mask) for item in body]
    if _is_object(body):
        wanted = {key: mask.get(key, mask.get("*")) for key in body}
        return {key: _kept(value, below) for key, value in body.items() if (below := wanted[key]) is not None}
    return body


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _wrong(fields: str) -> Refusal:
    return Refusal(400, f"Invalid field selection {fields}", reason="invalidParameter", place=("fields", "parameter"))
