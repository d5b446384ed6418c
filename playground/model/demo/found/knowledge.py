"""What an agent knows, as its search returned it: passages with their place, and why some were left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playground.model.conversation import Json
from playground.model.demo.found.page import sections_of
from playground.model.wires.wire import items, text_of

IDLE = frozenset(
    {
        *("the", "a", "an", "our", "my", "we", "i", "you", "your", "us", "me", "this", "that", "these", "it", "its"),
        *("of", "for", "on", "in", "at", "to", "from", "with", "by", "and", "or", "about", "as", "if", "so", "than"),
        *("what", "whats", "which", "who", "whom", "whose", "when", "where", "why", "how", "is", "are", "was", "be"),
        *("were", "do", "does", "did", "has", "have", "can", "could", "should", "may", "must", "will", "would", "say"),
        *("says", "said", "know", "tell", "there", "any", "please", "pls", "hey", "hi", "ok", "again", "now", "long"),
        *("many", "much", "often", "according", "find", "explain", "need", "not", "get", "all"),
    }
)
"""Words of a question that say nothing about what is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One passage."""

    title: str
    place: str
    link: str
    lines: tuple[str, ...]
    """Its sentences, and the rows of its tables."""

    @property
    def cited(self) -> str:
        """Title and place, linked where the reader can open it."""
        title = f"[{self.title}]({self.link})" if self.link else self.title
        return f"{title}, {self.place}" if self.place else title


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """What a search brought."""

    pieces: tuple[Piece, ...]
    withheld: tuple[str, ...]
    """A sentence each."""


def pieces_of(content: Json) -> Pieces:
    withheld = content.get("withheld")
    return Pieces(
        pieces=tuple(_piece(passage) for passage in items(content.get("passages"))),
        withheld=tuple(str(said) for said in withheld) if isinstance(withheld, list) else (),
    )


def _piece(passage: Json) -> Piece:
    sections = sections_of(text_of(passage.get("text")))
    rows = [" · ".join(row) for section in sections for table in section.tables for row in table]
    return Piece(
        title=text_of(passage.get("title")),
        place=text_of(passage.get("place")),
        link=text_of(passage.get("link")),
        lines=(*(line for section in sections for line in section.sentences), *rows),
    )


def telling(question: str) -> list[str]:
    """The words of a question that say what is asked, in its order."""
    words = re.findall(r"[^\W_][\w'-]*", question.lower())
    return [word for word in dict.fromkeys(words) if word.removesuffix("'s") not in IDLE and len(word) > 1]


def best_lines(pieces: Sequence[Piece], words: Sequence[str], *, most: int = 2) -> list[tuple[Piece, str]]:
    """The lines with most of `words`, all of one passage, in its order; empty where no line has any of them."""
    scored = [(piece, [(_score(line, words), line) for line in piece.lines]) for piece in pieces]
    fitting = [(max((score for score, _ in lines), default=0), piece, lines) for piece, lines in scored]
    if not fitting or (best := max(fitting, key=lambda one: one[0]))[0] == 0:
        return []
    top, piece, lines = best
    kept = sorted((line for line in lines if line[0] * 2 > top), key=lambda line: -line[0])[:most]
    return [(piece, line) for score, line in lines if (score, line) in kept]


def _score(line: str, words: Sequence[str]) -> int:
    here = re.findall(r"[^\W_][\w'-]*", line.lower())
    return sum(any(_same(word, other) for other in here) for word in words)


def _same(one: str, other: str) -> bool:
    """Whether two words are forms of one: “refund”, “refunds”; “keep”, “kept” are not."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter if len(shorter) < 5 else shorter[: max(4, len(shorter) - 2)]) and (
        len(longer) - len(shorter) <= 3
    )
