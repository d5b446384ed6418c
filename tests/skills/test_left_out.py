"""How a model says that a value is left out on purpose."""

import pytest

from skills.left_out import unless_left_out


@pytest.mark.parametrize("value", [None, "", " ", "none", "NONE", "all", " All "])
def test_none_and_all_stand_for_no_value(value: str | None) -> None:
    assert unless_left_out(value) is None


@pytest.mark.parametrize("value", ["tamarack/web", "tamarack/all", "All hands", "0"])
def test_everything_else_is_a_value(value: str) -> None:
    assert unless_left_out(value) == value
