"""Socket Mode: several connections, each payload to exactly one of them."""

import asyncio
import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from aiohttp import WSMsgType, web

from playground.slack.app import JSON, SlackApp
from playground.slack.delivery import Attempt, Outcome

MOST = 10


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One open connection."""

    socket: web.WebSocketResponse
    request: web.Request

    def abort(self) -> None:
        """Break it without a closing frame."""
        if self.request.transport is not None:
            self.request.transport.abort()


class Sockets:
    """The connections of the app, and the envelopes that wait for an ack."""

    def __init__(self, app: SlackApp, changed: Callable[[], None]) -> None:
        self._app = app
        self._changed = changed
        self._tickets: set[str] = set()
        self._open: list[Link] = []
        self._turn = itertools.count()
        self._numbers = itertools.count(1)
        self._waiting: dict[str, tuple[Link, asyncio.Future[Outcome]]] = {}
        self._connected = asyncio.Event()

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def ticket(self) -> str:
        """Hand out the right to connect once."""
        ticket = secrets.token_hex(12)
        self._tickets.add(ticket)
        return ticket

    async def link(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection until either side ends it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(max_msg_size=1 << 24)
        await socket.prepare(request)
        if len(self._open) >= MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        link = Link(socket, request)
        self._open.append(link)
        await socket.send_json(self._hello())
        self._connected.set()
        self._changed()
        try:
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._read(orjson.loads(message.data))
        finally:
            self._closed(link)
        return socket

    def _hello(self) -> JSON:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {"host": "playground", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app.app_id},
        }

    def _closed(self, link: Link) -> None:
        self._open.remove(link)
        if not self._open:
            self._connected.clear()
        for holder, future in list(self._waiting.values()):
            if holder is link and not future.done():
                future.set_result(Outcome(is_acked=False, reason="connection_failed"))
        self._changed()

    def _read(self, message: JSON) -> None:
        waiting = self._waiting.get(message.get("envelope_id", ""))
        if waiting is not None and not waiting[1].done():
            waiting[1].set_result(Outcome(is_acked=True, body=message.get("payload") or {}))

    async def send(self, kind: str, payload: JSON, attempt: Attempt) -> Outcome:
        """Send one payload to one connection and wait for its ack."""
        try:
            async with asyncio.timeout(attempt.connect_seconds):
                # Waking takes a moment, in which the last socket may close again.
                while not self._open:
                    await self._connected.wait()
        except TimeoutError:
            return Outcome(is_acked=False, reason="not_connected")
        envelope: JSON = {
            "envelope_id": f"{next(self._numbers):08x}-{secrets.token_hex(4)}",
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
        link = self._open[next(self._turn) % len(self._open)]
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = (link, future)
        try:
            await link.socket.send_str(orjson.dumps(envelope).decode())
            return await asyncio.wait_for(future, attempt.ack_seconds)
        except TimeoutError:
            return Outcome(is_acked=False, reason="timeout")
        except ConnectionError:
            return Outcome(is_acked=False, reason="connection_failed")
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask all connections to reconnect."""
        for link in list(self._open):
            await link.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}})

    def cut(self) -> None:
        """Break all connections without a closing frame."""
        for link in list(self._open):
            link.abort()

    async def close(self) -> None:
        """End all connections."""
        for link in list(self._open):
            await link.socket.close()
