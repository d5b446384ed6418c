"""Files and audio clips in the local Slack: as people attach them, as the bot finds them, and what goes wrong."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, TypeAlias

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.clips import Voice, clip, words_in
from playground.company import load_company
from playground.slack import SlackServer
from playground.slack.page_reading import PageFacts, Sample

Client: TypeAlias = Any
JSON = dict[str, Any]

SAMPLE = Sample("budget.csv", "What was planned", b"group,plan\nCloud,3\n")


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    page = PageFacts(samples=(SAMPLE,))
    async with SlackServer(load_company(today=date(2026, 11, 20)), page=page) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"X-Playground": "1"}) as session:
        yield session


@pytest.fixture
def client(slack: SlackServer, http: aiohttp.ClientSession) -> Client:
    return AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, session=http)


async def fetched(
    slack: SlackServer, http: aiohttp.ClientSession, address: str, token: str = ""
) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token or slack.app.bot_token}"}
    async with http.get(address, headers=headers) as response:
        return response.status, response.content_type, await response.read()


def sent(slack: SlackServer, name: str = "message.im (file_share)") -> JSON:
    """The event of the latest message with a file."""
    return [entry.request for entry in slack.world.traffic.entries if entry.name == name][-1]["event"]


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response["error"]  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]  see Client


async def test_a_message_with_files_arrives_as_slack_sends_it(slack: SlackServer) -> None:
    await slack.say("jamal", "dm", "", files=[("a b.csv", b"1,2\n"), ("plan.md", b"# Plan")])
    event = sent(slack)
    assert (event["type"], event["subtype"], event["text"], event["upload"]) == ("message", "file_share", "", False)
    facts = [(file["name"], file["filetype"], file["mimetype"], file["size"], file["mode"]) for file in event["files"]]
    assert facts == [
        ("a b.csv", "csv", "text/csv", 4, "hosted"),
        ("plan.md", "markdown", "text/markdown", 6, "hosted"),
    ]
    assert event["files"][0]["url_private_download"].endswith("/download/a%20b.csv")


async def test_a_mention_with_a_file_arrives_twice_both_times_with_the_file(slack: SlackServer) -> None:
    await slack.say("jamal", "#eng", "@Pinyon read this", files=[("a.csv", b"1\n")])
    assert [file["name"] for file in sent(slack, "app_mention")["files"]] == ["a.csv"]
    assert sent(slack, "message.channels (file_share)")["ts"] == sent(slack, "app_mention")["ts"]


async def test_only_the_bot_gets_the_bytes(slack: SlackServer, http: aiohttp.ClientSession) -> None:
    await slack.say("jamal", "dm", "", files=[("a.csv", b"1,2\n")])
    address = sent(slack)["files"][0]["url_private_download"]
    assert await fetched(slack, http, address) == (200, "text/csv", b"1,2\n")
    status, media, body = await fetched(slack, http, address, token="xoxb-somebody-else")
    assert (status, media, b"Sign in" in body) == (200, "text/html", True)


async def test_files_info_says_where_a_file_was_shared(slack: SlackServer, client: Client) -> None:
    ts = await slack.say("jamal", "#eng", "look", files=[("a.csv", b"1\n")])
    file = slack.messages("#eng")[-1]["files"][0]["id"]
    info = (await client.files_info(file=file))["file"]
    assert (info["channels"], info["shares"]["public"]["C0ENG"][0]["ts"]) == (["C0ENG"], ts)


async def test_the_bot_uploads_with_a_description_into_a_thread(slack: SlackServer, client: Client) -> None:
    root = await slack.say("jamal", "dm", "make a chart")
    await client.files_upload_v2(
        filename="chart.png",
        content=b"\x89PNG\r\n\x1a\n",
        channel=slack.dm("jamal"),
        thread_ts=root,
        alt_txt="Packs by region",
    )
    [reply] = slack.replies("dm:jamal", root)
    file = reply["files"][0]
    assert (reply["thread_ts"], file["alt_txt"], file["mimetype"]) == (root, "Packs by region", "image/png")
    assert file["shares"]["private"][slack.dm("jamal")][0]["thread_ts"] == root


async def test_the_transcript_of_a_clip_comes_a_moment_later(
    slack: SlackServer, client: Client, http: aiohttp.ClientSession
) -> None:
    says = "Sort my thoughts. " + "First the release notes, then the invoice & the huts. " * 6
    await slack.say("jamal", "dm", "", voice=Voice(says=says, seconds=12))
    early = sent(slack)["files"][0]
    assert (early["subtype"], early["name"], early["mimetype"]) == ("slack_audio", "audio_message.webm", "audio/webm")
    assert (early["duration_ms"], early["transcription"]) == (12000, {"status": "processing"})
    await slack.until(lambda: "vtt" in slack.messages("dm:jamal")[-1]["files"][0])
    late = (await client.files_info(file=early["id"]))["file"]
    assert late["transcription"]["status"] == "complete"
    assert late["transcription"]["preview"] == {"content": says[:150], "has_more": True}
    status, media, body = await fetched(slack, http, late["vtt"])
    assert (status, media, body[:6]) == (200, "text/vtt", b"WEBVTT")
    assert b"then the invoice &amp; the huts." in body
    assert early["transcription"] == {"status": "processing"}


async def test_a_transcript_may_fail_or_never_come(slack: SlackServer) -> None:
    await slack.say("jamal", "dm", "", voice=Voice(says="x", transcript="failed"))
    await slack.until(lambda: slack.messages("dm:jamal")[-1]["files"][0]["transcription"]["status"] == "failed")
    slack.faults.keep_transcripts("never")
    await slack.say("jamal", "dm", "", voice=Voice(says="y", after=0))
    await asyncio.sleep(0.02)
    assert slack.messages("dm:jamal")[-1]["files"][0]["transcription"] == {"status": "processing"}


@pytest.mark.parametrize("recorded", [b"", b"\0\0\0\x18ftypM4A rest of it"])
def test_a_clip_carries_its_words(recorded: bytes) -> None:
    assert words_in(clip("Grüße an alle", recorded)) == "Grüße an alle"
    assert words_in(b"a song of others") == ""


async def test_a_withheld_file_is_a_stub(slack: SlackServer, client: Client) -> None:
    for how in ("hidden_by_limit", "tombstone", "check_file_info"):
        slack.faults.withhold_files(how)
        await slack.say("jamal", "dm", "", files=[("a.csv", b"1\n")])
        stub = sent(slack)["files"][0]
        assert "url_private" not in stub
        match how:
            case "hidden_by_limit":
                assert (await client.files_info(file=stub["id"]))["file"]["mode"] == how
            case "tombstone":
                assert await refused(client.files_info(file=stub["id"])) == "file_deleted"
            case _:
                assert stub["file_access"] == how
                assert (await client.files_info(file=stub["id"]))["file"]["name"] == "a.csv"


async def test_downloads_go_wrong_on_demand(slack: SlackServer, http: aiohttp.ClientSession) -> None:
    await slack.say("jamal", "dm", "", files=[("a.csv", b"1,2\n" * 1000)])
    address = sent(slack)["files"][0]["url_private_download"]
    slack.faults.spoil_downloads("login_page")
    assert (await fetched(slack, http, address))[:2] == (200, "text/html")
    slack.faults.spoil_downloads("missing")
    assert (await fetched(slack, http, address))[0] == 404
    slack.faults.spoil_downloads("broken")
    with pytest.raises(aiohttp.ClientError):
        await fetched(slack, http, address)
    slack.faults.spoil_downloads("slow", seconds=0.02)
    assert (await fetched(slack, http, address))[2] == b"1,2\n" * 1000


# The page


async def posted(slack: SlackServer, http: aiohttp.ClientSession, path: str, **given: Any) -> tuple[int, JSON]:
    async with http.post(f"{slack.url}/play/{path}", **given) as response:
        return response.status, await response.json()


def form(*files: tuple[str, bytes], **fields: str) -> aiohttp.FormData:
    made = aiohttp.FormData()
    for name, content in files:
        made.add_field("file", io.BytesIO(content), filename=name)
    for name, value in fields.items():
        made.add_field(name, value)
    return made


async def test_the_page_uploads_several_files_and_sends_them_without_words(
    slack: SlackServer, http: aiohttp.ClientSession
) -> None:
    _, up = await posted(slack, http, "upload?as=jamal", data=form(("a.csv", b"1\n"), ("b.txt", b"x")))
    ids = [file["id"] for file in up["files"]]
    await posted(slack, http, "send", json={"as": "jamal", "channel": slack.dm("jamal"), "text": "", "file_ids": ids})
    assert [file["name"] for file in sent(slack)["files"]] == ["a.csv", "b.txt"]


async def test_a_file_that_is_too_large_or_empty_is_refused_in_a_sentence(
    slack: SlackServer, http: aiohttp.ClientSession
) -> None:
    large = form(("big.bin", bytes(26 * 1024 * 1024)))
    status, said = await posted(slack, http, "upload?as=jamal", data=large)
    assert status == 413
    assert said["error"] == "big.bin has 26 MB; the playground takes up to 25 MB a file. Attach a smaller one."
    _, said = await posted(slack, http, "upload?as=jamal", data=form(("none.csv", b"")))
    assert said["error"] == "none.csv is empty, so there is nothing to attach."


async def test_a_file_that_lies_ready_can_be_attached(slack: SlackServer, http: aiohttp.ClientSession) -> None:
    _, given = await posted(slack, http, "sample", json={"as": "jamal", "name": "budget.csv"})
    async with http.get(slack.url + given["files"][0]["play_url"]) as response:
        assert await response.read() == SAMPLE.content
    _, said = await posted(slack, http, "sample", json={"as": "jamal", "name": "../passwd"})
    assert said == {"ok": False, "error": "There is no such file."}


async def test_a_clip_needs_its_words(slack: SlackServer, http: aiohttp.ClientSession) -> None:
    _, said = await posted(slack, http, "voice?as=jamal", data=form(says=" "))
    assert said["error"] == "Write what the clip says: the playground has nobody who can listen."
    _, up = await posted(slack, http, "voice?as=jamal", data=form(says="Five words are two seconds"))
    assert (up["files"][0]["subtype"], up["files"][0]["duration_ms"]) == ("slack_audio", 2000)


async def test_a_recorded_clip_keeps_its_sound(slack: SlackServer, http: aiohttp.ClientSession) -> None:
    sound = b"\0\0\0\x18ftypM4A the sound"
    _, up = await posted(slack, http, "voice?as=jamal", data=form(("audio", sound), says="Hello", seconds="3"))
    [file] = up["files"]
    async with http.get(slack.url + file["play_url"]) as response:
        assert (await response.read()).startswith(sound)
    assert (file["name"], file["mimetype"], file["duration_ms"]) == ("audio_message.m4a", "audio/mp4", 3000)


async def test_nobody_reads_or_sends_a_file_that_they_do_not_see(
    slack: SlackServer, http: aiohttp.ClientSession
) -> None:
    mine = slack.upload("jamal", "mine.csv", b"1\n")
    async with http.get(f"{slack.url}/play/file/{mine['id']}?as=nadia") as response:
        assert (response.status, (await response.json())["error"]) == (404, "This file is gone.")
    body = {"as": "nadia", "channel": slack.dm("nadia"), "text": "x", "file_ids": [mine["id"]]}
    await posted(slack, http, "send", json=body)
    assert "files" not in slack.messages("dm:nadia")[-1]


async def test_a_web_page_among_the_files_is_saved_and_never_shown(
    slack: SlackServer, http: aiohttp.ClientSession
) -> None:
    page = slack.upload("jamal", "evil.html", b"<script>alert(1)</script>")
    picture = slack.upload("jamal", "a.png", b"\x89PNG\r\n\x1a\n")
    async with http.get(f"{slack.url}/play/file/{page['id']}?as=jamal") as response:
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''evil.html"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    async with http.get(f"{slack.url}/play/file/{picture['id']}?as=jamal") as response:
        assert response.headers["Content-Disposition"].startswith("inline")
    async with http.get(f"{slack.url}/play/file/{picture['id']}?as=jamal&download=1") as response:
        assert response.headers["Content-Disposition"].startswith("attachment")


async def test_the_page_can_set_the_faults_of_files(slack: SlackServer, http: aiohttp.ClientSession) -> None:
    await posted(slack, http, "faults", json={"kind": "file_gone", "how": "tombstone", "times": 2})
    await posted(slack, http, "faults", json={"kind": "download", "how": "slow", "seconds": 3})
    _, shown = await posted(slack, http, "faults", json={"kind": "transcript", "how": "failed"})
    assert [fault["says"] for fault in shown["active"]] == [
        "an attached file arrives as tombstone, 2 more times",
        "downloading a file takes its time, 1 more times",
        "Slack's transcript of a clip fails, 1 more times",
    ]


async def test_a_message_that_is_passed_on_takes_its_files_along(
    slack: SlackServer, http: aiohttp.ClientSession
) -> None:
    ts = await slack.say("jamal", "#eng", "look", files=[("a.csv", b"1\n")])
    await slack.forward("leila", "#eng", ts, where="dm")
    channel = slack.dm("leila")
    async with http.get(f"{slack.url}/play/messages?as=leila&channel={channel}") as response:
        [passed_on] = (await response.json())["messages"][-1]["attachments"]
    async with http.get(slack.url + passed_on["files"][0]["play_url"]) as response:
        assert await response.read() == b"1\n"


async def test_a_table_that_slack_would_not_take_is_refused(slack: SlackServer, client: Client) -> None:
    def table(rows: int, text: str) -> list[JSON]:
        return [{"type": "table", "rows": [[{"type": "raw_text", "text": text}]] * rows}]

    cell = {"type": "raw_text", "text": "a"}
    uneven = [{"type": "table", "rows": [[cell, cell], [cell]]}]
    for blocks in (table(101, "a"), table(2, ""), table(90, "x" * 120), [*table(1, "a"), *table(1, "b")], uneven):
        with pytest.raises(SlackApiError):
            await client.chat_postMessage(channel="C0ENG", text="table", blocks=blocks)
    assert (await client.chat_postMessage(channel="C0ENG", text="table", blocks=table(100, "a")))["ok"]
