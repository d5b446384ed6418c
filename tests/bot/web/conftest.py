"""A site for each test."""

import pytest

from memory.database import Database
from tests.bot.web.fakes import World, build_world


@pytest.fixture
def world(database: Database) -> World:
    return build_world(database)
