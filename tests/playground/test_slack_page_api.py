"""What the playground's page reads, follows and does (PAGE.md)."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import aiohttp
import pytest

from playground.company import load_company
from playground.slack import SlackServer
from playground.slack.page_reading import PageFacts

OWN = {"X-Playground": "1"}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    company = load_company(today=date(2026, 11, 20))
    page = PageFacts(demo_model=True, try_next="Ask for a review.")
    async with SlackServer(company, clock=company.now.timestamp, page=page) as server:
        yield server


@pytest.fixture
async def page(slack: SlackServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(slack.url, headers=OWN) as session:
        yield session


async def get(page: aiohttp.ClientSession, path: str, **query: str) -> Any:
    async with page.get(f"/play/{path}", params=query) as response:
        return await response.json()


async def act(page: aiohttp.ClientSession, path: str, **body: Any) -> Any:
    async with page.post(f"/play/{path}", json=body) as response:
        return await response.json()


async def bot(slack: SlackServer, method: str, **args: Any) -> Any:
    """Call the Web API as the bot."""
    headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
    async with (
        aiohttp.ClientSession(slack.url, headers=headers) as session,
        session.post(f"/api/{method}", json=args) as response,
    ):
        return await response.json()


async def test_the_state_shows_whom_one_can_be_and_where_one_can_talk(page: aiohttp.ClientSession) -> None:
    state = await get(page, "state", **{"as": "jamal"})
    assert [person["handle"] for person in state["people"]][:2] == ["jamal", "ren"]
    assert [person["kind"] for person in state["people"]][-2:] == ["guest", "outsider"]
    assert state["dms"][0]["is_bot_dm"]
    assert state["dms"][0]["id"] == state["bot"]["dm"]
    assert {"general", "eng", "mobile"} <= {channel["name"] for channel in state["channels"]}
    assert "leads" not in {channel["name"] for channel in state["channels"]}
    assert (state["demo_model"], state["try_next"], state["bot"]["connected"]) == (True, "Ask for a review.", False)


async def test_guest_and_outsider_see_only_their_channel(page: aiohttp.ClientSession) -> None:
    harriet = await get(page, "state", **{"as": "harriet"})
    luca = await get(page, "state", **{"as": "luca"})
    assert [channel["name"] for channel in harriet["channels"]] == ["proj-winter-maps"]
    assert [(channel["name"], channel["shared_with"]) for channel in luca["channels"]] == [
        ("ext-valtorta", "Valtorta Outdoor")
    ]
    assert luca["me"]["tag"] == "Valtorta Outdoor"
    error = await get(page, "messages", channel="C0ENG", **{"as": "luca"})
    assert not error["ok"]


async def test_a_channel_shows_the_story_so_far(page: aiohttp.ClientSession) -> None:
    shown = await get(page, "messages", channel="C0ENG", **{"as": "ren"})
    flaky = next(message for message in shown["messages"] if "flaky" in message["text"])
    assert (flaky["author"]["name"], flaky["reply_count"]) == ("Oskar Lindqvist", 2)
    thread = await get(page, "messages", channel="C0ENG", thread=flaky["ts"], **{"as": "ren"})
    assert [message["author"]["name"] for message in thread["messages"]] == [
        "Oskar Lindqvist",
        "Leila Haddad",
        "Oskar Lindqvist",
    ]


async def test_reading_a_channel_takes_its_badge_away(page: aiohttp.ClientSession) -> None:
    async def unread() -> int:
        state = await get(page, "state", **{"as": "nadia"})
        return next(channel["unread"] for channel in state["channels"] if channel["name"] == "platform-oncall")

    assert await unread() > 0
    await get(page, "messages", channel="C0ONCALL", **{"as": "nadia"})
    assert await unread() == 0


async def test_what_is_sent_can_be_changed_and_deleted_by_its_writer(
    slack: SlackServer, page: aiohttp.ClientSession
) -> None:
    channel = slack.dm("jamal")
    sent = await act(page, "send", channel=channel, text="helo", **{"as": "jamal"})
    changed = await act(page, "edit", channel=channel, ts=sent["ts"], text="hello", **{"as": "jamal"})
    theirs = slack.messages("#eng")[0]["ts"]
    foreign = await act(page, "delete", channel="C0ENG", ts=theirs, **{"as": "jamal"})
    assert (changed, slack.text("dm:jamal", sent["ts"])) == ({"ok": True}, "hello")
    assert foreign == {"ok": False, "error": "Only the person who wrote a message can change it."}
    await act(page, "delete", channel=channel, ts=sent["ts"], **{"as": "jamal"})
    assert slack.messages("dm:jamal") == []
    empty = await act(page, "send", channel=channel, text=" ", **{"as": "jamal"})
    assert empty == {"ok": False, "error": "Write something first."}


async def test_a_file_is_uploaded_sent_and_shown(slack: SlackServer, page: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"a,b\n", filename="a.csv", content_type="text/csv")
    async with page.post("/play/upload?as=jamal", data=form) as response:
        file = (await response.json())["files"][0]
    await act(page, "send", channel=slack.dm("jamal"), text="", file_ids=[file["id"]], **{"as": "jamal"})
    assert slack.messages("dm:jamal")[-1]["files"][0]["name"] == "a.csv"
    async with page.get(file["play_url"]) as response:
        assert await response.read() == b"a,b\n"
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a.csv"


async def follow(page: aiohttp.ClientSession, who: str, *, until: str) -> list[tuple[str, Any]]:
    """Read the live stream until an event called `until` came."""
    told: list[tuple[str, Any]] = []
    async with page.get(f"/play/live?as={who}") as response:
        name = ""
        async for raw in response.content:
            line = raw.decode().rstrip()
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            if line.startswith("data: "):
                told.append((name, json.loads(line.removeprefix("data: "))))
                if name == until:
                    break
    return told


async def test_a_page_follows_a_growing_answer(slack: SlackServer, page: aiohttp.ClientSession) -> None:
    following = asyncio.create_task(follow(page, "jamal", until="session"))
    await slack.until(lambda: slack.world.live.is_watched)
    channel, question = slack.dm("jamal"), await slack.say("jamal", "dm", "hello")
    await bot(slack, "assistant.threads.setStatus", channel_id=channel, thread_ts=question, status="is reading")
    stream = await bot(slack, "chat.startStream", channel=channel, thread_ts=question, markdown_text="Well")
    await bot(slack, "chat.appendStream", channel=channel, ts=stream["ts"], markdown_text=", yes")
    await bot(slack, "chat.postEphemeral", channel=channel, user="U0T7N3YG1", text="psst")
    await bot(slack, "chat.stopStream", channel=channel, ts=stream["ts"], session_status="active")
    told = await asyncio.wait_for(following, 5)
    answers = [data["message"]["stream"] for name, data in told if name == "message" and "stream" in data["message"]]
    assert [(s["open"], s["parts"][0]["text"]) for s in answers[:1]] == [(True, "Well")]
    assert [(s["open"], s["parts"][0]["text"]) for s in answers[-1:]] == [(False, "Well, yes")]
    assert [data["status"] for name, data in told if name == "status"] == ["is reading", ""]
    assert [data["message"]["text"] for name, data in told if name == "ephemeral"] == ["psst"]
    assert {"hello", "traffic", "unread"} <= {name for name, _ in told}


async def test_tokens_never_reach_the_page(slack: SlackServer, page: aiohttp.ClientSession) -> None:
    await bot(slack, "chat.postMessage", channel="C0ENG", text=f"leak {slack.app.bot_token}")
    entries = (await get(page, "traffic"))["entries"]
    assert slack.app.bot_token not in json.dumps(entries)
    assert "leak xoxb-…" in json.dumps(entries, ensure_ascii=False)


async def test_faults_are_set_and_taken_back_from_the_page(slack: SlackServer, page: aiohttp.ClientSession) -> None:
    shown = await act(page, "faults", kind="rate_limit", method="chat.update", times=2)
    assert shown["active"][0]["says"] == "chat.update answers 429, retry after 1 s, 2 more times"
    for kind in shown["kinds"]:
        fields = {field["name"]: field["default"] for field in kind["fields"]}
        assert (await act(page, "faults", kind=kind["kind"], **fields))["ok"]
    cleared = await act(page, "faults", clear="all")
    assert cleared["active"] == []
    assert (await bot(slack, "auth.test"))["ok"]
    assert not (await act(page, "faults", kind="earthquake"))["ok"]


async def test_other_sites_cannot_act_here(slack: SlackServer) -> None:
    async with aiohttp.ClientSession(slack.url) as stranger:
        body = {"as": "jamal", "channel": slack.dm("jamal"), "text": "x"}
        async with stranger.post("/play/send", json=body) as response:
            assert (response.status, (await response.json())["ok"]) == (403, False)
        async with stranger.get("/play/state", headers={"Host": "evil.example"}) as response:
            assert response.status == 403
