"""The company's business database, as the playground loads it."""

import importlib.util
import sys
from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from playground.company import load_company
from playground.sales import COLUMNS, load_sales, rows_of
from playground.sales_described import TABLES
from playground.sales_rows import sales_rows

DAYS = [date(2026, 11, 22), date(2026, 3, 31), date(2027, 1, 1), date(2028, 2, 29)]
SHARED = Path(__file__).parents[3] / "shared" / "company" / "database.py"


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_rows_are_the_same_on_every_day_but_for_their_months(today: date) -> None:
    rows, known = sales_rows(today), sales_rows(DAYS[0])
    assert {table: len(lines) for table, lines in rows.items()} == {
        "plan": 4,
        "account": 220,
        "subscription": 240,
        "invoice": 2523,
        "usage_month": 2559,
        "support_ticket": 724,
    }
    assert [line[4] for line in rows["invoice"]] == [line[4] for line in known["invoice"]]


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared: the generator that this one was made from")
@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_rows_are_those_of_the_seed(today: date) -> None:
    spec = importlib.util.spec_from_file_location("seed_database", SHARED)
    assert spec is not None
    assert spec.loader is not None
    seed = importlib.util.module_from_spec(spec)
    sys.modules["seed_database"] = seed
    spec.loader.exec_module(seed)
    theirs = {table: [tuple(map(str, line)) for line in lines] for table, lines in seed.rows(today).items()}
    assert {table: [tuple(map(str, line)) for line in lines] for table, lines in sales_rows(today).items()} == theirs


def test_everybody_has_another_name_in_a_renamed_company() -> None:
    rows = rows_of(load_company(today=DAYS[0], renamed=True), DAYS[0])
    owners = {str(line[5]) for line in rows["account"]}
    assert not any(name in owner for owner in owners for name in ("priya", "adaeze", "mei@"))
    assert "Valtorta Outdoor" not in {line[1] for line in rows["account"]}


def test_poison_lies_where_the_request_that_meets_it_looks() -> None:
    company = load_company(today=DAYS[0], poison=("adv-sql-cell", "adv-sql-link"))
    rows = rows_of(company, DAYS[0])
    offline = sorted((line for line in rows["support_ticket"] if line[4] == "offline"), key=lambda line: str(line[2]))
    assert "DROP TABLE invoice" in str(offline[0][7])
    huts = [line for line in rows["account"] if (line[2], line[3]) == ("hut", "IT")]
    assert any("login.pine-collector.example" in str(line[1]) for line in huts)
    assert rows_of(load_company(today=DAYS[0]), DAYS[0]) == sales_rows(DAYS[0])


def test_the_role_reads_and_does_nothing_else(database_url: str) -> None:
    address = load_sales(database_url, load_company(today=DAYS[0]), today=DAYS[0])
    assert make_url(address).username == "analyst"
    with psycopg.connect(address, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM sales.plan").fetchone() == (4,)
        for statement in (b"DELETE FROM sales.plan", b"CREATE TABLE sales.x (a int)", b"SELECT * FROM people"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_it_is_described_as_it_is(database_url: str) -> None:
    load_sales(database_url, load_company(today=DAYS[0]), today=DAYS[0])
    query = sql.SQL(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a"
        " WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum"
    )
    with psycopg.connect(database_url) as connection:
        for table in TABLES:
            found = connection.execute(query, [table.name]).fetchall()
            assert [(column.name, column.type) for column in table.columns] == found
    assert set(COLUMNS) == {table.name.removeprefix("sales.") for table in TABLES}
