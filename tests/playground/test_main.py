"""`python -m playground`: its ports, its databases, its hints, and the Pinyon it looks after."""

import os
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import typer
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from bot.agents.file import AgentFile
from bot.router import speaking_as
from bot.settings import ROOT, new_key
from memory.crypto import Keyring
from memory.database import Database
from memory.databases import Databases
from memory.ids import WorkspaceId, person_id
from playground.__main__ import free_port, play, surroundings
from playground.atlassian.world import Write
from playground.child import Child, Died
from playground.company import load_company
from playground.database import fresh_database
from playground.hints import STEPS, Hints
from playground.model.conversation import Conversation
from playground.servers import Servers

AGENT = AgentFile(name="Harbour master", handle="harbour", description="Knows the tides.", instructions="Be brief.")


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    servers = Servers(company=load_company(today=date(2026, 11, 20)))
    await servers.start()
    yield servers
    await servers.stop()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.fixture
def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(play)
    return app


def test_a_taken_port_gives_way_to_the_next(taken: int) -> None:
    assert taken < free_port(taken, 20) < taken + 20


def test_a_port_that_was_asked_for_and_is_taken_is_said(command: typer.Typer, taken: int) -> None:
    result = CliRunner().invoke(command, ["--port", str(taken)])
    assert result.exit_code == 2
    assert f"Port {taken} is taken. Leave out --port" in result.stderr


def test_an_unknown_poison_is_said(command: typer.Typer) -> None:
    result = CliRunner().invoke(command, ["--port", "0", "--poison", "no-such-text"])
    assert result.exit_code == 2
    assert "no-such-text" in result.stderr


async def test_pinyon_sees_no_setting_of_the_person_who_plays(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-a-real-workspace")
    monkeypatch.setenv("PINYON_MODELS_FILE", "elsewhere.yaml")
    given = surroundings(servers, keys={}, data=tmp_path, database="postgresql://here/play")
    assert given["SLACK_BOT_TOKEN"] == servers.slack.app.bot_token
    assert "PINYON_MODELS_FILE" not in given
    assert given["ANTHROPIC_BASE_URL"] == servers.model.anthropic_url


async def test_a_real_key_takes_the_place_of_the_demo_model(servers: Servers, tmp_path: Path) -> None:
    keys = {"OPENAI_API_KEY": "sk-real", "OPENAI_BASE_URL": ""}
    given = surroundings(servers, keys=keys, data=tmp_path, database="postgresql://here/play")
    assert given["OPENAI_API_KEY"] == "sk-real"
    assert "ANTHROPIC_API_KEY" not in given


def test_each_start_has_a_database_of_its_own_and_old_ones_go(postgres: str) -> None:
    folder = Path(str(make_url(postgres).query["host"]))
    first = fresh_database(folder)
    with psycopg.connect(first):
        second = fresh_database(folder)
    third = fresh_database(folder)
    with psycopg.connect(third) as connection:
        names = {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}
    assert make_url(third).database in names
    assert not {make_url(first).database, make_url(second).database} & names


async def test_a_pinyon_that_ends_by_itself_says_why(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.defpath}
    child = await Child.start(environment=environment, log=tmp_path / "pinyon.log")

    async def never() -> bool:
        return False

    with pytest.raises(Died, match="SLACK_BOT_TOKEN: missing"):
        await child.until(never, seconds=20)
    await child.stop()


async def test_a_hint_stays_until_it_was_followed_and_none_comes_back(servers: Servers) -> None:
    hints = Hints(servers)
    assert "which pull requests wait" in hints.next()
    world = servers.slack.world
    entry = world.traffic.begin("out", "message.im", at=0.0, team="T1", request={"event": {"text": "Hello"}})
    world.traffic.end(entry, status=200, ms=1.0)
    assert "connect GitHub" in hints.next()
    assert hints.next() == hints.next()
    servers.github.sign_in(next(person.github for person in servers.company.people if person.github))
    assert "comment on one of them" in hints.next()


async def test_the_hints_lead_to_the_second_ticket_and_to_what_is_remembered_of_it(servers: Servers) -> None:
    hints, world = Hints(servers), servers.slack.world

    def heard(name: str, **request: Any) -> None:
        entry = world.traffic.begin("out", name, at=0.0, team="T1", request=request)
        world.traffic.end(entry, status=200, ms=1.0)

    def files_a_ticket() -> None:
        by = next(iter(servers.atlassian.world.accounts.values()))
        filed = Write(by=by, site="", action="create", key="PLAT-90", arguments={}, at=datetime.now(UTC))
        servers.atlassian.writes.append(filed)

    heard("message.im", event={"text": "Hello"})
    servers.github.sign_in("whitfield-j")
    files_a_ticket()
    assert "file a second one" in hints.next()
    files_a_ticket()
    assert "/pinyon memory" in hints.next()
    heard("/pinyon", command="/pinyon", text="memory")
    assert "/pinyon agents" in hints.next()
    heard("/pinyon", command="/pinyon", text="use product-update", user_id="U1")
    assert "usage_by_region.csv" in hints.next()


async def test_the_hints_lead_through_files_pages_data_and_a_voice_note(servers: Servers) -> None:
    hints, slack = Hints(servers), servers.slack

    async def wrote(text: str, **more: Any) -> str:
        await slack.say("jamal", "dm", text, **more)
        return hints.next()

    await wrote("Hello")
    servers.github.sign_in("whitfield-j")
    by = next(iter(servers.atlassian.world.accounts.values()))
    filed = Write(by=by, site="", action="create", key="PLAT-90", arguments={}, at=datetime.now(UTC))
    servers.atlassian.writes.extend([filed, filed])
    for typed in ("memory", "use product-update"):
        entry = slack.world.traffic.begin(
            "out", "/pinyon", at=0.0, team="T1", request={"command": "/pinyon", "text": typed}
        )
        slack.world.traffic.end(entry, status=200, ms=1.0)
    assert "slope-shading" in await wrote("which region?", files=[("usage_by_region.csv", b"region\n")])
    async with httpx.AsyncClient(trust_env=False) as http:
        await http.get(f"{servers.pages.url}/slope-shading")
    assert "database" in hints.next()
    assert "make a page" in await wrote("how many customers do we have?")
    assert "record a clip" in await wrote("make a page of that")
    assert "calendar" in await wrote("", voice="Sort my thoughts into a list")


def asked(agent: AgentFile, by: str) -> Conversation:
    """What the model is asked when an agent answers somebody."""
    system = (
        f"{speaking_as(agent, general='You are Pinyon.', trusted=True)}\n\nYou speak with {by} in a direct message."
    )
    return Conversation(wire="messages", model="any", system=system, messages=())


def test_the_hints_lead_to_an_agent_of_ones_own_and_to_somebody_else_who_uses_it(servers: Servers) -> None:
    hints = Hints(servers, STEPS[-3:])
    ours, own = (replace(AGENT, name=name) for name in ("Pinyon", AGENT.name))
    servers.model.requests.append(asked(ours, "Nadia"))
    assert "make an agent of your own" in hints.next()
    servers.model.requests.append(asked(own, "Nadia"))
    assert "share it by link" in hints.next()
    servers.model.requests.append(asked(own, "Priya"))
    assert "be somebody else" in hints.next()


async def test_the_playground_lends_the_companys_own_files(servers: Servers) -> None:
    names = {sample.name: sample.content for sample in servers.slack.page.samples}
    assert list(names) == ["usage_by_region.csv", "budget.csv"]
    assert b"%{" not in names["usage_by_region.csv"]


async def test_the_companys_database_is_open_to_everybody_in_a_fresh_pinyon(
    servers: Servers, database: Database, database_url: str
) -> None:
    key = new_key()
    await servers.open_sales(database_url, secret_key=key)
    databases = Databases(database, Keyring(key))
    [sales] = await databases.for_person(person_id(WorkspaceId(servers.slack.workspace.id), "U0ANYBODY"))
    address = await databases.address(sales)
    assert (sales.name, address is not None) == ("Sales", True)
    assert address
    with psycopg.connect(address.get_secret_value()) as connection:
        assert connection.execute("SELECT count(*) > 50 FROM sales.account").fetchone() == (True,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM turns")


def test_a_real_key_of_one_vendor_is_the_one_that_searches(servers: Servers, tmp_path: Path) -> None:
    def searches(**keys: str) -> str:
        return surroundings(servers, keys=keys, data=tmp_path, database="postgresql://here/play")["PINYON_SEARCH"]

    assert (searches(), searches(OPENAI_API_KEY="sk-real")) == ("anthropic", "openai")


async def test_the_page_is_there_before_pinyon_is(servers: Servers) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(servers.slack.url)).is_success
