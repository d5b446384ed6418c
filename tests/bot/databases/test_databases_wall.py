"""sql_wall: what is hostile is refused by the wall, and harmless where the wall is off."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql as psql
from pydantic import SecretStr

from bot.databases.address import Reach
from bot.databases.rows import Away, Failed, Limits, Rows
from bot.databases.run import Sources
from bot.databases.walls import LONGEST, Refused, checked
from playground.sales_described import TABLES
from tests.bot.databases.hostile import HARMFUL, HOSTILE, MALFORMED, NAMED
from tests.fakes.sales import owner_address

OPEN = tuple(
    replace(table, columns=tuple(replace(one, is_hidden=one.name == "owner") for one in table.columns))
    for table in TABLES
)
"""The company's tables, with the people who look after organisations hidden."""
OWNED = Path("/tmp/pinyon-owned")  # noqa: S108  what the statements would write

COUNT = psql.SQL("SELECT count(*), max(t::text) FROM {} t")
ALLOWED = (
    ("SELECT * FROM account LIMIT 3", "SELECT account.account_id, account.name,"),
    ("TABLE plan", "SELECT plan.plan_id, plan.name,"),
    ("SELECT a.*, p.name AS plan FROM account a CROSS JOIN plan p", "a.created_on, p.name AS plan"),
    ("WITH m AS (SELECT month, sum(amount) AS x FROM invoice GROUP BY month) SELECT m.* FROM m", "FROM sales.invoice"),
    ("SELECT created_on AT TIME ZONE 'UTC' FROM account", "timezone"),
    ("SELECT array[1, 2], x.a[1] FROM (SELECT array[1, 2] AS a) x", "ARRAY[1, 2]"),
    ("SELECT n FROM generate_series(1, 3) AS n -- the end", "generate_series(1, 3)"),
    ("SELECT g::date AS m FROM generate_series(current_date - 3, current_date, '1 day') AS g", "AS date) AS m"),
    ("SELECT 'a;b -- c', 'it''s', $$x$$;", "'a;b -- c', 'it''s', 'x'"),
    ("SELECT name FROM account WHERE name ILIKE '%hut' AND country IN ('IT', 'AT')", "FROM sales.account"),
    ("SELECT sales.account.name FROM sales.account", "sales.account.name"),
    ("SELECT segment FROM account UNION SELECT topic FROM support_ticket ORDER BY segment", "UNION"),
    ("SELECT CASE WHEN rating > 3 THEN 'good' END AS kind, count(*) FROM support_ticket GROUP BY kind", "kind"),
    ("SELECT t.n FROM account a CROSS JOIN LATERAL (SELECT a.name AS n) AS t", "LATERAL"),
    ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY rating) FROM support_ticket", "WITHIN GROUP"),
)


@pytest.fixture
def sources() -> Sources:
    return Sources(Reach(sockets=True), Limits(seconds=0.5))


async def asked(sources: Sources, sales: SecretStr, statement: str) -> Rows | Exception:
    """What comes of a statement with the wall off."""
    try:
        return await sources.run(sales, statement)
    except (Failed, Away) as error:
        return error


def everything(postgres: str) -> tuple[object, ...]:
    """All that a statement could have changed."""
    with psycopg.connect(owner_address(postgres)) as connection:
        counts = [
            connection.execute(COUNT.format(psql.Identifier(*table.name.split(".")))).fetchone() for table in TABLES
        ]
        objects = connection.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_'"
        ).fetchone()
        large = connection.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone()
        return (*counts, objects, large, OWNED.exists())


def test_there_are_the_sixteen_and_sixty_more() -> None:
    """sql_wall"""
    assert len(NAMED) == 16
    assert len(set(HOSTILE)) >= 16 + 60


@pytest.mark.parametrize("sql", HOSTILE, ids=[f"{n} {sql[:40]!r}" for n, sql in enumerate(HOSTILE)])
def test_the_wall_refuses(sql: str) -> None:
    """sql_wall"""
    with pytest.raises(Refused) as refused:
        checked(sql, "postgresql", OPEN)
    assert str(refused.value).endswith((".", ")")) or "has" in str(refused.value), "a sentence that helps to mend it"


async def test_with_the_wall_off_the_role_the_transaction_and_the_clock_hold(
    sources: Sources, sales: SecretStr, postgres: str
) -> None:
    """sql_wall: the same statements, past the wall."""
    before = everything(postgres)
    for sql in HARMFUL:
        outcome = await asked(sources, sales, sql)
        if isinstance(outcome, Rows):
            assert not any(
                "SCRAM-SHA-256$" in str(cell) or "root:" in str(cell) for row in outcome.rows for cell in row
            ), sql
    assert everything(postgres) == before


async def test_with_the_wall_off_two_statements_are_none(sources: Sources, sales: SecretStr) -> None:
    """sql_wall: breaking out of the brackets does not make a second statement."""
    for sql in MALFORMED:
        outcome = await asked(sources, sales, sql.replace("\x00", ""))
        assert isinstance(outcome, Failed | Away | Rows)
        assert not isinstance(outcome, Rows) or not outcome.columns or len(outcome.rows) < 2


@pytest.mark.parametrize(("sql", "part"), ALLOWED)
async def test_what_is_honest_runs(sources: Sources, sales: SecretStr, sql: str, part: str) -> None:
    text = checked(sql, "postgresql", OPEN)
    assert part in text
    assert "owner" not in text
    await sources.run(sales, text)


async def test_every_name_is_written_in_full(sales: SecretStr) -> None:
    """sql_wall: a table of the same name elsewhere on the search path is never meant."""
    text = checked("SELECT a.name FROM account a JOIN subscription USING (account_id)", "postgresql", OPEN)
    assert "sales.account AS a" in text
    assert "sales.subscription" in text


def test_a_function_of_somebody_elses_is_never_meant() -> None:
    """sql_wall: functions are pg_catalog's, whatever stands in another schema."""
    with pytest.raises(Refused, match=r"sales\.lower"):
        checked("SELECT sales.lower(name) FROM account", "postgresql", OPEN)


PIECES = ("(", ")", ";", "--", "/*", "*/", "'", '"', "$$", ",", ".", "\n", " ", "SELECT", "FROM", "AS", "UNION", "::")


@given(
    hostile=st.sampled_from(HOSTILE[: -len(MALFORMED)]),
    at=st.floats(0, 1),
    piece=st.sampled_from(PIECES),
    how=st.sampled_from(["insert", "cut", "upper", "double", "comment", "wrap"]),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_mutation_of_what_is_hostile_reaches_what_is_closed(hostile: str, at: float, piece: str, how: str) -> None:
    """sql_wall: what passes after a change is a SELECT over open tables, and passes again as it was written."""
    place = round(at * len(hostile))
    mutated = {
        "insert": hostile[:place] + piece + hostile[place:],
        "cut": hostile[:place],
        "upper": hostile.swapcase(),
        "double": f"{hostile} {hostile}",
        "comment": hostile.replace(" ", "/**/"),
        "wrap": f"SELECT * FROM ({hostile}) AS x",  # noqa: S608
    }[how]
    try:
        text = checked(mutated, "postgresql", OPEN)
    except Refused:
        return
    assert checked(text, "postgresql", OPEN) == text
    assert_harmless(text)


def assert_harmless(text: str) -> None:
    """Look at a statement that passed, by another way than the wall's."""
    from pglast import parse_sql

    [statement] = parse_sql(text)
    nodes = [*_walk(statement(skip_none=True)["stmt"])]
    kinds = {str(node["@"]) for node in nodes}
    assert not any(kind.endswith("Stmt") and kind != "SelectStmt" for kind in kinds)
    assert not kinds & {"IntoClause", "LockingClause", "RangeTableSample", "ParamRef"}
    with_ = {f"None.{node['ctename']}" for node in nodes if node["@"] == "CommonTableExpr"}
    tables = {f"{node.get('schemaname')}.{node['relname']}" for node in nodes if node["@"] == "RangeVar"}
    assert tables <= {table.name for table in TABLES} | with_
    called = {str(node["funcname"][-1]["sval"]) for node in nodes if node["@"] == "FuncCall"}
    assert not any(name.startswith(("pg_", "lo_", "dblink", "set", "query_to")) for name in called)
    columns = {str(part.get("sval")) for node in nodes if node["@"] == "ColumnRef" for part in node["fields"]}
    assert "owner" not in columns


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        tree = cast("dict[str, Any]", value)
        if "@" in tree:
            yield tree
        for part in tree.values():
            yield from _walk(part)
    elif isinstance(value, list | tuple):
        for part in cast("list[Any]", value):
            yield from _walk(part)


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_is_refused_or_a_select(text: str) -> None:
    """sql_wall"""
    try:
        assert_harmless(checked(text, "postgresql", OPEN))
    except Refused:
        return


def test_a_long_or_deep_text_never_reaches_the_parser() -> None:
    """cost_dos: the parsers recurse in C, and a text of a hundred thousand characters ends the process."""
    for text in ("SELECT 1" + "+1" * LONGEST, "(" * LONGEST, "SELECT " + "- " * LONGEST + "1"):
        with pytest.raises(Refused):
            checked(text, "postgresql", OPEN)


def test_nothing_was_written_on_this_machine() -> None:
    """sql_wall"""
    assert not OWNED.exists()
