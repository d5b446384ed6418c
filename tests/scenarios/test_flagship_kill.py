"""The flagship goes on over deaths: in its first turn, and between its two cards; each write happens once."""

from dataclasses import replace
from pathlib import Path

from memory.database import open_database
from memory.parameters.aliases import Aliases
from memory.parameters.store import ParameterMemory
from playground.model import Conversation, DemoModel, Pace, Plan
from playground.model.stories import served_stories
from playground.slack.app import JSON
from tests.scenarios import accounts
from tests.scenarios.processes import Cluster, cluster, fresh_database
from tests.scenarios.remembering import teach_update

SERVICES = ("github", "atlassian", "slack", "google")
LONG = Pace(first=60.0)
"""Seconds for which the model is held; the kill ends it."""


class Held:
    """The demo model, which stalls once when it is about to make its first call of `tool`."""

    def __init__(self, tool: str) -> None:
        self.demo = DemoModel()
        self.tool = tool
        self.is_reached = False

    def __call__(self, conversation: Conversation) -> Plan:
        plan = self.demo(conversation)
        if self.is_reached or all(call.tool != self.tool for call in plan.calls):
            return plan
        self.is_reached = True
        return replace(plan, pace=LONG)


async def test_killed_in_its_first_turn_and_between_its_cards_each_write_happens_once(
    postgres: str, tmp_path: Path
) -> None:
    brain = Held("send_mail")
    with fresh_database(postgres) as url:
        async with cluster(brain, url, tmp_path, slots=8) as world:
            story = next(one for one in served_stories(world.servers.company) if one.id == "weekly-update")
            await world.connect(story.who, *SERVICES)
            await remembers(url, world, story.who)
            await world.start(2)
            thread = await world.ask(story.who, story.turns[0].say)
            await world.until(lambda: brain.is_reached, seconds=40)
            await world.kill()
            assert world.servers.google.writes == []

            await world.start()
            await click(world, story.who, thread)
            await world.until(lambda: [*world.states().values()] == ["waiting", "answered"], seconds=40)
            await world.kill()

            await world.start()
            await world.servers.slack.say(story.who, "dm", story.turns[1].say, thread=thread)
            await click(world, story.who, thread)
            await world.until(lambda: [*world.states().values()] == ["waiting", "answered"] * 2, seconds=40)
            [mail] = world.servers.google.writes
            assert (mail.who, mail.action) == (story.who, "gmail.users.messages.send")
            posted = [post for post in world.servers.slack.messages("#product") if "210 KB to 38 KB" in post["text"]]
            assert [post["user"] for post in posted] == [world.servers.slack.user(story.who).id]
            assert cards(world, story.who, thread) == []


async def remembers(url: str, world: Cluster, who: str) -> None:
    database = open_database(url, pool=1)
    person = accounts.person_of(world.servers, who)
    await teach_update(ParameterMemory(database), Aliases(database), world.servers.company, person)
    await database.close()


async def click(world: Cluster, who: str, thread: str) -> None:
    """Approve the card that the thread waits for."""
    [card] = await world.until(lambda: cards(world, who, thread), seconds=40)
    outcome = await world.servers.slack.click(who, card["ts"], "approval.approve")
    assert outcome.is_acked


def cards(world: Cluster, who: str, thread: str) -> list[JSON]:
    """Those that wait for a click."""
    _, conversation = world.servers.slack.place("dm", who)
    posts = world.servers.slack.replies(conversation.id, thread)
    return [post for post in posts if "'approval.approve'" in str(post.get("blocks"))]
