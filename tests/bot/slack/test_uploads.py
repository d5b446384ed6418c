"""Files that go with an answer: shared in one message, each once, whatever crashes; or a line that says why not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages import HandedFile
from bot.slack import uploads
from bot.slack.api import ConnectionRetries
from bot.slack.uploads import Uploads, places
from memory.files import StoredFile
from memory.ids import FileId, PersonId, TurnId

CHART = HandedFile(id=FileId("f1"), name="chart.png", media="image/png", size=3, alt="Sales rise from 4 to 9.")
SHEET = HandedFile(id=FileId("f2"), name="sales.xlsx", media="application/xlsx", size=3)


@dataclass
class FakeFiles:
    """Keeps the files of conversations."""

    bodies: dict[str, bytes] = field(default_factory=lambda: {"f1": b"png", "f2": b"xls"})
    names: dict[str, str] = field(default_factory=dict[str, str])

    async def find(self, file: FileId) -> StoredFile | None:
        if file not in self.bodies:
            return None
        placed = self.names.get(file, "")
        return StoredFile(
            id=file,
            person=PersonId("T1:U1"),
            is_shared=False,
            turn=TurnId("t"),
            source="c0",
            name="x",
            media="",
            size=3,
            placed=placed,
        )

    async def body(self, file: FileId) -> bytes:
        return self.bodies.get(file, b"")

    async def placed(self, file: FileId, placed: str) -> None:
        self.names[file] = placed


@dataclass
class Slack:
    """Slack's uploads, as far as an answer sees them."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    sent: list[tuple[str, bytes, str]] = field(default_factory=list[tuple[str, bytes, str]])
    standing: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The conversations that a file stands in, by Slack's id."""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    takes: int = 200
    loses: int = 0
    """How many answers to the completing call get lost; the first is acted on where `acts`."""
    acts: bool = True
    url: str = ""
    slept: float = 0.0

    async def api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given: dict[str, Any] = {
            **request.query,
            **(await request.json() if request.content_type == "application/json" else {}),
        }
        self.calls.append((method, given))
        if method in self.errors:
            return web.json_response({"ok": False, "error": self.errors[method]})
        match method:
            case "files.getUploadURLExternal":
                number = len(self.named(method))
                there = f"{self.url}/upload/{number}"
                return web.json_response({"ok": True, "file_id": f"F{number}", "upload_url": there})
            case "files.completeUploadExternal":
                if self.acts or not self.loses:
                    for file in given["files"]:
                        self.standing.setdefault(file["id"], []).append(given["channel_id"])
                if self.loses:
                    self.loses -= 1
                    assert request.transport is not None
                    request.transport.close()
                return web.json_response({"ok": True, "files": given["files"]})
            case _:
                found = self.standing.get(given["file"])
                if found is None:
                    return web.json_response({"ok": False, "error": "file_not_found"})
                return web.json_response({"ok": True, "file": {"id": given["file"], "channels": found}})

    async def take(self, request: web.Request) -> web.Response:
        self.sent.append((request.path, await request.read(), request.headers.get("Authorization", "")))
        return web.Response(status=self.takes)

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def named(self, method: str) -> list[dict[str, Any]]:
        return [given for called, given in self.calls if called == method]


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    fake = Slack()
    app = web.Application()
    app.router.add_post("/api/{method}", fake.api)
    app.router.add_post("/upload/{number}", fake.take)
    async with TestServer(app, host="127.0.0.1") as server:
        fake.url = str(server.make_url("")).rstrip("/")
        yield fake


@pytest.fixture
def kept() -> FakeFiles:
    return FakeFiles()


@pytest.fixture
async def sharing(slack: Slack, kept: FakeFiles) -> AsyncIterator[Uploads]:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token="xoxb-1", base_url=f"{slack.url}/api/", session=session, retry_handlers=[ConnectionRetries()]
        )
        yield Uploads(client, kept, slack.sleep)


async def test_all_files_of_an_answer_are_shared_in_one_message(
    sharing: Uploads, slack: Slack, kept: FakeFiles
) -> None:
    assert await sharing.share([CHART, SHEET], channel="C1", thread="1.1") == []
    assert slack.sent == [("/upload/1", b"png", ""), ("/upload/2", b"xls", "")]
    begun = slack.named("files.getUploadURLExternal")
    assert begun[0] == {"filename": "chart.png", "length": "3", "alt_txt": "Sales rise from 4 to 9."}
    assert "alt_txt" not in begun[1]
    shown = [{"id": "F1", "title": "chart.png"}, {"id": "F2", "title": "sales.xlsx"}]
    assert slack.named("files.completeUploadExternal") == [{"files": shown, "channel_id": "C1", "thread_ts": "1.1"}]
    assert kept.names == {"f1": "F1", "f2": "F2"}


async def test_without_the_apps_session_they_are_shared_all_the_same(slack: Slack, kept: FakeFiles) -> None:
    alone = Uploads(AsyncWebClient(token="xoxb-1", base_url=f"{slack.url}/api/"), kept, slack.sleep)
    assert await alone.share([CHART], channel="D1", thread="") == []
    assert slack.standing == {"F1": ["D1"]}


async def test_what_stands_there_after_a_crash_is_not_shared_again(
    sharing: Uploads, slack: Slack, kept: FakeFiles
) -> None:
    """dup_write"""
    kept.names = {"f1": "F0"}
    slack.standing = {"F0": ["C1"]}
    assert await sharing.share([CHART], channel="C1", thread="1.1") == []
    assert [method for method, _ in slack.calls] == ["files.info"]


async def test_what_was_uploaded_and_not_shared_before_a_crash_is_shared(
    sharing: Uploads, slack: Slack, kept: FakeFiles
) -> None:
    kept.names = {"f1": "F0"}
    assert await sharing.share([CHART], channel="C1", thread="1.1") == []
    assert slack.standing == {"F1": ["C1"]}
    assert kept.names == {"f1": "F1"}


async def test_what_slack_calls_a_file_is_kept_before_it_is_shown(
    sharing: Uploads, slack: Slack, kept: FakeFiles
) -> None:
    slack.errors = {"files.completeUploadExternal": "internal_error"}
    await sharing.share([CHART], channel="C1", thread="1.1")
    assert kept.names == {"f1": "F1"}


async def test_a_lost_answer_is_looked_after_before_it_is_asked_again(sharing: Uploads, slack: Slack) -> None:
    """dup_write"""
    slack.loses = 1
    assert await sharing.share([CHART], channel="C1", thread="1.1") == []
    assert slack.standing == {"F1": ["C1"]}
    assert len(slack.named("files.completeUploadExternal")) == 1


async def test_a_lost_request_is_asked_again(sharing: Uploads, slack: Slack) -> None:
    slack.loses, slack.acts = 1, False
    assert await sharing.share([CHART], channel="C1", thread="1.1") == []
    assert slack.standing == {"F1": ["C1"]}
    assert 0 < slack.slept <= sum(uploads.LOOKS)


async def test_a_missing_scope_is_named_to_the_operator(sharing: Uploads, slack: Slack) -> None:
    slack.errors = {"files.getUploadURLExternal": "missing_scope"}
    with structlog.testing.capture_logs() as logs:
        [lost] = await sharing.share([CHART], channel="C1", thread="1.1")
    assert (lost.files, lost.why, lost.is_kept) == ((CHART,), uploads.NOT_ALLOWED, True)
    assert "files:write" in logs[0]["event"]


@pytest.mark.parametrize(
    ("method", "error", "why"),
    [
        ("files.getUploadURLExternal", "storage_limit_reached", uploads.FULL),
        ("files.getUploadURLExternal", "internal_error", uploads.BUSY),
        ("files.completeUploadExternal", "not_in_channel", uploads.BUSY),
    ],
)
async def test_what_slack_does_not_take_is_said(
    sharing: Uploads, slack: Slack, method: str, error: str, why: str
) -> None:
    slack.errors = {method: error}
    lost = await sharing.share([CHART, SHEET], channel="C1", thread="1.1")
    assert {one.why for one in lost} == {why}
    assert [file for one in lost for file in one.files] == [CHART, SHEET]


async def test_one_file_that_is_gone_keeps_no_other_back(sharing: Uploads, slack: Slack, kept: FakeFiles) -> None:
    del kept.bodies["f1"]
    [lost] = await sharing.share([CHART, SHEET], channel="C1", thread="1.1")
    assert (lost.files, lost.why, lost.is_kept) == ((CHART,), uploads.NOT_KEPT, False)
    assert slack.standing == {"F1": ["C1"]}
    [empty] = await sharing.share([replace(CHART, size=0)], channel="C1", thread="1.1")
    assert empty.why == uploads.EMPTY


async def test_bytes_that_are_not_taken_are_not_shown(sharing: Uploads, slack: Slack) -> None:
    slack.takes = 500
    [lost] = await sharing.share([CHART], channel="C1", thread="1.1")
    assert lost.why == uploads.BUSY
    assert slack.named("files.completeUploadExternal") == []


def test_where_a_file_stands_is_said_in_two_ways() -> None:
    facts = {"channels": ["C1"], "ims": ["D1"], "shares": {"private": {"G1": [{"ts": "1.1"}]}}}
    assert places(facts) == {"C1", "D1", "G1"}
    assert places({}) == set()
