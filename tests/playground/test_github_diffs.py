"""Unified diffs as the playground's GitHub takes them apart and makes them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.company import load_company
from playground.github.diffs import FileDiff, joined, large, parse, spot

TWO_FILES = """\
diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -3,4 +3,4 @@ def first():
 one
-two
+zwei
 three
@@ -20,2 +20,3 @@
 four
+five
 six
diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py
@@ -0,0 +1,1 @@
+hello
"""


def test_a_diff_is_taken_apart_into_files() -> None:
    first, second = parse(TWO_FILES)

    assert (first.path, first.status, first.additions, first.deletions) == ("a.py", "modified", 2, 1)
    assert (second.path, second.status, second.additions, second.deletions) == ("new.py", "added", 1, 0)
    assert first.patch.startswith("@@ -3,4 +3,4 @@ def first():")


def test_the_files_put_together_are_the_diff() -> None:
    assert joined(parse(TWO_FILES)) == TWO_FILES


def test_every_diff_of_the_seed_comes_back_unchanged() -> None:
    company = load_company(today=date(2026, 11, 20))
    diffs = [pull["diff"] for repository in company.github["repos"] for pull in repository["pulls"]]

    assert len(diffs) == 32
    assert [joined(parse(diff)) for diff in diffs] == diffs


@pytest.mark.parametrize(
    ("line", "side", "position", "last"),
    [(4, "RIGHT", 3, "+zwei"), (4, "LEFT", 2, "-two"), (5, "RIGHT", 4, " three"), (21, "RIGHT", 7, "+five")],
)
def test_a_line_is_found_on_its_side(line: int, side: str, position: int, last: str) -> None:
    found = spot(first_file().patch, line=line, side="LEFT" if side == "LEFT" else "RIGHT")

    assert found is not None
    assert (found.position, found.hunk.split("\n")[-1]) == (position, last)


def test_a_position_is_the_same_place_as_its_line() -> None:
    patch = first_file().patch

    assert spot(patch, position=7) == spot(patch, line=21)


@pytest.mark.parametrize("line", [0, 2, 12, 99])
def test_a_line_outside_every_hunk_is_not_found(line: int) -> None:
    assert spot(first_file().patch, line=line) is None


@settings(max_examples=25, derandomize=True, deadline=None)
@given(files=st.integers(1, 12), lines=st.integers(1, 60))
def test_a_large_diff_has_the_size_that_was_asked_for(files: int, lines: int) -> None:
    diff = large("generated", files=files, lines=lines)
    found = parse(diff)

    assert (len(found), sum(file.additions for file in found)) == (files, files * lines)
    assert joined(found) == diff
    assert spot(found[-1].patch, line=lines) is not None
    assert spot(found[-1].patch, line=lines + 1) is None


def first_file() -> FileDiff:
    return parse(TWO_FILES)[0]
