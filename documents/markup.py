"""HTML of strangers as a browser shows it: which of its texts a person sees."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from documents.clean import seen

MAX_MARKUP = 5_000_000
"""Characters of a page that are looked at."""
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
RAW = frozenset(("script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp", "plaintext"))
"""Elements whose content is no markup; none of it is read."""
UNSEEN = frozenset(
    (
        "head",
        "template",
        "noscript",
        "svg",
        "math",
        "object",
        "select",
        "button",
        "datalist",
        "audio",
        "video",
        "canvas",
    )
)
BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3"
        " h4 h5 h6 header li main nav ol p pre section summary table tbody thead tr ul",
    )
)
SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"))
ENDED_BY_THEIR_LIKE = frozenset(("p", "li", "tr", "td", "th", "dt", "dd", "option"))
# Every repeat is possessive, so that reading takes time in proportion to the length, whatever a stranger wrote.
_VALUE = r"""(?:"[^"]*+"|'[^']*+'|[^\s"'>][^\s>]*+)"""
_TAG = re.compile(rf"<(/?)([a-zA-Z][^\s/>]*+)((?:[^\s=>/]++(?:\s*+=\s*+{_VALUE})?+|[\s/=]++)*+)>")
_ATTRIBUTE = re.compile(rf"([^\s=>/]++)(?:\s*+=\s*+({_VALUE}))?+")
_HIDING = re.compile(
    r"(?<![\w-])(?:display:none|visibility:(?:hidden|collapse)|content-visibility:hidden|mso-hide:all"
    r"|color:transparent|opacity:(?:0(?:\.0+)?|\.0+)%?(?![.\d])"
    r"|font-size:(?:0+(?:\.0*)?(?:px|pt|em|rem|%)?|[01](?:\.\d+)?(?:px|pt))(?![.\d%\w])|font:0(?![.\d])"
    r"|(?:max-)?(?:height|width):0(?:px)?(?![.\d%\w])|clip:rect\(0|clip-path:inset\((?:50|100)%|transform:scale\(0"
    r"|(?:text-indent|left|top|right|bottom|margin-left|margin-top):-\d{3,}"
    r"|transform:translate[xy]?\(-\d{3,})"
)
_COLOUR = re.compile(r"(?<![\w-])color:([^;!]+)")
_GROUND = re.compile(r"(?<![\w-])background(?:-color)?:([^;!]+)")
_WHITE = frozenset(("white", "#fff", "#ffffff", "#ffffffff", "rgb(255,255,255)", "rgba(255,255,255,1)"))
_SHEET = re.compile(r"<style\b[^>]*+>(.*?)</style", re.I | re.S)
_RULE = re.compile(r"([^{}]{1,2000})\{([^{}]{0,4000})\}")
_FOR_PAPER = re.compile(r"@media\s+print[^{]{0,200}\{(?:[^{}]{0,2000}\{[^{}]{0,4000}\}){0,500}\s*\}", re.I)
_SELECTOR = re.compile(r"(?:[a-z][\w-]*)?([.#][\w-]+)")
_OPENS_TAG = re.compile(r"</?[a-zA-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag as it stands."""

    name: str
    ends: bool
    attributes: str

    def told(self) -> dict[str, str]:
        """Its attributes; the first of a name counts."""
        found: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(self.attributes):
            found.setdefault(name.lower(), html.unescape(value.strip("\"'")))
        return found


def tokens(markup: str) -> Iterator[str | Tag]:
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
            yield Tag(name=name, ends=ends, attributes=tag[3])
            place = _after_raw(markup, name, tag.end()) if name in RAW and not ends else tag.end()
        elif _OPENS_TAG.match(markup, begins):
            return
        elif markup[begins + 1 : begins + 2] in {"!", "?", "/"}:
            place = _after(markup, ">", begins)
        else:
            place = begins + 1
            if begins < len(markup):
                yield "<"


def shown(markup: str) -> Iterator[str | Tag]:
    """The tokens of what a person sees; tags that end nothing are left out, and each that is left open is ended."""
    page = _Page(_hidden_by_sheet(markup))
    for token in tokens(markup[:MAX_MARKUP]):
        match token:
            case str():
                if not page.hides:
                    yield token
            case Tag(ends=True):
                yield from page.end(token.name)
            case _:
                yield from page.begin(token)
    yield from page.end("")


def shown_markup(markup: str) -> str:
    """What a person sees, as markup again: without attributes but the two by which a page's parts are told apart."""
    return "".join(html.escape(token) if isinstance(token, str) else _written(token) for token in shown(markup))


def shown_text(markup: str) -> str:
    """What a person sees, as text."""
    pieces = list[str]()
    for token in shown(markup):
        if isinstance(token, str):
            pieces.append(re.sub(r"\s+", " ", token))
        else:
            pieces.append(_break(token))
    rows = [" ".join(row.split()).removesuffix(" |") for row in seen("".join(pieces)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Element:
    """An element whose end was not read yet."""

    tag: str
    hidden: bool = False
    dressed: bool = False
    """Whether a colour may stand behind it that we do not know."""


class _Page:
    """Which elements are open, and whether what stands in them is seen."""

    def __init__(self, hiding: frozenset[str]) -> None:
        self._hiding = hiding
        self._inside = [_Element(tag="")]
        self._open: Counter[str] = Counter()

    @property
    def hides(self) -> bool:
        return self._inside[-1].hidden

    def begin(self, tag: Tag) -> Iterator[Tag]:
        if tag.name in VOID:
            if not self.hides:
                yield tag
            return
        if tag.name in ENDED_BY_THEIR_LIKE and self._inside[-1].tag == tag.name:
            yield from self.end(tag.name)
        above, told = self._inside[-1], tag.told()
        style = plain_style(told)
        dressed = above.dressed or "class" in told or "bgcolor" in told or _GROUND.search(style) is not None
        hidden = above.hidden or tag.name in UNSEEN | RAW or self._hides(tag.name, told, style)
        hidden = hidden or (not dressed and _colour(_COLOUR, style) in _WHITE)
        self._inside.append(_Element(tag=tag.name, hidden=hidden, dressed=dressed))
        self._open[tag.name] += 1
        if not hidden:
            yield tag

    def end(self, name: str) -> Iterator[Tag]:
        """Ends the innermost element of that name and all in it; with no name, all."""
        if name and not self._open[name]:
            return
        while len(self._inside) > 1:
            element = self._inside.pop()
            self._open[element.tag] -= 1
            if not element.hidden:
                yield Tag(name=element.tag, ends=True, attributes="")
            if element.tag == name:
                return

    def _hides(self, name: str, told: dict[str, str], style: str) -> bool:
        if (
            "hidden" in told
            or told.get("aria-hidden", "").lower() == "true"
            or (name == "dialog" and "open" not in told)
        ):
            return True
        if any(f".{word}" in self._hiding for word in told.get("class", "").split()):
            return True
        colour, ground = _colour(_COLOUR, style), _colour(_GROUND, style)
        return f"#{told.get('id', '')}" in self._hiding or hiding(style) or (bool(colour) and colour == ground)


def hiding(style: str) -> bool:
    """Whether declarations, without blanks and remarks, hide what they are for."""
    return _HIDING.search(style) is not None


def plain_style(told: dict[str, str]) -> str:
    """The declarations of an element's own `style`, without blanks and remarks."""
    # A remark that never ends hides the rest, as in browsers; so nothing is looked at twice.
    return re.sub(r"\s+|/\*.*?(?:\*/|$)", "", told.get("style", ""), flags=re.S).lower()


def _colour(shape: re.Pattern[str], style: str) -> str:
    found = shape.search(style)
    return found[1] if found else ""


def _hidden_by_sheet(markup: str) -> frozenset[str]:
    """The classes and ids that a page's own style sheet hides, where it says so plainly."""
    found = set[str]()
    for sheet in _SHEET.findall(markup[:MAX_MARKUP]):
        plain = _FOR_PAPER.sub("", re.sub(r"/\*.*?(?:\*/|$)", "", sheet[:200_000], flags=re.S))
        for selectors, declared in _RULE.findall(plain):
            if hiding(re.sub(r"\s+", "", declared).lower()):
                matches = (_SELECTOR.fullmatch(selector.strip()) for selector in selectors.split(","))
                found.update(match[1] for match in matches if match)
    return frozenset(found)


def _written(tag: Tag) -> str:
    if tag.ends:
        return f"</{tag.name}>"
    kept = ((name, value) for name, value in tag.told().items() if name in {"class", "id", "colspan", "rowspan"})
    attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in kept)
    return f"<{tag.name}{attributes}>"


def _break(tag: Tag) -> str:
    if tag.name in {"td", "th"}:
        return " | " if tag.ends else ""
    if tag.name == "li" and not tag.ends:
        return "\n- "
    if tag.name in SPACED:
        return "\n\n"
    return "\n" if tag.name in BLOCKS or tag.name in {"br", "hr"} else ""


def _after(markup: str, end: str, place: int) -> int:
    found = markup.find(end, place)
    return len(markup) if found < 0 else found + len(end)


def _after_raw(markup: str, name: str, place: int) -> int:
    found = re.compile(rf"</{name}", re.IGNORECASE).search(markup, place)
    return found.start() if found else len(markup)
