"""A message, taken apart: what the person said, without the words that somebody else put into a link or a name."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.provenance.links import LINK, address, links_in
from bot.provenance.words import QUOTE, WORD, norm, own_words, plain
from skills.verbs import ARTICLES, ASKING, DENIALS, NOT_DENIED, POLITE

CUT = " \u02ad "
"""What stands where something was cut out: a letter that nobody types, so that what was apart stays apart."""
_PASTED = re.compile(rf"://|^[\W_]*www\.|[?&][\w.-]+=|(?:{LINK.pattern})(?:[/?&]|#(?!\d+\b))", re.IGNORECASE)
_CALLED = re.compile(r"@|(?<!\w)#")
"""In an address or a mention."""
_QUOTED = re.compile(r"“[^“”]*[“”]|„[^„“”]*[“”]|«[^«»]*»|\"[^\"]*\"|(?<!\w)['‘‚].{1,1000}?['’‘](?!\w)", re.DOTALL)
_DOTTED = re.compile(r"\w\.[^\W\d_]{2}")
"""In a file name or a host."""
_TOKEN = re.compile(r"[^\s\u00a0]+")
_NAME = re.compile(r"(?:\S|\u00a0)+")
"""Names of mentioned people are held together by no-break spaces."""
_END = re.compile(r"(?<=[^\d]\.)\s+|(?<=[!?;])\s+|\n")
_TOLD = re.compile(r"\b(?:wrote|schrieb|écrit|escribió|schreef)\b[^:]{0,60}:.*")
"""What somebody else wrote, to the end of the line."""
_NOT = re.compile(r"n['’]t\b|\bcannot\b")
_PAST = re.compile(r"(?:ed|ad[ao]|id[ao]|é|ée|és|ées)$")
_PLACES: tuple[tuple[str, str], ...] = (
    (r"github\.com", r"(?P<place>[\w.-]+/[\w.-]+)(?:/(?:pull|issues)/(?P<number>\d+))?(?:[/?#].*)?"),
    (r"[\w-]+\.atlassian\.net", r"browse/(?P<key>[a-z]\w*-\d+)(?:[?#].*)?"),
    (r"(?:docs|drive)\.google\.com", r"(?:[\w-]+/)*(?:d|folders)/(?P<id>[\w-]{10,})(?:[/?#].*)?"),
    (r"[\w-]+\.slack\.com", r"archives/(?P<channel>[a-z]\w{5,})(?:[/?#].*)?"),
)
"""Hosts of services, and what in an address there names a thing. Never its query: whoever made it chose that."""
_PLACE = [re.compile(rf"(?:https?://)(?:www\.)?{host}/{path}", re.IGNORECASE) for host, path in _PLACES]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one message says, in the forms that are asked about."""

    words: str
    """As `norm` has them, without pasted links."""
    plain: str
    """Without accents, links, addresses and mentions: what choices, times and "everybody" are looked for in."""
    wishes: tuple[str, ...]
    """Each word that may ask for an action, without accents."""
    linked: frozenset[str]
    """The addresses that stand in it, and all that was glued to a pasted one."""
    pointed: frozenset[str]
    """What its links to well-known services name: `octo/hello#12`, `trail-140`, the id of a file."""
    letters: str
    """As it was written, in lower case: for addresses whose letters must not be mistaken."""


@lru_cache(maxsize=64)
def spoken(message: str) -> Spoken:
    own = own_words(message)
    pasted = [token for token in own.split() if _PASTED.search(token)]
    words = _without(_PASTED, _TOKEN, own)
    bare = _without(_CALLED, _NAME, words)
    return Spoken(
        words=norm(words),
        plain=plain(bare),
        wishes=tuple(_wishes(bare)),
        linked=frozenset((*map(address, links_in(norm(words))), *_whole(pasted))),
        pointed=frozenset(norm(name) for token in pasted for name in _pointed(token)),
        letters=" ".join(own.split()).lower(),
    )


def _whole(pasted: Iterable[str]) -> Iterator[str]:
    """What was pasted, as it is, and up to where a service ends a link; never an address further in."""
    for token in map(norm, pasted):
        yield token.strip(QUOTE + ".,;:!?() ")
        yield from map(address, links_in(token)[:1])


def _pointed(token: str) -> Iterator[str]:
    """What a pasted address names, as people would write it."""
    for link in links_in(token):
        for found in filter(None, (place.fullmatch(link) for place in _PLACE)):
            parts = {name: part for name, part in found.groupdict().items() if part}
            yield from parts.values()
            if "number" in parts:
                yield f"{parts['place']}#{parts['number']}"


def _wishes(text: str) -> Iterator[str]:
    """The words of sentences that ask for something. A denial does not, nor does a question but for "could you"."""
    bare = _without(_DOTTED, _TOKEN, _QUOTED.sub(CUT, text))
    for sentence in _END.split("\n".join(_TOLD.sub("", norm(line)) for line in bare.splitlines())):
        if not sentence or not _asks(plain(NOT_DENIED.sub(" ", plain(_NOT.sub(" not", sentence)))), sentence):
            continue
        words = WORD.findall(sentence)
        for before, word in zip(("", *words), words, strict=False):
            if plain(before) not in ARTICLES and not _PAST.search(word):
                yield plain(word)


def _without(pattern: re.Pattern[str], piece: re.Pattern[str], text: str) -> str:
    """`text` without those of its pieces in which the pattern is found."""
    return piece.sub(lambda found: CUT if pattern.search(found[0]) else found[0], text)


def _asks(said: str, sentence: str) -> bool:
    words = WORD.findall(said)
    if not words or DENIALS & {*words[1:], *({words[0]} - {"pas"})}:  # "pas aan" is Dutch for "adjust"
        return False
    is_question = sentence.rstrip(f" {QUOTE})").endswith("?") or words[0] in ASKING
    return not is_question or POLITE.search(said) is not None
