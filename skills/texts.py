"""What a model reads in something that it is shown (pure)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any


def text_of(shown: Any, *, beside: Collection[str] = ("title", "link")) -> str:
    """Every word in `shown`, a line for each value, without what stands under the keys `beside`."""
    return "\n".join(_words(shown, beside))


def _words(shown: Any, beside: Collection[str]) -> Iterator[str]:
    if isinstance(shown, str) and shown:
        yield shown
    elif isinstance(shown, Mapping):
        for key, value in shown.items():  # pyright: ignore[reportUnknownVariableType]: any JSON
            if key not in beside:
                yield from _words(value, beside)
    elif isinstance(shown, list | tuple):
        for value in shown:  # pyright: ignore[reportUnknownVariableType]: any JSON
            yield from _words(value, beside)
