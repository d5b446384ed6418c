"""What the tools need of the databases: described tables, terms with their meanings, and one careful way to ask."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol, TypeAlias

from pydantic import JsonValue

Value: TypeAlias = str | int | float | bool | Decimal | None
"""One value of a row. Moments and days are ISO text, decimals exact, everything else that is no number is text."""


class Meaning(Protocol):
    """One of the things that a term can mean."""

    @property
    def names(self) -> Sequence[str]:
        """By which words people choose it: "invoiced", "billed"."""
        ...

    @property
    def says(self) -> str:
        """What it is, in a sentence."""
        ...


class Term(Protocol):
    """A word of the company's, such as revenue. With several meanings it is asked for before any SQL runs."""

    @property
    def words(self) -> Sequence[str]:
        """How people say it: "revenue", "income"."""
        ...

    @property
    def meanings(self) -> Sequence[Meaning]: ...


class Source(Protocol):
    """A database that the asker may ask."""

    @property
    def name(self) -> str: ...
    @property
    def terms(self) -> Sequence[Term]: ...
    @property
    def is_for_everybody(self) -> bool:
        """Whether every member of the workspace may ask it; else the asker is one of a few."""
        ...

    def described(self, *, most: int) -> Mapping[str, JsonValue]:
        """What the model reads of it: tables, columns, terms, example questions; at most about `most` characters."""
        ...


class Found(Protocol):
    """What came of one question."""

    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Sequence[Sequence[Value]]: ...
    @property
    def is_cut(self) -> bool:
        """Whether there were more rows than may be read."""
        ...


class Databases(Protocol):
    """The databases of one asker, in one turn."""

    @property
    def words(self) -> str:
        """What the person wrote in this turn, their answers to questions included."""
        ...

    async def all(self) -> Sequence[Source]:
        """Return those that the asker may ask, by name."""
        ...

    async def ask(self, source: str, sql: str) -> Found:
        """Run one SELECT.

        Raises RetryToolCall for what the model can mend, as often as it may in a turn, then ToolFailed.
        """
        ...
