"""The whole way of a sign-in at the playground's GitHub: consent, code, tokens, renewal, end."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from integrations import oauth
from integrations.errors import AccessRevoked, Misconfigured, ServiceUnavailable
from integrations.github import INTEGRATION
from integrations.integration import Destination, OAuthApp, Tokens
from playground.company import load_company
from playground.github import GitHubServer

BACK = "http://127.0.0.1/oauth/github/callback"


@pytest.fixture
async def github() -> AsyncIterator[GitHubServer]:
    async with GitHubServer(load_company(today=date(2026, 11, 20))) as server:
        yield server


def registration(server: GitHubServer, secret: str | None = None) -> OAuthApp:
    return OAuthApp(
        name="github",
        client_id=server.app.client_id,
        client_secret=SecretStr(secret or server.app.client_secret),
        api_url=server.api_url,
        authorize_url=server.authorize_url,
        token_url=server.token_url,
    )


class Fields(HTMLParser):
    """The hidden fields of a page's form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        field = dict(attrs)
        if tag == "input" and field.get("type") == "hidden":
            self.found[field.get("name") or ""] = field.get("value") or ""


async def consented(server: GitHubServer, login: str, verifier: str, http: httpx.AsyncClient) -> str:
    url = oauth.authorization_url(
        registration(server), INTEGRATION.auth, state="a state", verifier=verifier, redirect_uri=BACK
    )
    fields = Fields((await http.get(url)).text).found
    answer = await http.post(server.authorize_url, data={**fields, "login": login, "answer": "authorize"})
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["state"] == ["a state"]
    return query["code"][0]


async def signed_in(server: GitHubServer, http: httpx.AsyncClient, *, verifier: str = "v" * 43) -> Tokens:
    code = await consented(server, server.world.person("ren").login, "v" * 43, http)
    return await oauth.exchange(
        registration(server),
        INTEGRATION.auth,
        code=code,
        verifier=verifier,
        redirect_uri=BACK,
        http=http,
        now=datetime.now(UTC),
    )


async def test_consent_leads_to_a_client_that_is_the_person(github: GitHubServer):
    async with httpx.AsyncClient() as http:
        tokens = await signed_in(github, http)
    ren = github.world.person("ren")
    account = await INTEGRATION.whoami(INTEGRATION.client(tokens.access, Destination(api_url=github.api_url)))
    assert (account.name, account.email) == (ren.login, ren.email)
    assert tokens.refresh is not None
    assert tokens.expires_at is not None


async def test_a_code_without_its_verifier_is_worth_nothing(github: GitHubServer):
    async with httpx.AsyncClient() as http:
        with pytest.raises(AccessRevoked):
            await signed_in(github, http, verifier="w" * 43)


async def test_renewing_rotates_and_the_old_refresh_token_is_spent(github: GitHubServer):
    app = registration(github)
    async with httpx.AsyncClient() as http:
        first = await signed_in(github, http)
        second = await oauth.refresh(app, first, http=http, now=datetime.now(UTC))
        assert second.refresh != first.refresh
        with pytest.raises(AccessRevoked):
            await oauth.refresh(app, first, http=http, now=datetime.now(UTC))


async def test_a_wrong_secret_is_the_operators_to_mend(github: GitHubServer):
    wrong = registration(github, "not the secret")
    async with httpx.AsyncClient() as http:
        tokens = await signed_in(github, http)
        with pytest.raises(Misconfigured, match="GITHUB_CLIENT_SECRET"):
            await oauth.refresh(wrong, tokens, http=http, now=datetime.now(UTC))
    assert INTEGRATION.revoke is not None
    with pytest.raises(Misconfigured, match="GITHUB_CLIENT_SECRET"):
        await INTEGRATION.revoke(wrong, tokens)


@pytest.mark.parametrize("expired", [False, True], ids=["living", "expired"])
async def test_disconnecting_ends_everything_also_after_the_access_ran_out(github: GitHubServer, expired: bool):  # noqa: FBT001 (a parameter set)
    async with httpx.AsyncClient() as http:
        tokens = await signed_in(github, http)
        if expired:
            github.expire("ren")
        assert INTEGRATION.revoke is not None
        await INTEGRATION.revoke(registration(github), tokens)
        with pytest.raises(AccessRevoked):
            await oauth.refresh(registration(github), tokens, http=http, now=datetime.now(UTC))
    assert github.sessions("ren") == ()
    await INTEGRATION.revoke(registration(github), tokens)


async def test_disconnecting_while_github_is_down_says_so_without_the_token(github: GitHubServer):
    github.fault("DELETE", "*/grant", status=503)
    assert INTEGRATION.revoke is not None
    with pytest.raises(ServiceUnavailable) as caught:
        await INTEGRATION.revoke(registration(github), Tokens(access=SecretStr("canary")))
    assert "canary" not in repr(caught.value)
    github.fault("DELETE", "*/grant", drop=True)
    with pytest.raises(ServiceUnavailable) as dropped:
        await INTEGRATION.revoke(registration(github), Tokens(access=SecretStr("canary")))
    assert dropped.value.__cause__ is None


async def test_disconnecting_what_ended_at_github_is_no_error(github: GitHubServer):
    given = github.sign_in("ren")
    github.revoke("ren")
    tokens = Tokens(access=SecretStr(given["access_token"]), refresh=SecretStr(given["refresh_token"]))
    assert INTEGRATION.revoke is not None
    await INTEGRATION.revoke(registration(github), tokens)
