"""`pinyon new-integration` in a copy of the tree: what it writes keeps every promise, and what it refuses."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.new_integration import CannotWrite, Names, write

ROOT = Path(__file__).parents[3]
PARTS = ("bot", "skills", "integrations", "memory", "documents", "playground", "configs", "tests/promises")
SEEN = ("pyproject.toml", "bot/settings.py")


NAMES = {"linear": "linear", "x": "z", "abcdefgh_ijklmnopq": "zyxwvutsrqponmlkji"}
"""Usual, shortest and longest: what is well formatted depends on them."""
WRITTEN = ("integrations/linear", "skills/linear", "tests/skills/test_linear_skill.py", "bot/settings.py")


def copied(into: Path) -> Path:
    """The tree, as far as it is needed to check a new member."""
    for part in PARTS:
        left_out = shutil.ignore_patterns("__pycache__", "company", "page")
        shutil.copytree(ROOT / part, into / part, ignore=left_out)
    shutil.copy(ROOT / "pyproject.toml", into)
    return into


def small(into: Path) -> Path:
    """As much of a tree as is looked at before anything is written."""
    for folder in ("integrations/github", "skills/pull_requests", "bot", "tests/skills"):
        (into / folder).mkdir(parents=True)
    for file in ("integrations/github/__init__.py", "integrations/errors.py", "skills/pull_requests/__init__.py"):
        (into / file).touch()
    for file in SEEN:
        shutil.copy(ROOT / file, into / file)
    return into


def contents(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def run(root: Path, *command: str) -> None:
    """A tool of the gate, in the copy; what it says is shown when it fails."""
    told = subprocess.run(  # noqa: S603  our own tools
        [sys.executable, "-m", *command], cwd=root, capture_output=True, text=True, check=False, timeout=120
    )
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = copied(tmp_path_factory.mktemp("tree"))
    for name, skill in NAMES.items():
        write(Names(name=name, title=skill.capitalize(), skill=skill), root)
    return root


def test_the_promises_and_its_own_test_pass_straight_after(tree: Path) -> None:
    run(
        tree,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/promises",
        "tests/skills",
        "-k",
        "linear",
        "--durations=5",
    )


def test_format_and_lint_have_nothing_to_say(tree: Path) -> None:
    written = [
        path for n, s in NAMES.items() for path in Names(name=n, title="", skill=s).files if path.endswith(".py")
    ]
    run(tree, "ruff", "format", "--check", "bot/settings.py", *written)
    run(tree, "ruff", "check", "bot/settings.py", *written)


def test_the_types_are_strict(tree: Path) -> None:
    run(tree, "pyright", "--pythonpath", sys.executable, *WRITTEN)


def test_both_folders_stand_in_the_import_contracts_and_keep_them(tree: Path) -> None:
    text = (tree / "pyproject.toml").read_text()
    before = (ROOT / "pyproject.toml").read_text()
    assert text.count('"skills.linear"') == before.count('"skills.pull_requests"') >= 2
    assert text.count('"integrations.linear"') == before.count('"integrations.github"') >= 2
    executable = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([executable], cwd=tree, capture_output=True, text=True, check=False)  # noqa: S603  our own tool
    assert told.returncode == 0, told.stdout


def test_its_client_id_is_a_setting(tree: Path) -> None:
    assert "    linear_client_id: str | None = None\n" in (tree / "bot" / "settings.py").read_text()


def test_the_skill_may_have_a_name_of_its_own(tmp_path: Path) -> None:
    root = small(tmp_path)
    written = write(Names(name="linear", title="Linear", skill="roadmap"), root)
    assert "skills/roadmap/tools.py" in written
    assert 'integration="linear"' in (root / "skills/roadmap/__init__.py").read_text()
    assert "from integrations.linear.client import Linear" in (root / "skills/roadmap/tools.py").read_text()


# What is refused


@pytest.mark.parametrize(
    ("name", "title", "skill", "told"),
    [
        ("Linear", "Linear", "linear", "cannot be a name"),
        ("../etc", "Etc", "etc", "cannot be a name"),
        ("class", "Class", "class", "cannot be a name"),
        ("linear__app", "Linear", "linear", "cannot be a name"),
        ("a" * 19, "Linear", "linear", "at most 18"),
        ("linear", 'Lin"ear', "linear", "cannot be a title"),
        ("linear", "${HOME}", "linear", "cannot be a title"),
        ("item", "Item", "items", "means something else"),
        ("github", "GitHub", "linear", "integrations/github is there already"),
        ("errors", "Errors", "linear", "integrations/errors is there already"),
        ("linear", "Linear", "pull_requests", "skills/pull_requests is there already"),
    ],
)
def test_a_bad_or_taken_name_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str, title: str, skill: str, told: str
) -> None:
    root = small(tmp_path)
    before = contents(root)
    with pytest.raises(CannotWrite, match=told):
        write(Names(name=name, title=title, skill=skill), root)
    assert contents(root) == before


def test_anywhere_else_it_says_where_to_run_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["new-integration", "linear"])
    assert result.exit_code == 2
    assert "root of a checkout" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_to_the_end_is_taken_back(tmp_path: Path) -> None:
    root = small(tmp_path)
    shutil.rmtree(root / "tests" / "skills")
    (root / "tests" / "skills").touch()  # where a folder has to be, there is a file
    before = contents(root)
    with pytest.raises(CannotWrite, match="cannot be written"):
        write(Names(name="linear", title="Linear", skill="linear"), root)
    assert contents(root) == before
    assert not (root / "integrations" / "linear").exists()


def test_it_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small(tmp_path))
    result = CliRunner().invoke(app, ["new-integration", "linear"])
    assert result.exit_code == 0
    assert "wrote    integrations/linear/client.py" in result.stdout
    assert "LINEAR_CLIENT_ID and LINEAR_CLIENT_SECRET" in result.stdout
