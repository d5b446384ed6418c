"""Google Drive as one person sees it: files found and read, and the few things that are changed there."""

import asyncio
import io
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter

from integrations.errors import NotFound, Refused, unseen
from integrations.google.answers import NOTHING
from integrations.google.calls import Calls
from integrations.google.drive_models import (
    Comment,
    CommentPage,
    File,
    FilePage,
    Kind,
    Permission,
    PermissionPage,
    Role,
)
from integrations.google.drive_query import files_query, name_query
from integrations.google.drive_text import decoded, without_pictures

T = TypeVar("T")

MAX_BYTES = 1_000_000
"""Of one file's text."""
MAX_CONTENT = 25_000_000
"""Of one file's bytes."""
MAX_COMMENTS = 100
_MAX_PEOPLE = 100
_MAX_NAMESAKES = 10

_USER = "displayName,emailAddress,me"
_PERMISSION_FIELDS = "id,type,role,displayName,emailAddress,domain,allowFileDiscovery"
_FILE_FIELDS = (
    f"id,name,mimeType,modifiedTime,lastModifyingUser({_USER}),owners({_USER}),webViewLink,size,trashed,"
    f"ownedByMe,permissions({_PERMISSION_FIELDS}),capabilities(canComment,canShare,canAddChildren)"
)
_REPLY_FIELDS = f"author({_USER}),createdTime,content,action,deleted"
_COMMENT_FIELDS = (
    f"id,author({_USER}),createdTime,content,resolved,deleted,quotedFileContent(value),replies({_REPLY_FIELDS})"
)

# What is exported as what. Markdown keeps a Doc's headings and tables.
_EXPORTS: dict[Kind, str] = {"document": "text/markdown", "sheet": "text/csv", "slides": "text/plain"}

_FILE = TypeAdapter(File)
_FILES = TypeAdapter(FilePage)
_COMMENT = TypeAdapter(Comment)
_COMMENTS = TypeAdapter(CommentPage)
_PERMISSION = TypeAdapter(Permission)
_PERMISSIONS = TypeAdapter(PermissionPage)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFiles:
    """Files that were found, and whether there are more."""

    files: tuple[File, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """A file's text, as far as it was read."""

    text: str
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """A file's bytes, as far as they were fetched."""

    body: bytes
    whole: bool

    @property
    def text(self) -> str:
        """What they say, of a file of characters."""
        return decoded(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The comments of a file, newest change first, and whether there are more."""

    comments: tuple[Comment, ...]
    more: bool


class Drive:
    """One person's Drive, with what others share with them. Files are named by id."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def find(
        self, *, words: str = "", kind: Kind | None = None, owner: str | None = None, limit: int = 20
    ) -> FoundFiles:
        """Files by words in name or text, at most 100: the best first, or without words the last changed first.

        `owner` is an address or `me`.
        """
        # Drive orders searches in texts by relevance and refuses any other order with them.
        order = {} if words.strip() else {"orderBy": "modifiedTime desc"}
        return await self._listed(files_query(words=words, kind=kind, owner=owner), limit=limit, **order)

    async def named(self, name: str, *, kind: Kind | None = None) -> tuple[File, ...]:
        """What is called exactly `name`, last changed first; at most 10."""
        query = name_query(name, kind=kind)
        return (await self._listed(query, limit=_MAX_NAMESAKES, orderBy="modifiedTime desc")).files

    async def file(self, file: str) -> File:
        """One file, without its content. What lies in the bin is not there."""
        answer = self._calls.read("drive.files.get", _FILE, fileId=file, supportsAllDrives=True, fields=_FILE_FIELDS)
        found = await _seen("this file", answer)
        if found.trashed:
            raise NotFound("This file lies in the bin. Its owner can take it out again.")
        return found

    async def text(self, file: File) -> FileText | None:
        """The text of a file, at most `MAX_BYTES` of it; None for a kind that has none to read.

        Of a sheet it is the first tab as CSV: Drive exports no other (developers.google.com/workspace/drive/api/
        guides/ref-export-formats).
        """
        if (media := _EXPORTS.get(file.kind)) is not None:
            answer = await self._calls.download("drive.files.export", limit=MAX_BYTES, fileId=file.id, mimeType=media)
        elif file.kind == "text":
            answer = await self._calls.download(
                "drive.files.get_media", limit=MAX_BYTES, fileId=file.id, supportsAllDrives=True
            )
        else:
            return None
        text = decoded(answer.body)
        return FileText(text=without_pictures(text) if file.kind == "document" else text, whole=answer.whole)

    async def content(self, file: File) -> FileContent:
        """The bytes of an uploaded file, at most `MAX_CONTENT` of them."""
        answer = await self._calls.download(
            "drive.files.get_media", limit=MAX_CONTENT, fileId=file.id, supportsAllDrives=True
        )
        return FileContent(body=answer.body, whole=answer.whole)

    async def export(self, file: File, media: str) -> FileContent:
        """One of Google's own files in another format, at most 10 MB of it. Raises Refused for a larger one."""
        answer = await self._calls.download("drive.files.export", limit=MAX_CONTENT, fileId=file.id, mimeType=media)
        return FileContent(body=answer.body, whole=answer.whole)

    async def comments(self, file: str) -> Talk:
        """The comments on a file with their replies, at most `MAX_COMMENTS`; none where it may not be read."""
        try:
            page = await self._calls.read(
                "drive.comments.list",
                _COMMENTS,
                fileId=file,
                pageSize=MAX_COMMENTS,
                fields=f"comments({_COMMENT_FIELDS}),nextPageToken",
            )
        except (NotFound, Refused):
            # Some kinds of files have no comments, and some owners keep them from readers.
            return Talk(comments=(), more=False)
        kept = tuple(comment for comment in page.comments if not comment.deleted)
        return Talk(comments=kept, more=page.next_page_token is not None)

    async def people(self, file: str) -> tuple[Permission, ...] | None:
        """Who may see a file, at most 100; None where this person may not know."""
        try:
            page = await self._calls.read(
                "drive.permissions.list",
                _PERMISSIONS,
                fileId=file,
                pageSize=_MAX_PEOPLE,
                supportsAllDrives=True,
                fields=f"permissions({_PERMISSION_FIELDS}),nextPageToken",
            )
        except (NotFound, Refused):
            return None
        return page.permissions

    async def create_document(self, title: str, markdown: str, *, folder: str | None = None) -> File:
        """Make a Google Doc of Markdown, in this person's own Drive or in the folder with that id."""
        body: dict[str, Any] = {"name": title, "mimeType": "application/vnd.google-apps.document"}
        if folder:
            body["parents"] = [folder]
        # The import takes a tenth of a second the first time, so not in the loop's thread.
        upload = await asyncio.to_thread(_upload, markdown)
        answer = self._calls.write(
            "drive.files.create",
            _FILE,
            body=body,
            media_body=upload,
            supportsAllDrives=True,
            fields=_FILE_FIELDS,
        )
        return await _seen("this folder", answer)

    async def comment(self, file: str, text: str) -> Comment:
        """Post a comment on the whole of a file."""
        answer = self._calls.write(
            "drive.comments.create", _COMMENT, fileId=file, body={"content": text}, fields=_COMMENT_FIELDS
        )
        return await _seen("this file", answer)

    async def share(self, file: str, address: str, role: Role) -> Permission:
        """Let somebody see or change a file; Google tells them by mail."""
        answer = self._calls.write(
            "drive.permissions.create",
            _PERMISSION,
            fileId=file,
            body={"type": "user", "role": role, "emailAddress": address},
            sendNotificationEmail=True,
            supportsAllDrives=True,
            fields=_PERMISSION_FIELDS,
        )
        return await _seen("this file", answer)

    async def bin(self, file: str) -> File:
        """Put a file of one's own into the bin, from where it can be taken out again for 30 days."""
        answer = self._calls.write(
            "drive.files.update",
            _FILE,
            fileId=file,
            body={"trashed": True},
            supportsAllDrives=True,
            fields=_FILE_FIELDS,
        )
        return await _seen("this file", answer)

    async def comment_on(self, file: str, comment: str) -> Comment:
        """One comment with its replies."""
        answer = self._calls.read(
            "drive.comments.get", _COMMENT, fileId=file, commentId=comment, fields=_COMMENT_FIELDS
        )
        return await _seen("this comment", answer)

    async def delete_comment(self, file: str, comment: str) -> None:
        """Take back a comment of one's own."""
        await _seen("this comment", self._calls.write("drive.comments.delete", NOTHING, fileId=file, commentId=comment))

    async def change_role(self, file: str, permission: str, role: str) -> Permission:
        """Let somebody who can open a file do more or less with it."""
        answer = self._calls.write(
            "drive.permissions.update",
            _PERMISSION,
            fileId=file,
            permissionId=permission,
            body={"role": role},
            supportsAllDrives=True,
            fields=_PERMISSION_FIELDS,
        )
        return await _seen("this sharing", answer)

    async def stop_sharing(self, file: str, permission: str) -> None:
        """Take back what `share` gave; nobody is told."""
        answer = self._calls.write(
            "drive.permissions.delete", NOTHING, fileId=file, permissionId=permission, supportsAllDrives=True
        )
        await _seen("this sharing", answer)

    async def _listed(self, query: str, *, limit: int, **order: str) -> FoundFiles:
        page = await self._calls.read(
            "drive.files.list",
            _FILES,
            q=query,
            pageSize=limit,
            supportsAllDrives=True,
            includeItemsFromAllDrives=True,
            fields=f"files({_FILE_FIELDS}),nextPageToken",
            **order,
        )
        return FoundFiles(files=page.files[:limit], more=page.next_page_token is not None)


def _upload(markdown: str) -> Any:
    """`markdown` as the library wants content to be sent, in one request with what describes it."""
    from googleapiclient.http import MediaIoBaseUpload

    return MediaIoBaseUpload(io.BytesIO(markdown.encode()), mimetype="text/markdown", resumable=False)


async def _seen(subject: str, answer: Awaitable[T]) -> T:
    """What `answer` brings; if there is no such thing, an error that says what was looked for."""
    try:
        return await answer
    except NotFound as error:
        raise unseen(subject) from error
