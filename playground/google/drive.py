"""Drive's API: which methods there are, and which scopes let them be asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from aiohttp import web

from playground.google import drive_comments as comments
from playground.google import drive_files as files
from playground.google import drive_search as search
from playground.google import drive_sharing as sharing
from playground.google.calls import Answer, Call, Calls, Route
from playground.google.drive_world import DriveWorld
from playground.google.scopes import DRIVE, DRIVE_METADATA, DRIVE_READ

SERVICE = "drive.googleapis.com"

_READ = (DRIVE, DRIVE_READ)
_LOOK = (*_READ, DRIVE_METADATA)
_CHANGE = (DRIVE,)

_FILE = "/drive/v3/files/{fileId}"
_COMMENTS = f"{_FILE}/comments"
_COMMENT = f"{_COMMENTS}/{{commentId}}"
_PERMISSIONS = f"{_FILE}/permissions"
_PERMISSION = f"{_PERMISSIONS}/{{permissionId}}"
_UPLOAD = "/upload/drive/v3/files"
_BRIEF = "kind,id,name,mimeType"

_Endpoint: TypeAlias = Callable[[DriveWorld, Call], Answer]


@dataclass(frozen=True, slots=True)
class Method:
    """One method of Google's description."""

    name: str
    verb: str
    path: str
    scopes: tuple[str, ...]
    endpoint: _Endpoint
    fields: str = ""
    """What is answered to those who do not say which fields they want; empty for all."""


_FOUND = f"kind,incompleteSearch,nextPageToken,files({_BRIEF})"
_ROLE = "kind,id,type,role"
_ROLES = f"kind,nextPageToken,permissions({_ROLE})"

METHODS = (
    Method("drive.about.get", "GET", "/drive/v3/about", _LOOK, files.about),
    Method("drive.files.list", "GET", "/drive/v3/files", _LOOK, search.list_files, _FOUND),
    Method("drive.files.create", "POST", "/drive/v3/files", _CHANGE, files.create, _BRIEF),
    Method("drive.files.create", "POST", _UPLOAD, _CHANGE, files.create, _BRIEF),
    Method("drive.files.get", "GET", _FILE, _READ, files.read_file, _BRIEF),
    Method("drive.files.export", "GET", f"{_FILE}/export", _READ, files.export),
    Method("drive.files.copy", "POST", f"{_FILE}/copy", _CHANGE, files.copy, _BRIEF),
    Method("drive.files.update", "PATCH", _FILE, _CHANGE, files.update, _BRIEF),
    Method("drive.files.update", "PATCH", f"{_UPLOAD}/{{fileId}}", _CHANGE, files.update, _BRIEF),
    Method("drive.files.delete", "DELETE", _FILE, _CHANGE, files.delete),
    Method("drive.comments.list", "GET", _COMMENTS, _READ, comments.list_comments),
    Method("drive.comments.create", "POST", _COMMENTS, _CHANGE, comments.create_comment),
    Method("drive.comments.get", "GET", _COMMENT, _READ, comments.read_comment),
    Method("drive.comments.update", "PATCH", _COMMENT, _CHANGE, comments.update_comment),
    Method("drive.comments.delete", "DELETE", _COMMENT, _CHANGE, comments.delete_comment),
    Method("drive.replies.list", "GET", f"{_COMMENT}/replies", _READ, comments.list_replies),
    Method("drive.replies.create", "POST", f"{_COMMENT}/replies", _CHANGE, comments.create_reply),
    Method("drive.permissions.list", "GET", _PERMISSIONS, _READ, sharing.list_permissions, _ROLES),
    Method("drive.permissions.create", "POST", _PERMISSIONS, _CHANGE, sharing.create_permission, _ROLE),
    Method("drive.permissions.get", "GET", _PERMISSION, _READ, sharing.read_permission, _ROLE),
    Method("drive.permissions.update", "PATCH", _PERMISSION, _CHANGE, sharing.update_permission, _ROLE),
    Method("drive.permissions.delete", "DELETE", _PERMISSION, _CHANGE, sharing.delete_permission),
)


class DriveApi:
    """Drive's methods over one world."""

    def __init__(self, world: DriveWorld) -> None:
        self._world = world

    def add_to(self, router: web.UrlDispatcher, calls: Calls) -> None:
        calls.add(router, SERVICE, [self._route(method) for method in METHODS])

    def _route(self, method: Method) -> Route:
        return Route(
            method=method.verb,
            path=method.path,
            scopes=method.scopes,
            endpoint=partial(method.endpoint, self._world),
            fields=method.fields,
        )
