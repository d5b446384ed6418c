"""Charts as text that a browser draws, and as pictures."""

import hashlib
import json
from html import escape
from typing import Literal, TypeAlias

from documents.chart import Chart, briefly, finding, read_chart, roughly, with_unit
from documents.charts_drawn import drawn
from documents.confined import confined
from documents.visible import visible

__all__ = ["Chart", "briefly", "finding", "png", "read_chart", "roughly", "svg", "with_unit"]

Width: TypeAlias = Literal[680, 340]
"""Pixels at which the words of a chart are as large as the text around it: a page, a phone."""


def svg(chart: Chart, *, width: Width = 680) -> str:
    """A chart as SVG without any colour of its own: classes f1…f5 and l1…l5, grid, axis and val have to be styled.

    Its title and what it shows are in it as text, so that it can be read aloud.
    """
    height, shapes = drawn(chart, width)
    name = hashlib.sha256(f"{width}{chart!r}".encode()).hexdigest()[:10]
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height:g}" role="img" aria-labelledby="t{name} d{name}">'
        f'<title id="t{name}">{escape(visible(chart.title))}</title><desc id="d{name}">{escape(finding(chart))}</desc>'
        f"{''.join(shapes)}</svg>"
    )


async def png(chart: Chart) -> bytes:
    """A chart as a picture of 1200 by 675 pixels or taller, readable on a light and on a dark ground."""
    facts = {
        "kind": chart.kind,
        "title": chart.title,
        "labels": list(chart.labels),
        "series": {name: list(values) for name, values in chart.series.items()},
        "unit": chart.unit,
    }
    return await confined("chart", json.dumps(facts).encode(), {})
