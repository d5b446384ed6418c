"""The shapes of a chart, from top to bottom."""

from collections.abc import Iterator, Sequence
from html import escape

from documents.chart import Chart, along, roughly, shortly, with_unit
from documents.charts_scaled import apart, grid
from documents.visible import visible

LETTER = 7.7
"""Units of most letters and of digits at 12 pixels, in the widest of the usual fonts, DejaVu Sans."""
NARROW = frozenset(" \u00a0.,:;'|!()[]/\\ijlIftr-")
WIDE = frozenset("OQGDHNUAVXYRB&+−=<>€")
WIDEST = frozenset("mwMW%@…")
BOLD = 1.12
LINE = 18.0
"""From one line of words to the next."""


def drawn(chart: Chart, width: int) -> tuple[float, list[str]]:
    """(height, SVG elements) of a chart."""
    top, key = _key(chart, width)
    height, shapes = _lines(chart, width, top) if chart.kind == "line" else _bars(chart, width, top)
    return height, [*key, *shapes]


def room(text: str) -> float:
    """How wide a text is at most."""
    return sum(_room(sign) for sign in text)


def _room(sign: str) -> float:
    if sign in NARROW:
        return 5.2
    if sign in WIDEST or ord(sign) > 0x2E7F:
        return 12.2
    return 9.6 if sign in WIDE else LETTER


def bold(text: str) -> float:
    """How wide a text in bold is at most."""
    return room(text) * BOLD


def cut(text: str, width: float) -> str:
    """As much of a text as fits, with invisible characters shown."""
    text = visible(" ".join(text.split()))
    if room(text) <= width:
        return text
    while text and room(text) > width - LETTER:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _words(x: float, y: float, text: str, *, anchor: str = "", kind: str = "") -> str:
    said = f' class="{kind}"' * bool(kind) + f' text-anchor="{anchor}"' * bool(anchor)
    return f'<text x="{x:g}" y="{y:g}"{said}>{escape(text)}</text>'


def _key(chart: Chart, width: int) -> tuple[float, list[str]]:
    """(where the chart begins, what its marks stand for); nothing for one line that is called as the chart is."""
    names = list(chart.series)
    if len(names) == 1 and names[0].casefold() in {chart.title.casefold(), ""}:
        return 12.0, []
    x, y, shapes = 0.0, 12.0, list[str]()
    for at, name in enumerate(names, 1):
        said = cut(name, min(width - 40, 260))
        if x and x + 28 + room(said) > width:
            x, y = 0.0, y + LINE
        mark = (
            f'<path class="l{at}" d="M{x:g} {y - 4:g}h20"/>'
            if chart.kind == "line"
            else f'<rect class="f{at}" x="{x:g}" y="{y - 10:g}" width="20" height="11" rx="3"/>'
        )
        shapes += [mark, _words(x + 26, y, said, kind="name")]
        x += 46 + room(said)
    return y + 20, shapes


def _lines(chart: Chart, width: int, top: float) -> tuple[float, list[str]]:
    steps = grid(chart)
    said = along(steps, chart.unit)
    ends = [next(value for value in reversed(values) if value is not None) for values in chart.series.values()]
    last = [shortly(end) for end in ends]
    left, right = max(map(room, said)) + 10, width - max(map(bold, last)) - 12
    ground = top + (180 if width < 500 else 220)
    across = (right - left) / max(1, len(chart.labels) - 1)

    def place(at: int) -> float:
        return round(left + at * across if len(chart.labels) > 1 else (left + right) / 2, 1)

    def height(value: float) -> float:
        return round(ground - (value - steps[0]) / (steps[-1] - steps[0]) * (ground - top), 1)

    shapes = [*_grid([height(step) for step in steps], said, left, right)]
    labels = apart([height(end) for end in ends], 14)
    for number, values in reversed([*enumerate(chart.series.values(), 1)]):
        points = [(place(at), height(value)) if value is not None else None for at, value in enumerate(values)]
        shapes += _line(number, points)
        x, y = next(point for point in reversed(points) if point is not None)
        shapes += [f'<circle class="f{number}" cx="{x:g}" cy="{y:g}" r="4"/>']
        beside = right if len(chart.labels) > 1 else x
        shapes += [_words(beside + 10, labels[number - 1] + 4, last[number - 1], kind="val")]
    shapes += _below(chart.labels, [place(at) for at in range(len(chart.labels))], ground + LINE, width)
    return ground + LINE + 8, shapes


def _grid(heights: Sequence[float], said: Sequence[str], left: float, right: float) -> Iterator[str]:
    for height, words in zip(heights, said, strict=True):
        yield f'<line class="grid" x1="{left:g}" x2="{right:g}" y1="{height:g}" y2="{height:g}"/>'
        yield _words(round(left - 8, 1), height + 4, words, anchor="end")


def _line(number: int, points: Sequence[tuple[float, float] | None]) -> Iterator[str]:
    """The pieces of a line between its gaps; a single point is a dot."""
    piece: list[tuple[float, float]] = []
    for point in (*points, None):
        if point is not None:
            piece.append(point)
        elif len(piece) > 1:
            yield f'<polyline class="l{number}" points="{" ".join(f"{x:g},{y:g}" for x, y in piece)}"/>'
            piece = []
        elif piece:
            yield f'<circle class="f{number}" cx="{piece[0][0]:g}" cy="{piece[0][1]:g}" r="3"/>'
            piece = []


def _below(labels: Sequence[str], places: Sequence[float], y: float, width: float) -> Iterator[str]:
    """As many labels as fit side by side, the last one always."""
    said = [cut(label, 110) for label in labels]
    widest = max(map(room, said)) + 14
    across = places[1] - places[0] if len(places) > 1 else width
    every = max(1, -int(-widest // across))
    for at in range(len(labels) - 1, -1, -every):
        half = room(said[at]) / 2
        yield _words(round(min(max(places[at], half), width - half), 1), y, said[at], anchor="middle")


def _bars(chart: Chart, width: int, top: float) -> tuple[float, list[str]]:
    steps = grid(chart)
    said = along(steps, chart.unit)
    left = max(map(room, said)) + 10
    step = (width - left) / len(chart.labels)
    stands = all(room(visible(label)) <= step - 6 for label in chart.labels) and step * 0.7 / len(chart.series) >= 8
    return _standing(chart, width, top) if stands else _lying(chart, width, top)


def _standing(chart: Chart, width: int, top: float) -> tuple[float, list[str]]:
    steps = grid(chart)
    said = along(steps, chart.unit)
    left, ground = max(map(room, said)) + 10, top + (180 if width < 500 else 220)
    step = (width - left) / len(chart.labels)
    thick = min(step * 0.7 / len(chart.series), 56.0)
    are_said = all(bold(roughly(value)) <= (thick + 4 if len(chart.series) > 1 else step) for value in chart.values)

    def height(value: float) -> float:
        return round(ground - (value - steps[0]) / (steps[-1] - steps[0]) * (ground - top), 1)

    shapes = [*_grid([height(one) for one in steps], said, left, width)]
    for at, label in enumerate(chart.labels):
        middle = left + (at + 0.5) * step
        begin = middle - thick * len(chart.series) / 2
        for number, values in enumerate(chart.series.values(), 1):
            value = values[at]
            if value is None:
                continue
            x, y = begin + (number - 1) * thick, height(value)
            shapes.append(_bar(number, x + 1, min(y, height(0)), thick - 2, abs(y - height(0))))
            if are_said:
                over = y - 5 if value >= 0 else y + 13
                shapes.append(_words(round(x + thick / 2, 1), over, roughly(value), anchor="middle", kind="val"))
        shapes.append(_words(round(middle, 1), ground + LINE, visible(label), anchor="middle"))
    shapes.append(f'<line class="axis" x1="{left:g}" x2="{width}" y1="{height(0):g}" y2="{height(0):g}"/>')
    return ground + LINE + 8, shapes


def _bar(number: int, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="f{number}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 1):.1f}" rx="2"/>'


def _lying(chart: Chart, width: int, top: float) -> tuple[float, list[str]]:
    thick, between = 16.0, 8.0
    said = [cut(label, width * 0.34) for label in chart.labels]
    numbers = [with_unit(roughly(value), chart.unit) for value in chart.values]
    left, right = max(map(room, said)) + 10, width - max(map(bold, numbers)) - 8
    low, high = min(0.0, *chart.values), max(0.0, *chart.values)
    if low < 0:
        left += max(map(bold, numbers)) + 8

    def place(value: float) -> float:
        return left + (value - low) / ((high - low) or 1) * (right - left)

    shapes, y = list[str](), top - 8
    for at, words in enumerate(said):
        middle = y + thick * len(chart.series) / 2 + 4
        shapes.append(_words(0, round(middle, 1), words))
        for number, values in enumerate(chart.series.values(), 1):
            value = values[at]
            if value is not None:
                begin, end = sorted((place(0), place(value)))
                shapes.append(_bar(number, begin, y, end - begin, thick - 2))
                shapes.append(_beside(value, chart.unit, place(value), y + thick / 2 + 3))
            y += thick
        y += between
    shapes.append(f'<line class="axis" x1="{place(0):.1f}" x2="{place(0):.1f}" y1="{top - 12:g}" y2="{y - 4:g}"/>')
    return y, shapes


def _beside(value: float, unit: str, x: float, y: float) -> str:
    said = with_unit(roughly(value), unit)
    if value < 0:
        return _words(round(x - 6, 1), round(y, 1), said, anchor="end", kind="val")
    return _words(round(x + 6, 1), round(y, 1), said, kind="val")
