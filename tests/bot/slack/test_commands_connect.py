"""`/pinyon connect` and `/pinyon skills`, for people whose skills stand in every way."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.own_skills import Here, OwnSkills
from bot.own_skills.own import OwnSkill
from bot.self_service.connections import Connections
from bot.slack.blocks import Message
from bot.slack.commands import Commands
from bot.slack.home import HomeState, home_view
from bot.slack.surface import SlackSurface, Workplace
from bot.slack.welcome import Welcome
from integrations.catalog import integration_catalog
from integrations.integration import Account, Integration, OAuthApp, Tokens
from memory.database import Database
from memory.ids import PersonId, WorkspaceId
from memory.pending import PendingItems
from memory.people import Person
from memory.skill_rules import SkillRule
from skills.catalog import skill_catalog
from tests.bot.slack.card_rules import check, ours, walk
from tests.bot.web.fakes import JAMAL, NOW, build_world, person

SKILLS = skill_catalog()
BY_ACCOUNT = [name for name, skill in SKILLS.items() if skill.integration]


@pytest.fixture
def connections(database: Database) -> Connections:
    """Every skill and service that there is, each set up."""
    declared = integration_catalog()
    return replace(
        build_world(database).site.connections,
        skills=SKILLS,
        integrations=declared,
        apps={name: registration(integration) for name, integration in declared.items()},
    )


def registration(declared: Integration) -> OAuthApp:
    return OAuthApp(
        name=declared.name,
        client_id="client",
        client_secret=SecretStr("secret"),
        api_url=declared.api_url,
        authorize_url=declared.auth.authorize_url,
        token_url=declared.auth.token_url,
    )


@pytest.fixture
async def commands(connections: Connections, database: Database) -> Commands:
    await connections.people.upsert(person(JAMAL, "Jamal"))
    return Commands(surface_of(connections), connections, welcome_of(connections, database), now=lambda: NOW)


def surface_of(connections: Connections) -> SlackSurface:
    surface = SlackSurface(connections.people, now=lambda: NOW)
    surface.enter(
        Workplace(id=WorkspaceId("T1"), name="Tamarack", bot_user="UBOT", bot_id="B1", client=AsyncWebClient())
    )
    return surface


def welcome_of(connections: Connections, database: Database) -> Welcome:
    async def has_asked(_person: PersonId) -> bool:
        return False

    async def tools_done(_person: PersonId) -> frozenset[str]:
        return frozenset()

    return Welcome(
        surface_of(connections),
        connections.people,
        connections,
        PendingItems(database),
        background=Background(),
        has_asked=has_asked,
        tools_done=tools_done,
        now=lambda: NOW,
    )


async def connected(connections: Connections, name: str, skill: str, level: str = "write") -> None:
    scopes = SKILLS[skill].scopes.write if level == "write" else SKILLS[skill].scopes.read
    await connections.grants.grant(
        JAMAL,
        SKILLS[skill].integration or "",
        account=Account(id=name, name=name),
        tokens=Tokens(access=SecretStr("access"), scopes=scopes),
        now=NOW,
    )


async def says(commands: Commands, text: str) -> Message:
    message = await commands.answer(JAMAL, "/pinyon", text)
    check({"text": message.text, "blocks": message.blocks})
    return message


def buttons(message: Message) -> dict[str, str]:
    """Label → address."""
    found = (node for _, node in walk([*message.blocks]) if node.get("type") == "button")
    return {node["text"]["text"]: node.get("url", "") for node in found}


async def link(connections: Connections, address: str) -> Any:
    found = await connections.flows.open(address.rpartition("/connect/")[2].partition("/")[0], now=NOW)
    assert found is not None
    return found


@pytest.mark.parametrize("skill", BY_ACCOUNT)
async def test_every_skill_can_be_connected_by_its_name_and_its_title(
    commands: Commands, connections: Connections, skill: str
) -> None:
    service = connections.integrations[SKILLS[skill].integration or ""].title
    for name in (skill, SKILLS[skill].title, skill.replace("_", "  ").upper()):
        found = buttons(await says(commands, f"connect {name}"))
        assert list(found) == [f"Connect {service}"]
        offered = await link(connections, found[f"Connect {service}"])
        assert (offered.person, offered.skill, offered.level) == (JAMAL, skill, "write")


@pytest.mark.parametrize(
    ("name", "skills"),
    [
        ("google", {"calendar", "files", "mail"}),
        ("jira", {"tickets"}),
        ("atlassian", {"tickets"}),
        ("GitHub", {"issues", "pull_requests"}),
        ("slack", {"channels", "people"}),
    ],
)
async def test_a_service_is_offered_for_all_its_skills(
    commands: Commands, connections: Connections, name: str, skills: set[str]
) -> None:
    message = await says(commands, f"connect {name}")
    [address] = buttons(message).values()
    offered = await link(connections, address)
    assert offered.skill == ""
    if len(skills) > 1:
        assert all(f"{SKILLS[skill].title} can read" in str(message.blocks) for skill in skills)


async def test_without_a_name_every_skill_is_listed_with_its_button(commands: Commands) -> None:
    for text in ("connect", "skills"):
        message = await says(commands, text)
        assert sum(block.get("block_id", "").startswith("skill:") for block in message.blocks) == len(SKILLS)
        assert set(buttons(message)) == {"Connect GitHub", "Connect Google", "Connect Jira", "Connect Slack"}


async def test_what_is_not_there_is_said_with_what_is(commands: Commands) -> None:
    message = await says(commands, "connect <!channel> ☃")
    assert "There is no skill called <!channel> ☃." in str(message.blocks)
    assert "<!channel>" not in ours({"text": message.text, "blocks": message.blocks})


async def test_what_is_connected_is_said_with_its_account(commands: Commands, connections: Connections) -> None:
    await connected(connections, "octo", "pull_requests")
    for name in ("pull requests", "github"):
        message = await says(commands, f"connect {name}")
        assert "GitHub is connected already, as octo." in str(message.blocks)
        assert buttons(message) == {}


async def test_an_account_without_a_skills_permission_is_offered_that(
    commands: Commands, connections: Connections
) -> None:
    await connected(connections, "jamal@tamarack.example", "mail")
    [address] = buttons(await says(commands, "connect calendar")).values()
    assert (await link(connections, address)).skill == "calendar"
    listed = await says(commands, "connect google")
    assert "Google is connected already, as jamal@tamarack.example." in str(listed.blocks)
    assert "jamal@" not in listed.text
    assert list(buttons(listed)) == ["Connect Google"]


async def test_what_the_consent_holds_back_can_be_widened(commands: Commands, connections: Connections) -> None:
    await connected(connections, "jamal@tamarack.example", "mail", level="read")
    message = await says(commands, "connect mail")
    assert "Google was allowed no more so far." in message.text
    offered = await link(connections, buttons(message)["Allow changes"])
    assert (offered.skill, offered.level) == ("mail", "write")


async def test_what_the_person_holds_back_themselves_is_a_matter_of_the_page(
    commands: Commands, connections: Connections
) -> None:
    await connected(connections, "octo", "issues")
    await connections.switch(JAMAL, "issues", "read")
    assert buttons(await says(commands, "connect issues")) == {
        "Allow changes": "https://pinyon.test/connections#issues"
    }
    assert buttons(await says(commands, "skills"))["Allow changes"] == "https://pinyon.test/connections#issues"
    await connections.switch(JAMAL, "issues", "off")
    assert buttons(await says(commands, "connect issues")) == {"Switch it on": "https://pinyon.test/connections#issues"}


async def test_what_an_admin_holds_back_is_said_and_not_offered(commands: Commands, connections: Connections) -> None:
    await connected(connections, "octo", "issues")
    await connections.rules.set(WorkspaceId("T1"), SkillRule(skill="issues", allowed="read"), by=JAMAL, now=NOW)
    message = await says(commands, "connect issues")
    assert "Only reads: an admin set it so" in str(message.blocks)
    assert buttons(message) == {}


async def test_what_an_admin_switched_off_does_not_exist(commands: Commands, connections: Connections) -> None:
    await connections.rules.set(WorkspaceId("T1"), SkillRule(skill="issues", allowed="off"), by=JAMAL, now=NOW)
    message = await says(commands, "connect issues")
    assert "There is no skill called issues." in str(message.blocks)
    assert "Issues" not in str(message.blocks)


async def test_an_ended_access_is_reconnected_without_widening_what_only_reads(
    commands: Commands, connections: Connections
) -> None:
    await connected(connections, "jamal@tamarack.example", "mail")
    await connections.switch(JAMAL, "mail", "read")
    [grant] = await connections.grants.list(JAMAL)
    await connections.grants.mark_revoked(grant.id, version=1)
    [address] = buttons(await says(commands, "connect mail")).values()
    assert (await link(connections, address)).level == "read"
    assert list(buttons(await says(commands, "connect google"))) == ["Reconnect Google"]


@pytest.mark.parametrize("name", ["mail", "google"])
async def test_another_account_is_chosen_at_the_vendor(commands: Commands, connections: Connections, name: str) -> None:
    await connected(connections, "jamal@tamarack.example", "mail")
    message = await says(commands, f"connect {name} another")
    address = buttons(message)["Connect Google"]
    assert address.endswith("/another")
    assert (await link(connections, address)).skill == ""


async def test_another_account_of_none_is_the_first_one(commands: Commands, connections: Connections) -> None:
    [address] = buttons(await says(commands, "connect mail another")).values()
    assert (await link(connections, address)).skill == "mail"


async def test_slack_is_never_another_account(commands: Commands, connections: Connections) -> None:
    await connected(connections, "Jamal", "channels")
    message = await says(commands, "connect channels another")
    assert "Slack works with your own account only" in message.text
    assert buttons(message) == {}


async def test_where_it_is_not_set_up_the_settings_are_named(connections: Connections, database: Database) -> None:
    await connections.people.upsert(person(JAMAL, "Jamal"))
    bare = replace(connections, apps={})
    commands = Commands(surface_of(bare), bare, welcome_of(bare, database), now=lambda: NOW)
    for text in ("connect mail", "connect google", "connect mail another"):
        assert "GOOGLE_CLIENT_ID" in (await says(commands, text)).text


async def test_eight_skills_that_all_want_something_fit_the_home_tab(
    connections: Connections, commands: Commands, database: Database
) -> None:
    states = await connections.states(JAMAL)
    rows = await welcome_of(connections, database).rows(JAMAL, states)
    view = home_view(HomeState(now=NOW + timedelta(hours=1), skills=rows, web_url="https://pinyon.test/connections"))
    check(view)
    assert len(view["blocks"]) <= 40
    links = [node["url"] for _, node in walk(view["blocks"]) if node.get("action_id", "").startswith("skill.open")]
    assert len(set(links)) == len(BY_ACCOUNT)


async def test_a_skill_that_needs_no_account_says_that_it_works_or_why_not(
    connections: Connections, database: Database
) -> None:
    await connections.people.upsert(person(JAMAL, "Jamal"))
    why = "An admin sets E2B_API_KEY, or installs bubblewrap."
    own = replace(connections, own=OwnSkills({"data": Off(why), "web": Off("")}))
    commands = Commands(surface_of(own), own, welcome_of(own, database), now=lambda: NOW)
    assert (await says(commands, "connect web")).text == "Web pages needs no account and works right now."
    off = await says(commands, "connect data")
    assert off.text == "Data is off here."
    assert f"Data is off here: {why}" in str(off.blocks)
    listed = await says(commands, "skills")
    check({"text": listed.text, "blocks": listed.blocks})
    assert f"Off here: {why}" in str(listed.blocks)
    assert "E2B_API_KEY" not in ours({"text": listed.text, "blocks": listed.blocks})


@dataclass(frozen=True)
class Off(OwnSkill):
    """Stands behind a skill, and says why it is off."""

    why: str

    async def off(self, person: Person) -> str:
        return self.why

    def client(self, here: Here) -> None:
        raise AssertionError(here)
