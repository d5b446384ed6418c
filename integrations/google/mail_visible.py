"""What a person sees of a text: markup read as a browser shows it, without hidden words and signs (pure)."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from documents.markup import BLOCKS, ENDED_BY_THEIR_LIKE, RAW, SPACED, UNSEEN, VOID, Tag, hiding, plain_style, tokens

_INVISIBLE_SIGNS = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800", "\u3164", "\uffa0"}
"""Letters and marks that draw nothing, though Unicode does not count them as format characters."""
_MAX_LINK = 200
_MAX_MARKUP = 200_000
"""Characters; nobody writes more, and a hostile page should not keep us busy."""


def visible(text: str) -> str:
    """`text` without characters that a person does not see and a model does read."""
    return "".join(sign for sign in text if _shows(sign))


def tidied(text: str) -> str:
    """`text` with plain line ends and spaces, and with no more than one empty line at a time."""
    plain = visible(re.sub(r"\r\n?", "\n", text)).replace("\u00a0", " ")
    lines = [line.rstrip(" \t\u200c\u200d") for line in plain.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def html_to_text(markup: str) -> str:
    """What a person sees of `markup`, as text; hidden elements are left out, links keep their address."""
    page = _Page()
    for token in tokens(markup[:_MAX_MARKUP]):
        match token:
            case str():
                page.write(token)
            case Tag(ends=True):
                page.end(token.name)
            case _:
                page.begin(token)
    return tidied("\n".join(line.text for line in page.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Element:
    """An element whose end was not read yet."""

    tag: str
    hidden: bool
    quoted: bool
    link: str = ""


@dataclass(slots=True)
class _Line:
    quoted: bool
    pieces: list[str] = field(default_factory=list[str])
    says: bool = False
    """Whether there is a word in it."""

    @property
    def text(self) -> str:
        words = re.sub(r"\s+", " ", "".join(self.pieces)).strip()
        return f"> {words}" if self.quoted and words else words


class _Page:
    """What is visible of the tags and texts so far, line by line."""

    def __init__(self) -> None:
        self.lines = [_Line(quoted=False)]
        self._inside = [_Element(tag="", hidden=False, quoted=False)]
        self._open: Counter[str] = Counter()
        self._linked: list[str] = []

    def begin(self, tag: Tag) -> None:
        if tag.name in VOID:
            if tag.name in {"br", "hr"} and not self._here.hidden:
                self._begin_line()
            return
        if tag.name in ENDED_BY_THEIR_LIKE and self._here.tag == tag.name:
            self.end(tag.name)
        told = tag.told()
        self._push(
            _Element(
                tag=tag.name,
                hidden=self._here.hidden or tag.name in UNSEEN | RAW or "hidden" in told or hiding(plain_style(told)),
                quoted=self._here.quoted or tag.name == "blockquote",
                link=told.get("href", "") if tag.name == "a" else "",
            )
        )
        if tag.name == "li":
            self.write("- ")

    def end(self, name: str) -> None:
        if not self._open[name]:
            return
        while True:
            element = self._inside.pop()
            self._open[element.tag] -= 1
            if element.tag == name:
                break
        if not element.hidden:
            self._leave(element)

    def write(self, text: str) -> None:
        if self._here.hidden:
            return
        self._linked.append(text)
        self.lines[-1].pieces.append(text)
        self.lines[-1].says |= not text.isspace()

    @property
    def _here(self) -> _Element:
        return self._inside[-1]

    def _push(self, element: _Element) -> None:
        self._inside.append(element)
        self._open[element.tag] += 1
        if element.tag == "a":
            self._linked.clear()
        if element.tag in BLOCKS:
            self._break()

    def _leave(self, element: _Element) -> None:
        if element.link:
            self.lines[-1].pieces.append(_shown_link(element.link, "".join(self._linked)))
        if element.tag in {"td", "th"}:
            self.lines[-1].pieces.append(" ")
        if element.tag in BLOCKS:
            self._break()
        if element.tag in SPACED:
            self._begin_line()

    def _break(self) -> None:
        """Go on in a new line, unless this one says nothing yet."""
        if self.lines[-1].says:
            self._begin_line()
        else:
            self.lines[-1].quoted = self._here.quoted

    def _begin_line(self) -> None:
        self.lines.append(_Line(quoted=self._here.quoted))


def _shown_link(address: str, text: str) -> str:
    """The address behind a link, where the text does not show it already: the two may differ on purpose."""
    address = "".join(address.split())
    if not address.startswith(("https://", "http://")) or address.rstrip("/") == text.strip().rstrip("/"):
        return ""
    if len(address) > _MAX_LINK:
        return f" ({address[:_MAX_LINK]}…)"
    return f" ({address})"


def _shows(sign: str) -> bool:
    if sign in "\n\t" or sign in "\u200c\u200d":
        return True
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"} and sign not in _INVISIBLE_SIGNS
