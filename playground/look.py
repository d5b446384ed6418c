"""How the vendors of the playground look: pages in the product's own stylesheet."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from pathlib import Path

import jinja2
from aiohttp import web
from markdown_it import MarkdownIt
from markupsafe import Markup

HERE = Path(__file__).parent
STATIC = HERE.parent / "bot" / "web" / "static"

# Texts come from anybody: no HTML of theirs, and no picture from elsewhere.
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"


class Look:
    """Fills the templates of one vendor; `service` is its name on every page, `filters` are its own."""

    def __init__(
        self,
        service: str,
        templates: Path,
        *,
        zone: tzinfo,
        static: Path = STATIC,
        filters: Mapping[str, Callable[..., object]] | None = None,
    ) -> None:
        self.static = static
        self._service = service
        self._zone = zone
        self._markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader([templates, HERE / "templates"]),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.filters |= {
            "markdown": self._rendered,
            "moment": self._moment,
            "initials": initials,
            **(filters or {}),
        }

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_static("/static", self.static)

    def page(self, template: str, status: int = 200, **values: object) -> web.Response:
        text = self._templates.get_template(template).render(service=self._service, **values)
        headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        return web.Response(text=text, status=status, content_type="text/html", headers=headers)

    def sorry(self, status: int, title: str, text: str) -> web.Response:
        """A page that only says why there is none."""
        return self.page("sorry.html", status, title=title, text=text)

    def _rendered(self, text: str) -> Markup:
        return Markup(self._markdown.render(text))  # noqa: S704  markdown-it escapes HTML with `html` off

    def _moment(self, at: datetime) -> str:
        """A time as the company's people read it."""
        return f"{(here := at.astimezone(self._zone)).day} {here:%B %Y, %H:%M}"


def initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in (words[0], words[-1])).upper() if len(words) > 1 else name[:2].upper()
