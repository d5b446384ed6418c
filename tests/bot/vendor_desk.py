"""A vendor on this machine that answers each path with what a test laid down, and keeps what it was sent."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Desk:
    """What the vendor says to everything, and what it was asked."""

    url: str = ""
    status: int = 200
    says: Any = None
    """JSON."""
    bodies: list[bytes] = field(default_factory=list[bytes])
    paths: list[str] = field(default_factory=list[str])

    @property
    def asked(self) -> Any:
        """The last request's body."""
        return json.loads(self.bodies[-1])

    async def answer(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        self.bodies.append(await request.read())
        return web.json_response(self.says, status=self.status)


@asynccontextmanager
async def a_desk() -> AsyncGenerator[Desk]:
    """One that is open as long as the block lasts."""
    desk = Desk()
    app = web.Application(client_max_size=40_000_000)
    app.router.add_post("/{path:.*}", desk.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield desk
    finally:
        await runner.cleanup()
