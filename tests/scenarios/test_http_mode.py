"""Slack by signed HTTP instead of sockets: events, clicks and commands at one address."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cli.serve import Server
from playground.model import Scripted
from playground.slack import SlackApp
from playground.slack.http_events import signature
from tests.scenarios.conftest import OpenWorld, World

SECRET = SlackApp().signing_secret
EVENT = json.dumps(
    {
        "type": "event_callback",
        "team_id": "T0TAMARACK",
        "event": {
            "type": "message",
            "channel_type": "im",
            "channel": "D0T7N3YG1",
            "user": "U0T7N3YG1",
            "text": "hello",
            "ts": "1.000001",
        },
    }
).encode()


@pytest.fixture
async def signed(open_world: OpenWorld) -> AsyncIterator[World]:
    """A world whose Slack sends everything by signed HTTP."""
    world = await open_world(
        Scripted(lambda asked: f"You said: {asked.said}"),
        by_http=True,
        SLACK_SIGNING_SECRET=SECRET,
        SLACK_APP_TOKEN="",
    )
    server = Server(
        uvicorn.Config(world.app.web, host="127.0.0.1", port=world.servers.bot_port, lifespan="off", log_config=None)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn tells nobody
        await asyncio.sleep(0.01)
    yield world
    server.should_exit = True
    await serving


@pytest.fixture
async def delivered(signed: World) -> World:
    """The same, with Slack pointed at it."""
    assert await signed.slack.deliver_to(address(signed)), "Slack's challenge was not answered"
    signed.slack.wait_for_acks(20)
    return signed


def address(world: World) -> str:
    return f"{world.servers.bot_url}/slack/events"


async def send(world: World, body: bytes, headers: dict[str, str]) -> int:
    """Post something to the address for Slack's events; the HTTP status it gets."""
    async with httpx.AsyncClient() as http:
        given = httpx.Headers({"Content-Type": "application/json", **headers}, encoding="latin-1")
        return (await http.post(address(world), content=body, headers=given)).status_code


async def test_a_direct_message_and_a_mention_are_answered(delivered: World) -> None:
    answer = await delivered.ask("jamal", "hello", seconds=15)
    assert "You said: hello" in delivered.words("dm:jamal", answer)
    thread = await delivered.slack.say("jamal", "#mobile", "@Pinyon and here?")
    assert "You said: and here?" in delivered.words("#mobile", await delivered.answer("#mobile", thread))
    await delivered.slack.settled()
    assert await delivered.over(2) == ["answered", "answered"]


async def test_commands_and_clicks_are_answered(delivered: World) -> None:
    outcome = await delivered.slack.command("jamal", "/pinyon", "help")
    assert (outcome.is_acked, outcome.status) == (True, 200)
    assert "Write what you need in your own words." in str(outcome.body)
    answer = await delivered.ask("jamal", "hello", seconds=15)
    clicked = await delivered.slack.click("jamal", answer["ts"], "feedback", chosen={"value": feedback(answer)})
    assert clicked.is_acked
    await delivered.slack.until(lambda: "this helped" in str(delivered.slack.whispers("jamal")), 15)


def feedback(answer: dict[str, object]) -> str:
    """The value of an answer's “Helpful” button."""
    return str(answer["blocks"]).partition("'value': '")[2].partition("'")[0]


async def test_what_could_not_be_kept_is_sent_again_and_answered(delivered: World) -> None:
    """dup_write: Slack hears “fine” only when the message is kept, and then again changes nothing."""
    await delivered.rows("ALTER TABLE turns RENAME TO elsewhere")
    thread = await delivered.slack.say("jamal", "dm", "hello")
    await delivered.slack.until(lambda: refused(delivered), 15)
    await delivered.rows("ALTER TABLE elsewhere RENAME TO turns")
    delivered.slack.faults.lose_acks()
    assert "You said: hello" in delivered.words("dm:jamal", await delivered.answer("dm:jamal", thread))
    await delivered.slack.settled()
    assert await delivered.over() == ["answered"]
    assert len(delivered.slack.replies("dm:jamal", thread)) == 1


def refused(world: World) -> bool:
    """Whether Slack heard that a message was not kept."""
    return any(entry.note.startswith("not acked: http_error") for entry in world.slack.world.traffic.entries)


async def test_a_body_that_slack_did_not_sign_is_refused(signed: World) -> None:
    """slack_sig: no signature, another secret's, an altered body, an old or broken timestamp: 401, nothing kept."""
    app = signed.slack.app
    good = signature(app, EVENT)
    stamp = good["X-Slack-Request-Timestamp"]
    foreign = signature(SlackApp(signing_secret="another secret"), EVENT)
    bad: list[tuple[bytes, dict[str, str]]] = [
        (EVENT, {}),
        (EVENT, {"X-Slack-Request-Timestamp": stamp}),
        (EVENT, {"X-Slack-Signature": good["X-Slack-Signature"]}),
        (EVENT, foreign),
        (EVENT, {**good, "X-Slack-Signature": good["X-Slack-Signature"][:-1]}),
        (EVENT, {**good, "X-Slack-Signature": "v0="}),
        (EVENT, {**good, "X-Slack-Signature": "v0=\u00e9"}),
        (EVENT, {**good, "X-Slack-Request-Timestamp": "yesterday"}),
        (EVENT, {**good, "X-Slack-Request-Timestamp": "9" * 5000}),
        (EVENT.replace(b"hello", b"goodbye"), good),
        (EVENT + b" ", good),
        (EVENT, signature(app, EVENT, at=time.time() - 6 * 60)),
        (EVENT, signature(app, EVENT, at=time.time() + 6 * 60)),
        (b"", good),
        (b"\xff\xfe{", {}),
        (urlencode({"payload": "{}"}).encode(), {"Content-Type": "application/x-www-form-urlencoded"}),
        (urlencode({"ssl_check": "1"}).encode(), {"Content-Type": "application/x-www-form-urlencoded"}),
    ]
    assert [await send(signed, body, headers) for body, headers in bad] == [401] * len(bad)
    assert await signed.over(0) == []
    assert signed.model.requests == []


async def test_a_signed_body_is_taken_as_the_bytes_it_is(signed: World) -> None:
    """slack_sig: the signature is over the raw bytes, whatever they would be when written anew."""
    spaced = EVENT.replace(b'"text": "hello"', '"text":   "h\\u00e9llo ☕"'.encode())
    assert await send(signed, spaced, signature(signed.slack.app, spaced)) == 200
    await signed.over()
    assert [request.said for request in signed.model.requests] == ["héllo ☕"]


async def test_no_altered_body_passes(signed: World) -> None:
    """slack_sig: one changed byte anywhere, and the signature no longer counts."""
    good = signature(signed.slack.app, EVENT)
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=25,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(at=st.integers(0, len(EVENT) - 1), to=st.integers(0, 255))
    def passes_not(at: int, to: int) -> None:
        altered = bytes([*EVENT[:at], to, *EVENT[at + 1 :]])
        sent = asyncio.run_coroutine_threadsafe(send(signed, altered, good), loop)
        assert sent.result(60) == (200 if altered == EVENT else 401)

    await asyncio.to_thread(passes_not)


async def test_the_address_is_closed_without_a_signing_secret(open_world: OpenWorld) -> None:
    """slack_sig: with sockets only, nobody can send events by HTTP."""
    world = await open_world()
    async with world.browser() as browser:
        answer = await browser.post("/slack/events", content=EVENT, headers=signature(world.slack.app, EVENT))
    assert answer.status_code in (404, 405)
    assert await world.over(0) == []
