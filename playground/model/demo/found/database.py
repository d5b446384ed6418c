"""A database as its data experts described it, and rows as they came back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from playground.model.conversation import Json
from playground.model.wires.wire import items, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column that may be asked for."""

    name: str
    type: str
    means: str = ""
    values: tuple[str, ...] = ()
    """All that it can hold, where those are few."""
    points_to: str = ""
    """`table.column` of another table."""

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(re.findall(r"[^\W_]+", self.name.lower()))

    @property
    def is_number(self) -> bool:
        return re.match(r"(?:small|big)?int|numeric|decimal|double|real|float|number", self.type.lower()) is not None

    @property
    def is_date(self) -> bool:
        return re.match(r"date|time", self.type.lower()) is not None

    @property
    def is_text(self) -> bool:
        return not (self.is_number or self.is_date)

    @property
    def is_key(self) -> bool:
        return bool(self.points_to) or self.name.lower().endswith("_id") or self.name.lower() == "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table that may be asked."""

    name: str
    """As SQL names it, with its schema."""
    means: str = ""
    fields: tuple[Field, ...] = ()

    @property
    def bare(self) -> str:
        """Without its schema."""
        return self.name.rpartition(".")[2].strip('"')

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(re.findall(r"[^\W_]+", self.bare.lower()))

    def field(self, pattern: str, *, kind: str = "") -> Field | None:
        """The first field whose name has `pattern`; of one kind: `number`, `date`, `text`."""
        fitting = (one for one in self.fields if re.search(pattern, one.name.lower()))
        return next((one for one in fitting if not kind or getattr(one, f"is_{kind}")), None)

    def ref(self, field: Field) -> str:
        return f"{self.bare}.{field.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    names: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the company's, and what it means there."""

    words: tuple[str, ...]
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    name: str
    notes: str
    tables: tuple[Relation, ...]
    terms: tuple[Term, ...] = ()

    def table(self, *stems: str, having: str = "") -> Relation | None:
        """The first table called like one of `stems`, that has a field like `having`."""
        for stem in stems:
            for table in self.tables:
                named = any(word.startswith(stem) for word in table.words)
                if named and (not having or table.field(having)):
                    return table
        return None

    def joins(self, start: Relation) -> dict[str, tuple[Relation, tuple[str, ...]]]:
        """Every table that rows of `start` belong to, by its bare name, with the joins that lead there."""
        found: dict[str, tuple[Relation, tuple[str, ...]]] = {start.bare: (start, ())}
        waiting = [start]
        while waiting:
            here = waiting.pop(0)
            for field, table, column in self._links(here):
                if table.bare in found:
                    continue
                join = f"JOIN {table.name} AS {table.bare} ON {table.bare}.{column} = {here.ref(field)}"
                found[table.bare] = (table, (*found[here.bare][1], join))
                waiting.append(table)
        return found

    def _links(self, table: Relation) -> Iterator[tuple[Field, Relation, str]]:
        for field in table.fields:
            place, _, column = field.points_to.rpartition(".")
            bare = place.rpartition(".")[2]
            other = next((one for one in self.tables if one.bare == bare and one != table), None)
            if other is not None:
                yield field, other, column


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a question came to."""

    columns: tuple[str, ...]
    rows: tuple[tuple[JsonValue, ...], ...]
    count: int
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> list[JsonValue]:
        """All values of one column; empty when there is none of that name."""
        return [row[self.columns.index(name)] for row in self.rows] if name in self.columns else []

    def numbers(self, name: str) -> list[float]:
        return [number_of(value) for value in self.column(name)]


def database_of(content: Json) -> Database:
    return Database(
        name=text_of(content.get("name")),
        notes=" ".join(_texts(content.get("notes"))),
        tables=tuple(_table(row) for row in items(content.get("tables"))),
        terms=tuple(_term(row) for row in items(content.get("terms"))),
    )


def rows_of(content: Json) -> Rows:
    listed = content.get("rows")
    rows = [tuple(row) for row in listed if isinstance(row, list)] if isinstance(listed, list) else []
    count = content.get("row_count")
    return Rows(
        columns=tuple(_texts(content.get("columns"))),
        rows=tuple(rows),
        count=count if isinstance(count, int) else len(rows),
        notes=tuple(_texts(content.get("notes"))),
    )


def number_of(value: JsonValue) -> float:
    """A number, also where it came as exact text."""
    try:
        return float(str(value))
    except ValueError:
        return 0.0


def _table(row: Json) -> Relation:
    return Relation(
        name=text_of(row.get("name")),
        means=text_of(row.get("means")),
        fields=tuple(
            Field(
                name=text_of(field.get("name")),
                type=text_of(field.get("type")),
                means=text_of(field.get("means")),
                values=tuple(_texts(field.get("values"))),
                points_to=text_of(field.get("points_to")),
            )
            for field in items(row.get("columns"))
        ),
    )


def _term(row: Json) -> Term:
    return Term(
        words=tuple(_texts(row.get("words"))),
        meanings=tuple(
            Meaning(names=tuple(_texts(one.get("names"))), says=text_of(one.get("says")))
            for one in items(row.get("meanings"))
        ),
    )


def _texts(value: JsonValue) -> Sequence[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [str(one) for one in value] if isinstance(value, list) else []
