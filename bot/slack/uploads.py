"""Files that go with an answer: uploaded to Slack, and shared where it stands, once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientSession, ClientTimeout
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages import HandedFile
from bot.slack.api import Failed, SlackApi, Unanswered, reason
from memory.files import StoredFile
from memory.ids import FileId

log = structlog.get_logger()

LOOKS = (0.5, 1.5, 3.0)
"""Seconds before each look whether files stand where they were shared: Slack does it a moment after it is asked."""
TIMEOUT = ClientTimeout(total=120, sock_connect=10)
"""Seconds for one file's bytes."""
ALT = 1_000
"""Characters of what a picture shows."""
NO_SCOPE = ("missing_scope", "not_allowed_token_type")


class Kept(Protocol):
    """Where the files of conversations are kept (`memory.files.Files`)."""

    async def find(self, file: FileId) -> StoredFile | None: ...

    async def body(self, file: FileId) -> bytes: ...

    async def placed(self, file: FileId, placed: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAttached:
    """Files that did not get to where the answer stands, and why."""

    files: tuple[HandedFile, ...]
    why: str
    """In a sentence to a person."""
    is_kept: bool = True
    """Whether they can still be had."""


BUSY = "Slack did not take it just now."
NOT_ALLOWED = "I am not allowed to attach files in this workspace yet. An admin has to install me again."
NOT_KEPT = "I no longer have it."
EMPTY = "There is nothing in it."
FULL = "The workspace has no room left for files."


class _Refused(Exception):
    """A file was not taken. The message says why, to a person."""


class _Gone(_Refused):
    """There is nothing to take."""


@dataclass(frozen=True, slots=True)
class Uploads:
    """Shares the files of one workspace's answers."""

    client: AsyncWebClient
    kept: Kept
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    async def share(self, files: Sequence[HandedFile], *, channel: str, thread: str) -> list[NotAttached]:
        """Show `files` in `channel`, in the thread `thread` unless that is empty; what did not get there, and why.

        What Slack calls each of them is kept before it is shown: asked again after a crash, one that stands there is
        not shared a second time. All that are new are shared in one message.
        """
        lost: list[NotAttached] = []
        ready: dict[str, HandedFile] = {}
        for file in files:
            try:
                if not await self._stands_already(file, channel):
                    ready[await self._uploaded(file)] = file
            except _Refused as error:
                lost.append(NotAttached(files=(file,), why=str(error), is_kept=not isinstance(error, _Gone)))
        if ready:
            try:
                await self._complete(ready, channel, thread)
            except _Refused as error:
                lost.append(NotAttached(files=tuple(ready.values()), why=str(error)))
        return lost

    @property
    def _api(self) -> SlackApi:
        return SlackApi(self.client)

    async def _stands_already(self, file: HandedFile, channel: str) -> bool:
        known = await self.kept.find(file.id)
        return known is not None and known.placed != "" and await self._stands(known.placed, channel)

    async def _stands(self, placed: str, channel: str) -> bool:
        try:
            facts: Mapping[str, Any] = (await self._api.get("files.info", file=placed))["file"]
        except Failed as error:
            log.info("a file could not be looked for", file=placed, error=reason(error))
            return False
        return channel in places(facts)

    async def _uploaded(self, file: HandedFile) -> str:
        """Slack's id of the file, whose bytes it has now. Raises _Refused."""
        body = await self.kept.body(file.id)
        if not body:
            raise _Gone(EMPTY if file.size == 0 else NOT_KEPT)
        try:
            begun = await self._api.get(
                "files.getUploadURLExternal",
                filename=file.name,
                length=len(body),
                alt_txt=file.alt[:ALT] or None,
            )
            await self._send(str(begun["upload_url"]), body)
        except Failed as error:
            raise _refused(error) from error
        await self.kept.placed(file.id, str(begun["file_id"]))
        return str(begun["file_id"])

    async def _send(self, address: str, body: bytes) -> None:
        """Raises one of `Unanswered`, and _Refused. The address is secret enough: no token goes there."""
        if urlsplit(address).scheme != urlsplit(self.client.base_url).scheme:
            log.warning("Slack named an address for a file that is none of its own", host=urlsplit(address).hostname)
            raise _Refused(BUSY)
        session = self.client.session
        if session is not None:
            await self._put(session, address, body)
            return
        async with ClientSession() as own:  # outside of the app, where nothing is shared
            await self._put(own, address, body)

    async def _put(self, session: ClientSession, address: str, body: bytes) -> None:
        kind = {"Content-Type": "application/octet-stream"}
        async with session.post(address, data=body, headers=kind, allow_redirects=False, timeout=TIMEOUT) as answer:
            if answer.status != 200:
                log.warning("a file was not taken", status=answer.status)
                raise _Refused(BUSY)

    async def _complete(self, ready: Mapping[str, HandedFile], channel: str, thread: str) -> None:
        """Share them; when Slack's answer gets lost, look whether they stand there before it is asked again."""
        shown = [{"id": placed, "title": file.name} for placed, file in ready.items()]
        where = {"channel_id": channel, "thread_ts": thread or None}
        try:
            try:
                await self._api.post("files.completeUploadExternal", files=shown, **where)
            except Unanswered as error:
                log.info("shared, or not", error=reason(error))
                if not await self._appear(next(iter(ready)), channel):
                    await self._api.post("files.completeUploadExternal", files=shown, **where)
        except Failed as error:
            raise _refused(error) from error

    async def _appear(self, placed: str, channel: str) -> bool:
        for wait in LOOKS:
            await self.sleep(wait)
            if await self._stands(placed, channel):
                return True
        return False


def places(facts: Mapping[str, Any]) -> set[str]:
    """The conversations that a file stands in, by Slack's file object."""
    shares: Mapping[str, Mapping[str, Any]] = facts.get("shares") or {}
    named = {channel for kind in ("channels", "groups", "ims") for channel in facts.get(kind) or ()}
    return named | {channel for kind in shares.values() for channel in kind}


def _refused(error: Exception) -> _Refused:
    match reason(error):
        case why if why in NO_SCOPE:
            log.warning("Slack took no file: the bot token needs the scope files:write", error=why)
            return _Refused(NOT_ALLOWED)
        case "storage_limit_reached" as why:
            log.warning("Slack took no file", error=why)
            return _Refused(FULL)
        case why:
            log.warning("Slack took no file", error=why)
            return _Refused(BUSY)
