"""Drive's things as its API writes them, for the person who asks."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from playground.google.accounts import Account
from playground.google.calls import Call, Json
from playground.google.drive_convert import DOCUMENT, FOLDER, SHEET, SLIDES, as_html, export_formats
from playground.google.drive_world import Comment, DriveWorld, File, Permission, Reply, permission

_PAGES = {
    DOCUMENT: "/document/d/{id}/edit",
    SHEET: "/spreadsheets/d/{id}/edit",
    SLIDES: "/presentation/d/{id}/edit",
    FOLDER: "/drive/folders/{id}",
}


def stamp(moment: datetime) -> str:
    """`moment` as Drive writes times: UTC with milliseconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def page(url: str, file: File) -> str:
    """Where a person looks at `file`; `url` is the server's origin."""
    return url + _PAGES.get(file.mime_type, "/file/d/{id}/view").format(id=file.id)


def user(world: DriveWorld, address: str, asker: Account) -> Json:
    shape: Json = {
        "kind": "drive#user",
        "displayName": world.display_name(address),
        "me": address == asker.email,
        "permissionId": permission("reader", "user", address).id,
    }
    return shape | {"emailAddress": address} if world.accounts.find(address) else shape


def file(world: DriveWorld, call: Call, found: File) -> Json:
    """All that Drive says of a file; the mask takes from it."""
    me = call.account
    shape: Json = {
        "kind": "drive#file",
        "id": found.id,
        "name": found.name,
        "mimeType": found.mime_type,
        "starred": False,
        "trashed": found.trashed is not None,
        "explicitlyTrashed": found.trashed is not None,
        "spaces": ["drive"],
        "version": str(found.version),
        "webViewLink": page(call.url, found),
        "createdTime": stamp(found.created),
        "modifiedTime": stamp(found.modified),
        "modifiedByMe": found.modified_by == me.email,
        "lastModifyingUser": user(world, found.modified_by, me),
        "owners": [user(world, found.owner, me)],
        "ownedByMe": found.owner == me.email,
        "shared": len(found.permissions) > 1,
        "viewersCanCopyContent": True,
        "copyRequiresWriterPermission": False,
        "writersCanShare": True,
        "permissionIds": [one.id for one in found.permissions],
        "capabilities": _capabilities(world, found, me),
        "quotaBytesUsed": str(len(found.text.encode()) + len(found.data)),
        "isAppAuthorized": True,
    }
    return shape | _where(world, found, me) | _who(world, call, found) | _content(call, found)


def shared(world: DriveWorld, found: Permission) -> Json:
    shape: Json = {"kind": "drive#permission", "id": found.id, "type": found.type, "role": found.role}
    match found.type:
        case "domain":
            return shape | {"domain": found.who, "displayName": found.who, "allowFileDiscovery": True}
        case "anyone":
            return shape | {"allowFileDiscovery": False}
        case _:
            name = world.display_name(found.who)
            return shape | {"emailAddress": found.who, "displayName": name, "deleted": False, "pendingOwner": False}


def comment(world: DriveWorld, found: Comment, asker: Account, *, with_deleted: bool = False) -> Json:
    replies = [reply(world, one, asker) for one in found.replies if with_deleted or not one.deleted]
    shape = _said(world, found, asker, "drive#comment") | {"resolved": found.resolved, "replies": replies}
    if found.anchor:
        shape["anchor"] = found.anchor
    if found.quoted:
        shape["quotedFileContent"] = {"mimeType": "text/html", "value": found.quoted}
    return shape


def reply(world: DriveWorld, found: Reply, asker: Account) -> Json:
    shape = _said(world, found, asker, "drive#reply")
    return shape | {"action": found.action} if found.action else shape


def _said(world: DriveWorld, found: Reply, asker: Account, kind: str) -> Json:
    shape: Json = {
        "kind": kind,
        "id": found.id,
        "createdTime": stamp(found.created),
        "modifiedTime": stamp(found.modified),
        "author": _author(world, found.by, asker),
        "deleted": found.deleted,
    }
    # What was taken back keeps its place and loses its words.
    return shape if found.deleted else shape | {"content": found.content, "htmlContent": as_html(found.content)}


def _author(world: DriveWorld, address: str, asker: Account) -> Json:
    """Comments name their author without an address, and oneself only by `me`."""
    return {"kind": "drive#user", "displayName": world.display_name(address), "me": address == asker.email}


def _where(world: DriveWorld, found: File, me: Account) -> Json:
    """The folder, if the asker may see it."""
    parent = world.files.get(found.parent)
    return {"parents": [parent.id]} if parent and world.may(parent, me, "reader") else {}


def _who(world: DriveWorld, call: Call, found: File) -> Json:
    shape: Json = {}
    if world.may(found, call.account, "writer"):
        shape["permissions"] = [shared(world, one) for one in found.permissions]
    if found.owner != call.account.email:
        shape |= {"sharedWithMeTime": stamp(found.created), "sharingUser": user(world, found.owner, call.account)}
    if found.description:
        shape["description"] = found.description
    if found.trashed:
        shape["trashedTime"] = stamp(found.trashed)
    return shape


def _content(call: Call, found: File) -> Json:
    if found.is_folder:
        return {}
    if found.is_document:
        formats = export_formats()[found.mime_type]
        export = f"{call.url}/drive/v3/files/{found.id}/export"
        return {"exportLinks": {media: f"{export}?mimeType={media}" for media in formats}}
    _, dot, extension = found.name.rpartition(".")
    return {
        "size": str(len(found.data)),
        "md5Checksum": hashlib.md5(found.data, usedforsecurity=False).hexdigest(),
        "sha256Checksum": hashlib.sha256(found.data).hexdigest(),
        "originalFilename": found.name,
        "headRevisionId": f"{found.id}-{found.version}",
        "webContentLink": f"{call.url}/file/d/{found.id}/view",
        "fileExtension": extension if dot else "",
        "fullFileExtension": extension if dot else "",
    }


def _capabilities(world: DriveWorld, found: File, me: Account) -> Json:
    writes, comments = world.may(found, me, "writer"), world.may(found, me, "commenter")
    owns = world.may(found, me, "owner")
    editing = ("canEdit", "canRename", "canShare", "canModifyContent", "canListChildren", "canAddChildren")
    return {
        **dict.fromkeys(editing, writes),
        "canListChildren": found.is_folder,
        "canAddChildren": found.is_folder and writes,
        "canComment": comments,
        "canCopy": not found.is_folder,
        "canDownload": not found.is_folder,
        "canTrash": owns,
        "canUntrash": owns,
        "canDelete": owns,
    }


def several(kind: str, name: str, shapes: Sequence[object], following: str) -> Json:
    """One page of a list."""
    return {"kind": kind, name: list(shapes)} | ({"nextPageToken": following} if following else {})
