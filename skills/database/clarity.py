"""Which words of a question mean several things, and whether the person said which (pure)."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from skills.database.client import Term

_STEM, _ENDING = 4, 3
"""Two words are akin when they share all but this many last letters, and at least so many first ones."""


def unclear(terms: Iterable[Term], *, said: str, asked: str) -> Iterator[Term]:
    """The terms of which it is not known what the person means by them.

    `said` are the person's own words in this turn, `asked` the question as the model put it. Where the person used the
    term, only they can say what it means; where it comes from earlier in the conversation, the model may carry their
    choice over.
    """
    for term in terms:
        if len(term.meanings) < 2:
            continue
        own = holds_any(said, term.words)
        if not own and not holds_any(asked, term.words):
            continue
        where = said if own else f"{said}\n{asked}"
        if not any(holds_any(where, meaning.names, loosely=True) for meaning in term.meanings):
            yield term


def what_to_ask(term: Term) -> str:
    """Tell the model what to ask the person."""
    meant = " | ".join(f"{meaning.names[0]}{f' ({meaning.says})' if meaning.says else ''}" for meaning in term.meanings)
    return (
        f"Nothing was run: {term.words[0]!r} can mean {meant}. Ask the person with `ask_person` which one they mean,"
        " and in the same call what else is open, such as the time. Then call again with their answer in `question`."
    )


def holds_any(text: str, phrases: Iterable[str], *, loosely: bool = False) -> bool:
    """Whether one of `phrases` stands in `text`, as it is or as a plural; loosely: also "invoicing" for "invoiced".

    A term is found narrowly, for "incoming tickets" are no income; what was chosen widely, so as not to ask twice.
    """
    words = _words(text)
    return any(_holds(words, _words(phrase), _akin if loosely else _same) for phrase in phrases)


def _holds(words: Sequence[str], phrase: Sequence[str], alike: Callable[[str, str], bool]) -> bool:
    if not phrase:
        return False
    starts = range(len(words) - len(phrase) + 1)
    return any(all(alike(words[start + n], one) for n, one in enumerate(phrase)) for start in starts)


def _same(one: str, other: str) -> bool:
    return one == other or one in (f"{other}s", f"{other}es") or other in (f"{one}s", f"{one}es")


def _akin(one: str, other: str) -> bool:
    shared = max(_STEM, max(len(one), len(other)) - _ENDING)
    return one == other or (one[:shared] == other[:shared] and min(len(one), len(other)) >= shared)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"[^\W_]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
