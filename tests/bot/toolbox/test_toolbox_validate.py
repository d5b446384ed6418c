"""The model's arguments: as the tool takes them, or a sentence that says what to mend."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.toolbox.call import OUTCOMES
from bot.toolbox.validate import invalid, validated
from memory.ids import CallId
from tests.fakes.rooms import read_notes, write_note

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def test_what_is_left_out_has_its_default() -> None:
    assert validated(read_notes, '{"place": "wall"}') == {"place": "wall", "limit": 3}


def test_arguments_may_come_as_a_dictionary() -> None:
    assert validated(read_notes, {"place": "wall", "limit": 1}) == {"place": "wall", "limit": 1}


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ('{"place": "wall"', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[1]", "read_notes cannot take these arguments"),
        ("null", "read_notes cannot take these arguments"),
        ("", "`place`: Field required"),
        (None, "`place`: Field required"),
        ('{"place": 3}', "`place`: Input should be a valid string, got 3"),
        ('{"place": "wall", "limit": "many"}', "`limit`: Input should be a valid integer"),
        ('{"place": "wall", "account": "boss"}', "`account`: Extra inputs are not permitted, got 'boss'"),
    ],
)
def test_the_model_is_told_which_argument_to_mend(sent: str | None, told: str) -> None:
    with pytest.raises(ValueError, match=r"Send them again|Mend them and call again") as error:
        validated(read_notes, sent)
    assert told in str(error.value)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(sent=anything.map(lambda value: json.dumps(value, ensure_ascii=True)) | st.text(max_size=60))
def test_whatever_is_sent_is_taken_or_refused_in_words_that_can_be_kept(sent: str) -> None:
    try:
        taken: dict[str, Any] = validated(write_note, sent)
    except ValueError as error:
        outcome = invalid(CallId("c0"), "write_note", str(error))
        assert OUTCOMES.validate_json(OUTCOMES.dump_json([outcome])) == [outcome]
    else:
        assert set(taken) == {"place", "text", "readers"}


def test_a_name_that_no_text_can_hold_is_told_all_the_same() -> None:
    with pytest.raises(ValueError, match="Mend them") as error:
        validated(read_notes, '{"place": "wall", "\\ud800": 1}')
    assert OUTCOMES.dump_json([invalid(CallId("c0"), "read_notes", str(error.value))])
