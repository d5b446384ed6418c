"""The company's stories about tickets and its release, told by whoever they are about, under either name."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from playground.atlassian.world import Write
from playground.company import story_day
from playground.model.stories import Story, served_stories
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World

RENAMED = pytest.mark.parametrize("renamed", [False, True], ids=["as written", "renamed"])


@RENAMED
async def test_who_asks_whether_a_release_is_blocked_hears_by_what_and_who_can_move_it(
    open_world: OpenWorld, *, renamed: bool
) -> None:
    world = await open_world(renamed=renamed)
    story = story_of(world, "release-blocked")
    await world.connect(story.who, "atlassian", "google", "slack")
    answer = await world.ask(story.who, story.turns[0].say, seconds=30)
    said = world.words(f"dm:{story.who}", answer)
    as_named = world.servers.company.renamed
    day = world.servers.company.moment
    blocking = {key: part_about(said, as_named(key)) for key in ("TRAIL-141", "TRAIL-149", "PLAT-77")}
    assert "Yes, 3 things are open for 4.12" in said
    for words in (as_named("wayfinder-app#318"), "Changes are requested", "ios-ui test", "UI test red"):
        assert words in blocking["TRAIL-141"]
    away = f"is away until {date_said(day(3, '09:00'))}, so somebody else must approve"
    assert as_named(f"Devraj Malhotra {away}") in blocking["TRAIL-141"]
    assert as_named("with Marit Solheim") in blocking["TRAIL-149"]
    assert "final wording" in blocking["TRAIL-149"]
    assert "Ready to deploy" in blocking["PLAT-77"]
    assert f"window {date_said(day(1, '09:00'))} 09:00" in blocking["PLAT-77"]
    assert f"Go/no-go {date_said(day(2, '10:00'))} 10:00" in said
    assert as_named("TRAIL-145") in said.partition("Not a blocker any more")[2]
    assert as_named("TRAIL-133") in said.partition("nobody calls it a blocker")[2].splitlines()[0]
    assert "You have no GitHub account here" in said
    assert not world.github.calls


@RENAMED
async def test_a_bug_that_is_known_gets_a_comment_and_no_twin(open_world: OpenWorld, *, renamed: bool) -> None:
    # Early in the morning what was "just written" is of the day before.
    world = await open_world(renamed=renamed, today=story_day(datetime.now(UTC)))
    story = story_of(world, "duplicate-bug")
    as_named = world.servers.company.renamed
    await world.connect(story.who, "atlassian", "slack")
    await world.slack.invite("bot", story.where)
    thread = await world.slack.say(story.who, story.where, story.turns[0].say)
    dm = f"dm:{story.who}"
    card = (await world.until(lambda: cards(world, dm), seconds=30))[0]
    assert as_named("TRAIL-140") in world.words(dm, card)
    assert as_named("Luca Ferrante reports the same in #ext-valtorta") in world.words(dm, card)
    await world.slack.click(story.who, card["ts"], "approval.approve")
    await world.over(2, seconds=20)
    [write] = written(world, story, "comment")
    assert write.key == as_named("TRAIL-140")
    assert "elevation profile is mirrored" in json.dumps(write.arguments)
    in_channel = " ".join(world.words(story.where, one) for one in world.slack.replies(story.where, thread))
    told_alone = " ".join(world.words(dm, one) for one in world.slack.messages(dm) if "bot_id" in one)
    for detail in (as_named("TRAIL-140"), "reversed twice"):
        assert detail not in in_channel
        assert detail in told_alone


async def test_what_is_on_the_board_and_what_is_mine_is_listed(open_world: OpenWorld) -> None:
    world = await open_world()
    await world.connect("camille", "atlassian")
    mine = await world.ask("camille", "which tickets are mine?", seconds=20)
    assert "TRAIL-141" in world.words("dm:camille", mine)
    board = await world.ask("camille", "how does the trails board look?", seconds=20)
    assert "Trails sprint 32" in world.words("dm:camille", board)
    assert "TRAIL-144" in world.words("dm:camille", board)


async def test_a_ticket_is_moved_and_commented_on_because_it_was_asked_for_and_that_is_taken_back(
    open_world: OpenWorld,
) -> None:
    world = await open_world()
    await world.connect("camille", "atlassian")
    thread = await world.slack.say("camille", "dm", "move TRAIL-143 to done")
    await world.over(1, seconds=20)
    receipt = world.slack.replies("dm:camille", thread)[-1]
    assert "You asked for this, so I did it without asking" in world.words("dm:camille", receipt)
    await world.slack.say("camille", "dm", "comment on TRAIL-141 that the second check is in", thread=thread)
    await world.over(2, seconds=20)
    done = [("transition", "TRAIL-143"), ("comment", "TRAIL-141")]
    assert [(write.action, write.key) for write in world.atlassian.writes] == done
    await world.slack.click("camille", receipt["ts"], "done.undo")
    await world.until(lambda: len(world.atlassian.writes) == len(done) + 1, seconds=20)
    assert (world.atlassian.writes[-1].action, world.atlassian.writes[-1].key) == ("transition", "TRAIL-143")


# What the tests share.


def story_of(world: World, name: str) -> Story:
    return next(story for story in served_stories(world.servers.company) if story.id == name)


async def told(world: World, story: Story, *, thread: str | None = None) -> str:
    """Say everything of a story in one thread, approving each card; gives the thread."""
    for turn in story.turns:
        said = await world.slack.say(story.who, "dm", turn.say, thread=thread)
        thread = thread or said
        await approved(world, story.who, thread)
    assert thread
    return thread


async def approved(world: World, who: str, thread: str) -> str:
    """Approve the card that a thread waits for; gives what is said when that is done."""
    turns = len(await world.rows("SELECT id FROM turns"))
    card = await world.card(f"dm:{who}", thread, seconds=20)
    await world.slack.click(who, card["ts"], "approval.approve")
    await world.over(turns + 1, seconds=20)
    return world.words(f"dm:{who}", world.slack.replies(f"dm:{who}", thread)[-1])


def cards(world: World, where: str, thread: str = "") -> list[JSON]:
    """The open approval cards of a conversation, or of one thread of it."""
    posts = world.slack.replies(where, thread) if thread else world.slack.messages(where)
    return [post for post in posts if "'approval.approve'" in str(post.get("blocks"))]


def written(world: World, story: Story, action: str) -> list[Write]:
    """What was changed in Jira, all of it in the asker's name."""
    writes = world.atlassian.writes
    assert {(write.by.handle, write.action) for write in writes} == {(story.who, action)}
    return writes


def names(values: list[dict[str, Any]]) -> list[str]:
    return [value["name"] for value in values]


def part_about(said: str, key: str) -> str:
    """The lines from a list entry about a ticket to the next."""
    _, found, rest = said.partition(f"- {key}")
    if not found:
        _, found, rest = said.partition(f"[{key}]")
    return rest.partition("\n- ")[0]


def date_said(day: Any) -> str:
    return f"{day.day} {day:%B}"
