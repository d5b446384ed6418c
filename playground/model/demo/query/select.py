"""One SELECT, put together from a table, what is measured, by what, and which rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from playground.model.demo.found.database import Database, Field, Relation
from playground.model.demo.query.spans import Span

_COUNTRIES = {
    **{"italy": "IT", "austria": "AT", "switzerland": "CH", "germany": "DE", "france": "FR", "norway": "NO"},
    **{"sweden": "SE", "slovenia": "SI", "spain": "ES", "great britain": "GB", "britain": "GB", "uk": "GB"},
    **{"denmark": "DK", "finland": "FI", "poland": "PL", "netherlands": "NL", "belgium": "BE", "portugal": "PT"},
    **{"usa": "US", "united states": "US", "canada": "CA", "ireland": "IE", "greece": "GR", "croatia": "HR"},
}
"""ISO 3166, as far as people here ask."""
_UNITS = ("day", "week", "month", "quarter", "year")
_PERIODICAL = (
    *(("day", "daily"), ("week", "weekly|weeks each"), ("month", "monthly|months each|each of them")),
    *(("quarter", "quarterly|quarters each"), ("year", "yearly|years each")),
    *((unit, rf"each of the (?:\w+ ){{0,4}}{unit}s") for unit in ("week", "month", "quarter", "year")),
)
_BY = r"(?:by|per|for each|for every|each|every|wh\w*h|what|in each)"
SYNONYMS = {
    **dict.fromkeys(("customer", "client", "organisation", "organization", "account"), "account"),
    **dict.fromkeys(("tariff", "product"), "plan"),
    **dict.fromkeys(("why", "cause"), "reason"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What rows are put together by."""

    sql: str
    name: str
    """As the column is called in the result."""
    of: str = ""
    """The table that it needs, by its bare name."""
    is_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A SELECT in parts."""

    table: Relation
    measures: tuple[tuple[str, str], ...]
    """Expressions with their names."""
    by: tuple[Dimension, ...] = ()
    where: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """Bare names of tables that conditions and measures speak of."""
    order: str = ""
    limit: int = 0
    joins: dict[str, tuple[Relation, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[Relation, tuple[str, ...]]]
    )

    @property
    def sql(self) -> str:
        columns = [
            *(f"{one.sql} AS {one.name}" for one in self.by),
            *(f"{sql} AS {name}" for sql, name in self.measures),
        ]
        lines = [f"SELECT {', '.join(columns)}", f"FROM {self.table.name} AS {self.table.bare}", *self._joined()]
        if self.where:
            lines.append(f"WHERE {' AND '.join(self.where)}")
        if self.by:
            lines.append(f"GROUP BY {', '.join(str(n) for n in range(1, len(self.by) + 1))}")
        if order := self.order or self._usual_order():
            lines.append(f"ORDER BY {order}")
        if self.limit:
            lines.append(f"LIMIT {self.limit}")
        return "\n".join(lines)

    def _joined(self) -> list[str]:
        needed = [*(one.of for one in self.by if one.of), *self.needs]
        return [*dict.fromkeys(join for name in needed if name in self.joins for join in self.joins[name][1])]

    def _usual_order(self) -> str:
        """Time runs; everything else begins with the most."""
        if not self.by:
            return ""
        if any(one.is_time for one in self.by):
            return self.by[0].name
        return f"{self.measures[0][1]} DESC, {self.by[0].name}"


def dimensions_in(text: str, database: Database, table: Relation, when: Field | None) -> tuple[Dimension, ...]:
    """By what `text` wants it told, in its order; what the tables have no column for is left out."""
    reach = database.joins(table)
    found: list[Dimension] = []
    for word in _by_words(text):
        one = _time(word, table, when) if word in _UNITS else _column(word, reach)
        if one is not None and one not in found:
            found.append(one)
    return tuple(found[:2])


def _by_words(text: str) -> Iterator[str]:
    yield from (unit for unit, spoken in _PERIODICAL if re.search(rf"\b(?:{spoken})\b", text))
    for found in re.finditer(rf"\b{_BY}\s+(?:the\s+)?([a-z]+)(?:\s+and\s+(?:by\s+|per\s+)?([a-z]+))?", text):
        yield from (singular(word) for word in found.groups() if word)
    for found in re.finditer(r"\b([a-z]+)\s+(?:bring|has|have|pay|make|cause|use)s?\b.{0,20}\bmost\b", text):
        yield singular(found[1])


def _time(unit: str, table: Relation, when: Field | None) -> Dimension | None:
    if when is None:
        return None
    return Dimension(sql=f"date_trunc('{unit}', {table.ref(when)})::date", name=unit, is_time=True)


def _column(word: str, reach: dict[str, tuple[Relation, tuple[str, ...]]]) -> Dimension | None:
    wanted = SYNONYMS.get(word, word)
    for bare, (table, _) in reach.items():
        for one in table.fields:
            if wanted in one.words and not one.is_key and not one.is_date:
                return Dimension(sql=table.ref(one), name=one.name, of=bare)
    for bare, (table, _) in reach.items():
        name = table.field(r"^(?:name|title)$")
        if wanted in table.words and name is not None:
            return Dimension(sql=table.ref(name), name=wanted, of=bare)
    return None


def filters_in(text: str, database: Database, table: Relation) -> tuple[list[str], list[str], list[str]]:
    """The conditions that the words of `text` set, the tables they speak of, and how they are told."""
    where: list[str] = []
    needs: list[str] = []
    told: list[str] = []
    for bare, (other, _) in database.joins(table).items():
        for one in other.fields:
            condition, said = _condition(text, other, one)
            if condition:
                where.append(condition)
                needs.append(bare)
                told.append(said)
    return where, needs, told


def _condition(text: str, table: Relation, one: Field) -> tuple[str, str]:
    column = table.ref(one)
    if one.is_number and not one.is_key and (found := re.search(rf"\b{one.name.lower()}\s+(\d+)\b", text)):
        return f"{column} = {int(found[1])}", f"{one.name} {found[1]}"
    if "country" in one.words:
        code = next((code for name, code in _COUNTRIES.items() if re.search(rf"\b{name}\b", text)), "")
        return (f"{column} = {quoted(code)}", code) if code else ("", "")
    if not one.is_text:
        return "", ""
    for value in one.values:
        # A word after "by" names what to group by: "by region" is no hint of the value "region".
        if len(value) > 1 and re.search(rf"(?<!by )(?<!per )(?<!each )\b{re.escape(value.lower())}s?\b", text):
            return f"{column} = {quoted(value)}", value
    return "", ""


def quoted(value: str) -> str:
    """A value as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def within(span: Span | None, table: Relation, when: Field | None) -> list[str]:
    return span.on(table.ref(when)) if span is not None and when is not None else []
