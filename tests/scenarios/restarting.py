"""The same Pinyon in a new process, as far as anybody can tell: nothing is left of it but the database."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import build
from bot.settings import read_settings
from tests.scenarios.conftest import QUICK, World


@asynccontextmanager
async def restarted(world: World, database_url: str, folder: Path) -> AsyncGenerator[None]:
    """Stop the world's Pinyon and go on with a new one, until the end of the block."""
    await world.app.stop()
    given = {**world.servers.settings(folder), "PINYON_SECRET_KEY": world.key}
    world.app = build(read_settings(given), database_url, timing=QUICK)
    try:
        await world.app.enter_workplaces()
        await world.app.connect()
        await world.app.work()
        yield
    finally:
        await world.app.stop()
