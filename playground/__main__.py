"""`python -m playground`: a local Slack, GitHub and model, with Pinyon in the middle."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer

from bot.settings import ROOT, environment_without_settings, model_keys, new_key
from playground.child import Child, Died
from playground.company import Company, load_company, story_day
from playground.database import fresh_database
from playground.hints import keep_hinting
from playground.model.conversation import SPOKEN
from playground.servers import Servers

PORT = 3939
PORTS = 20
"""How many ports from the first on are tried."""
PATIENCE = 60.0
"""Seconds for Pinyon to connect; a cold disk is slow."""
LOOPBACK = "127.0.0.1"


def play(
    *,
    port: Annotated[int | None, typer.Option(help=f"The page's port; otherwise {PORT}, or the next free one")] = None,
    renamed: Annotated[bool, typer.Option("--renamed", help="Give everybody and everything another name")] = False,
    poison: Annotated[
        list[str] | None, typer.Option(help="Plant a misleading text of adversarial.yaml, by its id; or: all")
    ] = None,
) -> None:
    """Start a local Slack, GitHub and model, and Pinyon with them. Nothing leaves this machine."""
    try:
        company = load_company(today=story_day(datetime.now(UTC)), renamed=renamed, poison=tuple(poison or ()))
        chosen = free_port(PORT, PORTS) if port is None else free_port(port, 1)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None
    try:
        asyncio.run(playing(company, port=chosen, keys=model_keys(), data=ROOT / ".pinyon" / "play"))
    except Died as died:
        print(died, file=sys.stderr)
        raise typer.Exit(1) from None


async def playing(company: Company, *, port: int, keys: Mapping[str, str], data: Path) -> None:
    """Play until Ctrl-C or SIGTERM. Raises Died when Pinyon ends by itself.

    `keys` are settings of real model vendors; without any, the demo model answers.
    """
    stop = stopped_by_signals()
    servers = Servers(company=company, page_port=port, pace=SPOKEN)
    async with asyncio.TaskGroup() as group:
        database = group.create_task(asyncio.to_thread(fresh_database, data / "postgres"))
        group.create_task(servers.start())
    servers.slack.page.demo_model = not keys
    hinting = asyncio.create_task(keep_hinting(servers))
    environment = surroundings(servers, keys=keys, data=data, database=database.result())
    child = await Child.start(environment=environment, log=data / f"pinyon-{port}.log")
    try:
        await child.until(Ready(servers.bot_url), seconds=PATIENCE)
        await servers.open_sales(database.result(), secret_key=environment["PINYON_SECRET_KEY"])
        print(f"Pinyon is at {servers.slack.url}  (Ctrl-C ends it)", flush=True)
        await until_first(stop, child)
    finally:
        hinting.cancel()
        await child.stop()
        await servers.stop()


def surroundings(servers: Servers, *, keys: Mapping[str, str], data: Path, database: str) -> dict[str, str]:
    """The environment in which Pinyon lives here: this process's own without any of its settings, then ours."""
    outer = environment_without_settings()
    settings = servers.settings(data)
    if keys:
        settings = {name: value for name, value in settings.items() if not name.startswith(("ANTHROPIC_", "OPENAI_"))}
        settings["PINYON_SEARCH"] = "anthropic" if "ANTHROPIC_API_KEY" in keys else "openai"
    return {
        **outer,
        **settings,
        **keys,
        "PINYON_DATABASE_URL": database,
        "PINYON_SECRET_KEY": new_key(),
        # It runs elsewhere than we do, and may not be installed.
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), outer.get("PYTHONPATH")))),
        # A proxy of the machine's must not be asked for what is on the machine.
        "NO_PROXY": ",".join(filter(None, (LOOPBACK, "localhost", outer.get("NO_PROXY") or outer.get("no_proxy")))),
        "no_proxy": ",".join(filter(None, (LOOPBACK, "localhost", outer.get("NO_PROXY") or outer.get("no_proxy")))),
    }


class Ready:
    """Whether the Pinyon at `url` can work: call it as often as you like."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/readyz"
        self._client = httpx.AsyncClient(trust_env=False, timeout=2)

    async def __call__(self) -> bool:
        try:
            return (await self._client.get(self._url)).is_success
        except httpx.TransportError:
            return False


def stopped_by_signals() -> asyncio.Event:
    """An event that Ctrl-C, SIGTERM or a closed terminal sets."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop


async def until_first(stop: asyncio.Event, child: Child) -> None:
    """Wait for the stop. Raises Died when the child ends before."""
    stopping, ending = asyncio.create_task(stop.wait()), asyncio.create_task(child.ended())
    done, waiting = await asyncio.wait((stopping, ending), return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    if stopping not in done:
        raise ending.result()


def free_port(first: int, tried: int) -> int:
    """The first port of loopback from `first` on that nobody listens on; 0 stays 0. Raises OSError after `tried`."""
    for port in range(first, first + tried):
        with socket.socket() as probe:
            # As the server itself: an address that a playground has just left is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise OSError(f"Port {first} is taken. Leave out --port to take the next free one, or name another.")


if __name__ == "__main__":
    typer.run(play)
