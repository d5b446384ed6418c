"""What the local Slack lets an app do in a person's name, driven by the real slack_sdk and a browser."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.company import load_company
from playground.slack import SlackApp, SlackServer

# slack_sdk's own types are partly unknown; what it gives is looked at as JSON.
Client: TypeAlias = Any
BACK = "http://127.0.0.1:9/oauth/slack/callback"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    company = load_company(today=date(2026, 11, 20))
    async with SlackServer(company, clock=company.now.timestamp) as server:
        yield server


@pytest.fixture
async def acting(slack: SlackServer) -> AsyncIterator[Callable[..., Client]]:
    """Makes a client that acts as somebody."""
    async with aiohttp.ClientSession() as session:

        def acting_as(who: str, *scopes: str) -> Client:
            token = (slack.sign_in_user(who, scopes) if scopes else slack.sign_in_user(who))["access_token"]
            return AsyncWebClient(token=token, base_url=slack.api_url, session=session)

        yield acting_as


@pytest.fixture
async def browser(slack: SlackServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=slack.url) as browser:
        yield browser


async def refused(call: Any) -> Client:
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]  see Client


async def refusal(call: Any) -> str:
    return (await refused(call))["error"]


def authorize(slack: SlackServer, **changes: str) -> str:
    query = {
        "client_id": slack.app.client_id,
        "user_scope": "users:read channels:read",
        "redirect_uri": BACK,
        "state": "s1",
    }
    return f"{slack.install_url}?{urlencode(query | changes)}"


def exchange(slack: SlackServer, code: str, **changes: str) -> dict[str, str]:
    return {
        "code": code,
        "client_id": slack.app.client_id,
        "client_secret": slack.app.client_secret,
        "redirect_uri": BACK,
    } | changes


def answer_in(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


# Consent


async def test_the_acting_person_allows_with_one_click_what_the_page_names(
    slack: SlackServer, browser: httpx.AsyncClient
) -> None:
    await browser.get("/play/state", params={"as": "ren"})
    page = (await browser.get(authorize(slack, scope=""))).text
    assert "See the people of the workspace" in page
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    chosen = re.search(r'<option value="(\w+)" selected', page)
    assert chosen is not None
    back = await browser.post("/oauth/v2/allow", data=hidden | {"user": chosen[1], "answer": "allow"})
    answer = answer_in(back.headers["location"])
    assert answer["state"] == "s1"
    given = (await browser.post("/api/oauth.v2.access", data=exchange(slack, answer["code"]))).json()
    part = given["authed_user"]
    assert (part["id"], part["token_type"], part["scope"]) == ("U0T2C4MX8", "user", "channels:read,users:read")
    assert "access_token" not in given
    headers = {"Authorization": f"Bearer {part['access_token']}"}
    me = await browser.post("/api/auth.test", headers=headers)
    assert (me.json()["user_id"], me.headers["x-oauth-scopes"]) == ("U0T2C4MX8", "channels:read,users:read")


async def test_cancelling_goes_back_without_a_code(slack: SlackServer) -> None:
    back = await slack.consent_as("ren", authorize(slack), is_allowed=False)
    assert answer_in(back) == {"error": "access_denied", "state": "s1"}


async def test_a_permission_that_does_not_exist_is_not_asked_for(
    slack: SlackServer, browser: httpx.AsyncClient
) -> None:
    page = await browser.get(authorize(slack, user_scope="users:read,everything"))
    assert (page.status_code, page.text) == (400, "invalid_scope: everything")
    elsewhere = await browser.get(authorize(slack, redirect_uri="https://evil.example/cb"))
    assert elsewhere.status_code == 400


async def test_a_code_is_exchanged_once_by_the_app_it_was_given_to(
    slack: SlackServer, browser: httpx.AsyncClient
) -> None:
    async def attempt(code: str, **changes: str) -> str:
        answer = await browser.post("/api/oauth.v2.access", data=exchange(slack, code, **changes))
        assert answer.status_code == 200
        return answer.json().get("error", "")

    code = answer_in(await slack.consent_as("ren", authorize(slack)))["code"]
    assert await attempt(code, client_id="1.2") == "invalid_client_id"
    assert await attempt(code, client_secret="no") == "bad_client_secret"
    assert await attempt(code, redirect_uri="http://127.0.0.1:9/other") == "bad_redirect_uri"
    code = answer_in(await slack.consent_as("ren", authorize(slack)))["code"]
    assert [await attempt(code), await attempt(code)] == ["", "invalid_code"]


async def test_a_second_consent_adds_to_the_same_token(slack: SlackServer) -> None:
    first = slack.sign_in_user("ren", ["users:read"])
    second = slack.sign_in_user("ren", ["chat:write"])
    assert first["access_token"] == second["access_token"]
    assert second["scope"] == "chat:write,users:read"


async def test_with_rotation_each_pair_is_good_once() -> None:
    company = load_company(today=date(2026, 11, 20))
    async with SlackServer(company, app=SlackApp(token_rotation=True), clock=company.now.timestamp) as slack:
        first = slack.sign_in_user("ren", ["users:read"])
        client = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
        form = {**client, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        async with httpx.AsyncClient(base_url=slack.url) as there:
            second = (await there.post("/api/oauth.v2.access", data=form)).json()
            assert (second["token_type"], second["expires_in"]) == ("user", 43_200)
            again = (await there.post("/api/oauth.v2.access", data=form)).json()
            assert again["error"] == "invalid_refresh_token"
            headers = {"Authorization": f"Bearer {first['access_token']}"}
            assert (await there.post("/api/auth.test", headers=headers)).json()["error"] == "token_revoked"


# Ends


async def test_whoever_left_or_took_it_back_is_out_at_once(slack: SlackServer, acting: Callable[..., Client]) -> None:
    priya, ren, mei = acting("priya"), acting("ren"), acting("mei")
    await slack.change_user("priya", deleted=True)
    assert await refusal(priya.auth_test()) == "account_inactive"
    await slack.revoke_user("ren")
    assert await refusal(ren.auth_test()) == "token_revoked"
    assert (await mei.auth_revoke())["revoked"]
    assert await refusal(mei.auth_test()) == "token_revoked"
    slack.faults.clear()
    assert await refusal(mei.auth_test()) == "token_revoked"


async def test_a_token_does_what_was_allowed_and_no_more(slack: SlackServer, acting: Callable[..., Client]) -> None:
    reader = acting("priya", "users:read", "channels:read")
    answer = await refused(reader.search_messages(query="x"))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "search:read")
    assert answer["provided"] == "identify,channels:read,users:read"
    assert await refusal(reader.conversations_history(channel="C0TEAM")) == "missing_scope"
    assert (await refused(acting("ren", "channels:read").conversations_info(channel="C0LEADS")))[
        "needed"
    ] == "groups:read"
    assert await refusal(reader.views_publish(user_id="U0T4H2RB5", view={"type": "home", "blocks": []})) == (
        "not_allowed_token_type"
    )
    assert "email" not in (await reader.users_info(user="U0T7N3YG1"))["user"]["profile"]


# What a person sees


async def test_private_channels_and_direct_messages_are_seen_by_their_members_only(
    acting: Callable[..., Client],
) -> None:
    everything = "public_channel,private_channel,mpim,im"
    seen = {
        who: {channel["name"] for channel in (await acting(who).conversations_list(types=everything))["channels"]}
        for who in ("priya", "ren", "harriet")
    }
    assert "leads" in seen["ren"]
    assert "leads" not in seen["priya"]
    assert "eng" in seen["priya"]
    assert {name for name in seen["harriet"] if name != "directmessage"} == {"proj-winter-maps"}
    assert await refusal(acting("priya").conversations_info(channel="C0HIRING")) == "channel_not_found"
    assert await refusal(acting("priya").conversations_history(channel="C0ONCALL")) == "not_in_channel"


async def test_only_posting_takes_a_name_for_a_channel(slack: SlackServer, acting: Callable[..., Client]) -> None:
    priya = acting("priya")
    assert await refusal(priya.conversations_info(channel="#team")) == "channel_not_found"
    posted = await priya.chat_postMessage(channel="#team", text="hello")
    message = slack.messages("#team")[-1]
    assert (message["user"], message["bot_id"]) == ("U0T4H2RB5", slack.app.bot_id)
    assert posted["message"]["text"] == "hello"
    assert slack.replies("#team", message["ts"]) == []


async def test_a_channel_says_until_where_one_has_read(acting: Callable[..., Client]) -> None:
    shown = (await acting("nadia").conversations_info(channel="C0ONCALL"))["channel"]
    assert (shown["is_member"], shown["unread_count"]) == (True, 7)
    assert shown["last_read"].startswith("1794934800.")
    outside = (await acting("priya").conversations_info(channel="C0ONCALL"))["channel"]
    assert not outside["is_member"]
    assert "last_read" not in outside


@pytest.mark.parametrize(
    ("who", "query", "count"),
    [
        ("nadia", "disk", 1),
        ("nadia", '"disk at 91%"', 1),
        ("nadia", "in:#platform-oncall from:@jamal PLAT-73", 1),
        ("jamal", "from:me alert in:platform-oncall", 3),
        ("nadia", "after:2026-11-19 before:2026-11-21 rotation", 2),
        ("nadia", "on:2026-11-20 rotation in:#platform-oncall", 1),
        ("priya", "egress", 0),
        ("nadia", "egress", 1),
        ("harriet", "merged", 0),
    ],
)
async def test_the_search_finds_what_a_person_can_see(
    acting: Callable[..., Client], who: str, query: str, count: int
) -> None:
    found = (await acting(who).search_messages(query=query, sort="timestamp"))["messages"]
    assert [len(found["matches"]), found["total"], found["paging"]["total"]] == [count] * 3


async def test_a_hit_in_a_thread_links_into_it(acting: Callable[..., Client]) -> None:
    priya = acting("priya")
    (hit,) = (await priya.search_messages(query="winter_default_on"))["messages"]["matches"]
    link = (await priya.chat_getPermalink(channel=hit["channel"]["id"], message_ts=hit["ts"]))["permalink"]
    assert hit["permalink"] == link
    assert "thread_ts=" in link


# Profiles and groups


async def test_profiles_tell_managers_teams_and_hours(acting: Callable[..., Client]) -> None:
    ren = acting("ren")
    fields = (await ren.team_profile_get())["profile"]["fields"]
    assert [(field["label"], field["type"]) for field in fields] == [
        ("Manager", "user"),
        ("Team", "text"),
        ("Working hours", "text"),
    ]
    profile = (await ren.users_profile_get(user="U0T7N3YG1", include_labels=True))["profile"]
    assert profile["fields"]["Xf0MANAGER"] == {"value": "U0T6L1WE9", "alt": "", "label": "Manager"}
    assert (profile["status_emoji"], profile["status_text"]) == (":pager:", "on call this week")


async def test_only_ones_own_status_can_be_set(slack: SlackServer, acting: Callable[..., Client]) -> None:
    ren = acting("ren")
    profile = {"status_text": "at 10:30: away", "status_emoji": ":memo:", "status_expiration": 0}
    assert (await ren.users_profile_set(profile=profile))["profile"]["status_text"] == "at 10:30: away"
    assert slack.user("ren").info()["profile"]["status_emoji"] == ":memo:"
    assert await refusal(ren.users_profile_set(user="U0T7N3YG1", profile=profile)) == "not_admin"
    assert await refusal(ren.users_profile_set(profile={"status_text": "x" * 101})) == "too_long"
    wrong = {"status_text": "x", "status_emoji": "memo"}
    assert await refusal(ren.users_profile_set(profile=wrong)) == "profile_status_set_failed_not_valid_emoji"


async def test_teams_are_user_groups(acting: Callable[..., Client]) -> None:
    ren = acting("ren")
    groups = (await ren.usergroups_list(include_users=True))["usergroups"]
    assert [group["handle"] for group in groups] == ["atlas-team", "wayfinder-team", "bedrock-team"]
    members = (await ren.usergroups_users_list(usergroup="S0BEDROCK"))["users"]
    assert members == groups[2]["users"] == ["U0T6L1WE9", "U0T7N3YG1", "U0T7N3YG5"]
    assert await refusal(ren.usergroups_users_list(usergroup="S0NOBODY")) == "no_such_subteam"


async def test_limits_and_faults_hold_for_people_too(slack: SlackServer, acting: Callable[..., Client]) -> None:
    ren = acting("ren")
    slack.faults.rate_limit("search.messages", retry_after=7)
    answer = await refused(ren.search_messages(query="x"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    slack.web_api.with_tiers = True
    for _ in range(20):
        await ren.usergroups_list()
    assert await refusal(ren.usergroups_list()) == "ratelimited"


async def test_another_names_people_are_in_the_same_teams() -> None:
    company = load_company(today=date(2026, 11, 20), renamed=True)
    async with SlackServer(company) as slack:
        for team in company.trees["people"]["teams"]:
            group = next(group for group in slack.workspace.groups.values() if group.handle == team["group_handle"])
            assert slack.user(team["lead"]).id in group.users


async def test_a_link_opens_the_channel_or_the_thread_on_the_page(
    slack: SlackServer, browser: httpx.AsyncClient, acting: Callable[..., Client]
) -> None:
    (hit,) = (await acting("priya").search_messages(query="winter_default_on"))["messages"]["matches"]
    opened = await browser.get(hit["permalink"])
    root = next(message for message in slack.messages("#team") if message["text"].startswith("default off"))
    assert (opened.status_code, opened.headers["location"]) == (302, f"/#C0TEAM/{root['ts']}")
    assert (await browser.get("/archives/C0TEAM/p1700000000000100")).headers["location"] == "/#C0TEAM"
    assert (await browser.get("/archives/C0TEAM")).headers["location"] == "/#C0TEAM"
    assert (await browser.get("/archives/C0NOWHERE")).status_code == 404
