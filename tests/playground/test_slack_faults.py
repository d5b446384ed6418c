"""The faults of the local Slack, as the real slack_sdk meets them."""

import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, TypeAlias

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from playground.company import load_company
from playground.slack import SlackServer

# slack_sdk's own types are partly unknown; what it gives is looked at as JSON.
Client: TypeAlias = Any


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(load_company(today=date(2026, 11, 20))) as server:
        yield server


@pytest.fixture
async def client(slack: SlackServer) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, session=session)


async def refused(call: Any) -> Client:
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]  see Client


async def test_a_limited_call_says_when_to_come_back(slack: SlackServer, client: Client) -> None:
    slack.faults.rate_limit("chat.postMessage", retry_after=7)
    answer = await refused(client.chat_postMessage(channel="C0ENG", text="x"))
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "7")
    assert (await client.chat_postMessage(channel="C0ENG", text="x"))["ok"]


async def test_a_limited_call_goes_through_when_repeated(slack: SlackServer, client: Client) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    slack.faults.rate_limit("auth.test", retry_after=0)
    assert (await client.auth_test())["ok"]
    assert [entry.status for entry in slack.calls_of("auth.test")] == [429, 200]


async def test_only_the_named_method_fails(slack: SlackServer, client: Client) -> None:
    slack.faults.fail("chat.update", "unknown_method", times=2)
    assert (await client.auth_test())["ok"]
    posted = await client.chat_postMessage(channel="C0ENG", text="x")
    update = {"channel": "C0ENG", "ts": posted["ts"], "text": "y"}
    assert (await refused(client.chat_update(**update)))["error"] == "unknown_method"
    assert (await refused(client.chat_update(**update)))["error"] == "unknown_method"
    assert (await client.chat_update(**update))["ok"]


async def test_a_server_error_has_no_json(slack: SlackServer, client: Client) -> None:
    slack.faults.server_error("auth.test", status=503)
    with pytest.raises(SlackApiError, match="503"):
        await client.auth_test()


async def test_a_broken_connection_posts_twice_when_it_broke_late(slack: SlackServer, client: Client) -> None:
    # slack_sdk repeats a call once by itself when the connection breaks: why posts must be made idempotent.
    before = len(slack.messages("#eng"))
    slack.faults.drop("chat.postMessage")
    await client.chat_postMessage(channel="C0ENG", text="early")
    assert len(slack.messages("#eng")) == before + 1
    slack.faults.drop("chat.postMessage", after=True)
    await client.chat_postMessage(channel="C0ENG", text="late")
    assert [message["text"] for message in slack.messages("#eng")[before:]] == ["early", "late", "late"]


async def test_a_slow_call_takes_its_time(slack: SlackServer, client: Client) -> None:
    fault = slack.faults.latency(0.05, method="auth.test")
    started = time.monotonic()
    await client.auth_test()
    slack.faults.clear(fault)
    assert time.monotonic() - started >= 0.05
    assert slack.faults.active == []


async def test_a_stream_breaks_at_the_next_append(slack: SlackServer, client: Client) -> None:
    channel, question = slack.dm("jamal"), await slack.say("jamal", "dm", "hello")
    stream = await client.chat_startStream(channel=channel, thread_ts=question, markdown_text="Half")
    slack.faults.break_stream()
    append = client.chat_appendStream(channel=channel, ts=stream["ts"], markdown_text=" more")
    assert (await refused(append))["error"] == "message_not_in_streaming_state"
    await client.chat_update(channel=channel, ts=stream["ts"], text="All of it")
    assert slack.text("dm:jamal", stream["ts"]) == "All of it"


async def test_tiers_hold_when_they_are_on(slack: SlackServer, client: Client) -> None:
    slack.web_api.with_tiers = True
    channel, question = slack.dm("jamal"), await slack.say("jamal", "dm", "hello")
    for _ in range(20):
        await client.chat_startStream(channel=channel, thread_ts=question)
    answer = await refused(client.chat_startStream(channel=channel, thread_ts=question))
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


async def test_uninstalling_ends_the_token(slack: SlackServer, client: Client) -> None:
    await slack.uninstall()
    assert (await refused(client.auth_test()))["error"] == "token_revoked"
    assert [entry.name for entry in slack.world.traffic.entries][:2] == ["tokens_revoked", "app_uninstalled"]
