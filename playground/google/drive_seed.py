"""The company's Drive as the seed tells it, as a world to start from."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from playground.company import Company, Poison, seed_text
from playground.google.accounts import Accounts
from playground.google.drive_convert import DOCUMENT, FOLDER, SHEET, SLIDES
from playground.google.drive_world import RANK, Comment, DriveWorld, File, Permission, Reply, opaque, permission

# One item of drive.yaml; the seed is ours and its shape is known here.
Raw = dict[str, Any]

KINDS = {"doc": DOCUMENT, "sheet": SHEET, "slides": SLIDES, "csv": "text/csv"}


def planted(company: Company, accounts: Accounts, clock: Callable[[], datetime]) -> DriveWorld:
    """The Drive of `company` up to now, with its poisoned items laid over it."""
    world = DriveWorld(accounts, clock)
    seed = Seed(company, world)
    seed.roots()
    for raw in company.trees["drive"]["files"]:
        seed.file(raw)
    for item in company.poison:
        if item.place.startswith("drive:"):
            seed.poison(item)
    return world


class Seed:
    """Turns the seed's items into a world's."""

    def __init__(self, company: Company, world: DriveWorld) -> None:
        self._company = company
        self._world = world
        self._start = company.moment(-400, "09:00")
        world.names.update({person.email: person.name for person in company.people})
        world.names.update({one["email"]: one["name"] for one in company.trees["people"]["contacts"]})

    def roots(self) -> None:
        for account in self._world.accounts.all:
            self._folder(opaque("root", account.email, length=19), "My Drive", account.email, "")

    def file(self, raw: Raw) -> None:
        owner = self._address(raw["owner"])
        text = self._text(raw)
        is_document = raw["kind"] != "csv"
        changed = self._at(raw["changed"])
        file = File(
            id=opaque("file", raw["id"]),
            name=raw["title"],
            mime_type=KINDS[raw["kind"]],
            owner=owner,
            created=changed - timedelta(days=3),
            modified=changed,
            modified_by=self._address(raw["changed"]["by"]),
            text=text if is_document else "",
            data=b"" if is_document else text.encode(),
            permissions=self._permissions(raw, owner),
        )
        file.comments += [self._comment(file, item) for item in raw.get("comments", [])]
        file.parent = self._place(raw["folder"], file)
        self._world.add(file, seed=raw["id"])

    def poison(self, item: Poison) -> None:
        """Lay one planted text over the file that it names."""
        file = self._world.named(item.place.partition(":")[2])
        match item.how:
            case "a second file beside it":
                self._copy(file, item)
            case "append":
                file.text = f"{file.text.rstrip()}\n{item.text}\n"
            case "add comment":
                file.comments.append(self._remark(file, item.id, item.text, file.owner, self._company.now))
            case _:
                file.data += _row(file.data, item.text).encode()

    def _copy(self, file: File, item: Poison) -> None:
        self._world.add(
            File(
                id=opaque("file", item.id),
                name=item.text,
                mime_type=file.mime_type,
                owner=file.owner,
                created=file.created,
                modified=file.modified,
                modified_by=file.modified_by,
                parent=file.parent,
                data=file.data,
                permissions=list(file.permissions),
            ),
            seed=item.id,
        )

    def _text(self, raw: Raw) -> str:
        if "source" in raw:
            return seed_text(raw["source"], today=self._company.today, renamed=bool(self._company.names))
        return raw["text"]

    def _permissions(self, raw: Raw, owner: str) -> list[Permission]:
        found = [permission("owner", "user", owner)]
        writers = [self._address(who) for who in raw.get("can_edit", [])]
        found += [permission("writer", "user", who) for who in writers if who != owner]
        if raw["can_read"] == "everyone":
            return [*found, permission("reader", "domain", self._company.domain)]
        readers = [self._address(who) for who in raw["can_read"]]
        return found + [permission("reader", "user", who) for who in readers if who not in (owner, *writers)]

    def _place(self, path: str, file: File) -> str:
        """The id of the folder `path`, seen and filled by whoever may see and edit something in it."""
        parent = self._world.root(self._world.accounts.person(file.owner)).id
        for part in reversed([PurePosixPath(path), *PurePosixPath(path).parents][:-1]):
            identity = opaque("folder", str(part))
            folder = self._world.files.get(identity) or self._folder(identity, part.name, file.owner, parent)
            _let_in(folder, file.permissions)
            parent = identity
        return parent

    def _folder(self, identity: str, name: str, owner: str, parent: str) -> File:
        return self._world.add(
            File(
                id=identity,
                name=name,
                mime_type=FOLDER,
                owner=owner,
                created=self._start,
                modified=self._start,
                modified_by=owner,
                parent=parent,
                permissions=[permission("owner", "user", owner)],
            )
        )

    def _comment(self, file: File, raw: Raw) -> Comment:
        name = f"{file.id}-{raw['day']}-{raw['at']}"
        comment = self._remark(file, name, raw["text"], self._address(raw["by"]), self._at(raw))
        for number, item in enumerate(raw.get("replies", [])):
            at = self._at(item)
            identity = opaque("reply", name, str(number), length=11)
            by = self._address(item["by"])
            comment.replies.append(Reply(id=identity, by=by, content=item["text"], created=at, modified=at))
            comment.modified = at
        return comment

    def _remark(self, file: File, name: str, text: str, by: str, at: datetime) -> Comment:
        identity = opaque("comment", file.id, name, length=11)
        return Comment(id=identity, by=by, content=text, created=at, modified=at)

    def _address(self, handle: str) -> str:
        return self._company.person(handle).email

    def _at(self, raw: Raw) -> datetime:
        return self._company.moment(raw["day"], raw["at"])


def _let_in(folder: File, permissions: list[Permission]) -> None:
    for one in permissions:
        role = "writer" if one.role == "owner" else one.role
        held = next((other for other in folder.permissions if other.id == one.id), None)
        if held is None:
            folder.permissions.append(permission(role, one.type, one.who))
        elif RANK[held.role] < RANK[role]:
            folder.permissions[folder.permissions.index(held)] = permission(role, one.type, one.who)


def _row(data: bytes, cell: str) -> str:
    """One more line of a CSV file, with `cell` where the region stands."""
    header, *lines = data.decode().strip().split("\n")
    place = header.split(",").index("region")
    cells = lines[-1].split(",")
    cells[place] = '"' + cell.replace('"', '""') + '"'
    return ",".join(cells) + "\n"
