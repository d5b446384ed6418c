"""What is typed into Drive's search, and how a file's id is found in what people paste (pure)."""

import re

from integrations.google.drive_models import KINDS, Kind

_ID = re.compile(r"[\w-]{3,200}", re.ASCII)
_IN_LINK = re.compile(r"https?://[^\s?#]+?/(?:d|folders)/([\w-]{3,200})(?:[/?#]|$)", re.ASCII)
_IN_QUERY = re.compile(r"https?://[^\s?#]+\?(?:[^\s#]*&)?id=([\w-]{3,200})(?:[&#]|$)", re.ASCII)


def files_query(*, words: str = "", kind: Kind | None = None, owner: str | None = None) -> str:
    """The search for files that are not in the bin, by words in name or text, kind and owner.

    developers.google.com/workspace/drive/api/guides/search-files
    """
    terms = ["trashed = false"]
    if words.strip():
        said = quoted(" ".join(words.split()))
        terms.append(f"(name contains {said} or fullText contains {said})")
    if kind is None:
        terms.append(f"mimeType != {quoted(_type_of('folder'))}")
    else:
        terms.append(f"mimeType = {quoted(_type_of(kind))}")
    if owner:
        terms.append(f"{quoted(owner)} in owners")
    return " and ".join(terms)


def name_query(name: str, *, kind: Kind | None = None) -> str:
    """The search for what is called exactly so. Drive compares names without regard to case."""
    terms = ["trashed = false", f"name = {quoted(name)}"]
    if kind is not None:
        terms.append(f"mimeType = {quoted(_type_of(kind))}")
    return " and ".join(terms)


def quoted(value: str) -> str:
    """`value` as a string of Drive's search language, whatever stands in it."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def id_in(text: str) -> str | None:
    """The id that `text` may be, or that stands in it when it is a link to a file; None when it is neither."""
    if (found := _IN_LINK.match(text) or _IN_QUERY.match(text)) is not None:
        return found[1]
    return text if _ID.fullmatch(text) else None


def is_link(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _type_of(kind: Kind) -> str:
    return next(media for media, named in KINDS.items() if named == kind)
