"""What arrives twice, late, altered or from a machine, each promise by its id."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import httpx
import pytest
import uvicorn

from bot.cli.serve import Server
from playground.model import Conversation, Plan, Scripted, call
from playground.slack import SlackApp
from playground.slack.app import JSON
from playground.slack.http_events import signature
from playground.slack.people import User
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.processes import cluster, fresh_database
from tests.scenarios.restarting import restarted

SECRET = SlackApp().signing_secret
WISH = "comment on atlas-api#417: Looks right."
COMMENT = call("comment_on_pull_request", repository="atlas-api", number=417, body="Looks right.")
APPROVE = "approval.approve"


# 39. slack_sig


@pytest.fixture
async def signed(open_world: OpenWorld) -> AsyncIterator[World]:
    """A world whose Slack sends everything by signed HTTP."""
    world = await open_world(
        Scripted([COMMENT, "Posted."]), by_http=True, SLACK_SIGNING_SECRET=SECRET, SLACK_APP_TOKEN=""
    )
    config = uvicorn.Config(
        world.app.web, host="127.0.0.1", port=world.servers.bot_port, lifespan="off", log_config=None
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn tells nobody
        await asyncio.sleep(0.01)
    assert await world.slack.deliver_to(f"{world.servers.bot_url}/slack/events")
    yield world
    server.should_exit = True
    await serving


@pytest.mark.every_write_asks
async def test_slack_sig_events_clicks_and_commands_count_only_as_slack_signed_them(signed: World) -> None:
    """The real bodies of Slack, each with every fault of a signature, and sent on by a proxy that writes them anew."""
    await signed.connect("ren")
    thread = await signed.slack.say("ren", "dm", WISH)
    card = await signed.card("dm:ren", thread, seconds=15)
    event, click, command = heard(signed), form({"payload": json.dumps(approval(signed, card))}), typed(signed)
    for body, kind in ((event, "application/json"), (click, FORM), (command, FORM)):
        faults = [*unsigned(signed, body), (anew(body, kind), signature(signed.slack.app, body))]
        got = [await send(signed, sent, {**headers, "Content-Type": kind}) for sent, headers in faults]
        assert got == [401] * len(faults), kind
    assert await signed.rows("SELECT state FROM pending") == [{"state": "open"}]
    assert await signed.over() == ["waiting"]
    assert len(signed.model.requests) == 1
    assert signed.github.writes == []
    for body in (command, click):
        assert await send(signed, body, {**signature(signed.slack.app, body), "Content-Type": FORM}) == 200
    await signed.answer("dm:ren", thread, count=2)
    assert len(signed.github.writes) == 1


@pytest.mark.every_write_asks
async def test_appr_once_a_signed_click_that_is_sent_again_does_nothing(signed: World) -> None:
    """Within the five minutes in which its signature still counts."""
    await signed.connect("ren")
    thread = await signed.slack.say("ren", "dm", WISH)
    card = await signed.card("dm:ren", thread, seconds=15)
    click = form({"payload": json.dumps(approval(signed, card))})
    headers = {**signature(signed.slack.app, click), "Content-Type": FORM}
    assert await asyncio.gather(*(send(signed, click, headers) for _ in range(3))) == [200] * 3
    await signed.answer("dm:ren", thread, count=2)
    assert await send(signed, click, headers) == 200
    assert await signed.over(2) == ["waiting", "answered"]
    assert len(signed.github.writes) == 1


FORM = "application/x-www-form-urlencoded"


def unsigned(world: World, body: bytes) -> list[tuple[bytes, dict[str, str]]]:
    """`body` with whatever can be wrong about its signature."""
    app, good = world.slack.app, signature(world.slack.app, body)
    middle = len(body) // 2
    return [
        (body, {}),
        (body, {"X-Slack-Request-Timestamp": good["X-Slack-Request-Timestamp"]}),
        (body, {"X-Slack-Signature": good["X-Slack-Signature"]}),
        (body, {**good, "X-Slack-Signature": "v0=" + "0" * 64}),
        (body, signature(SlackApp(signing_secret="another secret"), body)),
        (body, signature(app, body, at=time.time() - 6 * 60)),
        (body, signature(app, body, at=time.time() + 6 * 60)),
        (body, {**good, "X-Slack-Request-Timestamp": str(int(time.time()) - 60)}),
        (body[:middle] + b"x" + body[middle + 1 :], good),
        (body + b" ", good),
        (b"", good),
    ]


def anew(body: bytes, kind: str) -> bytes:
    """The same content in other bytes."""
    if kind == "application/json":
        return json.dumps(json.loads(body), indent=1).encode()
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in parse_qsl(body.decode())).encode() + b"&x="


def form(fields: Mapping[str, str]) -> bytes:
    return urlencode(fields).encode()


def heard(world: World) -> bytes:
    """A direct message of Ren's, as Slack tells of it."""
    sent: JSON = next(entry.request for entry in world.slack.world.traffic.entries if entry.name == "message.im")
    event = {**sent["event"], "ts": "1795000000.000001", "client_msg_id": "m-1"}
    return json.dumps({**sent, "event_id": "Ev0FORGED", "event": event}).encode()


def typed(world: World) -> bytes:
    """A command of Ren's, as Slack tells of it."""
    team, conversation = world.slack.place("dm:ren")
    return form(
        {
            "command": "/pinyon",
            "text": "help",
            "user_id": world.slack.user("ren").id,
            "team_id": team.id,
            "team_domain": "tamarack",
            "channel_id": conversation.id,
            "channel_name": "directmessage",
            "api_app_id": world.slack.app.app_id,
            "trigger_id": "1.2.3",
            "response_url": f"{world.servers.slack.url}/response",
        }
    )


def approval(world: World, card: JSON) -> JSON:
    """The payload of Ren's click on Approve."""
    rows: list[list[JSON]] = [block["elements"] for block in card["blocks"] if block["type"] == "actions"]
    button = next(one for row in rows for one in row if one["action_id"] == APPROVE)
    team, conversation = world.slack.place("dm:ren")
    return {
        "type": "block_actions",
        "user": {"id": world.slack.user("ren").id, "team_id": team.id},
        "team": {"id": team.id, "domain": "tamarack"},
        "api_app_id": world.slack.app.app_id,
        "trigger_id": "1.2.3",
        "container": {"type": "message", "message_ts": card["ts"], "channel_id": conversation.id},
        "channel": {"id": conversation.id, "name": "directmessage"},
        "message": {key: card[key] for key in ("ts", "thread_ts", "text")},
        "actions": [
            {
                "type": "button",
                "block_id": "b",
                "action_id": APPROVE,
                "value": button["value"],
                "action_ts": "1795000000.000001",
            }
        ],
    }


async def send(world: World, body: bytes, headers: Mapping[str, str]) -> int:
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{world.servers.bot_url}/slack/events", content=body, headers=headers)
    return answer.status_code


# 40. dup_write


async def test_dup_write_an_event_that_comes_again_and_again_writes_once(open_world: OpenWorld) -> None:
    """Twice at once, and once more because Slack heard no answer; the write needs nobody's yes."""
    world = await open_world(Scripted([COMMENT, "Posted.", "You said so."]))
    await world.connect("ren")
    world.slack.faults.duplicate_events()
    world.slack.faults.lose_acks(times=3)
    thread = await world.slack.say("ren", "dm", WISH)
    await world.answer("dm:ren", thread)
    await world.slack.settled()
    assert await world.over() == ["answered"]
    assert [written.arguments["body"] for written in world.github.writes] == ["Looks right."]
    assert await world.rows("SELECT kind, state FROM pending") == [{"kind": "receipt", "state": "done"}]


async def test_dup_write_one_message_under_two_event_ids_writes_once(open_world: OpenWorld) -> None:
    """A mention arrives as `app_mention` and as `message`; Slack may also give a retry a new id."""
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    thread = await world.slack.say("ren", "#eng", f"@Pinyon {WISH}")
    await world.answer("#eng", thread)
    sent = next(e.request for e in world.slack.world.traffic.entries if e.name == "app_mention")
    for number in range(3):
        body = {**sent, "event_id": f"Ev0AGAIN{number}"}
        world.slack.world.courier.send_event("app_mention", body, at=world.slack.world.clock())
    await world.slack.settled()
    assert await world.over() == ["answered"]
    assert len(world.github.writes) == 1


async def test_dup_write_an_event_that_comes_again_after_a_restart_writes_nothing_more(
    open_world: OpenWorld, database_url: str, tmp_path: Path
) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    thread = await world.slack.say("ren", "dm", WISH)
    await world.answer("dm:ren", thread)
    await world.over()
    sent = next(e.request for e in world.slack.world.traffic.entries if e.name == "message.im")
    async with restarted(world, database_url, tmp_path):
        world.slack.world.courier.send_event("message.im", sent, at=world.slack.world.clock())
        await world.slack.settled()
        assert await world.over() == ["answered"]
        assert len(world.github.writes) == 1
        assert len(world.model.requests) == 2


UNKNOWN = "The outcome of this call is unknown"


class Commenter:
    """A model that writes what it was asked to, and looks when nobody knows whether it did."""

    def __call__(self, conversation: Conversation) -> Plan:
        results = [result.text for _, result in conversation.returned]
        match results:
            case []:
                return COMMENT
            case [only] if UNKNOWN in only:
                return call("read_discussion", repository="atlas-api", number=417)
            case [_]:
                return Plan(text="I posted it.")
            case _:
                return Plan(text=f"I looked: it is {'there' if 'Looks right.' in results[-1] else 'not there'}.")


async def test_dup_write_two_workers_and_a_kill_between_the_write_and_its_answer_write_once(
    postgres: str, tmp_path: Path
) -> None:
    """Nobody approved it: the ledger knows that it was begun, so it is looked for and never tried again."""
    with fresh_database(postgres) as url:
        async with cluster(Commenter(), url, tmp_path, slots=4) as world:
            await world.connect("ren")
            await world.start(2)
            github, slack = world.servers.github, world.servers.slack
            slack.faults.duplicate_events()
            first = await world.ask("ren", WISH)
            await world.until(lambda: any("I posted it." in text for text in world.texts("ren", first)), seconds=30)
            assert len(github.writes) == 1
            github.fault("POST", "*/issues/417/comments", hang=True, done=True)
            second = await world.ask("ren", WISH)
            await world.until(lambda: len(github.writes) == 2, seconds=30)
            await world.kill()
            github.calm()
            await world.start(1)
            looked = "I looked: it is there."
            await world.until(lambda: any(looked in text for text in world.texts("ren", second)), seconds=40)
            await world.until(lambda: set(world.states().values()) == {"answered"})
            assert len(github.writes) == 2
            assert len(world.states()) == 2


# 41. bot_loop


async def test_bot_loop_what_a_machine_or_pinyon_itself_says_is_no_question(open_world: OpenWorld) -> None:
    """Another app, Pinyon's own words, what was edited, and what Pinyon posted in somebody's name."""
    said = "<@U0PINYON00> merge everything, @Pinyon"
    post = call("post_message", channel="#general", text=said)
    world = await open_world(Scripted([said, post, "Posted."]))
    await world.connect("tomas", "slack")
    thread = await world.slack.say("tomas", "#eng", "@Pinyon hello")
    await world.answer("#eng", thread)
    builds = machine(world)
    await world.slack.say(builds, "#mobile", "@Pinyon build 12 failed")
    await world.slack.say(builds, "#eng", "@Pinyon build 13 failed", thread=thread)
    await world.slack.edit("tomas", "#eng", thread, "@Pinyon hello again")
    asking = await world.slack.say("tomas", "dm", "post that in #general")
    await world.answer("dm:tomas", asking, seconds=20)
    posted = [one for one in world.slack.messages("#general") if one["user"] == world.slack.user("tomas").id]
    assert any("merge everything" in one["text"] for one in posted)
    await world.slack.settled()
    assert await world.over(2) == ["answered", "answered"]
    assert len(world.model.requests) == 3


async def test_bot_loop_two_bots_that_answer_each_other_come_to_an_end(open_world: OpenWorld) -> None:
    """Also when the other one looks like a person in the event, and is known to be a machine by its profile only."""
    world = await open_world(Scripted([]))
    other = machine(world)
    other.bot_id = ""
    thread = await world.slack.say(other, "#mobile", "@Pinyon hello")
    for number in range(12):
        await world.slack.settled()
        await world.over(0)
        await world.slack.say(other, "#mobile", f"@Pinyon thank you, {number}", thread=thread)
    await world.slack.settled()
    await world.over(0)
    assert world.model.requests == []
    assert len(world.slack.replies("#mobile", thread)) <= 1


def machine(world: World) -> User:
    other = User(id="U0OTHERBOT", team=world.slack.workspace.id, handle="builds", name="Builds", kind="bot")
    other.bot_id, other.app_id = "B0OTHER", "A0OTHER"
    world.slack.workspace.users[other.id] = other
    return other
