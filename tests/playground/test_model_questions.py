"""The demo model's SQL, run where it is meant to: each question against the company's real database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from playground.company import load_company
from playground.model.demo.found.database import Database, Field, Meaning, Relation, Term
from playground.model.demo.query.question import Question, question_in
from playground.sales import load_sales
from playground.sales_described import NOTES, TABLES, TERMS

TODAY = datetime.now(UTC).date()
NAME = "test_model_questions"
SALES = Database(
    name="Sales",
    notes=NOTES,
    tables=tuple(
        Relation(
            name=table.name,
            means=table.says,
            fields=tuple(
                Field(name=one.name, type=one.type, means=one.says, values=one.values, points_to=one.points_to)
                for one in table.columns
            ),
        )
        for table in TABLES
    ),
    terms=tuple(
        Term(words=term.words, meanings=tuple(Meaning(names=one.names, says=one.says) for one in term.meanings))
        for term in TERMS
    ),
)


@pytest.fixture(scope="module")
def sales(postgres: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    url = make_url(postgres).set(database=NAME).render_as_string(hide_password=False)
    with psycopg.connect(load_sales(url, load_company(today=TODAY))) as analyst:
        yield analyst
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(NAME)))


def asked(text: str) -> Question:
    question = question_in(text, SALES, TODAY)
    assert question is not None, text
    return question


def rows(sales: psycopg.Connection, text: str) -> list[tuple[Any, ...]]:
    return sales.execute(asked(text).sql.encode()).fetchall()


def test_customers_are_counted_as_they_are_defined(sales: psycopg.Connection) -> None:
    assert rows(sales, "how many customers do we have rn") == [(163,)]
    assert rows(sales, "how many trials are there?") == [(5,)]


def test_what_was_invoiced_is_told_by_plan_with_the_most_first(sales: psycopg.Connection) -> None:
    assert rows(sales, "what did we invoice last month and which plan brings most") == [
        ("Region", Decimal("14593.50"), 22),
        ("Summit", Decimal("7632.00"), 33),
        ("Ridge", Decimal("3570.80"), 47),
        ("Trailhead", Decimal("1837.15"), 66),
    ]


def test_a_plan_change_is_no_loss(sales: psycopg.Connection) -> None:
    assert rows(sales, "how many did we lose in the last 3 full months, by reason") == [
        ("season ended", 7),
        ("went with a competitor", 5),
        ("closed the business", 3),
        ("missing feature", 2),
        ("too expensive", 2),
    ]


def test_months_each_are_told_in_their_order(sales: psycopg.Connection) -> None:
    found = rows(sales, "hows revenue: invoiced, last 3 months each")
    assert [amount for _, amount, *_ in found] == [Decimal("27161.35"), Decimal("27179.78"), Decimal("27633.45")]


def test_who_has_not_paid_is_listed_with_the_sum(sales: psycopg.Connection) -> None:
    found = rows(sales, "who hasn't paid yet, dont count this month. how much is it")
    assert (len(found), sum(row[1] for row in found), sum(row[2] for row in found)) == (23, 23, Decimal("1857.65"))


def test_a_share_is_of_both_sums_and_no_mean_of_shares(sales: psycopg.Connection) -> None:
    question = asked("failed packs in % per month, last 6 full months, as a chart")
    assert question.chart == "line"
    found = sales.execute(question.sql.encode()).fetchall()
    assert [float(percent) for _, percent in found] == [2.37, 3.18, 2.51, 2.66, 2.47, 2.78]


def test_hours_to_solve_are_of_what_was_solved(sales: psycopg.Connection) -> None:
    found = rows(sales, "avg hours to solve a ticket by severity over the last 12 full months (only solved ones)")
    assert [(severity, count, float(hours)) for severity, hours, count in found] == [
        (1, 33, 4.5),
        (2, 111, 15.0),
        (3, 219, 44.2),
        (4, 160, 75.9),
    ]


def test_rows_are_listed_by_their_kind_and_country(sales: psycopg.Connection) -> None:
    found = rows(sales, "list hut accounts in italy")
    assert found
    assert all(row[2:4] == ("hut", "IT") for row in found)
    oldest = rows(sales, "show me the ten oldest tickets about offline")
    assert len(oldest) == 10
    assert [row[1] for row in oldest] == sorted(row[1] for row in oldest)
    assert all("offline" in row for row in oldest)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("how many customers per segment?", ["count(DISTINCT", "'active'", "account.segment"]),
        ("customers by country as a chart", ["account.country", "'active'"]),
        ("how many customers are on Summit?", ["plan.name = 'Summit'"]),
        ("what was paid last month", ["paid_on IS NOT NULL", "interval '1 month'"]),
        ("invoiced this year by month", ["date_trunc('month', invoice.month)", "date_trunc('year', current_date)"]),
        ("map loads per month in 2026", ["sum(usage_month.map_loads)", "DATE '2026-01-01'"]),
        ("how many tickets per topic last quarter", ["support_ticket.topic", "interval '3 months'"]),
        ("how many tickets with severity 1 are open?", ["severity = 1", "solved_at IS NULL"]),
        ("tickets by platform in the last 4 weeks", ["support_ticket.platform", "interval '4 weeks'"]),
        ("average rating of tickets by topic", ["avg(support_ticket.rating)", "support_ticket.topic"]),
        ("which plans are there?", ["plan.monthly_fee"]),
        ("tickets about password", ["ILIKE '%password%'"]),
        ("how many customers cancelled since march", ["cancelled_on >= DATE", "<> 'changed plan'"]),
        ('list tickets about "o\'hara; drop table x"', ["ILIKE '%o''hara; drop table x%'"]),
    ],
)
def test_other_questions_are_one_select_that_runs(sales: psycopg.Connection, text: str, parts: list[str]) -> None:
    statement = asked(text).sql
    assert all(part in statement for part in parts), statement
    sales.execute(statement.encode()).fetchall()


@pytest.mark.parametrize("text", ["what is the weather", "how are you", "which colour sells best"])
def test_what_fits_nothing_is_no_question(text: str) -> None:
    assert question_in(text, SALES, TODAY) is None
