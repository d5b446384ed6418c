"""Finds the passages of documents that answer some words. Pure."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from documents.document import Document

LENGTH = 900
"""Characters of a passage, about: it ends with a line."""
_WORD = re.compile(r"\w+")
_ENDINGS = re.compile(r"(?:ing|ed|es|en|er|s|e|n)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a document, and where it stands."""

    file: str
    place: str
    text: str


def passages_of(file: str, document: Document) -> list[Passage]:
    """A document in pieces of whole lines, in order."""
    return [
        Passage(file=file, place=part.place, text=text) for part in document.parts for text in _cut(part.text, LENGTH)
    ]


def best(passages: Sequence[Passage], words: str, *, most: int) -> list[Passage]:
    """The passages that fit `words` best, best first; none that holds none of them.

    Okapi BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75) over words without their endings.
    """
    wanted = set(_stems(words))
    counts = [Counter(_stems(passage.text)) for passage in passages]
    if not wanted or not counts:
        return []
    lengths = [sum(count.values()) for count in counts]
    usual = sum(lengths) / len(lengths) or 1.0
    within = {word: sum(word in count for count in counts) for word in wanted}
    rare = {word: math.log(1 + (len(counts) - n + 0.5) / (n + 0.5)) for word, n in within.items()}

    def score(at: int) -> float:
        longer = 1.2 * (0.25 + 0.75 * lengths[at] / usual)
        return sum(rare[word] * counts[at][word] * 2.2 / (counts[at][word] + longer) for word in wanted)

    scored = [(score(at), -at) for at in range(len(passages))]
    return [passages[-at] for points, at in sorted(scored, reverse=True)[:most] if points > 0]


def _stems(text: str) -> Iterable[str]:
    return (_ENDINGS.sub("", word) if len(word) > 4 else word for word in _WORD.findall(text.lower()))


def _cut(text: str, length: int) -> Iterable[str]:
    piece = ""
    for line in text.splitlines(keepends=True):
        while len(line) > length:  # one line without an end, as a minified file has it
            if piece.strip():
                yield piece
            yield line[:length]
            piece, line = "", line[length:]
        if piece and len(piece) + len(line) > length:
            yield piece
            piece = ""
        piece += line
    if piece.strip():
        yield piece
