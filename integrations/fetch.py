"""Reads what stands at an address: on the open internet, within limits, as nobody in particular."""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ssl import SSLContext
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

import httpcore

from integrations.blocking import threads_of
from integrations.errors import NotFound, Refused, ServiceUnavailable
from integrations.fetch_addresses import PORTS, Address, address_of, in_ascii
from integrations.fetch_bodies import TooLong, unpacked
from integrations.fetch_connections import OpenInternet, Resolve, direct, resolver

Headers: TypeAlias = Mapping[str, str]

USER_AGENT = "Pinyon/0.1 (workplace assistant; reads pages that a person named)"
_HOPS = 5
_MOVED = {301, 302, 303, 307, 308}
_CLOSED = {401, 402, 403, 407, 451}
_GONE = {404, 410}
_LATER = {408, 425, 429}
_READ = re.compile(
    r"text/.*|application/(?:xhtml\+xml|xml|json|(?:x-)?pdf|csv|(?:x-)?yaml|toml|msword|rtf|.*\+(?:xml|json)"
    r"|vnd\.(?:ms-|openxmlformats-|oasis\.opendocument).*|(?:x-|force-)download)|image/(?!svg).*"
    r"|(?:application|binary)/octet-stream|"
)
"""What may be text, a table, a document or a picture. `octet-stream`, and nothing at all, is what many servers call
anything: its bytes tell.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What stood there."""

    asked: str
    """The address that was asked for, in the same spelling as `address`."""
    address: str
    """Where it was found, after redirects, as people see it."""
    body: bytes
    media: str
    """What the server calls it, with its character set where it names one."""
    name: str
    """A file name for it: what the server calls it, else the end of the address."""
    is_public: bool
    """False where an operator opened a host inside the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one address may take."""

    most_bytes: int = 5_000_000
    seconds: float = 10.0
    """Altogether, with every redirect."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Headers
    body: bytes = b""


class Fetcher:
    """Reads addresses. One for the life of the process; it keeps no connection, no cookie and nothing that it read.

    `hosts` names hosts that are read at another origin on purpose, because they are inside: host → origin. Only who
    names such a host gets there; no page of another site can lead to it. `resolve` and `dial` are how names are looked
    up and machines reached. A proxy in the environment is not used: behind one nobody could check where a name leads.
    """

    def __init__(
        self,
        *,
        hosts: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        resolve: Resolve | None = None,
        dial: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._hosts = {in_ascii(host): origin for host, origin in (hosts or {}).items()}
        self._limits = limits or Limits()
        self._dial = dial or direct()
        self._open = OpenInternet(resolve or resolver(threads_of("names", count=8)), self._dial)
        self._ssl: SSLContext | None = None

    async def fetch(self, given: str) -> Fetched:
        """What stands at `given`, following at most five redirects.

        Raises Refused for an address that leads inside, what is too long or of a kind that nobody reads, and for a site
        that lets nobody in; NotFound; ServiceUnavailable for a site that does not answer in time.
        """
        site = given
        try:
            async with asyncio.timeout(self._limits.seconds):
                address = address_of(given, inside=self._hosts)
                site = address.host
                return await self._followed(address)
        except TimeoutError:
            raise ServiceUnavailable(
                f"{site} did not send the page within {self._limits.seconds:.0f} seconds. Try again later."
            ) from None
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise ServiceUnavailable(f"I cannot reach {site}. {_why(error)}") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise ServiceUnavailable(f"{site} broke off while it answered. Try again later.") from error

    async def _followed(self, address: Address) -> Fetched:
        asked, began_inside = address, address.host in self._hosts
        for _ in range(_HOPS + 1):
            answer = await self._get(address)
            location = answer.headers.get("location", "")
            if answer.status not in _MOVED or not location:
                return _fetched(asked, address, answer, is_public=address.host not in self._hosts)
            address = address.led_to(location, inside=self._hosts)
            if address.host in self._hosts and not began_inside:
                raise Refused(f"This address leads on to {address.host}, which is inside. Name that address yourself.")
        raise Refused(f"This address leads on and on, more than {_HOPS} times. Name the page where it should end.")

    async def _get(self, address: Address) -> _Answer:
        """One answer; its body only where it is worth reading."""
        async with self._asked(address) as response:
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            answer = _Answer(response.status, headers)
            if not 200 <= answer.status < 300:
                return answer
            _check_kind(address, headers)
            most = self._limits.most_bytes
            if (length := headers.get("content-length", "")).isdecimal() and int(length) > most:
                raise TooLong(most)
            body = await unpacked(response.aiter_stream(), headers.get("content-encoding", ""), most=most)
            return _Answer(answer.status, headers, body)

    @asynccontextmanager
    async def _asked(self, address: Address) -> AsyncGenerator[httpcore.Response]:
        origin = self._hosts.get(address.host)
        backend = self._dial if origin else self._open
        pool = httpcore.AsyncConnectionPool(
            ssl_context=self._trust(), network_backend=backend, max_keepalive_connections=0
        )
        url = _url(address, origin)
        patience = dict.fromkeys(("connect", "read", "write", "pool"), self._limits.seconds)
        extensions = {"timeout": patience, "sni_hostname": address.host}
        async with pool, pool.stream("GET", url, headers=_sent(address), extensions=extensions) as response:
            yield response

    def _trust(self) -> SSLContext:
        # Reading the list of authorities takes a moment, so it is done once, and not before somebody names a page.
        if self._ssl is None:
            self._ssl = httpcore.default_ssl_context()
        return self._ssl


def _url(address: Address, origin: str | None) -> httpcore.URL:
    """Where the request goes; its target is never read again."""
    scheme, host, port = address.scheme, address.host, address.port
    if origin is not None:
        there = urlsplit(origin)
        scheme, host = there.scheme, there.hostname or ""
        port = there.port or PORTS[scheme]
    return httpcore.URL(scheme=scheme.encode(), host=host.encode(), port=port, target=address.target.encode())


def _sent(address: Address) -> list[tuple[str, str]]:
    """Nothing that tells who asks."""
    return [
        ("Host", address.authority),
        ("User-Agent", USER_AGENT),
        ("Accept", "text/html,application/xhtml+xml,application/pdf;q=0.9,text/*;q=0.9,*/*;q=0.5"),
        ("Accept-Encoding", "gzip, deflate"),
        ("Connection", "close"),
    ]


def _fetched(asked: Address, address: Address, answer: _Answer, *, is_public: bool) -> Fetched:
    _check_status(address, answer.status)
    if not answer.body:
        raise NotFound(f"{address.host} answers with an empty page. Check the address, or name another one.")
    return Fetched(
        asked=asked.shown,
        address=address.shown,
        body=answer.body,
        media=answer.headers.get("content-type", "")[:200],
        name=_name(address, answer.headers),
        is_public=is_public,
    )


def _check_status(address: Address, status: int) -> None:
    if status in _GONE:
        raise NotFound(f"There is no such page at {address.host}. Check the address, or name another one.")
    if status in _CLOSED:
        raise Refused(f"{address.host} does not let me read this: it wants a sign-in or keeps programs out. {_PASTE}")
    if status in _LATER or status >= 500:
        raise ServiceUnavailable(f"{address.host} answers with an error ({status}). Try again later.")
    if not 200 <= status < 300:
        raise Refused(f"{address.host} answers with an error ({status}). {_PASTE}")


def _check_kind(address: Address, headers: Headers) -> None:
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not _READ.fullmatch(media):
        raise Refused(
            f"What stands there is no page or document but {media[:80]!r}. I read pages, text, PDF, Office files, CSV,"
            " JSON and pictures. Name the page that describes it."
        )


_PASTE = "If you open it in a browser and paste the part that matters, I can go on."
_FILE_NAME = re.compile(r"""filename\*?=(?:utf-8'[^']*')?"?([^";]{1,200})"?""", re.IGNORECASE)
_ENDING = re.compile(r"\.\w{2,5}$")
_ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/csv": ".csv",
    "application/json": ".json",
    "text/plain": ".txt",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}


def _name(address: Address, headers: Headers) -> str:
    given = _FILE_NAME.search(headers.get("content-disposition", ""))
    last = address.target.partition("?")[0].rstrip("/").rpartition("/")[2]
    name = unquote(given[1] if given else last).replace("\\", "/").rpartition("/")[2].strip() or address.host
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    ending = _ENDINGS.get(media, "")
    has_one = name != address.host and (_ENDING.search(name) if ending != ".html" else name.lower().endswith(".html"))
    return name if has_one else f"{name}{ending}"


def _why(error: Exception) -> str:
    if "certificate" in str(error).lower():
        return "Its certificate is not in order, so I cannot be sure that it is that site."
    return "Check how the site is written, or try again later."
