"""The whole way of connecting, through the playground's Slack and GitHub over real HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from bot.web.app import build_web
from bot.web.site import Site, SlackApp
from integrations.github import INTEGRATION
from integrations.integration import OAuthApp
from memory.database import Database
from memory.ids import PersonId, WorkspaceId
from memory.people import Person, profile_from_slack
from playground.company import load_company
from playground.github import GitHubServer
from playground.slack import SlackServer
from tests.bot.web.fakes import build_world, csrf

HOME = "http://127.0.0.1:8080"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(load_company(today=datetime.now(UTC).date())) as server:
        yield server


@pytest.fixture
async def github() -> AsyncIterator[GitHubServer]:
    async with GitHubServer(load_company(today=datetime.now(UTC).date())) as server:
        yield server


async def test_a_person_signs_in_connects_reads_as_themselves_and_disconnects(
    database: Database, slack: SlackServer, github: GitHubServer
) -> None:
    async with httpx.AsyncClient() as http:
        site = against(database, slack, github, http)
        jamal = PersonId(f"{slack.workspace.id}:{slack.user('jamal').id}")
        transport = httpx.ASGITransport(build_web(site, database=database))
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as browser:
            link = await site.connections.offer(jamal, "github", now=site.clock())
            path = link.removeprefix(HOME)
            begun = await browser.get(f"/slack/signin?next={path}")
            back = await browser.get(await slack.sign_in_as("jamal", begun.headers["location"]))
            assert back.headers["location"] == path
            to_github = (await browser.get(path)).headers["location"]
            confirm = (await browser.get(await consent(http, to_github, github.world.person("jamal").login))).headers[
                "location"
            ]
            assert "Is this your account?" in (await browser.get(confirm)).text
            done = await browser.post(confirm, data={"csrf": await csrf(browser, confirm)})
            assert "GitHub is connected as" in (await browser.get(done.headers["location"])).text
            acting = await site.connections.client_for(jamal, "github", now=site.clock())
            assert acting is not None
            assert (await acting.client.whoami()).name == acting.account
            assert len(github.sessions("jamal")) == 1
            assert await site.connections.disconnect(jamal, "github")
            assert github.sessions("jamal") == ()


async def consent(http: httpx.AsyncClient, authorize: str, login: str) -> str:
    """What the person does on GitHub's page; gives the address they are sent back to."""
    asked = dict(parse_qsl(urlsplit(authorize).query))
    answer = await http.post(authorize.partition("?")[0], data={**asked, "login": login, "answer": "authorize"})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def against(database: Database, slack: SlackServer, github: GitHubServer, http: httpx.AsyncClient) -> Site:
    """A site whose neighbours are the playground's servers."""
    app = OAuthApp(
        name="github",
        client_id=github.app.client_id,
        client_secret=SecretStr(github.app.client_secret),
        api_url=github.api_url,
        authorize_url=github.authorize_url,
        token_url=github.token_url,
        revoke_url=github.revoke_url,
    )

    async def look_up(person: PersonId) -> Person | None:
        headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
        user = person.partition(":")[2]
        answer = (await http.post(f"{slack.api_url}users.info", data={"user": user}, headers=headers)).json()
        return profile_from_slack(answer["user"], workspace=WorkspaceId(slack.workspace.id), now=datetime.now(UTC))

    base = build_world(database).site
    connections = replace(
        base.connections, integrations={"github": INTEGRATION}, apps={"github": app}, http=http, public_url=HOME
    )
    registration = SlackApp(
        client_id=slack.app.client_id, client_secret=SecretStr(slack.app.client_secret), api_url=slack.api_url
    )
    return replace(
        base,
        public_url=HOME,
        slack=registration,
        connections=connections,
        http=http,
        look_up=look_up,
        clock=lambda: datetime.now(UTC),
    )
