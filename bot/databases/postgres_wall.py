"""The wall for PostgreSQL, on its own parser: every node, name and column of a statement is looked at. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.databases.postgres_lists import EXPRESSIONS, FUNCTIONS, LEAVES, MOMENTS, OPERATORS, SETS, TYPES
from bot.databases.refused import Refused
from memory.databases import Table

DEEPEST = 60
"""Levels of brackets, calls and subqueries."""
MOST_COLUMNS = 200
_PLAIN = "SETOP_NONE"
_CHECKED = ("typeName", "funcname", "name")
"""Parts that are no expressions: `_allowed` looks at them."""
_SPELLED = ("location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end", "funcformat")
"""Where in the text a part stood, and in which of two spellings: x AT TIME ZONE y is timezone(y, x)."""

# pglast's nodes are untyped attributes made at run time; nothing else of it leaves this module.
Node = Any


def checked_postgres(sql: str, tables: Sequence[Table]) -> str:
    """As `bot.databases.walls.checked`, for a text that is neither empty nor long."""
    statement = _one_statement(sql)
    wall = _Wall(tables)
    columns = wall.select(statement, _Scope())
    if len(columns) > MOST_COLUMNS:
        raise Refused(f"The result has {len(columns)} columns. Name the few that answer the question.")
    return _written(statement, tables)


def _one_statement(sql: str) -> Node:
    from pglast import parse_sql
    from pglast.parser import ParseError

    try:
        found = parse_sql(sql)
    except ParseError as error:
        raise Refused(f"PostgreSQL cannot read this: {error.args[0]}. Write one SELECT.") from error
    if len(found) != 1:
        raise Refused(f"There must be exactly one statement, found {len(found)}. Write one SELECT.")
    return found[0].stmt


def _written(statement: Node, tables: Sequence[Table]) -> str:
    """The statement as text, which means the same when it is read again, and passes again."""
    from pglast.stream import RawStream

    text: str = RawStream()(statement)
    again = _one_statement(text)
    if _bare(again) != _bare(statement):
        raise Refused("This cannot be read unmistakably. Write it more simply, without rare syntax.")
    _Wall(tables).select(again, _Scope())
    return text


def _bare(value: Any) -> Any:
    """A tree without the way in which it was spelled."""
    if _is_node(value):
        parts = {name: _bare(getattr(value, name)) for name in value if name not in _SPELLED}
        return type(value).__name__, tuple(parts.items())
    many = _many(value)
    return value if many is None else tuple(_bare(one) for one in many)


def _many(value: Any) -> Sequence[Any] | None:
    """The parts of a list of nodes; None of anything else."""
    if not isinstance(value, tuple | list):
        return None
    return value  # pyright: ignore[reportUnknownVariableType]: of any nodes


def _is_node(value: Any) -> bool:
    from pglast.ast import Node as AnyNode

    return isinstance(value, AnyNode)


@dataclass(frozen=True, slots=True)
class _Relation:
    """What stands in a FROM under one name."""

    name: str
    columns: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    is_table: bool = False
    """Whether it is a table, and not a subquery, a WITH or a function."""
    full: str = ""
    """Its name with the schema, of a table that has no other name here."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """The relations that a part of a statement sees, the innermost first."""

    levels: tuple[tuple[_Relation, ...], ...] = ()
    depth: int = 0

    def inside(self, relations: Sequence[_Relation] = ()) -> "_Scope":
        """One level further in."""
        return _Scope((tuple(relations), *self.levels), self.depth)

    def deeper(self) -> "_Scope":
        if self.depth >= DEEPEST:
            raise Refused("`sql` is nested too deeply. Write it with fewer brackets, or use WITH.")
        return replace(self, depth=self.depth + 1)

    def named(self, name: str) -> _Relation | None:
        """The relation of a name; the innermost of several."""
        return next((one for level in self.levels for one in level if one.name == name), None)


@dataclass(slots=True)
class _Wall:
    """The check of one statement."""

    tables: Sequence[Table]
    with_: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """The names that WITH gives at this place, and their columns."""

    def select(self, statement: Node, outer: _Scope) -> tuple[str, ...]:
        """Check a SELECT, replace every `*` by the columns that are open; the names of its columns."""
        around = outer.deeper()
        if _kind(statement) != "SelectStmt":
            raise Refused(f"Only SELECT may run, got {_kind(statement).removesuffix('Stmt')}. It can only read.")
        if statement.intoClause is not None:
            raise Refused("SELECT INTO makes a table. Leave INTO out.")
        if statement.lockingClause:
            raise Refused("FOR UPDATE and FOR SHARE lock rows. Leave them out.")
        before = self.with_
        try:
            self._with(statement.withClause, around)
            if statement.op.name != _PLAIN:
                return self._set(statement, around)
            if statement.valuesLists:
                return self._values(statement, around)
            return self._plain(statement, around)
        finally:
            self.with_ = before

    def _with(self, clause: Node, around: _Scope) -> None:
        if clause is None:
            return
        if clause.recursive:
            raise Refused("WITH RECURSIVE may never end. Use generate_series, or a fixed number of joins.")
        for one in clause.ctes:
            if one.search_clause is not None or one.cycle_clause is not None:
                raise Refused("SEARCH and CYCLE are not allowed in WITH.")
            columns = self.select(one.ctequery, around)
            given = _strings(one.aliascolnames)
            self.with_ = {**self.with_, one.ctename: (*given, *columns[len(given) :])}

    def _set(self, statement: Node, around: _Scope) -> tuple[str, ...]:
        columns = self.select(statement.larg, around)
        self.select(statement.rarg, around)
        self._ordered(statement.sortClause, around.inside(), columns)
        self._limits(statement, around)
        return columns

    def _values(self, statement: Node, around: _Scope) -> tuple[str, ...]:
        for row in statement.valuesLists:
            self.expression(row, around.inside())
        self._limits(statement, around)
        return tuple(f"column{n}" for n in range(1, len(statement.valuesLists[0]) + 1))

    def _plain(self, statement: Node, around: _Scope) -> tuple[str, ...]:
        relations: list[_Relation] = []
        for source in statement.fromClause or ():
            self._source(source, relations, around)
        scope = around.inside(relations)
        statement.targetList = tuple(self._targets(statement.targetList or (), relations))
        if not statement.targetList:
            raise Refused("The SELECT has no columns. Name those that answer the question.")
        columns = tuple(self._column_name(target) for target in statement.targetList)
        for target in statement.targetList:
            if not _is_star(target.val):
                self.expression(target.val, scope)
        self.expression(statement.whereClause, scope)
        self.expression(statement.havingClause, scope)
        self._grouped(statement.groupClause, scope, columns)
        self.expression(statement.windowClause, scope)
        for one in statement.distinctClause or ():
            self._or_column(one, scope, columns)
        self._ordered(statement.sortClause, scope, columns)
        self._limits(statement, around)
        return tuple(self._outputs(statement.targetList, relations))

    def _limits(self, statement: Node, around: _Scope) -> None:
        self.expression(statement.limitCount, around.inside())
        self.expression(statement.limitOffset, around.inside())

    def _ordered(self, clause: Node, scope: _Scope, columns: Sequence[str]) -> None:
        for one in clause or ():
            if one.useOp:
                raise Refused("ORDER BY … USING is not allowed. Use ASC or DESC.")
            self._or_column(one.node, scope, columns)

    def _grouped(self, clause: Node, scope: _Scope, columns: Sequence[str]) -> None:
        # In GROUP BY a column of a table wins over a name that the SELECT gives: a hidden one must not.
        secret = {name for relation in scope.levels[0] for name in relation.hidden}
        for one in clause or ():
            self._or_column(one, scope, [name for name in columns if name not in secret])

    def _or_column(self, node: Node, scope: _Scope, columns: Sequence[str]) -> None:
        """Check an expression that may also be the bare name of a column of the result."""
        if node is not None and _kind(node) == "ColumnRef" and len(node.fields) == 1 and _texts(node)[0] in columns:
            return
        self.expression(node, scope)

    # What stands in FROM

    def _source(self, node: Node, relations: list[_Relation], around: _Scope) -> None:
        match _kind(node):
            case "RangeVar":
                relations.append(self._table(node))
            case "RangeSubselect":
                relations.append(self._subselect(node, around.inside(relations) if node.lateral else around))
            case "RangeFunction":
                relations.append(self._function_table(node, around.inside(relations)))
            case "JoinExpr":
                self._join(node, relations, around)
            case kind:
                raise Refused(f"{kind} is not allowed in FROM. Use tables, subqueries and joins.")

    def _table(self, node: Node) -> _Relation:
        name = node.alias.aliasname if node.alias else node.relname
        if node.schemaname is None and node.relname in self.with_:
            columns = self.with_[node.relname]
            given = _strings(node.alias.colnames) if node.alias else ()
            return _Relation(name, (*given, *columns[len(given) :]))
        if node.alias and node.alias.colnames:
            raise Refused("A table's columns cannot be renamed in FROM. Give them names in the SELECT.")
        table = self._opened(node)
        node.schemaname, node.relname = _parts(table.name)
        if not node.alias:
            name = node.relname
        hidden = frozenset(column.name for column in table.columns if column.is_hidden)
        return _Relation(
            name, tuple(c.name for c in table.shown), hidden, is_table=True, full="" if node.alias else table.name
        )

    def _opened(self, node: Node) -> Table:
        said = ".".join(filter(None, (node.catalogname, node.schemaname, node.relname)))
        found = [
            table
            for table in self.tables
            if said == table.name or (not node.schemaname and node.relname == _parts(table.name)[1])
        ]
        if len(found) == 1 and not node.catalogname:
            return found[0]
        names = ", ".join(table.name for table in self.tables)
        if len(found) > 1:
            raise Refused(f"There are several tables {said!r}. Write one of {', '.join(one.name for one in found)}.")
        raise Refused(f"There is no table {said!r} that may be asked. There are: {names}.")

    def _subselect(self, node: Node, around: _Scope) -> _Relation:
        columns = self.select(node.subquery, around)
        if node.alias is None:
            raise Refused("A subquery in FROM needs a name: (SELECT …) AS months.")
        given = _strings(node.alias.colnames)
        return _Relation(node.alias.aliasname, (*given, *columns[len(given) :]))

    def _function_table(self, node: Node, scope: _Scope) -> _Relation:
        if node.coldeflist or node.is_rowsfrom or len(node.functions) != 1:
            raise Refused("ROWS FROM and column definitions are not allowed in FROM.")
        call, definition = node.functions[0]
        if definition or _kind(call) != "FuncCall":
            raise Refused("Only functions such as generate_series may stand in FROM.")
        name = _function_name(call)
        if name not in SETS:
            raise Refused(f"The function {name!r} may not stand in FROM. Allowed are {', '.join(sorted(SETS))}.")
        self._parts_of(call, scope)
        alias = node.alias.aliasname if node.alias else name
        given = _strings(node.alias.colnames) if node.alias else ()
        return _Relation(alias, (*(given or (alias, "value")), "ordinality"))

    def _join(self, node: Node, relations: list[_Relation], around: _Scope) -> None:
        if node.isNatural:
            raise Refused("NATURAL JOIN joins by whatever is called alike. Write ON or USING.")
        if node.alias is not None or node.join_using_alias is not None:
            raise Refused("A join cannot have a name of its own. Give its tables short names.")
        left: list[_Relation] = []
        right: list[_Relation] = []
        self._source(node.larg, left, around.inside(relations) if relations else around)
        # What stands right of a join may look at its left side where it is LATERAL.
        self._source(node.rarg, right, around.inside([*relations, *left]))
        for name in _strings(node.usingClause):
            for side in (left, right):
                self._visible(name, side)
        relations += [*left, *right]
        self.expression(node.quals, around.inside([*left, *right]))

    def _visible(self, name: str, side: Sequence[_Relation]) -> None:
        if any(name in one.hidden for one in side) or not any(name in one.columns for one in side):
            raise Refused(_unknown(name, side))

    # The columns of a SELECT

    def _targets(self, targets: Sequence[Node], relations: Sequence[_Relation]) -> Iterator[Node]:
        """The columns of a SELECT, with `*` of a table replaced by those that are open."""
        for target in targets:
            if target.indirection:
                raise Refused("This is no column that can be read.")
            if not _is_star(target.val):
                yield target
                continue
            for relation in _starred(target.val, relations):
                yield from _open_columns(relation)

    def _outputs(self, targets: Sequence[Node], relations: Sequence[_Relation]) -> Iterator[str]:
        for target in targets:
            if _is_star(target.val):
                for relation in _starred(target.val, relations):
                    yield from relation.columns
            else:
                yield self._column_name(target)

    def _column_name(self, target: Node) -> str:
        return target.name or _figured(target.val)

    # Expressions

    def expression(self, node: Any, scope: _Scope) -> None:
        """Check an expression with everything in it."""
        if node is None or isinstance(node, str | int | float | bool):
            return
        if (many := _many(node)) is not None:
            for one in many:
                self.expression(one, scope)
            return
        match _kind(node):
            case "ColumnRef":
                self._column(node, scope)
            case "SubLink":
                self._sublink(node, scope.deeper())
            case "SQLValueFunction":
                if node.op.name not in MOMENTS:
                    raise Refused("Only the time may be asked of the server, not who or where it is.")
            case "A_Indirection":
                if any(_kind(one) != "A_Indices" for one in node.indirection):
                    raise Refused("Parts of a row cannot be taken with (…).name. Name the column itself.")
                self._parts_of(node, scope.deeper())
            case kind if kind in LEAVES:
                return
            case kind if kind in EXPRESSIONS:
                self._allowed(node)
                self._parts_of(node, scope.deeper())
            case kind:
                raise Refused(f"{kind} is not allowed. Use columns, numbers, texts, operators and common functions.")

    def _parts_of(self, node: Node, scope: _Scope) -> None:
        for name in node:
            part = getattr(node, name)
            is_choice = hasattr(part, "name") and not _is_node(part)  # enumerations have names, and hold nothing
            if not is_choice and name not in _CHECKED:
                self.expression(part, scope)

    def _allowed(self, node: Node) -> None:
        match _kind(node):
            case "FuncCall":
                name = _function_name(node)
                if name not in FUNCTIONS:
                    raise Refused(f"The function {name!r} is not allowed. Use common ones for sums, texts and dates.")
            case "A_Expr":
                names = _strings(node.name)
                if len(names) != 1 or names[0] not in OPERATORS:
                    raise Refused(f"The operator {'.'.join(names)!r} is not allowed. Use the common ones.")
            case "TypeCast":
                _check_type(node.typeName)
            case "SortBy" if node.useOp:
                raise Refused("ORDER BY … USING is not allowed. Use ASC or DESC.")
            case _:
                return

    def _sublink(self, node: Node, scope: _Scope) -> None:
        names = _strings(node.operName)
        if len(names) > 1 or not OPERATORS.issuperset(names):
            raise Refused(f"The operator {'.'.join(names)!r} is not allowed. Use the common ones.")
        self.expression(node.testexpr, scope)
        self.select(node.subselect, scope)

    def _column(self, node: Node, scope: _Scope) -> None:
        if _is_star(node):
            raise Refused("`*` may stand only by itself in a SELECT, or in count(*). Name the columns.")
        match _texts(node):
            case [name]:
                self._bare_column(name, scope)
            case [relation, name]:
                self._of(scope.named(relation), relation, name)
            case [schema, table, name]:
                full = f"{schema}.{table}"
                found = next((one for level in scope.levels for one in level if one.full == full), None)
                self._of(found, full, name)
            case names:
                raise Refused(f"There is no column {'.'.join(names)!r}.")

    def _of(self, relation: _Relation | None, said: str, name: str) -> None:
        if relation is None:
            raise Refused(f"Nothing here is called {said!r}. Use the short names that FROM gives.")
        if name not in relation.columns:
            raise Refused(_unknown(name, [relation]))

    def _bare_column(self, name: str, scope: _Scope) -> None:
        for n, level in enumerate(scope.levels):
            if any(name in one.hidden for one in level):
                raise Refused(_unknown(name, level))
            if any(name in one.columns for one in level):
                return
            if any(one.name == name and not one.is_table for one in level):
                return
            outside = [one for further in scope.levels[n + 1 :] for one in further if name in one.columns]
            if outside and level:
                raise Refused(f"Write which table {name!r} belongs to: {outside[0].name}.{name}.")
        raise Refused(_unknown(name, [one for level in scope.levels for one in level]))


def _kind(node: Node) -> str:
    return type(node).__name__


def _strings(nodes: Any) -> tuple[str, ...]:
    return tuple(str(node.sval) for node in nodes or ())


def _texts(node: Node) -> list[str]:
    return [str(getattr(part, "sval", "")) for part in node.fields]


def _is_star(node: Node) -> bool:
    return _kind(node) == "ColumnRef" and _kind(node.fields[-1]) == "A_Star"


def _parts(name: str) -> tuple[str, str]:
    schema, _, table = name.rpartition(".")
    return schema, table


def _function_name(call: Node) -> str:
    schema, _, name = ".".join(_strings(call.funcname)).rpartition(".")
    return name if schema in ("", "pg_catalog") else f"{schema}.{name}"


def _check_type(kind: Node) -> None:
    schema, _, name = ".".join(_strings(kind.names)).rpartition(".")
    if schema not in ("", "pg_catalog") or name not in TYPES or kind.setof or kind.pct_type:
        raise Refused(f"The type {name!r} is not allowed. Use text, numbers, dates, times or json.")


def _unknown(name: str, relations: Sequence[_Relation]) -> str:
    open_ = "; ".join(f"{one.name} has {', '.join(one.columns)}" for one in relations)
    return f"There is no column {name!r} that may be asked. {open_[:1500]}".strip()


def _starred(node: Node, relations: Sequence[_Relation]) -> list[_Relation]:
    """The relations whose columns a `*` stands for."""
    match _texts(node)[:-1]:
        case []:
            found = [*relations]
        case [name]:
            found = [one for one in relations if one.name == name]
        case names:
            found = [one for one in relations if one.full == ".".join(names)]
    if not found:
        raise Refused("`*` stands for nothing here. Name the columns.")
    return found


def _open_columns(relation: _Relation) -> Iterator[Node]:
    """The columns of a relation: of a table one by one, so that none is among them that was added since."""
    from pglast.ast import A_Star, ColumnRef, ResTarget, String

    if not relation.is_table:
        yield ResTarget(val=ColumnRef(fields=(String(sval=relation.name), A_Star())))
        return
    for column in relation.columns:
        yield ResTarget(val=ColumnRef(fields=(String(sval=relation.name), String(sval=column))))


def _figured(node: Node) -> str:
    """The name that PostgreSQL gives a column without one (FigureColname in parse_target.c)."""
    match _kind(node):
        case "ColumnRef":
            return _texts(node)[-1]
        case "FuncCall":
            return _strings(node.funcname)[-1]
        case "TypeCast":
            inner = _figured(node.arg)
            return inner if inner != "?column?" else _strings(node.typeName.names)[-1]
        case "A_Indirection":
            return _figured(node.arg)
        case "CaseExpr":
            inner = _figured(node.defresult) if node.defresult is not None else "?column?"
            return inner if inner != "?column?" else "case"
        case "SubLink":
            return _figured_of_sublink(node)
        case "SQLValueFunction":
            return node.op.name.removeprefix("SVFOP_").removesuffix("_N").lower()
        case "MinMaxExpr":
            return "least" if node.op.name == "IS_LEAST" else "greatest"
        case "A_Expr" if node.kind.name == "AEXPR_NULLIF":
            return "nullif"
        case kind:
            return _NAMED_FOR_KIND.get(kind, "?column?")


_NAMED_FOR_KIND = {"CoalesceExpr": "coalesce", "A_ArrayExpr": "array", "RowExpr": "row", "GroupingFunc": "grouping"}


def _figured_of_sublink(node: Node) -> str:
    match node.subLinkType.name:
        case "EXISTS_SUBLINK":
            return "exists"
        case "ARRAY_SUBLINK":
            return "array"
        case "EXPR_SUBLINK" if node.subselect.targetList:
            first = node.subselect.targetList[0]
            return first.name or _figured(first.val)
        case _:
            return "?column?"
