"""Characters as people count them."""

import unicodedata

_JOINER = "\u200d"


def graphemes(text: str) -> int:
    """How many characters a person sees in `text`, near enough for a tile: a flag, a family, a letter with its accent
    are one each (Unicode's UAX #29, without the scripts whose syllables it joins).
    """
    count, joined, flag = 0, False, False
    for char in text:
        is_flag = "\U0001f1e6" <= char <= "\U0001f1ff"
        if not (joined or _extends(char) or (is_flag and flag)) or count == 0:
            count += 1
            flag = is_flag
        elif is_flag:
            flag = False
        joined = char == _JOINER
    return count


def _extends(char: str) -> bool:
    """Whether it belongs to what stands before it."""
    return (
        char == _JOINER
        or unicodedata.category(char) in {"Mn", "Mc", "Me"}
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0020" <= char <= "\U000e007f"
    )
