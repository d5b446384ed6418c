"""sql_limits: how much a question may cost and bring, and what its failures say."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from bot.databases.address import BadAddress, Reach, is_inside, place, read_address
from bot.databases.describe import few_values, looks_personal, merged
from bot.databases.described import described
from bot.databases.rows import Away, Failed, Limits
from bot.databases.run import Sources
from bot.databases.walls import Refused, checked
from memory.databases import Column, Table
from memory.ids import PersonId, WorkspaceId
from playground.sales import described_sales
from playground.sales_described import TABLES
from tests.fakes.sales import owner_address

SOCKETS = Reach(sockets=True)


def sources(**limits: float) -> Sources:
    return Sources(SOCKETS, replace(Limits(), **limits))


async def failing(sales: SecretStr, sql: str, **limits: float) -> str:
    with pytest.raises(Failed) as failed:
        await sources(**limits).ask(sales, sql, TABLES)
    return str(failed.value)


async def test_no_more_rows_are_read_than_may_be(sales: SecretStr) -> None:
    """sql_limits"""
    found = await sources(rows=100).ask(sales, "SELECT * FROM invoice", TABLES)
    assert (len(found.rows), found.is_cut) == (100, True)
    found = await sources(rows=4).ask(sales, "SELECT name FROM plan LIMIT 999999", TABLES)
    assert (len(found.rows), found.is_cut) == (4, False)


async def test_no_more_bytes_are_read_than_may_be(sales: SecretStr) -> None:
    """sql_limits"""
    found = await sources(bytes=2_000).ask(sales, "SELECT * FROM support_ticket", TABLES)
    assert found.is_cut
    assert 0 < len(found.rows) < 100


async def test_a_row_that_is_too_large_never_arrives(sales: SecretStr) -> None:
    """sql_limits"""
    sql = "SELECT string_agg(a.name || b.name, '') FROM account a CROSS JOIN account b"
    assert "larger than may be read" in await failing(sales, sql, row_bytes=100_000)


async def test_the_order_of_the_question_is_kept(sales: SecretStr) -> None:
    found = await sources().ask(sales, "SELECT amount FROM invoice ORDER BY amount DESC, invoice_id", TABLES)
    amounts = [row[0] for row in found.rows]
    assert amounts == sorted(amounts, reverse=True)  # pyright: ignore[reportArgumentType]: numbers all
    assert len(amounts) > 2_000


async def test_what_takes_too_long_is_stopped_on_the_server_too(sales: SecretStr, postgres: str) -> None:
    """sql_limits"""
    sql = "SELECT count(*) FROM generate_series(1, 30000000) AS a(n) WHERE md5(n::text) = 'none'"
    assert "took too long" in await failing(sales, sql, seconds=0.3)
    with psycopg.connect(owner_address(postgres)) as connection:
        found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'analyst'").fetchone()
    assert found == (0,)


async def test_what_would_cost_too_much_is_not_begun(sales: SecretStr) -> None:
    """sql_limits"""
    sql = "SELECT count(*) FROM invoice a CROSS JOIN invoice b CROSS JOIN invoice c"
    assert "read too much" in await failing(sales, sql)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT name::int FROM account", "cannot be read as the type"),
        ("SELECT count(*) FROM account WHERE name::date > current_date", "is no date"),
        ("SELECT 1 / (account_id - account_id) FROM account", "divided by zero"),
        ("SELECT (SELECT name FROM account) AS x", "more than one row"),
        ("SELECT lower(name, 3) FROM account", "does not exist"),
    ],
)
async def test_a_failure_tells_how_to_mend_it_and_no_value_of_a_row(sales: SecretStr, sql: str, said: str) -> None:
    """sql_limits: PostgreSQL quotes the value that it could not read, which may be of a row nobody asked for."""
    told = await failing(sales, sql)
    assert said in told
    names = [str(row[0]) for row in (await sources().ask(sales, "SELECT name FROM account", TABLES)).rows]
    assert not any(name in told for name in names)


async def test_a_role_without_a_right_is_said_to_the_admins(sales: SecretStr, postgres: str) -> None:
    with psycopg.connect(owner_address(postgres), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS sales.secret_wages (wage int)")
    wages = Table(name="sales.secret_wages", columns=(Column(name="wage", type="integer"),))
    with pytest.raises(Away, match="may not read"):
        await sources().ask(sales, "SELECT wage FROM secret_wages", (wages,))


async def test_a_superuser_asks_nothing(postgres: str) -> None:
    """sql_wall: whatever was saved once, the role is looked at each time."""
    with pytest.raises(Away, match="may do everything"):
        await sources().ask(SecretStr(owner_address(postgres)), "SELECT name FROM plan", TABLES)


async def test_a_database_that_is_away_is_said_without_its_address() -> None:
    with pytest.raises(Away) as away:
        await Sources().run(SecretStr("postgresql://someone:canary@127.0.0.1:1/sales"), "SELECT 1")
    assert "canary" not in str(away.value)
    assert "someone" not in str(away.value)


async def test_questions_at_once_take_turns(sales: SecretStr) -> None:
    one = sources(at_once=2)
    found = await asyncio.gather(*(one.ask(sales, "SELECT count(*) FROM invoice", TABLES) for _ in range(6)))
    assert {row.rows[0][0] for row in found} == {2523}


# Roles


async def test_a_role_that_can_write_is_warned_about_with_the_lines_that_mend_it(postgres: str) -> None:
    with psycopg.connect(owner_address(postgres), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS clerk")
        connection.execute("CREATE ROLE clerk LOGIN CREATEROLE")
        connection.execute("GRANT USAGE, CREATE ON SCHEMA sales TO clerk")
        connection.execute("GRANT SELECT, UPDATE ON sales.plan TO clerk")
        try:
            address = owner_address(postgres).replace("postgres:@", "clerk:@").replace("postgres@", "clerk@")
            findings = await sources().examine(SecretStr(address))
        finally:
            connection.execute("DROP OWNED BY clerk")
            connection.execute("DROP ROLE clerk")
    assert {finding.kind for finding in findings} == {"warn"}
    said = " ".join(finding.said for finding in findings)
    assert "change rows in sales.plan" in said
    assert "make other roles" in said
    assert "make tables and functions in sales" in said
    lines = [line for finding in findings for line in finding.mend]
    assert 'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA "sales" FROM "clerk";' in lines


async def test_a_role_that_reaches_files_is_refused(postgres: str) -> None:
    with psycopg.connect(owner_address(postgres), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN IN ROLE pg_execute_server_program")
        try:
            address = owner_address(postgres).replace("postgres:@", "reader:@").replace("postgres@", "reader@")
            findings = await sources().examine(SecretStr(address))
        finally:
            connection.execute("DROP ROLE reader")
    assert findings[0].kind == "refuse"
    assert "pg_execute_server_program" in findings[0].said


async def test_a_role_that_can_only_read_is_fine(sales: SecretStr) -> None:
    [finding] = await sources().examine(sales)
    assert (finding.kind, finding.said) == ("fine", "The role can only read.")


# Addresses


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "no address"),
        ("oracle://a:b@c/d", "cannot be asked"),
        ("postgresql://a:b@c", "names no database"),
        ("postgresql://c/d", "names no role"),
        ("postgresql://a:b@db.example.com/d?sslmode=disable", "talked out of encryption"),
        ("postgresql://a:b@db.example.com/d?sslmode=allow", "talked out of encryption"),
        ("postgresql://a:b@db.example.com/d?sslmode=prefer", "talked out of encryption"),
        ("postgresql://a:b@db.example.com/d?options=-c%20x", "Leave options out"),
        ("postgresql://a:b@db.example.com/d?service=x&passfile=y", "Leave passfile, service out"),
        ("postgresql://a:b@db.example.com/d?sslrootcert=/etc/passwd", "Leave sslrootcert out"),
        ("postgresql://a:b@db.example.com/d?host=/var/run", "Leave host out"),
        ("postgresql://a:b@/d?host=/var/run/postgresql", "socket"),
        ("postgresql://a:b@one,two/d", "one host name"),
        ("mysql://a:b@c/d?local_infile=1", "Leave local_infile out"),
        ("sqlite:////etc/passwd", "names no folder"),
    ],
)
def test_an_address_holds_nothing_that_we_do_not_know(address: str, said: str) -> None:
    with pytest.raises(BadAddress) as bad:
        read_address(address, Reach())
    assert said in str(bad.value)
    assert ":b@" not in str(bad.value)


def test_outside_of_the_company_nothing_travels_in_clear() -> None:
    assert read_address("postgresql://a:b@db.example.com/d", Reach()).query["sslmode"] == "require"
    assert read_address("postgres://a:b@10.0.0.5/d", Reach()).query["sslmode"] == "prefer"
    assert read_address("postgresql+psycopg://a:b@db/d?sslmode=verify-full", Reach()).query["sslmode"] == "verify-full"
    assert place(read_address("postgresql://a:b@db.example.com/d", Reach())) == "d on db.example.com"
    assert [host for host in ("db", "db.internal", "::1", "8.8.8.8", "db.example.com") if is_inside(host)] == [
        *("db", "db.internal", "::1")
    ]


# SQLite


@pytest.fixture
def shop(tmp_path: Path) -> Sources:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, mail TEXT)")
        connection.execute("CREATE TABLE sale (id INTEGER, customer_id INTEGER REFERENCES customer, amount NUMERIC)")
        connection.executemany("INSERT INTO customer VALUES (?, ?, ?)", [(1, "Alder", "a@x"), (2, "Birch", "b@x")])
        connection.executemany("INSERT INTO sale VALUES (?, ?, ?)", [(n, 1 + n % 2, n * 1.5) for n in range(10)])
    connection.close()
    return Sources(Reach(files=tmp_path), Limits(seconds=2.0, rows=100))


SHOP = SecretStr("sqlite:///shop.db")
SHOP_TABLES = (
    Table(
        name="customer",
        columns=(
            Column(name="id", type="integer"),
            Column(name="name", type="text"),
            Column(name="mail", type="text", is_hidden=True),
        ),
    ),
    Table(
        name="sale",
        columns=tuple(Column(name=name, type="integer") for name in ("id", "customer_id", "amount")),
    ),
)


async def test_sqlite_answers_too(shop: Sources) -> None:
    sql = (
        "SELECT c.name, sum(s.amount) AS total FROM sale s JOIN customer c ON c.id = s.customer_id"
        " GROUP BY c.name ORDER BY total DESC"
    )
    found = await shop.ask(SHOP, sql, SHOP_TABLES)
    assert (found.columns, found.rows) == (("name", "total"), (("Birch", 37.5), ("Alder", 30)))
    found = await shop.ask(SHOP, "SELECT * FROM customer", SHOP_TABLES)
    assert found.columns == ("id", "name"), "what is hidden is not shown by *"
    assert [table.name for table in await shop.tables(SHOP)] == ["customer", "sale"]
    assert (await shop.tables(SHOP))[1].columns[1].points_to.startswith("customer.")


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM sale",
        "DROP TABLE sale",
        "ATTACH DATABASE '/etc/passwd' AS x",
        "PRAGMA table_info(customer)",
        "VACUUM INTO '/tmp/x'",
        "SELECT mail FROM customer",
        "SELECT c.mail FROM customer c",
        "SELECT customer FROM customer",
        "SELECT rowid FROM customer",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pragma_table_info('customer')",
        "SELECT load_extension('x')",
        "SELECT readfile('/etc/passwd')",
        "SELECT randomblob(1000000000)",
        "SELECT printf('%1000000000d', 1)",
        "SELECT id FROM sale NATURAL JOIN customer",
        "SELECT 1 FROM customer JOIN (SELECT 'x' AS mail) AS d USING (mail)",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
        "SELECT 1; SELECT 2",
        "WITH x AS (SELECT 1 AS a) DELETE FROM sale",
        "SELECT x.a FROM (WITH sqlite_master AS (SELECT 1 AS a) SELECT a FROM sqlite_master) AS x, sqlite_master",
        "EXPLAIN SELECT 1",
        "SELECT 1 AS a FROM customer ORDER BY mail",
        "",
    ],
)
async def test_the_wall_for_other_databases_refuses(shop: Sources, sql: str) -> None:
    """sql_wall"""
    with pytest.raises(Refused):
        await shop.ask(SHOP, sql, SHOP_TABLES)


async def test_sqlite_can_only_read_with_the_wall_off(shop: Sources, tmp_path: Path) -> None:
    """sql_wall"""
    for sql in (
        "DELETE FROM sale",
        "DROP TABLE sale",
        "SELECT 1) AS x; DROP TABLE sale; SELECT (1",
        "PRAGMA query_only",
    ):
        with pytest.raises((Failed, Away)):
            await shop.run(SHOP, sql)
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        assert connection.execute("SELECT count(*) FROM sale").fetchone() == (10,)
    connection.close()


def test_a_file_elsewhere_is_not_opened(tmp_path: Path) -> None:
    for path in ("sqlite:////etc/passwd", "sqlite:///../x.db", "sqlite:///none.db", "sqlite://"):
        with pytest.raises(BadAddress):
            read_address(path, Reach(files=tmp_path))


def test_a_dialect_that_nobody_can_check_does_not_run() -> None:
    with pytest.raises(Refused, match="cannot be checked"):
        checked("SELECT 1", "oracle", ())


# Descriptions


async def test_descriptions_are_proposed_from_what_the_database_knows(sales: SecretStr) -> None:
    found = {table.name: table for table in await sources().tables(sales)}
    subscription = await sources().with_values(sales, found["sales.subscription"])
    assert subscription.says.startswith("One row per contract.")
    columns = {column.name: column for column in subscription.columns}
    assert columns["account_id"].points_to == "sales.account.account_id"
    assert columns["status"].values == ("active", "cancelled", "trial")
    account = await sources().with_values(sales, found["sales.account"])
    assert (account.key, account.rows) == (("account_id",), 220)
    assert {column.name: column.says for column in account.columns}["segment"] == "Kind of customer"


async def test_no_value_of_a_column_that_looks_personal_is_read(sales: SecretStr) -> None:
    for table in await sources().tables(sales):
        for column in (await sources().with_values(sales, table)).columns:
            assert not (column.values and looks_personal(column.name))
    assert looks_personal("owner_mail")
    assert looks_personal("ip_address")
    assert not looks_personal("platform")
    assert few_values(["a@b"]) == ()
    assert few_values([str(n) for n in range(20)]) == ()
    assert few_values(["b", "a"]) == ("a", "b")


def test_a_column_that_is_new_or_secret_stays_closed() -> None:
    """sql_wall: a table that grows opens nothing by itself."""
    before = Table(name="t", says="Ours", columns=(Column(name="a", type="text", says="A"),))
    now = Table(name="t", says="Theirs", columns=tuple(Column(name=name, type="text") for name in ("a", "b")))
    [table] = merged([before], [now], ["t"])
    assert [(one.name, one.says, one.is_hidden) for one in table.columns] == [("a", "A", False), ("b", "", True)]
    assert table.says == "Ours"
    [fresh] = merged([], [replace(now, columns=(*now.columns, Column(name="password_hash", type="text")))], ["t"])
    assert [one.is_hidden for one in fresh.columns] == [False, False, True]


def test_a_large_database_is_described_in_fewer_words() -> None:
    known = described_sales(WorkspaceId("T1"), by=PersonId("T1:U1"), now=datetime(2026, 11, 22, tzinfo=UTC))
    full, short = described(known, most=30_000), described(known, most=4_000)
    assert "examples" in full
    assert "examples" not in short
    assert described(known, most=10)["tables"] == [table.name for table in TABLES]
