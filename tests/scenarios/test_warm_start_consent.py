"""Whoever connects an account may let Pinyon learn from what they filed before: with a button, and not otherwise."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.slack.learned import LearnedReceipts
from bot.warm_start import WarmStart
from memory.parameters.store import ParameterMemory
from memory.warm_starts import WarmStarts
from playground.slack.app import JSON
from tests.scenarios.conftest import World
from tests.scenarios.consenting import allow, begin


@pytest.fixture
async def warm(world: World) -> WarmStart:
    """The product's warm start over this world."""
    return WarmStart(
        store=WarmStarts(world.app.database),
        memory=ParameterMemory(world.app.database),
        connections=world.app.connections,
        tell=LearnedReceipts(world.app.surface).tell,
        now=lambda: datetime.now(UTC),
    )


async def test_whoever_chooses_it_is_learned_from_and_told_so(world: World, warm: WarmStart) -> None:
    page = await connect(world, "jamal", learn=True)
    assert "is connected as" in page
    await warm.run(world.person("jamal"), "atlassian")
    receipt = (await world.until(lambda: receipts(world, "jamal")))[0]
    assert re.search(r"Learned \d+ values from your last 12 tickets, only fields you set yourself\.", receipt["text"])
    assert "'memory.open'" in str(receipt["blocks"])
    assert "create_ticket" in await warm.memory.of(world.person("jamal"))


async def test_whoever_only_connects_has_nothing_read(world: World, warm: WarmStart) -> None:
    page = await connect(world, "jamal", learn=False)
    asked = len(world.atlassian.calls)
    await warm.run(world.person("jamal"), "atlassian")
    await world.app.tick()
    await world.slack.settled()
    assert "is connected as" in page
    assert len(world.atlassian.calls) == asked
    assert not any(call.path.endswith("/search/jql") for call in world.atlassian.calls)
    assert await world.rows("SELECT * FROM warm_starts") == []
    assert await warm.memory.of(world.person("jamal")) == {}


async def test_a_receipt_that_slack_does_not_take_loses_nothing(world: World, warm: WarmStart) -> None:
    await world.connect("jamal", "atlassian")
    await world.app.surface.person(world.person("jamal"))
    assert await warm.allow(world.person("jamal"), "atlassian")
    world.slack.faults.revoke()
    await warm.run(world.person("jamal"), "atlassian")
    world.slack.faults.restore()
    assert "create_ticket" in await warm.memory.of(world.person("jamal"))


async def connect(world: World, who: str, *, learn: bool) -> str:
    """Connect Jira with one of the two buttons; gives the last page."""
    async with world.browser() as browser:
        back = await allow(world, "atlassian", await begin(world, browser, who, "atlassian"), who)
        path = (await browser.get(back)).headers["location"]
        token = re.search(r'name="csrf" value="([^"]+)"', (await browser.get(path)).text)
        assert token
        done = await browser.post(path, data={"csrf": token[1], **({"learn": "yes"} if learn else {})})
        assert done.status_code == 303, done.text
        return (await browser.get(done.headers["location"])).text


def receipts(world: World, who: str) -> Sequence[JSON]:
    """What somebody was told of it in their chat."""
    return [message for message in world.slack.messages(f"dm:{who}") if "Learned" in str(message.get("text"))]
