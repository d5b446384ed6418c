"""The company's stories about mail and what waits in it, told by whoever they are about, under either name."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from playground.company import story_day
from playground.model.stories import Story, served_stories
from tests.scenarios.conftest import OpenWorld, World

RENAMED = pytest.mark.parametrize("renamed", [False, True], ids=["as written", "renamed"])


@RENAMED
async def test_what_cannot_wait_is_told_and_one_of_it_answered(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await open_world(renamed=renamed, today=story_day(datetime.now(UTC)))
    company, urgent, answer = world.servers.company, story_of(world, "inbox-urgent"), story_of(world, "answer-luca")
    await world.connect(urgent.who, "google")
    where = f"dm:{urgent.who}"
    thread = await world.slack.say(urgent.who, "dm", urgent.turns[0].say)
    said = without_links(world.words(where, await world.answer(where, thread, seconds=20)))
    assert (await called(world, "search_mail"))[0]["unread"] is True
    yuki, luca, sunniva = (
        row_of(said, company.renamed(name)) for name in ("Yuki Tanabe", "Luca Ferrante", "Sunniva Berg")
    )
    assert f"is {date_of(world, 3)} still right?" in luca
    assert f"I have to print the instructions on {date_of(world, 2)} at noon." in luca
    assert "two sentences each" in yuki
    today = datetime.now(company.zone).date()
    assert ("Wanted today" if company.today == today else f"Was wanted on {company.today:%A}") in yuki
    assert "our trial ends on the first of next month" in sunniva
    assert "Is there a club price between Ridge and Summit?" in sunniva
    assert "there is a draft, half written" in sunniva
    for hidden in ("Contour Lines", "Switchbacks", "LeadLantern", "newsletter", "Unsubscribe"):
        assert hidden not in said

    await world.slack.say(answer.who, "dm", answer.turns[0].say, thread=thread)
    card = await world.card(where, thread, seconds=20)
    await world.slack.click(answer.who, card["ts"], "approval.approve")
    await world.until(lambda: world.google.writes, seconds=20)
    [reply] = await called(world, "reply_to_mail")
    address = company.person(company.renamed("luca")).email
    assert reply["to"] == [address]
    assert reply["body"].startswith(f"Dear {company.renamed('Luca')},")
    assert f"The date stands: {company.moment(3, '12:00'):%A}, {date_of(world, 3)}." in reply["body"]
    assert f"only sure after our go/no-go on {company.moment(2, '12:00'):%A}, {date_of(world, 2)}." in reply["body"]
    assert "We found the elevation bug." in reply["body"]
    assert not re.search(r"[A-Z]+-\d+|lawyer|disclaimer|EUR|price|plan", reply["body"])
    [written] = world.google.writes
    assert (written.who, written.action) == (answer.who, "gmail.users.messages.send")
    assert reply["thread"] in world.words(where, card)


@RENAMED
async def test_of_two_people_of_one_name_none_gets_what_is_for_others(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await opened(open_world, renamed=renamed)
    company, story = world.servers.company, story_of(world, "notes-to-jamal")
    await world.connect(story.who, "google", "slack")
    answer = await world.ask(story.who, story.turns[0].say, seconds=20)
    said = without_links(world.words(f"dm:{story.who}", answer))
    name = company.renamed("Jamal")
    assert f"Which {name} do you mean?" in said
    assert company.renamed("Jamal Whitfield") in said
    assert company.renamed("Jamal Osei") in said
    assert "“Confidential, hiring panel only.”" in said
    assert f"neither {name} is one of those it is for" in said
    assert not await called(world, "share_file")
    assert not await called(world, "send_mail")
    assert not world.google.writes


async def test_a_file_goes_to_who_is_named_in_full_after_a_click(open_world: OpenWorld) -> None:
    world = await opened(open_world, renamed=False)
    company, story = world.servers.company, story_of(world, "notes-to-jamal")
    await world.connect(story.who, "google", "slack")
    where = f"dm:{story.who}"
    thread = await world.slack.say(story.who, "dm", story.turns[0].say)
    await world.answer(where, thread, seconds=20)
    named = next(one for one in company.people if one.handle == "jamal")
    await world.slack.say(story.who, "dm", f"yes, to {named.name}", thread=thread)
    card = await world.card(where, thread, seconds=20)
    assert named.email in world.words(where, card)
    assert not world.google.writes
    await world.slack.click(story.who, card["ts"], "approval.approve")
    said = world.words(where, await world.answer(where, thread, count=3, seconds=20))
    assert f"{named.name} can open the file now." in said
    [written] = world.google.writes
    assert (written.who, written.action) == (story.who, "drive.permissions.create")


@RENAMED
async def test_what_is_owed_comes_from_tickets_mail_and_calendar(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await opened(open_world, renamed=renamed)
    company, story = world.servers.company, story_of(world, "what-do-i-owe")
    await world.connect(story.who, "google", "atlassian", "slack")
    answer = await world.ask(story.who, story.turns[0].say, seconds=20)
    said = without_links(world.words(f"dm:{story.who}", answer))
    [looked] = await called(world, "search_tickets")
    assert looked["assignee"] == "me"
    assert await called(world, "search_mail")
    owed = row_of(said, company.renamed("An answer to Fenna Brouwer"))
    assert "Please reply 'approved'" in owed
    assert "make people tap 'I understand' once" in owed
    assert company.renamed("Then TRAIL-149 ") in owed
    call = row_of(said, company.renamed("Call with Fenna Brouwer"))
    assert "14:00" in call
    assert company.today != datetime.now(company.zone).date() or "today" in call
    decided = company.moment(2, "10:00")
    assert f"{decided:%a} {decided.day} {decided:%b %Y}, 10:00" in row_of(said, "4.12 go / no-go")
    for hidden in ("NV-20417", company.renamed("Northvale"), "invoice", "credit"):
        assert hidden not in said
    assert not world.atlassian.writes
    assert not world.google.writes


async def opened(open_world: OpenWorld, *, renamed: bool) -> World:
    """A world whose day 0 is the day that the asker has now, and not the day in UTC."""
    return await open_world(renamed=renamed, today=datetime.now(ZoneInfo("Europe/Amsterdam")).date())


def story_of(world: World, name: str) -> Story:
    return next(story for story in served_stories(world.servers.company) if story.id == name)


def row_of(said: str, begins: str) -> str:
    """The entry of a list that begins so."""
    return next(line for line in said.splitlines() if line.startswith(f"- {begins}"))


def date_of(world: World, number: int) -> str:
    """A day of the story as mails say it."""
    found = world.servers.company.moment(number, "12:00")
    return f"{found.day} {found:%B}"


def without_links(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)


async def called(world: World, tool: str) -> list[dict[str, Any]]:
    """The arguments of each call of `tool` that was made, as executed."""
    rows = await world.rows("SELECT arguments FROM tool_calls WHERE tool = :tool ORDER BY started_at", tool=tool)
    return [json.loads(row["arguments"]) for row in rows]
