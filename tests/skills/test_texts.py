"""What a model reads in something that it is shown."""

from typing import Any

import pytest

from skills.texts import text_of


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ({"title": "T", "body": "B", "labels": ["x", "y"]}, "B\nx\ny"),
        ({"number": 7, "draft": True, "body": None, "state": ""}, ""),
        ({"comments": [{"by": "leila", "text": "Hi", "link": "https://x.example"}]}, "leila\nHi"),
        ("plain", "plain"),
        (None, ""),
    ],
)
def test_every_word_is_there_beside_what_stands_elsewhere(shown: Any, text: str):
    assert text_of(shown) == text


def test_what_is_kept_beside_is_named_by_its_key():
    assert text_of({"key": "A-1", "title": "T"}, beside=("key",)) == "T"
