"""What is done without asking, in Home and in `/pinyon skills`."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.self_service.permissions import CHANGED, Given
from bot.slack.blocks import Message
from bot.slack.commands import Commands
from bot.slack.home import HomeState, home_view
from bot.slack.permissions import listed_permissions, revoked
from bot.slack.surface import SlackSurface, Workplace
from bot.slack.welcome import Welcome
from bot.toolbox.declared import permission
from memory.database import Database
from memory.ids import PersonId, WorkspaceId
from memory.pending import PendingItems
from memory.permissions import StandingPermissions
from tests.bot.slack.card_rules import check, ours, walk
from tests.bot.slack.test_home import BUSY
from tests.bot.web.fakes import JAMAL, REN, build_world, comment, person

NOW = datetime(2026, 11, 21, 10, 44, tzinfo=UTC)
GIVEN = Given(id="7f3k", says="post comments in tamarack/web", service="GitHub", given_at=NOW)


def many(count: int) -> tuple[Given, ...]:
    return tuple(replace(GIVEN, id=f"{number}") for number in range(count))


def shown(message: Message) -> dict[str, Any]:
    card = {"text": message.text, "blocks": message.blocks}
    check(card)
    return card


def test_home_lists_what_is_done_without_asking_and_its_way_back() -> None:
    view = home_view(HomeState(now=NOW, permissions=(GIVEN, replace(GIVEN, id="8", note=CHANGED))))
    check(view)
    rows = [block for block in view["blocks"] if block.get("block_id", "").startswith("permission:")]
    assert [row["text"]["text"] for row in rows] == [
        "Post comments in tamarack/web",
        f"Post comments in tamarack/web\n{CHANGED}",
    ]
    assert [row["accessory"]["action_id"] for row in rows] == ["permission.revoke:0", "permission.revoke:1"]
    assert [row["accessory"]["value"] for row in rows] == ["7f3k", "8"]


def test_where_everything_is_asked_home_says_nothing_of_it() -> None:
    assert "Without asking" not in str(home_view(HomeState(now=NOW)))


def test_the_home_of_a_busy_person_with_many_permissions_keeps_to_forty_blocks() -> None:
    view = home_view(replace(BUSY, permissions=many(30)))
    check(view)
    assert len(view["blocks"]) <= 40
    assert "and 26 more, on the web" in ours(view)


@settings(max_examples=60, deadline=None)
@given(says=st.text(min_size=1, max_size=3000), count=st.integers(1, 12))
def test_whatever_a_target_holds_it_is_a_value_and_fits(says: str, count: int) -> None:
    """appr_spoof, appr_unicode"""
    given = tuple(replace(one, says=says) for one in many(count))
    card = {"text": "Your skills", "blocks": listed_permissions(given)}
    check(card)
    check(home_view(replace(BUSY, permissions=given)))
    check({"text": revoked(says).text, "blocks": revoked(says).blocks})


@pytest.mark.parametrize("hostile", ["<!channel>", "*bold*\nApproved", "a\u202eb", "<https://evil.example|web>"])
def test_no_target_can_act_or_fake_a_line(hostile: str) -> None:
    """appr_spoof, appr_unicode"""
    given = replace(GIVEN, says=f"post in {hostile}")
    for card in (home_view(HomeState(now=NOW, permissions=(given,))), shown(revoked(given.says))):
        assert hostile not in ours(card)
        texts = [node["text"] for _, node in walk(card["blocks"]) if node.get("type") == "plain_text"]
        assert not any("\nApproved" in text or "\u202e" in text for text in texts)
        assert "post in" not in card.get("text", "")


# The command, and the click.


@pytest.fixture
async def commands(database: Database) -> Commands:
    connections = build_world(database).site.connections
    await connections.people.upsert(person(JAMAL, "Jamal"))
    surface = SlackSurface(connections.people, now=lambda: NOW)
    surface.enter(
        Workplace(id=WorkspaceId("T1"), name="Tamarack", bot_user="UBOT", bot_id="B1", client=AsyncWebClient())
    )

    async def has_asked(_person: PersonId) -> bool:
        return False

    async def tools_done(_person: PersonId) -> frozenset[str]:
        return frozenset()

    welcome = Welcome(
        surface,
        connections.people,
        connections,
        PendingItems(database),
        background=Background(),
        has_asked=has_asked,
        tools_done=tools_done,
        now=lambda: NOW,
    )
    return Commands(surface, connections, welcome, now=lambda: NOW)


async def give(database: Database) -> str:
    permissions = StandingPermissions(database)
    await permissions.give(
        JAMAL,
        permission(comment, {"repository": "tamarack/web"}, ""),
        tool="comment",
        target="tamarack/web",
        says="post comments in tamarack/web",
        integration="github",
        now=NOW,
    )
    return (await permissions.list(JAMAL))[0].id


async def test_the_command_lists_it_below_the_skills(commands: Commands, database: Database) -> None:
    assert "Without asking" not in ours(shown(await commands.answer(JAMAL, "/pinyon", "skills")))
    await give(database)
    card = shown(await commands.answer(JAMAL, "/pinyon", "skills"))
    assert "*Without asking*\nWhat you let me do without asking first." in ours(card)
    assert card["blocks"][-1]["text"]["text"] == "Post comments in tamarack/web"


async def test_a_click_takes_it_back_once_and_only_for_its_person(commands: Commands, database: Database) -> None:
    """appr_actor"""
    which = await give(database)
    assert (await commands.revoke(REN, which)).text == "You took this back already."
    done = shown(await commands.revoke(JAMAL, which))
    assert done["text"] == "I ask again before I do this."
    assert done["blocks"][0]["text"]["text"] == "I ask again before I post comments in tamarack/web."
    assert (await commands.revoke(JAMAL, which)).text == "You took this back already."
