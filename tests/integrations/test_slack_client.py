"""The Slack client at the playground's Slack, and at one that misbehaves."""

import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from aiohttp import web
from pydantic import SecretStr

from integrations.blocking import Patience
from integrations.errors import (
    AccessRevoked,
    IntegrationError,
    NotFound,
    OutcomeUnknown,
    PermissionMissing,
    Refused,
    ServiceUnavailable,
)
from integrations.integration import Destination
from integrations.slack import INTEGRATION
from integrations.slack.client import Slack
from playground.company import load_company
from playground.slack import SlackServer
from playground.slack.people import User

CANARY = "xoxp-canary-token-7f3k"
SHORT = Patience(answer=1, call=1.5)
Call: TypeAlias = Callable[[Slack], Awaitable[object]]


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    company = load_company(today=date(2026, 11, 20))
    async with SlackServer(company, clock=company.now.timestamp) as server:
        yield server


def client(slack: SlackServer, who: str, *scopes: str) -> Slack:
    given = slack.sign_in_user(who, scopes) if scopes else slack.sign_in_user(who)
    return Slack(SecretStr(given["access_token"]), Destination(api_url=slack.api_url))


@pytest.fixture
async def vendor() -> AsyncIterator[Callable[[web.Response | None], Slack]]:
    """Makes a Slack that answers everything in one way; None is never."""
    planned: list[web.Response | None] = []
    seen: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        if (response := planned[0]) is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(status=response.status, headers=response.headers.copy(), body=response.body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]

    def plan(response: web.Response | None) -> Slack:
        planned[:] = [response]
        return Slack(SecretStr(CANARY), Destination(api_url=f"http://{host}:{port}/api/"))

    yield plan
    await runner.cleanup()


def refusing(error: str, **more: Any) -> web.Response:
    return web.json_response({"ok": False, "error": error, **more})


async def failure(call: Awaitable[object]) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        await call
    return caught.value


def post(client: Slack) -> Awaitable[object]:
    return client.post("C0TEAM", "hello")


def look(client: Slack) -> Awaitable[object]:
    return client.channel("C0TEAM")


# Acting as somebody


async def test_the_account_is_the_persons_own_id_in_the_workspace(slack: SlackServer):
    account = await INTEGRATION.whoami(client(slack, "priya"))
    assert account.id == "T0TAMARACK:U0T4H2RB5"
    assert (account.name, account.email) == ("priya in Tamarack", "priya@tamarack.example")


async def test_without_the_permission_for_addresses_none_is_told(slack: SlackServer):
    assert (await client(slack, "priya", "users:read").whoami()).email is None
    assert (await client(slack, "ren", "search:read").whoami()).email is None


async def test_long_lists_are_read_page_by_page(slack: SlackServer):
    many = [User(id=f"U0MANY{n:03}", team="T0TAMARACK", handle=f"many{n}", name=f"Many {n}") for n in range(450)]
    for user in many:
        slack.workspace.add_user(user)
    slack.place("#team")[1].members.extend(user.id for user in many)
    mine = client(slack, "priya")
    assert len(await mine.members("C0TEAM")) == 12 + 450
    assert {user.id for user in many} <= {user.id for user in await mine.everybody()}
    assert len(slack.calls_of("conversations.members", "users.list")) == 6


async def test_a_message_is_posted_in_the_persons_name_without_previews(slack: SlackServer):
    posted = await client(slack, "priya").post("C0TEAM", "*hello* https://a.example")
    message = slack.messages("#team")[-1]
    assert (message["ts"], message["user"]) == (posted.ts, slack.user("priya").id)
    sent = slack.calls_of("chat.postMessage")[0].request
    assert (sent["unfurl_links"], sent["unfurl_media"], sent["link_names"], sent["parse"]) == (
        False,
        False,
        False,
        "none",
    )


async def test_everybody_sees_only_what_they_may(slack: SlackServer):
    assert (await client(slack, "ren").channel("C0LEADS")).is_member
    assert isinstance(await failure(client(slack, "priya").channel("C0LEADS")), NotFound)
    assert "#leads" not in {channel.called for channel in await client(slack, "priya").open_channels()}


async def test_a_reply_leads_to_the_first_message_of_its_thread(slack: SlackServer):
    root = next(message for message in slack.messages("#team") if message.get("reply_count") == 4)
    reply = slack.messages("#team", root["ts"])[2]
    found = await client(slack, "priya").thread_root("C0TEAM", reply["ts"])
    assert found is not None
    assert found.ts == root["ts"]
    assert await client(slack, "priya").thread_root("C0TEAM", "1700000000.000100") is None


# What goes wrong


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        ("token_revoked", AccessRevoked, "Connect Slack again"),
        ("account_inactive", AccessRevoked, "Connect Slack again"),
        ("channel_not_found", NotFound, "this channel"),
        ("users_not_found", NotFound, "this person"),
        ("not_in_channel", Refused, "not a member"),
        ("is_archived", Refused, "archived"),
        ("restricted_action", Refused, "an admin"),
        ("some_new_code", Refused, "(some_new_code)"),
        ("ratelimited", ServiceUnavailable, "later"),
        ("fatal_error", ServiceUnavailable, "not answering"),
        ("<b>odd</b> xoxp-1", ServiceUnavailable, "not answering"),
    ],
)
async def test_slacks_no_is_named_for_who_acts(
    vendor: Callable[[web.Response | None], Slack], error: str, kind: type[IntegrationError], said: str
):
    told = await failure(look(vendor(refusing(error))))
    assert type(told) is kind
    assert said in str(told)
    assert str(told).endswith(".")


async def test_a_missing_permission_names_itself(slack: SlackServer):
    told = await failure(look(client(slack, "priya", "search:read")))
    assert isinstance(told, PermissionMissing)
    assert "(channels:read)" in str(told)


async def test_what_slack_would_have_people_read_is_plain(vendor: Callable[[web.Response | None], Slack]):
    odd = await failure(look(vendor(refusing("missing_scope", needed="<script>"))))
    assert isinstance(odd, PermissionMissing)
    assert "script" not in str(odd)


async def test_a_limit_says_when_it_ends_and_is_not_tried_again(slack: SlackServer):
    mine = client(slack, "priya")
    slack.faults.rate_limit("conversations.info", retry_after=40, times=5)
    told = await failure(look(mine))
    assert isinstance(told, ServiceUnavailable)
    assert told.retry_at is not None
    assert timedelta(seconds=30) < told.retry_at - datetime.now(UTC) <= timedelta(seconds=40)
    assert len(slack.calls_of("conversations.info")) == 1


async def test_a_read_that_breaks_is_tried_once_more(slack: SlackServer):
    mine = client(slack, "priya")
    slack.faults.drop("conversations.info")
    assert (await mine.channel("C0TEAM")).name == "team"
    slack.faults.server_error("conversations.info", times=2)
    assert isinstance(await failure(look(mine)), ServiceUnavailable)
    assert len(slack.calls_of("conversations.info")) == 4


async def test_a_post_whose_answer_is_lost_is_never_repeated(slack: SlackServer):
    mine = client(slack, "priya")
    before = len(slack.messages("#team"))
    slack.faults.drop("chat.postMessage", after=True)
    assert isinstance(await failure(post(mine)), OutcomeUnknown)
    slack.faults.server_error("chat.postMessage")
    assert isinstance(await failure(post(mine)), OutcomeUnknown)
    assert len(slack.messages("#team")) == before + 1
    assert len(slack.calls_of("chat.postMessage")) == 2


async def test_a_post_that_was_never_sent_is_known_to_be_unsent():
    nowhere = Slack(SecretStr(CANARY), Destination(api_url="http://127.0.0.1:9/api/"))
    assert isinstance(await failure(post(nowhere)), ServiceUnavailable)


async def test_a_slack_that_is_too_slow_is_given_up(slack: SlackServer):
    given = slack.sign_in_user("priya")["access_token"]
    mine = Slack(SecretStr(given), Destination(api_url=slack.api_url), patience=SHORT)
    slack.faults.latency(3, method="conversations.info")
    slack.faults.latency(3, method="chat.postMessage")
    assert isinstance(await failure(look(mine)), ServiceUnavailable)
    assert isinstance(await failure(post(mine)), OutcomeUnknown)


@pytest.mark.parametrize(
    "response",
    [
        web.Response(text="<html>hotel</html>", content_type="text/html"),
        web.Response(text="fine", content_type="text/plain"),
        web.Response(text="{half", content_type="application/json"),
        web.Response(text="[1]", content_type="application/json"),
        web.Response(text='{"ok": true}', content_type="application/json"),
        web.Response(text='{"ok": true, "channel": 5, "ts": []}', content_type="application/json"),
        web.Response(status=404, text="gone", content_type="text/plain"),
        web.Response(status=502, text="bad", content_type="text/html"),
        None,
    ],
    ids=["html", "text", "half", "list", "empty", "wrong", "404", "502", "broken"],
)
async def test_nonsense_is_no_answer(
    vendor: Callable[[web.Response | None], Slack], response: web.Response | None, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    for call, kind in ((look, ServiceUnavailable), (post, OutcomeUnknown)):
        told = await failure(call(vendor(response)))
        assert type(told) is kind
        seen = "".join(traceback.format_exception(told)) + repr(told.args) + caplog.text
        assert CANARY not in seen
