"""The database skill's own judgement: what is unclear, and how results are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.database import shown
from skills.database.clarity import holds_any, unclear
from skills.database.client import Value


@dataclass(frozen=True)
class Means:
    names: Sequence[str]
    says: str = ""


@dataclass(frozen=True)
class Word:
    words: Sequence[str]
    meanings: Sequence[Means]


@dataclass(frozen=True)
class Rows:
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    is_cut: bool = False


REVENUE = Word(("revenue", "income"), (Means(("invoiced", "billed")), Means(("paid", "cash in"))))
CUSTOMER = Word(("customer",), (Means(("organisation that pays",)),))


def is_unclear(said: str, asked: str = "") -> bool:
    return bool([*unclear([REVENUE, CUSTOMER], said=said, asked=asked or said)])


@pytest.mark.parametrize(
    ("said", "asked", "is_so"),
    [
        ("hows revenue", "", True),
        ("Revenues?", "", True),
        ("INCOME by month", "", True),
        ("paid revenue", "", False),
        ("revenue as we billed it", "", False),
        ("how much cash in, of the revenue", "", False),
        ("what did we invoice", "", False),
        ("how many customers", "", False),
        ("hows revenue", "invoiced revenue of last month", True),
        ("and the month before?", "invoiced revenue of September", False),
        ("and the month before?", "revenue of September", True),
        ("incoming tickets", "", False),
        ("", "", False),
    ],
)
def test_a_term_of_several_meanings_is_unclear_until_the_person_says_which(said: str, asked: str, is_so: bool) -> None:  # noqa: FBT001
    assert is_unclear(said, asked) == is_so


@given(st.text(max_size=80), st.sampled_from(["invoiced", "billed", "paid", "cash in", "Paid", "INVOICED"]))
@settings(max_examples=100, deadline=None)
def test_who_names_a_meaning_is_never_asked_for_it(around: str, named: str) -> None:
    assert not is_unclear(f"{around} revenue {named} ")


@given(st.text(max_size=80), st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_what_the_model_writes_never_chooses_a_term_that_the_person_used(said: str, asked: str) -> None:
    if not any(holds_any(said, meaning.names, loosely=True) for meaning in REVENUE.meanings):
        assert is_unclear(f"{said} revenue", f"{asked} paid revenue")


def test_decimals_keep_their_digits_and_midnights_that_nobody_meant_are_left_out() -> None:
    found = Rows(("month", "paid", "at"), [("2026-10-01 00:00:00", Decimal("14593.50"), "2026-10-01 08:00:00")])
    assert shown.cells(found) == (("2026-10-01", "14593.50", "2026-10-01 08:00:00"),)
    mixed = Rows(("at",), [("2026-10-01 00:00:00",), ("2026-10-01 08:00:00",), (None,)])
    assert shown.cells(mixed)[0] == ("2026-10-01 00:00:00",)


def test_a_cell_is_no_formula_in_a_spreadsheet() -> None:
    """inj_sources: what a customer wrote is never run by whoever opens the file."""
    found = Rows(("=x",), [("=HYPERLINK(1)",), ("-2+3",), ("-x",), ("@a",), (Decimal("-5.10"),)])
    text = shown.as_csv(found, shown.cells(found)).decode("utf-8-sig")
    cells = ["'=x", "'=HYPERLINK(1)", "'-2+3", "'-x", "'@a", "-5.10"]
    assert text.splitlines() == [f'"{cell}"' for cell in cells]


def test_a_model_reads_as_many_rows_as_it_can() -> None:
    many = Rows(("n",), [(n,) for n in range(500)])
    assert len(shown.for_model(shown.cells(many))) == 200
    long = Rows(("text",), [("x" * 5_000,) for _ in range(50)])
    assert len(shown.for_model(shown.cells(long))) == 3


def test_a_file_is_called_as_its_question() -> None:
    name = shown.file_name("Sales", "What did we invoice/bill last month?")
    assert name == "Sales What did we invoice bill last month.csv"
    assert len(shown.file_name("Sales", "x" * 400)) <= 64
    assert "/" not in shown.file_name("../..", "../../etc/passwd")


def test_a_chart_is_named_by_what_is_no_number() -> None:
    found = Rows(("n", "month", "share"), [(1, "2026-10-01", Decimal("2.5")), (2, "2026-11-01", None)])
    chart = shown.chart("line", "Title", found, shown.cells(found))
    assert chart.labels == ("Oct 2026", "Nov 2026")
    assert dict(chart.series) == {"n": (1.0, 2.0), "share": (2.5, None)}
