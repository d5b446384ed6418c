"""`pinyon worker`: only turns."""

import asyncio

import structlog

from bot.cli.run import database_url, give_up, run, settings_or_exit, until
from bot.settings import Misset, Settings

log = structlog.get_logger()


def worker() -> None:
    """Run turns that another process accepted: start as many as the load wants, on the same database."""
    settings = settings_or_exit()

    async def main(stop: asyncio.Event) -> None:
        await working(settings, stop)

    try:
        run(main, logs=settings.pinyon_log_format)
    except Misset as error:
        give_up(str(error))


async def working(settings: Settings, stop: asyncio.Event) -> None:
    """Run turns until `stop` is set."""
    from bot.app import build  # a second, which the other commands do not pay

    app = build(settings, await database_url(settings))
    await app.enter_workplaces()
    await app.work()
    log.info("a worker is here", worker=app.durable.worker)
    await app.warm()
    await until(stop)
    log.info("stopping: running turns get to end")
    await app.stop()
