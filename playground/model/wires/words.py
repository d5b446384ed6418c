"""The pieces in which an answer is streamed."""

import re

_WORD = re.compile(r"\s*\S+\s?|\s+")


def words(text: str) -> list[str]:
    """`text` word by word; joined, they are `text` again."""
    return _WORD.findall(text)
