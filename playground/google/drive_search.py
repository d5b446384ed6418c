"""The endpoint that finds files in Drive: what a person may read of what they ask for, in the order they want."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.google.accounts import Account
from playground.google.calls import Answer, Call
from playground.google.drive_fields import need_known
from playground.google.drive_query import BadQuery, Query, parse
from playground.google.drive_shapes import file as shape
from playground.google.drive_shapes import several
from playground.google.drive_world import DriveWorld, File
from playground.google.errors import Refusal

MOST_PER_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as a search of one person's sees it."""

    world: DriveWorld
    file: File
    by: Account

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def words(self) -> str:
        return f"{self.file.description}\n{self.file.words}"

    @property
    def mime_type(self) -> str:
        return self.file.mime_type

    @property
    def created(self) -> datetime:
        return self.file.created

    @property
    def modified(self) -> datetime:
        return self.file.modified

    @property
    def trashed(self) -> bool:
        return self.file.trashed is not None

    @property
    def shared_with_me(self) -> bool:
        """Shared with the person by name: what the whole domain may see is not meant."""
        others = (one for one in self.file.permissions if one.role != "owner")
        return any(one.who == self.by.email for one in others)

    @property
    def visibility(self) -> str:
        kinds = {one.type for one in self.file.permissions}
        return "anyoneWithLink" if "anyone" in kinds else "domainCanFind" if "domain" in kinds else "limited"

    def is_in(self, value: str, collection: str) -> bool:
        if collection == "parents":
            return self.file.parent == (self.world.root(self.by).id if value == "root" else value)
        address = self.by.email if value == "me" else value.lower()
        roles = {"owners": ("owner",), "writers": ("owner", "writer")}.get(collection)
        return any(one.who == address and (roles is None or one.role in roles) for one in self.file.permissions)


def list_files(world: DriveWorld, call: Call) -> Answer:
    """What the person may read of what `q` asks for; without an order, the last changed first."""
    need_known(call.query.get("fields", ""), "FileList")
    query = _query(call)
    seen = [Seen(world, file, call.account) for file in world.visible(call.account)]
    found = [one for one in seen if query.test(one)]
    found.sort(key=lambda one: one.modified, reverse=True)
    if query.words:
        found.sort(key=query.score, reverse=True)
    for part in reversed(_order(call, query)):
        name, _, direction = part.partition(" ")
        found.sort(key=_ORDERS[name], reverse=direction == "desc")
    shown, following = call.page(found, call.number("pageSize", 100, MOST_PER_PAGE))
    files = [shape(world, call, one.file) for one in shown]
    return Answer(body=several("drive#fileList", "files", files, following) | {"incompleteSearch": False})


def _query(call: Call) -> Query:
    text = call.query.get("q", "")
    try:
        return parse(text)
    except BadQuery as error:
        raise Refusal(400, "Invalid Value", reason="invalid", place=("q", "parameter")) from error


_ORDERS: dict[str, Callable[[Seen], Any]] = {
    "createdTime": lambda one: one.created,
    "folder": lambda one: not one.file.is_folder,
    "modifiedByMeTime": lambda one: (one.file.modified_by == one.by.email, one.modified),
    "modifiedTime": lambda one: one.modified,
    "name": lambda one: one.name,
    "name_natural": lambda one: one.name.lower(),
    "quotaBytesUsed": lambda one: len(one.file.data),
    "recency": lambda one: one.modified,
    "sharedWithMeTime": lambda one: one.created,
    "starred": lambda _: False,
    "viewedByMeTime": lambda one: one.modified,
}


def _order(call: Call, query: Query) -> Sequence[str]:
    parts = [part.strip() for part in call.query.get("orderBy", "").split(",") if part.strip()]
    if parts and query.words:
        raise Refusal(
            403,
            "Sorting is not supported for queries with fullText terms. Results are always in descending relevance "
            "order.",
            reason="forbidden",
        )
    for part in parts:
        name, _, direction = part.partition(" ")
        if name not in _ORDERS or direction not in ("", "desc"):
            raise Refusal(400, "Invalid Value", reason="invalid", place=("orderBy", "parameter"))
    return parts
