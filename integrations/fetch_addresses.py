"""Addresses of pages: how they may be spelled, and which machines they may lead to (pure)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import quote, urljoin

from integrations.errors import Refused

IP: TypeAlias = IPv4Address | IPv6Address

PORTS = {"http": 80, "https": 443}
_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<at>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?", re.I)
_AT = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^\[\]:]+)(?::(?P<port>\d{1,5}))?", re.I)
_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
"""A last label that makes the whole host a number (WHATWG URL, "ends in a number")."""
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
"""Spaces, controls and direction marks; a backslash counts as a slash in some parsers and not in others."""
_INSIDE = ("localhost", "local", "internal", "intranet", "home.arpa", "lan", "corp", "onion", "alt")
"""Endings of names that no public name server answers for (RFC 6761, 6762, 8375, 9476, ICANN's `.internal`)."""
_GLOBAL = IPv6Network("2000::/3")
"""All that IANA gives out to be reached; mapped, translated (NAT64), link-local and private ones lie elsewhere."""
_KEPT = tuple(
    ip_network(network)
    for network in (
        "2001::/23",  # protocols: Teredo, ORCHID, benchmarks (RFC 2928)
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise (RFC 3056)
        "3fff::/20",  # documentation
        "192.0.0.0/24",  # protocols
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.175.48.0/24",  # AS112
    )
)
INSIDE = "It is inside a network, and I read only what anybody on the internet can reach."


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address that may be asked for, taken apart once so that nothing after reads it another way."""

    scheme: str
    host: str
    """Lower case, in punycode; of an IPv6 address without its brackets."""
    port: int
    target: str
    """Path and query, as they are sent."""

    @property
    def authority(self) -> str:
        """Host and port as an address and the Host header have them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def shown(self) -> str:
        """The whole address, in punycode, without what is never sent."""
        return f"{self.scheme}://{self.authority}{self.target}"

    def led_to(self, location: str, *, inside: Collection[str] = ()) -> "Address":
        """Where a redirect leads. Raises Refused for what may not be asked for."""
        try:
            there = urljoin(self.shown, location.strip())
        except ValueError as error:
            raise Refused(f"{self.host} leads on to an address that is none. Name another page.") from error
        return address_of(there, inside=inside)


def address_of(given: str, *, inside: Collection[str] = ()) -> Address:
    """`given`, taken apart. Raises Refused, in a sentence, for what is not asked for.

    Hosts in `inside` may be asked for whatever they are called, and at any port.
    """
    text = given.strip()
    if _UNSEEN.search(text):
        raise Refused("This address holds spaces or invisible characters. Copy it again, as the browser shows it.")
    found = _ADDRESS.match(text)
    if found is None or found["scheme"].lower() not in PORTS:
        raise Refused("I read only addresses that begin with https:// or http://. Name one of those.")
    scheme, at = found["scheme"].lower(), _AT.fullmatch(found["at"])
    if "@" in found["at"]:
        raise Refused("This address holds a user name or a password, and I send none. Name it without.")
    if at is None:
        raise Refused("I cannot make out which site this address means. Copy it again, as the browser shows it.")
    host = host_of(at["host"], inside=inside)
    port = int(at["port"]) if at["port"] else PORTS[scheme]
    if port not in PORTS.values() and host not in inside:
        raise Refused(f"This address has port {port}. I read pages at the usual ports of the web only, 80 and 443.")
    return Address(scheme=scheme, host=host, port=port, target=_sent(found["path"] or "/", found["query"] or ""))


def host_of(given: str, *, inside: Collection[str] = ()) -> str:
    """A host in its one form: lower case, punycode, no dot at its end.

    Raises Refused for one that is not on the open internet, unless it is in `inside`.
    """
    host = in_ascii(given)
    if host in inside:
        return host
    if (number := _number(host)) is not None:
        if not is_public(number):
            raise Refused(f"I do not open {host}. {INSIDE}")
        return str(number)
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        raise Refused("This address spells its site as a number. Name the site as people know it.")
    if _NAME.fullmatch(host) is None:
        raise Refused("I cannot make out which site this address means. Copy it again, as the browser shows it.")
    if "." not in host or host.endswith(tuple(f".{ending}" for ending in _INSIDE)):
        raise Refused(f"I do not open {host}. {INSIDE}")
    return host


def is_public(address: IP) -> bool:
    """Whether anybody on the internet can reach the machine there; what is not known to be so is not."""
    if any(address in network for network in _KEPT):
        return False
    if isinstance(address, IPv6Address):
        return address in _GLOBAL and address.is_global and address.scope_id is None
    return address.is_global and not (address.is_multicast or address.is_reserved)


def in_ascii(given: str) -> str:
    """A host in lower case and punycode, whatever it leads to. Raises Refused for what is no host in any spelling."""
    host = given.lower().strip("[]").removesuffix(".")
    if host.isascii():
        return host
    import idna

    try:
        return idna.encode(host, uts46=True, std3_rules=True, transitional=False).decode().lower().removesuffix(".")
    except idna.IDNAError:
        raise Refused(
            "I cannot make out which site this address means. Copy it again, as the browser shows it."
        ) from None


def _number(host: str) -> IP | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _sent(path: str, query: str) -> str:
    """Percent signs stay as they are: what is sent is what the person saw."""
    return quote(path, safe="/%:@!$&'()*+,;=~-._[]|^{}") + quote(query, safe="/?%:@!$&'()*+,;=~-._[]|^{}")
