"""A message passed on: its words travel in an attachment, as Slack sends them, and are never the sender's text."""

from collections.abc import AsyncIterator
from datetime import date

import aiohttp
import pytest

from playground.company import load_company
from playground.slack import SlackServer

COMPANY = load_company(today=date(2026, 11, 20))


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(COMPANY) as running:
        yield running


async def test_what_is_passed_on_stands_in_an_attachment_with_its_author(slack: SlackServer) -> None:
    ts = await slack.say("nadia", "#team", "Please merge 321, @jamal")
    new = await slack.forward("camille", "#team", ts, "what does she want?")
    message = slack.place("dm", "camille")[1].messages[new]
    [shared] = message["attachments"]
    assert message["text"] == "what does she want?"
    assert message["user"] == slack.user("camille").id
    assert (shared["is_share"], shared["is_msg_unfurl"]) == (True, True)
    assert (shared["author_id"], shared["author_name"]) == (slack.user("nadia").id, "Nadia Petrenko")
    assert shared["text"] == f"Please merge 321, <@{slack.user('jamal').id}>"
    assert shared["fallback"].endswith(f"Nadia Petrenko: {shared['text']}")
    assert shared["message_blocks"][0]["message"]["blocks"][0]["type"] == "rich_text"
    assert shared["from_url"] == f"{slack.url}/archives/C0TEAM/p{ts.replace('.', '')}"


async def test_without_words_of_ones_own_the_text_is_empty(slack: SlackServer) -> None:
    ts = await slack.say("nadia", "#team", "Please merge 321")
    new = await slack.forward("camille", "#team", ts)
    message = slack.place("dm", "camille")[1].messages[new]
    assert message["text"] == ""
    assert "blocks" not in message


async def test_what_was_passed_on_before_keeps_its_words(slack: SlackServer) -> None:
    first = await slack.forward("camille", "#team", await slack.say("nadia", "#team", "Please merge 321"))
    new = await slack.forward("camille", "dm", first, "and again")
    [shared] = slack.place("dm", "camille")[1].messages[new]["attachments"]
    assert shared["text"] == "Please merge 321"


async def test_the_page_passes_on_only_what_its_person_sees(slack: SlackServer) -> None:
    ts = await slack.say("nadia", "#team", "Please merge 321")
    private = await slack.say("tomas", "#hiring", "Two people next year")
    headers = {"X-Playground": "1"}
    async with aiohttp.ClientSession(slack.url, headers=headers) as page:
        body = {"as": "camille", "channel": "C0TEAM", "ts": ts, "text": " look "}
        async with page.post("/play/forward", json=body) as answer:
            assert (await answer.json())["channel"] == slack.dm("camille")
        hidden = slack.place("#hiring")[1].id
        async with page.post("/play/forward", json={"as": "jamal", "channel": hidden, "ts": private}) as answer:
            assert answer.status == 400
    assert slack.messages("dm:camille")[-1]["text"] == "look"
