"""One company for all tests of a module, with its database, and what can be seen of an answer there."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from bot.app import build
from bot.settings import new_key, read_settings
from playground.company import load_company, seed_text
from playground.model import Brain, DemoModel
from playground.model.stories import Story, served_stories
from playground.servers import Servers
from playground.slack.app import JSON
from tests.scenarios.conftest import QUICK, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of one request."""

    thread: str
    where: str
    words: str
    """Everything that Pinyon wrote in the thread."""
    files: tuple[JSON, ...]
    """What it put there."""
    calls: tuple[tuple[str, dict[str, Any]], ...]
    """Every call that reached a tool, with its arguments as executed, in order."""
    posts: tuple[JSON, ...]

    @property
    def tools(self) -> list[str]:
        return [tool for tool, _ in self.calls]

    @property
    def tables(self) -> list[JSON]:
        return [block for post in self.posts for block in post.get("blocks", ()) if block["type"] == "table"]

    def missing(self, *facts: str) -> list[str]:
        """Which of `facts` the answer does not tell."""
        return [fact for fact in facts if fact not in self.words]


def story_of(world: World, name: str) -> Story:
    return next(story for story in served_stories(world.servers.company) if story.id == name)


def attached(world: World, story: Story) -> list[tuple[str, bytes]]:
    """The file that goes with a story, with this company's names and days in it."""
    company = world.servers.company
    if not story.attach:
        return []
    text = seed_text(f"files/{story.attach}", today=company.today, renamed=bool(company.names))
    return [(story.attach, text.encode())]


async def tell(world: World, story: Story, *, seconds: float = 45) -> Answered:
    """Say the first thing of a story where it is said, and wait until that turn is over."""
    return await say(
        world, story.who, story.turns[0].say, where=story.where, files=attached(world, story), seconds=seconds
    )


async def say(world: World, who: str, said: str, *, where: str = "dm", seconds: float = 45, **more: Any) -> Answered:
    """Say something in a new thread, or in `thread`, and wait until Pinyon's turn about it is over."""
    place = f"dm:{who}" if where == "dm" else where
    before = {row["id"] for row in await world.rows("SELECT id FROM turns")}
    ts = await world.slack.say(who, where, said, **more)
    thread = str(more.get("thread") or ts)
    await over(world, before, seconds=seconds)
    posts = [post for post in world.slack.replies(place, thread) if post["ts"] > ts]
    return Answered(
        thread=thread,
        where=place,
        words="\n".join(without_links(world.words(place, post)) for post in posts),
        files=tuple(file for post in posts for file in post.get("files", ())),
        calls=tuple(await calls_since(world, before)),
        posts=tuple(posts),
    )


async def over(world: World, before: set[str], *, seconds: float) -> None:
    """Wait until all turns that came since `before` have ended, and all that they put into Slack is there."""
    deadline = datetime.now(UTC).timestamp() + seconds
    while True:
        rows = [row for row in await world.rows("SELECT id, state, finished_at FROM turns") if row["id"] not in before]
        if rows and all(row["finished_at"] for row in rows):
            return await world.slack.settled()
        assert datetime.now(UTC).timestamp() < deadline, rows
        await world.slack.settled()


async def calls_since(world: World, before: set[str]) -> list[tuple[str, dict[str, Any]]]:
    rows = await world.rows("SELECT turn, tool, arguments FROM tool_calls ORDER BY started_at, call")
    return [(row["tool"], json.loads(row["arguments"])) for row in rows if row["turn"] not in before]


def without_links(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)


async def downloaded(world: World, file: JSON) -> bytes:
    """A file as a person's Slack fetches it."""
    async with httpx.AsyncClient(trust_env=False) as http:
        headers = {"Authorization": f"Bearer {world.slack.app.bot_token}"}
        answered = await http.get(file["url_private_download"], headers=headers)
    assert answered.status_code == 200
    return answered.content


@asynccontextmanager
async def told_world(
    database_url: str, data: Path, *, renamed: bool, brain: Brain | None = None
) -> AsyncGenerator[World]:
    """The company with its database and the demo model, unless another is given; nobody is connected."""
    company = load_company(today=datetime.now(UTC).date(), renamed=renamed)
    servers, key = Servers(company=company, brain=brain or DemoModel()), new_key()
    # Whatever stopped on this loop before took the loop's threads with it.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
    await servers.start()
    app = build(read_settings({**servers.settings(data), "PINYON_SECRET_KEY": key}), database_url, timing=QUICK)
    await app.enter_workplaces()
    await servers.open_sales(database_url, secret_key=key)
    await app.connect()
    await app.work()
    try:
        yield World(servers=servers, app=app, key=key)
    finally:
        await app.stop()
        await servers.stop()


@contextmanager
def own_database(postgres: str, name: str) -> Generator[str]:
    """A database of a module's own."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template_pinyon").format(sql.Identifier(name)))
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
