"""What a person sees of a text: markup read as a browser shows it, without hidden words and signs (pure)."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_RAW = frozenset(("script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp", "plaintext"))
"""Elements whose content is no markup; none of it is read."""
_UNSEEN = frozenset(("head", "template", "noscript", "svg", "math", "object", "select", "button"))
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header li"
        " main nav ol p pre section table tbody tr ul",
    )
)
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"))
_ENDED_BY_THEIR_LIKE = frozenset(("p", "li", "tr", "td", "th", "dt", "dd"))
# Every repeat is possessive, so that reading takes time in proportion to the length, whatever a stranger wrote; the
# standard library's parser takes minutes for some mails.
_VALUE = r"""(?:"[^"]*+"|'[^']*+'|[^\s"'>][^\s>]*+)"""
_TAG = re.compile(rf"<(/?)([a-zA-Z][^\s/>]*+)((?:[^\s=>/]++(?:\s*+=\s*+{_VALUE})?+|[\s/=]++)*+)>")
_ATTRIBUTE = re.compile(rf"([^\s=>/]++)(?:\s*+=\s*+({_VALUE}))?+")
_HIDING = re.compile(
    r"(?<![\w-])(?:display:none|visibility:hidden|mso-hide:all|color:transparent|opacity:0(?:\.0+)?(?![.\d])"
    r"|font-size:(?:0+(?:\.0*)?(?:px|pt|em|rem|%)?|[01](?:\.\d+)?(?:px|pt))(?![.\d%\w])"
    r"|(?:max-)?(?:height|width):0(?:px)?(?![.\d%\w])"
    r"|(?:text-indent|left|top|margin-left):-\d{3,})"
)
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
    for token in _tokens(markup[:_MAX_MARKUP]):
        match token:
            case str():
                page.write(token)
            case _Tag(ends=True):
                page.end(token.name)
            case _:
                page.begin(token)
    return tidied("\n".join(line.text for line in page.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tag:
    name: str
    ends: bool
    attributes: str

    def told(self) -> dict[str, str]:
        """Its attributes; the first of a name counts."""
        found: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(self.attributes):
            found.setdefault(name.lower(), html.unescape(value.strip("\"'")))
        return found


def _tokens(markup: str) -> Iterator[str | _Tag]:
    """Text and tags in order, read as browsers do: what is begun and never ended hides all that follows."""
    place = 0
    while place < len(markup):
        begins = markup.find("<", place)
        if begins < 0:
            begins = len(markup)
        if begins > place:
            yield html.unescape(markup[place:begins])
        if markup.startswith("<!--", begins):
            place = _after(markup, "-->", begins + 2)
        elif (tag := _TAG.match(markup, begins)) is not None:
            name, ends = tag[2].lower(), bool(tag[1])
            yield _Tag(name=name, ends=ends, attributes=tag[3])
            place = _after_raw(markup, name, tag.end()) if name in _RAW and not ends else tag.end()
        elif re.compile(r"</?[a-zA-Z]").match(markup, begins):
            return
        elif markup[begins + 1 : begins + 2] in {"!", "?", "/"}:
            place = _after(markup, ">", begins)
        else:
            place = begins + 1
            if begins < len(markup):
                yield "<"


def _after(markup: str, end: str, place: int) -> int:
    found = markup.find(end, place)
    return len(markup) if found < 0 else found + len(end)


def _after_raw(markup: str, name: str, place: int) -> int:
    found = re.compile(rf"</{name}", re.IGNORECASE).search(markup, place)
    return found.start() if found else len(markup)


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

    def begin(self, tag: _Tag) -> None:
        if tag.name in _VOID:
            if tag.name in {"br", "hr"} and not self._here.hidden:
                self._begin_line()
            return
        if tag.name in _ENDED_BY_THEIR_LIKE and self._here.tag == tag.name:
            self.end(tag.name)
        told = tag.told()
        self._push(
            _Element(
                tag=tag.name,
                hidden=self._here.hidden or tag.name in _UNSEEN | _RAW or _hides(told),
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
        if element.tag in _BLOCKS:
            self._break()

    def _leave(self, element: _Element) -> None:
        if element.link:
            self.lines[-1].pieces.append(_shown_link(element.link, "".join(self._linked)))
        if element.tag in {"td", "th"}:
            self.lines[-1].pieces.append(" ")
        if element.tag in _BLOCKS:
            self._break()
        if element.tag in _SPACED:
            self._begin_line()

    def _break(self) -> None:
        """Go on in a new line, unless this one says nothing yet."""
        if self.lines[-1].says:
            self._begin_line()
        else:
            self.lines[-1].quoted = self._here.quoted

    def _begin_line(self) -> None:
        self.lines.append(_Line(quoted=self._here.quoted))


def _hides(attributes: dict[str, str]) -> bool:
    # A remark that never ends hides the rest, as in browsers; so nothing is looked at twice.
    style = re.sub(r"\s+|/\*.*?(?:\*/|$)", "", attributes.get("style", ""), flags=re.DOTALL).lower()
    return "hidden" in attributes or bool(_HIDING.search(style))


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
