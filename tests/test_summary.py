"""What `.ci/summary.py` takes for a whole test run."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "summary.py"
WHOLE = """
<testcase classname="tests.bot.test_a" name="test_pure"/>
<testcase classname="tests.scenarios.test_b" name="test_scenario"/>
<testcase classname="tests.promises.test_c" name="test_promise"/>
<testcase classname="tests.browser.test_d" name="test_browser"/>
"""


@pytest.fixture(scope="module")
def summary() -> ModuleType:
    """The script as a module; its folder is not importable."""
    spec = importlib.util.spec_from_file_location("ci_summary", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def judged(summary: ModuleType, folder: Path, cases: str, *, has_shared: bool = True) -> list[str]:
    report = folder / "tests.xml"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    return summary.problems(summary.read(report), has_shared=has_shared)


def test_a_run_with_every_ring_and_no_skip_is_whole(summary: ModuleType, tmp_path: Path) -> None:
    assert judged(summary, tmp_path, WHOLE) == []


def test_a_ring_without_a_test_is_named(summary: ModuleType, tmp_path: Path) -> None:
    assert judged(summary, tmp_path, WHOLE.replace("browser", "bot")) == ["No test of the ring 'browser' ran."]


def test_a_skip_is_allowed_only_where_there_is_nothing_to_test_against(summary: ModuleType, tmp_path: Path) -> None:
    skip = '<testcase classname="tests.bot.test_e" name="test_s"><skipped message="needs ../shared/specs"/></testcase>'
    assert judged(summary, tmp_path, WHOLE + skip, has_shared=False) == []
    assert judged(summary, tmp_path, WHOLE + skip) == ["tests.bot.test_e::test_s was skipped: needs ../shared/specs"]
    other = skip.replace("needs ../shared/specs", "flaky")
    assert len(judged(summary, tmp_path, WHOLE + other, has_shared=False)) == 1


def test_the_last_line_is_the_sum(summary: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed = '<testcase classname="tests.bot.test_e" name="test_f"><failure message="no"/></testcase>'
    report = tmp_path / "tests.xml"
    report.write_text(f"<testsuite>{WHOLE}{failed}</testsuite>")
    assert summary.main(report) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "4 passed, 1 failed"
