"""Proposes how to describe a database, from what the database knows of itself."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from bot.databases.other_run import connected
from bot.databases.postgres_run import opened
from bot.databases.rows import Limits, plain
from memory.databases import Column, Table

FEW = 12
"""Values of a column that are worth listing."""
LONGEST_VALUE = 40
SMALL = 200_000
"""Rows of a table that is read for the values of its columns."""
MOST_TABLES = 400
TEXTS = re.compile(r"text|character|varchar|char|bpchar|enum|USER-DEFINED", re.IGNORECASE)
PERSONAL = re.compile(
    r"name|mail|phone|mobile|fax|street|address|addr|zip|postal|birth|gender|religio|health|iban|bic|account_no|ssn|tax"
    r"|passport|licen[cs]e|person|user|owner|author|contact|employee|member|patient|salary|wage|password|passwd|secret"
    r"|token|api_?key|hash|salt|ip_?addr|(?:^|_)(?:ip|geo|lat|lon|lng)(?:_|$)|note|comment|remark|subject|message|body|description|title",
    re.IGNORECASE,
)
"""Names of columns whose values may say something of people: none of them is ever read for a description."""
SECRET = re.compile(r"password|passwd|secret|token|api_?key|hash|salt", re.IGNORECASE)
"""Names of columns that are closed until somebody opens them."""
TABLES = """
SELECT c.oid, n.nspname, c.relname, pg_catalog.obj_description(c.oid, 'pg_class'), c.reltuples::bigint
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%%'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
ORDER BY 2, 3 LIMIT %s
"""
COLUMNS = """
SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
  pg_catalog.col_description(a.attrelid, a.attnum)
FROM pg_catalog.pg_attribute a
WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped
  AND pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attrelid, a.attnum
"""
KEYS = """
SELECT k.conrelid, k.contype::text,
  ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u(n, at)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.at),
  f.nspname || '.' || g.relname,
  ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u(n, at)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.at)
FROM pg_catalog.pg_constraint k
LEFT JOIN pg_catalog.pg_class g ON g.oid = k.confrelid LEFT JOIN pg_catalog.pg_namespace f ON f.oid = g.relnamespace
WHERE k.conrelid = ANY(%s) AND k.contype IN ('p', 'f')
"""


async def tables_of_postgres(url: URL, limits: Limits) -> tuple[Table, ...]:
    """Return every table that the role may read, as the database describes it. Raises Away and Failed."""
    async with opened(url, limits) as connection:
        found = await _rows(connection, TABLES, [MOST_TABLES])
        oids = [row[0] for row in found]
        columns, keys = await _rows(connection, COLUMNS, [oids]), await _rows(connection, KEYS, [oids])
        return tuple(_table(row, columns, keys) for row in found)


async def with_values(url: URL, table: Table, limits: Limits) -> Table:
    """Return `table` with the values of columns that have few and can say nothing of people. Raises Away and Failed."""
    if table.rows is None or table.rows > SMALL:
        return table
    async with opened(url, limits) as connection:
        columns = [replace(one, values=await _values(connection, table, one)) for one in table.columns]
        return replace(table, columns=tuple(columns))


def tables_of_other(url: URL, limits: Limits) -> tuple[Table, ...]:
    """Return the tables of another database than PostgreSQL; blocks. Raises Away and Failed."""
    from sqlalchemy import inspect

    with connected(url, limits, looks=True) as connection:
        looking = inspect(connection)
        names = [*looking.get_table_names(), *looking.get_view_names()]
        return tuple(_other_table(looking, name) for name in names[:MOST_TABLES])


def merged(known: Sequence[Table], found: Sequence[Table], picked: Iterable[str]) -> tuple[Table, ...]:
    """The picked tables as the database has them now, with what people wrote about them before.

    A column that is new since a table was picked stays hidden until somebody opens it, and so does one that sounds
    like a secret.
    """
    before = {table.name: table for table in known}
    wanted = set(picked)
    return tuple(_merged(before.get(table.name), table) for table in found if table.name in wanted)


def looks_personal(name: str) -> bool:
    """Whether a column's name says that it may hold something of people."""
    return PERSONAL.search(name) is not None


def _merged(before: Table | None, now: Table) -> Table:
    if before is None:
        columns = tuple(replace(one, is_hidden=SECRET.search(one.name) is not None) for one in now.columns)
        return replace(now, columns=columns)
    known = {column.name: column for column in before.columns}
    columns = tuple(_merged_column(known.get(column.name), column) for column in now.columns)
    return replace(now, says=before.says or now.says, columns=columns)


def _merged_column(before: Column | None, now: Column) -> Column:
    if before is None:
        return replace(now, is_hidden=True)
    return replace(now, says=before.says or now.says, values=before.values, is_hidden=before.is_hidden)


async def _rows(
    connection: psycopg.AsyncConnection[tuple[Any, ...]], query: str, values: Sequence[object]
) -> list[tuple[Any, ...]]:
    return await (await connection.execute(query.encode(), values)).fetchall()


def _table(row: Sequence[Any], columns: Sequence[Sequence[Any]], keys: Sequence[Sequence[Any]]) -> Table:
    oid, schema, name, comment, estimate = row
    points = {
        here: f"{table}.{there}"
        for of, kind, own, table, others in keys
        if of == oid and kind == "f"
        for here, there in zip(own, others, strict=True)
    }
    return Table(
        name=f"{schema}.{name}",
        says=_sentence(comment),
        columns=tuple(
            Column(name=column, type=kind, says=_sentence(says), points_to=points.get(column, ""))
            for of, column, kind, says in columns
            if of == oid
        ),
        key=next((tuple(own) for of, kind, own, _, _ in keys if of == oid and kind == "p"), ()),
        rows=estimate if estimate >= 0 else None,
    )


async def _values(
    connection: psycopg.AsyncConnection[tuple[Any, ...]], table: Table, column: Column
) -> tuple[str, ...]:
    if not TEXTS.match(column.type) or looks_personal(column.name) or column.name in table.key:
        return ()
    query = sql.SQL("SELECT DISTINCT {column}::text FROM {table} WHERE {column} IS NOT NULL LIMIT %s").format(
        column=sql.Identifier(column.name), table=sql.Identifier(*table.name.split(".", 1))
    )
    found = await connection.execute(query, [FEW + 1])
    return few_values([row[0] for row in await found.fetchall()])


def few_values(found: Sequence[object]) -> tuple[str, ...]:
    """The values of a column when they are few, short, and look like nobody's address or number."""
    values = sorted(str(plain(value)) for value in found)
    if not values or len(values) > FEW:
        return ()
    if any(len(value) > LONGEST_VALUE or re.search(r"@|\d{5}", value) for value in values):
        return ()
    return tuple(values)


def _other_table(looking: Any, name: str) -> Table:
    # SQLAlchemy's inspector gives dictionaries whose values it does not type.
    keys: Sequence[Mapping[str, Any]] = looking.get_foreign_keys(name)
    points = {
        here: f"{key['referred_table']}.{there}"
        for key in keys
        for here, there in zip(key["constrained_columns"], key["referred_columns"], strict=False)
    }
    columns: Sequence[Mapping[str, Any]] = looking.get_columns(name)
    return Table(
        name=name,
        columns=tuple(
            Column(
                name=str(column["name"]),
                type=str(column["type"]).lower(),
                says=_sentence(column.get("comment")),
                points_to=points.get(str(column["name"]), ""),
            )
            for column in columns
        ),
        key=tuple(looking.get_pk_constraint(name).get("constrained_columns") or ()),
    )


def _sentence(text: object) -> str:
    return " ".join(str(text or "").split())[:500]
