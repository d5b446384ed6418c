"""Links, addresses and mentions in a text, and which of them the person or a service gave."""

import re
from urllib.parse import urlsplit

from bot.provenance.run import Run, tainted
from bot.provenance.words import INVISIBLE, norm, own_words
from skills.record import PUBLIC

_NO_HOST = (
    "docx?|xlsx?|pptx?|pdf|txt|md|csv|json|ya?ml|toml|xml|html?|css|scss|js|jsx|tsx?|mjs|java|kt|rb|go|cpp|hpp|cfg|ini"
    "|lock|log|sql|png|jpe?g|gif|svg|tar|gz|env|vue|ipynb|odt|ods"
)
"""Endings of file names that are no top-level domain, or that nobody reads as one."""
LINK = re.compile(
    r"(?:https?://|www\.|mailto:)[^\s<>()\"'|\]]+"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]+"
    r"|<[!@#][^>]{1,200}>"
    rf"|(?<![\w.-])(?:[\w-]{{1,63}}\.){{1,9}}(?!(?:{_NO_HOST})\b)[^\W\d_]{{2,18}}\b(?:/[^\s<>\"'|)\]]*)?",
    re.IGNORECASE,
)
"""An address of a page, of a person, a mention, a bare host."""
_ACTIVE = re.compile(
    r"(?<![\w@./])@[a-z\d][\w-]{0,38}(?:/[\w-]+)?|\[~[^\]\s]{1,80}\]|^/[a-z][\w-]*(?=\s|$)"
    r"|\]\(\s*<?(?P<aim>[^\s)>]+)|![^\s!][^!]{0,200}!"
    r"|[a-z][a-z0-9+.-]{0,30}:[/\\][^\s<>()\"'|\]]+|[/\\]{2}[^\s/\\<>()\"'|\]][^\s<>()\"'|\]]*"
    r"|(?<![\w./-])(?:[\w-]{1,63}\.){1,9}(?:[^\W\d_]{2,18}|\d{1,3})(?::\d{1,5})?/[^\s<>()\"'|\]]+"
)


def links_in(text: str) -> list[str]:
    """The addresses of pages and people, mentions and bare hosts in a text."""
    return [found.rstrip(".,;:!?'*_~") for found in LINK.findall(text)]


def address(link: str) -> str:
    """One form for a link: `https://www.Example.com/a/` and `example.com/a` are the same."""
    text = re.sub(
        r"^(?:https?://|mailto:)", "", INVISIBLE.sub("", link).strip().replace("&amp;", "&"), flags=re.IGNORECASE
    )
    # One sign or two end a sentence; a longer run could spell something.
    host, slash, path = re.sub(r"(?<![.,;:!?])[.,;:!?]{1,2}$", "", text).partition("/")
    return (host.lower().removeprefix("www.") + slash + path).removesuffix("/")


def as_sent(link: str) -> str:
    """What a request to an address carries to whoever answers there, as one text: its host, path and query.

    Only the host's case is free; a fragment is never sent (RFC 3986, RFC 9110).
    """
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
    except ValueError:
        return ""
    return f"{parts.netloc.lower()}{parts.path or '/'}?{parts.query}"


def called_in(text: str) -> list[str]:
    """What a service may make more of than words: mentions, lines that are a bot's command (`/merge`), and whatever
    Markdown or a browser takes for an address, also where people would not see one.
    """
    found = (match for line in map(norm, text.splitlines()) for match in _ACTIVE.finditer(line))
    return [called.rstrip(".,;:!?'*_~") for match in found if (called := match["aim"] or match[0])]


def has_strange_host(value: str) -> bool:
    """Whether it is an address whose host has letters that may look like others, or be hidden."""
    if value.isascii() or not ("@" in value or LINK.fullmatch(norm(value))):
        return False
    return not re.split(r"[\s/?#>]", re.sub(r"^\w+://", "", value).rpartition("@")[2])[0].isascii()


def known_links(run: Run) -> frozenset[str]:
    """The addresses that an answer may hold: what the person wrote and the services gave; everything, where nobody else
    has spoken.
    """
    if not tainted(run):
        return frozenset({PUBLIC})
    steps = (*run.past, *run.steps)
    people = (who for step in steps for r in step.records for who in (*r.readers, r.author) if "@" in who)
    given = (link for step in steps for link in step.links)
    edited = (link for step in steps for value in step.edited for link in links_in(value))
    return frozenset(address(link) for link in (*links_in(own_words(run.words)), *given, *edited, *people))


def is_known(link: str, known: frozenset[str]) -> bool:
    """Whether an answer may hold `link`, by what `known_links` gave."""
    return PUBLIC in known or address(link) in known


def foreign_links(text: str, run: Run) -> list[str]:
    """The links and addresses in an answer that neither the person nor a service gave."""
    known = known_links(run)
    return [link for link in links_in(text) if not is_known(link, known)]
