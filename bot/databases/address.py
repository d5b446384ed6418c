"""Where a database is, and whether its address may be used: an admin writes it, so it may be inside the company."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite")
SEALED_ENOUGH = ("require", "verify-ca", "verify-full")
"""Values of `sslmode` that never talk in clear."""
_HOST = re.compile(r"[A-Za-z0-9_.:-]+")
_INSIDE = re.compile(r"[^.]+|.*\.(?:internal|local|lan|localhost|home\.arpa|svc)")


class BadAddress(Exception):
    """The address cannot be used; the message is a sentence to the admin who wrote it, without its password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What beside a server's name an address may hold, as whoever runs Pinyon allows it."""

    sockets: bool = False
    """Whether it may name a socket of this machine, as the playground's does."""
    files: Path | None = None
    """The folder in which SQLite files lie; None: there are none."""


def read_address(text: str, reach: Reach) -> URL:
    """Return the address with a plain driver name and nothing in it that we do not know. Raises BadAddress."""
    try:
        url = make_url(text.strip())
        dialect = "postgresql" if url.drivername == "postgres" else url.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise BadAddress("This is no address of a database. Write it like postgresql://name@host/database.") from error
    if dialect not in DIALECTS:
        raise BadAddress(f"{dialect!r} cannot be asked. Known are {', '.join(DIALECTS)}.")
    url = url.set(drivername=dialect)
    if dialect == "sqlite":
        return _file(url, reach)
    return _server(url, reach)


def place(url: URL) -> str:
    """Say where it is, without any secret: "sales on db.tamarack.example"."""
    if url.get_backend_name() == "sqlite":
        return Path(url.database or "").name
    return f"{url.database} on {url.host or 'this machine'}"


def _file(url: URL, reach: Reach) -> URL:
    if reach.files is None:
        raise BadAddress("SQLite files cannot be asked here: whoever runs Pinyon names no folder for them.")
    folder = reach.files.resolve()
    path = (folder / (url.database or "")).resolve()
    if url.query or not path.is_relative_to(folder) or not path.is_file():
        raise BadAddress("There is no such SQLite file in the folder for them. Write it like sqlite:///sales.db.")
    return url.set(database=str(path))


def _server(url: URL, reach: Reach) -> URL:
    if not url.database:
        raise BadAddress("The address names no database. Write it like postgresql://name@host/database.")
    if not url.username:
        raise BadAddress("The address names no role. Write it like postgresql://name:password@host/database.")
    socket = url.query.get("host") if not url.host else None
    known = {"sslmode", "host"} if socket else {"sslmode"}
    if url.get_backend_name() != "postgresql":
        known = set[str]()
    if unknown := sorted(set(url.query) - known):
        raise BadAddress(f"Leave {', '.join(unknown)} out of the address; of its options only sslmode is known.")
    if socket:
        if not (reach.sockets and isinstance(socket, str)):
            raise BadAddress("The address names a socket of the machine that Pinyon runs on. Name a host.")
        return url
    if not url.host or not _HOST.fullmatch(url.host):
        raise BadAddress("The address needs one host name, such as db.example.com.")
    return _sealed(url) if url.get_backend_name() == "postgresql" else url


def _sealed(url: URL) -> URL:
    """The address with an `sslmode`: outside of the company's own net nothing travels in clear."""
    given = str(url.query.get("sslmode", ""))
    inside = is_inside(url.host or "")
    if given and given not in SEALED_ENOUGH and not (inside and given == "prefer"):
        raise BadAddress(f"sslmode={given} can be talked out of encryption. Use sslmode=require or verify-full.")
    return url.update_query_dict({"sslmode": given or ("prefer" if inside else "require")})


def is_inside(host: str) -> bool:
    """Whether a host is on this machine or in a private net, as its name or number says."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return _INSIDE.fullmatch(host.lower()) is not None
