"""What tests of turns share."""

from collections.abc import Iterator

import pytest
from dbos import DBOS, DBOSConfig


@pytest.fixture
def dbos(database_url: str) -> Iterator[None]:
    """Steps run plainly outside a workflow, but DBOS wants to be there."""
    config: DBOSConfig = {"name": "pinyon", "system_database_url": database_url, "use_listen_notify": False}
    DBOS(config=config)
    DBOS.launch()
    yield
    DBOS.destroy()
