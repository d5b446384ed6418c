"""Charts: what can be drawn, what it says in words, and where its grid stands."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.chart import briefly, exactly, finding, roughly, with_unit
from documents.charts import Chart, png, read_chart, svg
from documents.charts_scaled import apart, grid

MONTHS = ("Jan", "Feb", "Mar")
HOSTILE = "</title><script>alert(1)</script>\u202e$\\frac$"
PNG = b"\x89PNG\r\n\x1a\n"


def orders(*values: float | None) -> Chart:
    return Chart("line", "Orders", MONTHS[: len(values)], {"App": values})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "`title` is empty"),
        ({"labels": ()}, "`labels` is empty"),
        ({"series": {}}, "`series` needs 1 to 5 names, got 0"),
        ({"series": {"a": (1.0, 2.0)}}, "'a' has 2 values for 3 labels"),
        ({"series": {"a": (None, None, None)}}, "'a' has no value at all"),
        ({"series": {"a": (1.0, float("nan"), 3.0)}}, "'a' has nan, which cannot be drawn"),
        ({"series": {"a": (1.0, float("inf"), 3.0)}}, "'a' has inf, which cannot be drawn"),
        ({"series": {"": (1.0, 2.0, 3.0)}}, "A name in `series` is empty"),
        ({"unit": "x" * 161}, "at most 160 characters, got 161"),
        ({"labels": tuple(map(str, range(1001)))}, "at most 1,000 labels, got 1,001"),
        ({"kind": "bar", "labels": tuple(map(str, range(121)))}, "at most 120 bars, got 121"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_sentence(changed: dict[str, object], said: str) -> None:
    given: dict[str, object] = {"kind": "line", "title": "t", "labels": MONTHS, "series": {"a": (1.0, 2.0, 3.0)}}
    with pytest.raises(ValueError, match=re.escape(said)):
        Chart(**(given | changed))  # pyright: ignore[reportArgumentType] - wrong on purpose


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the JSON: Invalid JSON"),
        ("[1]", "the JSON: Input should be an object"),
        ('{"kind": "pie", "title": "t", "labels": [], "series": {}}', "kind: Input should be 'line' or 'bar'"),
        ('{"kind": "bar", "title": "t", "labels": ["a"], "series": {"x": ["many"]}}', "series.x.0"),
    ],
)
def test_a_chart_that_is_written_wrongly_says_where(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        read_chart(text)


def test_a_chart_is_read_as_a_model_writes_it() -> None:
    read = read_chart('{"kind":"bar","title":"Orders","labels":[2025,"2026"],"series":{"App":[1,null]},"colour":"red"}')
    assert read == Chart("bar", "Orders", ("2025", "2026"), {"App": (1.0, None)})


def test_its_finding_says_how_it_goes_and_what_is_highest() -> None:
    assert finding(orders(1204, None, 1911)) == (
        "Line chart, Orders: 3 values, Jan to Mar. App: from 1,204 to 1,911, highest 1,911 (Mar), lowest 1,204 (Jan)."
    )
    bars = Chart("bar", "Share", ("A", "B"), {"x": (12.5, -4)}, "%")
    assert finding(bars) == "Bar chart, Share: 2 values, A to B. x: highest 12.5\u00a0% (A), lowest −4\u00a0% (B)."


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, ("0", "0", "0")),
        (1204, ("1,204", "1,204", "1,204")),
        (12_340, ("12,340", "12,340", "12.34k")),
        (1_500_000.4, ("1,500,000.4", "1,500,000", "1.5M")),
        (-12.345, ("−12.345", "−12.3", "−12.345")),
        (0.05671, ("0.05671", "0.0567", "0.05671")),
        (100, ("100", "100", "100")),
    ],
)
def test_numbers_are_written_as_people_read_them(value: float, words: tuple[str, str, str]) -> None:
    assert (exactly(value), roughly(value), briefly(value)) == words


def test_a_unit_stands_where_people_write_it() -> None:
    assert with_unit("64", "%") == "64\u00a0%"
    assert with_unit("1,204", "€") == "€1,204"


@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.floats(-1e14, 1e14), min_size=1, max_size=30), kind=st.sampled_from(["line", "bar"]))
def test_the_grid_encloses_all_values_in_a_few_steps(values: list[float], kind: str) -> None:
    labels = tuple(map(str, range(len(values))))
    chart = Chart("bar" if kind == "bar" else "line", "t", labels, {"x": tuple(values)})
    steps = grid(chart)
    slack = (steps[-1] - steps[0]) * 1e-6
    assert steps[0] - slack <= min(values) <= max(values) <= steps[-1] + slack
    assert 2 <= len(steps) <= 8
    if kind == "bar":
        assert steps[0] - slack <= 0 <= steps[-1] + slack


def test_labels_keep_their_order_and_their_distance() -> None:
    placed = apart([100, 101, 99, 300], 14)
    assert placed[2] <= placed[0] - 14 + 0.2
    assert placed[1] >= placed[0] + 14 - 0.2
    assert placed[3] == 300


@pytest.mark.parametrize("width", [680, 340])
@pytest.mark.parametrize("kind", ["line", "bar"])
def test_a_chart_is_an_image_with_its_words_and_no_colour_of_its_own(width: int, kind: str) -> None:
    chart = Chart("line" if kind == "line" else "bar", HOSTILE, ("<b>", "x"), {"</svg>": (1, 2), "&": (None, 4)}, "<i>")
    drawn = svg(chart, width=680 if width == 680 else 340)
    tree = ElementTree.fromstring(drawn)  # noqa: S314 - made here; it is about being well formed
    assert tree.get("role") == "img"
    names = (tree.get("aria-labelledby") or "").split()
    title, described = tree[0], tree[1]
    assert [title.get("id"), described.get("id")] == names
    assert title.text == "</title><script>alert(1)</script>⟨U+202E⟩$\\frac$"
    assert described.text == finding(chart)
    assert "\u202e" not in drawn
    assert not re.search(r"style=|#[0-9a-f]{3,6}\b|rgb\(|<script|href|url\(", drawn)
    shown = {element.text for element in tree.iter("text")}
    assert {"</svg>", "&"} <= shown, "each name stands beside its mark"


@settings(max_examples=50, deadline=None)
@given(
    labels=st.lists(st.text(max_size=40), min_size=1, max_size=12),
    names=st.lists(st.text(min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=5, unique=True),
    value=st.floats(-1e9, 1e9),
    kind=st.sampled_from(["line", "bar"]),
)
def test_whatever_the_words_are_it_is_well_formed(labels: list[str], names: list[str], value: float, kind: str) -> None:
    series = {name: tuple(value * at for at in range(len(labels))) for name in names}
    chart = Chart("line" if kind == "line" else "bar", "t", tuple(labels), series)
    allowed = {"svg", "title", "desc", "text", "line", "rect", "circle", "path", "polyline"}
    tree = ElementTree.fromstring(svg(chart))  # noqa: S314 - made here
    assert {element.tag for element in tree.iter()} <= allowed


async def test_a_picture_of_a_chart_is_drawn_in_the_confined_process() -> None:
    drawn = await png(Chart("line", HOSTILE, MONTHS, {"App": (1, None, 3), "Web $5": (4, 5, 6)}))
    assert drawn.startswith(PNG)
    assert int.from_bytes(drawn[16:20], "big") == 1200


async def test_bars_with_long_names_lie_and_the_picture_grows_with_them() -> None:
    names = tuple(f"A department with a long name, number {number}" for number in range(30))
    drawn = await png(Chart("bar", "Costs", names, {"EUR": tuple(map(float, range(30)))}))
    width, height = (int.from_bytes(drawn[at : at + 4], "big") for at in (16, 20))
    assert width == 1200
    assert height > 1000
