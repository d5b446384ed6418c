"""A question's words and what they come to: the shapes, and the usual way from words to a SELECT."""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from playground.model.demo.found.database import Database, Field, Relation
from playground.model.demo.keywords import has
from playground.model.demo.query.select import Select, dimensions_in, filters_in, within
from playground.model.demo.query.spans import Span, span_in

Kind: TypeAlias = Literal["count", "sum", "share", "hours", "list", "unpaid", "lost"]
_TOP = re.compile(r"\b(?:top|first|the|biggest|largest|oldest|newest|latest)\s+(\d{1,3}|three|five|ten|twenty)\b")
_COUNTS = {"three": 3, "five": 5, "ten": 10, "twenty": 20}
_LISTED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as SQL, with what its answer has to say."""

    kind: Kind
    select: Select
    noun: str
    """What is counted or added up."""
    span: Span | None = None
    told: tuple[str, ...] = ()
    """Which rows, in the person's words."""
    basis: tuple[str, ...] = ()
    """What the description says about how it is counted."""
    chart: Literal["none", "line", "bar"] = "none"

    @property
    def sql(self) -> str:
        return self.select.sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question's words, the database, and the day."""

    text: str
    database: Database
    today: date

    def when(self, table: Relation, *patterns: str) -> Field | None:
        return next((one for pattern in (*patterns, "") if (one := table.field(pattern, kind="date"))), None)


def made(
    asked: Asked, table: Relation, kind: Kind, noun: str, *measures: tuple[str, str], when: Field | None
) -> Question:
    """The usual way: by what is said, in the time that is said, of the rows that are said."""
    span = span_in(asked.text, asked.today)
    where, needs, told = filters_in(asked.text, asked.database, table)
    select = Select(
        table=table,
        measures=measures,
        by=dimensions_in(asked.text, asked.database, table, when),
        where=(*where, *within(span, table, when)),
        needs=tuple(needs),
        joins=asked.database.joins(table),
    )
    return Question(kind=kind, select=select, noun=noun, span=span, told=tuple(told), basis=basis(table, when))


def basis(table: Relation, *fields: Field | None) -> tuple[str, ...]:
    return tuple(filter(None, (table.means, *(one.means for one in fields if one is not None))))


def lists(text: str) -> bool:
    return has(text, "list", "show(?: me)?", "who are", "names? of", "which (?:customers|clients|accounts)", "give me")


def listed(asked: Asked, table: Relation, noun: str, *, when: Field | None = None) -> Question:
    """Rows as they are, those fields that people read."""
    found = made(asked, table, "list", noun, when=when)
    shown = [one for one in table.fields if not one.points_to and (not one.is_key or one is table.fields[0])][:7]
    oldest = when is not None and has(asked.text, "oldest", "first")
    newest = when is not None and not oldest
    order = (
        table.ref(when) + (" DESC" if newest else "") if when is not None else table.ref(shown[min(1, len(shown) - 1)])
    )
    count = _TOP.search(asked.text)
    limit = (int(count[1]) if count[1].isdigit() else _COUNTS[count[1]]) if count else _LISTED
    measures = tuple((table.ref(one), one.name) for one in shown)
    return replace(found, select=replace(found.select, by=(), measures=measures, order=order, limit=limit))
