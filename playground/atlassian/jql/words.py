"""Text search as Jira does it: whole words, roughly stemmed, accents ignored."""

import re
import unicodedata

_WORD = re.compile(r"[\w*?]+")
_PHRASE = re.compile(r'"([^"]*)"')
_ENDINGS = ("ings", "ing", "ies", "ed", "es", "s")


def says(text: str, wanted: str) -> bool:
    """Whether `text` has every word of `wanted`; `"a b"` in it is a phrase, `a*` a beginning."""
    have = [_stem(word) for word in _WORD.findall(_plain(text))]
    plain = _plain(wanted)
    phrases = [phrase for phrase in _PHRASE.findall(plain) if phrase.strip()]
    single = _WORD.findall(_PHRASE.sub(" ", plain))
    return all(_has_phrase(have, phrase) for phrase in phrases) and all(_has(have, word) for word in single)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _has(have: list[str], word: str) -> bool:
    if "*" not in word and "?" not in word:
        return _stem(word) in have
    pattern = re.compile(re.escape(word).replace(r"\*", ".*").replace(r"\?", "."))
    return any(pattern.fullmatch(known) for known in have)


def _has_phrase(have: list[str], phrase: str) -> bool:
    wanted = [_stem(word) for word in _WORD.findall(phrase)]
    return any(have[start : start + len(wanted)] == wanted for start in range(len(have) - len(wanted) + 1))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
