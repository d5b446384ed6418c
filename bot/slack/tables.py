"""Tables under an answer, as Slack's own table block: real cells, in which nothing is a link or calls anybody."""

import re
from collections.abc import Sequence
from itertools import accumulate

from bot.harmless.links import Given, broken, everything
from bot.harmless.visible import visible_target
from bot.slack.blocks import Block, context, mrkdwn, plain
from skills.showing import Cell, Table

ROWS = 100
"""Rows of a table in Slack, its header among them."""
COLUMNS = 20
CHARACTERS = 10_000
"""Characters of all cells together (docs.slack.dev, table block)."""
CELL = 300
"""Characters of one cell; a longer one is cut."""
CAPTION = 300
WIDE = 24
"""Characters from which a column may break its lines."""
NOTHING = "–"
"""In a cell without a value: Slack takes no empty ones."""
_NUMBER = re.compile(r"[-+−]?[\d,.]*\d[\d,.]*(e[-+]?\d+)?\s?%?", re.IGNORECASE)


def table_blocks(table: Table, *, in_file: bool, given: Given = everything) -> list[Block]:
    """`table` under its caption, as far as Slack takes it, and what is left out.

    `in_file` says that the whole table goes with the answer as a file. In the cells, addresses that are not `given`
    can be read and not opened.
    """
    caption = [context(plain(visible_target(broken(table.caption, given)[0])[:CAPTION]))] if table.caption else []
    if not table.columns:
        return caption
    if not table.rows:
        return [*caption, context(mrkdwn("No rows"))]
    header = _row(table.columns[:COLUMNS], given)
    rows = _fitting(header, [_row(_even(row, len(header)), given) for row in table.rows[: ROWS - 1]])
    shown: Block = {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in (header, *rows)],
        "column_settings": [_setting([row[at] for row in table.rows if at < len(row)]) for at in range(len(header))],
    }
    rest = _left_out(table.more + len(table.rows) - len(rows), max(0, len(table.columns) - COLUMNS), in_file=in_file)
    return [*caption, shown, *([context(mrkdwn(rest))] if rest else [])]


def characters(blocks: Sequence[Block]) -> int:
    """Characters in the cells of the tables among `blocks`."""
    tables = [block for block in blocks if block["type"] == "table"]
    return sum(len(cell["text"]) for block in tables for row in block["rows"] for cell in row)


def without_tables(blocks: Sequence[Block]) -> list[Block]:
    """`blocks` with a line in place of each table."""
    line = context(mrkdwn("Slack did not take the table that belongs here. Ask for it as a file."))
    return [line if block["type"] == "table" else block for block in blocks]


def shown_cell(cell: Cell) -> str:
    """A value as it reads."""
    match cell:
        case None:
            return NOTHING
        case bool():
            return "yes" if cell else "no"
        case float():
            return f"{cell:.15g}"
        case _:
            return str(cell)


def _even(row: Sequence[Cell], width: int) -> Sequence[Cell]:
    """Slack wants the same number of cells in every row."""
    return [*row, *[None] * width][:width]


def _row(cells: Sequence[Cell], given: Given) -> list[str]:
    return [_cell(shown_cell(cell), given) for cell in cells]


def _cell(text: str, given: Given) -> str:
    read = visible_target(broken(" ".join(text.split()), given)[0])
    return (read if len(read) <= CELL else f"{read[: CELL - 1]}…") or NOTHING


def _fitting(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    """As many rows as Slack takes beside the header."""
    sizes = accumulate((sum(map(len, row)) for row in rows), initial=sum(map(len, header)))
    return rows[: sum(size <= CHARACTERS for size in list(sizes)[1:])]


def _setting(cells: Sequence[Cell]) -> Block:
    known = [shown_cell(cell) for cell in cells if cell not in (None, "")]
    if known and all(map(_NUMBER.fullmatch, known)):  # exact decimals come as text
        return {"align": "right"}
    return {"is_wrapped": any(len(cell) > WIDE for cell in known)}


def _left_out(rows: int, columns: int, *, in_file: bool) -> str:
    """As in: and 212 more rows and 3 more columns, in the file."""
    counts = [(rows, "row"), (columns, "column")]
    said = [f"{count:,} more {noun}{'' if count == 1 else 's'}" for count, noun in counts if count]
    return f"and {' and '.join(said)}{', in the file' if in_file else ''}" if said else ""
