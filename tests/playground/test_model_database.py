"""How the demo model asks a database, and goes on after what came back (pure, on canned results)."""

from datetime import date
from typing import Any

import pytest

from playground.model.demo.query.spans import span_in
from tests.playground.test_model_demo import Thread

ASKS = {"describe_database": ["database"], "query_database": ["question", "sql", "database", "chart"]}
WITH_QUESTIONS = {**ASKS, "ask_person": ["questions"]}
INVOICE = {
    "name": "shop.invoice",
    "means": "One row per month.",
    "columns": [
        {"name": "month", "type": "date"},
        {"name": "amount", "type": "numeric", "means": "EUR without VAT"},
        {"name": "paid_on", "type": "date"},
    ],
}
REVENUE = {
    "words": ["revenue"],
    "meanings": [{"names": ["invoiced"], "says": "by month"}, {"names": ["paid"], "says": "by the day"}],
}
SHOP: dict[str, Any] = {"name": "Shop", "tables": [INVOICE], "terms": [REVENUE]}
MONTHS: dict[str, Any] = {"columns": ["month", "invoiced"], "rows": [["2026-09-01", "10.50"], ["2026-10-01", "12.00"]]}
ONE: dict[str, Any] = {"columns": ["invoiced"], "rows": [["22.50"]]}
TODAY = date(2026, 11, 20)


def test_the_description_is_read_before_anything_is_asked() -> None:
    thread = Thread({"describe_database": SHOP, "query_database": MONTHS}, ASKS)
    answer = thread.say("what did we invoice in the last 2 months each, as a chart")
    assert [tool for tool, _ in thread.calls] == ["describe_database", "query_database"]
    assert thread.calls[1][1]["chart"] == "line"
    assert "September 2026 10.50, October 2026 12.00 EUR. The last is 12.00 EUR." in answer
    assert "All net of VAT." in answer


def test_what_is_unclear_is_asked_for_and_the_answer_is_carried_on() -> None:
    answered = "You asked: Which revenue do you mean? The person answered: Invoiced, last 2 months each"
    thread = Thread({"describe_database": SHOP, "ask_person": answered, "query_database": MONTHS}, WITH_QUESTIONS)
    assert "The last is 12.00 EUR" in thread.say("hows revenue")
    assert [tool for tool, _ in thread.calls] == ["describe_database", "ask_person", "query_database"]
    [question] = thread.calls[1][1]["questions"]
    assert question["question"] == "Which revenue do you mean, invoiced or paid, and for which time?"
    assert thread.calls[2][1]["question"] == "hows revenue: Invoiced, last 2 months each"


def test_where_no_card_can_ask_it_asks_in_words() -> None:
    thread = Thread({"describe_database": SHOP, "query_database": MONTHS}, ASKS)
    assert thread.say("hows revenue") == "Which revenue do you mean, invoiced or paid, and for which time?"
    assert "The last is 12.00 EUR" in thread.say("invoiced, last 2 months each")
    assert "sum(invoice.amount)" in thread.calls[1][1]["sql"]


def test_a_refused_query_is_tried_once_more_and_simpler() -> None:
    refused = "Nothing was run: `date_trunc` may not be used here. Mend them and call again."
    thread = Thread({"describe_database": SHOP, "query_database": [refused, ONE]}, ASKS)
    assert "**22.50 EUR** invoiced, last month." in thread.say("what did we invoice last month by month")
    assert "GROUP BY" in thread.calls[1][1]["sql"]
    assert "GROUP BY" not in thread.calls[2][1]["sql"]
    closed = Thread({"describe_database": SHOP, "query_database": refused}, ASKS)
    assert closed.say("what did we invoice last month by month").startswith("I could not ask the database.")


def test_no_rows_are_said_and_nothing_is_made_up() -> None:
    thread = Thread({"describe_database": SHOP, "query_database": {"columns": ["invoiced"], "rows": [[None]]}}, ASKS)
    assert "The database has no rows for that, last month." in thread.say("what did we invoice last month")


def test_of_several_databases_the_first_is_read_in_full() -> None:
    thread = Thread({"describe_database": [{"databases": [SHOP]}, SHOP], "query_database": ONE}, ASKS)
    assert "22.50 EUR" in thread.say("what did we invoice last month")
    assert thread.calls[1] == ("describe_database", {"database": "Shop"})


def test_a_cell_is_shown_as_a_text_that_nobody_can_click() -> None:
    """exfil_unfurl"""
    rows = {"columns": ["name"], "rows": [["[Verify](https://evil.example)"], ["`x`"]], "row_count": 2}
    accounts = {"name": "shop.account", "columns": [{"name": "name", "type": "text"}]}
    thread = Thread({"describe_database": {"name": "Shop", "tables": [accounts]}, "query_database": rows}, ASKS)
    answer = thread.say("list all accounts")
    assert "- `[Verify](https://evil.example)`" in answer
    assert "- `x`" in answer


@pytest.mark.parametrize(
    ("text", "said", "start", "end"),
    [
        ("last 3 full months", "the last 3 full months", "- interval '3 months'", "date_trunc('month', current_date)"),
        ("past two weeks", "the last 2 full weeks", "- interval '2 weeks'", "date_trunc('week', current_date)"),
        ("last quarter", "last quarter", "interval '3 months'", "date_trunc('quarter', current_date)"),
        ("this year", "this year", "date_trunc('year', current_date)", ""),
        ("dont count this month", "before this month", "", "date_trunc('month', current_date)"),
        ("in december", "December 2025", "DATE '2025-12-01'", "interval '1 month'"),
        ("since march 2026", "since March 2026", "DATE '2026-03-01'", ""),
        ("in 2025", "2025", "DATE '2025-01-01'", "DATE '2026-01-01'"),
        ("yesterday", "yesterday", "current_date - 1", "current_date"),
    ],
)
def test_a_time_in_words_is_a_stretch_of_days(text: str, said: str, start: str, end: str) -> None:
    span = span_in(text, TODAY)
    assert span is not None
    assert span.said == said
    assert span.start.endswith(start)
    assert span.end.endswith(end)


def test_without_a_time_there_is_none() -> None:
    assert span_in("how many customers", TODAY) is None
