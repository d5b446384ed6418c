"""What happens while the database is away: nothing is lost, and who clicked is told at once."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from playground.model import Pace, Plan, Scripted, call
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.test_approving import writes

TEXT = "Looks good to me."


@dataclass(kw_only=True)
class Gate:
    """A door to PostgreSQL that can be shut: whoever is inside is thrown out, and nobody comes in."""

    socket: str
    port: int = 0
    # A loop of its own: DBOS connects while it holds the other one.
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _server: asyncio.Server | None = None
    _inside: list[asyncio.StreamWriter] = field(default_factory=list[asyncio.StreamWriter])

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def open(self) -> None:
        self._do(self._open())

    def shut(self) -> None:
        self._do(self._shut())

    def close(self) -> None:
        """Shut it for good."""
        self.shut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(5)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._inside:
            writer.transport.abort()
        self._inside.clear()
        passing = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_unix_connection(self.socket)
        self._inside += [writer, behind_writer]
        await asyncio.gather(_copied(reader, behind_writer), _copied(behind_reader, writer))


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(1 << 16):
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@pytest.fixture
def gate(postgres: str) -> Iterator[Gate]:
    """The door through which Pinyon reaches its database in this file."""
    gate = Gate(socket=f"{make_url(postgres).query['host']}/.s.PGSQL.5432")
    gate.open()
    yield gate
    gate.close()


@pytest.fixture
def database_url(database_url: str, gate: Gate) -> str:
    """The test's database, behind the gate."""
    url = make_url(database_url).set(host="127.0.0.1", port=gate.port, query={})
    return url.render_as_string(hide_password=False)


def not_acked(world: World) -> list[str]:
    """The deliveries that Slack has to repeat."""
    return [entry.note for entry in world.slack.world.traffic.entries if entry.note.startswith("not acked")]


async def test_what_was_said_meanwhile_is_delivered_again_and_answered_once(open_world: OpenWorld, gate: Gate) -> None:
    world = await open_world(Scripted(lambda asked: f"You said: {asked.said}"))
    gate.shut()
    threads = [await world.slack.say("jamal", "dm", said) for said in ("one", "two")]
    await world.slack.until(lambda: not_acked(world), 10)
    gate.open()
    for thread, said in zip(threads, ("one", "two"), strict=True):
        answer = await world.answer("dm:jamal", thread)
        assert f"You said: {said}" in world.words("dm:jamal", answer)
    await world.slack.settled()
    assert await world.over(2) == ["answered", "answered"]
    assert [len(world.slack.replies("dm:jamal", thread)) for thread in threads] == [1, 1]


async def test_a_turn_that_runs_meanwhile_is_answered_once(open_world: OpenWorld, gate: Gate) -> None:
    world = await open_world(Scripted(lambda asked: Plan(text=f"You said: {asked.said}", pace=Pace(first=1.0))))
    thread = await world.slack.say("jamal", "dm", "hello")
    await world.slack.until(lambda: world.model.requests, 15)
    gate.shut()
    asyncio.get_running_loop().call_later(1.5, gate.open)
    answer = await world.answer("dm:jamal", thread, seconds=30)
    assert "You said: hello" in world.words("dm:jamal", answer)
    assert await world.over(seconds=20) == ["answered"]
    assert len(world.slack.replies("dm:jamal", thread)) == 1


async def test_a_click_and_a_command_are_told_to_try_again_at_once(open_world: OpenWorld, gate: Gate) -> None:
    comment = call("comment_on_pull_request", repository="tile-forge", number=95, body=TEXT)
    world = await open_world(Scripted([comment, "Posted."]))
    await world.connect("jamal")
    thread = await world.slack.say("jamal", "dm", "comment on 95")
    card = await world.card("dm:jamal", thread, seconds=15)
    assert await world.over() == ["waiting"]
    gate.shut()
    clicked = await world.slack.click("jamal", card["ts"], "approval.approve")
    assert clicked.is_acked
    sentence = "I could not take this down, so nothing was done. Try again in a minute."
    await world.slack.until(lambda: sentence in str(world.slack.whispers("jamal")), 10)
    typed = await world.slack.command("jamal", "/pinyon", "connect github")
    assert sentence in str(typed.body)
    gate.open()
    assert len(writes(world)) == 0
    await world.slack.click("jamal", card["ts"], "approval.approve")
    await world.answer("dm:jamal", thread, count=2, seconds=20)
    assert [write.arguments for write in writes(world)] == [{"body": TEXT}]
