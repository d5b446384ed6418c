"""What a vendor's prompt cache would have saved."""

from collections import OrderedDict
from collections.abc import Sequence

from playground.model.conversation import Vendor
from playground.model.wires.wire import Usage

_KEPT = 500
_LEAST = {"anthropic": 0, "openai": 1024}
"""Tokens. OpenAI caches from 1,024 on; Anthropic's limit depends on the model and is left out here."""


def tokens(text: str) -> int:
    """About how many tokens `text` has: the usual rule of four characters each."""
    return (len(text) + 3) // 4


class PromptCache:
    """Remembers prompts, to tell how much of the next one was seen before."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, None] = OrderedDict()

    def usage(self, vendor: Vendor, marks: Sequence[str], *, output: int) -> Usage:
        """The usage of a prompt: the last of `marks` is all of it, the others where a cache may end."""
        *ends, prompt = marks
        ends = [mark for mark in ends if tokens(mark) >= _LEAST[vendor]]
        read = max((tokens(mark) for mark in ends if hash(mark) in self._seen), default=0)
        written = max((tokens(mark) for mark in ends), default=0) - read if vendor == "anthropic" else 0
        for mark in ends:
            self._seen[hash(mark)] = None
        while len(self._seen) > _KEPT:
            self._seen.popitem(last=False)
        return Usage(
            input=max(tokens(prompt) - read - written, 1),
            output=output,
            cache_read=read,
            cache_write=written,
        )
