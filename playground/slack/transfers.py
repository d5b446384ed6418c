"""Addresses that Slack hands out: for uploading, for downloading, for answering a click."""

import asyncio
import contextlib
from typing import Any

import orjson
from aiohttp import web

from playground.slack.app import JSON
from playground.slack.call import Refused
from playground.slack.faults import Fault
from playground.slack.methods.chat import checked_blocks
from playground.slack.uploads import subtitles
from playground.slack.workspace import StoredFile, Workspace
from playground.slack.world import World

LOGIN_PAGE = (
    "<!doctype html><html><head><title>Sign in to Slack</title></head><body>Sign in to your workspace</body></html>"
)


class Transfers:
    """Answers `/upload`, `/files-pri` and `/response`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """List its routes."""
        return [
            web.post("/upload/v1/{team}/{file}", self.upload),
            web.get("/files-pri/{name}/{path:.*}", self.download),
            web.get("/files-tmb/{name}/{path:.*}", self.subtitles),
            web.post("/response/{team}/{number}/{name}", self.respond),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file, raw or as a form."""
        workspace = self._world.workspaces.get(request.match_info["team"])
        stored = workspace.files.get(request.match_info["file"]) if workspace else None
        if stored is None:
            return web.Response(status=404, text="no such upload")
        content = await _content(request)
        stored.content = content
        stored.info["size"] = len(content)
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Give the bytes to the bot; to everybody else a login page with status 200, as Slack does."""
        workspace, stored = self._file(request)
        if workspace is None or stored is None or stored.content is None or not stored.info["url_private"]:
            return web.Response(status=404)
        fault = self._world.faults.take("download")
        if not self._is_bot(request, workspace) or (fault and fault.how == "login_page"):
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        if fault and fault.how == "missing":
            return web.Response(status=404)
        if fault:
            return await _halting(request, stored.content, fault)
        return web.Response(body=stored.content, content_type=stored.info["mimetype"])

    async def subtitles(self, request: web.Request) -> web.Response:
        """Give the transcript of a clip to the bot."""
        workspace, stored = self._file(request)
        if workspace is None or stored is None or stored.voice is None or "vtt" not in stored.info:
            return web.Response(status=404)
        if not self._is_bot(request, workspace):
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        return web.Response(text=subtitles(stored.voice), content_type="text/vtt")

    def _file(self, request: web.Request) -> tuple[Workspace | None, StoredFile | None]:
        team, file, *_ = [*request.match_info["name"].split("-"), ""]
        workspace = self._world.workspaces.get(team)
        return workspace, workspace.files.get(file) if workspace else None

    def _is_bot(self, request: web.Request, workspace: Workspace) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return token == workspace.bot_token and token not in self._world.revoked

    async def respond(self, request: web.Request) -> web.Response:
        """Take an answer to a click or command."""
        body: JSON = orjson.loads(await request.read())
        world = self._world
        entry = world.traffic.begin(
            "in", "response_url", at=world.clock(), team=request.match_info["team"], request=body
        )
        try:
            self._respond(request.match_info["name"], body)
        except Refused as refused:
            answer = refused.answer()
            world.traffic.end(entry, status=404, ms=0, response=answer, note=refused.error)
            return web.json_response(answer, status=404)
        world.traffic.end(entry, status=200, ms=0)
        return web.Response(text="ok")

    def _respond(self, name: str, body: JSON) -> None:
        world = self._world
        response = world.passes.use_response(name, now=world.clock())
        if response is None:
            raise Refused("expired_url")
        workspace = world.workspaces[response.team]
        conversation = workspace.conversations[response.channel]
        fields: JSON = {key: body[key] for key in ("text", "thread_ts") if body.get(key)}
        if body.get("blocks") is not None:
            blocks: Any = body["blocks"]
            fields["blocks"] = checked_blocks(orjson.loads(blocks) if isinstance(blocks, str) else blocks)
        whispered = conversation.whispers.get(response.user, {})
        if body.get("delete_original"):
            if response.is_ephemeral:
                whispered.pop(response.message_ts, None)
                place = {"channel": conversation.id, "ts": response.message_ts, "thread_ts": response.thread_ts or None}
                world.live.tell("gone", lambda _: place, to=(response.user,))
                world.changes.tell()
            else:
                world.remove(workspace, conversation, response.message_ts)
        elif body.get("replace_original") and response.message_ts in whispered:
            whispered[response.message_ts] |= {"blocks": [], **fields}
            world.show_whisper(workspace, conversation, response.user, whispered[response.message_ts])
        elif body.get("replace_original") and response.message_ts in conversation.messages:
            world.change(workspace, conversation, conversation.messages[response.message_ts], {"blocks": [], **fields})
        elif body.get("response_type") == "in_channel":
            world.post(workspace, conversation, workspace.bot, fields)
        else:
            world.whisper(workspace, conversation, response.user, fields)


async def _halting(request: web.Request, content: bytes, fault: Fault) -> web.StreamResponse:
    """Send half of a file, then wait, or break off."""
    response = web.StreamResponse(headers={"Content-Length": str(len(content))})
    await response.prepare(request)
    # The other side may have given up long ago.
    with contextlib.suppress(ConnectionError):
        await response.write(content[: len(content) // 2])
        if fault.how == "slow":
            await asyncio.sleep(fault.seconds)
            await response.write(content[len(content) // 2 :])
            await response.write_eof()
        elif request.transport is not None:
            request.transport.abort()
    return response


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for value in (await request.post()).values():
        return value.file.read() if isinstance(value, web.FileField) else str(value).encode()
    return b""
