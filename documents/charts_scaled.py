"""Where the lines of a chart's grid stand. Pure."""

import math
from collections.abc import Sequence
from itertools import pairwise

from documents.chart import Chart

LINES = 5
"""Steps of the grid, about."""
SMALLEST = 1e-12
"""Differences below are none."""


def grid(chart: Chart) -> tuple[float, ...]:
    """Round values that enclose all values, the lowest first.

    Bars begin at zero, as their length is what is read (Cleveland 1985, chapter 2). Lines begin there unless that
    would press all of them into the upper half.
    """
    low, high = min(chart.values), max(chart.values)
    if chart.kind == "bar" or 0 <= low <= high / 2 or 0 < low == high:
        low = min(low, 0.0)
    if chart.kind == "bar" or low / 2 <= high <= 0:
        high = max(high, 0.0)
    return _round_steps(low, high, is_whole=all(value == int(value) for value in chart.values))


def _round_steps(low: float, high: float, *, is_whole: bool) -> tuple[float, ...]:
    size = max(abs(low), abs(high))
    if high - low <= max(size * 1e-9, SMALLEST):
        high = low + (size if size > SMALLEST else 1.0)
    spread = high - low
    rough = spread / LINES
    size = 10.0 ** math.floor(math.log10(rough))
    steps = (size * by for by in (1, 2, 2.5, 5, 10, 20) if not is_whole or size * by == int(size * by))
    step = next((step for step in steps if step >= rough * 0.999), 1.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    # 3 × 0.1 is 0.30000000000000004.
    digits = max(0, 3 - math.floor(math.log10(step)))
    return tuple(round(at * step, digits) for at in range(first, last + 1))


def apart(heights: Sequence[float], gap: float) -> list[float]:
    """Heights for labels, in the same order, each at least `gap` from the next."""
    order = sorted(range(len(heights)), key=lambda at: heights[at])
    found = list(heights)
    for _ in range(len(order)):
        for above, below in pairwise(order):
            missing = gap - (found[below] - found[above])
            if missing > 0:
                found[above] -= missing / 2
                found[below] += missing / 2
    return [round(height, 1) for height in found]
