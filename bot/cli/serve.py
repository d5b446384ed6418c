"""`pinyon serve`: Slack, web and turns in one process."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import structlog
import uvicorn

from bot.cli.doctor import checked
from bot.cli.run import database_url, give_up, run, settings_or_exit, until
from bot.settings import Misset, Settings

if TYPE_CHECKING:
    from bot.app import App

log = structlog.get_logger()


def serve() -> None:
    """Listen to Slack, serve the web pages, and run turns, all in one process."""
    settings = settings_or_exit()

    async def main(stop: asyncio.Event) -> None:
        await serving(settings, stop)

    try:
        run(main, logs=settings.pinyon_log_format)
    except Misset as error:
        give_up(str(error))


async def serving(settings: Settings, stop: asyncio.Event) -> None:
    """Serve until `stop` is set."""
    # PostgreSQL starts while the rest is imported: most of a start is waiting for one or the other.
    url, rooms = await asyncio.gather(database_url(settings), asyncio.to_thread(import_module, "bot.app"))

    async def address() -> str:
        return url

    app: App = rooms.build(settings, url, doctor=partial(checked, settings, (), database=address))
    await app.enter_workplaces()
    server = Server(
        uvicorn.Config(
            app.web,
            host=settings.pinyon_host,
            port=settings.pinyon_port,
            lifespan="off",
            log_config=None,
            access_log=False,  # addresses hold connect links and codes
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    web = asyncio.create_task(server.serve())
    await app.connect()
    await app.work()
    names = ", ".join(workplace.name for workplace in app.surface.workplaces.values())
    log.info("Pinyon is here", workspaces=names, web=f"http://{settings.pinyon_host}:{settings.pinyon_port}")
    warming = asyncio.create_task(app.warm())
    await until(stop, web)
    log.info("stopping: running turns get to end")
    server.should_exit = True
    await asyncio.gather(web, warming, return_exceptions=True)
    await app.stop()


class Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: SIGTERM is ours, because turns have to end first."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield
