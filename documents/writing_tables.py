"""Tables of pages: numbers at the right, wide ones scroll, long ones end."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from documents.chart import Chart, exactly, with_unit
from documents.visible import visible

MAX_ROWS = 400
MAX_COLUMNS = 24
MANY = 10
"""Columns from which on paper is narrow."""
_NUMBER = re.compile(r"[+−-]?[€$£¥]?\s?\d{1,3}(?:[,.'  \u00a0]?\d{3})*(?:[.,]\d+)?\s?(?:%|‰|[€$£¥]|[A-Za-z]{1,3})?")
_NOTHING = frozenset(("", "-", "–", "—", "n/a"))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, as HTML and as the text that it shows."""

    html: str
    text: str


def cell(text: str) -> Cell:
    """A cell of plain text."""
    return Cell(escape(visible(text)), text)


def table(head: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> str:
    """A table that scrolls by itself where it is too wide."""
    numeric = [_is_numeric([row[at].text for row in rows if at < len(row)]) for at in range(len(head))][:MAX_COLUMNS]
    shown = "".join(_row(row, numeric, "td") for row in rows[:MAX_ROWS])
    many = ' class="many"' if len(head) > MANY else ""
    note = _left_out(len(rows) - MAX_ROWS, len(head) - MAX_COLUMNS)
    return (
        '<div class="scroll" role="region" tabindex="0" aria-label="Table">'
        f"<table{many}><thead>{_row(head, numeric, 'th')}</thead><tbody>{shown}</tbody></table></div>{note}"
    )


def table_of(chart: Chart) -> str:
    """The values behind a chart."""
    rows = [
        [cell(label), *(cell("" if value is None else with_unit(exactly(value), chart.unit)) for value in values)]
        for label, *values in zip(chart.labels, *chart.series.values(), strict=True)
    ]
    return table([cell(""), *map(cell, chart.series)], rows)


def _row(cells: Sequence[Cell], numeric: Sequence[bool], tag: str) -> str:
    filled = zip(cells, numeric, strict=False)
    return f"<tr>{''.join(_cell(one, tag, is_number=is_number) for one, is_number in filled)}</tr>"


def _cell(one: Cell, tag: str, *, is_number: bool) -> str:
    kind = ' class="num"' if is_number else ""
    return f"<{tag}{kind}>{one.html}</{tag}>"


def _is_numeric(texts: Sequence[str]) -> bool:
    said = [text.strip() for text in texts if text.strip().casefold() not in _NOTHING]
    return bool(said) and all(_NUMBER.fullmatch(text) for text in said)


def _left_out(rows: int, columns: int) -> str:
    more = [f"{count:,} more {what}{'' if count == 1 else 's'}" for count, what in ((rows, "row"), (columns, "column"))]
    said = [words for words, count in zip(more, (rows, columns), strict=True) if count > 0]
    return f'<p class="quiet">{" and ".join(said)} not shown here.</p>' if said else ""
