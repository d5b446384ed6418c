"""The company's stories about meetings, told by whoever they are about, under either name."""

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from playground.model.stories import Story, served_stories
from tests.scenarios.conftest import OpenWorld, World

RENAMED = pytest.mark.parametrize("renamed", [False, True], ids=["as written", "renamed"])


@RENAMED
async def test_of_two_people_of_one_name_the_one_who_asked_is_meant(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await opened(open_world, renamed=renamed, zone="America/Vancouver")
    story, company = story_of(world, "which-jamal"), world.servers.company
    await world.connect(story.who, "google", "slack")
    thread, said = await until_card(world, story)
    assert company.renamed("With Jamal Osei, the candidate, not Jamal Whitfield, ") in said
    new, end = company.moment(1, "16:45"), company.moment(1, "17:30")
    zone = ZoneInfo(company.person(story.who).zone)
    assert f"New time: {new.astimezone(zone):%H:%M}–{end.astimezone(zone):%H:%M}." in said
    assert company.renamed("Debrief Jamal Osei") + f" follows directly at {end.astimezone(zone):%H:%M}" in said
    assert company.renamed("overlaps already for you and Tomás Arriaga.") in said
    await approve(world, story, thread)
    [moved] = await called(world, "move_event")
    assert datetime.fromisoformat(moved["start"]) == new
    assert moved["minutes"] == 45
    [written] = world.google.writes
    assert (written.who, written.action) == (story.who, "calendar.events.patch")
    assert written.target == world.google.calendar.named(company.renamed("ev-iv-2")).id
    assert company.renamed("jamal") in str((await called(world, "search_mail"))[0]["words"])


@RENAMED
async def test_a_clash_is_confirmed_and_another_time_offered(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await opened(open_world, renamed=renamed, zone="Europe/Amsterdam")
    story, company = story_of(world, "calendar-clash"), world.servers.company
    other = company.person(company.renamed("adaeze"))
    await world.connect(story.who, "google")
    thread, said = await until_card(world, story)
    both = f"{day(world, 1)}, 15:00"
    assert said.count(both) >= 2
    assert "Yes: " in said
    offered = [line for line in said.splitlines() if line.startswith("- ")]
    assert len(offered) == 3
    assert all(company.person(story.who).zone in line and other.zone in line for line in offered)
    await approve(world, story, thread)
    [looked] = await called(world, "find_time")
    assert (looked["attendees"], looked["minutes"]) == ([other.email], 30)
    [moved] = await called(world, "move_event")
    assert moved["event"].startswith(world.google.calendar.named(company.renamed("ev-11-priya")).id)
    [written] = world.google.writes
    assert (written.who, written.action) == (story.who, "calendar.events.patch")


async def until_card(world: World, story: Story, *, turn: int = 0, thread: str | None = None) -> tuple[str, str]:
    """Say a turn of a story; gives its thread, and all that is said there until the card that it leads to."""
    where = f"dm:{story.who}"
    cards = _cards(world, where, thread) if thread else 0
    sent = await world.slack.say(story.who, "dm", story.turns[turn].say, thread=thread)
    thread = thread or sent
    await world.until(lambda: _cards(world, where, thread) > cards, seconds=20)
    told = "\n".join(world.words(where, message) for message in world.slack.replies(where, thread))
    return thread, without_links(told)


async def approve(world: World, story: Story, thread: str) -> str:
    """Approve the newest card of a thread; gives the answer that follows."""
    where = f"dm:{story.who}"
    before = world.slack.replies(where, thread)
    await world.slack.click(story.who, before[-1]["ts"], "approval.approve")
    await world.until(lambda: len(world.slack.replies(where, thread)) > len(before), seconds=20)
    return world.words(where, world.slack.replies(where, thread)[-1])


def _cards(world: World, where: str, thread: str) -> int:
    return sum("'approval.approve'" in str(one.get("blocks")) for one in world.slack.replies(where, thread))


def without_links(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)


def day(world: World, number: int) -> str:
    """A day of the story as tools say it."""
    found = world.servers.company.moment(number, "12:00")
    return f"{found:%a} {found.day} {found:%b %Y}"


async def opened(open_world: OpenWorld, *, renamed: bool, zone: str) -> World:
    """A world whose day 0 is the day that the asker has now, wherever they live."""
    return await open_world(renamed=renamed, today=datetime.now(ZoneInfo(zone)).date())


def story_of(world: World, name: str) -> Story:
    return next(story for story in served_stories(world.servers.company) if story.id == name)


async def called(world: World, tool: str) -> list[dict[str, Any]]:
    """The arguments of each call of `tool` that was made, as executed."""
    rows = await world.rows("SELECT arguments FROM tool_calls WHERE tool = :tool ORDER BY started_at", tool=tool)
    return [json.loads(row["arguments"]) for row in rows]
