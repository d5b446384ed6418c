"""The company's stories that pull requests alone can serve, told by whoever they are about, under either name."""

import re

import pytest

from playground.model.stories import Story, StoryCall, served_stories
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World

RENAMED = pytest.mark.parametrize("renamed", [False, True], ids=["as written", "renamed"])


@RENAMED
async def test_who_leads_a_team_hears_what_waits_and_what_can_wait(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await open_world(renamed=renamed)
    story = story_of(world, "prs-wait")
    await world.connect(story.who)
    answer = await world.ask(story.who, story.turns[0].say, seconds=15)
    listed = rows(world, f"dm:{story.who}", answer)
    assert names(listed) == set(story.turns[0].waiting)
    can_wait = [row for row in listed if "It can wait: " in row]
    assert names(can_wait) == {world.servers.company.renamed("atlas-api#415")}
    assert "4.13" in can_wait[0]
    assert listed[-1] == can_wait[0]


@RENAMED
async def test_who_asks_in_a_channel_hears_there_what_waits_for_them(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await open_world(renamed=renamed)
    story = story_of(world, "prs-wait-camille")
    await world.connect(story.who)
    thread = await world.slack.say(story.who, story.where, story.turns[0].say)
    answer = await world.answer(story.where, thread)
    listed = rows(world, story.where, answer)
    assert names(listed) == set(story.turns[0].waiting)
    author = world.servers.company.person(world.servers.company.renamed("devraj")).github
    assert f"by {author}" in listed[0]
    assert "only you can see this" not in world.words(story.where, answer)


@RENAMED
async def test_who_owns_the_code_is_asked_instead_of_who_is_gone(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await open_world(renamed=renamed)
    story = story_of(world, "other-reviewer")
    thread, card = await told_until_card(world, story)
    call = story.turns[0].calls[0]
    shown = world.words(f"dm:{story.who}", card)
    assert_shown(world, call, shown)
    await world.slack.click(story.who, card["ts"], "approval.approve")
    answer = await world.answer(f"dm:{story.who}", thread, count=3)
    [written] = world.github.writes
    assert written.arguments["reviewers"] == call.arguments["reviewers"]
    reviewers = call.arguments["reviewers"]
    assert isinstance(reviewers, list)
    assert all(str(login) in world.words(f"dm:{story.who}", answer) for login in reviewers)


def story_of(world: World, name: str) -> Story:
    return next(story for story in served_stories(world.servers.company) if story.id == name)


async def told_until_card(world: World, story: Story) -> tuple[str, JSON]:
    """Say the first thing of a story; gives the thread, and the card that it leads to."""
    await world.connect(story.who)
    thread = await world.slack.say(story.who, "dm", story.turns[0].say)
    return thread, await world.card(f"dm:{story.who}", thread, seconds=15)


def assert_shown(world: World, call: StoryCall, shown: str) -> None:
    """Every value of a story's call stands on its card."""
    assert call.shows_card
    assert f"{call.arguments['repository']} #{call.arguments['number']}" in shown
    for name in ("method", "reviewers"):
        value = call.arguments.get(name, [])
        assert all(str(one) in shown for one in (value if isinstance(value, list) else [value])), world


def rows(world: World, where: str, answer: JSON) -> list[str]:
    return [line for line in world.words(where, answer).splitlines() if line.startswith("- ")]


def names(listed: list[str]) -> set[str]:
    """`repository#number` of each row."""
    found = [re.match(r"- \[?(?:[\w-]+/)?([\w-]+#\d+)", row) for row in listed]
    return {match[1] for match in found if match}
