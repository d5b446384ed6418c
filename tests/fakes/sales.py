"""The company's business database on the PostgreSQL of the test session, loaded once."""

from datetime import date
from functools import cache

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from playground.company import load_company
from playground.sales import load_sales

DATABASE = "sales_for_tests"
TODAY = date(2026, 11, 22)


@cache
def sales_address(postgres: str) -> str:
    """The address of the read-only role. Rows are moved to the server's own day, as questions say current_date."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(DATABASE)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    return load_sales(owner_address(postgres), load_company(today=TODAY))


def owner_address(postgres: str) -> str:
    """The address of the superuser in the same database."""
    return make_url(postgres).set(database=DATABASE).render_as_string(hide_password=False)


def server_day(address: str) -> date:
    """The day for which the rows were made."""
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT current_date").fetchone()
    assert row is not None
    day: date = row[0]
    return day
