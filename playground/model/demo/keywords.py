"""Keywords as patterns that read like lists."""

import re


def any_of(*choices: str) -> str:
    """A pattern for any of `choices`, each as a whole word or phrase."""
    return rf"\b(?:{'|'.join(choices)})\b"


def has(text: str, *choices: str) -> bool:
    """Whether any of `choices` stands in `text` as a whole word or phrase."""
    return re.search(any_of(*choices), text) is not None
