"""Whoever sends nothing but a file is asked what to do with it, and answers with a tap."""

from bot.slack.cards import SUGGESTIONS
from playground.model import Scripted
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World

ASK = "file.ask:0"
WORDS = SUGGESTIONS["summarise"].words
CSV = "plan,net\nSolo,4\nCrew,9\n"


async def sent(world: World, who: str, where: str) -> tuple[str, JSON]:
    """Somebody sends a file; the thread, and the card that asks what to do with it."""
    words = "@Pinyon" if where.startswith("#") else ""
    thread = await world.slack.say(who, where, words, files=[world.slack.upload(who, "figures.csv", CSV)])
    place = where if where.startswith("#") else f"dm:{who}"
    return thread, await world.card(place, thread, ASK)


async def test_a_tap_asks_in_the_thread_where_the_file_is(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["Crew brings most."]))
    thread, card = await sent(world, "jamal", "dm")
    assert "Got figures.csv" in world.words("dm:jamal", card)
    await world.slack.click("jamal", card["ts"], ASK)
    answer = await world.answer("dm:jamal", thread, count=3)
    assert "Crew brings most." in world.words("dm:jamal", answer)
    said = [world.words("dm:jamal", message) for message in world.slack.replies("dm:jamal", thread)]
    assert said[1] == f"You asked: {WORDS}"
    [_, asked] = await world.rows("SELECT conversation, message FROM turns ORDER BY seq")
    assert asked["conversation"].endswith(thread)
    assert WORDS in asked["message"]


async def test_in_a_channel_the_tap_is_of_whoever_taps(open_world: OpenWorld) -> None:
    """iso_people: a colleague's tap is the colleague's question."""
    world = await open_world(Scripted(["Crew brings most."]))
    thread, card = await sent(world, "jamal", "#eng")
    await world.slack.click("tomas", card["ts"], ASK)
    await world.answer("#eng", thread, count=3)
    said = [world.words("#eng", message) for message in world.slack.replies("#eng", thread)]
    assert said[1] == f"Tomás asked: {WORDS}"
    people = await world.rows("SELECT person FROM turns ORDER BY seq")
    assert [row["person"] for row in people] == [world.person("jamal"), world.person("tomas")]
