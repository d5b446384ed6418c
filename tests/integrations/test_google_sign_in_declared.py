"""Signing in at Google: what is asked for, whose account it is, and how the access ends."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr

from integrations import oauth
from integrations.errors import AccessRevoked, ServiceUnavailable
from integrations.google import INTEGRATION, revoke
from integrations.google.client import Google
from integrations.integration import Account, Destination, OAuthApp, Tokens
from playground.company import load_company
from playground.google import GoogleServer

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with GoogleServer(load_company(today=date(2026, 11, 20))) as server:
        yield server


def app(google: GoogleServer) -> OAuthApp:
    return OAuthApp(
        name="google",
        client_id=google.app.client_id,
        client_secret=SecretStr(google.app.client_secret),
        api_url=google.api_url,
        authorize_url=google.authorize_url,
        token_url=google.token_url,
        revoke_url=google.revoke_url,
    )


def signed_in(google: GoogleServer, handle: str) -> Tokens:
    given = google.sign_in(handle)
    return Tokens(access=SecretStr(given["access_token"]), refresh=SecretStr(given["refresh_token"]))


def client(google: GoogleServer, tokens: Tokens) -> Google:
    return Google(tokens.access, Destination(api_url=google.api_url, endpoints={"userinfo_url": google.userinfo_url}))


def test_google_is_asked_for_lasting_access_that_grows():
    declared = OAuthApp(
        client_id="id",
        client_secret=SecretStr("secret"),
        api_url=INTEGRATION.api_url,
        authorize_url=INTEGRATION.auth.authorize_url,
        token_url=INTEGRATION.auth.token_url,
    )
    url = oauth.authorization_url(
        declared, INTEGRATION.auth, state="s", verifier="v" * 43, redirect_uri="https://pinyon.example/back"
    )
    query = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    assert (query["access_type"], query["prompt"], query["include_granted_scopes"]) == ("offline", "consent", "true")
    assert query["code_challenge_method"] == "S256"
    assert {"openid", "email", "profile"} <= set(query["scope"].split())


async def test_the_account_is_known_by_its_lasting_id_and_its_checked_address(google: GoogleServer):
    account = await INTEGRATION.whoami(client(google, signed_in(google, "priya")))
    assert isinstance(account, Account)
    assert (account.name, account.email) == ("priya@tamarack.example", "priya@tamarack.example")
    assert account.id.isdecimal()


async def test_an_address_that_google_did_not_check_is_not_taken():
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"sub": "7", "email": "boss@tamarack.example", "email_verified": False})

    site = web.Application()
    site.router.add_get("/userinfo", answer)
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    to = Destination(api_url=f"http://{host}:{port}", endpoints={"userinfo_url": f"http://{host}:{port}/userinfo"})
    account = await Google(SecretStr("token"), to).whoami()
    await runner.cleanup()
    assert account == Account(id="7", name="7", email=None)


async def test_after_disconnecting_neither_token_works(google: GoogleServer):
    tokens = signed_in(google, "priya")
    await revoke(app(google), tokens)
    with pytest.raises(AccessRevoked):
        await client(google, tokens).whoami()
    async with httpx.AsyncClient() as http:
        with pytest.raises(AccessRevoked):
            await oauth.refresh(app(google), tokens, http=http, now=NOW)


async def test_disconnecting_what_is_over_already_is_no_error(google: GoogleServer):
    tokens = signed_in(google, "priya")
    google.revoke("priya")
    await revoke(app(google), tokens)


async def test_a_google_that_does_not_answer_keeps_the_access_for_another_try(google: GoogleServer):
    google.fault("POST", "/revoke", status=503)
    with pytest.raises(ServiceUnavailable):
        await revoke(app(google), signed_in(google, "priya"))
