"""Addresses of people who write mails: read from headers, and checked before anything is sent there (pure)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses, parseaddr

# RFC 5322 §3.4.1 without its obsolete and quoted forms, RFC 1035 §2.3.4; what mail programs let people type.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"({_LOCAL})@({_LABEL}(?:\.{_LABEL})+)")
_MAX_LENGTH = 254
_MAX_HEADER = 20_000
_MAX_WORDS = 2_000
"""Characters of a header that are read; a hostile one should not keep us busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Somebody in a mail's header; the name is what the sender wrote and proves nothing."""

    email: str
    name: str = ""

    @property
    def shown(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


def plain_address(text: str) -> str:
    """The bare address in `text`, which may have a name in front: `Luca Conti <luca@example.com>`.

    The domain is in lower case and in the form that the network uses (punycode), so that a look-alike shows.
    Raises ValueError when there is not exactly one address of the usual form.
    """
    written = text.strip()
    found = re.fullmatch(r"[^<>,;@]*<([^<>]+)>", written)
    local, at, domain = (found[1].strip() if found else written).rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        domain = ""
    address = f"{local}{at}{domain}"
    if not _ADDRESS.fullmatch(address) or len(address) > _MAX_LENGTH or len(local) > 64:
        raise ValueError(f"{text[:100]!r} is no e-mail address")
    return address


def same(one: str, other: str) -> bool:
    """Whether both are one address; hardly any mail system tells capitals apart."""
    return one.casefold() == other.casefold()


def without(addresses: Iterable[str], unwanted: Iterable[str]) -> list[str]:
    """`addresses`, each once and in order, without the unwanted ones."""
    seen = {address.casefold() for address in unwanted}
    kept: list[str] = []
    for address in addresses:
        if address.casefold() not in seen:
            seen.add(address.casefold())
            kept.append(address)
    return kept


def read_addresses(header: str) -> tuple[Correspondent, ...]:
    """The people in a From, To, Cc or Reply-To header; what is no address is left out."""
    found: list[Correspondent] = []
    # Encoded names are undone after the header is parted: a comma in a name would part it again.
    for name, written in getaddresses([_tame(header)]):
        try:
            address = plain_address(written)
        except ValueError:
            continue
        found.append(Correspondent(email=address, name=_readable(name, address)))
    return tuple(found)


def decoded(header: str) -> str:
    """A header's text with RFC 2047's encoded words undone; what cannot be undone stays."""
    header = header[:_MAX_WORDS]
    if "=?" not in header:
        return header
    try:
        return str(make_header(decode_header(header)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return header


def _readable(name: str, address: str) -> str:
    """A name for a list; one that only repeats the address, or poses as another address, is left out."""
    plain = re.sub(r"[\s\"<>]+", " ", decoded(name)).strip()
    return "" if "@" in plain or same(plain, address) or parseaddr(plain)[1] == address else plain[:80]


def _tame(header: str) -> str:
    """A header on one line, of a length that people write; parsing remarks in remarks would go too deep."""
    line = re.sub(r"[\r\n\t ]+", " ", header[:_MAX_HEADER])
    return re.sub(r"[()]", "", line) if line.count("(") > 20 else line
