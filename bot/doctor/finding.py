"""What a check found, in a line that an operator can act on."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["fix", "note", "ok"]
WORST_FIRST: tuple[Kind, ...] = ("fix", "note", "ok")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: something to fix, something to know, or something that works."""

    kind: Kind
    about: str
    """The setting, or what it opens."""
    said: str
    mend: str = ""
    """The next step, on a line of its own."""
    seconds: float | None = None
    """How long the answer took, where somebody was asked."""


def report(findings: Iterable[Finding]) -> str:
    """All lines, worst first, and their sum."""
    ranked = sorted(findings, key=lambda finding: WORST_FIRST.index(finding.kind))
    about = max((len(finding.about) for finding in ranked), default=0)
    said = max((len(finding.said) for finding in ranked if finding.seconds is not None), default=0)
    lines = chain.from_iterable(_lines(finding, about, said) for finding in ranked)
    return "\n".join([*lines, _sum(ranked)])


def _lines(finding: Finding, about: int, said: int) -> list[str]:
    line = f"{finding.kind:<4}  {finding.about:<{about}}  "
    first, *more = finding.said.splitlines()
    taken = "" if finding.seconds is None else f"  {finding.seconds:.1f} s"
    rest = [f"{'':6}{part}" for part in (*more, *finding.mend.splitlines())]
    return [f"{line}{first:<{said if taken else 0}}{taken}", *rest]


def _sum(findings: list[Finding]) -> str:
    fixes, notes, works = (sum(finding.kind == kind for finding in findings) for kind in WORST_FIRST)
    return f"{fixes} to fix, {notes} note{'' if notes == 1 else 's'}, {works} ok"
