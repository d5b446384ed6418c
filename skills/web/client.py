"""What the web's tools act through: pages that are read for the asker, and a search where one is set up."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from documents.document import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stood behind an address."""

    asked: str
    """The address as it was asked for."""
    address: str
    """Where it was found, after redirects, as people see it."""
    site: str
    """The host of `address`, without `www.`, in punycode where it is international."""
    title: str
    text: str
    kind: Kind
    facts: str = ""
    """By whom and of when, its size: "by Wanjiru Mbeki, 12 November 2026"; empty where it does not say."""
    note: str = ""
    """What was left out on reading, in sentences."""
    name: str
    """A file name for it."""
    media: str
    body: bytes
    """As it was served."""
    is_public: bool = True
    """Whether anybody can read it; False for a host that an operator opened inside the network."""
    is_picture: bool = False
    """Whether it is for a model's eyes: a picture, or a page that was scanned."""
    is_elsewhere: bool = False
    """Whether a redirect led to another site than the one that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result of a search."""

    title: str
    address: str
    snippet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What a search found, the best first."""

    by: str
    """Who searched: "Brave"."""
    hits: tuple[Hit, ...]
    cost_usd: Decimal | None = None
    """What the one who searched is paid for it; None where that is not known."""


class Web(Protocol):
    """The web, for one person in one conversation."""

    async def page(self, address: str) -> Page:
        """Read what stands at `address`.

        Raises what `integrations.errors` has, in sentences, and `documents.document.Unreadable`.
        """
        ...

    async def search(self, words: str) -> Hits:
        """Search the web. Raises what `integrations.errors` has; Refused where no search is set up."""
        ...


def site_of(address: str) -> str:
    """The host of an address as people name it."""
    host = address.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return host.rpartition("@")[2].partition(":")[0].lower().rstrip(".").removeprefix("www.")
