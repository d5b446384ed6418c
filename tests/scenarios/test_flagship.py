"""The flagship: a weekly update from four services, mailed for review and then posted, from nothing connected."""

import re
from dataclasses import dataclass

import httpx
import pytest

from memory.parameters.aliases import Aliases
from playground.model.stories import Story, served_stories
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.remembering import teach_update

RENAMED = pytest.mark.parametrize("renamed", [False, True], ids=["as written", "renamed"])
SERVICES = ("github", "atlassian", "slack", "google")
FOR_ASKING = 2
"""Clicks of a person's, for each account, after Connect."""


@RENAMED
async def test_the_weekly_update_is_mailed_and_posted_by_somebody_who_began_with_nothing_connected(
    open_world: OpenWorld, *, renamed: bool
) -> None:
    world = await open_world(renamed=renamed)
    story = flagship(world)
    dm = f"dm:{story.who}"
    await remembers(world, story.who)
    thread = await world.slack.say(story.who, "dm", story.turns[0].say)
    card = await world.card(dm, thread, "connect.open:1", seconds=60)
    asked = links_in(card)
    assert len(asked) == len(SERVICES)
    async with world.browser() as browser:
        await sign_in(world, browser, story.who)
        walks = [await walked(world, browser, story.who, link) for link in asked]
    assert {walk.service for walk in walks} == set(SERVICES)
    assert max(walk.clicks for walk in walks) <= FOR_ASKING
    shown = await world.card(dm, thread, seconds=60)
    to = [world.servers.company.person(world.servers.company.renamed(handle)).email for handle in ("ren", "sione")]
    assert all(address in world.words(dm, shown) for address in to)
    assert world.google.writes == []
    await world.slack.click(story.who, shown["ts"], "approval.approve")
    await world.over(3, seconds=60)
    [mail] = world.google.writes
    assert (mail.who, mail.action) == (story.who, "gmail.users.messages.send")
    assert (mail.arguments["to"], mail.arguments["subject"]) == (to, "Weekly product update, draft for your eyes")
    body = mail.arguments["body"]
    assert_told(world, body)
    assert body.rstrip().endswith(f"Cheers, {world.servers.company.person(story.who).name.split()[0]}")
    await world.slack.say(story.who, "dm", story.turns[1].say, thread=thread)
    shown = await world.card(dm, thread, seconds=60)
    await world.slack.click(story.who, shown["ts"], "approval.approve")
    await world.over(5, seconds=60)
    posted = world.slack.messages(world.servers.company.renamed("#product"))[-1]
    assert posted["user"] == world.slack.user(story.who).id
    assert sections(posted["text"].replace("*", "")) == sections(body)
    assert f"/p{posted['ts'].replace('.', '')}" in world.words(dm, world.slack.replies(dm, thread)[-1])
    assert await tools_done(world) == {
        *("search_mail", "read_mail", "search_messages", "list_pull_requests", "read_channel", "view_board"),
        *("send_mail", "post_message"),
    }


@RENAMED
async def test_each_look_is_with_the_askers_own_account(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await open_world(renamed=renamed)
    story = flagship(world)
    await world.connect(story.who, *SERVICES)
    await remembers(world, story.who)
    thread = await world.slack.say(story.who, "dm", story.turns[0].say)
    await world.card(f"dm:{story.who}", thread, seconds=60)
    person = world.servers.company.person(story.who)
    assert {call.login for call in world.github.calls} == {person.github}
    assert {call.login for call in world.atlassian.calls} == {person.jira}
    assert {call.login for call in world.google.calls} == {person.email}
    since = world.servers.company.moment(-5, "16:25").date().isoformat()
    [merged] = await world.rows("SELECT arguments FROM tool_calls WHERE tool = 'list_pull_requests'")
    assert f'"since": "{since}"' in merged["arguments"]


async def test_who_never_sent_an_update_is_asked_who_gets_it_and_the_answer_is_taken(open_world: OpenWorld) -> None:
    world = await open_world()
    await world.connect("ren", *SERVICES)
    await remembers(world, "ren")
    thread = await world.slack.say("ren", "dm", "do the weekly product update pls and write it as a mail")
    question = await world.answer("dm:ren", thread, seconds=60)
    assert "Who shall get it?" in world.words("dm:ren", question)
    await world.slack.say("ren", "dm", "Sione and Nadia", thread=thread)
    card = await world.card("dm:ren", thread, seconds=60)
    assert "sione@tamarack.example, nadia@tamarack.example" in world.words("dm:ren", card)


async def test_a_mail_whose_sending_nobody_confirmed_is_found_and_not_sent_again(open_world: OpenWorld) -> None:
    world = await open_world()
    story = flagship(world)
    dm = f"dm:{story.who}"
    await world.connect(story.who, *SERVICES)
    await remembers(world, story.who)
    thread = await world.slack.say(story.who, "dm", story.turns[0].say)
    card = await world.card(dm, thread, seconds=60)
    world.google.fault("POST", "*/messages/send", status=503, done=True)
    await world.slack.click(story.who, card["ts"], "approval.approve")
    await world.over(2, seconds=60)
    told = world.words(dm, world.slack.replies(dm, thread)[-1])
    assert "Mail sent to" in told
    assert [call.status for call in world.google.calls if call.method == "POST"] == [503]
    assert [mail.action for mail in world.google.writes] == ["gmail.users.messages.send"]


# What stands in the mail.


def assert_told(world: World, body: str) -> None:
    """Every fact of the story stands in its section, nothing that is not so, and it is short."""
    as_named = world.servers.company.renamed
    told = dict(sections(body))
    assert {*told} == {"Shipped", "In progress", "Watch out", "Next"}
    deploy = world.servers.company.moment(1, "09:00")
    for words in ("time zone", "210 KB to 38 KB", "Winter layer toggle (iOS and Android)", "from 3.1% to 2.3%"):
        assert words in told["Shipped"]
    assert re.search(rf"Alps-West.*deploy on {deploy:%A} morning", told["In progress"])
    assert all(as_named(key) in told["Watch out"] for key in ("TRAIL-141", "TRAIL-149"))
    assert re.search(r"GPX moved to 4\.13", told["Next"])
    for wrong in ("empty tiles", "reboot", "Alps-West, 5 m"):
        assert wrong not in told["Shipped"]
    assert "Dolomites" not in body
    assert len(body.split()) <= 160


def sections(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^(Shipped|In progress|Watch out|Next): (.+)$", text, re.MULTILINE)


# Connecting in a browser, as a person who is signed in everywhere does.


@dataclass(kw_only=True)
class Walk:
    """The way through one connection."""

    service: str
    clicks: int = 0


async def sign_in(world: World, browser: httpx.AsyncClient, who: str) -> None:
    """Sign in to Pinyon's pages with Slack, once for all connections."""
    begun = await browser.get("/slack/signin?next=/connections")
    back = await browser.get(await world.slack.sign_in_as(who, begun.headers["location"]))
    assert back.is_redirect


async def walked(world: World, browser: httpx.AsyncClient, who: str, link: str) -> Walk:
    """Go from Connect to the end, by redirects where there is nothing to click on."""
    to = (await browser.get(link)).headers["location"]
    walk = Walk(service=next(name for name in SERVICES if to.startswith(origin_of(world, name))))
    walk.clicks += 1
    confirm = await browser.get(await world.consent_at(walk.service, to, who))
    page = await browser.get(confirm.headers["location"])
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf, page.text
    walk.clicks += 1
    done = await browser.post(confirm.headers["location"], data={"csrf": csrf[1]})
    assert "is connected" in (await browser.get(done.headers["location"])).text
    return walk


def origin_of(world: World, service: str) -> str:
    return {
        "github": world.github.url,
        "atlassian": world.atlassian.url,
        "google": world.google.url,
        "slack": world.slack.url,
    }[service]


def links_in(card: JSON) -> list[str]:
    """Where the Connect buttons of a card lead, in order."""
    buttons: list[JSON] = [element for block in card["blocks"] for element in block.get("elements", ())]
    return [button["url"] for button in buttons if str(button.get("action_id", "")).startswith("connect.open")]


async def remembers(world: World, who: str) -> None:
    """What `test_memory_stories.py` shows to be learned from two of them."""
    await teach_update(world.app.memory, Aliases(world.app.database), world.servers.company, world.person(who))


def flagship(world: World) -> Story:
    return next(story for story in served_stories(world.servers.company) if story.id == "weekly-update")


async def tools_done(world: World) -> set[str]:
    return {row["tool"] for row in await world.rows("SELECT tool FROM tool_calls WHERE state = 'done'")}
