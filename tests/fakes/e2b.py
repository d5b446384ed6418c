"""A stand-in for E2B's HTTP API: it takes what the vendor's client sends, and answers as E2B does."""

import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

KEY = "e2b_0123"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class FakeE2B:
    """One server that is both E2B's own API and every sandbox."""

    def __init__(self) -> None:
        self.url = ""
        self.created: list[dict[str, Any]] = []
        self.killed: list[str] = []
        self.ran: list[str] = []
        self.files: dict[str, bytes] = {}
        self.links: list[str] = []
        self.answers: dict[str, list[Mapping[str, Any]]] = {}
        """Code → the lines that running it gives."""
        self.writes: dict[str, dict[str, bytes]] = {}
        """Code → the files that running it writes."""
        self.is_gone = False
        self._changes = 0
        self._changed: dict[str, datetime] = {}

    def put(self, path: str, body: bytes) -> None:
        self._changes += 1
        self.files[path] = body
        self._changed[path] = NOW + timedelta(seconds=self._changes)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_post("/v2/sandboxes", self._create)
        app.router.add_get("/v2/sandboxes", self._list)
        app.router.add_post("/sandboxes/{id}/timeout", self._done)
        app.router.add_delete("/sandboxes/{id}", self._kill)
        app.router.add_get("/health", self._done)
        app.router.add_post("/files", self._upload)
        app.router.add_get("/files", self._download)
        app.router.add_post("/filesystem.Filesystem/ListDir", self._list_dir)
        app.router.add_post("/execute", self._execute)
        return app

    async def _create(self, request: web.Request) -> web.Response:
        if request.headers.get("X-API-Key") != KEY:
            return web.json_response({"code": 401, "message": "Invalid API key"}, status=401)
        self.created.append(await request.json())
        sandbox = {"templateID": "t", "sandboxID": f"s{len(self.created)}", "clientID": "c", "envdVersion": "0.6.7"}
        return web.json_response({**sandbox, "envdAccessToken": "inside"}, status=201)

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response([], status=200 if request.headers.get("X-API-Key") == KEY else 401)

    async def _done(self, request: web.Request) -> web.Response:
        if self.is_gone:
            return web.json_response({"code": 404, "message": "sandbox not found"}, status=404)
        return web.Response(status=204)

    async def _kill(self, request: web.Request) -> web.Response:
        self.killed.append(request.match_info["id"])
        return web.Response(status=204)

    async def _upload(self, request: web.Request) -> web.Response:
        written: list[dict[str, str]] = []
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            # The whole path is the file's name here, which aiohttp would cut to its last part.
            named = re.search(r'filename="([^"]*)"', part.headers["Content-Disposition"])
            path = request.query.get("path") or (unquote(named[1]) if named else "")
            self.put(path, bytes(await part.read()))
            written.append({"name": path.rpartition("/")[2], "type": "file", "path": path})
        return web.json_response(written)

    async def _download(self, request: web.Request) -> web.Response:
        body = self.files.get(request.query["path"])
        return web.Response(body=body) if body is not None else web.json_response({"message": "no"}, status=404)

    async def _list_dir(self, request: web.Request) -> web.Response:
        entries = [
            {
                "name": path.rpartition("/")[2],
                "type": "FILE_TYPE_FILE",
                "path": path,
                "size": str(len(body)),
                "mode": 420,
                "permissions": "-rw-r--r--",
                "owner": "user",
                "group": "user",
                "modifiedTime": self._changed[path].isoformat().replace("+00:00", "Z"),
                **({"symlinkTarget": "/etc/passwd"} if path in self.links else {}),
            }
            for path, body in self.files.items()
        ]
        return web.json_response({"entries": entries})

    async def _execute(self, request: web.Request) -> web.Response:
        if self.is_gone:
            return web.Response(status=502, text="sandbox is gone")
        code = (await request.json())["code"]
        self.ran.append(code)
        for path, body in self.writes.get(code, {}).items():
            self.put(path, body)
        lines = [*self.answers.get(code, ()), {"type": "number_of_executions", "execution_count": len(self.ran)}]
        return web.Response(text="".join(f"{json.dumps(line)}\n" for line in lines))


@asynccontextmanager
async def fake_e2b() -> AsyncGenerator[FakeE2B]:
    """A fake that listens on a port of its own."""
    fake = FakeE2B()
    runner = web.AppRunner(fake.app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    fake.url = f"http://{host}:{port}"
    try:
        yield fake
    finally:
        await runner.cleanup()
