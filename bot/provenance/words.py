"""Texts as they are compared: one form for each letter, their words, and runs of words that two texts share."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

INVISIBLE = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
)
"""Unicode's format characters (category Cf), spelled out because asking for each of a million takes long."""
WORD = re.compile(r"[^\W_]+")
EDGE = r"\w@/\-"
"""Characters that glue to a token."""
QUOTE = "'\"“”„‘’‚«»`"
FILE_NAME = re.compile(r"\.\w{2,5}$")
_PASTED = re.compile(
    r"```.*?(?:```|\Z)|^[*_ ]*(?:from|von|de|van)[*_ ]*:[^\n]*@.*\Z", re.DOTALL | re.MULTILINE | re.IGNORECASE
)
"""A block, or a mail with its head, which goes on to the end."""
_WROTE = re.compile(r"^.{1,120}\b(?:wrote|schrieb|a écrit|escribió|schreef)\b.{0,40}:\s*$", re.IGNORECASE)


def norm(value: object) -> str:
    """A text as it is compared: one form for each letter, nothing invisible, lower case, single spaces."""
    text = str(value)
    if not text.isascii():
        text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(text.split()).lower()  # no casefold: ß and ss are two hosts


def plain(value: object) -> str:
    """`norm` without accents: "Füge hinzu" is found by the stem "fuge"."""
    text = norm(value)
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def own_words(text: str) -> str:
    """What in a message is the person's own: without pasted blocks and mails, quoted lines and what announces them."""
    lines = _PASTED.sub("", text).splitlines()
    quoted = [_is_quoted(line) for line in lines]
    return "\n".join(line for at, line in enumerate(lines) if not quoted[at] and not _announces(lines, quoted, at))


def quoted_words(text: str) -> str:
    """What in a message is quoted, or pasted as a block."""
    return "\n".join([*_PASTED.findall(text), *filter(_is_quoted, _PASTED.sub("", text).splitlines())])


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith((">", "&gt;"))


def _announces(lines: list[str], quoted: list[bool], at: int) -> bool:
    if not _WROTE.match(lines[at].strip()):
        return False
    after = next((n for n in range(at + 1, len(lines)) if lines[n].strip()), None)
    return after is not None and quoted[after]


def words_of(text: str) -> list[str]:
    return WORD.findall(norm(text))


def grams(words: Sequence[str], n: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + n]) for at in range(len(words) - n + 1)}


def stem_of(name: str) -> str:
    """'Re: Family Reunion' -> 'family reunion'; 'vacation-plans.docx' -> 'vacation-plans'."""
    return FILE_NAME.sub("", re.sub(r"^(?:(?:re|fwd?|aw|wg|tr|rv|antw):\s*)+", "", norm(name)))


_LONG = 2_000
"""Characters of a text of which few are kept at a time."""
RUN = 3
"""Words in a row that make a text a quote of another."""


@dataclass(frozen=True, slots=True)
class Indexed:
    spaced: str
    """Its words between single spaces, with one at each end."""
    threes: frozenset[int]
    """Hashes of its runs of three words."""

    def shares(self, runs: "Runs") -> bool:
        if runs.size == RUN:
            return not runs.hashes.isdisjoint(self.threes)
        return any(f" {' '.join(run)} " in self.spaced for run in runs.all)

    def known(self, runs: "Runs") -> frozenset[int]:
        """Hashes of those of `runs` that stand here."""
        if runs.size == RUN:
            return runs.hashes & self.threes
        return frozenset(hash(run) for run in runs.all if f" {' '.join(run)} " in self.spaced)


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of so many words of one text, in order."""

    size: int
    all: tuple[tuple[str, ...], ...]
    hashes: frozenset[int]

    @classmethod
    def of(cls, words: Sequence[str], size: int) -> "Runs":
        runs = tuple(tuple(words[at : at + size]) for at in range(len(words) - size + 1)) if size else ()
        return cls(size, runs, frozenset(map(hash, runs)))

    def without(self, other: "Runs") -> "Runs":
        left = self.hashes - other.hashes
        return Runs(self.size, tuple(run for run in self.all if hash(run) in left), left)


def indexed(*texts: str) -> Indexed:
    """`Indexed`, once for each text: a turn calls the gate many times over the same records."""
    return _long(*texts) if sum(map(len, texts)) > _LONG else _short(*texts)


@lru_cache(maxsize=128)
def _long(*texts: str) -> Indexed:
    return _indexed(*texts)


@lru_cache(maxsize=4096)
def _short(*texts: str) -> Indexed:
    return _indexed(*texts)


def _indexed(*texts: str) -> Indexed:
    words = [word for text in texts for word in words_of(text)]
    return Indexed(f" {' '.join(words)} ", frozenset(map(hash, zip(words, words[1:], words[2:], strict=False))))
