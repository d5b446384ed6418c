"""Pages and searches, for the skill that reads the web."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from pydantic import SecretStr

from bot.llm.routes import Candidates, Vendors
from bot.llm.vendor_search import AnthropicSearch, OpenAISearch, searching_model
from bot.own_skills.own import Here, OwnSkill
from documents.document import Document, Unreadable
from documents.reading import read
from integrations.brave import URL as BRAVE_URL
from integrations.brave import Brave
from integrations.errors import Refused
from integrations.fetch import Fetched, Fetcher
from skills.web.client import Hit, Hits, Page, site_of

Read: TypeAlias = Callable[..., Awaitable[Document]]
"""`documents.reading.read`, or what stands in for it."""
SEARCH = "search_web"
_MAX_HITS = 10
NO_SEARCH = (
    "Searching the web is switched off here. An admin can switch it on with PINYON_SEARCH. I can read a page whose"
    " address you give me."
)


class Search(Protocol):
    """Who searches the web."""

    async def search(self, words: str) -> Hits:
        """What was found. Raises what `integrations.errors` has."""
        ...


def search_by(
    provider: Literal["off", "anthropic", "openai", "brave"],
    *,
    vendors: Vendors,
    candidates: Candidates,
    brave_key: SecretStr | None = None,
    brave_url: str | None = None,
) -> Search | None:
    """Who searches, by the setting PINYON_SEARCH; None where it is off, or its key or a model is missing.

    A vendor's search runs on the first of its models among `candidates`, those of a quick route.
    """
    match provider:
        case "anthropic" if vendors.anthropic_key and (model := searching_model(candidates, "anthropic")):
            return AnthropicSearch(key=vendors.anthropic_key, model=model, base_url=vendors.anthropic_base_url)
        case "openai" if vendors.openai_key and (model := searching_model(candidates, "openai")):
            return OpenAISearch(key=vendors.openai_key, model=model, base_url=vendors.openai_base_url)
        case "brave" if brave_key:
            return BraveSearch(Brave(brave_key, url=brave_url or BRAVE_URL))
        case _:
            return None


class BraveSearch:
    """Brave, as one who searches."""

    def __init__(self, brave: Brave) -> None:
        self._brave = brave

    async def search(self, words: str) -> Hits:
        found = await self._brave.results(words, limit=_MAX_HITS)
        hits = (Hit(title=one.title, address=one.url, snippet=one.description) for one in found)
        return Hits(by="Brave", hits=tuple(hit for hit in hits if hit.address.startswith(("https://", "http://"))))


@dataclass(frozen=True, slots=True)
class WebHere:
    """The web, for one call: `skills.web.client.Web`."""

    fetcher: Fetcher
    by: Search | None
    read: Read

    async def page(self, address: str) -> Page:
        fetched = await self.fetcher.fetch(address)
        document = await self.read(fetched.body, name=fetched.name, media=fetched.media)
        if document.kind == "sound":
            raise Unreadable("There is sound behind this address. Attach it as a voice note and I can listen to it.")
        return _page(address, fetched, document)

    async def search(self, words: str) -> Hits:
        if self.by is None:
            raise Refused(NO_SEARCH)
        return await self.by.search(words)


@dataclass(frozen=True, slots=True)
class WebSkill(OwnSkill):
    """Stands behind the skill `web`; reading pages always works, searching where there is one who searches."""

    fetcher: Fetcher
    search: Search | None = None
    read: Read = read

    @property
    def missing(self) -> frozenset[str]:
        return frozenset({SEARCH}) if self.search is None else frozenset()

    def client(self, here: Here) -> WebHere:
        del here
        return WebHere(self.fetcher, self.search, self.read)


def _page(asked: str, fetched: Fetched, document: Document) -> Page:
    return Page(
        asked=asked,
        address=fetched.address,
        site=site_of(fetched.address),
        title=document.title or fetched.name,
        text=document.text,
        kind=document.kind,
        facts=document.facts,
        note=document.note,
        name=fetched.name,
        media=fetched.media.partition(";")[0].strip().lower(),
        body=fetched.body,
        is_public=fetched.is_public,
        is_picture=bool(document.picture),
        is_elsewhere=site_of(fetched.asked) != site_of(fetched.address),
    )
