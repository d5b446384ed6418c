"""Signing in and renewing, against a vendor that answers as RFC 6749 and GitHub do."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from integrations import oauth
from integrations.errors import AccessRevoked, IntegrationError, Misconfigured, Refused, ServiceUnavailable
from integrations.integration import OAuth2, OAuthApp, Tokens

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
APP = OAuthApp(
    name="github",
    client_id="Iv1.abc",
    client_secret=SecretStr("canary-secret"),
    api_url="https://api.vendor.example",
    authorize_url="https://vendor.example/authorize?audience=api",
    token_url="https://vendor.example/token",
    revoke_url="https://vendor.example/revoke",
)
AUTH = OAuth2(authorize_url=APP.authorize_url, token_url=APP.token_url, scopes=("read", "write"))
OLD = Tokens(
    access=SecretStr("canary-old-access"),
    refresh=SecretStr("canary-old-refresh"),
    refresh_expires_at=NOW + timedelta(days=90),
    scopes=("read",),
)
GOOD = {"access_token": "canary-access", "token_type": "bearer", "expires_in": 28_800, "scope": "read,write"}

Answer = Callable[[httpx.Request], httpx.Response]


def vendor(answer: httpx.Response | Answer) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer if callable(answer) else lambda _: answer))


async def exchanged(answer: httpx.Response | Answer, auth: OAuth2 = AUTH) -> Tokens:
    async with vendor(answer) as http:
        return await oauth.exchange(
            APP,
            auth,
            code="canary-code",
            verifier="canary-verifier",
            redirect_uri="https://p.example/cb",
            http=http,
            now=NOW,
        )


async def refreshed(answer: httpx.Response | Answer, tokens: Tokens = OLD) -> Tokens:
    async with vendor(answer) as http:
        return await oauth.refresh(APP, tokens, http=http, now=NOW)


def test_the_challenge_is_that_of_the_rfc():
    # RFC 7636, appendix B.
    assert (
        oauth.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


@settings(derandomize=True, max_examples=50)
@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_in_state_and_address_arrives_unchanged(state: str, redirect_uri: str):
    url = oauth.authorization_url(APP, AUTH, state=state, verifier="v" * 43, redirect_uri=redirect_uri)
    query = parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert query["state"] == [state]
    assert query["redirect_uri"] == [redirect_uri]
    assert query["audience"] == ["api"]


def test_consent_is_asked_for_with_scopes_and_a_hashed_verifier():
    url = oauth.authorization_url(
        APP,
        replace(AUTH, authorize_params=(("prompt", "consent"),)),
        state="s",
        verifier="v" * 43,
        redirect_uri="https://p.example/cb",
    )
    query = parse_qs(urlsplit(url).query)
    assert query["response_type"] == ["code"]
    assert query["scope"] == ["read write"]
    assert query["prompt"] == ["consent"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["code_challenge"] == [oauth.challenge("v" * 43)]
    assert "v" * 43 not in url
    assert "canary-secret" not in url


def test_a_vendor_without_pkce_and_scopes_gets_neither():
    auth = replace(AUTH, pkce=False, scopes=())
    url = oauth.authorization_url(APP, auth, state="s", verifier="v", redirect_uri="https://p.example/cb")
    assert not {"scope", "code_challenge", "code_challenge_method"} & parse_qs(urlsplit(url).query).keys()


async def test_a_code_becomes_tokens_that_know_when_they_end():
    tokens = await exchanged(
        httpx.Response(200, json={**GOOD, "refresh_token": "canary-refresh", "refresh_token_expires_in": 60})
    )
    assert tokens == Tokens(
        access=SecretStr("canary-access"),
        refresh=SecretStr("canary-refresh"),
        expires_at=NOW + timedelta(hours=8),
        refresh_expires_at=NOW + timedelta(minutes=1),
        scopes=("read", "write"),
    )


async def test_a_code_is_sent_with_its_verifier_as_the_client():
    seen: list[dict[str, list[str]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(parse_qs(request.content.decode()))
        return httpx.Response(200, json=GOOD)

    await exchanged(answer)
    await exchanged(answer, replace(AUTH, pkce=False))
    assert seen[0]["code"] == ["canary-code"]
    assert seen[0]["code_verifier"] == ["canary-verifier"]
    assert seen[0]["client_secret"] == ["canary-secret"]
    assert "code_verifier" not in seen[1]


async def test_tokens_that_never_end_say_so():
    tokens = await exchanged(httpx.Response(200, json={"access_token": "a", "token_type": "Bearer", "scope": ""}))
    assert tokens == Tokens(access=SecretStr("a"))


async def test_a_rotated_refresh_token_replaces_the_old_one():
    tokens = await refreshed(httpx.Response(200, json={**GOOD, "refresh_token": "canary-new"}))
    assert tokens.refresh == SecretStr("canary-new")
    assert tokens.refresh_expires_at is None


async def test_a_refresh_token_that_is_not_rotated_stays():
    tokens = await refreshed(httpx.Response(200, json={"access_token": "a", "token_type": "bearer"}))
    assert tokens.refresh == OLD.refresh
    assert tokens.refresh_expires_at == OLD.refresh_expires_at
    assert tokens.scopes == OLD.scopes


async def test_without_a_refresh_token_the_person_connects_again():
    with pytest.raises(AccessRevoked):
        await refreshed(httpx.Response(200, json=GOOD), replace(OLD, refresh=None))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("invalid_grant", AccessRevoked),
        ("bad_verification_code", AccessRevoked),
        ("bad_refresh_token", AccessRevoked),
        ("invalid_client", Misconfigured),
        ("incorrect_client_credentials", Misconfigured),
        ("redirect_uri_mismatch", Misconfigured),
        ("unverified_user_email", Refused),
        ("temporarily_unavailable", ServiceUnavailable),
        ("invalid_scope", Refused),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
async def test_an_error_code_says_who_acts_whatever_the_status(code: str, kind: type[IntegrationError], status: int):
    with pytest.raises(kind):
        await exchanged(httpx.Response(status, json={"error": code, "error_description": "x"}))


async def test_a_wrong_secret_names_the_settings():
    with pytest.raises(Misconfigured, match="GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET"):
        await exchanged(httpx.Response(200, json={"error": "incorrect_client_credentials"}))
    with pytest.raises(Misconfigured, match="its client id"):
        raise oauth.refusal(replace(APP, name=""), "invalid_client")


async def test_a_bare_401_is_a_wrong_client():
    with pytest.raises(Misconfigured):
        await exchanged(httpx.Response(401, text="no"))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json=GOOD),
        httpx.Response(429, json={"error": "invalid_grant"}),
        httpx.Response(302, headers={"location": "https://elsewhere.example"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[1]),
        httpx.Response(200, json={**GOOD, "access_token": ""}),
        httpx.Response(200, json={**GOOD, "token_type": "mac"}),
        httpx.Response(200, json={**GOOD, "token_type": 7}),
    ],
)
async def test_an_answer_without_a_usable_token_is_a_vendor_that_is_down(answer: httpx.Response):
    with pytest.raises(ServiceUnavailable) as caught:
        await exchanged(answer)
    assert "canary" not in everything_said(caught.value)


async def test_a_broken_line_names_the_host_and_no_secret():
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(ServiceUnavailable, match=r"at vendor\.example is") as caught:
        await refreshed(broken)
    assert "canary" not in everything_said(caught.value)
    assert caught.value.__cause__ is None


async def test_an_error_code_that_is_no_code_is_not_repeated():
    with pytest.raises(Refused) as caught:
        await exchanged(httpx.Response(400, json={"error": "<!channel> canary"}))
    assert "channel" not in str(caught.value)


async def test_access_is_ended_by_its_refresh_token():
    seen: list[dict[str, list[str]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(parse_qs(request.content.decode()))
        return httpx.Response(200)

    async with vendor(answer) as http:
        await oauth.revoke(APP, OLD, http=http)
        await oauth.revoke(APP, replace(OLD, refresh=None), http=http)
    assert [form["token"] for form in seen] == [["canary-old-refresh"], ["canary-old-access"]]


async def test_ending_what_is_over_is_no_error():
    async with vendor(httpx.Response(400, json={"error": "invalid_token"})) as http:
        await oauth.revoke(APP, OLD, http=http)


async def test_ending_access_says_what_is_wrong():
    async with vendor(httpx.Response(400, json={"error": "invalid_client"})) as http:
        with pytest.raises(Misconfigured):
            await oauth.revoke(APP, OLD, http=http)
    async with vendor(httpx.Response(403)) as http:
        with pytest.raises(Refused, match="HTTP 403"):
            await oauth.revoke(APP, OLD, http=http)
        with pytest.raises(Misconfigured, match="GITHUB_REVOKE_URL"):
            await oauth.revoke(replace(APP, revoke_url=None), OLD, http=http)


def test_no_token_is_in_a_repr():
    assert "canary" not in repr(APP) + repr(OLD)


def everything_said(error: BaseException) -> str:
    return json.dumps([str(error), repr(error), repr(error.args), repr(error.__cause__)])


# What vendors do in ways of their own.


def test_a_visit_asks_for_what_every_visit_asks_and_what_this_one_is_for():
    asked = oauth.authorization_url(
        APP, AUTH, state="s", verifier="v" * 43, redirect_uri="https://p.example/cb", scopes=("write", "send")
    )
    assert parse_qs(urlsplit(asked).query)["scope"] == ["read write send"]


def test_a_vendor_may_call_the_scope_otherwise():
    slack = replace(AUTH, scope_parameter="user_scope")
    asked = oauth.authorization_url(APP, slack, state="s", verifier="v" * 43, redirect_uri="https://p.example/cb")
    query = parse_qs(urlsplit(asked).query)
    assert (query["user_scope"], "scope" in query) == (["read write"], False)


async def test_a_vendor_may_want_json():
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=GOOD)

    await exchanged(answer, replace(AUTH, token_as_json=True))
    assert seen[0].headers["content-type"] == "application/json"
    assert json.loads(seen[0].content)["code"] == "canary-code"


async def test_a_vendor_may_wrap_its_answer():
    wrapped = httpx.Response(200, json={"ok": True, "person": GOOD})
    unwrapped = replace(AUTH, read_answer=lambda answer: answer["person"])  # type: ignore[arg-type, return-value]
    assert (await exchanged(wrapped, unwrapped)).access.get_secret_value() == "canary-access"


async def test_a_vendor_may_say_in_its_own_way_that_a_refresh_token_is_over():
    answer = httpx.Response(403, json={"error": "unauthorized_client", "error_description": "refresh_token is invalid"})
    async with vendor(answer) as http:
        with pytest.raises(Misconfigured):
            await oauth.refresh(APP, OLD, http=http, now=NOW)
        own = replace(AUTH, refresh_ended=("unauthorized_client",))
        with pytest.raises(AccessRevoked):
            await oauth.refresh(APP, OLD, http=http, now=NOW, auth=own)
