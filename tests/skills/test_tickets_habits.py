"""What people can tap about tickets before anything is remembered of them, at the playground's Jira."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
from pydantic import SecretStr

from integrations.atlassian.client import Jira
from integrations.integration import Destination, Site
from memory.ids import PersonId
from playground.atlassian import AtlassianServer
from playground.company import load_company
from skills.errors import RetryToolCall
from skills.skill import Asker, ToolContext
from skills.tickets import SKILL
from skills.tickets.habits import boards, usual_components, usual_prefixes, usual_projects, usual_types

TOOLS = {tool.name: tool for tool in SKILL.tools}

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
async def jira() -> AsyncIterator[AtlassianServer]:
    async with AtlassianServer(load_company(today=date(2026, 11, 20)), clock=lambda: NOW) as server:
        yield server


def as_person(server: AtlassianServer, handle: str) -> ToolContext[Jira]:
    given = server.sign_in(handle, scopes=("read:jira-user", *SKILL.scopes.read))
    site = Site(id=server.cloud_id, name="Tamarack", url=server.site_url)
    to = Destination(api_url=server.api_url, endpoints={"resources_url": server.resources_url}, site=site)
    return ToolContext(
        client=Jira(SecretStr(given["access_token"]), to),
        account=handle,
        asker=Asker(person=PersonId(f"T:{handle}"), name=handle),
        now=NOW,
    )


@pytest.mark.parametrize(("handle", "first", "second"), [("jamal", "PLAT", "TRAIL"), ("leila", "TRAIL", "PLAT")])
async def test_the_board_that_a_person_files_on_most_comes_first(
    jira: AtlassianServer, handle: str, first: str, second: str
):
    offered = await usual_projects(as_person(jira, handle), summary="Rotate the keys")
    assert [*map("".join, offered)] == [first, second]
    assert str(offered[0]) == {"PLAT": "Platform (PLAT)", "TRAIL": "Trails (TRAIL)"}[first]


async def test_a_board_that_people_call_by_name_is_known_by_its_key(jira: AtlassianServer):
    """What depends on it, such as components, is remembered within the key."""
    in_full = TOOLS["create_ticket"].remembers["project"].in_full
    assert in_full is not None
    found = await in_full(as_person(jira, "jamal"), "trails")
    assert ("".join(found), str(found)) == ("TRAIL", "Trails (TRAIL)")
    with pytest.raises(RetryToolCall, match="I cannot see a project 'Marketing'"):
        await in_full(as_person(jira, "jamal"), "Marketing")


async def test_kinds_of_tickets_are_those_that_the_person_files(jira: AtlassianServer):
    assert (await usual_types(as_person(jira, "jamal"), project="PLAT"))[0] == "Task"
    assert await usual_types(as_person(jira, "jamal"), project="trails") == ["Epic", "Story", "Task", "Bug"]


@pytest.mark.parametrize("project", ["PLAT", "platform", ""])
async def test_components_and_prefixes_are_those_of_the_persons_own_tickets(jira: AtlassianServer, project: str):
    ctx = as_person(jira, "jamal")
    assert (await usual_components(ctx, project=project, summary="S"))[:2] == ["infra", "tiles"]
    assert (await usual_prefixes(ctx, project=project, type="Task"))[:2] == ["[infra]", "[tiles]"]


async def test_whoever_has_no_tickets_there_is_offered_the_boards_own_components(jira: AtlassianServer):
    ctx = as_person(jira, "jamal")
    assert await usual_components(ctx, project="Trails") == ["api", "map-data", "mobile", "design", "billing"]
    assert await usual_prefixes(ctx, project="TRAIL") == []


async def test_boards_are_offered_by_name(jira: AtlassianServer):
    assert await boards(as_person(jira, "priya")) == ["Trails board", "Mobile board", "Platform board"]
