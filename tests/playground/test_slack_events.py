"""Events, clicks and commands of the local Slack, received by the real Bolt over Socket Mode and signed HTTP."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground.company import load_company
from playground.slack import SlackApp, SlackServer
from playground.slack.app import Shortcut
from playground.slack.delivery import Patience

# Bolt's own types are partly unknown; its apps and clients are looked at as they come.
Bolt: TypeAlias = Any

MODAL = {
    "type": "modal",
    "callback_id": "edit",
    "title": {"type": "plain_text", "text": "Edit"},
    "submit": {"type": "plain_text", "text": "Save"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "subject",
            "label": {"type": "plain_text", "text": "Subject"},
            "element": {"type": "plain_text_input", "action_id": "edit.subject", "max_length": 20},
        }
    ],
}
BUTTON = {
    "type": "actions",
    "block_id": "b",
    "elements": [
        {"type": "button", "action_id": "go", "value": "v1", "text": {"type": "plain_text", "text": "Go"}},
    ],
}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    app = SlackApp(shortcuts=(Shortcut(type="message", name="Ask", callback_id="ask"),))
    company = load_company(today=date(2026, 11, 20))
    patience = Patience(ack=0.5, connect=2.0, retries=(0.01, 0.02, 0.03))
    async with SlackServer(company, app=app, patience=patience) as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def bolt(slack: SlackServer, session: aiohttp.ClientSession) -> Bolt:
    client = AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, session=session)
    return AsyncApp(client=client, signing_secret=slack.app.signing_secret, process_before_response=True)


@asynccontextmanager
async def over_sockets(slack: SlackServer, bolt: Bolt, *, sockets: int = 1) -> AsyncGenerator[None]:
    handlers: list[Bolt] = [
        AsyncSocketModeHandler(bolt, slack.app.app_token, ping_interval=0.05) for _ in range(sockets)
    ]
    for handler in handlers:
        await handler.connect_async()
    await slack.connected(sockets)
    try:
        yield
    finally:
        for handler in handlers:
            await handler.client.close()
            await asyncio.gather(*_tasks_of(handler), return_exceptions=True)


def _tasks_of(handler: Bolt) -> list[asyncio.Task[None]]:
    client = handler.client
    tasks = (client.message_receiver, client.message_processor, client.current_session_monitor)
    return [task for task in tasks if task is not None]


@asynccontextmanager
async def over_http(slack: SlackServer, bolt: Bolt, *, secret: str = "") -> AsyncGenerator[list[dict[str, str]]]:
    """Serve Bolt's own aiohttp application; gives the headers of every request that came."""
    seen: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    app = web.Application()
    app.router.add_post("/slack/events", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        assert await slack.deliver_to(f"http://{host}:{port}/slack/events")
        yield seen
    finally:
        await runner.cleanup()


def echo(bolt: Bolt) -> list[dict[str, Any]]:
    """Answer every message in its thread; gives the bodies that came."""
    bodies: list[dict[str, Any]] = []

    async def on_message(body: dict[str, Any], event: dict[str, Any], client: Bolt) -> None:
        bodies.append(body)
        if "subtype" not in event:
            await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text=f"You: {event['text']}")

    bolt.event("message")(on_message)
    return bodies


async def test_a_direct_message_is_answered(slack: SlackServer, bolt: Bolt) -> None:
    bodies = echo(bolt)
    async with over_sockets(slack, bolt):
        ts = await slack.say("jamal", "dm", "hello <you> & #eng")
        answer = await slack.answer("dm:jamal", ts)
        assert answer["text"] == "You: hello &lt;you&gt; &amp; <#C0ENG|eng>"
        await slack.settled()
    event = bodies[0]["event"]
    assert (event["channel_type"], event["user"], event["team"]) == ("im", "U0T7N3YG1", "T0TAMARACK")
    assert bodies[0]["authorizations"][0]["user_id"] == slack.app.bot_user
    # Bolt drops the bot's own message by itself.
    assert len(bodies) == 1


async def test_a_mention_comes_twice_with_one_ts(slack: SlackServer, bolt: Bolt) -> None:
    bodies = echo(bolt)
    mentions: list[dict[str, Any]] = []

    async def on_mention(body: dict[str, Any]) -> None:
        mentions.append(body)

    bolt.event("app_mention")(on_mention)
    async with over_sockets(slack, bolt):
        ts = await slack.say("camille", "#mobile", "@Pinyon what is 320?")
        await slack.settled()
    assert bodies[0]["event"]["ts"] == mentions[0]["event"]["ts"] == ts
    assert bodies[0]["event_id"] != mentions[0]["event_id"]
    assert mentions[0]["event"]["text"] == f"<@{slack.app.bot_user}> what is 320?"


async def test_no_event_comes_from_where_the_bot_is_not(slack: SlackServer, bolt: Bolt) -> None:
    bodies = echo(bolt)
    async with over_sockets(slack, bolt):
        await slack.say("marit", "#leads", "@Pinyon are you here?")
        await slack.settled()
    assert bodies == []


async def test_the_bot_hears_of_a_private_channel_once_invited(slack: SlackServer, bolt: Bolt) -> None:
    bodies = echo(bolt)
    async with over_sockets(slack, bolt):
        await slack.invite("bot", "#leads")
        await slack.say("marit", "#leads", "welcome")
        await slack.settled()
    assert [body["event"]["channel_type"] for body in bodies] == ["group"]


async def test_an_outsider_is_marked_as_one(slack: SlackServer, bolt: Bolt) -> None:
    bodies = echo(bolt)
    async with over_sockets(slack, bolt):
        await slack.say("luca", "#ext-valtorta", "when can we have it?")
        await slack.settled()
    body = bodies[0]
    assert (body["is_ext_shared_channel"], body["team_id"]) == (True, "T0TAMARACK")
    assert body["event"]["user_team"] == body["event"]["source_team"] == "T0VALTORTA"


async def test_edits_and_files_have_their_subtypes(slack: SlackServer, bolt: Bolt) -> None:
    bodies = echo(bolt)
    async with over_sockets(slack, bolt):
        ts = await slack.say("jamal", "dm", "helo")
        await slack.edit("jamal", "dm", ts, "hello")
        await slack.say("jamal", "dm", "", files=[slack.upload("jamal", "a.csv", "1,2")])
        await slack.settled()
    events = {body["event"].get("subtype"): body["event"] for body in bodies}
    assert events["message_changed"]["message"]["text"] == "hello"
    assert events["message_changed"]["previous_message"]["text"] == "helo"
    assert events["file_share"]["files"][0]["name"] == "a.csv"


async def test_each_payload_goes_to_one_of_several_sockets(slack: SlackServer, bolt: Bolt) -> None:
    bodies = echo(bolt)
    async with over_sockets(slack, bolt, sockets=2):
        for n in range(6):
            await slack.say("jamal", "dm", f"n{n}")
        await slack.settled()
    assert sorted(body["event"]["text"] for body in bodies) == [f"n{n}" for n in range(6)]


async def test_an_event_nobody_acks_comes_again(slack: SlackServer, bolt: Bolt) -> None:
    tries: list[str] = []

    async def on_message(event: dict[str, Any], request: Bolt) -> None:
        tries.append((request.headers.get("x-slack-retry-num") or ["0"])[0])
        if len(tries) < 3:
            raise RuntimeError("not yet")

    bolt.event("message")(on_message)
    async with over_http(slack, bolt):
        await slack.say("jamal", "dm", "hello")
        await slack.settled()
    assert tries == ["0", "1", "2"]


async def test_http_events_are_signed_and_retried_with_reasons(slack: SlackServer, bolt: Bolt) -> None:
    async with over_http(slack, bolt) as seen:
        await slack.say("jamal", "dm", "nobody listens to this")
        await slack.settled()
    # Bolt answers 404 to what nobody listens to, which Slack takes for a failure.
    assert [headers.get("x-slack-retry-num") for headers in seen] == [None, None, "1", "2", "3"]
    assert seen[-1]["x-slack-retry-reason"] == "http_error"
    event = next(entry for entry in slack.world.traffic.entries if entry.way == "out")
    assert event.note == "not acked: http_error, retry 3"


async def test_bolt_refuses_a_wrong_signature(slack: SlackServer, session: aiohttp.ClientSession) -> None:
    client = AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, session=session)
    bolt: Bolt = AsyncApp(client=client, signing_secret="another-secret")
    with pytest.raises(AssertionError):
        async with over_http(slack, bolt):
            pass


async def test_lost_acks_and_duplicates_keep_their_event_id(slack: SlackServer, bolt: Bolt) -> None:
    bodies = echo(bolt)
    async with over_sockets(slack, bolt):
        slack.faults.duplicate_events(times=1)
        await slack.say("jamal", "dm", "twice")
        await slack.settled()
        slack.faults.lose_acks()
        await slack.say("ren", "dm", "again")
        await slack.settled()
    assert [body["event"]["text"] for body in bodies] == ["twice", "twice", "again", "again"]
    assert bodies[0]["event_id"] == bodies[1]["event_id"] != bodies[2]["event_id"] == bodies[3]["event_id"]


async def test_events_can_change_places(slack: SlackServer, bolt: Bolt) -> None:
    bodies = echo(bolt)
    async with over_sockets(slack, bolt):
        slack.faults.reorder_events()
        await slack.say("jamal", "dm", "first")
        await slack.say("jamal", "dm", "second")
        await slack.until(lambda: len(bodies) == 2)
        await slack.settled()
    assert [body["event"]["text"] for body in bodies] == ["second", "first"]


@pytest.mark.parametrize("how", ["refresh_sockets", "cut_sockets"])
async def test_the_bot_comes_back_after_its_sockets_end(slack: SlackServer, bolt: Bolt, how: str) -> None:
    echo(bolt)
    async with over_sockets(slack, bolt):
        getattr(slack.faults, how)()
        await slack.until(lambda: slack.world.sockets.count == 0)
        ts = await slack.say("jamal", "dm", "still there?")
        assert (await slack.answer("dm:jamal", ts))["text"] == "You: still there?"


@pytest.mark.parametrize("transport", [over_sockets, over_http])
async def test_a_click_carries_what_was_clicked(slack: SlackServer, bolt: Bolt, transport: Any) -> None:
    clicks: list[dict[str, Any]] = []

    async def on_go(ack: Bolt, body: dict[str, Any], respond: Bolt) -> None:
        await ack()
        clicks.append(body)
        await respond(text="Gone", replace_original=True)

    bolt.action("go")(on_go)
    async with transport(slack, bolt):
        posted = await bolt.client.chat_postMessage(channel=slack.dm("jamal"), text="x", blocks=[BUTTON])
        outcome = await slack.click("jamal", posted["ts"], "go")
        await slack.until(lambda: slack.text("dm:jamal", posted["ts"]) == "Gone")
        await slack.settled()
    assert outcome.is_acked
    body = clicks[0]
    assert (body["user"]["id"], body["actions"][0]["value"], body["actions"][0]["block_id"]) == ("U0T7N3YG1", "v1", "b")
    assert body["container"]["message_ts"] == body["message"]["ts"] == posted["ts"]


async def test_a_click_on_nothing_says_what_there_is(slack: SlackServer, bolt: Bolt) -> None:
    posted = await bolt.client.chat_postMessage(channel=slack.dm("jamal"), text="x", blocks=[BUTTON])
    with pytest.raises(KeyError, match=r"there are \['go'\]"):
        await slack.click("jamal", posted["ts"], "stop")


async def test_a_click_is_not_sent_again(slack: SlackServer, bolt: Bolt) -> None:
    async with over_sockets(slack, bolt):
        posted = await bolt.client.chat_postMessage(channel=slack.dm("jamal"), text="x", blocks=[BUTTON])
        outcome = await slack.click("jamal", posted["ts"], "go")
    assert (outcome.is_acked, outcome.reason) == (False, "timeout")


@pytest.mark.parametrize("transport", [over_sockets, over_http])
async def test_a_command_answers_the_person(slack: SlackServer, bolt: Bolt, transport: Any) -> None:
    async def on_command(ack: Bolt, command: dict[str, Any]) -> None:
        await ack(f"You typed {command['text']}")

    bolt.command("/pinyon")(on_command)
    async with transport(slack, bolt):
        await slack.command("jamal", "/pinyon", "connect github", where="#eng")
    assert [message["text"] for message in slack.whispers("jamal", "#eng")] == ["You typed connect github"]
    with pytest.raises(KeyError, match="not a valid command"):
        await slack.command("jamal", "/pinion")


async def modal_bot(bolt: Bolt, *, pause: float = 0.0) -> dict[str, Any]:
    """Open a modal for every click; keeps what was submitted and closed."""
    seen: dict[str, Any] = {}

    async def on_go(ack: Bolt, body: dict[str, Any], client: Bolt) -> None:
        await ack()
        await asyncio.sleep(pause)
        try:
            seen["opened"] = (await client.views_open(trigger_id=body["trigger_id"], view=MODAL))["view"]
        except Exception as error:  # noqa: BLE001  whatever the SDK raises is what the test looks at
            seen["error"] = str(error)

    async def on_submit(ack: Bolt, view: dict[str, Any]) -> None:
        subject = view["state"]["values"]["subject"]["edit.subject"]["value"]
        if subject == "bad":
            await ack(response_action="errors", errors={"subject": "Not this one."})
            return
        await ack()
        seen["subject"] = subject

    async def on_close(ack: Bolt, body: dict[str, Any]) -> None:
        await ack()
        seen["closed"] = body["view"]["callback_id"]

    bolt.action("go")(on_go)
    bolt.view("edit")(on_submit)
    bolt.view_closed("edit")(on_close)
    return seen


async def test_a_modal_is_filled_in_refused_and_taken(slack: SlackServer, bolt: Bolt) -> None:
    seen = await modal_bot(bolt)
    async with over_sockets(slack, bolt):
        posted = await bolt.client.chat_postMessage(channel=slack.dm("jamal"), text="x", blocks=[BUTTON])
        await slack.click("jamal", posted["ts"], "go")
        await slack.until(lambda: slack.modal("jamal"))
        empty = await slack.submit("jamal")
        assert empty.body["errors"] == {"subject": "Please complete this required field."}
        bad = await slack.submit("jamal", {"subject": "bad"})
        assert bad.body["errors"] == {"subject": "Not this one."}
        assert slack.modal("jamal")
        await slack.submit("jamal", {"edit.subject": "good"})
        assert (seen["subject"], slack.modal("jamal")) == ("good", None)


async def test_closing_a_modal_is_told(slack: SlackServer, bolt: Bolt) -> None:
    seen = await modal_bot(bolt)
    async with over_sockets(slack, bolt):
        posted = await bolt.client.chat_postMessage(channel=slack.dm("jamal"), text="x", blocks=[BUTTON])
        await slack.click("jamal", posted["ts"], "go")
        await slack.until(lambda: slack.modal("jamal"))
        await slack.close_modal("jamal")
    assert (seen["closed"], slack.modal("jamal")) == ("edit", None)


async def test_a_trigger_is_good_once_and_for_a_while(slack: SlackServer, bolt: Bolt) -> None:
    seen = await modal_bot(bolt)
    async with over_sockets(slack, bolt):
        posted = await bolt.client.chat_postMessage(channel=slack.dm("jamal"), text="x", blocks=[BUTTON])
        slack.faults.expire_triggers()
        await slack.click("jamal", posted["ts"], "go")
        assert "expired_trigger_id" in seen["error"]
        now = slack.world.clock()
        trigger = slack.world.passes.trigger("T0TAMARACK", "U0T7N3YG1", now=now)
        assert slack.world.passes.use_trigger(trigger, "T0TAMARACK", now=now + 3.1) == "expired_trigger_id"
        assert slack.world.passes.use_trigger(trigger, "T0OTHER", now=now) == "invalid_trigger_id"
        slack.world.passes.use_trigger(trigger, "T0TAMARACK", now=now)
        assert slack.world.passes.use_trigger(trigger, "T0TAMARACK", now=now) == "exchanged_trigger_id"


async def test_the_home_tab_is_published_and_clicked(slack: SlackServer, bolt: Bolt) -> None:
    clicks: list[dict[str, Any]] = []

    async def on_home(event: dict[str, Any], client: Bolt) -> None:
        assert event["tab"] == "home"
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [BUTTON]})

    async def on_go(ack: Bolt, body: dict[str, Any]) -> None:
        await ack()
        clicks.append(body)

    bolt.event("app_home_opened")(on_home)
    bolt.action("go")(on_go)
    async with over_sockets(slack, bolt):
        await slack.open_home("jamal")
        await slack.until(lambda: slack.home("jamal"))
        await slack.click("jamal", "home", "go")
        await slack.settled()
    assert clicks[0]["container"]["type"] == "view"


async def test_a_message_shortcut_brings_the_message(slack: SlackServer, bolt: Bolt) -> None:
    asked: list[str] = []

    async def on_ask(ack: Bolt, body: dict[str, Any]) -> None:
        await ack()
        asked.append(body["message"]["text"])

    bolt.shortcut("ask")(on_ask)
    async with over_sockets(slack, bolt):
        message = slack.messages("#leads")[0]
        assert (await slack.shortcut("marit", "ask", where="#leads", ts=message["ts"])).is_acked
    assert asked == [message["text"]]


async def test_stop_ends_the_streams_of_its_thread_first(slack: SlackServer, bolt: Bolt) -> None:
    stops: list[dict[str, Any]] = []

    async def on_stop(event: dict[str, Any]) -> None:
        stops.append(event)

    echo(bolt)
    bolt.event("agent_session_stopped")(on_stop)
    async with over_sockets(slack, bolt):
        question, channel = await slack.say("jamal", "dm", "hello"), slack.dm("jamal")
        stream = await bolt.client.chat_startStream(channel=channel, thread_ts=question, markdown_text="Well")
        await bolt.client.agents_sessions_setStatus(channel_id=channel, thread_ts=question, status="processing")
        await slack.press_stop("jamal", "dm", question)
        await slack.settled()
    assert stops[0]["streaming_message_ts"] == [stream["ts"]]
    assert not slack.is_streaming("dm:jamal", stream["ts"])
    session = slack.session("dm:jamal", question)
    assert session is not None
    assert session.status == "processing"


async def test_someone_who_leaves_is_told_of(slack: SlackServer, bolt: Bolt) -> None:
    changes: list[dict[str, Any]] = []

    async def on_change(event: dict[str, Any]) -> None:
        changes.append(event["user"])

    bolt.event("user_change")(on_change)
    async with over_sockets(slack, bolt):
        await slack.change_user("mei", deleted=True)
        await slack.settled()
    assert (changes[0]["name"], changes[0]["deleted"]) == ("mei", True)


async def test_waiting_in_vain_says_what_happened_instead(slack: SlackServer, bolt: Bolt) -> None:
    await bolt.client.auth_test()
    with pytest.raises(TimeoutError, match=r"in auth.test 200"):
        await slack.until(lambda: False, 0.01)
