"""Text of strangers, made so that nothing in it hides."""

import re
import unicodedata

# Letters that draw nothing, although Unicode files them with those that do.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0")
# An emoji may carry its usual joiners, else every ⚠️ in a comment would look like an attack.
_EMOJI_PART = re.compile(
    "(?<=[\u00a9\u00ae\u203c\u2049\u2122-\u2bff\u3030-\u32ff\U0001f000-\U0001faff])\ufe0f|(?<=[0-9#*])\ufe0f(?=\u20e3)"
)
_EMOJI_JOIN = re.compile(
    "(?<=[\u2600-\u27bf\ufe0f\U0001f300-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f300-\U0001faff])"
)


def visible(text: str) -> str:
    """`text` as it reads, with every invisible or direction-changing character written out: `⟨U+202E⟩`."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    kept = {match.start() for pattern in (_EMOJI_PART, _EMOJI_JOIN) for match in pattern.finditer(text)}
    return "".join(char if at in kept or not hides(char) else written(char) for at, char in enumerate(text))


def hides(char: str) -> bool:
    """Whether a character draws nothing of its own, or changes how others are drawn."""
    if char in "\n\t" or (char.isascii() and char.isprintable()):
        return False
    return (
        unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        or char in _BLANK
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0000" <= char <= "\U000e0fff"
    )


def written(char: str) -> str:
    """The number of a character, in brackets."""
    return f"⟨U+{ord(char):04X}⟩"
