"""Signing in to the playground's Atlassian: OAuth 2.0 (3LO) step by step."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from playground.atlassian import AtlassianServer
from playground.company import load_company

BACK = "http://127.0.0.1:8123/connect/atlassian/callback"
SCOPES = "read:jira-user read:jira-work offline_access"


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def atlassian(clock: Clock) -> AsyncIterator[AtlassianServer]:
    async with AtlassianServer(load_company(today=date(2026, 11, 20)), clock=clock, sites=2) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def asked(atlassian: AtlassianServer, **changed: str) -> dict[str, str]:
    """What an app sends a browser to the authorize page with."""
    return {
        "audience": "api.atlassian.com",
        "client_id": atlassian.app.client_id,
        "scope": SCOPES,
        "redirect_uri": BACK,
        "state": "st4te",
        "response_type": "code",
        "prompt": "consent",
        **changed,
    }


async def answered(atlassian: AtlassianServer, http: httpx.AsyncClient, **form: Any) -> dict[str, str]:
    """Answer the consent page; the parameters with which the browser goes back."""
    response = await http.post(atlassian.authorize_url, data={**asked(atlassian), **form})
    assert response.status_code == 302, response.text
    return {key: value[0] for key, value in parse_qs(urlsplit(response.headers["Location"]).query).items()}


async def tokens(atlassian: AtlassianServer, http: httpx.AsyncClient, **body: str) -> httpx.Response:
    sent = {"client_id": atlassian.app.client_id, "client_secret": atlassian.app.client_secret, **body}
    return await http.post(atlassian.token_url, json=sent)


async def exchanged(atlassian: AtlassianServer, http: httpx.AsyncClient, **form: Any) -> dict[str, Any]:
    """The tokens of a consent of Leila's."""
    back = await answered(atlassian, http, account="70121:l5", answer="accept", **form)
    response = await tokens(atlassian, http, grant_type="authorization_code", code=back["code"], redirect_uri=BACK)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def status_of(atlassian: AtlassianServer, http: httpx.AsyncClient, access: str) -> int:
    response = await http.get(atlassian.resources_url, headers={"Authorization": f"Bearer {access}"})
    return response.status_code


async def test_the_page_names_the_acting_person_and_what_the_app_may_do(
    atlassian: AtlassianServer, http: httpx.AsyncClient
) -> None:
    http.cookies.set("playground_as", "leila-h")
    page = (await http.get(atlassian.authorize_url, params=asked(atlassian))).text

    assert "Leila Haddad" in page
    assert "View projects, tickets, comments" in page
    assert "Create and change tickets" not in page
    assert "<select" not in page


async def test_a_stranger_to_the_browser_may_choose_who_to_be(
    atlassian: AtlassianServer, http: httpx.AsyncClient
) -> None:
    page = (await http.get(atlassian.authorize_url, params=asked(atlassian))).text

    assert page.count("<option") == len(atlassian.world.accounts)


async def test_whoever_has_no_account_cannot_sign_in(atlassian: AtlassianServer, http: httpx.AsyncClient) -> None:
    http.cookies.set("playground_as", "harriet")
    response = await http.get(atlassian.authorize_url, params=asked(atlassian))

    assert response.status_code == 403
    assert "no Atlassian account" in response.text


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://elsewhere.example/callback"},
        {"audience": "api.example"},
        {"scope": "read:jira-work steal:everything"},
        {"scope": ""},
    ],
)
async def test_a_link_that_is_wrong_is_shown_to_the_person_and_not_sent_back(
    atlassian: AtlassianServer, http: httpx.AsyncClient, changed: dict[str, str]
) -> None:
    response = await http.get(atlassian.authorize_url, params=asked(atlassian, **changed))

    assert response.status_code == 400
    assert "Something went wrong" in response.text


async def test_cancelling_goes_back_with_the_state_and_no_code(
    atlassian: AtlassianServer, http: httpx.AsyncClient
) -> None:
    back = await answered(atlassian, http, account="70121:l5", answer="cancel")

    assert (back["error"], back["state"]) == ("access_denied", "st4te")
    assert "code" not in back


async def test_accepting_gives_tokens_for_the_chosen_sites(atlassian: AtlassianServer, http: httpx.AsyncClient) -> None:
    found = await exchanged(atlassian, http, site=[atlassian.cloud_id])

    assert found["token_type"] == "Bearer"
    assert found["expires_in"] == 3600
    assert found["scope"] == SCOPES
    headers = {"Authorization": f"Bearer {found['access_token']}"}
    (site,) = (await http.get(atlassian.resources_url, headers=headers)).json()
    assert (site["id"], site["url"]) == (atlassian.cloud_id, atlassian.site_url)
    assert site["scopes"] == ["read:jira-user", "read:jira-work"]


async def test_a_second_consent_adds_its_site_to_the_same_grant(
    atlassian: AtlassianServer, http: httpx.AsyncClient
) -> None:
    first, second = atlassian.world.sites
    before = await exchanged(atlassian, http, site=[first])
    await exchanged(atlassian, http, site=[second])

    headers = {"Authorization": f"Bearer {before['access_token']}"}
    sites = (await http.get(atlassian.resources_url, headers=headers)).json()
    assert [site["id"] for site in sites] == [first, second]


async def test_without_offline_access_there_is_no_refresh_token(
    atlassian: AtlassianServer, http: httpx.AsyncClient
) -> None:
    assert "refresh_token" not in await exchanged(atlassian, http, scope="read:jira-user")


async def test_a_code_counts_once_and_only_for_its_address(atlassian: AtlassianServer, http: httpx.AsyncClient) -> None:
    back = await answered(atlassian, http, account="70121:l5", answer="accept")
    sent = {"grant_type": "authorization_code", "code": back["code"]}
    elsewhere = await tokens(atlassian, http, **sent, redirect_uri=f"{BACK}/other")
    again = await tokens(atlassian, http, **sent, redirect_uri=BACK)

    assert [response.status_code for response in (elsewhere, again)] == [403, 403]
    assert again.json()["error"] == "invalid_grant"


async def test_the_token_endpoint_takes_a_form_as_well(atlassian: AtlassianServer, http: httpx.AsyncClient) -> None:
    refresh = atlassian.sign_in("leila")["refresh_token"]
    app = atlassian.app
    form = {"grant_type": "refresh_token", "client_id": app.client_id, "client_secret": app.client_secret}
    response = await http.post(atlassian.token_url, data={**form, "refresh_token": refresh})

    assert response.status_code == 200


async def test_a_wrong_secret_is_refused(atlassian: AtlassianServer, http: httpx.AsyncClient) -> None:
    response = await tokens(atlassian, http, client_secret="wrong", grant_type="refresh_token", refresh_token="x")

    assert (response.status_code, response.json()["error"]) == (401, "access_denied")


async def test_each_refresh_token_counts_once(atlassian: AtlassianServer, http: httpx.AsyncClient) -> None:
    first = atlassian.sign_in("leila")
    renewed = await tokens(atlassian, http, grant_type="refresh_token", refresh_token=first["refresh_token"])
    replayed = await tokens(atlassian, http, grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert renewed.status_code == 200
    assert renewed.json()["refresh_token"] != first["refresh_token"]
    assert (replayed.status_code, replayed.json()) == (
        403,
        {"error": "unauthorized_client", "error_description": "refresh_token is invalid"},
    )
    # The replay did not harm the session that the first use went on with.
    assert await status_of(atlassian, http, renewed.json()["access_token"]) == 200
    assert await status_of(atlassian, http, first["access_token"]) == 200


async def test_the_documented_refusal_can_be_asked_for(http: httpx.AsyncClient) -> None:
    async with AtlassianServer(load_company(today=date(2026, 11, 20)), refresh_ended="invalid_grant") as atlassian:
        response = await tokens(atlassian, http, grant_type="refresh_token", refresh_token="dead")

    assert response.json() == {"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."}


async def test_an_access_token_lasts_an_hour_and_a_refresh_token_ninety_days(
    atlassian: AtlassianServer, http: httpx.AsyncClient, clock: Clock
) -> None:
    found = atlassian.sign_in("leila")
    clock.pass_by(timedelta(hours=1))
    assert await status_of(atlassian, http, found["access_token"]) == 401
    clock.pass_by(timedelta(days=90))
    late = await tokens(atlassian, http, grant_type="refresh_token", refresh_token=found["refresh_token"])
    assert late.status_code == 403


async def test_expiring_leaves_the_refresh_token_and_revoking_leaves_nothing(
    atlassian: AtlassianServer, http: httpx.AsyncClient
) -> None:
    found = atlassian.sign_in("leila")
    atlassian.expire("leila")
    assert await status_of(atlassian, http, found["access_token"]) == 401
    renewed = await tokens(atlassian, http, grant_type="refresh_token", refresh_token=found["refresh_token"])
    assert renewed.status_code == 200

    atlassian.revoke("leila")
    assert await status_of(atlassian, http, renewed.json()["access_token"]) == 401
    after = await tokens(atlassian, http, grant_type="refresh_token", refresh_token=renewed.json()["refresh_token"])
    assert after.status_code == 403


def test_tokens_stand_in_no_repr(atlassian: AtlassianServer) -> None:
    found = atlassian.sign_in("leila")

    shown = repr(atlassian.sessions("leila"))
    assert found["access_token"] not in shown
    assert found["refresh_token"] not in shown
    assert atlassian.app.client_secret not in repr(atlassian.app)
