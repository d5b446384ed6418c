"""A database as a model reads it: what it holds, what things are called here, and questions that were answered well."""

from collections.abc import Iterator

from pydantic import JsonValue

from memory.databases import Column, KnownDatabase, Table, Term


def described(known: KnownDatabase, *, most: int) -> dict[str, JsonValue]:
    """All that was written about `known`; of a large one less and less, until it takes about `most` characters."""
    for level in range(_LEVELS):
        content = _described(known, level)
        if _size(content) <= most:
            return content
    return {**_described(known, _LEVELS - 1), "tables": [table.name for table in known.tables]}


_LEVELS = 4
"""Everything, without values, without examples, without what columns mean."""


def _described(known: KnownDatabase, level: int) -> dict[str, JsonValue]:
    content: dict[str, JsonValue] = {"name": known.name, "dialect": known.dialect}
    if known.notes:
        content["notes"] = known.notes
    content["tables"] = [_table(table, level) for table in known.tables]
    if known.terms:
        content["terms"] = [_term(term) for term in known.terms]
    if known.examples and level < 2:
        content["examples"] = [{"question": one.question, "sql": one.sql} for one in known.examples]
    return content


def _table(table: Table, level: int) -> dict[str, JsonValue]:
    content: dict[str, JsonValue] = {"name": table.name}
    if table.says:
        content["means"] = table.says
    if table.rows is not None:
        content["rows"] = table.rows
    if table.key:
        content["key"] = [*table.key]
    content["columns"] = [dict(_column(column, level)) for column in table.shown]
    return content


def _column(column: Column, level: int) -> Iterator[tuple[str, JsonValue]]:
    yield "name", column.name
    yield "type", column.type
    if column.says and level < _LEVELS - 1:
        yield "means", column.says
    if column.values and level < 1:
        yield "values", [*column.values]
    if column.points_to:
        yield "points_to", column.points_to


def _term(term: Term) -> dict[str, JsonValue]:
    meanings: list[JsonValue] = [{"names": [*meaning.names], "says": meaning.says} for meaning in term.meanings]
    return {"words": [*term.words], "meanings": meanings}


def _size(value: JsonValue) -> int:
    if isinstance(value, dict):
        return sum(len(key) + 4 + _size(one) for key, one in value.items())
    if isinstance(value, list):
        return sum(2 + _size(one) for one in value)
    return len(str(value)) + 2
