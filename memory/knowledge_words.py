"""Text as full-text search reads it: in plain letters and separate words (pure)."""

import re
import unicodedata
from collections.abc import Iterator

# Written without blanks between words, so that neither PostgreSQL's parser nor anybody else's can part them.
_UNPARTED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f\uf900-\ufaff]+")
_OTHER = re.compile(r"[\W_]+")
_LONGEST = 60
"""Characters of a word; longer ones are keys and pictures written as text."""


def plain(text: str) -> str:
    """`text` in small letters without accents, its words and numbers apart: `ERR-4021 für É` is `err 4021 fur e`.

    What is written without blanks (Chinese, Japanese, Thai) becomes overlapping pairs of signs, as in Lucene's
    CJKBigramFilter. Stems and stop words are left to PostgreSQL.
    """
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
        text = _UNPARTED.sub(lambda found: f" {' '.join(_pairs(found[0]))} ", text)
    return " ".join(word for word in _OTHER.sub(" ", text.casefold()).split() if len(word) <= _LONGEST)


def nearest(word: str, known: Iterator[str]) -> str:
    """The word of `known` that `word` is most likely a misspelling of; empty where none is near.

    One slip (a letter left out, put in, changed, or two swapped) in a word of five to seven letters, two in a longer
    one, never in the first letter.
    """
    most = 0 if len(word) < 5 else 1 if len(word) < 8 else 2
    near = ((_slips(word, one, most), one) for one in known if abs(len(one) - len(word)) <= most)
    slips, found = min(near, default=(most + 1, ""))
    return found if slips <= most else ""


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for at in range(len(run) - 1):
        yield run[at : at + 2]


def _slips(one: str, other: str, most: int) -> int:
    """Damerau's distance of two words with swaps of neighbours, or `most + 1` where it is more than that."""
    before, last = list[int](), list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, beside in enumerate(other, start=1):
            slips = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != beside))
            if row > 1 and column > 1 and letter == other[column - 2] and beside == one[row - 2]:
                slips = min(slips, before[column - 2] + 1)
            line.append(slips)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return last[-1]
