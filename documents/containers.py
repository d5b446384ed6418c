"""Zip containers of strangers: judged by their directory before anything is unpacked, and counted while it is."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from types import MappingProxyType
from xml.etree.ElementTree import Element

from documents.document import Unreadable

# Rules and figures: docs/documents.md, "Limits".
MAX_ENTRIES = 2_000
MAX_TOTAL = 100_000_000
MAX_RATIO = 100
_MAX_DIRECTORY = 1_000_000
_RATIO_COUNTS_FROM = 1_000_000
"""Bytes; below that, an entry that shrinks well is no bomb."""
_CHUNK = 1 << 16
_BOMB = (
    "It unpacks to far more than a document holds, so I did not open it. Save it again, or send the part that matters."
)
_BROKEN = "The file is damaged: it ends early or does not fit together. Save it again and send that."
_TWISTED = "Its insides are not as an Office program writes them, so I did not open it. Save it again and send that."


class Container:
    """What is in an Office file, by the name inside; unpacked only as far as it is asked for."""

    def __init__(self, body: bytes) -> None:
        """Raises Unreadable for one that is broken, that would burst, or whose names lead out of it."""
        _judge_directory(body)
        try:
            self._zip = zipfile.ZipFile(BytesIO(body))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise Unreadable(_BROKEN) from error
        self._entries = MappingProxyType({entry.filename: entry for entry in self._zip.infolist()})
        _judge(self._zip.infolist())

    @property
    def names(self) -> frozenset[str]:
        """What is in it."""
        return frozenset(self._entries)

    def bytes_of(self, name: str) -> bytes:
        """One file of it; empty where there is none. Raises Unreadable when it is damaged or larger than it says."""
        entry = self._entries.get(name)
        return b"".join(self._chunks(entry)) if entry is not None else b""

    def tree(self, name: str) -> Element | None:
        """One XML file of it; None where there is none. Raises Unreadable where it defines entities or is broken."""
        return parsed(body) if (body := self.bytes_of(name)) else None

    def related(self, name: str) -> Mapping[str, tuple[str, str]]:
        """What a file of it refers to inside: id → (the end of its type, the name inside)."""
        folder, _, own = name.rpartition("/")
        found: dict[str, tuple[str, str]] = {}
        tree = self.tree(f"{folder}/_rels/{own}.rels" if folder else f"_rels/{own}.rels")
        for link in tree if tree is not None else ():
            if link.get("TargetMode") != "External":
                target = _inside(folder, link.get("Target", ""))
                found[link.get("Id", "")] = (link.get("Type", "").rpartition("/")[2], target)
        return found

    def main(self) -> str:
        """The name of what it is about: the document, the workbook, the presentation."""
        return next((name for kind, name in self.related("").values() if kind == "officeDocument"), "")

    def _chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Its bytes; what a directory says of them is not believed."""
        left = entry.file_size
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise Unreadable(_BOMB)
                    yield chunk
        # zipfile and zlib say in many ways that an entry is none: a wrong sum, a password, a method nobody knows.
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
            raise Unreadable(_BROKEN) from error
        except _errors_of_inflating() as error:
            raise Unreadable(_BROKEN) from error


def parsed(body: bytes) -> Element:
    """XML of strangers. Raises Unreadable where it defines entities, refers to others, or is broken."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable(_TWISTED) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(_BROKEN) from error


def _errors_of_inflating() -> tuple[type[Exception], ...]:
    import lzma
    import zlib

    return (zlib.error, lzma.LZMAError)


def _judge_directory(body: bytes) -> None:
    """By the record at its end, since reading a directory of millions of entries is a bomb of its own."""
    end = body.rfind(b"PK\x05\x06", max(0, len(body) - 65_557))
    if end < 0 or len(body) < end + 22:
        raise Unreadable(_BROKEN)
    entries = int.from_bytes(body[end + 10 : end + 12], "little")
    size = int.from_bytes(body[end + 12 : end + 16], "little")
    if entries > MAX_ENTRIES or size > _MAX_DIRECTORY:
        raise Unreadable(_BOMB)


def _judge(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise Unreadable(_BOMB)
    if len({entry.filename for entry in entries}) < len(entries) or any(_strays(entry) for entry in entries):
        raise Unreadable(_TWISTED)
    if any(_bursts(entry) for entry in entries):
        raise Unreadable(_BOMB)


def _strays(entry: zipfile.ZipInfo) -> bool:
    is_link = entry.external_attr >> 28 == 0o12
    return is_link or entry.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", entry.filename)


def _bursts(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > _RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size)


def _inside(folder: str, target: str) -> str:
    """A reference as the name of an entry: relative to the folder of what refers, or from the top with a slash."""
    steps = [] if target.startswith("/") else [step for step in folder.split("/") if step]
    for step in target.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)
