"""Security promises that need the whole product, each named by its id."""

import json

import pytest
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from playground.github.tokens import Session
from playground.model import Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.test_connecting import connected, link_in, signed_in_page

LOOK = call("list_pull_requests", which="waiting_for_my_review")
READ = call("read_pull_request", repository="tile-forge", number=95)
COMMENT = call("comment_on_pull_request", repository="tile-forge", number=95, body="Looks good to me.")


async def stored(world: World) -> str:
    """Every row of every table, ours and the engine's, as text."""
    tables = await world.rows(
        "SELECT table_schema AS schema, table_name AS name FROM information_schema.tables"
        " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
    )
    found: list[str] = []
    for table in tables:
        rows = await world.rows(f'SELECT t::text AS row FROM "{table["schema"]}"."{table["name"]}" t')  # noqa: S608  names from the catalogue
        found += [f"{table['name']}: {row['row']}" for row in rows]
    assert any(line.startswith("grants: ") for line in found)
    return "\n".join(found)


def secrets(world: World, sessions: list[Session]) -> dict[str, str]:
    """Every secret there is, by what it is."""
    slack, github = world.slack.app, world.github.app
    held = {f"access token {n}": session.access for n, session in enumerate(sessions)}
    held |= {f"refresh token {n}": session.refresh for n, session in enumerate(sessions)}
    return held | {
        "bot token": slack.bot_token,
        "app token": slack.app_token,
        "Slack client secret": slack.client_secret,
        "GitHub client secret": github.client_secret,
        "Anthropic key": "sk-ant-playground",
        "PINYON_SECRET_KEY": world.key,
    }


async def test_tok_canary_no_secret_is_written_anywhere(
    open_world: OpenWorld, caplog: pytest.LogCaptureFixture
) -> None:
    """tok_canary: no token in a Slack message, a log line, a database text, or what a model reads.

    On the way: connecting, reading, a failing and a revoking GitHub, a renewed token, an approved write, a broken
    Slack call, and a model that fails.
    """
    with capture_logs([format_exc_info]) as logged:
        world = await open_world(Scripted([LOOK, "Nothing.", LOOK, LOOK, READ, COMMENT, "Posted.", LOOK]))
        sessions: list[Session] = []
        await world.connect("jamal")
        sessions += world.github.sessions("jamal")
        await world.ask("jamal", "what waits?", seconds=15)
        world.github.fault("GET", "*", status=500, times=1000)
        await world.ask("jamal", "and now?", seconds=15)
        world.github.calm()
        world.github.revoke("jamal")
        thread = await world.slack.say("jamal", "dm", "comment on 95")
        card = await world.card("dm:jamal", thread, "connect.open", seconds=15)
        async with world.browser() as browser:
            await connected(world, browser, "jamal", link_in(card))
        sessions += world.github.sessions("jamal")
        approval = await world.card("dm:jamal", thread, seconds=15)
        await world.slack.click("jamal", approval["ts"], "approval.approve")
        await world.slack.until(lambda: "Posted." in said(world, thread), 15)
        world.slack.faults.fail("*", "invalid_auth", times=1)
        world.github.fault("*", "*", drop=True, times=1000)
        await world.slack.say("jamal", "dm", "once more")
        await world.over(4, seconds=15)
    asked = [json.dumps(request.body) + request.system for request in world.model.requests]
    sinks = {
        # Signing in proves to Slack itself who asks, with the client secret.
        "Slack": json.dumps([call.request for call in world.slack.calls if call.name != "openid.connect.token"]),
        "the logs": f"{logged}\n{caplog.text}",
        "the database": await stored(world),
        "the model": "\n".join(asked),
    }
    assert len(sessions) == 2
    for what, secret in secrets(world, sessions).items():
        for where, text in sinks.items():
            assert secret not in text, f"{what} in {where}"
            assert secret.encode().hex() not in text, f"{what} in {where}, as bytes"


def said(world: World, thread: str) -> str:
    return "\n".join(world.words("dm:jamal", reply) for reply in world.slack.replies("dm:jamal", thread))


async def test_link_forwarded_a_connect_link_is_shown_to_its_person_only_and_works_for_nobody_else(
    world: World,
) -> None:
    """link_forwarded: asked in a channel, the link is in the asker's chat; opened by another it connects nothing."""
    thread = await world.slack.say("jamal", "#mobile", "@Pinyon which PRs wait for me?")
    await world.answer("#mobile", thread)
    card: JSON = (await world.slack.until(lambda: with_link(world, "dm:jamal"), 15))[0]
    link = link_in(card)
    assert with_link(world, "#mobile") == []
    assert link not in json.dumps(world.slack.messages("#mobile", thread))
    async with world.browser() as browser:
        page = await signed_in_page(world, browser, "camille", link)
    assert page.status_code == 403
    assert await world.rows("SELECT * FROM grants") == []


def with_link(world: World, where: str) -> list[JSON]:
    """The messages of a place that carry a connect button."""
    return [message for message in world.slack.messages(where) if "'connect.open'" in str(message.get("blocks"))]


async def test_appr_actor_a_click_whose_message_was_made_up_decides_nothing(open_world: OpenWorld) -> None:
    """appr_actor, appr_once: what counts is who clicked and what is stored, never what the payload claims."""
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("jamal")
    thread = await world.slack.say("jamal", "dm", "comment on 95")
    card = await world.card("dm:jamal", thread, seconds=15)
    copied = await world.slack.say("camille", "dm", "hello")
    workspace, conversation = world.slack.place("dm", "camille")
    button = {"type": "button", "action_id": "approval.approve", "block_id": "b", "value": value_of(card)}
    message = conversation.messages[copied]
    for value in (value_of(card), f"{value_of(card)}:all", "p_000000000000000000000000", "", "'; DROP TABLE turns; --"):
        outcome = await world.slack.act_in_message(
            workspace, world.slack.user("camille"), conversation, message, {**button, "value": value}
        )
        assert outcome.is_acked
    assert await world.rows("SELECT state FROM pending") == [{"state": "open"}]
    assert world.github.writes == []


def value_of(card: JSON) -> str:
    """The value of a card's Approve button."""
    buttons: list[JSON] = [element for block in card["blocks"] for element in block.get("elements", ())]
    return next(str(button["value"]) for button in buttons if button.get("action_id") == "approval.approve")


async def test_appr_hash_an_approved_write_that_was_changed_in_the_database_does_not_run(open_world: OpenWorld) -> None:
    """appr_hash: an approval counts for exactly the arguments whose hash was stored with it."""
    world = await open_world(Scripted([COMMENT, "Posted.", "I asked again."]))
    await world.connect("jamal")
    thread = await world.slack.say("jamal", "dm", "comment on 95")
    card = await world.card("dm:jamal", thread, seconds=15)
    await world.rows("UPDATE pending SET body = replace(body, 'Looks good', 'Looks bad')")
    await world.slack.click("jamal", card["ts"], "approval.approve")
    await world.over(2, seconds=15)
    assert world.github.writes == []
