"""What the demo model does with tables: its programs really run, over files as people have them."""

import datetime
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from subprocess import PIPE
from typing import Any, Protocol

import pytest

from playground.company import seed_text
from playground.model.conversation import ToolCall, ToolResult
from tests.playground.test_model_demo import Answers, Thread

RUNS = {"run_python": ["code"], "search_files": ["words", "kind", "owner"], "read_file": ["file"]}
TODAY = datetime.date(2026, 11, 20)
USAGE = seed_text("files/usage_by_region.csv", today=TODAY)
BUDGET = seed_text("files/budget.csv", today=TODAY)
OPEN: dict[str, Any] = {"id": "f1", "name": "budget.csv", "link": "https://drive.example/f1", "text": "…"}


WORKER = """
import contextlib, io, json, os, sys, traceback
import matplotlib.pyplot as plt
for line in sys.stdin:
    given = json.loads(line)
    os.chdir(given["folder"])
    printed, error = io.StringIO(), ""
    with contextlib.redirect_stdout(printed):
        try:
            exec(given["code"], {})
        except BaseException:
            error = traceback.format_exc()
    charts = len(plt.get_fignums())
    plt.close("all")
    print(json.dumps({"output": printed.getvalue(), "error": error, "charts": ["chart.png"] * charts, "files": []}))
    sys.stdout.flush()
"""
Runner = Callable[[Path, str], dict[str, Any]]


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """A process that runs programs one after the other, so that pandas is imported once."""
    home = str(tmp_path_factory.mktemp("home"))
    environment = {"MPLBACKEND": "Agg", "MPLCONFIGDIR": home, "HOME": home}
    command = [sys.executable, "-c", WORKER]
    with subprocess.Popen(command, env=environment, stdin=PIPE, stdout=PIPE, text=True) as worker:  # noqa: S603

        def run(folder: Path, code: str) -> dict[str, Any]:
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write(json.dumps({"folder": str(folder), "code": code}) + "\n")
            worker.stdin.flush()
            return json.loads(worker.stdout.readline())

        yield run
        worker.terminate()


class Bench(Thread):
    """A thread whose `run_python` really runs, in a folder with files."""

    def __init__(self, run: Runner, folder: Path, files: Mapping[str, str | bytes], answers: Answers) -> None:
        super().__init__({"run_python": "", **answers}, RUNS)
        self.run, self.folder = run, folder
        self.fails: Callable[[str], bool] = lambda _: False
        self.closed = ""
        """Why nothing runs here."""
        self.charts = 0
        for name, body in files.items():
            (folder / name).write_bytes(body if isinstance(body, bytes) else body.encode())

    def attach(self, said: str, *names: str, noun: str = "table", text: str = "a,b") -> str:
        fences = "".join(
            f'\n<third-party source="attached {name}">\n{noun}, 3 rows\n{text}\n</third-party>' for name in names
        )
        return self.say(f"{said}{fences}")

    @property
    def codes(self) -> list[str]:
        return [str(given["code"]) for tool, given in self.calls if tool == "run_python"]

    def _result(self, call: ToolCall) -> ToolResult:
        if call.tool != "run_python":
            return super()._result(call)
        if self.closed:
            return ToolResult(call=call.id, text=self.closed)
        code = str(call.arguments["code"])
        broken: dict[str, Any] = {
            "output": "",
            "error": "Traceback …\nKeyError: 'no such column'",
            "charts": [],
            "files": [],
        }
        content: dict[str, Any] = broken if self.fails(code) else self.run(self.folder, code)
        self.charts += len(content["charts"])
        return ToolResult(call=call.id, text=f"Executed run_python {json.dumps({'code': code})}\n{json.dumps(content)}")


class Benches(Protocol):
    def __call__(self, files: Mapping[str, str | bytes], **answers: Any) -> Bench: ...


@pytest.fixture
def bench(runner: Runner, tmp_path: Path) -> Benches:
    def made(files: Mapping[str, str | bytes], **answers: Any) -> Bench:
        return Bench(runner, tmp_path, files, answers)

    return made


def test_a_share_over_time_is_charted_and_told_with_where_it_comes_from(bench: Benches) -> None:
    thread = bench({"usage_by_region.csv": USAGE})
    said = "@Pinyon here is the pack usage, chart failed % per week pls and tell me what is going on"
    answer = thread.attach(said, "usage_by_region.csv")
    assert "2.3% (120 of 5,200)" in answer
    assert "3.1% (155 of 5,000)" in answer
    assert "ios is 84 of the 120" in answer
    assert "Alps-West has the most failed packs" in answer
    assert "The chart has six points." in answer
    assert thread.charts == 1
    assert len(thread.codes) == 2
    assert "failed_packs" not in thread.codes[0]


def test_semicolons_and_decimal_commas_are_seen_before_anything_is_added_up(bench: Benches) -> None:
    thread = bench({"budget.csv": BUDGET}, search_files={"files": [OPEN]}, read_file=OPEN)
    answer = thread.say("the budget csv in drive.. which lines are over and by how much in total")
    assert [tool for tool, _ in thread.calls] == ["search_files", "read_file", "run_python", "run_python"]
    for fact in ("CDN egress +1,506.10 EUR", "Outside lawyer +340.00", "Snacks +62.30", "Together 1,908.40 EUR"):
        assert fact in answer
    assert "plan 53,034.00, spent 43,866.30" in answer
    assert "[budget.csv](https://drive.example/f1)" in answer
    assert "sep=';', decimal=',', thousands='.'" in thread.codes[1]


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("Analyse this CSV", ["144 rows, 6 columns", "875 in total", "Most by region: Alps-West (260)", "The chart"]),
        ("Summarise the file that I attached.", ["144 rows", "Most by platform: ios (591)"]),
        ("Make a chart of the file that I attached.", ["failed packs", "from 148 (2026-10-09) to 120 (2026-11-13)"]),
        ("Find what is odd in the file that I attached.", ["Far from the rest in failed_packs, 6×", "`24 to 32`"]),
        ("chart map loads by region", ["map loads by region", "Alps-West 55,062", "12 in all"]),
        ("chart the map loads per month", ["map loads, per month", "2026-10"]),
    ],
)
def test_any_table_is_told_of_as_it_was_asked(bench: Benches, said: str, facts: list[str]) -> None:
    thread = bench({"usage_by_region.csv": USAGE})
    answer = thread.attach(said, "usage_by_region.csv")
    assert [fact for fact in facts if fact not in answer] == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("utf16.csv", "day;city;sold\n03.01.2026;Zürich;1.200,50\n13.01.2026;Bern;7,00\n".encode("utf-16")),
        ("tabs.tsv", "day\tcity\tsold\n2026-01-03\tZürich\t1200.5\n2026-01-13\tBern\t7\n"),
        ("rows.json", '[{"day": "2026-01-03", "city": "Zürich", "sold": 1200.5}, {"day": "2026-01-13", "sold": 7}]'),
    ],
)
def test_a_table_is_read_as_it_is_written(bench: Benches, name: str, body: str | bytes) -> None:
    thread = bench({name: body})
    answer = thread.attach("analyse it please", name, noun="JSON" if name.endswith("json") else "table")
    assert "1,207.50 in total" in answer
    assert "from 2026-01-03" in answer


def test_a_workbook_is_read_by_its_largest_sheet(bench: Benches, runner: Runner, tmp_path: Path) -> None:
    thread = bench({})
    data = {"city": ["Bern", "Bern", "Basel"], "sold": [1, 2, 4]}
    made = (
        "import pandas as pd\nwith pd.ExcelWriter('book.xlsx') as book:\n"
        "    pd.DataFrame({'note': ['x']}).to_excel(book, sheet_name='Read me', index=False)\n"
        f"    pd.DataFrame({data}).to_excel(book, sheet_name='Data', index=False)"
    )
    assert not runner(tmp_path, made)["error"]
    answer = thread.attach("summarise this", "book.xlsx")
    assert "3 rows, 2 columns" in answer
    assert "7 in total" in answer


def test_code_that_fails_is_tried_once_more_and_simpler(bench: Benches) -> None:
    thread = bench({"usage_by_region.csv": USAGE})
    thread.fails = lambda code: "describe()" in code
    answer = thread.attach("Analyse this CSV", "usage_by_region.csv")
    assert "Far from the rest" in answer
    assert len(thread.codes) == 3
    thread.fails = lambda _: True
    answer = thread.attach("Analyse this CSV", "usage_by_region.csv")
    assert "I could not read usage_by_region.csv as a table, twice." in answer
    assert "Traceback" not in answer
    assert len(thread.codes) == 2


def test_where_nothing_can_be_run_it_says_why(bench: Benches) -> None:
    thread = bench({})
    closed = "Code cannot run here: bubblewrap is not installed. An admin can install it."
    thread.closed = closed
    assert closed in thread.attach("Analyse this CSV", "a.csv")


def test_what_a_cell_says_stays_a_text(bench: Benches) -> None:
    """inj_sources"""
    hostile = "x'); import os; print('ran'"
    thread = bench({"a.csv": f'{hostile},amount\n"=HYPERLINK(""https://evil.example"")",1\nb,2\n'})
    answer = thread.attach("find oddities", "a.csv")
    assert "Looks like a formula" in answer
    assert "ran" not in answer.split()
    compiled = [compile(code, "code", "exec") for code in thread.codes]
    assert len(compiled) == 2


def test_a_table_further_up_in_the_thread_is_still_there(bench: Benches) -> None:
    thread = bench({"usage_by_region.csv": USAGE})
    thread.attach("Analyse this CSV", "usage_by_region.csv")
    assert "map loads by region" in thread.say("now chart map loads by region from that file")
