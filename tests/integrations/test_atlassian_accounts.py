"""Whose account a sign-in at the playground's Atlassian is, and at which sites."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from pydantic import SecretStr

from integrations.atlassian import INTEGRATION
from integrations.atlassian.client import Jira
from integrations.errors import AccessRevoked, NotFound, Refused
from integrations.integration import Destination, Site
from playground.atlassian import AtlassianServer
from playground.company import load_company


@pytest.fixture
async def atlassian() -> AsyncIterator[AtlassianServer]:
    async with AtlassianServer(load_company(today=date(2026, 11, 20)), sites=2) as server:
        yield server


def at(server: AtlassianServer, access: str, site: Site | None = None) -> Jira:
    to = Destination(api_url=server.api_url, endpoints={"resources_url": server.resources_url}, site=site)
    client = INTEGRATION.client(SecretStr(access), to)
    assert isinstance(client, Jira)
    return client


async def sites_of(client: Jira) -> tuple[Site, ...]:
    assert INTEGRATION.sites is not None
    return await INTEGRATION.sites(client)


async def test_right_after_consent_account_and_sites_are_known(atlassian: AtlassianServer):
    given = atlassian.sign_in("priya", scopes=INTEGRATION.auth.scopes)
    client = at(atlassian, given["access_token"])
    account = await INTEGRATION.whoami(client)
    priya = atlassian.world.person("priya")
    assert (account.id, account.name, account.email) == (priya.id, priya.name, priya.email)
    sites = await sites_of(client)
    assert {site.id for site in sites} == set(atlassian.world.sites)
    assert all(site.url.startswith("http") and not site.url.endswith("/") for site in sites)


async def test_a_ticket_is_looked_for_at_the_chosen_site_only(atlassian: AtlassianServer):
    given = atlassian.sign_in("priya")
    first, second = sorted(
        await sites_of(at(atlassian, given["access_token"])), key=lambda site: site.id != atlassian.cloud_id
    )
    assert (await at(atlassian, given["access_token"], first).ticket("TRAIL-149")).key == "TRAIL-149"
    with pytest.raises(NotFound, match="I cannot see TRAIL-149 in Jira"):
        await at(atlassian, given["access_token"], second).ticket("TRAIL-149")


async def test_a_person_who_opened_no_site_is_told_so(atlassian: AtlassianServer):
    given = atlassian.sign_in("priya", sites=())
    with pytest.raises(Refused, match="has no Jira site"):
        await INTEGRATION.whoami(at(atlassian, given["access_token"]))


async def test_an_access_that_ran_out_asks_to_connect_again(atlassian: AtlassianServer):
    given = atlassian.sign_in("priya")
    atlassian.expire("priya")
    with pytest.raises(AccessRevoked):
        await sites_of(at(atlassian, given["access_token"]))
