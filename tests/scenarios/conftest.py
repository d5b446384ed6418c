"""A whole Pinyon between the playground's servers and a real database, with what people do and see there."""

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from sqlalchemy import text

from bot.app import App, Timing, build
from bot.llm.breaker import BreakerLimits
from bot.llm.failover import Limits
from bot.settings import new_key, read_settings
from memory.ids import PersonId, person_id
from memory.tool_rules import EVERY, ToolRules
from playground.atlassian import AtlassianServer
from playground.clips import Voice
from playground.company import load_company
from playground.github import GitHubServer
from playground.google import GoogleServer
from playground.model import Brain, DemoModel, ModelServer
from playground.model.wires import params
from playground.servers import Servers
from playground.slack import SlackServer
from playground.slack.app import JSON
from tests.scenarios import accounts

Found = TypeVar("Found")

QUICK = Timing(
    nudge_after=0.3,
    drain=2.0,
    # A scripted model has no second line for a question that was given up on before its first word: a machine that
    # stands still for a while must not end one.
    model=Limits(between_tokens=5.0, longest_wait=0.3, give_up_for=0.5, breaker=BreakerLimits(opens_for=0.5)),
)


@dataclass(kw_only=True)
class World:
    """The servers and the product, and what a test asks of all of them together."""

    servers: Servers
    app: App
    key: str
    """PINYON_SECRET_KEY."""

    @property
    def slack(self) -> SlackServer:
        return self.servers.slack

    @property
    def github(self) -> GitHubServer:
        return self.servers.github

    @property
    def atlassian(self) -> AtlassianServer:
        return self.servers.atlassian

    @property
    def google(self) -> GoogleServer:
        return self.servers.google

    @property
    def model(self) -> ModelServer:
        return self.servers.model

    # People and their accounts.

    def person(self, handle: str) -> PersonId:
        """Somebody's id in Pinyon."""
        return accounts.person_of(self.servers, handle)

    async def connect(self, handle: str, *services: str, lasts: timedelta = accounts.HOURS) -> None:
        """Connect somebody's accounts, GitHub's if none is named, as their consent would (test_connecting.py).

        Everything is allowed that the skills ask for.
        """
        await accounts.connect(self.app.connections.grants, self.servers, handle, services, lasts=lasts)

    def browser(self) -> httpx.AsyncClient:
        """A browser at Pinyon's pages, that follows nothing by itself."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app.web), base_url=self.servers.bot_url, timeout=10)

    async def consent(self, authorize_url: str, handle: str, *, answer: str = "authorize") -> str:
        """Answer GitHub's question as somebody; gives the address the browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(authorize_url).query))
        login = self.github.world.person(handle).login
        async with httpx.AsyncClient() as http:
            answered = await http.post(
                authorize_url.partition("?")[0], data={**asked, "login": login, "answer": answer}
            )
        assert answered.status_code == 302, answered.text
        return answered.headers["location"]

    async def consent_at(self, service: str, authorize_url: str, handle: str) -> str:
        """Allow everything that a service asks somebody for; gives the address the browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(authorize_url).query))
        match service:
            case "github":
                return await self.consent(authorize_url, handle)
            case "slack":
                return await self.slack.consent_as(handle, authorize_url)
            case "google":
                email = self.servers.company.person(handle).email
                answer = {"account": email, "granted": asked["scope"].split(), "answer": "allow"}
            case _:
                answer = {"account": handle, "answer": "accept"}
        async with httpx.AsyncClient() as http:
            answered = await http.post(authorize_url.partition("?")[0], data={**asked, **answer})
        assert answered.status_code == 302, answered.text
        return answered.headers["location"]

    # What is said and seen.

    async def ask(
        self,
        who: str,
        said: str,
        *,
        files: Sequence[tuple[str, bytes]] = (),
        voice: str | Voice = "",
        count: int = 1,
        seconds: float = 10.0,
    ) -> JSON:
        """Say something to Pinyon in a direct message, and give its `count`-th finished message there.

        `files` go with it by name and content, and `voice` is an audio clip, or what one says.
        """
        thread = await self.slack.say(who, "dm", said, files=files, voice=voice)
        return await self.slack.answer(f"dm:{who}", thread, count=count, timeout=seconds)

    async def answer(self, where: str, thread: str, *, count: int = 1, seconds: float = 15.0) -> JSON:
        """Wait for Pinyon's `count`-th finished message in a thread and give it."""
        return await self.slack.answer(where, thread, count=count, timeout=seconds)

    async def until(self, seen: Callable[[], Found], *, seconds: float = 15.0) -> Found:
        """Wait until `seen()` is truthy, looked at after each change in Slack, and give that."""
        return await self.slack.until(seen, seconds)

    def words(self, where: str, message: JSON) -> str:
        """Everything a person reads in a message."""
        return self.slack.text(where, message["ts"])

    async def card(self, where: str, thread: str, action: str = "approval.approve", *, seconds: float = 10.0) -> JSON:
        """Wait for the message of a thread that has an element with this `action_id`, and give it."""

        def found() -> list[JSON]:
            return [m for m in self.slack.replies(where, thread) if f"'{action}'" in str(m.get("blocks"))]

        return (await self.slack.until(found, seconds))[0]

    # What stands in the database.

    async def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """What a query gives, or what a change returns."""
        async with self.app.database.engine.begin() as connection:
            result = await connection.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    async def over(self, count: int = 1, *, seconds: float = 10.0) -> list[str]:
        """Wait until so many turns were accepted and all of them are over; gives how they ended, oldest first."""
        deadline = datetime.now(UTC) + timedelta(seconds=seconds)
        while True:
            rows = await self.rows("SELECT id, state, finished_at FROM turns ORDER BY seq")
            if len(rows) >= count and all(row["finished_at"] for row in rows):
                return [row["state"] for row in rows]
            assert datetime.now(UTC) < deadline, rows
            await self.slack.settled()


class OpenWorld(Protocol):
    """Opens a world; every argument has a usual value. `sales` opens the company's own database in it."""

    async def __call__(
        self,
        brain: Brain | None = None,
        *,
        renamed: bool = False,
        today: date | None = None,
        timing: Timing = QUICK,
        by_http: bool = False,
        prepare: Callable[[Servers], None] | None = None,
        poison: tuple[str, ...] = (),
        sales: bool = False,
        **settings: str,
    ) -> World: ...


@pytest.fixture(scope="session", autouse=True)
def sdks() -> None:
    """Import what the first model call and the first look at GitHub need: seconds, when the machine is busy."""
    for module in ("bot.llm.wire", "github", "jira", "googleapiclient.discovery"):
        importlib.import_module(module)
    params.load()


async def ask_about_every_write(app: App) -> None:
    """What an admin may decide for a workspace."""
    for workspace in app.surface.workplaces:
        admin = person_id(workspace, "UADMIN")
        await ToolRules(app.database).set(workspace, EVERY, "ask", by=admin, now=datetime.now(UTC))


@pytest.fixture
async def open_world(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[OpenWorld]:
    """Opens one world in this test; whatever was opened is closed at its end.

    A test marked `every_write_asks` has admins who decided so: for what follows a card, whatever the gate would say.
    """
    async with AsyncExitStack() as stack:

        async def opened(
            brain: Brain | None = None,
            *,
            renamed: bool = False,
            today: date | None = None,
            timing: Timing = QUICK,
            by_http: bool = False,
            prepare: Callable[[Servers], None] | None = None,
            poison: tuple[str, ...] = (),
            sales: bool = False,
            **settings: str,
        ) -> World:
            company = load_company(today=today or datetime.now(UTC).date(), renamed=renamed, poison=poison)
            servers = Servers(company=company, brain=brain or DemoModel())
            await servers.start()
            stack.push_async_callback(servers.stop)
            if prepare:
                prepare(servers)
            key = new_key()
            given = {**servers.settings(tmp_path), "PINYON_SECRET_KEY": key, **settings}
            app = build(read_settings(given), database_url, timing=timing)
            await app.enter_workplaces()
            if sales:
                await servers.open_sales(database_url, secret_key=given["PINYON_SECRET_KEY"])
            if request.node.get_closest_marker("every_write_asks"):
                await ask_about_every_write(app)
            if not by_http:
                await app.connect()
            await app.work()
            stack.push_async_callback(app.stop)
            return World(servers=servers, app=app, key=key)

        yield opened


@pytest.fixture
async def world(open_world: Callable[[], Awaitable[World]]) -> World:
    """The company of today with the demo model, Pinyon in Socket Mode, nobody connected."""
    return await open_world()
