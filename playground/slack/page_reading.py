"""What the page reads and follows (PAGE.md)."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson
from aiohttp import web

from playground.slack import faults, shapes
from playground.slack.acts import Acts
from playground.slack.app import JSON
from playground.slack.live import Watcher
from playground.slack.people import User
from playground.slack.sign_in import COOKIE
from playground.slack.workspace import StoredFile, Workspace

TRAFFIC = 300


SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/", "text/plain")
"""What a browser may show by itself; it is saved otherwise."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A file that lies ready."""

    name: str
    about: str
    content: bytes


@dataclass(slots=True, kw_only=True)
class PageFacts:
    """What the page shows beside Slack itself. May change while the server runs."""

    services: list[JSON] = field(default_factory=list[JSON])
    """The other services: `{name, url, icon, note}`."""
    web_url: str = ""
    demo_model: bool = False
    banner: str = ""
    try_next: str = ""
    samples: tuple[Sample, ...] = ()
    """Files that a person without one at hand can attach."""


class PageReading:
    """Answers the GETs under `/play` for whoever the page acts as."""

    def __init__(self, acts: Acts, facts: PageFacts) -> None:
        self._acts = acts
        self._world = acts.world
        self._facts = facts
        self._run = secrets.token_hex(4)

    def routes(self) -> list[web.RouteDef]:
        """List its routes."""
        reading: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
            "state": self.state,
            "messages": self.messages,
            "home": self.home,
            "modal": self.modal,
            "traffic": self.traffic,
            "file/{file}": self.file,
            "live": self.live,
            "faults": self.faults,
        }
        return [web.get(f"/play/{name}", answer) for name, answer in reading.items()]

    def _person(self, handle: str) -> User:
        return self._acts.person(handle)

    async def state(self, request: web.Request) -> web.Response:
        """Give everything around the messages."""
        me = self._person(request.query.get("as", ""))
        workspace = self._acts.workspace_of(me)
        app, facts = self._world.app, self._facts
        dm = workspace.dm(me)
        mine = [c for c in workspace.conversations.values() if me.id in c.members]
        talks = [dm, *(c for c in mine if c.kind in ("im", "group") and c is not dm)]
        state: JSON = {
            "team": {"id": workspace.id, "name": workspace.name, "domain": workspace.domain},
            "me": me.shape(),
            "people": [user.shape() for user in self._acts.people()],
            "users": {user.id: user.shape() for user in workspace.users.values()},
            "bot": {
                "id": workspace.bot.id,
                "bot_id": workspace.bot.bot_id,
                "app_id": app.app_id,
                "name": app.name,
                "dm": dm.id,
                "connected": self._world.is_bot_connected,
            },
            "channels": [shapes.channel(workspace, c, me.id) for c in mine if c.kind in ("channel", "private")],
            "dms": [shapes.channel(workspace, c, me.id) for c in talks],
            "prompts": dm.prompts,
            "commands": [
                {
                    "command": command.command,
                    "description": command.description,
                    "usage_hint": command.usage_hint,
                    "words": [word.strip() for word in command.usage_hint.split("|") if word.strip()],
                }
                for command in app.commands
            ],
            "shortcuts": [{"type": s.type, "name": s.name, "callback_id": s.callback_id} for s in app.shortcuts],
            "services": facts.services,
            "web_url": facts.web_url,
            "demo_model": facts.demo_model,
            "banner": facts.banner,
            "try_next": facts.try_next,
            "samples": [{"name": s.name, "about": s.about, "size": len(s.content)} for s in facts.samples],
            "now": self._world.clock(),
        }
        response = web.json_response(state)
        response.set_cookie(COOKIE, me.handle, samesite="Lax", httponly=True)
        return response

    async def messages(self, request: web.Request) -> web.Response:
        """Give a conversation or thread, and mark it read."""
        me = self._person(request.query.get("as", ""))
        workspace = self._acts.workspace_of(me)
        found = workspace.conversations.get(request.query.get("channel", ""))
        if found is None or me.id not in found.members:
            return wrong("This conversation does not exist, or you are not in it.", status=404)
        thread = request.query.get("thread", "")
        whispers = [m for m in found.whispers.get(me.id, {}).values() if m.get("thread_ts", "") == thread]
        shown = [
            shapes.message(workspace, found, raw, me.id)
            for raw in (found.thread(thread) if thread else list(found.roots()))
        ]
        shown += [shapes.message(workspace, found, raw, me.id, is_ephemeral=True) for raw in whispers]
        self._acts.mark_read(me, found.id)
        return web.json_response(
            {
                "channel": shapes.channel(workspace, found, me.id),
                "messages": sorted(shown, key=lambda message: message["ts"]),
                "statuses": shapes.statuses(found),
                "sessions": [shapes.session(found, ts) for ts in found.sessions],
            }
        )

    async def home(self, request: web.Request) -> web.Response:
        """Give the Home tab."""
        return web.json_response({"view": self._acts.home(self._person(request.query.get("as", "")))})

    async def modal(self, request: web.Request) -> web.Response:
        """Give the modal on top."""
        return web.json_response({"view": self._acts.modal(self._person(request.query.get("as", "")))})

    async def traffic(self, request: web.Request) -> web.Response:
        """Give the latest traffic, newest first."""
        latest = list(self._world.traffic.entries)[-TRAFFIC:]
        return web.json_response({"entries": [entry.shape() for entry in reversed(latest)]})

    async def file(self, request: web.Request) -> web.Response:
        """Give a file's bytes to who sees it; a web page among them is never shown as one."""
        me = self._person(request.query.get("as", ""))
        workspace = self._acts.workspace_of(me)
        stored = workspace.files.get(request.match_info["file"])
        if stored is None or stored.content is None or not _sees(workspace, stored, me.id):
            return wrong("This file is gone.", status=404)
        mimetype = stored.info["mimetype"]
        is_shown = mimetype.startswith(SHOWN) and "download" not in request.query
        name = quote(stored.info["name"], safe="")
        headers = {
            "Content-Disposition": f"{'inline' if is_shown else 'attachment'}; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=stored.content, content_type=mimetype, headers=headers)

    async def faults(self, request: web.Request) -> web.Response:
        """Give the faults there are and those in force."""
        return web.json_response(faults.shape(self._world.faults))

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Follow what happens, as server-sent events."""
        me = self._person(request.query.get("as", ""))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        # A tab that closes in the middle of a write is how these streams end.
        with contextlib.suppress(ConnectionResetError):
            async with self._world.live.watch(me.id) as watcher:
                await response.write(_sse("hello", {"run": self._run}))
                self._world.changes.tell()
                while (told := await self._next(watcher)) is not None:
                    await response.write(told)
        return response

    @staticmethod
    async def _next(watcher: Watcher) -> bytes | None:
        """What to send now; None when the server stops."""
        try:
            told = await asyncio.wait_for(watcher.queue.get(), 15)
        except TimeoutError:
            return b": still here\n\n"
        return None if told is None else _sse(*told)


def _sees(workspace: Workspace, stored: StoredFile, person: str) -> bool:
    """Whether a file is somebody's own, or lies where they are."""
    places = [place for kind in ("channels", "groups", "ims") for place in stored.info[kind]]
    return stored.info["user"] == person or any(person in workspace.conversations[p].members for p in places)


def _sse(name: str, data: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"


def wrong(error: str, *, status: int = 400) -> web.Response:
    """Answer with a sentence to show."""
    return web.json_response({"ok": False, "error": error}, status=status)
