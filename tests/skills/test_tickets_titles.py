"""A ticket's prefix and summary, apart and together."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.errors import RetryToolCall
from skills.tickets.titles import MAX_PREFIX, apart, parted, together


@pytest.mark.parametrize(
    ("prefix", "summary", "expected"),
    [
        ("", "Rotate the keys", ("", "Rotate the keys")),
        ("[infra]", "Rotate the keys", ("[infra]", "Rotate the keys")),
        ("[infra]", "[infra] Rotate the keys", ("[infra]", "Rotate the keys")),
        ("[infra]", "[Infra] [infra]Rotate the keys", ("[infra]", "Rotate the keys")),
        ("", "[infra]  Rotate\nthe keys", ("[infra]", "Rotate the keys")),
        ("none", "Rotate the keys", ("", "Rotate the keys")),
        ("[infra]", "[tiles] Rotate the keys", ("[infra]", "[tiles] Rotate the keys")),
        ("DB", "DBA rota", ("DB", "DBA rota")),
        ("DB", "DB rota", ("DB", "rota")),
        ("iOS:", "iOS: dark mode", ("iOS:", "dark mode")),
    ],
)
def test_a_prefix_stands_there_once(prefix: str, summary: str, expected: tuple[str, str]) -> None:
    assert parted(prefix, summary) == expected


@pytest.mark.parametrize(
    "summary", ["[infra]", "[ios][bug] Dark mode", "[Guide](guide.md) is old", "Fix [infra] names"]
)
def test_what_is_no_prefix_by_itself_stays_where_it_is(summary: str) -> None:
    assert parted("", summary) == ("", summary)


@settings(max_examples=100, deadline=None)
@given(prefix=st.text(max_size=MAX_PREFIX), summary=st.text(max_size=300))
def test_apart_again_is_the_same_as_apart_once(prefix: str, summary: str) -> None:
    """The card, an edit of it and the call after it all part the same title."""
    once = parted(prefix, summary)
    assert parted(*once) == once
    assert parted("", together(*once))[1] in together(*once)


def test_a_prefix_is_short() -> None:
    with pytest.raises(RetryToolCall, match="`title_prefix` may have 60 characters, got 61"):
        parted("x" * 61, "Rotate the keys")


@pytest.mark.parametrize(
    "arguments",
    [
        {"summary": "Rotate the keys"},
        {"summary": "[tiles] Rotate", "title_prefix": "[infra]"},
        {"summary": None, "project": "PLAT"},
        {},
    ],
)
def test_arguments_that_are_apart_stay_as_they_are(arguments: dict[str, Any]) -> None:
    assert apart(arguments) == arguments


def test_a_prefix_that_a_model_wrote_into_the_summary_gets_its_own_place() -> None:
    assert apart({"summary": "[tiles] Rotate", "project": "PLAT"}) == {
        "summary": "Rotate",
        "title_prefix": "[tiles]",
        "project": "PLAT",
    }
