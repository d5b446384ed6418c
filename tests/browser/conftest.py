"""The playground's page in a real browser; a test plays Pinyon through the SDK."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from playground.company import load_company
from playground.servers import samples
from playground.slack import SlackApp, SlackServer
from playground.slack.app import Command, Shortcut
from playground.slack.page_reading import PageFacts
from tests.browser.chromium import MISSING, chromium

JSON = dict[str, Any]
WIDE, PHONE = (1400, 800), (400, 800)
COMPANY = load_company(today=date.today())  # noqa: DTZ011  the seed's days are local days


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text, "emoji": False}


def button(text: str, action_id: str, **more: Any) -> JSON:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


class PretendBot:
    """Pinyon's side of Slack: the SDK's clients, and what has arrived through them."""

    def __init__(self, slack: SlackServer) -> None:
        self.web = AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url)
        self.ack_with: dict[str, JSON] = {}
        self._arrived: asyncio.Queue[tuple[str, JSON]] = asyncio.Queue()
        self._socket = SocketModeClient(slack.app.app_token, web_client=AsyncWebClient(base_url=slack.api_url))
        self._socket.socket_mode_request_listeners.append(self._take)

    async def _take(self, socket: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        payload: JSON = request.payload  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]  untyped SDK
        kind: str = payload.get("event", payload).get("type") or payload["command"]
        # The bot's own messages come back to it as events; they are nobody's words.
        if "bot_id" not in payload.get("event", {}):
            self._arrived.put_nowait((kind, payload))
        answer = SocketModeResponse(envelope_id=request.envelope_id, payload=self.ack_with.get(kind))
        await socket.send_socket_mode_response(answer)

    async def call(self, method: str, **arguments: Any) -> JSON:
        answer = await self.web.api_call(method, json=arguments)  # pyright: ignore[reportUnknownMemberType]  untyped SDK
        data: JSON = answer.data  # pyright: ignore[reportAssignmentType, reportUnknownMemberType, reportUnknownVariableType]  untyped SDK
        return data

    async def upload(self, **arguments: Any) -> None:
        """Send a file, as `files_upload_v2` of the SDK does."""
        await self.web.files_upload_v2(**arguments)  # pyright: ignore[reportUnknownMemberType]  untyped SDK

    async def heard(self, wanted: str) -> JSON:
        """The next payload of this kind; others before it are let go."""
        while True:
            kind, payload = await asyncio.wait_for(self._arrived.get(), 5)
            if kind == wanted:
                return payload

    async def connect(self) -> None:
        await self._socket.connect()

    async def close(self) -> None:
        await self._socket.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    if path is None:
        pytest.fail(MISSING, pytrace=False)
    async with async_playwright() as play:
        running = await play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def slack() -> AsyncIterator[SlackServer]:
    app = SlackApp(
        commands=(
            Command(command="/pinyon", description="Connect skills, help", usage_hint="connect | skills | help"),
        ),
        shortcuts=(Shortcut(type="message", name="Ask Pinyon", callback_id="ask_about_message"),),
    )
    page = PageFacts(demo_model=True, try_next="ask what waits for your review.", samples=samples(COMPANY))
    async with SlackServer(COMPANY, app=app, page=page) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def bot(slack: SlackServer) -> AsyncIterator[PretendBot]:
    playing = PretendBot(slack)
    await playing.connect()
    yield playing
    await playing.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, slack: SlackServer, bot: PretendBot) -> AsyncIterator[Page]:
    """The page as Jamal on a wide screen. Whatever it complains about (also its CSP) fails the test."""
    context = await browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, reduced_motion="reduce")
    opened = await context.new_page()
    opened.set_default_timeout(5000)
    problems: list[str] = []
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    await opened.goto(slack.url)
    await bot.heard("app_home_opened")
    await expect(opened.locator(".talk h1")).to_have_text("Pinyon")
    yield opened
    await context.close()
    assert not problems
