"""A chart as a picture. Runs in the confined process."""

# pyright: reportUnknownMemberType=false
# matplotlib leaves the types of most keyword arguments open.

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from documents.chart import MAX_SERIES, Chart, along, read_chart, roughly, shortly, with_unit
from documents.charts_drawn import cut
from documents.charts_scaled import apart, grid
from documents.visible import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLE = Path(__file__).with_name("pinyon.mplstyle")
WIDTH, HEIGHT = 8.0, 4.5
"""Inches; 150 dots each."""
LABEL = 150.0
"""Room for a label, as `charts_drawn.room` measures."""


def picture(body: bytes, _options: Mapping[str, JsonValue]) -> bytes:
    """A chart, as JSON, drawn as PNG."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    chart = read_chart(body.decode())
    lies = chart.kind == "bar" and _lies(chart)
    rows = len(chart.labels) * len(chart.series)
    with plt.style.context(STYLE):
        height = max(HEIGHT, 1.4 + rows * 0.24 + len(chart.labels) * 0.08) if lies else HEIGHT
        figure, axes = plt.subplots(figsize=(WIDTH, height))
        if chart.kind == "line":
            _lines(axes, chart)
        elif lies:
            _lying(axes, chart)
        else:
            _standing(axes, chart)
        _named(figure, axes, chart)
        drawn = BytesIO()
        figure.savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()


def _lies(chart: Chart) -> bool:
    across = 640 / len(chart.labels)
    longest = max(len(visible(label)) for label in chart.labels) * 7.5
    return longest > across - 8 or across * 0.7 / len(chart.series) < 10


def _named(figure: "Figure", axes: "Axes", chart: Chart) -> None:
    """The title, and under it what the colours mean."""
    from matplotlib.transforms import blended_transform_factory

    figure.suptitle(cut(chart.title, 560), x=0.02, ha="left", size=13, weight="bold")
    if len(chart.series) > 1:
        place = blended_transform_factory(figure.transFigure, axes.transAxes)
        at = (0.02, 1.03)
        axes.legend(loc="lower left", bbox_to_anchor=at, bbox_transform=place, ncols=MAX_SERIES, columnspacing=1.6)


def _lines(axes: "Axes", chart: Chart) -> None:
    steps = grid(chart)
    places = range(len(chart.labels))
    ends: list[float] = []
    for name, values in chart.series.items():
        drawn = [float("nan") if value is None else value for value in values]
        [line] = axes.plot(places, drawn, label=_name(chart, name), clip_on=False)
        last = max(at for at, value in enumerate(values) if value is not None)
        ends.append(drawn[last])
        axes.plot([last], [drawn[last]], "o", color=line.get_color(), clip_on=False)
    _scale(axes, chart, steps)
    inches = (steps[-1] - steps[0]) / 3.2
    for value, height in zip(ends, apart(ends, inches * 0.19), strict=True):
        axes.annotate(
            shortly(value), (places[-1], height), (8, 0), textcoords="offset points", va="center", weight="bold"
        )
    _below(axes, chart.labels)


def _scale(axes: "Axes", chart: Chart, steps: Sequence[float]) -> None:
    axes.set_ylim(steps[0], steps[-1])
    axes.set_yticks(steps, along(steps, chart.unit))


def _below(axes: "Axes", labels: Sequence[str]) -> None:
    """As many labels as fit side by side, the last one always."""
    said = [cut(label, LABEL) for label in labels]
    every = max(1, -(-len(said) * (max(map(len, said)) + 3) // 84))
    shown = list(range(len(said) - 1, -1, -every))[::-1]
    axes.set_xticks(shown, [said[at] for at in shown])
    axes.grid(visible=False, axis="x")


def _standing(axes: "Axes", chart: Chart) -> None:
    thick = 0.72 / len(chart.series)
    for number, (name, values) in enumerate(chart.series.items()):
        places = [at + (number - (len(chart.series) - 1) / 2) * thick for at in range(len(values))]
        bars = axes.bar(places, [value or 0 for value in values], thick, label=_name(chart, name))
        if len(chart.labels) * len(chart.series) <= 24:
            axes.bar_label(bars, _said(values), padding=3, fontsize=9.5 if len(chart.series) == 1 else 8.5)
    _scale(axes, chart, grid(chart))
    axes.set_xticks(range(len(chart.labels)), [visible(label) for label in chart.labels])
    axes.tick_params(axis="x", length=0)
    axes.axhline(0, color="#868c93", linewidth=0.9)


def _lying(axes: "Axes", chart: Chart) -> None:
    thick = 0.78 / len(chart.series)
    for number, (name, values) in enumerate(chart.series.items()):
        places = [at + (number - (len(chart.series) - 1) / 2) * thick for at in range(len(values))]
        bars = axes.barh(places, [value or 0 for value in values], thick, label=_name(chart, name))
        axes.bar_label(bars, _said(values, chart.unit), padding=4, fontsize=9.5)
    axes.invert_yaxis()
    axes.set_ylim(len(chart.labels) - 0.5, -0.5)
    axes.set_yticks(range(len(chart.labels)), [cut(label, 230) for label in chart.labels])
    axes.set_xticks([])
    axes.margins(x=0.12)
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=False)
    axes.axvline(0, color="#868c93", linewidth=0.9)


def _name(chart: Chart, name: str) -> str:
    """As much of a name as leaves room for the others beside it."""
    return cut(name, 600 / len(chart.series) - 30)


def _said(values: Sequence[float | None], unit: str = "") -> list[str]:
    return ["" if value is None else with_unit(roughly(value), unit) for value in values]
