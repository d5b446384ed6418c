"""Files that people attach in Slack: their bytes, and what Slack heard in a voice note."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import ClientResponse, ClientSession, ClientTimeout
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.messages import AttachedFile, NotFetched
from bot.slack.api import Failed, SlackApi, Unanswered, reason
from bot.slack.transcripts import spoken_words

log = structlog.get_logger()

WAITS = (0.5, 1.0, 2.0, 3.0, 4.0)
"""Seconds between two looks for a transcript: 10.5 in all."""
NEVER_BEGUN = 3
"""Looks after which a file that has no word of a transcript will get none: not every plan of Slack's has them."""
TRANSCRIPT = 500_000
"""Bytes of a transcript."""
SLACK_HOSTS = frozenset({"slack.com", "slack-gov.com"})
TIMEOUT = ClientTimeout(total=90, sock_connect=10, sock_read=20)
"""Seconds for one file."""
CHUNK = 64 * 1024
CANVASES = ("quip", "canvas")
"""What Slack itself keeps as HTML."""

GONE = "Slack does not show it to me: it was deleted, or I am not where it was shared. Attach it here once more."
HIDDEN = "Slack hides it, as the workspace is over the limit of its plan. Attach it here once more."
ELSEWHERE = "Slack has only a link to it, and not the file. Download it there, then attach it here."
NOT_ALLOWED = "I am not allowed to read files in this workspace yet. An admin has to install me again."
AWAY = "Slack did not hand it over just now. Send it once more in a minute."


class _TryAgain(Exception):
    """The connection broke, or the file's host was busy."""


@dataclass(frozen=True, slots=True)
class Downloads:
    """Reads the files of one workspace. The bot's token goes to the workspace's own host of files, and nowhere else."""

    client: AsyncWebClient
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    async def fetch(self, file: AttachedFile, *, limit: int) -> bytes:
        """The bytes of `file`. Raises NotFetched, also for more than `limit` bytes."""
        facts = await self._facts(file.id)
        _check(facts)
        if int(facts.get("size") or 0) > limit:
            raise NotFetched(too_large(limit))
        address = str(facts.get("url_private_download") or facts.get("url_private") or "")
        body = await self._patiently(address, limit, is_page=_is_page(facts))
        if _is_login_page(body, facts):
            raise _refused(file.id, "the sign-in page came in its place")
        return body

    async def transcript(self, file: AttachedFile) -> str | None:
        """What Slack heard in a voice note, as soon as it says so; None where it does not within seconds."""
        try:
            for looks, wait in enumerate((*WAITS, 0.0), start=1):
                facts = await self._facts(file.id)
                heard: Mapping[str, Any] = facts.get("transcription") or {}
                match heard.get("status"):
                    case "complete":
                        return await self._whole(facts, heard.get("preview") or {})
                    case None if looks < NEVER_BEGUN:
                        await self.sleep(wait)
                    case "processing" if wait:
                        await self.sleep(wait)
                    case _:
                        return None
        except NotFetched as error:
            log.info("no transcript", file=file.id, why=str(error))
        return None

    async def _whole(self, facts: Mapping[str, Any], preview: Mapping[str, Any]) -> str | None:
        if not preview.get("has_more"):
            return str(preview.get("content") or "").strip() or None
        body = await self._patiently(str(facts.get("vtt") or ""), TRANSCRIPT, is_page=False)
        return spoken_words(body.decode("utf-8", "replace")) or None

    async def _facts(self, file: str) -> Mapping[str, Any]:
        """Slack's file object. What came with the event may be a stub (Slack Connect), and has no address for us."""
        try:
            return (await SlackApi(self.client).get("files.info", file=file))["file"]
        except Failed as error:
            match reason(error):
                case "missing_scope" | "not_allowed_token_type":
                    raise _refused(file, reason(error)) from error
                case "file_not_found" | "file_deleted" | "access_denied" | "not_visible":
                    raise NotFetched(GONE) from error
                case why:
                    log.warning("a file could not be looked up", file=file, error=why)
                    raise NotFetched(AWAY) from error

    async def _patiently(self, address: str, limit: int, *, is_page: bool) -> bytes:
        """Once more after a broken connection."""
        there = _own(address, str(self.client.base_url))
        try:
            try:
                return await self._bytes(there, limit, is_page=is_page)
            except _TryAgain:
                await self.sleep(WAITS[0])
                return await self._bytes(there, limit, is_page=is_page)
        except _TryAgain as error:
            log.warning("a file could not be read", host=there.host, error=str(error))
            raise NotFetched(AWAY) from error

    async def _bytes(self, there: URL, limit: int, *, is_page: bool) -> bytes:
        session = self.client.session
        if session is None:  # outside of the app, where nothing is shared
            async with ClientSession() as own:
                return await self._read(own, there, limit, is_page=is_page)
        return await self._read(session, there, limit, is_page=is_page)

    async def _read(self, session: ClientSession, there: URL, limit: int, *, is_page: bool) -> bytes:
        headers = {"Authorization": f"Bearer {self.client.token}"}
        try:
            async with session.get(there, headers=headers, allow_redirects=False, timeout=TIMEOUT) as response:
                _check_response(response, is_page=is_page)
                return await _capped(response, limit)
        except Unanswered as error:
            raise _TryAgain(repr(error)) from error


def too_large(limit: int) -> str:
    """Why a file of more than `limit` bytes is not read."""
    return f"It has more than {limit / 1_000_000:,.0f} MB, the most that I read. Attach the part that matters."


def file_origin(api_url: str) -> URL:
    """The origin to which the bot's token may be taken for a file."""
    there = URL(api_url)
    if there.host in SLACK_HOSTS:
        return URL(f"https://files.{there.host}")
    return there.origin()


def _own(address: str, api_url: str) -> URL:
    """`address` where it leads to the workspace's own files. Raises NotFetched for any other."""
    try:
        there = URL(address)
        is_own = there.is_absolute() and there.user is None and there.origin() == file_origin(api_url)
    except ValueError:
        is_own, there = False, URL()
    if not is_own:
        log.warning("a file lies where the bot's token does not go", host=there.host)
        raise NotFetched(ELSEWHERE)
    return there


def _check(facts: Mapping[str, Any]) -> None:
    match facts:
        case {"mode": "tombstone"}:
            raise NotFetched(GONE)
        case {"mode": "hidden_by_limit"}:
            raise NotFetched(HIDDEN)
        case {"is_external": True} | {"mode": "external"}:
            raise NotFetched(ELSEWHERE)
        case {"file_access": str(access)} if access not in ("", "visible"):
            raise NotFetched(GONE)
        case _:
            pass


def _check_response(response: ClientResponse, *, is_page: bool) -> None:
    match response.status:
        case 200 if response.content_type != "text/html" or is_page:
            return
        case 404 | 410:
            raise NotFetched(GONE)
        case 429 | 500 | 502 | 503 | 504:
            raise _TryAgain(f"HTTP {response.status}")
        case status:
            raise _refused("", f"HTTP {status}, {response.content_type}")


async def _capped(response: ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > limit:
            raise NotFetched(too_large(limit))
    return bytes(body)


def _refused(file: str, why: str) -> NotFetched:
    # Without the scope Slack answers the download itself with 200 and a page to sign in.
    log.warning("Slack gave no file: the bot token needs the scope files:read", file=file, why=why)
    return NotFetched(NOT_ALLOWED)


def _is_page(facts: Mapping[str, Any]) -> bool:
    return "html" in str(facts.get("mimetype")) or str(facts.get("filetype")) in ("html", "xhtml", *CANVASES)


def _is_login_page(body: bytes, facts: Mapping[str, Any]) -> bool:
    """Whether what came for an HTML file is another page: then it has another size."""
    if not _is_page(facts) or facts.get("filetype") in CANVASES:
        return False
    return len(body) != int(facts.get("size") or len(body)) and b"slack" in body[:4_000].lower()
