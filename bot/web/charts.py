"""Where the shapes of a chart stand; `charts.html` draws them. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

STEPS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
LINES = 4
"""Lines of the grid above zero, at most."""
APART = 16.0
"""Units between two labels, so that neither covers the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One column of two parts: what was filled in below, what was asked above."""

    x: float
    words: str
    """What stands under it; empty under most."""
    filled: tuple[float, float]
    """(top, height); a height of 0 is not drawn."""
    asked: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Columns on an area of 270 by 120."""

    columns: tuple[Bar, ...]
    width: float


def bars(values: Sequence[tuple[str, int, int]]) -> Bars:
    """Columns for (words, filled, asked), the first at the left."""
    ground, high, gap = 96.0, 84.0, 2.0
    step = 260 / max(len(values), 6)
    scale = high / (max((filled + asked for _, filled, asked in values), default=0) or 1)
    columns: list[Bar] = []
    for at, (words, filled, asked) in enumerate(values):
        low = round(filled * scale, 1)
        up = round(asked * scale, 1)
        space = gap if filled and asked else 0.0
        columns.append(
            Bar(
                x=round(6 + at * step, 1),
                words=words,
                filled=(ground - low, low),
                asked=(round(ground - low - up, 1), max(round(up - space, 1), 1.0) if up else 0.0),
            )
        )
    return Bars(columns=tuple(columns), width=round(step * 0.62, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bar that lies, with its words at the left and its count at the right."""

    y: float
    words: str
    width: float
    count: int


def rows(counts: Sequence[tuple[str, int]]) -> tuple[Row, ...]:
    """Bars for (words, count) on an area 360 wide, 30 high each."""
    most = max((count for _, count in counts), default=0) or 1
    return tuple(
        Row(y=6 + at * 30, words=words, width=round(count / most * 196, 1), count=count)
        for at, (words, count) in enumerate(counts)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chart, in pieces where there are gaps."""

    pieces: tuple[tuple[tuple[float, float], ...], ...]
    """Points; a single one is drawn as a dot."""
    last: tuple[float, float]
    label: float
    """Where its last value is written, beside the last point."""
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines on an area of 620 by 224, of which 190 is zero."""

    grid: tuple[tuple[float, float], ...]
    """(height, value)."""
    below: tuple[tuple[float, str], ...]
    """(place, words) under the axis."""
    lines: tuple[Line, ...]


def lines(names: Sequence[str], *several: Sequence[float | None]) -> Lines:
    """Lines over `names`; None is a gap. Each of `several` has a value at least once, at the same places."""
    left, right, top, ground = 44.0, 566.0, 40.0, 190.0
    highest = max(value for values in several for value in values if value is not None)
    step = next((step for step in STEPS if highest <= step * LINES), highest)
    count = max(1, math.ceil(highest / step))
    across = (right - left) / max(1, len(names) - 1)

    def place(at: int) -> float:
        return round(left + at * across if len(names) > 1 else right, 1)

    def height(value: float) -> float:
        return round(ground - value / (step * count) * (ground - top), 1)

    drawn = [_pieces([(place(at), height(v)) if v is not None else None for at, v in enumerate(vs)]) for vs in several]
    labels = _apart([pieces[-1][-1][1] for pieces in drawn])
    every = max(1, math.ceil(len(names) / 4))
    return Lines(
        grid=tuple((height(line * step), line * step) for line in range(count + 1)),
        below=tuple((place(at), names[at]) for at in range(len(names) - 1, -1, -every))[::-1],
        lines=tuple(
            Line(
                pieces=pieces,
                last=pieces[-1][-1],
                label=label,
                value=next(value for value in reversed(values) if value is not None),
            )
            for pieces, label, values in zip(drawn, labels, several, strict=True)
        ),
    )


def _pieces(points: Sequence[tuple[float, float] | None]) -> tuple[tuple[tuple[float, float], ...], ...]:
    def runs() -> Iterator[tuple[tuple[float, float], ...]]:
        run: list[tuple[float, float]] = []
        for point in (*points, None):
            if point is not None:
                run.append(point)
            elif run:
                yield tuple(run)
                run = []

    return tuple(runs())


def _apart(heights: Sequence[float]) -> list[float]:
    """Heights for labels, in the same order, each at least `APART` from the next."""
    order = sorted(range(len(heights)), key=lambda at: heights[at])
    found = [*heights]
    for above, below in pairwise(order):
        missing = APART - (found[below] - found[above])
        if missing > 0:
            found[above] -= missing / 2
            found[below] += missing / 2
    return [round(height, 1) for height in found]
