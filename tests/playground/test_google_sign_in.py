"""Signing in to the playground's Google: the web server flow, step by step."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.company import load_company
from playground.google import GoogleServer
from playground.google.errors import Refusal
from playground.google.fields import masked
from playground.google.scopes import API, CALENDAR, DRIVE_READ, EMAIL, MAIL_MODIFY, MAIL_READ, OPENID, PROFILE, WORDS
from playground.google.tokens import App
from playground.oauth import challenge
from tests.playground.google_schemas import google_schemas

BACK = "http://127.0.0.1:8123/connect/google/callback"
VERIFIER = "v" * 64
MAIL_AND_FILES = f"openid email profile {MAIL_READ} {DRIVE_READ}"


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
async def google(clock: Clock) -> AsyncIterator[GoogleServer]:
    async with GoogleServer(load_company(today=date(2026, 11, 20)), clock=clock) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def asked(google: GoogleServer, **changed: str) -> dict[str, str]:
    """What an app sends a browser to the authorize page with."""
    return {
        "client_id": google.app.client_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": MAIL_AND_FILES,
        "access_type": "offline",
        "include_granted_scopes": "true",
        "state": "st4te",
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
        **changed,
    }


async def answered(
    google: GoogleServer,
    http: httpx.AsyncClient,
    *,
    granted: list[str] | None = None,
    answer: str = "allow",
    account: str = "priya@tamarack.example",
    **changed: str,
) -> dict[str, str]:
    """Answer the consent page, with every scope ticked unless told; the parameters of the way back."""
    form = asked(google, **changed)
    ticked = form["scope"].split() if granted is None else granted
    told: dict[str, Any] = {**form, "granted": ticked, "answer": answer, "account": account}
    return went_back(await http.post(google.authorize_url, data=told))


def went_back(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 302, response.text
    return {key: value[0] for key, value in parse_qs(urlsplit(response.headers["Location"]).query).items()}


async def tokens(google: GoogleServer, http: httpx.AsyncClient, **form: str) -> httpx.Response:
    sent = {"client_id": google.app.client_id, "client_secret": google.app.client_secret, **form}
    return await http.post(google.token_url, data=sent)


async def exchanged(google: GoogleServer, http: httpx.AsyncClient, code: str, **changed: str) -> httpx.Response:
    grant = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}
    return await tokens(google, http, code=code, **{**grant, **changed})


async def connected(google: GoogleServer, http: httpx.AsyncClient, **changed: Any) -> dict[str, Any]:
    """What the token endpoint gives after a consent."""
    back = await answered(google, http, **changed)
    given: dict[str, Any] = (await exchanged(google, http, back["code"])).json()
    return given


def bearer(access: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {access}"}


async def profile(google: GoogleServer, http: httpx.AsyncClient, access: str) -> httpx.Response:
    return await http.get(f"{google.api_url}/gmail/v1/users/me/profile", headers=bearer(access))


async def test_a_consent_leads_to_tokens_that_act_as_the_account(google: GoogleServer, http: httpx.AsyncClient) -> None:
    back = await answered(google, http)
    assert back["state"] == "st4te"

    given = (await exchanged(google, http, back["code"])).json()

    assert given["access_token"].startswith("ya29.")
    assert given["refresh_token"].startswith("1//")
    assert (given["expires_in"], given["token_type"]) == (3599, "Bearer")
    assert set(given["scope"].split()) == {OPENID, EMAIL, PROFILE, MAIL_READ, DRIVE_READ}
    assert (await profile(google, http, given["access_token"])).json()["emailAddress"] == "priya@tamarack.example"


async def test_userinfo_says_who_the_token_belongs_to(google: GoogleServer, http: httpx.AsyncClient) -> None:
    given = await connected(google, http)

    told = (await http.get(google.userinfo_url, headers=bearer(given["access_token"]))).json()

    assert told["sub"].isdecimal()
    assert (told["email"], told["email_verified"]) == ("priya@tamarack.example", True)
    assert told["name"] == "Priya Raghunathan"
    assert google.calls[-1].login == "priya@tamarack.example"


async def test_userinfo_refuses_a_token_that_is_none(google: GoogleServer, http: httpx.AsyncClient) -> None:
    response = await http.get(google.userinfo_url, headers=bearer("ya29.nonsense"))

    assert response.status_code == 401


async def test_the_consent_page_lists_every_scope_ticked_and_the_acting_person(
    google: GoogleServer, http: httpx.AsyncClient
) -> None:
    http.cookies.set("playground_as", "sione")

    page = await http.get(google.authorize_url, params=asked(google))

    assert 'value="sione@tamarack.example" selected' in page.text
    assert page.text.count('type="checkbox" name="granted"') == 2
    assert page.text.count(" checked>") == 2
    assert "View your email messages and settings" in page.text
    assert "127.0.0.1:8123" in page.text


async def test_only_people_of_the_companys_domain_have_an_account(
    google: GoogleServer, http: httpx.AsyncClient
) -> None:
    page = await http.get(google.authorize_url, params=asked(google))

    assert page.text.count("<option ") == 14
    assert "harriet" not in page.text


async def test_a_scope_that_stays_unticked_is_not_given(google: GoogleServer, http: httpx.AsyncClient) -> None:
    given = await connected(google, http, granted=[DRIVE_READ])

    assert DRIVE_READ in given["scope"].split()
    assert MAIL_READ not in given["scope"].split()
    refused = await profile(google, http, given["access_token"])
    error = refused.json()["error"]
    assert (refused.status_code, error["status"]) == (403, "PERMISSION_DENIED")
    assert error["errors"][0]["reason"] == "insufficientPermissions"
    assert error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


async def test_a_scope_that_was_not_asked_for_cannot_be_ticked(google: GoogleServer, http: httpx.AsyncClient) -> None:
    given = await connected(google, http, granted=[MAIL_READ, CALENDAR])

    assert CALENDAR not in given["scope"].split()


async def test_who_unticks_all_and_signs_in_for_nothing_else_has_denied(
    google: GoogleServer, http: httpx.AsyncClient
) -> None:
    back = await answered(google, http, granted=[], scope=MAIL_READ)

    assert back == {"error": "access_denied", "state": "st4te"}


async def test_cancel_goes_back_without_a_code(google: GoogleServer, http: httpx.AsyncClient) -> None:
    assert await answered(google, http, answer="cancel") == {"error": "access_denied", "state": "st4te"}


async def test_what_was_granted_before_is_united_when_the_app_wants_it(
    google: GoogleServer, http: httpx.AsyncClient
) -> None:
    await connected(google, http, scope=f"openid {MAIL_READ}")

    both = await connected(google, http, scope=f"openid {DRIVE_READ}")
    alone = await connected(google, http, scope=f"openid {DRIVE_READ}", include_granted_scopes="false")

    assert set(both["scope"].split()) == {OPENID, MAIL_READ, DRIVE_READ}
    assert set(alone["scope"].split()) == {OPENID, DRIVE_READ}
    assert google.granted("priya") == {OPENID, MAIL_READ, DRIVE_READ}


async def test_a_refresh_token_comes_only_when_the_person_was_asked(
    google: GoogleServer, http: httpx.AsyncClient
) -> None:
    first = await connected(google, http)
    again = await connected(google, http, prompt="select_account")
    insisted = await connected(google, http, prompt="select_account consent")
    online = await connected(google, http, prompt="consent", access_type="online")

    assert "refresh_token" in first
    assert "refresh_token" not in again
    assert "refresh_token" in insisted
    assert "refresh_token" not in online


async def test_who_allowed_all_of_it_before_is_not_asked_again(google: GoogleServer, http: httpx.AsyncClient) -> None:
    await connected(google, http)

    back = went_back(await http.get(google.authorize_url, params=asked(google, login_hint="priya@tamarack.example")))

    assert "code" in back
    page = await http.get(google.authorize_url, params=asked(google, prompt="consent"))
    assert page.status_code == 200


async def test_a_page_that_must_not_be_shown_is_an_error_for_the_app(
    google: GoogleServer, http: httpx.AsyncClient
) -> None:
    back = went_back(await http.get(google.authorize_url, params=asked(google, prompt="none")))

    assert back["error"] == "interaction_required"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"redirect_uri": "https://elsewhere.example/"}, "redirect_uri_mismatch"),
        ({"scope": f"openid {API}gmail.everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
async def test_what_google_cannot_put_to_a_person_ends_on_a_page_of_its_own(
    google: GoogleServer, http: httpx.AsyncClient, changed: dict[str, str], said: str
) -> None:
    shown = await http.get(google.authorize_url, params=asked(google, **changed))
    posted = await http.post(google.authorize_url, data={**asked(google, **changed), "answer": "allow"})

    assert said in shown.text
    assert said in posted.text
    assert shown.status_code in (400, 401)


async def test_a_code_works_once(google: GoogleServer, http: httpx.AsyncClient) -> None:
    code = (await answered(google, http))["code"]

    await exchanged(google, http, code)
    again = await exchanged(google, http, code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changed", "error", "status"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant", 400),
        ({"code_verifier": ""}, "invalid_grant", 400),
        ({"redirect_uri": f"{BACK}/other"}, "redirect_uri_mismatch", 400),
        ({"client_secret": "guess"}, "invalid_client", 401),
        ({"grant_type": "password"}, "unsupported_grant_type", 400),
    ],
)
async def test_a_wrong_exchange_says_what_is_wrong(
    google: GoogleServer, http: httpx.AsyncClient, changed: dict[str, str], error: str, status: int
) -> None:
    code = (await answered(google, http))["code"]

    response = await exchanged(google, http, code, **changed)

    assert (response.status_code, response.json()["error"]) == (status, error)


async def test_an_old_code_is_refused(google: GoogleServer, http: httpx.AsyncClient, clock: Clock) -> None:
    code = (await answered(google, http))["code"]
    clock.pass_by(timedelta(minutes=11))

    assert (await exchanged(google, http, code)).json()["error"] == "invalid_grant"


async def test_a_refresh_token_stays_the_same_and_works_again_and_again(
    google: GoogleServer, http: httpx.AsyncClient, clock: Clock
) -> None:
    given = await connected(google, http)
    clock.pass_by(timedelta(hours=2))
    assert (await profile(google, http, given["access_token"])).status_code == 401

    for _ in range(2):
        fresh = (await tokens(google, http, grant_type="refresh_token", refresh_token=given["refresh_token"])).json()
        assert "refresh_token" not in fresh
        assert fresh["scope"] == given["scope"]
        assert (await profile(google, http, fresh["access_token"])).status_code == 200


async def test_letting_tokens_expire_leaves_the_refresh_token(google: GoogleServer, http: httpx.AsyncClient) -> None:
    given = google.sign_in("priya")

    google.expire("priya")

    assert (await profile(google, http, given["access_token"])).status_code == 401
    fresh = await tokens(google, http, grant_type="refresh_token", refresh_token=given["refresh_token"])
    assert fresh.status_code == 200


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_revoking_either_token_kills_all_of_that_person(
    google: GoogleServer, http: httpx.AsyncClient, which: str
) -> None:
    given, other, ren = google.sign_in("priya"), google.sign_in("priya"), google.sign_in("ren")

    response = await http.post(google.revoke_url, data={"token": given[which]})

    assert response.status_code == 200
    assert (await profile(google, http, other["access_token"])).status_code == 401
    denied = await tokens(google, http, grant_type="refresh_token", refresh_token=other["refresh_token"])
    assert denied.json() == {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    assert google.granted("priya") == frozenset()
    assert (await profile(google, http, ren["access_token"])).status_code == 200


async def test_revoking_what_is_no_token_is_refused(google: GoogleServer, http: httpx.AsyncClient) -> None:
    response = await http.post(google.revoke_url, data={"token": "nonsense"})

    assert (response.status_code, response.json()["error"]) == (400, "invalid_token")


async def test_taking_the_app_away_kills_the_sign_in(google: GoogleServer, http: httpx.AsyncClient) -> None:
    given = google.sign_in("priya")

    google.revoke("priya@tamarack.example")

    refused = await profile(google, http, given["access_token"])
    assert (refused.status_code, refused.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


async def test_without_a_token_nothing_is_answered(google: GoogleServer, http: httpx.AsyncClient) -> None:
    response = await http.get(f"{google.api_url}/gmail/v1/users/me/profile")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_guests_have_no_account() -> None:
    with pytest.raises(KeyError, match="harriet"):
        GoogleServer(load_company(today=date(2026, 11, 20))).sign_in("harriet")


async def test_a_sign_in_without_a_browser_can_be_limited(google: GoogleServer, http: httpx.AsyncClient) -> None:
    given = google.sign_in("priya", scopes=["openid", "email", CALENDAR])

    assert (await profile(google, http, given["access_token"])).status_code == 403


def test_secrets_stand_in_no_repr(clock: Clock) -> None:
    google = GoogleServer(load_company(today=date(2026, 11, 20)), clock=clock)
    given = google.tokens.open(google.accounts.person("priya"), frozenset({MAIL_MODIFY}))

    told = f"{given!r} {google.app!r}"

    assert given.refresh is not None
    for secret in (given.access.token, given.refresh.token, google.app.client_secret):
        assert secret not in told


@pytest.mark.parametrize(
    ("status", "retry_after", "told"),
    [
        (429, 7, (429, "rateLimitExceeded")),
        (403, 7, (403, "userRateLimitExceeded")),
        (403, None, (403, "insufficientPermissions")),
        (401, None, (401, "authError")),
        (404, None, (404, "notFound")),
        (412, None, (412, "failed")),
        (503, None, (503, "backendError")),
    ],
)
async def test_faults_speak_as_google_does(
    google: GoogleServer,
    http: httpx.AsyncClient,
    status: int,
    retry_after: int | None,
    told: tuple[int, str],
) -> None:
    access = google.sign_in("priya")["access_token"]
    google.fault("GET", "/gmail/v1/*/profile", status=status, retry_after=retry_after)

    refused = await profile(google, http, access)
    after = await profile(google, http, access)

    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == told
    assert refused.headers.get("Retry-After") == (None if retry_after is None else str(retry_after))
    assert after.status_code == 200


@pytest.mark.parametrize(("status", "error"), [(503, "internal_failure"), (400, "invalid_grant")])
async def test_the_token_endpoint_can_fail_too(
    google: GoogleServer, http: httpx.AsyncClient, status: int, error: str
) -> None:
    given = google.sign_in("priya")
    google.fault("POST", "/token", status=status)

    failed = await tokens(google, http, grant_type="refresh_token", refresh_token=given["refresh_token"])

    assert (failed.status_code, failed.json()["error"]) == (status, error)
    assert [(call.path, call.status) for call in google.calls] == [("/token", status)]


async def test_an_address_that_no_api_has_is_not_found(google: GoogleServer, http: httpx.AsyncClient) -> None:
    response = await http.get(f"{google.api_url}/gmail/v1/users/me/nothing")

    assert (response.status_code, response.json()["error"]["status"]) == (404, "NOT_FOUND")


def test_every_scope_that_apis_need_is_one_of_googles_own() -> None:
    known = {
        *google_schemas("gmail.v1").document["auth"]["oauth2"]["scopes"],
        *google_schemas("drive.v3").document["auth"]["oauth2"]["scopes"],
        *google_schemas("calendar.v3").document["auth"]["oauth2"]["scopes"],
    }
    assert set(WORDS) <= known


def test_a_mask_leaves_what_it_names() -> None:
    body = {"files": [{"id": "1", "name": "a", "owners": [{"me": True, "name": "x"}]}], "kind": "k", "next": "t"}

    assert masked(body, "files(id,owners/name),next") == {
        "files": [{"id": "1", "owners": [{"name": "x"}]}],
        "next": "t",
    }
    assert masked(body, "*") == masked(body, "") == body


@settings(max_examples=40)
@given(st.text(alphabet="ab,/()* ", max_size=12))
def test_any_mask_is_read_or_refused(fields: str) -> None:
    body = {"a": [{"b": 1}], "b": {"a": 2}}
    try:
        left = str(masked(body, fields))
    except Refusal:
        return

    assert len(left) <= len(str(body))


@settings(max_examples=60)
@given(st.text(max_size=30))
def test_only_the_registered_addresses_are_led_back_to(tail: str) -> None:
    app = App(name="x", client_id="x", client_secret="y", redirects=("https://pinyon.example/oauth",))

    assert not app.accepts(f"https://pinyon.example.evil/{tail}".replace("\\", ""))
    assert app.accepts("https://pinyon.example/oauth/google/callback")
