"""What is wrong with the role by which a database is asked, in words and with the lines that mend it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from bot.databases.postgres_run import opened
from bot.databases.rows import Away, Limits

Kind: TypeAlias = Literal["refuse", "warn", "fine"]
FILES = ("pg_execute_server_program", "pg_read_server_files", "pg_write_server_files")
"""Roles of PostgreSQL's that reach the server's own files and programs (`COPY … PROGRAM`)."""
WIDE = ("pg_write_all_data", "pg_signal_backend", "pg_read_all_data", "pg_monitor", "pg_maintain", "pg_checkpoint")
NAMED = 5
"""Tables that a sentence names."""
ROLE = """
SELECT current_user, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
  has_table_privilege('pg_catalog.pg_authid', 'SELECT'),
  ARRAY(SELECT r.rolname::text FROM pg_catalog.pg_roles r WHERE r.rolname ~ '^pg_'
    AND pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER'))
FROM pg_catalog.pg_roles WHERE rolname = current_user
"""
WRITES = """
SELECT n.nspname, c.relname, pg_catalog.pg_has_role(current_user, c.relowner, 'MEMBER')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\\_%' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND (pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
    OR pg_catalog.has_any_column_privilege(c.oid, 'INSERT, UPDATE'))
ORDER BY 1, 2
"""
MAKES = """
SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
  AND pg_catalog.has_schema_privilege(oid, 'CREATE') ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing about a role."""

    kind: Kind
    said: str
    mend: tuple[str, ...] = ()
    """Lines of SQL for whoever looks after the database."""


async def check_postgres(url: URL, limits: Limits) -> tuple[Finding, ...]:
    """What is wrong with the role of `url`, worst first; one fine finding when nothing is. Raises Away."""
    try:
        async with opened(url, limits) as connection:
            [facts] = await _rows(connection, ROLE)
            writes, makes = await _rows(connection, WRITES), await _rows(connection, MAKES)
    except Away as error:
        if "everything" not in str(error):
            raise
        return (_superuser(url),)
    found = (*_refused(facts), *_wide(facts), *_writing(str(facts[0]), writes), *_making(str(facts[0]), makes))
    return found or (Finding(kind="fine", said="The role can only read."),)


async def _rows(connection: psycopg.AsyncConnection[tuple[Any, ...]], query: str) -> list[tuple[Any, ...]]:
    return await (await connection.execute(query.encode())).fetchall()


def make_role(schemas: Sequence[str], database: str) -> tuple[str, ...]:
    """The lines that make a role which can only read these schemas."""
    each = [
        line
        for schema in schemas
        for line in (
            f"GRANT USAGE ON SCHEMA {_quoted(schema)} TO analyst;",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA {_quoted(schema)} TO analyst;",
        )
    ]
    return (
        "CREATE ROLE analyst LOGIN PASSWORD '…' NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;",
        "ALTER ROLE analyst SET default_transaction_read_only = on;",
        "ALTER ROLE analyst SET statement_timeout = '20s';",
        f"GRANT CONNECT ON DATABASE {_quoted(database)} TO analyst;",
        *each,
    )


def _superuser(url: URL) -> Finding:
    return Finding(
        kind="refuse",
        said="This role is a superuser: it may read and change everything, and run programs on the server.",
        mend=make_role(("public",), url.database or ""),
    )


def _refused(facts: Sequence[Any]) -> Iterator[Finding]:
    role, _, _, _, replicates, _, reads_passwords, members = facts
    if reads_passwords:
        yield Finding(
            kind="refuse",
            said="This role can read the passwords of the server's roles (pg_authid).",
            mend=(f"REVOKE ALL ON pg_catalog.pg_authid FROM {_quoted(role)};",),
        )
    for name in FILES:
        if name in members:
            yield Finding(
                kind="refuse",
                said=f"This role reaches files and programs of the server ({name}).",
                mend=(f"REVOKE {name} FROM {_quoted(role)};",),
            )
    if replicates:
        yield Finding(
            kind="refuse",
            said="This role may copy the whole server (replication).",
            mend=(f"ALTER ROLE {_quoted(role)} NOREPLICATION;",),
        )


def _wide(facts: Sequence[Any]) -> Iterator[Finding]:
    role, _, makes_roles, makes_databases, _, bypasses, _, members = facts
    for is_so, said, word in (
        (makes_roles, "make other roles", "NOCREATEROLE"),
        (makes_databases, "make databases", "NOCREATEDB"),
        (bypasses, "read past row security", "NOBYPASSRLS"),
    ):
        if is_so:
            mend = f"ALTER ROLE {_quoted(role)} {word};"
            yield Finding(kind="warn", said=f"This role may {said}; questions do not need it.", mend=(mend,))
    for name in WIDE:
        if name in members:
            mend = f"REVOKE {name} FROM {_quoted(role)};"
            yield Finding(kind="warn", said=f"This role has more than questions need ({name}).", mend=(mend,))


def _writing(role: str, tables: Sequence[Sequence[Any]]) -> Iterator[Finding]:
    if not tables:
        return
    names = [f"{schema}.{table}" for schema, table, _ in tables]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    schemas = sorted({str(schema) for schema, _, _ in tables})
    lines = [
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA {_quoted(schema)} FROM {_quoted(role)};"
        for schema in schemas
    ]
    owned = [name for name, (_, _, owns) in zip(names, tables, strict=True) if owns]
    if owned:
        lines.append(f"-- {role} owns {', '.join(owned[:NAMED])}: an owner can always write. Use another role.")
    yield Finding(
        kind="warn",
        said=f"This role can change rows in {', '.join(names[:NAMED])}{more}. Pinyon never does, but should not be able"
        " to.",
        mend=tuple(lines),
    )


def _making(role: str, schemas: Sequence[Sequence[Any]]) -> Iterator[Finding]:
    for (schema,) in schemas:
        yield Finding(
            kind="warn",
            said=f"This role can make tables and functions in {schema}.",
            mend=(f"REVOKE CREATE ON SCHEMA {_quoted(str(schema))} FROM {_quoted(role)}, PUBLIC;",),
        )


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string()
