"""Whether a test run was whole: every ring had tests, and nothing was skipped but for a reason that is allowed."""

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

RINGS = ("pure", "scenarios", "promises", "browser")
SHARED = Path(__file__).parents[2] / "shared"
ALLOWED = "needs ../shared"
"""What the reason of a skip may begin with, on a machine that has no such folder."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test of the run."""

    name: str
    ring: str
    end: str
    """`passed`, `failed` or `skipped`."""
    reason: str = ""


def read(report: Path) -> list[Case]:
    """The tests of a JUnit file."""
    return [_case(node) for node in ElementTree.parse(report).iter("testcase")]  # noqa: S314  pytest wrote it


def problems(cases: list[Case], *, has_shared: bool) -> list[str]:
    """What makes this run worth nothing, a sentence each."""
    counts = Counter(case.ring for case in cases if case.end != "skipped")
    empty = [f"No test of the ring {ring!r} ran." for ring in RINGS if not counts[ring]]
    skipped = [
        f"{case.name} was skipped: {case.reason}"
        for case in cases
        if case.end == "skipped" and (has_shared or not case.reason.startswith(ALLOWED))
    ]
    return [*empty, *skipped]


def summary(cases: list[Case]) -> str:
    """The rings and what came of them; the last line is the sum."""
    ends = {ring: Counter(case.end for case in cases if case.ring == ring) for ring in RINGS}
    lines = [f"{ring:10} {ends[ring]['passed']:5} passed, {ends[ring]['failed']} failed" for ring in RINGS]
    total = Counter(case.end for case in cases)
    return "\n".join([*lines, f"{total['passed']} passed, {total['failed']} failed"])


def main(*reports: Path) -> int:
    cases = [case for report in reports for case in read(report)]
    found = problems(cases, has_shared=SHARED.is_dir())
    print(*found, summary(cases), sep="\n")
    return 1 if found or any(case.end == "failed" for case in cases) else 0


def _case(node: ElementTree.Element) -> Case:
    place = node.get("classname", "").split(".")
    ring = place[1] if len(place) > 1 and place[1] in RINGS else "pure"
    name = "::".join((".".join(place), node.get("name", "")))
    for tag, end in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        if (found := node.find(tag)) is not None:
            return Case(name, ring, end, found.get("message", ""))
    return Case(name, ring, "passed")


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
