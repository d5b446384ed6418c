"""What changed between two files, line by line, with the words that changed in each. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal, TypeAlias

AROUND = 3
"""Lines that are shown on both sides of a change."""
LONGEST_FOLD = 2
"""So few lines that did not change are not worth folding."""
MOST = 400_000
"""Lines of one side times lines of the other: beyond, what differs is shown as a whole, so that nothing takes long."""
LONGEST_LINE = 400
"""Characters of a line in which words are looked at."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Kind: TypeAlias = Literal["same", "old", "new"]
Part: TypeAlias = tuple[str, bool]
"""(words, whether they changed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of either file."""

    kind: Kind
    parts: tuple[Part, ...]
    number: int
    """Its place in the file that has it; where both have it, in the new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Lines that stand together."""

    lines: tuple[Line, ...]
    is_folded: bool = False
    """Whether nothing changed here, and no change is near."""


def diff(before: str, after: str) -> list[Stretch]:
    """From `before` to `after`, from the first line to the last; empty where nothing changed."""
    if before == after:
        return []
    old, new = before.splitlines(), after.splitlines()
    return list(_folded(list(_lines(old, new))))


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for tag, o1, o2, n1, n2 in _changes(old, new):
        if tag == "equal":
            yield from (_line("same", text, at) for at, text in enumerate(new[n1:n2], start=n1 + 1))
        else:
            yield from _replaced(old[o1:o2], new[n1:n2], o1 + 1, n1 + 1)


def _changes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if len(old) * len(new) <= MOST:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    same = next((at for at, (a, b) in enumerate(zip_longest(old, new)) if a != b), len(old))
    return [("equal", 0, same, 0, same), ("replace", same, len(old), same, len(new))]


def _replaced(old: Sequence[str], new: Sequence[str], old_at: int, new_at: int) -> Iterator[Line]:
    """Lines that went, then lines that came; they are held against each other in their order, but for empty ones."""
    went: dict[int, tuple[Part, ...]] = {}
    came: dict[int, tuple[Part, ...]] = {}
    for at, to in zip(_written(old), _written(new), strict=False):
        went[at], came[to] = _words(old[at], new[to])
    for at, text in enumerate(old):
        yield Line(kind="old", parts=went.get(at, ((text, False),)), number=old_at + at)
    for at, text in enumerate(new):
        yield Line(kind="new", parts=came.get(at, ((text, False),)), number=new_at + at)


def _written(lines: Sequence[str]) -> list[int]:
    """Which lines are not empty."""
    return [at for at, line in enumerate(lines) if line.strip()]


def _words(old: str, new: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Both lines with their changed words marked; unmarked where they have too little in common."""
    plain = ((old, False),), ((new, False),)
    if max(len(old), len(new)) > LONGEST_LINE:
        return plain
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < 0.5:
        return plain
    codes = matcher.get_opcodes()
    went = [("".join(a[i1:i2]), tag != "equal") for tag, i1, i2, _, _ in codes if i1 < i2]
    came = [("".join(b[j1:j2]), tag != "equal") for tag, _, _, j1, j2 in codes if j1 < j2]
    return _joined(went), _joined(came)


def _joined(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Neighbours of a kind as one; a blank between two changed words counts as changed too."""
    joined: list[Part] = []
    for at, (words, is_marked) in enumerate(parts):
        is_between = not words.strip() and 0 < at < len(parts) - 1 and parts[at - 1][1] and parts[at + 1][1]
        if joined and joined[-1][1] == (is_marked or is_between):
            joined[-1] = (joined[-1][0] + words, joined[-1][1])
        else:
            joined.append((words, is_marked or is_between))
    return tuple(joined)


def _line(kind: Kind, text: str, number: int) -> Line:
    return Line(kind=kind, parts=((text, False),), number=number)


def _folded(lines: Sequence[Line]) -> Iterator[Stretch]:
    """The same lines in stretches: those far from every change are folded away."""
    near: set[int] = set()
    for at, line in enumerate(lines):
        if line.kind != "same":
            near.update(range(at - AROUND, at + AROUND + 1))
    begin = 0
    while begin < len(lines):
        shown, end = begin in near, begin
        while end < len(lines) and (end in near) == shown:
            end += 1
        part = tuple(lines[begin:end])
        yield Stretch(lines=part, is_folded=not shown and len(part) > LONGEST_FOLD)
        begin = end
