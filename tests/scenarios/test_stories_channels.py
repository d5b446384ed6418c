"""The company's stories about channels, people and files, told by whoever they are about, under either name."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from playground.model.stories import Story, served_stories
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World

RENAMED = pytest.mark.parametrize("renamed", [False, True], ids=["as written", "renamed"])
LINE = "Answered privately, because it rests on private sources."


@RENAMED
async def test_who_missed_the_nights_on_call_hears_what_they_are_asked_first(
    open_world: OpenWorld, *, renamed: bool
) -> None:
    world = await opened(open_world, renamed=renamed)
    story = story_of(world, "missed-oncall")
    await world.connect(story.who, "slack")
    said = await answered(world, story)
    for fact in (
        f"render-03 disk at 91%. Moved old region snapshots away, now 64%. Opened {told(world, 'PLAT-82')}",
        f"can you send the form before {date_of(world, 2)}?",
        "What did the outage cost us in credits?",
        "Northvale credits 5% of the month",
        f"Deploy window for tiles is {world.servers.company.moment(1, '09:00'):%A} 09:00 to 10:00",
        f"On the list: {told(world, 'tile-forge#94')}",
        f"{told(world, 'Nadia Petrenko')} presses the button",
        f"({told(world, 'bedrock-infra#154')}), needs another look before I can merge",
        "One page tonight: 5xx at 1.2% for 6 minutes",
        "No action.",
    ):
        assert told(world, fact) in said, fact
    asked, _, others = said.partition("What else was said:")
    assert "You are asked:" in asked
    assert all(fact in asked for fact in ("can you send the form", "presses the button", "needs another look"))
    assert "One page tonight" in others
    for already_read in ("Looking.", "tiles 5xx at 38%", "switching by hand", "Purged lakes"):
        assert already_read not in said
    assert await calls(world) == [("catch_up", {"channel": told(world, "#platform-oncall"), "since": None})]
    assert world.slack.place(told(world, "#platform-oncall"))[1].messages


@RENAMED
async def test_who_missed_a_project_hears_what_was_decided_and_who_asks_them(
    open_world: OpenWorld, *, renamed: bool
) -> None:
    world = await opened(open_world, renamed=renamed)
    story = story_of(world, "missed-winter")
    await world.connect(story.who, "slack")
    said = await answered(world, story)
    asked, _, others = said.partition("What else was said:")
    assert "did you find the new park borders?" in asked
    assert told(world, "Harriet Boone (guest)") in asked
    assert "Dolomites: 96 of about 190 done" in told(world, others)
    assert "I need the new park borders" in others
    assert "red hatch for closed, amber hatch for not recommended. Not green for open" in others
    assert "newsletter" not in said.lower()
    assert [tool for tool, _ in await calls(world)] == ["catch_up"]


@RENAMED
async def test_who_pays_by_the_hour_sees_the_budget_and_the_guest_hears_of_hours_only(
    open_world: OpenWorld, *, renamed: bool
) -> None:
    world = await opened(open_world, renamed=renamed)
    story = story_of(world, "harriet-hours")
    channel, where = told(world, "#proj-winter-maps"), f"dm:{story.who}"
    await world.connect(story.who, "slack", "google")
    thread = await world.slack.say(story.who, "dm", story.turns[0].say)
    card = await world.card(where, thread, seconds=25)
    shown = "\n".join(world.words(where, reply) for reply in world.slack.replies(where, thread))
    for figure in ("900 EUR left of 4,800", "13 hours at 65", "about 35 hours = 2,275", "1,375 short"):
        assert figure in shown
    assert "1 guest" in world.words(where, card)
    await world.slack.click(story.who, card["ts"], "approval.approve")
    asked = asking(world, channel, "Tatra would be about 35 more")
    [post] = await world.until(lambda: replies_in(world, channel, asked), seconds=20)
    assert post["user"] == world.slack.user(story.who).id
    assert "13 hours" in post["text"]
    assert "35" in post["text"]
    assert not re.search(r"900|4[.,]?800|3[.,]?900|2[.,]?275|1[.,]?375|65|EUR|euro|budget", post["text"])
    made = await calls(world)
    assert {"read_channel", "read_file", "post_message"} <= {tool for tool, _ in made}
    assert ("read_channel", channel) in [(tool, given.get("channel")) for tool, given in made]
    [posted] = [given for tool, given in made if tool == "post_message"]
    assert posted["channel"] == channel
    assert asked.replace(".", "") in posted["thread"]
    read = [given["file"] for tool, given in made if tool == "read_file"]
    assert len(read) == 1
    await world.answer(where, thread, count=3)


@RENAMED
async def test_what_is_private_is_answered_to_who_asked_in_the_channel(open_world: OpenWorld, *, renamed: bool) -> None:
    """chan_leak"""
    world = await opened(open_world, renamed=renamed)
    story = story_of(world, "private-in-channel")
    await world.connect(story.who, "google")
    thread = await world.slack.say(story.who, story.where, story.turns[0].say)
    line = await world.answer(story.where, thread, seconds=20)
    await world.over()
    assert [world.words(story.where, reply) for reply in world.slack.replies(story.where, thread)] == [LINE]
    assert line["user"] == "U0PINYON00"
    direct = direct_words(world, story.who)
    assert "19 months" in direct
    assert "only you can see this" in direct
    assert f"Your question in {story.where}" in direct
    everywhere = [message for name in channels(world) for message in world.slack.messages(name)]
    assert not any("19 months" in json.dumps(message) for message in everywhere)
    made = await calls(world)
    assert made[0] == ("search_files", {"kind": "any", "owner": None, "words": "runway"})


@RENAMED
async def test_who_is_of_another_company_is_refused_kindly_and_nothing_is_read(
    open_world: OpenWorld, *, renamed: bool
) -> None:
    """chan_external"""
    world = await opened(open_world, renamed=renamed)
    story = story_of(world, "outsider-asks")
    thread = await world.slack.say(story.who, story.where, story.turns[0].say)
    answer = await world.answer(story.where, thread)
    assert "I work only for members of" in world.words(story.where, answer)
    await world.over()
    assert world.model.requests == []
    assert await calls(world) == []


@RENAMED
async def test_what_somebody_rambles_becomes_a_list_of_five_and_nothing_is_sent(
    open_world: OpenWorld, *, renamed: bool
) -> None:
    world = await opened(open_world, renamed=renamed)
    story = story_of(world, "ramble")
    said = await answered(world, story)
    rows = [line for line in said.splitlines() if re.match(r"\d+\. ", line)]
    assert len(rows) == 5
    for row, words in zip(
        rows,
        (
            ("store text checked",),
            ("everybody votes",),
            (f"{told(world, 'camille')} fixes the space thing", "someone approves"),
            ("lawyer",),
            (told(world, "yuki"), "thanks for the pictures"),
        ),
        strict=True,
    ):
        assert all(word.lower() in row.lower() for word in words), row
    assert "i have to vote" not in said.lower()
    assert "Write" in rows[4]
    assert await calls(world) == []
    assert world.google.writes == []


async def test_a_post_in_the_persons_own_words_is_made_in_their_name_at_once(world: World) -> None:
    await world.connect("priya", "slack")
    thread = await world.slack.say("priya", "dm", "post to #general: Lunch is here.")
    await world.over(1, seconds=20)
    said = "\n".join(world.words("dm:priya", post) for post in world.slack.replies("dm:priya", thread))
    assert "Posted in [#general]" in said
    assert "You asked for this, so I did it without asking" in said
    assert "no guests and nobody from another company" in said
    [post] = [one for one in world.slack.messages("#general") if one["text"] == "Lunch is here."]
    assert post["user"] == world.slack.user("priya").id


async def test_who_has_not_connected_slack_is_asked_to_and_nothing_is_guessed(world: World) -> None:
    thread = await world.slack.say("nadia", "dm", "what did i miss in #platform-oncall")
    card = await world.card("dm:nadia", thread, "connect.open", seconds=20)
    shown = world.words("dm:nadia", card)
    assert "ead what was new in #platform-oncall" in shown
    assert "disk" not in shown
    assert await calls(world) == []


async def opened(open_world: OpenWorld, *, renamed: bool) -> World:
    """A world in which all of the story's day has happened, at whatever hour this runs."""
    return await open_world(renamed=renamed, today=datetime.now(UTC).date() - timedelta(days=1))


async def answered(world: World, story: Story) -> str:
    answer = await world.ask(story.who, story.turns[0].say, seconds=25)
    return without_links(world.words(f"dm:{story.who}", answer))


def story_of(world: World, name: str) -> Story:
    return next(story for story in served_stories(world.servers.company) if story.id == name)


async def calls(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Every call that reached a tool, with its arguments as executed, in order."""
    rows = await world.rows("SELECT tool, arguments FROM tool_calls ORDER BY started_at, call")
    return [(row["tool"], json.loads(row["arguments"])) for row in rows]


def told(world: World, text: str) -> str:
    return world.servers.company.renamed(text)


def date_of(world: World, day: int) -> str:
    moment = world.servers.company.moment(day, "12:00")
    return f"{moment.day} {moment:%B}"


def without_links(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)


def direct_words(world: World, who: str) -> str:
    posts = [post for post in world.slack.messages(f"dm:{who}") if post.get("bot_id")]
    return "\n".join(world.words(f"dm:{who}", post) for post in posts)


def channels(world: World) -> list[str]:
    places = world.slack.workspace.conversations.values()
    return [f"#{place.name}" for place in places if place.kind in ("channel", "private")]


def asking(world: World, channel: str, words: str) -> str:
    """The ts of the message in `channel` with these words."""
    return next(message["ts"] for message in world.slack.messages(channel) if told(world, words) in message["text"])


def replies_in(world: World, channel: str, thread: str) -> list[JSON]:
    return [one for one in world.slack.messages(channel, thread) if one["ts"] != thread]
