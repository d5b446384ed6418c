"""Tables as files: real numbers and days, and never a formula (adv-csv-cell)."""

import csv
import re
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.writing import NotWritten, Sheet, write_csv, write_workbook
from documents.writing_sheet import csv as made_csv
from documents.writing_sheet import workbook
from documents.written import MAX_CELLS, Value

LIVE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1+1", '=HYPERLINK("//e")']
ROWS: tuple[tuple[Value, ...], ...] = (("Jan", 1204, "2026-11-22", None), ("Feb", 0.5, "2026-11-22T10:30", True))


def sheet(*rows: tuple[Value, ...], name: str = "Orders") -> Sheet:
    return Sheet(name=name, columns=("Month", "Orders", "Day", "Open"), rows=rows)


def as_csv(*cells: Value) -> str:
    body = orjson.dumps([{"name": "x", "columns": ["a"] * len(cells), "rows": [cells]}])
    return made_csv(body, {}).decode("utf-8-sig").split("\r\n", 1)[1]


def as_cells(*cells: Value) -> list[Any]:
    body = orjson.dumps([{"name": "x", "columns": ["a"] * len(cells), "rows": [cells]}])
    book = openpyxl.load_workbook(BytesIO(workbook(body, {})))
    return list(book.worksheets[0][2])


async def test_a_workbook_has_real_numbers_days_and_a_header_that_stays() -> None:
    body = await write_workbook([sheet(*ROWS), sheet(name="Second")])
    book = openpyxl.load_workbook(BytesIO(body))
    assert book.sheetnames == ["Orders", "Second"]
    first: Any = book.worksheets[0]
    assert [cell.value for cell in first[1]] == ["Month", "Orders", "Day", "Open"]
    assert all(cell.font.bold for cell in first[1])
    assert first.freeze_panes == "A2"
    assert [cell.value for cell in first[2]] == ["Jan", 1204, datetime(2026, 11, 22), None]  # noqa: DTZ001
    assert [cell.value for cell in first[3]] == ["Feb", 0.5, datetime(2026, 11, 22, 10, 30), True]  # noqa: DTZ001
    assert [first["C2"].number_format, first["C3"].number_format] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    assert first.column_dimensions["C"].width == 18


async def test_a_csv_is_rfc_4180_with_the_mark_that_excel_wants() -> None:
    body = await write_csv(sheet(('Müller, "Kim"', 1, "a\nb", False)))
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.decode("utf-8-sig") == 'Month,Orders,Day,Open\r\n"Müller, ""Kim""",1,"a\nb",FALSE\r\n'


@pytest.mark.parametrize("text", LIVE)
def test_no_text_becomes_a_formula(text: str) -> None:
    """adv-csv-cell"""
    [[read]] = csv.reader(StringIO(as_csv(text)))
    assert read[0] not in "=+-@\t\r＝"
    [cell] = as_cells(text)
    assert cell.data_type == "s"
    assert cell.quotePrefix or not cell.value.lstrip().startswith(("=", "+", "-", "@"))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=30) | st.sampled_from(LIVE).flatmap(lambda live: st.text(max_size=5).map(live.__add__)))
def test_whatever_a_text_is_it_stays_one(text: str) -> None:
    text = text.encode(errors="replace").decode()
    [[read]] = csv.reader(StringIO(as_csv(text))) if text else [[""]]
    assert not read.lstrip().startswith(("=", "@", "+", "-")) or re.fullmatch(r"\s*[+-]\d+(?:[.,]\d+)*%?", read)
    assert as_cells(text, "x")[0].data_type in ({"s"} if text else {"n"})


def test_a_number_with_its_sign_stays_readable_as_one() -> None:
    assert as_csv("-5", "+3.5", "-12%", -7) == "-5,+3.5,-12%,-7\r\n"


def test_what_excel_cannot_hold_exactly_is_a_text() -> None:
    values = [
        cell.value for cell in as_cells(2**60, "1899-12-31", "2026-02-30", "2026-11-22T10:00:00Z", "#N/A", "00123")
    ]
    assert values == [str(2**60), "1899-12-31", "2026-02-30", "2026-11-22T10:00:00Z", "#N/A", "00123"]


def test_invisible_characters_are_written_out() -> None:
    assert as_csv("a\u202eb\x00") == "a⟨U+202E⟩b⟨U+0000⟩\r\n"
    assert as_cells("a\u202eb\x0b")[0].value == "a⟨U+202E⟩b⟨U+000B⟩"


async def test_tabs_are_named_as_excel_takes_them() -> None:
    names = ["a/b:c", "A/B:C", "", "History", "x" * 40, "x" * 40]
    body = await write_workbook([sheet(name=name) for name in names])
    found = openpyxl.load_workbook(BytesIO(body)).sheetnames
    assert found == ["a b c", "A B C 2", "Sheet", "History 2", "x" * 31, f"{'x' * 29} 2"]


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ([], "1 to 50 sheets, got 0"),
        ([Sheet(name="a", columns=(), rows=())], "'a' has no columns"),
        ([Sheet(name="a", columns=("x",), rows=((1,), (1, 2)))], "Row 2 of 'a' has 2 cells for 1 columns"),
        ([Sheet(name="a", columns=("x",), rows=((1,),) * (MAX_CELLS + 1))], "at most 200,000 cells, got 200,001"),
    ],
)
async def test_what_is_no_table_is_said_in_a_sentence(sheets: list[Sheet], said: str) -> None:
    with pytest.raises(NotWritten, match=re.escape(said)):
        await write_workbook(sheets)
