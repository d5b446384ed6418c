"""Awkward tables: each is read right, or refused in a clear sentence (cost_dos)."""

from datetime import date
from typing import Any

from tests.documents.case import Case, check, each
from tests.documents.made import rows, sheet_xml, styled_dates, workbook

_RUNNING = (
    "<sheetData>" + "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 1_048_576)) + "</sheetData>"
)


def _formulas(book: Any) -> None:
    book["Budget"]["B4"] = "=SUM(B2:B3)"


def _merged(book: Any) -> None:
    book["Budget"].merge_cells("A1:B1")


def _hidden(book: Any) -> None:
    book["Salaries"].sheet_state = "veryHidden"


def _chart(book: Any) -> None:
    book.create_chartsheet("Chart")


@each(
    Case(
        title="plain CSV",
        name="huts.csv",
        make=lambda: b"hut,beds\nSella,40\nBoe,60\n",
        kind="sheet",
        facts="2 rows, 2 columns",
        says=("hut,beds\nSella,40",),
        places=("",),
    ),
    Case(
        title="UTF-16 with tabs, as Excel's Unicode text",
        name="huts.csv",
        make=lambda: "hut\tbeds\nZürich\t40\n".encode("utf-16"),
        kind="sheet",
        facts="1 row, 2 columns",
        says=("hut,beds\nZürich,40",),
    ),
    Case(
        title="a mark at the start, semicolons and decimal commas",
        name="budget.csv",
        make=lambda: "\ufeffwhat;eur\nMaps;1.200,50\nHuts;3,5\n".encode(),
        facts="2 rows, 2 columns",
        says=('what,eur\nMaps,"1.200,50"',),
        notes=("decimal comma",),
    ),
    Case(
        title="Excel's hint about its sign",
        name="a.csv",
        make=lambda: b"sep=;\r\na;b\r\n1;2\r\n",
        says=("a,b\n1,2",),
        never=("sep=",),
        facts="1 row",
    ),
    Case(title="bars", name="a.csv", make=lambda: b"a|b|c\n1|2|3\n4|5|6\n", says=("a,b,c\n1,2,3",)),
    Case(
        title="an old Windows encoding",
        name="a.csv",
        make=lambda: "Hütte;Größe\nMünchner Hütte;groß\nKölner Hütte;klein\n".encode("cp1252") * 5,
        says=("Hütte,Größe",),
    ),
    Case(
        title="line ends and quotation marks in a cell",
        name="a.csv",
        make=lambda: b'hut,note\nSella,"closed\nin ""May"""\n',
        facts="1 row, 2 columns",
        says=('Sella,"closed\nin ""May"""',),
    ),
    Case(
        title="a quotation mark that nobody closed",
        name="a.csv",
        make=lambda: b'a,b\n"1,2\n' + b"3,4\n" * 50,
        facts="51 rows",
        notes=("never closed",),
    ),
    Case(
        title="rows of different lengths",
        name="a.csv",
        make=lambda: b"a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n",
        notes=("2 rows have more or fewer cells",),
    ),
    Case(
        title="dates in three styles",
        name="a.csv",
        make=lambda: b"when,n\n2026-03-01,1\n04.03.2026,2\n03/04/2026,3\n",
        says=("2026-03-01,1", "04.03.2026,2"),
        notes=("3 styles", "which number is the day"),
    ),
    Case(
        title="no header",
        name="a.csv",
        make=lambda: b"1,2\n3,4\n",
        facts="2 rows, 2 columns",
    ),
    Case(
        title="100,000 rows",
        name="a.csv",
        make=lambda: rows(100_000),
        facts="100,000 rows, 6 columns",
        notes=("the first 2,000 rows; the file has all 100,000",),
        says=("1999,Hut 1999",),
        never=("2000,Hut 2000",),
    ),
    Case(
        title="50,000 columns",
        name="a.csv",
        make=lambda: (",".join(f"c{n}" for n in range(50_000)) + "\n" + ",".join("1" * 50_000) + "\n").encode(),
        facts="1 row, 50,000 columns",
        notes=("the first 200 columns",),
    ),
    Case(title="one column", name="a.csv", make=lambda: b"name\nSella\nBoe\n", facts="2 rows, 1 column"),
    Case(
        title="CSV under the name of a workbook",
        name="huts.xlsx",
        make=lambda: b"hut,beds\nSella,40\nBoe,60\n",
        kind="sheet",
        notes=("It is named .xlsx, but it is a table",),
    ),
    Case(
        title="a cell of a megabyte",
        name="a.csv",
        make=lambda: b"a,b\n1," + b"x" * 1_000_000,
        facts="1 row",
        says=("xxx…",),
    ),
    Case(
        title="dates, moments and times in Excel",
        name="a.xlsx",
        make=lambda: workbook({"One": styled_dates()}),
        says=("day,moment,time\n2026-03-01,2026-03-02 14:30:00,09:15:00",),
        facts="1 row, 3 columns",
        places=("sheet One",),
    ),
    Case(
        title="formulas that were never computed",
        name="a.xlsx",
        make=lambda: workbook({"Budget": [["what", "eur"], ["Maps", 3], ["Huts", 4], ["Sum"]]}, _formulas),
        notes=("1 formula in it has no saved result",),
        says=("Huts,4",),
        never=("=SUM",),
    ),
    Case(
        title="merged cells",
        name="a.xlsx",
        make=lambda: workbook({"Budget": [["Plan", None], ["what", "eur"], ["Maps", 3]]}, _merged),
        notes=("merged cells (A1:B1)",),
        says=("Plan,",),
    ),
    Case(
        title="a sheet that Excel hides",
        name="a.xlsx",
        make=lambda: workbook({"Budget": [["a"], ["b"]], "Salaries": [["c"], ["d"]]}, _hidden),
        places=("sheet Budget", "sheet Salaries, hidden"),
        notes=("1 sheet of it is hidden",),
    ),
    Case(
        title="100 sheets",
        name="a.xlsx",
        make=lambda: workbook({f"Week {n}": [["n", "of"], [n, 100]] for n in range(1, 101)}),
        facts="100 sheets, 100 rows",
        says=("[sheet Week 100]\nn,of\n100,100",),
    ),
    Case(
        title="260 sheets",
        name="a.xlsx",
        make=lambda: workbook({f"Week {n}": [["n"], [n]] for n in range(1, 261)}),
        facts="260 sheets",
        notes=("the first 200 of 260 sheets",),
    ),
    Case(
        title="a sheet that is a chart",
        name="a.xlsx",
        make=lambda: workbook({"Budget": [["a", "b"], [1, 2]]}, _chart),
        facts="1 row, 2 columns",
    ),
    Case(
        title="5,000 rows in Excel",
        name="a.xlsx",
        make=lambda: workbook({"One": [["n", "when"], *([n, date(2026, 3, 1)] for n in range(5_000))]}),
        facts="5,000 rows, 2 columns",
        notes=("the beginning of 1 long sheet",),
    ),
    Case(
        title="a workbook under the name of a table",
        name="a.csv",
        make=lambda: workbook({"One": [["a", "b"], [1, 2]]}),
        says=("a,b\n1,2",),
        kind="sheet",
    ),
    Case(
        title="a workbook with nothing in it",
        name="a.xlsx",
        make=lambda: workbook({"One": []}),
        notes=("1 sheet of it is empty",),
    ),
    Case(
        title="a sheet that says it fills all of Excel",
        name="a.xlsx",
        make=lambda: sheet_xml(f'<dimension ref="A1:XFD1048576"/>{_RUNNING}'),
        says=("1",),
        facts="row",
    ),
    Case(
        title="a sheet whose XML defines entities",
        name="a.xlsx",
        make=lambda: sheet_xml(
            '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData>',
            before='<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
        ),
        refused="The workbook is damaged",
    ),
    Case(
        title="a sheet whose XML is broken",
        name="a.xlsx",
        make=lambda: sheet_xml("<sheetData><row>"),
        refused="damaged",
    ),
)
async def test_a_table_is_read_or_refused_in_a_sentence(case: Case):
    await check(case)
