"""How somebody lets Pinyon act in their name at Slack, and takes it back, over real HTTP."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import JsonValue, SecretStr

from integrations import oauth
from integrations.errors import AccessRevoked, IntegrationError, Misconfigured, Refused, ServiceUnavailable
from integrations.integration import Destination, OAuthApp, Tokens
from integrations.slack import INTEGRATION
from integrations.slack.sign_in import persons_part, revoke
from playground.company import load_company
from playground.slack import SlackApp, SlackServer

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
BACK = "http://127.0.0.1:9/oauth/slack/callback"
AUTH = INTEGRATION.auth


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(load_company(today=date(2026, 11, 20)), clock=NOW.timestamp) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def our_app(slack: SlackServer, **changes: str) -> OAuthApp:
    known = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret} | changes
    return OAuthApp(
        name="slack",
        client_id=known["client_id"],
        client_secret=SecretStr(known["client_secret"]),
        api_url=slack.api_url,
        authorize_url=slack.install_url,
        token_url=f"{slack.api_url}oauth.v2.access",
    )


async def code_for(slack: SlackServer, who: str, *scopes: str) -> str:
    url = oauth.authorization_url(
        our_app(slack), AUTH, state="s1", verifier="v", redirect_uri=BACK, scopes=scopes or ("users:read",)
    )
    back = await slack.consent_as(who, url)
    return parse_qs(urlsplit(back).query)["code"][0]


async def connected(slack: SlackServer, http: httpx.AsyncClient, who: str, *scopes: str) -> Tokens:
    code = await code_for(slack, who, *scopes)
    return await oauth.exchange(our_app(slack), AUTH, code=code, verifier="v", redirect_uri=BACK, http=http, now=NOW)


async def test_the_persons_own_access_is_taken_out_of_the_answer(slack: SlackServer, http: httpx.AsyncClient):
    tokens = await connected(slack, http, "priya", "users:read", "channels:read")
    assert tokens.scopes == ("channels:read", "users:read")
    assert (tokens.refresh, tokens.expires_at) == (None, None)
    mine = INTEGRATION.client(tokens.access, Destination(api_url=slack.api_url))
    assert (await INTEGRATION.whoami(mine)).id == "T0TAMARACK:U0T4H2RB5"


async def test_a_second_consent_adds_to_the_first(slack: SlackServer, http: httpx.AsyncClient):
    await connected(slack, http, "priya", "users:read")
    tokens = await connected(slack, http, "priya", "chat:write")
    assert tokens.scopes == ("chat:write", "users:read")


async def test_access_that_runs_out_is_renewed_and_the_old_pair_dies(http: httpx.AsyncClient):
    app = SlackApp(token_rotation=True)
    async with SlackServer(load_company(today=date(2026, 11, 20)), app=app, clock=NOW.timestamp) as slack:
        first = await connected(slack, http, "priya")
        assert first.expires_at is not None
        second = await oauth.refresh(our_app(slack), first, http=http, now=NOW, auth=AUTH)
        assert second.access != first.access
        assert second.scopes == first.scopes
        with pytest.raises(AccessRevoked):
            await oauth.refresh(our_app(slack), first, http=http, now=NOW, auth=AUTH)


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"client_id": "1.2"}, Misconfigured), ({"client_secret": "no"}, Misconfigured), ({}, AccessRevoked)],
    ids=["id", "secret", "spent"],
)
async def test_slacks_refusals_name_who_acts(
    slack: SlackServer, http: httpx.AsyncClient, changes: dict[str, str], error: type[IntegrationError]
):
    code = await code_for(slack, "priya") if changes else "spent"
    with pytest.raises(error):
        await oauth.exchange(
            our_app(slack, **changes), AUTH, code=code, verifier="v", redirect_uri=BACK, http=http, now=NOW
        )


def test_an_answer_without_a_persons_part_is_a_refusal():
    answer: Mapping[str, JsonValue] = {
        "ok": True,
        "access_token": "xoxb-1",
        "token_type": "bot",
        "authed_user": {"id": "U1"},
    }
    assert persons_part(answer) == {"error": "access_denied"}


async def test_taking_it_back_ends_it_at_slack_and_doing_so_twice_is_fine(slack: SlackServer, http: httpx.AsyncClient):
    tokens = await connected(slack, http, "priya")
    await revoke(our_app(slack), tokens)
    mine = INTEGRATION.client(tokens.access, Destination(api_url=slack.api_url))
    with pytest.raises(AccessRevoked):
        await INTEGRATION.whoami(mine)
    await revoke(our_app(slack), tokens)


async def test_a_slack_that_cannot_end_it_says_so(slack: SlackServer, http: httpx.AsyncClient):
    tokens = await connected(slack, http, "priya")
    slack.faults.server_error("auth.revoke")
    with pytest.raises(ServiceUnavailable):
        await revoke(our_app(slack), tokens)
    slack.faults.fail("auth.revoke", "restricted_action")
    with pytest.raises(Refused):
        await revoke(our_app(slack), tokens)
