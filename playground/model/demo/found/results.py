"""The last figures that a conversation came to, whichever tool found them."""

import re
from dataclasses import dataclass

from pydantic import JsonValue

from playground.model.conversation import Conversation, Json, calls_with_results
from playground.model.demo.found.database import rows_of
from playground.model.demo.found.table import found_in
from playground.model.demo.outcomes import outcome_of
from playground.model.wires.wire import as_object, text_of

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DAY = re.compile(r"\d{4}-\d\d(?:-\d\d)?")
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Rows under a header; numbers are numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[JsonValue, ...], ...]

    @property
    def labels(self) -> list[str]:
        """What names each row: the first column that is no number."""
        place = next((n for n in range(len(self.columns)) if not self._is_number(n)), 0)
        return ["none" if row[place] is None else str(row[place]) for row in self.rows]

    @property
    def series(self) -> dict[str, list[JsonValue]]:
        """The columns of numbers, by name."""
        numbers = [n for n in range(len(self.columns)) if self._is_number(n)]
        return {self.columns[n]: [row[n] for row in self.rows] for n in numbers}

    @property
    def is_over_time(self) -> bool:
        return all(_DAY.match(label) for label in self.labels)

    def _is_number(self, place: int) -> bool:
        cells = [row[place] for row in self.rows if row[place] is not None]
        return bool(cells) and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)


def last_figures(conversation: Conversation) -> Figures | None:
    """Of the newest result with more than one number in it; None when there is none."""
    for call, result in reversed(calls_with_results(conversation.messages)):
        content = outcome_of(call, result).content
        if call.tool == "query_database" and (found := _of_rows(content)) is not None:
            return found
        if call.tool == "run_python" and (found := _of_output(found_in(text_of(content.get("output"))))) is not None:
            return found
    return None


def _of_rows(content: Json) -> Figures | None:
    rows = rows_of(content)
    if len(rows.rows) < 2:
        return None
    return Figures(columns=rows.columns, rows=tuple(tuple(_cell(cell) for cell in row) for row in rows.rows[:_MOST]))


def _of_output(found: Json) -> Figures | None:
    """Of one of our own programs, by what its last line is called."""
    groups = as_object(found.get("groups"))
    for rows, columns in (
        (found.get("periods"), ("period", "part", "whole")),
        (found.get("series"), ("name", "value")),
        (found.get("lines"), ("line", "over")),
        *((rows, (name, "value")) for name, rows in groups.items()),
    ):
        listed = (
            [row for row in rows if isinstance(row, list) and len(row) == len(columns)]
            if isinstance(rows, list)
            else []
        )
        if len(listed) > 1:
            return _with_share(Figures(columns=columns, rows=tuple(tuple(row) for row in listed[:_MOST])))
    return None


def _with_share(figures: Figures) -> Figures:
    if figures.columns[1:] != ("part", "whole"):
        return figures
    rows = [(*row, round(100 * float(str(row[1])) / (float(str(row[2])) or 1), 2)) for row in figures.rows]
    return Figures(columns=(*figures.columns, "percent"), rows=tuple(rows))


def _cell(value: JsonValue) -> JsonValue:
    """Exact decimals come as text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return value
