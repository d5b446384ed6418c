"""Endpoints about Drive's files: finding, reading, making, moving."""

from collections.abc import Sequence
from typing import Any

from playground.google.calls import Answer, Call
from playground.google.drive_convert import (
    FOLDER,
    NotConvertible,
    export_formats,
    exported,
    import_formats,
    imported,
)
from playground.google.drive_fields import need_fields, need_known
from playground.google.drive_shapes import file as shape
from playground.google.drive_shapes import user
from playground.google.drive_world import EDITORS, DriveWorld, File, not_allowed
from playground.google.errors import Refusal

_DOCUMENT_BYTES = 5_000_000
"""No text above this becomes a Google document."""


def about(world: DriveWorld, call: Call) -> Answer:
    need_fields(call, "About")
    used = sum(len(file.data) for file in world.files.values() if file.owner == call.account.email)
    storage = {"limit": str(30 * 1024**3), "usage": str(used), "usageInDrive": str(used), "usageInDriveTrash": "0"}
    return Answer(
        body={
            "kind": "drive#about",
            "user": user(world, call.account.email, call.account),
            "storageQuota": storage,
            "exportFormats": export_formats(),
            "importFormats": import_formats(),
            "maxUploadSize": "5242880000000",
            "appInstalled": True,
            "canCreateDrives": False,
        }
    )


def read_file(world: DriveWorld, call: Call) -> Answer:
    """What Drive knows of a file, or with `alt=media` what stands in it."""
    found = world.file(call.match["fileId"], call.account)
    if call.query.get("alt") != "media":
        return _told(world, call, found)
    if found.is_document or found.is_folder:
        said = "Only files with binary content can be downloaded. Use Export with Docs Editors files."
        raise Refusal(403, said, reason="fileNotDownloadable", place=("alt", "parameter"))
    return Answer(body=found.data, media=found.mime_type)


def export(world: DriveWorld, call: Call) -> Answer:
    found = world.file(call.match["fileId"], call.account)
    if not found.is_document:
        raise Refusal(403, "Export only supports Docs Editors files.", reason="fileNotExportable")
    if "mimeType" not in call.query:
        raise Refusal(400, "Required parameter: mimeType", reason="required", place=("mimeType", "parameter"))
    media = call.query["mimeType"]
    try:
        content = exported(found.mime_type, found.text, media)
    except NotConvertible as error:
        said = "The requested conversion is not supported."
        raise Refusal(400, said, reason="badRequest", place=("convertTo", "parameter")) from error
    if len(content) > world.export_limit:
        raise Refusal(403, "This file is too large to be exported.", reason="exportSizeLimitExceeded")
    return Answer(body=content, media=media)


def create(world: DriveWorld, call: Call) -> Answer:
    """A new file of the asker's, in My Drive unless `parents` names one folder."""
    need_known(call.query.get("fields", ""), "File")
    folder = _folder(world, call, call.texts("parents"))
    media = call.upload.media.partition(";")[0].strip().lower() if call.upload else ""
    kind = call.text("mimeType") or media or "application/octet-stream"
    made = File(
        id=world.new_id(kind),
        name=call.text("name") or "Untitled",
        mime_type=kind,
        owner=call.account.email,
        created=call.now,
        modified=call.now,
        modified_by=call.account.email,
        parent=folder.id,
        description=call.text("description"),
        permissions=world.inherited(folder, call.account),
    )
    if call.upload:
        _fill(made, media, call.upload.content)
    world.add(made)
    call.wrote("drive.files.create", made.id, _arguments(call, made))
    return _told(world, call, made)


def copy(world: DriveWorld, call: Call) -> Answer:
    found = world.file(call.match["fileId"], call.account)
    folder = _folder(world, call, call.texts("parents"))
    made = File(
        id=world.new_id(found.mime_type),
        name=call.text("name") or f"Copy of {found.name}",
        mime_type=found.mime_type,
        owner=call.account.email,
        created=call.now,
        modified=call.now,
        modified_by=call.account.email,
        parent=folder.id,
        text=found.text,
        data=found.data,
        permissions=world.inherited(folder, call.account),
    )
    world.add(made)
    call.wrote("drive.files.copy", made.id)
    return _told(world, call, made)


def update(world: DriveWorld, call: Call) -> Answer:
    """Another name, place or content; only the owner throws away."""
    identity = call.match["fileId"]
    found = world.file(identity, call.account, "writer")
    if "trashed" in call.body:
        world.file(identity, call.account, "owner")
        found.trashed = call.now if call.body["trashed"] else None
    if call.text("mimeType", found.mime_type) != found.mime_type:
        raise Refusal(400, "Bad Request. The MIME type cannot be changed.", reason="badRequest")
    _move(world, call, found)
    found.name = call.text("name", found.name)
    found.description = call.text("description", found.description)
    if call.upload:
        _fill(found, call.upload.media.partition(";")[0].strip().lower(), call.upload.content)
    world.touch(found, call.account)
    call.wrote("drive.files.update", found.id, _arguments(call, found))
    return _told(world, call, found)


def delete(world: DriveWorld, call: Call) -> Answer:
    """For ever, with all that lies in it."""
    found = world.file(call.match["fileId"], call.account, "owner")
    if not found.parent:
        raise not_allowed(found.id)
    gone = [found.id]
    for identity in gone:
        gone += [file.id for file in world.files.values() if file.parent == identity]
    for identity in gone:
        del world.files[identity]
    call.wrote("drive.files.delete", found.id)
    return Answer(status=204)


def _told(world: DriveWorld, call: Call, found: File) -> Answer:
    need_known(call.query.get("fields", ""), "File")
    return Answer(body=shape(world, call, found))


def _folder(world: DriveWorld, call: Call, parents: Sequence[str]) -> File:
    """The folder to put something into, which the asker must be allowed to do."""
    if len(parents) > 1:
        said = "A file cannot have more than one parent."
        raise Refusal(403, said, reason="multipleParentsNotAllowed")
    folder = world.file(parents[0] if parents else "root", call.account)
    if not folder.is_folder:
        raise Refusal(403, "The specified parent is not a folder.", reason="parentNotAFolder")
    return world.file(folder.id, call.account, "writer")


def _move(world: DriveWorld, call: Call, found: File) -> None:
    added, removed = (_ids(call, name) for name in ("addParents", "removeParents"))
    if "parents" in call.body:
        raise Refusal(
            403,
            "The parents field is not directly writable in update requests. Use the addParents and removeParents "
            "parameters instead.",
            reason="fieldNotWritable",
        )
    if not added:
        return
    if found.parent not in removed and found.parent not in added:
        raise Refusal(400, "Increasing the number of parents is not allowed", reason="cannotAddParent")
    folder = _folder(world, call, added)
    found.parent = folder.id
    known = {one.id for one in found.permissions}
    found.permissions += [one for one in world.inherited(folder, call.account) if one.id not in known]


def _ids(call: Call, name: str) -> list[str]:
    return [identity for identity in call.query.get(name, "").split(",") if identity]


def _fill(file: File, media: str, content: bytes) -> None:
    """Put what was uploaded into `file`: as it is, or converted when the file is a document of Google's."""
    if file.mime_type == FOLDER:
        raise Refusal(400, "A folder cannot have content.", reason="badRequest")
    if file.mime_type not in EDITORS:
        file.data = content
        return
    if len(content) > _DOCUMENT_BYTES:
        raise Refusal(400, "The file is too large to be converted.", reason="conversionTooLarge")
    try:
        file.text = imported(file.mime_type, media, content)
    except NotConvertible as error:
        said = "Invalid MIME type provided for the uploaded content."
        raise Refusal(400, said, reason="badRequest") from error


def _arguments(call: Call, file: File) -> dict[str, Any]:
    """The body, the query's moves, and the content that was sent."""
    moves = {name: call.query[name] for name in ("addParents", "removeParents") if name in call.query}
    content = {"content": file.text or file.data.decode("utf-8", "replace")} if call.upload else {}
    return {**call.body, **moves, **content}
