"""Where the shapes of charts stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.charts import APART, bars, lines, rows

VALUES = st.lists(st.one_of(st.none(), st.floats(0, 900)), min_size=1, max_size=12).filter(
    lambda values: any(value is not None for value in values)
)


def test_a_column_stands_on_the_ground_and_its_parts_on_each_other():
    [first, last] = bars([("Sep", 1, 3), ("", 4, 0)]).columns
    assert (first.words, first.filled, first.asked) == ("Sep", (75.0, 21.0), (12.0, 61.0))
    assert (last.filled, last.asked) == ((12.0, 84.0), (12.0, 0.0))
    assert last.x > first.x


def test_weeks_in_which_nothing_happened_have_empty_columns():
    assert [column.filled[1] + column.asked[1] for column in bars([("", 0, 0), ("", 0, 0)]).columns] == [0, 0]
    assert bars([]).columns == ()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.just(""), st.integers(0, 999), st.integers(0, 999)), max_size=20))
def test_columns_stay_on_the_picture_side_by_side(values: list[tuple[str, int, int]]):
    chart = bars(values)
    for column in chart.columns:
        assert 0 <= column.x <= column.x + chart.width <= 270
        for top, height in (column.filled, column.asked):
            assert 0 <= top <= top + height <= 98
    for one, after in zip(chart.columns, chart.columns[1:], strict=False):
        assert one.x + chart.width < after.x


def test_a_line_breaks_where_a_value_is_missing():
    drawn = lines(["38", "39", "40", "41"], [1.0, None, 2.0, 3.0], [0.0, None, 0.0, 0.0]).lines[0]
    assert [len(piece) for piece in drawn.pieces] == [1, 2]
    assert (drawn.last, drawn.value) == (drawn.pieces[-1][-1], 3.0)


@pytest.mark.parametrize(
    ("highest", "grid"),
    [(0.0, [0, 0.5]), (0.8, [0, 0.5, 1]), (3.1, [0, 1, 2, 3, 4]), (9.0, [0, 5, 10]), (4000.0, [0, 4000])],
)
def test_the_grid_has_round_steps(highest: float, grid: list[float]):
    assert [value for _, value in lines(["1", "2"], [0.0, highest]).grid] == grid


def test_a_single_week_stands_at_the_right():
    chart = lines(["47"], [1.0], [2.0])
    assert chart.below == ((566.0, "47"),)
    assert chart.lines[0].last[0] == 566.0


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_lines_stay_on_the_picture_and_their_labels_apart(values: list[float | None]):
    chart = lines([str(at) for at in range(len(values))], values, values)
    for line in chart.lines:
        assert all(44 <= x <= 566 and 40 <= y <= 190 for piece in line.pieces for x, y in piece)
    above, below = sorted(line.label for line in chart.lines)
    assert below - above >= APART - 0.2
    assert chart.below[-1][1] == str(len(values) - 1)


def test_bars_that_lie_are_as_long_as_their_counts():
    assert [(row.words, row.width, row.count) for row in rows([("Tickets", 10), ("Mail", 5), ("Files", 0)])] == [
        ("Tickets", 196.0, 10),
        ("Mail", 98.0, 5),
        ("Files", 0.0, 0),
    ]
    assert rows([("Files", 0)])[0].width == 0
