"""Connections to the open internet: a name is looked up once, its machines are checked, and one of those is reached."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TypeAlias

import httpcore

from integrations.errors import Refused
from integrations.fetch_addresses import INSIDE, is_public

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""(host, port) → every address that the name has, as numbers. Raises OSError when it has none."""

_TRIED = 3
"""Machines of one name that are tried."""
_EACH_SECONDS = 4.0


class LedInside(Refused):
    """A name leads to a machine that is not on the open internet."""


class OpenInternet(httpcore.AsyncNetworkBackend):
    """Opens connections, and only to machines that anybody can reach.

    Nobody looks a name up again between the check and the connection, so that a name server cannot answer twice in two
    ways (DNS rebinding), and no packet is sent to a machine that was not checked.
    """

    def __init__(self, resolve: Resolve, dial: httpcore.AsyncNetworkBackend) -> None:
        self._resolve = resolve
        self._dial = dial

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to one of the machines of `host`. Raises LedInside when any of them is inside a network."""
        try:
            found = await self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"no such name: {host}") from error
        machines = list(dict.fromkeys(found))
        if not machines or not all(is_public(ip_address(machine)) for machine in machines):
            raise LedInside(f"I do not open {host}. {INSIDE}")
        patience = min(timeout or _EACH_SECONDS, _EACH_SECONDS)
        silent: Exception = httpcore.ConnectError(f"nobody answers: {host}")
        for machine in machines[:_TRIED]:
            try:
                return await self._dial.connect_tcp(machine, port, patience, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                silent = error
        raise silent

    async def sleep(self, seconds: float) -> None:
        await self._dial.sleep(seconds)


def direct() -> httpcore.AsyncNetworkBackend:
    """Opens connections wherever it is told to."""
    # httpcore has a stand-in under the same name for where anyio is missing.
    return httpcore.AnyIOBackend()  # pyright: ignore[reportReturnType]


def resolver(threads: ThreadPoolExecutor) -> Resolve:
    """Looks names up as this machine does, in threads of its own: a slow name server must hold up nobody else."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return await asyncio.get_running_loop().run_in_executor(threads, _look_up, host, port)

    return resolve


def _look_up(host: str, port: int) -> list[str]:
    return [str(place[0]) for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
