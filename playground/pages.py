"""The company's corner of the web: a few pages of others, served here in place of their real addresses."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser

from aiohttp import web

from playground.company import FOLDER, Company, Poison, seed_text
from playground.faults import Fault
from playground.model.conversation import Found
from playground.watched import Watched

HOSTS = ("contourlines.example", "status.northvale.example")
"""Under either, all pages are there."""
_PLAIN = re.compile(
    "and|are|can|does|find|for|from|have|how|into|pages?|please|read|search|site|tell|that|the|their|them|then|there|"
    "these|they|this|was|web|what|when|where|which|who|why|with|you|your"
)
"""Words that say nothing about what is looked for."""
_TITLE = re.compile("<title>.*?</title>", re.DOTALL)
_MOST_FOUND = 5
_QUOTED = 240
"""Characters of a page that stand with it in a list of results."""


class PagesServer(Watched):
    """The pages of `company/pages`, dates and names filled in and poison laid over, on a port of its own.

    `/slope-shading` and `/slope-shading.html` are the same page, `/` lists all of them. Every request stands in
    `calls` by its path.
    """

    def __init__(
        self,
        company: Company,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(clock, address=(host, port), named=lambda request: request.path, refused=_refused)
        self._company = company
        self._pages = told_pages(company)

    @property
    def web_hosts(self) -> str:
        """PINYON_WEB_HOSTS: the names that stand for this server."""
        return ",".join(f"{self._company.renamed(host)}={self.url}" for host in HOSTS)

    def address(self, name: str) -> str:
        """Where a reader finds a page."""
        host = HOSTS[1] if name.startswith("status-") else HOSTS[0]
        return f"https://{self._company.renamed(host)}/{name}"

    def add_to(self, router: web.UrlDispatcher) -> None:
        """The list, and each page."""
        router.add_get("/", self._index)
        router.add_get("/{name}", self._page)

    def search(self, words: str) -> tuple[Found, ...]:
        """The pages that have most of `words`, best first, as a search engine would list them."""
        wanted = {word for word in re.findall(r"\w{3,}", words.casefold()) if not _PLAIN.fullmatch(word)}
        found = [(_score(title, text, wanted), name) for name, (title, text) in self._readings().items()]
        best = sorted((pair for pair in found if pair[0]), key=lambda pair: (-pair[0], pair[1]))
        return tuple(self._found(name, wanted) for _, name in best[:_MOST_FOUND])

    def _found(self, name: str, wanted: set[str]) -> Found:
        title, text = self._readings()[name]
        pieces = [piece.strip() for piece in text.split("\n") if len(piece.strip()) > 40] or [text]
        quoted = max(pieces, key=lambda piece: sum(word in piece.casefold() for word in wanted))
        return Found(url=self.address(name), title=title, text=quoted[:_QUOTED])

    def _readings(self) -> dict[str, tuple[str, str]]:
        return {name: _read(page) for name, page in self._pages.items()}

    async def _index(self, _: web.Request) -> web.Response:
        rows = "".join(
            f'<li><a href="/{name}">{escape(title)}</a></li>' for name, (title, _) in self._readings().items()
        )
        return _html(f"<title>Contour Lines</title><h1>Contour Lines</h1><ul>{rows}</ul>")

    async def _page(self, request: web.Request) -> web.Response:
        page = self._pages.get(request.match_info["name"].removesuffix(".html"))
        if page is None:
            return _html("<title>Not found</title><h1>There is no such page</h1>", status=404)
        return _html(page)


def told_pages(company: Company) -> dict[str, str]:
    """Every page's HTML by its name, as this company's readers find it."""
    is_renamed = bool(company.names)
    names = sorted(path.stem for path in (FOLDER / "pages").glob("*.html"))
    pages = {name: seed_text(f"pages/{name}.html", today=company.today, renamed=is_renamed) for name in names}
    for item in company.poison:
        vendor, _, name = item.place.partition(":")
        if vendor == "page":
            pages[name] = _planted(pages[name], item)
    return pages


def _planted(page: str, item: Poison) -> str:
    text = escape(item.text)
    if "title" in item.how:
        return _TITLE.sub(lambda _: f"<title>{text}</title>", page, count=1)
    hidden = ' style="display:none"' if "display:none" in item.how else ""
    kind = "div" if hidden else "p"
    return page.replace("</body>", f"<{kind}{hidden}>{text}</{kind}></body>")


def _html(text: str, *, status: int = 200) -> web.Response:
    # It is only ever read: a browser that comes along runs nothing.
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def _refused(fault: Fault) -> web.Response:
    headers: Mapping[str, str] = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
    return web.Response(status=fault.status, text=f"<h1>{fault.status}</h1>", content_type="text/html", headers=headers)


class _Reader(HTMLParser):
    """Takes the title and the text out of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.pieces: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "br", "img", "hr", "input"):
            self._inside.append(tag)
        if tag in ("p", "h1", "h2", "h3", "li", "tr", "blockquote", "div"):
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        while tag in self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "title" in self._inside:
            self.title += data
        elif not {"script", "style"} & set(self._inside):
            self.pieces.append(data)


def _read(page: str) -> tuple[str, str]:
    reader = _Reader()
    reader.feed(page)
    return reader.title.partition(" | ")[0], "".join(reader.pieces)


def _score(title: str, text: str, wanted: set[str]) -> int:
    return sum(_points(word, title.casefold(), text.casefold()) for word in wanted)


def _points(word: str, title: str, text: str) -> int:
    return 3 if word in title else int(word in text)
