"""Pinyon as real processes, that a test can kill, freeze and end, between the playground's servers."""

import asyncio
import itertools
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from bot.settings import new_key
from memory.crypto import Keyring
from memory.database import open_database
from memory.grants import Grants
from playground.company import load_company
from playground.model import Brain
from playground.servers import Servers
from playground.slack.people import User
from playground.slack.workspace import Workspace
from tests.scenarios import accounts

ROOT = Path(__file__).parents[2]
DEAD_AFTER = 3.0
"""Seconds; short, so that a test need not wait eight, and long enough for a busy machine."""
Found = TypeVar("Found")
_numbers = itertools.count(1)


@contextmanager
def fresh_database(postgres: str) -> Generator[str]:
    """The URL of a new database with all tables, gone afterwards."""
    name = f"processes_{next(_numbers)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template_pinyon").format(sql.Identifier(name)))
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@dataclass(kw_only=True)
class Process:
    """One Pinyon."""

    name: str
    running: asyncio.subprocess.Process
    log: Path

    def send(self, number: signal.Signals) -> None:
        self.running.send_signal(number)

    async def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""
        if self.running.returncode is None:
            self.running.kill()
            await self.running.wait()

    async def ended(self, *, seconds: float) -> int:
        """Its exit code, when it has ended."""
        async with asyncio.timeout(seconds):
            return await self.running.wait()

    @property
    def said(self) -> str:
        """Everything it logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@dataclass(kw_only=True)
class Cluster:
    """Several Pinyons on one database, and the servers around them."""

    servers: Servers
    database_url: str
    folder: Path
    slots: int = 40
    dead_after: float = DEAD_AFTER
    processes: list[Process] = field(default_factory=list[Process])
    key: str = field(default_factory=new_key)
    workspaces: list[Workspace] = field(default_factory=list[Workspace])

    async def __aenter__(self) -> "Cluster":
        await self.servers.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()
        await self.servers.stop()

    def add_workspace(self, team: str, people: int = 1) -> Workspace:
        """One more workspace, for processes that start from now on."""
        handles = [f"person{number}" for number in range(people)]
        workspace = self.servers.slack.add_workspace(team, bot_token=f"xoxb-{team.lower()}-1", people=handles)
        self.workspaces.append(workspace)
        return workspace

    def environment(self, **more: str) -> dict[str, str]:
        given = self.servers.settings(self.folder)
        tokens = [given["SLACK_BOT_TOKEN"], *(workspace.bot_token for workspace in self.workspaces)]
        return {
            **given,
            "SLACK_BOT_TOKEN": ",".join(tokens),
            "PINYON_DATABASE_URL": self.database_url,
            "PINYON_SECRET_KEY": self.key,
            "PINYON_PORT": "0",
            "PINYON_SLOTS": str(self.slots),
            "PINYON_DEAD_AFTER": str(self.dead_after),
            "PYTHONPATH": str(ROOT),
            **more,
        }

    async def begin(self, *, command: str = "serve", **settings: str) -> Process:
        """Start one Pinyon, without waiting for it."""
        name = f"p{len(self.processes)}"
        log = self.folder / f"{name}.log"
        with log.open("wb") as file:
            running = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                command,
                cwd=self.folder,
                env=self.environment(PINYON_WORKER_ID=name, **settings),
                stdout=file,
                stderr=file,
            )
        process = Process(name=name, running=running, log=log)
        self.processes.append(process)
        return process

    async def kill(self) -> None:
        """`kill -9` for all of them."""
        await asyncio.gather(*(process.kill() for process in self.processes))

    async def start(self, count: int = 1, *, command: str = "serve", **settings: str) -> list[Process]:
        """Start so many Pinyons, and wait until each takes turns and, if it serves, hears Slack."""
        begun = [await self.begin(command=command, **settings) for _ in range(count)]
        for process in begun:
            await self.until(lambda p=process: self._hears(p, command) and p.name in self.workers(), seconds=40)
        return begun

    def _hears(self, process: Process, command: str) -> bool:
        if process.running.returncode is not None:
            raise AssertionError(f"{process.name} ended with {process.running.returncode}:\n{process.said}")
        return ("Pinyon is here" if command == "serve" else "a worker is here") in process.said

    # What stands in the database.

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def execute(self, statement: str, *values: Any) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(statement.encode(), values or None)

    def ask_about_every_write(self) -> None:
        """What an admin may decide for a workspace."""
        team = self.servers.slack.workspace.id
        self.execute("INSERT INTO tool_rules VALUES (%s, '*', 'ask', %s, now())", team, f"{team}:UADMIN")

    def workers(self) -> dict[str, str]:
        """The workers on the roll, by the names of their processes."""
        return {str(row[0]).rpartition("-")[0]: str(row[0]) for row in self.query("SELECT id FROM workers")}

    def worker_of(self, turn: str) -> Process:
        """The process that runs a turn."""
        [(worker,)] = self.query("SELECT worker FROM turns WHERE id = %s", turn)
        return next(p for p in self.processes if p.name == str(worker).rpartition("-")[0])

    def states(self) -> dict[str, str]:
        """How every turn stands, oldest first."""
        return {str(turn): str(state) for turn, state in self.query("SELECT id, state FROM turns ORDER BY seq")}

    async def connect(self, handle: str, *services: str) -> None:
        """Connect somebody's accounts, GitHub's if none is named, as their consent would."""
        database = open_database(self.database_url, pool=1)
        await accounts.connect(Grants(database, Keyring(self.key)), self.servers, handle, services)
        await database.close()

    # What is said and seen.

    async def ask(self, who: str | User, text: str) -> str:
        """Say something to Pinyon in a direct message, and give its ts."""
        return await self.servers.slack.say(who, "dm", text)

    def turn(self, who: str | User, ts: str) -> str:
        """The id of the turn that a direct message became."""
        slack = self.servers.slack
        workspace, conversation = slack.place("dm", who)
        return f"{workspace.id}:{conversation.id}:{ts}"

    def texts(self, who: str | User, ts: str) -> list[str]:
        """Everything that Pinyon's posts in a direct message's thread say, one text for each post."""
        slack = self.servers.slack
        _, conversation = slack.place("dm", who)
        return [slack.text(conversation.id, post["ts"]) for post in slack.replies(conversation.id, ts)]

    async def until(self, holds: Callable[[], Found], *, seconds: float = 20.0) -> Found:
        """Look up to twenty times a second, for what no server of ours announces."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := holds()):  # noqa: ASYNC110  processes and databases set no event
                    await asyncio.sleep(0.05)
                return found
        except TimeoutError:
            raise AssertionError(self.report()) from None

    def report(self) -> str:
        """What is known when a test waited in vain."""
        logs = [f"--- {p.name} ({p.running.returncode})\n{p.said[-3000:]}" for p in self.processes]
        return "\n".join([str(self.states()), *logs])


def cluster(brain: Brain, database_url: str, folder: Path, **more: Any) -> Cluster:
    """A cluster without a process yet, whose model is `brain`."""
    servers = Servers(company=load_company(today=date(2026, 11, 20)), brain=brain)
    return Cluster(servers=servers, database_url=database_url, folder=folder, **more)
