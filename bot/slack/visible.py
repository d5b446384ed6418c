"""Values of strangers, made so that nothing in them hides."""

import re
import unicodedata

# Letters that draw nothing, although Unicode files them with those that do.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0")
_BREAKS = {"\n": "⏎", "\r": "⏎", "\v": "⏎", "\f": "⏎", "\x85": "⏎", "\u2028": "⏎", "\u2029": "⏎"}
# An emoji may carry its usual joiners, else every ⚠️ in a comment would look like an attack.
_EMOJI_PART = re.compile(
    "(?<=[\u00a9\u00ae\u203c\u2049\u2122-\u2bff\u3030-\u32ff\U0001f000-\U0001faff])\ufe0f|(?<=[0-9#*])\ufe0f(?=\u20e3)"
)
_EMOJI_JOIN = re.compile(
    "(?<=[\u2600-\u27bf\ufe0f\U0001f300-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f300-\U0001faff])"
)
_WORD = re.compile(r"[^\W\d_]+")
_HOST = re.compile(r"(?<=://)[^/?#\s]+|(?<=@)[^\s@,;<>/]+\.[^\s@,;<>/]+")
_WORDS = re.compile(r"(?:[A-Za-zÀ-ÖØ-öø-ž0-9 ,;'’“”()%…\u00a0-]|[.:?](?=\s|$)|(?<=\d):(?=\d))+")
_LOOKALIKE_SCRIPTS = frozenset(
    ("ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "FULLWIDTH", "GEORGIAN", "GREEK", "LISU", "MATHEMATICAL")
)


def visible(text: str) -> str:
    """`text` as it reads, with every invisible or direction-changing character written out: `⟨U+202E⟩`."""
    text = text.replace("\r\n", "\n")
    kept = {match.start() for pattern in (_EMOJI_PART, _EMOJI_JOIN) for match in pattern.finditer(text)}
    return "".join(char if at in kept or not _hides(char) else _written(char) for at, char in enumerate(text))


def visible_target(text: str) -> str:
    """`text` as one line in which two targets that differ also look different.

    Line breaks become `⏎`, hosts with foreign letters `xn--…`, and in a word that mixes alphabets the letters that
    pass for Latin ones are written out.
    """
    told = _WORD.sub(_unmixed, _HOST.sub(lambda match: _punycode(match[0]), text.replace("\r\n", "\n")))
    line = "".join(_BREAKS.get(char, char) for char in told)
    return "".join(_written(char) if _hides(char) or _is_odd_space(char) else char for char in line)


def is_plain_words(text: str) -> bool:
    """Whether `text` is words and sentence punctuation only, so that markup finds nothing to act on."""
    return bool(_WORDS.fullmatch(text.replace("\n", " ")))


def _hides(char: str) -> bool:
    if char in "\n\t" or (char.isascii() and char.isprintable()):
        return False
    return (
        unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        or char in _BLANK
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0000" <= char <= "\U000e0fff"
    )


def _is_odd_space(char: str) -> bool:
    return char == "\t" or (unicodedata.category(char) == "Zs" and char != " ")


def _written(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"


def _unmixed(match: re.Match[str]) -> str:
    word = match[0]
    if not any(char.isascii() for char in word):
        return word
    return "".join(_written(char) if _script(char) in _LOOKALIKE_SCRIPTS else char for char in word)


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]


def _punycode(host: str) -> str:
    """Each label as a browser would look it up (RFC 3492 after NFKC); ASCII labels stay as they are."""
    return ".".join(_label(part) for part in re.split("[.\u3002\uff0e\uff61]", host))


def _label(label: str) -> str:
    if label.isascii() or any(_hides(char) for char in label):
        return label
    known = unicodedata.normalize("NFKC", label).casefold()
    return known if known.isascii() else f"xn--{known.encode('punycode').decode()}"
