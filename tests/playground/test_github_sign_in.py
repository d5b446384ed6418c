"""Signing in to the playground's GitHub: the web flow of a GitHub App, step by step."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.company import load_company
from playground.github import GitHubServer
from playground.github.tokens import App
from playground.oauth import challenge

BACK = "http://127.0.0.1:8123/connect/github/callback"
VERIFIER = "v" * 64


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
async def github(clock: Clock) -> AsyncIterator[GitHubServer]:
    async with GitHubServer(load_company(today=date(2026, 11, 20)), clock=clock) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def asked(github: GitHubServer, **changed: str) -> dict[str, str]:
    """What an app sends a browser to the authorize page with."""
    return {
        "client_id": github.app.client_id,
        "redirect_uri": BACK,
        "state": "st4te",
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
        **changed,
    }


async def answered(github: GitHubServer, http: httpx.AsyncClient, **form: str) -> dict[str, str]:
    """Answer the consent page; the parameters with which the browser goes back."""
    response = await http.post(github.authorize_url, data={**asked(github), **form})
    assert response.status_code == 302, response.text
    return {key: value[0] for key, value in parse_qs(urlsplit(response.headers["Location"]).query).items()}


async def code(github: GitHubServer, http: httpx.AsyncClient, login: str = "ren-k") -> str:
    return (await answered(github, http, login=login, answer="authorize"))["code"]


async def tokens(github: GitHubServer, http: httpx.AsyncClient, **form: str) -> dict[str, str]:
    """What the token endpoint answers."""
    sent = {"client_id": github.app.client_id, "client_secret": github.app.client_secret, **form}
    response = await http.post(github.token_url, data=sent, headers={"Accept": "application/json"})
    assert response.status_code == 200
    found: dict[str, str] = response.json()
    return found


async def exchanged(github: GitHubServer, http: httpx.AsyncClient, **form: str) -> dict[str, str]:
    grant = {"code": await code(github, http), "redirect_uri": BACK, "code_verifier": VERIFIER}
    return await tokens(github, http, **{**grant, **form})


async def status(github: GitHubServer, http: httpx.AsyncClient, access: str) -> int:
    response = await http.get(f"{github.api_url}/user", headers={"Authorization": f"Bearer {access}"})
    return response.status_code


async def test_a_consent_leads_to_tokens_that_act_as_the_account(github: GitHubServer, http: httpx.AsyncClient) -> None:
    back = await answered(github, http, login="ren-k", answer="authorize")
    assert back["state"] == "st4te"

    given = await tokens(github, http, code=back["code"], redirect_uri=BACK, code_verifier=VERIFIER)

    assert given["access_token"].startswith("ghu_")
    assert given["refresh_token"].startswith("ghr_")
    assert (given["expires_in"], given["refresh_token_expires_in"]) == (28_800, 15_897_600)
    assert (given["token_type"], given["scope"]) == ("bearer", "")
    me = await http.get(f"{github.api_url}/user", headers={"Authorization": f"Bearer {given['access_token']}"})
    assert me.json()["login"] == "ren-k"


async def test_the_consent_page_names_the_app_the_account_and_the_way_back(
    github: GitHubServer, http: httpx.AsyncClient
) -> None:
    page = await http.get(github.authorize_url, params=asked(github, login="cbeaumont"))

    assert page.status_code == 200
    for text in ("Authorize Pinyon", "cbeaumont", "Camille Beaumont", "127.0.0.1:8123"):
        assert text in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


async def test_the_consent_page_remembers_the_account_used_last(github: GitHubServer, http: httpx.AsyncClient) -> None:
    await code(github, http, "cbeaumont")

    page = await http.get(github.authorize_url, params=asked(github))

    assert '<option value="cbeaumont" selected>' in page.text


async def test_an_unknown_account_in_the_link_leaves_the_choice(github: GitHubServer, http: httpx.AsyncClient) -> None:
    page = await http.get(github.authorize_url, params=asked(github, login="nobody-here"))

    assert '<select name="login">' in page.text
    assert 'type="hidden" name="login"' not in page.text


async def test_another_page_of_the_playground_may_choose_the_account(
    github: GitHubServer, http: httpx.AsyncClient
) -> None:
    page = await http.get(github.authorize_url, params=asked(github), headers={"Cookie": "playground_account=nadia"})

    assert '<option value="npetrenko" selected>' in page.text


async def test_a_cancelled_consent_goes_back_without_a_code(github: GitHubServer, http: httpx.AsyncClient) -> None:
    back = await answered(github, http, login="ren-k", answer="cancel")

    assert (back["error"], back["state"]) == ("access_denied", "st4te")
    assert "code" not in back


async def test_a_code_works_once(github: GitHubServer, http: httpx.AsyncClient) -> None:
    grant = {"code": await code(github, http), "code_verifier": VERIFIER}

    assert "access_token" in await tokens(github, http, **grant)
    assert (await tokens(github, http, **grant))["error"] == "bad_verification_code"


async def test_a_code_is_worth_nothing_after_ten_minutes(
    github: GitHubServer, http: httpx.AsyncClient, clock: Clock
) -> None:
    old = await code(github, http)
    clock.pass_by(timedelta(minutes=10))

    assert (await tokens(github, http, code=old, code_verifier=VERIFIER))["error"] == "bad_verification_code"


@pytest.mark.parametrize("verifier", ["", "w" * 64])
async def test_a_stolen_code_is_worth_nothing_without_its_verifier(
    github: GitHubServer, http: httpx.AsyncClient, verifier: str
) -> None:
    assert (await exchanged(github, http, code_verifier=verifier))["error"] == "bad_verification_code"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "wrong"}, "incorrect_client_credentials"),
        ({"client_id": "wrong"}, "incorrect_client_credentials"),
        ({"code": "unknown"}, "bad_verification_code"),
        ({"redirect_uri": "http://127.0.0.1:8123/elsewhere"}, "redirect_uri_mismatch"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_the_token_endpoint_says_what_is_wrong_with_status_200(
    github: GitHubServer, http: httpx.AsyncClient, changed: dict[str, str], error: str
) -> None:
    said = await exchanged(github, http, **changed)

    assert said["error"] == error
    assert set(said) == {"error", "error_description", "error_uri"}


async def test_the_token_endpoint_answers_as_a_form_unless_asked_for_json(
    github: GitHubServer, http: httpx.AsyncClient
) -> None:
    sent = {
        "client_id": github.app.client_id,
        "client_secret": github.app.client_secret,
        "code": await code(github, http),
        "code_verifier": VERIFIER,
    }
    response = await http.post(github.token_url, json=sent)

    assert response.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert parse_qs(response.text)["token_type"] == ["bearer"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"7"])
async def test_an_unreadable_request_for_tokens_counts_as_an_empty_one(
    github: GitHubServer, http: httpx.AsyncClient, body: bytes
) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}

    response = await http.post(github.token_url, content=body, headers=headers)

    assert response.json()["error"] == "incorrect_client_credentials"


async def test_a_link_back_to_an_unregistered_place_is_not_followed(
    github: GitHubServer, http: httpx.AsyncClient
) -> None:
    response = await http.get(github.authorize_url, params=asked(github, redirect_uri="https://evil.example/callback"))

    assert response.status_code == 302
    target = urlsplit(response.headers["Location"])
    assert target.hostname == "127.0.0.1"
    assert parse_qs(target.query)["error"] == ["redirect_uri_mismatch"]


async def test_an_unknown_app_gets_no_consent_page(github: GitHubServer, http: httpx.AsyncClient) -> None:
    assert (await http.get(github.authorize_url, params=asked(github, client_id="unknown"))).status_code == 404


async def test_pkce_without_s256_is_refused(github: GitHubServer, http: httpx.AsyncClient) -> None:
    response = await http.get(github.authorize_url, params=asked(github, code_challenge_method="plain"))

    assert "error=invalid_request" in response.headers["Location"]


async def test_an_access_token_dies_after_eight_hours(
    github: GitHubServer, http: httpx.AsyncClient, clock: Clock
) -> None:
    access = (await exchanged(github, http))["access_token"]
    assert await status(github, http, access) == 200

    clock.pass_by(timedelta(hours=8))

    assert await status(github, http, access) == 401


async def test_a_refresh_gives_a_new_pair_and_ends_the_old_one(github: GitHubServer, http: httpx.AsyncClient) -> None:
    old = await exchanged(github, http)
    grant = {"grant_type": "refresh_token", "refresh_token": old["refresh_token"]}

    new = await tokens(github, http, **grant)

    assert new["refresh_token"] != old["refresh_token"]
    assert await status(github, http, new["access_token"]) == 200
    assert await status(github, http, old["access_token"]) == 401
    assert (await tokens(github, http, **grant))["error"] == "bad_refresh_token"


async def test_an_expired_sign_in_is_renewed_and_a_revoked_one_is_not(
    github: GitHubServer, http: httpx.AsyncClient
) -> None:
    mine = github.sign_in("camille")
    github.expire("camille")
    assert await status(github, http, mine["access_token"]) == 401
    renewed = await tokens(github, http, grant_type="refresh_token", refresh_token=mine["refresh_token"])
    assert await status(github, http, renewed["access_token"]) == 200

    github.revoke("cbeaumont")

    assert await status(github, http, renewed["access_token"]) == 401
    again = await tokens(github, http, grant_type="refresh_token", refresh_token=renewed["refresh_token"])
    assert again["error"] == "bad_refresh_token"


@pytest.mark.parametrize(("what", "other_status"), [("token", 200), ("grant", 401)])
async def test_the_app_ends_one_sign_in_or_all_of_a_person(
    github: GitHubServer, http: httpx.AsyncClient, what: str, other_status: int
) -> None:
    one, other = github.sign_in("ren")["access_token"], github.sign_in("ren")["access_token"]
    stranger = github.sign_in("leila")["access_token"]

    response = await http.request(
        "DELETE",
        f"{github.api_url}/applications/{github.app.client_id}/{what}",
        json={"access_token": one},
        auth=(github.app.client_id, github.app.client_secret),
    )

    assert response.status_code == 204
    assert await status(github, http, one) == 401
    assert await status(github, http, other) == other_status
    assert await status(github, http, stranger) == 200


async def test_only_the_app_itself_ends_a_sign_in(github: GitHubServer, http: httpx.AsyncClient) -> None:
    access = github.sign_in("ren")["access_token"]

    response = await http.request(
        "DELETE", github.revoke_url, json={"access_token": access}, auth=(github.app.client_id, "wrong")
    )

    assert response.status_code == 401
    assert await status(github, http, access) == 200


def test_no_token_shows_in_a_repr(github: GitHubServer) -> None:
    given = github.sign_in("ren")

    shown = repr((github.sessions("ren"), github.app))

    assert given["access_token"] not in shown
    assert given["refresh_token"] not in shown
    assert github.app.client_secret not in shown


@pytest.mark.parametrize(
    ("redirect", "good"),
    [
        ("https://pinyon.example/connect", True),
        ("https://pinyon.example/connect/github", True),
        ("https://pinyon.example/connected", False),
        ("https://pinyon.example/", False),
        ("https://pinyon.example:8443/connect", False),
        ("http://pinyon.example/connect", False),
        ("https://pinyon.example.evil.example/connect", False),
        ("http://127.0.0.1:5000/anything", True),
        ("http://127.0.0.1.evil.example/anything", False),
    ],
)
def test_a_way_back_lies_at_or_below_a_registered_one(redirect: str, *, good: bool) -> None:
    registered = ("https://pinyon.example/connect", "http://127.0.0.1/")

    assert App(name="P", client_id="i", client_secret="s", redirects=registered).accepts(redirect) is good


@settings(max_examples=50, derandomize=True, deadline=None)
@given(host=st.from_regex(r"[a-z0-9.@-]{1,20}", fullmatch=True), path=st.text(max_size=20))
def test_no_other_host_is_ever_a_way_back(host: str, path: str) -> None:
    app = App(name="P", client_id="i", client_secret="s", redirects=("https://pinyon.example/connect",))
    redirect = f"https://{host}/connect/{path}"

    assert app.accepts(redirect) is (host.rpartition("@")[2].rstrip(".") == "pinyon.example" and not host.endswith("."))
