"""What the gate is told of files: which they are, who can see them already, and whether they are the person's own."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from integrations.google.drive import Talk
from integrations.google.drive_models import File, Permission, User
from skills.record import PUBLIC, Record

_EDITORS = {"owner", "organizer", "fileOrganizer", "writer"}
_OWN_WORDS = {"document", "slides"}
"""Kinds whose text people write in Drive itself. A sheet may collect the answers of a form, and what was uploaded may
be anybody's."""


def of_row(file: File) -> Record:
    """A file as one line of a list."""
    return _record(file, text=_people(file), ours=is_own(file))


def of_reading(file: File, shown: Mapping[str, JsonValue], talk: Talk) -> Record:
    """A file with its text and its comments; `shown` is what the model reads of it."""
    text = "\n".join([_people(file), str(shown["text"]), *_strings(shown["comments"])])
    own_words = file.kind in _OWN_WORDS or not shown["text"]
    return _record(file, text=text, ours=is_own(file) and own_words and not _others_in(talk))


def of_made(file: File, body: str) -> Record:
    """A document that was just written."""
    return _record(file, text=body, ours=is_own(file))


def of_comment(file: File, identity: str, text: str) -> Record:
    """A comment that was just posted. Nothing else takes its id."""
    return Record(kind="comment", id=identity, readers=readers(file), text=text, ours=True)


def of_shared(file: File, people: Iterable[str]) -> Record:
    """A file that more people can see now; without its name, which is not the writing tool's to vouch for."""
    return Record(kind=kind_of(file), id=file.id, readers=readers(file) | frozenset(people))


def kind_of(file: File) -> str:
    return "folder" if file.kind == "folder" else "file"


def readers(file: File) -> frozenset[str]:
    """Who beside the asker can see it: those named one by one, and its owners.

    Where Drive does not tell everybody, or names nobody (a whole company, whoever holds the address), the others stand
    there as `file:` and its id: the same people if something is said in this file, and strangers to any other.
    """
    given = file.permissions or ()
    named = _addresses(one.email_address for one in given if one.type in {"user", "group"})
    owners = _addresses(user.email_address for user in file.owners)
    mine = _addresses(user.email_address for user in file.owners if user.me)
    public = {PUBLIC} if any(_is_public(one) for one in given) else set[str]()
    others = {f"file:{file.id}".lower()} if not public and not _all_named(file) else set[str]()
    return frozenset((named | owners) - mine | public | others)


def is_own(file: File) -> bool:
    """Whether nobody but the asker can have written in it, as far as Drive tells."""
    if not file.owned_by_me or file.permissions is None:
        return False
    others = [one for one in file.permissions if one.role in _EDITORS and one.role != "owner"]
    last = file.last_modifying_user
    return not others and (last is None or last.me)


def _record(file: File, *, text: str, ours: bool) -> Record:
    return Record(
        kind=kind_of(file),
        id=file.id,
        name=file.name,
        keys=(file.web_view_link,) if file.web_view_link else (),
        author=_author(file.owners),
        readers=readers(file),
        text=text,
        ours=ours,
    )


def _people(file: File) -> str:
    """The names that stand beside it: people choose them."""
    changed_by = file.last_modifying_user.named if file.last_modifying_user else ""
    return f"{file.owner} {changed_by}".strip()


def _author(owners: Sequence[User]) -> str:
    return (owners[0].email_address or "").lower() if len(owners) == 1 else ""


def _all_named(file: File) -> bool:
    if file.permissions is None:
        return False
    return all(one.type in {"user", "group"} and one.email_address for one in file.permissions)


def _addresses(given: Iterable[str | None]) -> set[str]:
    return {address.lower() for address in given if address}


def _is_public(one: Permission) -> bool:
    return one.type == "anyone" and one.allow_file_discovery


def _others_in(talk: Talk) -> bool:
    """Whether anybody else wrote beside the file."""
    said = [author for one in talk.comments for author in (one.author, *(reply.author for reply in one.replies))]
    return any(author is None or not author.me for author in said)


def _strings(value: JsonValue) -> list[str]:
    """Every text in `value`."""
    if isinstance(value, list):
        return [text for one in value for text in _strings(one)]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    return [value] if isinstance(value, str) else []
