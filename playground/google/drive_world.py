"""The state of the playground's Drive: files, who may do what with them, and what is said about them."""

import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from playground.google.accounts import Account, Accounts
from playground.google.drive_convert import DOCUMENT, FOLDER, SHEET, SLIDES, words
from playground.google.errors import Refusal

Role: TypeAlias = Literal["reader", "commenter", "writer", "owner"]
Grantee: TypeAlias = Literal["user", "group", "domain", "anyone"]

RANK: dict[Role, int] = {"reader": 1, "commenter": 2, "writer": 3, "owner": 4}
EDITORS = (DOCUMENT, SHEET, SLIDES)

EXPORT_LIMIT = 10 * 1024**2
"""Google exports at most 10 MB of a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Who may do what with one file."""

    id: str
    type: Grantee
    who: str
    """The address or the domain; empty for anyone."""
    role: Role

    def holds_for(self, account: Account, domain: str) -> bool:
        match self.type:
            case "user" | "group":
                return self.who == account.email
            case "domain":
                return self.who == domain
            case "anyone":
                return True


@dataclass(slots=True, kw_only=True)
class Reply:
    id: str
    by: str
    """An address, as everywhere here."""
    content: str
    created: datetime
    modified: datetime
    action: Literal["", "resolve", "reopen"] = ""
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class Comment(Reply):
    quoted: str = ""
    anchor: str = ""
    resolved: bool = False
    replies: list[Reply] = field(default_factory=list["Reply"])


@dataclass(slots=True, kw_only=True)
class File:
    """A document, a file of bytes, or a folder."""

    id: str
    name: str
    mime_type: str
    owner: str
    created: datetime
    modified: datetime
    modified_by: str
    parent: str = ""
    """The id of the folder that it lies in; empty only for a person's own root."""
    text: str = ""
    """What stands in a document: Markdown, tabs of CSV, or slides parted by `---`."""
    data: bytes = b""
    """What stands in any other file."""
    description: str = ""
    permissions: list[Permission] = field(default_factory=list["Permission"])
    comments: list[Comment] = field(default_factory=list["Comment"])
    trashed: datetime | None = None
    version: int = 1

    @property
    def is_folder(self) -> bool:
        return self.mime_type == FOLDER

    @property
    def is_document(self) -> bool:
        """Whether Google's own editors hold it, so that it is exported and not downloaded."""
        return self.mime_type in EDITORS

    @property
    def words(self) -> str:
        """All that can be read in it."""
        if self.is_document:
            return words(self.mime_type, self.text)
        return self.data.decode("utf-8", "ignore") if self.mime_type.startswith("text/") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail that Google sends to tell somebody of a file or an event."""

    to: str
    about: str
    """The id of the file or event."""
    subject: str
    text: str
    at: datetime


class DriveWorld:
    """Every file, and who may see it."""

    def __init__(self, accounts: Accounts, clock: Callable[[], datetime]) -> None:
        self.accounts = accounts
        self.clock = clock
        self.files: dict[str, File] = {}
        self.names: dict[str, str] = {}
        """Addresses of people elsewhere, and what they are called."""
        self.notices: list[Notice] = []
        self.export_limit = EXPORT_LIMIT
        self._seeds: dict[str, str] = {}
        self._made = 0

    def add(self, file: File, *, seed: str = "") -> File:
        self.files[file.id] = file
        if seed:
            self._seeds[seed] = file.id
        return file

    def named(self, name: str) -> File:
        """The file that the seed calls `name` (`doc-plan`), or whose title or id it is; KeyError when none is."""
        if name in self._seeds or name in self.files:
            return self.files[self._seeds.get(name, name)]
        for file in self.files.values():
            if file.name == name:
                return file
        raise KeyError(name)

    def new_id(self, kind: str) -> str:
        """An id that looks like one of Drive's, the same in each run."""
        self._made += 1
        return opaque(kind, str(self._made))

    def root(self, account: Account) -> File:
        """The folder "My Drive" of a person."""
        return self.files[opaque("root", account.email, length=19)]

    def role(self, file: File, account: Account) -> Role | None:
        """The most that `account` may be to `file`."""
        held: list[Role] = [one.role for one in file.permissions if one.holds_for(account, self.accounts.domain)]
        return max(held, key=RANK.__getitem__, default=None)

    def may(self, file: File, account: Account, role: Role) -> bool:
        held = self.role(file, account)
        return held is not None and RANK[held] >= RANK[role]

    def visible(self, account: Account) -> list[File]:
        """What `account` may read, apart from people's roots."""
        return [file for file in self.files.values() if file.parent and self.may(file, account, "reader")]

    def file(self, identity: str, account: Account, role: Role = "reader") -> File:
        """The file with this id; refused as Drive does when `account` may not see it, or may not be `role` to it."""
        file = self.root(account) if identity == "root" else self.files.get(identity)
        if file is None or not self.may(file, account, "reader"):
            raise no_file(identity)
        if not self.may(file, account, role):
            raise not_allowed(identity)
        return file

    def touch(self, file: File, account: Account) -> None:
        """Note who changed `file` last."""
        file.modified, file.modified_by = self.clock(), account.email
        file.version += 1

    def inherited(self, folder: File, account: Account) -> list[Permission]:
        """The permissions of something new in `folder` that `account` owns."""
        shared = [self._lowered(one) for one in folder.permissions if one.who != account.email]
        return [permission("owner", "user", account.email), *(one for one in shared if one.who)]

    def display_name(self, address: str) -> str:
        account = self.accounts.find(address)
        return account.name if account else self.names.get(address, address)

    def notify(self, to: Iterable[str], file: File, *, subject: str, text: str) -> None:
        now = self.clock()
        self.notices += [Notice(to=one, about=file.id, subject=subject, text=text, at=now) for one in to]

    def _lowered(self, one: Permission) -> Permission:
        """Whoever owns a folder may only edit what others put there."""
        return permission("writer", one.type, one.who) if one.role == "owner" else one


def permission(role: Role, kind: Grantee, who: str) -> Permission:
    """A permission with the id that Drive gives this person or domain everywhere."""
    match kind:
        case "anyone":
            identity = "anyoneWithLink"
        case "domain":
            identity = f"{_number('domain', who)}k"
        case _:
            identity = _number("person", who)
    return Permission(id=identity, type=kind, who=who, role=role)


def opaque(*parts: str, length: int = 44) -> str:
    """An id as Drive writes them, made from `parts`."""
    digest = hashlib.sha512("/".join(parts).encode()).digest()
    start = "0A" if length < 30 else "1"
    return (start + base64.urlsafe_b64encode(digest).decode().replace("=", ""))[:length]


def no_file(identity: str) -> Refusal:
    """Also for what exists and may not be seen."""
    place = ("fileId", "parameter")
    return Refusal(404, f"File not found: {identity}.", reason="notFound", place=place)


def not_allowed(identity: str) -> Refusal:
    said = f"The user does not have sufficient permissions for file {identity}."
    return Refusal(403, said, reason="insufficientFilePermissions")


def _number(*parts: str) -> str:
    return f"{int.from_bytes(hashlib.sha256('/'.join(parts).encode()).digest()[:8]) | 1 << 63:020d}"
