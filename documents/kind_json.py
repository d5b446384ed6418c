"""JSON, and one JSON value in each line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from documents.clean import counted
from documents.document import Document
from documents.kind_text import parts_of, read_plain

if TYPE_CHECKING:
    from pydantic import JsonValue  # a tenth of a second that each confined process would pay

_LONG_LINE = 2_000
_MAX_ARRANGED = 2_000_000
"""Characters; longer texts without line ends are shown as they stand."""


def read_json(text: str, *, named: bool) -> Document | None:
    """The JSON in `text`, arranged where it stands in one line; None where it is none and is not named so."""
    text = text.lstrip("\ufeff").strip()
    try:
        value: JsonValue = json.loads(text)
    except RecursionError:
        return read_plain(text, "It nests more deeply than I follow: I read it as text.")
    except MemoryError:
        return read_plain(text, "It is too large to be checked as JSON: I read it as text.")
    except ValueError:
        return _lines(text) or (read_plain(text, "It is not valid JSON: I read it as text.") if named else None)
    if not isinstance(value, dict | list):
        return None
    return Document(kind="data", facts=_facts(value), parts=tuple(parts_of(_arranged(text, value))))


def _arranged(text: str, value: JsonValue) -> str:
    if len(text) > _MAX_ARRANGED or max(map(len, text[:_MAX_ARRANGED].splitlines())) <= _LONG_LINE:
        return text
    return json.dumps(value, ensure_ascii=False, indent=1)


def _lines(text: str) -> Document | None:
    rows = [row for row in text.splitlines() if row.strip()]
    if len(rows) < 2:
        return None
    try:
        values = [json.loads(row) for row in rows]
    except (ValueError, RecursionError, MemoryError):
        return None
    return Document(
        kind="data", facts=f"{counted(len(values), 'line')} of JSON", parts=tuple(parts_of("\n".join(rows)))
    )


def _facts(value: JsonValue) -> str:
    if isinstance(value, dict):
        return f"JSON, {counted(len(value), 'field')}"
    if not isinstance(value, list):
        return "JSON"
    fields = {name for entry in value[:1000] if isinstance(entry, dict) for name in entry}
    entries = counted(len(value), "entry", "entries")
    return f"JSON, {entries} with {counted(len(fields), 'field')}" if fields else f"JSON, {entries}"
