"""Read-only pages of Drive, so that a person in the playground sees what a link leads to."""

import csv
import io

from aiohttp import web

from playground.google.drive_convert import DOCUMENT, FOLDER, SHEET, SLIDES, slides, tabs
from playground.google.drive_shapes import page
from playground.google.drive_world import DriveWorld, File, Permission
from playground.look import Look

_KINDS = {DOCUMENT: "Document", SHEET: "Sheet", SLIDES: "Slides", FOLDER: "Folder"}
_MOST_ROWS = 200


class DrivePages:
    """Files, folders, and all that one person may see."""

    def __init__(self, world: DriveWorld, look: Look) -> None:
        self._world = world
        self._look = look

    def add_to(self, router: web.UrlDispatcher) -> None:
        for kind in ("document", "spreadsheets", "presentation"):
            router.add_route("GET", f"/{kind}/d/{{file}}", self.file)
            router.add_route("GET", f"/{kind}/d/{{file}}/edit", self.file)
        router.add_route("GET", "/file/d/{file}/view", self.file)
        router.add_route("GET", "/drive/folders/{file}", self.folder)
        router.add_route("GET", "/files/of/{person}", self.of_person)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """One file with all that is said about it; whoever runs the playground may look at everything."""
        found = self._world.files.get(request.match_info["file"])
        if found is None or found.is_folder:
            return self._nothing()
        return self._look.page(
            "drive_file.html",
            file=found,
            kind=kind(found),
            name=self._world.display_name,
            folder=self._world.files.get(found.parent),
            tables=_tables(found),
            slides=slides(found.text) if found.mime_type == SLIDES else [],
            shared=[self._told(one) for one in found.permissions],
        )

    async def folder(self, request: web.Request) -> web.StreamResponse:
        found = self._world.files.get(request.match_info["file"])
        if found is None or not found.is_folder:
            return self._nothing()
        inside = [file for file in self._world.files.values() if file.parent == found.id]
        return self._list(found.name, f"A folder of {self._world.display_name(found.owner)}.", inside)

    async def of_person(self, request: web.Request) -> web.StreamResponse:
        account = self._world.accounts.find(request.match_info["person"])
        if account is None:
            return self._nothing()
        files = [file for file in self._world.visible(account) if not file.is_folder]
        return self._list(account.name, "Everything that this person may read in Drive.", files)

    def _list(self, title: str, about: str, files: list[File]) -> web.Response:
        newest = sorted(files, key=lambda file: (not file.is_folder, -file.modified.timestamp()))
        rows = [(file, page("", file), kind(file)) for file in newest]
        return self._look.page("drive_list.html", title=title, about=about, rows=rows, name=self._world.display_name)

    def _nothing(self) -> web.Response:
        return self._look.sorry(404, "No such file", "This Drive has no file here, or it was deleted.")

    def _told(self, one: Permission) -> str:
        who = self._world.display_name(one.who) if one.type == "user" else one.who or "anyone with the link"
        return f"{who} ({one.role})"


def kind(file: File) -> str:
    """What sort of file it is, in a word."""
    return _KINDS.get(file.mime_type, file.mime_type)


def _tables(file: File) -> list[tuple[str, list[list[str]]]]:
    """The tabs of a sheet, or the rows of a CSV file."""
    if file.mime_type == SHEET:
        return [(name, rows[:_MOST_ROWS]) for name, rows in tabs(file.text)]
    if file.mime_type != "text/csv":
        return []
    text = file.data.decode("utf-8", "replace")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    return [("", list(csv.reader(io.StringIO(text), delimiter=delimiter))[:_MOST_ROWS])]
