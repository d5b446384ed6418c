"""What SQL may run at all: one SELECT of known parts, over tables and columns that were opened. Pure."""

from collections.abc import Sequence

from bot.databases.refused import Refused
from memory.databases import Table

__all__ = ["Refused", "checked"]

LONGEST = 8_000
"""Characters. The parsers build trees by recursion in C: at ten times this, one can be made to overrun the stack."""


def checked(sql: str, dialect: str, tables: Sequence[Table]) -> str:
    """Return `sql` as it may run: read by a parser, checked part by part, written anew with full table names.

    Whatever is not on a list of what is allowed is refused: kinds of statements, clauses, functions, operators, types,
    tables and columns (`security.md` 36). Raises Refused, with a sentence that helps to mend it.
    """
    text = sql.strip()
    if not text:
        raise Refused("`sql` is empty. Write one SELECT.")
    if len(text) > LONGEST:
        raise Refused(f"`sql` may have {LONGEST} characters, got {len(text)}. Write one shorter SELECT.")
    if "\x00" in text:
        raise Refused("`sql` holds a null character. Write one SELECT.")
    try:
        if dialect == "postgresql":
            from bot.databases.postgres_wall import checked_postgres  # its parser is 30 MB that few turns need

            return checked_postgres(text, tables)
        from bot.databases.other_wall import checked_other

        return checked_other(text, dialect, tables)
    except RecursionError as error:
        raise Refused("`sql` is nested too deeply. Write it with fewer brackets, or use WITH.") from error
