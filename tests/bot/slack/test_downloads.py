"""Files that people attach: fetched with the bot's token from the workspace's own host, or a sentence why not."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages import AttachedFile, NotFetched
from bot.slack import downloads
from bot.slack.downloads import Downloads, file_origin

CSV = AttachedFile(id="F1", name="figures.csv", kind="csv", size=12)
LIMIT = 1_000
LOGIN = "<!doctype html><title>Sign in to Slack</title>"


@dataclass
class SlackFiles:
    """Slack's files, as far as downloads see them."""

    info: dict[str, Any] = field(default_factory=dict[str, Any])
    error: str = ""
    answers: list[Callable[[], web.StreamResponse]] = field(default_factory=list[Callable[[], web.StreamResponse]])
    """What the next downloads get, the last one again and again."""
    heard: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """What `files.info` says of a transcript, one look after the other."""
    tokens: list[str] = field(default_factory=list[str])
    slept: list[float] = field(default_factory=list[float])
    url: str = ""

    async def look(self, _request: web.Request) -> web.Response:
        if self.error:
            return web.json_response({"ok": False, "error": self.error})
        there = f"{self.url}/files-pri/T1-F1/figures.csv"
        file = {"id": "F1", "mimetype": "text/csv", "filetype": "csv", "size": 4, "url_private_download": there}
        heard = {"transcription": self.heard.pop(0)} if self.heard and self.heard[0] else {}
        if not heard and self.heard:
            self.heard.pop(0)
        return web.json_response({"ok": True, "file": {**file, **self.info, **heard}})

    async def give(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization", ""))
        return (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def plainly(body: bytes, kind: str = "text/csv") -> Callable[[], web.StreamResponse]:
    return lambda: web.Response(body=body, content_type=kind)


def status(code: int) -> Callable[[], web.StreamResponse]:
    return lambda: web.Response(status=code)


@pytest.fixture
async def slack() -> AsyncIterator[SlackFiles]:
    files = SlackFiles(answers=[plainly(b"a,b\n")])
    app = web.Application()
    app.router.add_post("/api/files.info", files.look)
    app.router.add_get("/{path:.*}", files.give)
    async with TestServer(app, host="127.0.0.1") as server:
        files.url = str(server.make_url("")).rstrip("/")
        yield files


@pytest.fixture
async def reading(slack: SlackFiles) -> AsyncIterator[Downloads]:
    async with aiohttp.ClientSession() as session:
        yield Downloads(AsyncWebClient(token="xoxb-1", base_url=f"{slack.url}/api/", session=session), slack.sleep)


async def refusal(reading: Downloads, file: AttachedFile = CSV) -> str:
    with pytest.raises(NotFetched) as error:
        await reading.fetch(file, limit=LIMIT)
    return str(error.value)


async def test_the_bytes_come_with_the_bots_token(reading: Downloads, slack: SlackFiles) -> None:
    assert await reading.fetch(CSV, limit=LIMIT) == b"a,b\n"
    assert slack.tokens == ["Bearer xoxb-1"]


async def test_without_the_apps_session_it_is_read_all_the_same(slack: SlackFiles) -> None:
    alone = Downloads(AsyncWebClient(token="xoxb-1", base_url=f"{slack.url}/api/"), slack.sleep)
    assert await alone.fetch(CSV, limit=LIMIT) == b"a,b\n"


@pytest.mark.parametrize(
    ("info", "why"),
    [
        ({"mode": "tombstone"}, downloads.GONE),
        ({"mode": "hidden_by_limit"}, downloads.HIDDEN),
        ({"is_external": True}, downloads.ELSEWHERE),
        ({"mode": "external"}, downloads.ELSEWHERE),
        ({"file_access": "check_file_info"}, downloads.GONE),
        ({"url_private_download": ""}, downloads.ELSEWHERE),
        ({"size": LIMIT + 1}, downloads.too_large(LIMIT)),
    ],
)
async def test_what_slack_does_not_give_is_not_asked_for(
    reading: Downloads, slack: SlackFiles, info: dict[str, Any], why: str
) -> None:
    slack.info = info
    assert await refusal(reading) == why
    assert slack.tokens == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://files.evil.example/F1",
        "http://127.0.0.1:9/files-pri/F1",
        "https://files.slack.com@evil.example/F1",
        "https://evil.example/files.slack.com",
        "file:///etc/passwd",
        "//evil.example/x",
        "http://[broken",
    ],
)
async def test_the_token_goes_to_no_other_host(reading: Downloads, slack: SlackFiles, elsewhere: str) -> None:
    """ssrf: whatever Slack's answer says, a file is only read from the workspace's own host."""
    slack.info = {"url_private_download": elsewhere}
    assert await refusal(reading) == downloads.ELSEWHERE
    assert slack.tokens == []


async def test_the_token_follows_no_redirect(reading: Downloads, slack: SlackFiles) -> None:
    """ssrf"""

    def away() -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": f"{slack.url}/elsewhere"})

    slack.answers = [away, plainly(b"secret")]
    assert await refusal(reading) == downloads.NOT_ALLOWED
    assert len(slack.tokens) == 1


@pytest.mark.parametrize(
    ("api_url", "origin"),
    [
        ("https://slack.com/api/", "https://files.slack.com"),
        ("https://slack-gov.com/api/", "https://files.slack-gov.com"),
        ("http://127.0.0.1:4000/api/", "http://127.0.0.1:4000"),
        ("https://slack.com.evil.example/api/", "https://slack.com.evil.example"),
    ],
)
def test_slacks_files_lie_on_a_host_of_their_own(api_url: str, origin: str) -> None:
    assert str(file_origin(api_url)) == origin


async def test_a_page_to_sign_in_is_no_file_and_the_log_names_the_scope(reading: Downloads, slack: SlackFiles) -> None:
    slack.answers = [plainly(LOGIN.encode(), "text/html")]
    with structlog.testing.capture_logs() as logs:
        assert await refusal(reading) == downloads.NOT_ALLOWED
    assert "files:read" in logs[0]["event"]


async def test_a_file_of_html_is_told_from_a_page_to_sign_in(reading: Downloads, slack: SlackFiles) -> None:
    slack.info = {"mimetype": "text/html", "filetype": "html", "size": 5}
    slack.answers = [plainly(b"<p>hi", "text/html")]
    assert await reading.fetch(CSV, limit=LIMIT) == b"<p>hi"
    slack.answers = [plainly(LOGIN.encode(), "text/html")]
    assert await refusal(reading) == downloads.NOT_ALLOWED


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("missing_scope", downloads.NOT_ALLOWED),
        ("file_not_found", downloads.GONE),
        ("file_deleted", downloads.GONE),
        ("internal_error", downloads.AWAY),
    ],
)
async def test_what_slack_answers_becomes_a_sentence(
    reading: Downloads, slack: SlackFiles, error: str, why: str
) -> None:
    slack.error = error
    assert await refusal(reading) == why
    assert await reading.transcript(CSV) is None


async def test_a_lie_about_the_size_ends_at_the_limit(reading: Downloads, slack: SlackFiles) -> None:
    """cost_dos"""
    slack.answers = [plainly(b"x" * (LIMIT + 1))]
    assert await refusal(reading) == downloads.too_large(LIMIT)


@pytest.mark.parametrize("code", [429, 500, 503])
async def test_what_is_busy_is_asked_once_more(reading: Downloads, slack: SlackFiles, code: int) -> None:
    slack.answers = [status(code), plainly(b"a,b\n")]
    assert await reading.fetch(CSV, limit=LIMIT) == b"a,b\n"
    slack.answers = [status(code)]
    slack.tokens.clear()
    assert await refusal(reading) == downloads.AWAY
    assert len(slack.tokens) == 2


async def test_what_breaks_off_is_asked_once_more(reading: Downloads, slack: SlackFiles) -> None:
    def broken() -> web.StreamResponse:
        return web.Response(body=b"a", headers={"Content-Length": "9"})

    slack.answers = [broken, plainly(b"a,b\n")]
    assert await reading.fetch(CSV, limit=LIMIT) == b"a,b\n"


async def test_what_is_not_there_any_more_is_said(reading: Downloads, slack: SlackFiles) -> None:
    slack.answers = [status(404)]
    assert await refusal(reading) == downloads.GONE


# What Slack heard.


def done(content: str, *, more: bool = False) -> dict[str, Any]:
    return {"status": "complete", "locale": "en-US", "preview": {"content": content, "has_more": more}}


async def test_a_transcript_is_waited_for(reading: Downloads, slack: SlackFiles) -> None:
    slack.heard = [{"status": "processing"}, {"status": "processing"}, done(" Sort my thoughts. ")]
    assert await reading.transcript(CSV) == "Sort my thoughts."
    assert slack.slept == [0.5, 1.0]
    assert slack.tokens == []


async def test_a_longer_transcript_is_read_whole(reading: Downloads, slack: SlackFiles) -> None:
    slack.heard = [done("Sort", more=True)]
    slack.info = {"vtt": f"{slack.url}/files-tmb/T1-F1-vtt/file.vtt"}
    slack.answers = [plainly(b"WEBVTT\n\n1\n00:00.000 --> 00:02.000\n- Sort my thoughts.\n", "text/vtt")]
    assert await reading.transcript(CSV) == "Sort my thoughts."
    assert slack.tokens == ["Bearer xoxb-1"]


@pytest.mark.parametrize(
    ("heard", "looks"),
    [
        ([{"status": "failed"}], 1),
        ([{}, {}, {}, done("too late")], 3),
        ([{"status": "processing"}] * 9, 6),
        ([done("")], 1),
        ([done("cut", more=True)], 1),
    ],
)
async def test_a_transcript_that_does_not_come_is_none(
    reading: Downloads, slack: SlackFiles, heard: list[dict[str, Any]], looks: int
) -> None:
    slack.heard = list(heard)
    assert await reading.transcript(CSV) is None
    assert len(slack.heard) == len(heard) - looks
    assert sum(slack.slept) <= 10.5
