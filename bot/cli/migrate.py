"""`pinyon migrate`: the newest tables."""

import asyncio

from bot.cli.run import database_url, settings_or_exit


def migrate() -> None:
    """Bring the database to the newest tables; `serve` and `worker` do it by themselves."""
    asyncio.run(database_url(settings_or_exit()))
    print("The tables are up to date.")
