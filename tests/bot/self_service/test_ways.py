"""How a person mends what is missing of a skill."""

from dataclasses import replace

import pytest

from bot.self_service.standing import Limit, SkillState, Status
from bot.self_service.ways import Way, address_of, way_of
from memory.database import Database
from tests.bot.web.fakes import JAMAL, NOW, build_world, person

STATE = SkillState(
    skill="pull_requests",
    title="Pull requests",
    purpose="Read and comment.",
    integration="github",
    service="GitHub",
    status="not_connected",
)
ME = person(JAMAL, "Jamal")


@pytest.mark.parametrize(
    ("status", "limit", "way"),
    [
        ("not_connected", "", "connect"),
        ("ended", "", "reconnect"),
        ("connected", "consent", "widen"),
        ("connected", "you", None),
        ("connected", "admin", None),
        ("connected", "", None),
        ("ready", "you", None),
        ("off", "", None),
        ("not_set_up", "", None),
    ],
)
def test_a_visit_to_the_vendor_mends_only_what_the_vendor_holds_back(
    status: Status, limit: Limit, way: Way | None
) -> None:
    assert way_of(replace(STATE, status=status, limit=limit)) == way


async def test_reconnecting_leaves_what_only_reads_as_it_was(database: Database) -> None:
    connections = build_world(database).site.connections
    ended = replace(STATE, status="ended")
    for me, level in ((ME, "write"), (replace(ME, read_only=("pull_requests",)), "read")):
        address = await address_of(connections, me, ended, now=NOW)
        assert address is not None
        offered = await connections.flows.open(address.rpartition("/")[2], now=NOW)
        assert offered is not None
        assert offered.level == level


async def test_where_nothing_can_be_connected_there_is_no_address(database: Database) -> None:
    connections = build_world(database).site.connections
    assert await address_of(replace(connections, apps={}), ME, STATE, now=NOW) is None
    assert await address_of(replace(connections, public_url=None), ME, STATE, now=NOW) is None
    assert await address_of(connections, ME, replace(STATE, status="off"), now=NOW) is None
