"""Which pull request the person means: by number, address, topic, or place in a list."""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which pull request is meant. Nothing set: the one spoken of last."""

    repository: str | None = None
    number: int | None = None
    words: tuple[str, ...] = ()
    position: int | None = None
    """In the list that was shown last, from 0; -1 is the last."""

    @property
    def is_named(self) -> bool:
        return self.number is not None or bool(self.words) or self.position is not None


def target_of(text: str) -> tuple[Target, str]:
    """Which pull request `text` names, and `text` without its name."""
    for pattern, read in _NAMES:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            if (target := read(found)) is not None:
                return target, f"{text[: found.start()]} {text[found.end() :]}"
    return Target(), text


NO_REPOSITORY = frozenset(
    {"re-review", "re-request", "double-check", "sign-off", "follow-up", "one", "short", "detail", "total", "general"}
)
_PLACES = {
    **{"first": 0, "1st": 0, "top": 0, "oldest": 0, "next": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2},
    **{"fourth": 3, "fifth": 4, "last": -1},
}
_IDLE = frozenset(
    {
        *("a", "an", "the", "my", "your", "our", "this", "that", "these", "those", "of", "for", "with", "in", "on"),
        *("to", "about", "and", "or", "one", "ones", "it", "all", "whole", "open", "new", "old", "latest", "other"),
        *("same", "pr", "prs", "pull", "pulls", "request", "requests", "change", "please", "pls", *_PLACES),
    }
)
_UNITS = r"(?:min|minutes?|hours?|days?|weeks?|months?|words?|lines?|characters?|percent|times?|prs|pull requests)"
_AT = r"(?:\b(?:on|in|under|to|at|for|of|from|with)\s+)?(?:\b(?:the\s+)?(?:pr|pull request|pull|number)\s*)?"
_DIGITS = rf"(?<![\w.#/-])#?(\d{{1,6}})(?![\w%-]|[.,:]\d)(?!\s*{_UNITS}\b)"
_ONE = r"(?:one|pr|pull request|change)"


def _numbered(repository: str | None, number: str) -> Target | None:
    if repository is not None and repository.lower() in NO_REPOSITORY:
        return None
    return Target(repository=repository, number=int(number))


def _about(words: str) -> Target | None:
    kept = [word for word in re.findall(r"[\w.'-]+", words) if word not in _IDLE]
    return Target(words=tuple(kept)) if kept else None


_NAMES: tuple[tuple[str, Callable[[re.Match[str]], Target | None]], ...] = (
    (rf"{_AT}https?://\S*?/([\w.-]+/[\w.-]+)/pull/(\d+)\S*", lambda m: _numbered(m[1], m[2])),
    (rf"{_AT}(?<![\w/])([\w.-]+/[\w.-]+)\s?#?(\d{{1,6}})\b", lambda m: _numbered(m[1], m[2])),
    (rf"{_AT}(?<![\w/])([\w.-]+)#(\d{{1,6}})\b", lambda m: _numbered(m[1], m[2])),
    (rf"{_AT}\b(\w+(?:-\w+)+)\s+#?(\d{{1,6}})\b", lambda m: _numbered(m[1], m[2])),
    (rf"{_AT}{_DIGITS}\s+(?:in|of|from)\s+(\w[\w.-]*(?:/[\w.-]+|-[\w.-]+))", lambda m: _numbered(m[2], m[1])),
    # "on 417" is meant before the "399" of "say that 399 is fixed on 417".
    (rf"\b(?:on|under|in|to)\s+(?:pr\s*|pull request\s*)?{_DIGITS}", lambda m: _numbered(None, m[1])),
    (rf"{_AT}{_DIGITS}", lambda m: _numbered(None, m[1])),
    (
        rf"(?:\b(?:on|of)\s+)?\b(?:the|my)\s+({'|'.join(_PLACES)})\b(?:\s+{_ONE}\b)?",
        lambda m: Target(position=_PLACES[m[1].lower()]),
    ),
    (
        rf"(?:\b(?:on|of)\s+)?\b(?:the|my|that)\s+((?:[\w.'-]+\s+){{0,4}}?[\w.'-]+)\s+{_ONE}\b",
        lambda m: _about(m[1]),
    ),
    (
        rf"\b{_ONE}\s+(?:about|on|with|for|called|named)\s+([^,.?!:;]+?)(?=$|[,.?!:;]|\s+(?:and|because|that)\b)",
        lambda m: _about(m[1]),
    ),
)
