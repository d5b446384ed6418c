"""What a chart is: a few lines or bars over the same labels, and what they show in words."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from documents.visible import visible

Kind: TypeAlias = Literal["line", "bar"]
MAX_SERIES = 5
"""There are no more colours that everybody can tell apart."""
MAX_POINTS = 1_000
MAX_BARS = 120
MAX_WORDS = 160
"""Characters of a title, a label or a name."""
_SIZES = ((1e12, 1e12, "tn"), (1e9, 1e9, "bn"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))
_BEFORE = frozenset("€$£¥₹")
"""Units that stand before their number."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines or bars over the same labels. Raises ValueError, in a sentence, for what cannot be drawn."""

    kind: Kind
    title: str
    labels: tuple[str, ...]
    series: Mapping[str, tuple[float | None, ...]] = field(hash=False)
    """Name → its value for each label; None is a gap."""
    unit: str = ""
    """Of all values: "%", "EUR", "hours"."""

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise ValueError(problem)

    @property
    def values(self) -> list[float]:
        """All values there are, without the gaps."""
        return [value for values in self.series.values() for value in values if value is not None]


def _problems(chart: Chart) -> Iterator[str]:
    if not chart.title.strip():
        yield "`title` is empty. Say what the chart shows."
    if not chart.labels:
        yield "`labels` is empty. Give one label for each value."
    if not 1 <= len(chart.series) <= MAX_SERIES:
        yield f"`series` needs 1 to {MAX_SERIES} names, got {len(chart.series)}. Keep the ones that matter most."
    if len(chart.labels) > MAX_POINTS:
        yield f"A chart has at most {MAX_POINTS:,} labels, got {len(chart.labels):,}. Sum them up in larger steps."
    bars = len(chart.labels) * len(chart.series)
    if chart.kind == "bar" and bars > MAX_BARS:
        yield f"A bar chart has at most {MAX_BARS} bars, got {bars:,}. Keep the largest, or draw lines."
    for words in (chart.title, chart.unit, *chart.labels, *chart.series):
        if len(words) > MAX_WORDS:
            yield f"Words in a chart have at most {MAX_WORDS} characters, got {len(words)}: {words[:40]!r}…"
    for name, values in chart.series.items():
        yield from _problems_of(name, values, len(chart.labels))


def _problems_of(name: str, values: Sequence[float | None], labels: int) -> Iterator[str]:
    if not name.strip():
        yield "A name in `series` is empty. Say what its values are."
    if len(values) != labels:
        yield f"{name!r} has {len(values)} values for {labels} labels. Give one for each, null where there is none."
    if all(value is None for value in values):
        yield f"{name!r} has no value at all. Leave it out."
    for value in values:
        if value is not None and not (math.isfinite(value) and abs(value) < 1e15):
            yield f"{name!r} has {value!r}, which cannot be drawn."


class _Written(BaseModel):
    """A chart as a model writes it."""

    model_config = ConfigDict(extra="ignore")

    kind: Kind
    title: str
    labels: list[Annotated[str, Field(coerce_numbers_to_str=True)]]
    series: dict[str, list[float | None]]
    unit: str = ""


def read_chart(text: str) -> Chart:
    """A chart written as JSON. Raises ValueError, in a sentence, for anything else."""
    try:
        written = _Written.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the JSON"
        raise ValueError(f"The chart cannot be read: {where}: {first['msg']}.") from error
    series = {name: tuple(values) for name, values in written.series.items()}
    return Chart(written.kind, written.title, tuple(written.labels), series, written.unit)


def exactly(value: float) -> str:
    """A number as people read it, with all its digits: "1,204.5"."""
    return f"{value:,.6f}".rstrip("0").rstrip(".").replace("-", "−") if value % 1 else f"{value:,.0f}".replace("-", "−")


def roughly(value: float) -> str:
    """A number with three digits that count: "1,204", "12.3", "0.0567"."""
    if value == 0 or abs(value) >= 1_000:
        return exactly(round(value))
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}".replace("-", "−") if not digits else _trimmed(f"{value:,.{digits}f}")


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".").replace("-", "−")


def briefly(value: float, largest: float = 0.0) -> str:
    """A number with few digits: "12k", "1.5M"; in the size of the `largest` beside it, where that is larger."""
    for size, step, sign in _SIZES:
        if max(abs(value), abs(largest)) >= size:
            said = _trimmed(f"{value / step:.2f}")
            return f"{said}{sign}" if value else said
    return _trimmed(f"{value:,.10f}")


def along(steps: Sequence[float], unit: str) -> list[str]:
    """What stands beside the lines of a grid, all in one size."""
    largest = max(map(abs, steps))
    return [with_unit(briefly(step, largest), unit) for step in steps]


def shortly(value: float) -> str:
    """A number as it stands beside the end of its line."""
    return roughly(value) if abs(value) < 1e5 else briefly(value)


def with_unit(number: str, unit: str) -> str:
    """A number and its unit, held together: "64 %", "€1,204"."""
    if not unit:
        return number
    return f"{unit}{number}" if unit in _BEFORE else f"{number}\u00a0{visible(unit)}"


def finding(chart: Chart) -> str:
    """What the chart shows, in words, for whoever cannot see it."""
    count = len(chart.labels)
    what = "Line chart" if chart.kind == "line" else "Bar chart"
    over = f"{visible(chart.labels[0])} to {visible(chart.labels[-1])}" if count > 1 else visible(chart.labels[0])
    said = (_finding(chart, name, values) for name, values in chart.series.items())
    return f"{what}, {visible(chart.title)}: {count} value{'s'[: count != 1]}, {over}. {' '.join(said)}"


def _finding(chart: Chart, name: str, values: Sequence[float | None]) -> str:
    known = [(value, visible(label)) for value, label in zip(values, chart.labels, strict=True) if value is not None]

    def said(value: float) -> str:
        return with_unit(roughly(value), chart.unit)

    (high, highest), (low, lowest) = max(known, key=lambda one: one[0]), min(known, key=lambda one: one[0])
    if high == low:
        return f"{visible(name)}: {said(high)}{' throughout' if len(known) > 1 else ''}."
    ends = f"from {said(known[0][0])} to {said(known[-1][0])}, " if chart.kind == "line" else ""
    return f"{visible(name)}: {ends}highest {said(high)} ({highest}), lowest {said(low)} ({lowest})."
