"""What the local Slack lets an app do for a person with their own messages and direct messages."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any, TypeAlias

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.company import load_company
from playground.slack import SlackServer

# slack_sdk's own types are partly unknown; what it gives is looked at as JSON.
Client: TypeAlias = Any


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


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response["error"]  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]  see Client


async def test_people_delete_their_own_messages_and_no_others(
    slack: SlackServer, acting: Callable[..., Client]
) -> None:
    ren = acting("ren")
    posted = await ren.chat_postMessage(channel="C0TEAM", text="too early")
    assert await refusal(acting("priya").chat_delete(channel="C0TEAM", ts=posted["ts"])) == "cant_delete_message"
    assert (await ren.chat_delete(channel="C0TEAM", ts=posted["ts"]))["ts"] == posted["ts"]
    assert await refusal(ren.chat_delete(channel="C0TEAM", ts=posted["ts"])) == "message_not_found"
    assert "too early" not in [message["text"] for message in slack.messages("#team")]


async def test_two_people_have_one_direct_message_between_them(
    slack: SlackServer, acting: Callable[..., Client]
) -> None:
    ren, jamal = slack.user("ren").id, slack.user("jamal").id
    opened = (await acting("ren").conversations_open(users=jamal))["channel"]["id"]
    assert (await acting("jamal").conversations_open(users=ren))["channel"]["id"] == opened
    posted = await acting("ren").chat_postMessage(channel=opened, text="between us")
    assert (slack.messages(opened)[-1]["ts"], slack.messages(opened)[-1]["user"]) == (posted["ts"], ren)
    assert await refusal(acting("priya").chat_postMessage(channel=opened, text="me too")) == "channel_not_found"


async def test_a_direct_message_between_people_is_not_the_bots_to_hear(
    slack: SlackServer, acting: Callable[..., Client]
) -> None:
    opened = (await acting("ren").conversations_open(users=slack.user("jamal").id))["channel"]["id"]
    assert slack.workspace.bot.id not in slack.place(opened)[1].members
    assert opened != slack.dm("jamal")


async def test_opening_one_takes_the_permission_for_it(acting: Callable[..., Client], slack: SlackServer) -> None:
    few = acting("ren", "chat:write")
    assert await refusal(few.conversations_open(users=slack.user("jamal").id)) == "missing_scope"
