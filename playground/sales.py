"""The company's business database: loaded into a PostgreSQL, with a role that can only read, and described."""

import re
from collections.abc import Mapping
from datetime import date, datetime

import psycopg
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from memory.databases import Databases, KnownDatabase, new_id
from memory.ids import PersonId, WorkspaceId, workspace_of
from playground.company import FOLDER, Company, Poison
from playground.sales_described import EXAMPLES, NAME, NOTES, TABLES, TERMS
from playground.sales_rows import Row, sales_rows

SCHEMA, ROLE = "sales", "analyst"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    table.name.removeprefix(f"{SCHEMA}."): tuple(column.name for column in table.columns) for table in TABLES
}
_PLACE = re.compile(r"(\w+) of (\w+) (\d+)")
"""Where a poisoned cell is: "subject of ticket 12"."""


def load_sales(url: str, company: Company, *, today: date | None = None) -> str:
    """Load the database into the PostgreSQL at `url`, whose role may make schemas and roles; the role's own URL.

    Rows are moved to `today`, the server's day unless another is given, because questions say `current_date`. People
    are called as in `company`, and its poison lies in its cells.
    """
    with psycopg.connect(url) as connection:
        day = today or _server_day(connection)
        connection.execute("DROP SCHEMA IF EXISTS sales CASCADE")
        connection.execute((FOLDER / "database.sql").read_bytes())
        for table, rows in rows_of(company, day).items():
            _copy(connection, table, rows)
        _grant(connection)
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE")
    return make_url(url).set(username=ROLE).render_as_string(hide_password=False)


def rows_of(company: Company, today: date) -> dict[str, list[Row]]:
    """Return every table's rows as this company has them: renamed and poisoned where it is."""
    rows = sales_rows(today)
    rows["account"] = [
        (number, company.renamed(str(name)), segment, country, created, company.renamed(str(owner)))
        for number, name, segment, country, created, owner in rows["account"]
    ]
    for item in company.poison:
        if item.place.startswith("sql:"):
            _lay_over(rows, item)
    return rows


async def set_up_sales(databases: Databases, url: str, *, by: PersonId, now: datetime) -> KnownDatabase:
    """Open the database at `url` for everybody in the workspace of `by`, described."""
    known = described_sales(workspace_of(by), by=by, now=now)
    await databases.add(known, SecretStr(url))
    return known


def described_sales(workspace: WorkspaceId, *, by: PersonId, now: datetime) -> KnownDatabase:
    """Return the connection "Sales" as its experts described it."""
    return KnownDatabase(
        id=new_id(workspace),
        workspace=workspace,
        name=NAME,
        dialect="postgresql",
        server="the playground's own",
        tables=TABLES,
        terms=TERMS,
        examples=EXAMPLES,
        notes=NOTES,
        changed_by=by,
        changed_at=now,
    )


def _server_day(connection: psycopg.Connection) -> date:
    row = connection.execute("SELECT current_date").fetchone()
    assert row is not None  # noqa: S101 - a SELECT without a table has one row
    day: date = row[0]
    return day


def _copy(connection: psycopg.Connection, table: str, rows: list[Row]) -> None:
    into = sql.SQL("COPY {} FROM stdin").format(sql.Identifier(SCHEMA, table))
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)


def _grant(connection: psycopg.Connection) -> None:
    """Let the role read the schema's tables, and nothing else."""
    role, schema = sql.Identifier(ROLE), sql.Identifier(SCHEMA)
    # Roles belong to the whole server: another playground on it may have made this one, or makes it now.
    make = sql.SQL("DO $$ BEGIN CREATE ROLE {} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$")
    connection.execute(make.format(role))
    for statement in (
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
    ):
        connection.execute(sql.SQL(statement).format(role=role, schema=schema))


def _lay_over(rows: dict[str, list[Row]], item: Poison) -> None:
    """Put a planted text into its cell, and its row where the request that meets it looks."""
    table = item.place.removeprefix("sql:")
    found = _PLACE.match(item.how)
    if found is None:
        raise ValueError(f"adversarial.yaml: {item.id} must say its cell as 'column of thing 12', got {item.how!r}")
    changes: dict[str, str | date] = {found[1]: item.text}
    if table == "support_ticket":
        changes |= {"topic": "offline", "opened_at": min(row[2] for row in rows[table] if isinstance(row[2], date))}
    else:
        changes |= {"segment": "hut", "country": "IT"}
    columns = COLUMNS[table]
    rows[table] = [
        tuple(changes.get(name, cell) for name, cell in zip(columns, row, strict=True))
        if row[0] == int(found[3])
        else row
        for row in rows[table]
    ]
