"""What a person let Pinyon do without asking, as they see it and take it back."""

from dataclasses import replace

import pytest

from bot.self_service.connections import Connections
from bot.self_service.permissions import CHANGED, GONE, OVERRULED, Given, Permissions
from bot.toolbox.declared import permission
from memory.database import Database
from memory.ids import PersonId, workspace_of
from memory.permissions import StandingPermissions
from memory.tool_rules import EVERY, Rule, ToolRules
from skills.skill import Tool
from tests.bot.web.fakes import JAMAL, NOW, REN, build_world, comment, merge


@pytest.fixture
def connections(database: Database) -> Connections:
    return build_world(database).site.connections


async def give(
    connections: Connections, person: PersonId = JAMAL, *, key: str = "", tool: str = "comment", account: str = ""
) -> None:
    await StandingPermissions(connections.grants.database).give(
        person,
        key or permission(comment, {"repository": "tamarack/web"}, account),
        tool=tool,
        target="tamarack/web",
        says="post comments in tamarack/web",
        integration="github",
        now=NOW,
    )


def with_tools(connections: Connections, *tools: Tool) -> Connections:
    skill = replace(connections.skills["pull_requests"], tools=tools)
    return replace(connections, skills={**connections.skills, "pull_requests": skill})


async def only(connections: Connections) -> Given:
    [given] = await Permissions(connections).of(JAMAL)
    return given


@pytest.mark.parametrize("account", ["", "octo"])
async def test_what_was_given_is_listed_for_its_person_alone(connections: Connections, account: str) -> None:
    await give(connections, account=account)
    given = await only(connections)
    assert (given.says, given.service, given.given_at, given.note) == (
        "post comments in tamarack/web",
        "GitHub",
        NOW,
        "",
    )
    assert await Permissions(connections).of(REN) == ()


async def test_what_was_taken_back_is_asked_again(connections: Connections) -> None:
    await give(connections)
    given = await only(connections)
    permissions = Permissions(connections)
    assert await permissions.revoke(REN, given.id, now=NOW) is None
    assert await permissions.revoke(JAMAL, given.id, now=NOW) == "post comments in tamarack/web"
    assert await permissions.revoke(JAMAL, given.id, now=NOW) is None
    assert await permissions.of(JAMAL) == ()


async def test_a_permission_for_a_tool_that_changed_since_is_no_longer_valid(connections: Connections) -> None:
    """tool_rugpull"""
    await give(connections)
    other = replace(comment, arguments=merge.arguments)
    assert (await only(with_tools(connections, other))).note == CHANGED
    assert (await only(with_tools(connections, replace(comment, always=())))).note == CHANGED
    assert (await only(with_tools(connections))).note == GONE
    assert (await only(connections)).note == ""


@pytest.mark.parametrize("key", ["not json", "[]", "12", '"a"'])
async def test_a_key_that_nobody_can_read_is_no_longer_valid(connections: Connections, key: str) -> None:
    await give(connections, key=key)
    assert (await only(connections)).note == CHANGED


@pytest.mark.parametrize("tool", ["comment", EVERY])
@pytest.mark.parametrize("rule", ["ask", "forbid"])
async def test_what_an_admin_decided_comes_before_it(connections: Connections, tool: str, rule: Rule) -> None:
    await give(connections)
    await ToolRules(connections.grants.database).set(workspace_of(JAMAL), tool, rule, by=REN, now=NOW)
    assert (await only(connections)).note == OVERRULED[rule]
