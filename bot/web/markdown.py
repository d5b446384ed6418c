"""The model's Markdown as a piece of a page: words, lists, tables and code, and only links that were given."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from markupsafe import Markup

from bot.harmless.links import Given, address_in, begins, is_given, is_mail, run
from documents.visible import visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

OPENABLE = ("https://", "http://", "mailto:")
_JOINER = "\u2060"
"""What the filter of the stream puts in; it draws nothing."""
_TAGS = {
    *("p", "h4", "ul", "ol", "li", "blockquote", "pre", "hr", "br", "strong", "em", "s", "code", "a", "div"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "target"}, "div": {"class"}, "pre": {"class", "tabindex"}, "ol": {"start"}}


def addresses(markdown: str, given: Given) -> list[str]:
    """The addresses in a text that may be opened from a page: those that are `given`, or somebody's mail alone."""
    found = (token.attrGet("href") for token in _all(_read(markdown)) if token.type == "link_open")
    return list(dict.fromkeys(str(address) for address in found if address and _may_stand(str(address), given)))


def drawn(markdown: str, links: Collection[str]) -> Markup:
    """The text as HTML in which nothing acts, and of the addresses only `links` can be opened."""
    import nh3

    tokens = _read(markdown)
    for token in tokens:
        if token.children:
            token.children = list(_only(token.children, links))
    reader = _reader()
    html = reader.renderer.render(tokens, reader.options, {})
    # Behind a second wall: what the reader of Markdown wrote is not taken at its word.
    return Markup(  # noqa: S704 - cleaned in the same expression
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer",
        )
    )


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True, "maxNesting": 12})
    # An image then reads as a sign and a link, and definitions of links are text: nothing can be fetched.
    reader.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline", "reference"])
    reader.add_render_rule("table_open", _table_open)
    reader.add_render_rule("table_close", _table_close)
    reader.add_render_rule("fence", _code)
    reader.add_render_rule("code_block", _code)
    return reader


def _read(markdown: str) -> "list[Token]":
    """The tokens of a text: headings of one level, letters that hide written out, bare addresses as links."""
    tokens = _reader().parse(markdown.replace("\x00", "\ufffd"))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h4"
        if token.type in ("fence", "code_block"):
            token.content = _plain(token.content)
        if token.children:
            token.children = list(_linked(token.children))
    return tokens


def _all(tokens: "Sequence[Token]") -> "Iterator[Token]":
    for token in tokens:
        yield token
        yield from token.children or ()


def _linked(tokens: "Sequence[Token]") -> "Iterator[Token]":
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "code_inline":
            token.content = _plain(token.content)
        if token.type == "text":
            yield from _pieces(token.content) if not depth else [_text(token.content)]
        else:
            yield token


def _pieces(words: str) -> "Iterator[Token]":
    """Words, and the addresses that stand among them for themselves."""
    at = 0
    while (start := begins(words, at)) is not None:
        address = address_in(run(words, start))
        end = start + len(address)
        yield _text(words[at:start])
        if address.lower().startswith(OPENABLE):
            yield from (_open(address), _text(address), _close())
        else:
            yield _text(address)
        at = end
    yield _text(words[at:])


def _only(tokens: "Sequence[Token]", links: Collection[str]) -> "Iterator[Token]":
    """Without the links that are none of `links`; their words stay."""
    kept: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            kept.append(token.attrGet("href") in links)
            if kept[-1]:
                token.attrs = {"href": str(token.attrGet("href")), "target": "_blank"}
                yield token
        elif token.type == "link_close":
            if kept.pop():
                yield token
        else:
            yield token


def _may_stand(address: str, given: Given) -> bool:
    if not address.lower().startswith(OPENABLE):
        return False
    # The reader of Markdown writes letters of an address out; the person may have given them as they are.
    return is_mail(address) or is_given(address, given) or is_given(unquote(address), given)


def _plain(words: str) -> str:
    return visible(words.replace(_JOINER, ""))


def _text(words: str) -> "Token":
    return _token("text", content=_plain(words))


def _open(address: str) -> "Token":
    token = _token("link_open", tag="a", nesting=1)
    token.attrs = {"href": address}
    return token


def _close() -> "Token":
    return _token("link_close", tag="a", nesting=-1)


def _token(kind: str, *, tag: str = "", nesting: Any = 0, content: str = "") -> "Token":
    from markdown_it.token import Token

    return Token(type=kind, tag=tag, nesting=nesting, content=content)


# What the reader of Markdown calls to write some things our way.


def _table_open(*_: object) -> str:
    return '<div class="scroll"><table>'


def _table_close(*_: object) -> str:
    return "</table></div>"


def _code(_renderer: object, tokens: "Sequence[Token]", at: int, *_: object) -> str:
    from html import escape

    return f'<pre class="exact mono" tabindex="0">{escape(tokens[at].content)}</pre>'
