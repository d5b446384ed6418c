"""Unified diffs: taken apart into files, searched for a line, and made in any size."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Side: TypeAlias = Literal["LEFT", "RIGHT"]

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """What a pull request does to one file."""

    path: str
    status: Literal["added", "removed", "modified"]
    head: str
    """The lines before the first hunk, as git writes them."""
    patch: str
    """The hunks, as GitHub hands them out for one file."""
    additions: int
    deletions: int

    @property
    def text(self) -> str:
        return f"{self.head}\n{self.patch}\n"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line of a file stands in its diff."""

    position: int
    """Lines below the first `@@`, which is GitHub's older way to name a place."""
    line: int
    side: Side
    hunk: str
    """The hunk up to this line: what GitHub shows above a comment."""


def parse(diff: str) -> tuple[FileDiff, ...]:
    """The files of `diff`, in its order."""
    parts = re.split(r"(?m)^(?=diff --git )", diff)
    return tuple(_file(part.removesuffix("\n")) for part in parts if part.startswith("diff --git "))


def joined(files: Iterable[FileDiff]) -> str:
    """The whole diff, as `application/vnd.github.diff`."""
    return "".join(file.text for file in files)


def spot(patch: str, *, line: int | None = None, position: int | None = None, side: Side = "RIGHT") -> Spot | None:
    """The place of `line` on `side`, or of `position`; None when the diff does not show it."""
    rows = patch.split("\n")
    for row in _rows(rows):
        if row.position == position or (position is None and (row.line, row.side) == (line, side)):
            return Spot(row.position, row.line, row.side, "\n".join(rows[row.hunk : row.position + 1]))
    return None


def large(folder: str, *, files: int, lines: int) -> str:
    """A diff of `files` new files with `lines` lines each, the same every time."""
    return "".join(_new_file(f"{folder}/part_{number:04}.py", lines) for number in range(files))


def _file(part: str) -> FileDiff:
    lines = part.split("\n")
    first = next((n for n, line in enumerate(lines) if line.startswith("@@")), len(lines))
    head, hunks = lines[:first], lines[first:]
    path = lines[0].rpartition(" b/")[2]
    return FileDiff(
        path=path,
        status="added" if "--- /dev/null" in head else "removed" if "+++ /dev/null" in head else "modified",
        head="\n".join(head),
        patch="\n".join(hunks),
        additions=sum(line.startswith("+") for line in hunks),
        deletions=sum(line.startswith("-") for line in hunks),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    position: int
    line: int
    side: Side
    hunk: int
    """The index of the `@@` line above."""


def _rows(patch: list[str]) -> Iterator[_Row]:
    """Every line below a `@@`; an unchanged line counts on the right, where people comment on it."""
    left = right = hunk = 0
    for position, text in enumerate(patch):
        if header := _HUNK.match(text):
            left, right, hunk = int(header[1]), int(header[2]), position
        elif text.startswith("-"):
            yield _Row(position, left, "LEFT", hunk)
            left += 1
        else:
            yield _Row(position, right, "RIGHT", hunk)
            right += 1
            left += not text.startswith("+")


def _new_file(path: str, lines: int) -> str:
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
    body = "".join(f"+line_{number} = {number * 7919 % 10_007}\n" for number in range(lines))
    return f"{head}@@ -0,0 +1,{lines} @@\n{body}"
