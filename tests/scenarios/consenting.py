"""Consent at each of the four vendors, as a person gives it on the vendor's own page."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx

from integrations.catalog import integration_catalog
from memory.ids import PersonId
from tests.scenarios.conftest import World
from tests.scenarios.test_connecting import signed_in_page

SERVICES = tuple(sorted(integration_catalog()))
TOKEN_PATHS = {"github": "/login/oauth/access_token", "atlassian": "/oauth/token", "google": "/token"}


async def link_for(world: World, person: PersonId, name: str) -> str:
    """The address of a fresh link with which `person` connects a service, or what a skill needs."""
    return await world.app.connections.offer(person, name, now=datetime.now(UTC))


async def begin(world: World, browser: httpx.AsyncClient, who: str, name: str) -> str:
    """Open one's own link, signed in; gives the vendor's address."""
    page = await signed_in_page(world, browser, who, await link_for(world, world.person(who), name))
    assert page.status_code == 302, page.text
    return page.headers["location"]


async def allow(
    world: World, service: str, authorize_url: str, who: str, *, keep: Collection[str] | None = None
) -> str:
    """Say yes at the vendor as somebody; gives the address the browser is sent back to.

    `keep` are the permissions that are ticked on Google's page, all unless given.
    """
    page, _, query = authorize_url.partition("?")
    asked = dict(parse_qsl(query))
    match service:
        case "github":
            return await world.consent(authorize_url, who)
        case "slack":
            return await world.slack.consent_as(who, authorize_url)
        case "atlassian":
            form = {**asked, "account": who, "answer": "accept", "site": world.atlassian.cloud_id}
        case _:
            email = world.servers.company.person(who).email
            granted = asked["scope"].split() if keep is None else [*keep]
            form = {**asked, "account": email, "answer": "allow", "granted": granted}
    async with httpx.AsyncClient() as http:
        answered = await http.post(page, data=form)
    assert answered.status_code == 302, answered.text
    return answered.headers["location"]


async def confirm(browser: httpx.AsyncClient, path: str) -> httpx.Response:
    """Say that it is one's own account; gives the page after it."""
    token = re.search(r'name="csrf" value="([^"]+)"', (await browser.get(path)).text)
    assert token
    done = await browser.post(path, data={"csrf": token[1]})
    assert done.status_code == 303, done.text
    return await browser.get(done.headers["location"])


async def connect(world: World, browser: httpx.AsyncClient, who: str, name: str, service: str) -> httpx.Response:
    """Go the whole way: sign in, consent, confirm; gives the last page."""
    back = await allow(world, service, await begin(world, browser, who, name), who)
    return await confirm(browser, (await browser.get(back)).headers["location"])


def asked(authorize_url: str) -> dict[str, str]:
    """The parameters of a vendor's address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(authorize_url).query).items()}


def exchanges(world: World, service: str) -> int:
    """How often the vendor was asked for tokens."""
    if service == "slack":
        return sum(seen.name == "oauth.v2.access" for seen in world.slack.calls)
    server = {"github": world.github, "atlassian": world.atlassian, "google": world.google}[service]
    return sum(seen.path == TOKEN_PATHS[service] for seen in server.calls)


async def grants(world: World) -> list[tuple[str, str]]:
    """Who has connected what."""
    rows = await world.rows("SELECT person, integration FROM grants ORDER BY person, integration")
    return [(row["person"], row["integration"]) for row in rows]
