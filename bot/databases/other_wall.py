"""The wall for other databases than PostgreSQL, on a parser that knows many dialects. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.databases.refused import Refused
from memory.databases import Table

if TYPE_CHECKING:
    from sqlglot import exp


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTS = _words(
    "Add Alias And Avg Between Boolean Bracket Case Cast Coalesce Column CTE Count Cube Date DateAdd DateDiff"
    " DateSub DateTrunc DatetimeTrunc Day DataType Distinct Div Dot DPipe EQ Except Exists Extract Filter From Group"
    " GroupConcat GT GTE Having Identifier If In Intersect Interval Is Join JSONExtract JSONExtractScalar Lag LastValue"
    " FirstValue Lead Length Like Limit Literal LT LTE Lower Max Min Mod Month Mul Neg NEQ Not Null Nullif NullSafeEQ"
    " NullSafeNEQ Offset Or Order Ordered Paren Predicate Quarter Rank DenseRank PercentRank NTile Replace Right Left"
    " Rollup Round RowNumber Select Star StddevPop StddevSamp Stddev StrPosition StrToDate StrToTime Sub Subquery"
    " Substring Sum Table TableAlias TimestampTrunc TimeToStr TimeToUnix Trim Tuple TsOrDsToDate TsOrDsToTimestamp"
    " TsOrDsAdd UnixToTime Union Upper Values Var Variance VariancePop Week Where Window WindowSpec With Year Abs Ceil"
    " Floor Concat ConcatWs CurrentDate CurrentTimestamp CurrentTime Instr Sign IgnoreNulls RespectNulls Escape"
    " Power Sqrt Ln Log Exp Greatest Least JSONPath JSONPathRoot JSONPathKey JSONPathSubscript"
)
"""Kinds of nodes that a statement may be made of."""
FUNCTIONS = _words("DATETIME DATE TIME JULIANDAY STRFTIME TOTAL UNIXEPOCH IIF LAST_DAY DAYOFWEEK DAYOFMONTH")
"""Functions that the parser knows only by their names."""
DIALECTS: Mapping[str, str] = {"sqlite": "sqlite", "mysql": "mysql", "mariadb": "mysql"}
"""SQLAlchemy's name → the parser's."""


def checked_other(sql: str, dialect: str, tables: Sequence[Table]) -> str:
    """As `bot.databases.walls.checked`, for a text that is neither empty nor long."""
    spoken = DIALECTS.get(dialect)
    if spoken is None:
        raise Refused(f"SQL for {dialect!r} cannot be checked, so it does not run.")
    statement = _one_select(sql, spoken)
    _check_parts(statement)
    qualified = _qualified(statement, spoken, tables)
    _check_tables(qualified, tables)
    text = qualified.sql(dialect=spoken)
    _check_parts(_one_select(text, spoken))
    return text


def _one_select(sql: str, dialect: str) -> "exp.Query":
    from sqlglot import exp, parse
    from sqlglot.errors import SqlglotError

    try:
        found = [one for one in parse(sql, dialect=dialect) if one is not None]
    except SqlglotError as error:
        raise Refused(f"This cannot be read as SQL: {str(error)[:200]}. Write one SELECT.") from error
    if len(found) != 1:
        raise Refused(f"There must be exactly one statement, found {len(found)}. Write one SELECT.")
    if not isinstance(found[0], exp.Query):
        raise Refused(f"Only SELECT may run, got {found[0].key.upper()}. It can only read.")
    return found[0]


def _check_parts(statement: "exp.Query") -> None:
    from sqlglot import exp

    for node in statement.walk():
        kind = type(node).__name__
        if isinstance(node, exp.Anonymous):
            if str(node.this).upper() not in FUNCTIONS:
                raise Refused(f"The function {str(node.this)!r} is not allowed. Use common ones for sums and dates.")
        elif kind not in PARTS:
            raise Refused(f"{kind} is not allowed. Use columns, joins, common functions and one SELECT.")
        elif isinstance(node, exp.With) and node.args.get("recursive"):
            raise Refused("WITH RECURSIVE may never end. Use a fixed number of joins.")
        elif isinstance(node, exp.Join) and (node.method or node.hint):
            raise Refused("NATURAL JOIN and hints are not allowed. Write ON or USING.")
        elif isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
            raise Refused("Functions may not stand in FROM. Use tables, subqueries and joins.")
        elif isinstance(node, exp.Select) and any(node.args.get(name) for name in ("into", "locks", "hint", "kind")):
            raise Refused("INTO, locks and hints are not allowed in a SELECT.")


def _qualified(statement: "exp.Query", dialect: str, tables: Sequence[Table]) -> "exp.Query":
    """The statement with every column named in full, and every `*` replaced by the columns that are open."""
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.qualify import qualify

    try:
        # The library's own signature leaves its types open.
        made: Any = qualify(
            statement,
            schema=_open(tables),
            dialect=dialect,
            validate_qualify_columns=True,
            expand_stars=True,
        )
    except SqlglotError as error:
        columns = "; ".join(f"{table.name} has {', '.join(c.name for c in table.shown)}" for table in tables)
        raise Refused(f"{str(error)[:200]}. What may be asked: {columns[:1500]}") from error
    return made


def _open(tables: Sequence[Table]) -> dict[str, object]:
    """What may be asked, as the parser takes it: (schema →) table → column → type."""
    found: dict[str, Any] = {}
    for table in tables:
        *schema, name = table.name.split(".")
        place = found
        for part in schema:
            place = place.setdefault(part, {})
        place[name] = {column.name: "TEXT" for column in table.shown}
    return found


def _check_tables(statement: "exp.Query", tables: Sequence[Table]) -> None:
    from sqlglot import exp

    names = {table.name for table in tables}
    for table in _read_tables(statement):
        said = ".".join(filter(None, (table.catalog, table.db, table.name)))
        if said not in names:
            raise Refused(f"There is no table {said!r} that may be asked. There are: {', '.join(sorted(names))}.")
    for column in statement.find_all(exp.Column):
        if not column.table and not isinstance(column.parent, exp.Ordered):
            raise Refused(f"Write which table {column.name!r} belongs to.")


def _read_tables(statement: "exp.Query") -> Iterator["exp.Table"]:
    """The real tables, as opposed to names that WITH gives."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    for scope in traverse_scope(statement):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                yield source
