"""A server of the playground: where it listens, what it was asked, and the trouble that it makes on demand."""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from playground.faults import Fault, Faults

LOGIN: web.RequestKey[str] = web.RequestKey("login", str)
"""On each request that was let in: whose token it carried, as that vendor names people."""

_KEPT_CALLS = 2_000


@dataclass(slots=True)
class Seen:
    """One request that came, and how it ended; status 0 while it is under way or when it was cut off."""

    method: str
    path: str
    login: str
    status: int
    at: datetime


class Watched:
    """One vendor's server on a port of its own, what tests see of it and do to it.

    A vendor's class says in `add_to` what is served. `named` gives the path under which a request stands in `calls`
    and meets faults, or None for a page that nobody counts. `refused` builds the vendor's own answer for a fault with
    a status. `login` is where the server writes down who asked.
    """

    most_bytes = 4 * 1024**2
    """Of one request's body."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        address: tuple[str, int],
        named: Callable[[web.Request], str | None],
        refused: Callable[[Fault], web.Response],
        login: web.RequestKey[str] = LOGIN,
    ) -> None:
        self.calls: deque[Seen] = deque(maxlen=_KEPT_CALLS)
        self.faults = Faults()
        self._clock = clock
        self._named = named
        self._refused = refused
        self._login = login
        self._changed = asyncio.Event()
        self._address = address
        self._url = ""
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The origin, under which the pages hang."""
        if not self._url:
            raise RuntimeError(f"{type(self).__name__} has no address before `start()`.")
        return self._url

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add all that is served; `url` is known by then."""
        raise NotImplementedError

    async def start(self) -> None:
        """Listen; with port 0 on any free one."""
        # Bound before anything else: the address stands in nearly every answer.
        listener = socket.create_server(self._address)
        host, port = listener.getsockname()[:2]
        self._url = f"http://{host}:{port}"
        application = web.Application(middlewares=[self.watched], client_max_size=self.most_bytes)
        self.add_to(application.router)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def stop(self) -> None:
        """Let hanging requests go and close the port."""
        self.calm()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def fault(
        self,
        method: str,
        path: str,
        *,
        times: int = 1,
        status: int | None = None,
        body: str = "",
        retry_after: int | None = None,
        hang: bool = False,
        drop: bool = False,
        done: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Make trouble for the next `times` requests that match.

        `method` may be `*`; `path` is a glob over paths as `calls` name them (`*/issues/*/comments`). One of:
        `status` (with `retry_after` for a rate limit, or a JSON `body` of its own), `hang` until `calm()`, `drop` the
        connection, or nothing but `seconds` of delay. With `done` the request is carried out first and only its
        answer is lost.
        """
        trouble = "hang" if hang else "drop" if drop else "slow" if status is None else "status"
        self.faults.add(
            Fault(
                method=method.upper(),
                path=path,
                trouble=trouble,
                times=times,
                status=status or 0,
                body=body,
                retry_after=retry_after,
                seconds=seconds,
                done=done,
            )
        )

    def calm(self) -> None:
        """End all trouble; hanging requests go on."""
        self.faults.calm()

    async def until(self, holds: Callable[[], bool], *, seconds: float = 5.0) -> None:
        """Wait until `holds()`; looked at after every request. TimeoutError when it never does."""
        async with asyncio.timeout(seconds):
            while not holds():
                await self._changed.wait()

    @web.middleware
    async def watched(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep a line about every request that is not a page, and make the trouble that waits for it."""
        path = self._named(request)
        if path is None:
            return await handler(request)
        seen = Seen(request.method, path, "", 0, self._clock())
        self.calls.append(seen)
        self._notice()
        try:
            response = await self._troubled(request, handler, self.faults.take(request.method, path))
            seen.status = response.status
        finally:
            seen.login = request.get(self._login, "")
            self._notice()
        return response

    async def _troubled(self, request: web.Request, handler: Handler, fault: Fault | None) -> web.StreamResponse:
        if fault is None:
            return await handler(request)
        # Taken before anybody hears of the request: whoever sees it hang may end that at once.
        calmed = self.faults.calmed
        answer = await handler(request) if fault.done else None
        self._notice()
        await asyncio.sleep(fault.seconds)
        match fault.trouble:
            case "status":
                if fault.body:
                    return web.Response(status=fault.status, text=fault.body, content_type="application/json")
                return self._refused(fault)
            case "drop":
                if request.transport:
                    request.transport.abort()
                return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
            case "hang":
                await calmed.wait()
            case "slow":
                pass
        return answer or await handler(request)

    def _notice(self) -> None:
        """Wake whoever waits for a change."""
        self._changed.set()
        self._changed = asyncio.Event()
