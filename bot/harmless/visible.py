"""Values of strangers, made so that nothing in them hides."""

import re
import unicodedata

from documents.visible import hides, visible, written

__all__ = ["is_plain_words", "visible", "visible_target"]

_BREAKS = {"\n": "⏎", "\r": "⏎", "\v": "⏎", "\f": "⏎", "\x85": "⏎", "\u2028": "⏎", "\u2029": "⏎"}
_WORD = re.compile(r"[^\W\d_]+")
_HOST = re.compile(r"(?<=://)[^/?#\s]+|(?<=@)[^\s@,;<>/]+\.[^\s@,;<>/]+")
_WORDS = re.compile(r"(?:[A-Za-zÀ-ÖØ-öø-ž0-9 ,;'’“”()%…\u00a0-]|[.:?](?=\s|$)|(?<=\d):(?=\d))+")
_LOOKALIKE_SCRIPTS = frozenset(
    ("ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "FULLWIDTH", "GEORGIAN", "GREEK", "LISU", "MATHEMATICAL")
)


def visible_target(text: str) -> str:
    """`text` as one line in which two targets that differ also look different.

    Line breaks become `⏎`, hosts with foreign letters `xn--…`, and in a word that mixes alphabets the letters that
    pass for Latin ones are written out.
    """
    told = _WORD.sub(_unmixed, _HOST.sub(lambda match: _punycode(match[0]), text.replace("\r\n", "\n")))
    line = "".join(_BREAKS.get(char, char) for char in told)
    return "".join(written(char) if hides(char) or _is_odd_space(char) else char for char in line)


def is_plain_words(text: str) -> bool:
    """Whether `text` is words and sentence punctuation only, so that markup finds nothing to act on."""
    return bool(_WORDS.fullmatch(text.replace("\n", " ")))


def _is_odd_space(char: str) -> bool:
    return char == "\t" or (unicodedata.category(char) == "Zs" and char != " ")


def _unmixed(match: re.Match[str]) -> str:
    word = match[0]
    if not any(char.isascii() for char in word):
        return word
    return "".join(written(char) if _script(char) in _LOOKALIKE_SCRIPTS else char for char in word)


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]


def _punycode(host: str) -> str:
    """Each label as a browser would look it up (RFC 3492 after NFKC); ASCII labels stay as they are."""
    return ".".join(_label(part) for part in re.split("[.\u3002\uff0e\uff61]", host))


def _label(label: str) -> str:
    if label.isascii() or any(hides(char) for char in label):
        return label
    known = unicodedata.normalize("NFKC", label).casefold()
    return known if known.isascii() else f"xn--{known.encode('punycode').decode()}"
