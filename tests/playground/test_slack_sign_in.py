"""Sign in with Slack and installing the app, as a browser and an OpenID client do them."""

import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from playground.company import load_company
from playground.slack import SlackServer

REDIRECT = "http://127.0.0.1:9/slack/signin/callback"


class Clock:
    """A time that tests move."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(load_company(today=date(2026, 11, 20)).now.timestamp())


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[SlackServer]:
    async with SlackServer(load_company(today=date(2026, 11, 20)), clock=clock) as server:
        yield server


@pytest.fixture
async def browser(slack: SlackServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=slack.url) as browser:
        yield browser


def authorize(slack: SlackServer, **changes: str) -> str:
    query = {
        "response_type": "code",
        "scope": "openid profile email",
        "client_id": slack.app.client_id,
        "redirect_uri": REDIRECT,
        "state": "s1",
        "nonce": "n1",
    }
    return f"{slack.authorize_url}?{urlencode(query | changes)}"


def exchange(slack: SlackServer, code: str, **changes: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": slack.app.client_id,
        "client_secret": slack.app.client_secret,
        "redirect_uri": REDIRECT,
    } | changes


def answer_in(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


async def sign_in(slack: SlackServer, browser: httpx.AsyncClient, who: str) -> dict[str, str]:
    """Open the page as the acting person and press Continue."""
    await browser.get("/play/state", params={"as": who})
    page = (await browser.get(authorize(slack))).text
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    chosen = re.search(r'<option value="(\w+)" selected', page)
    assert chosen is not None
    form = hidden | {"user": chosen[1], "answer": "allow"}
    back = await browser.post("/openid/connect/allow", data=form)
    assert back.status_code == 302
    return answer_in(back.headers["location"])


async def test_the_acting_person_signs_in_with_one_click(slack: SlackServer, browser: httpx.AsyncClient) -> None:
    answer = await sign_in(slack, browser, "ren")
    assert answer["state"] == "s1"
    tokens = (await browser.post("/api/openid.connect.token", data=exchange(slack, answer["code"]))).json()
    assert tokens["ok"]
    keys: Any = (await browser.get("/openid/connect/keys")).json()
    claims = jwt.decode(tokens["id_token"], KeySet.import_key_set(keys), algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == ("https://slack.com", slack.app.client_id, "n1")
    assert claims["https://slack.com/user_id"] == "U0T2C4MX8"
    assert claims["https://slack.com/team_id"] == "T0TAMARACK"
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    info = (await browser.get("/api/openid.connect.userInfo", headers=headers)).json()
    assert (info["sub"], info["email"], info["name"]) == ("U0T2C4MX8", "ren@tamarack.example", "Ren Kobayashi")


async def test_an_outsider_signs_in_with_their_own_team(slack: SlackServer, browser: httpx.AsyncClient) -> None:
    code = answer_in(await slack.sign_in_as("luca", authorize(slack)))["code"]
    tokens = (await browser.post("/api/openid.connect.token", data=exchange(slack, code))).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    info = (await browser.get("/api/openid.connect.userInfo", headers=headers)).json()
    assert info["https://slack.com/team_id"] == "T0VALTORTA"


async def test_a_code_is_good_once_and_for_a_minute(
    slack: SlackServer, browser: httpx.AsyncClient, clock: Clock
) -> None:
    async def attempt(code: str, **changes: str) -> str:
        answer = await browser.post("/api/openid.connect.token", data=exchange(slack, code, **changes))
        return answer.json().get("error", "")

    first = answer_in(await slack.sign_in_as("ren", authorize(slack)))["code"]
    assert [await attempt(first), await attempt(first)] == ["", "invalid_code"]
    second = answer_in(await slack.sign_in_as("ren", authorize(slack)))["code"]
    assert await attempt(second, client_secret="wrong") == "bad_client_secret"
    assert await attempt(second, redirect_uri="http://127.0.0.1:9/elsewhere") == "bad_redirect_uri"
    third = answer_in(await slack.sign_in_as("ren", authorize(slack)))["code"]
    clock.now += 61
    assert await attempt(third) == "invalid_code"


async def test_an_openid_client_may_send_its_secret_as_basic(slack: SlackServer, browser: httpx.AsyncClient) -> None:
    code = answer_in(await slack.sign_in_as("ren", authorize(slack)))["code"]
    basic = httpx.BasicAuth(slack.app.client_id, slack.app.client_secret)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    assert (await browser.post("/api/openid.connect.token", data=form, auth=basic)).json()["ok"]


async def test_cancelling_goes_back_without_a_code(slack: SlackServer, browser: httpx.AsyncClient) -> None:
    form = {"client_id": slack.app.client_id, "redirect_uri": REDIRECT, "state": "s1", "answer": "deny"}
    back = await browser.post("/openid/connect/allow", data=form)
    assert answer_in(back.headers["location"]) == {"error": "access_denied", "state": "s1"}


async def test_a_redirect_to_elsewhere_is_not_followed(slack: SlackServer, browser: httpx.AsyncClient) -> None:
    away = await browser.get(authorize(slack, redirect_uri="https://evil.example/cb"))
    assert (away.status_code, "bad_redirect_uri" in away.text) == (400, True)
    stranger = await browser.get(authorize(slack, client_id="1.2"))
    assert (stranger.status_code, "invalid_client_id" in stranger.text) == (400, True)


async def test_installing_gives_the_bot_token_of_the_team(slack: SlackServer, browser: httpx.AsyncClient) -> None:
    slack.add_workspace("T0OTHER", bot_token="xoxb-other")
    query = {"client_id": slack.app.client_id, "redirect_uri": REDIRECT, "state": "s", "team": "T0OTHER"}
    back = await browser.get("/oauth/v2/authorize", params=query)
    form = exchange(slack, answer_in(back.headers["location"])["code"])
    installed = (await browser.post("/api/oauth.v2.access", data=form)).json()
    assert (installed["access_token"], installed["team"]["id"]) == ("xoxb-other", "T0OTHER")
