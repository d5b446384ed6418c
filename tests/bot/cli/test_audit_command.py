"""What `pinyon audit` prints, and with which code it ends."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import new_key
from memory.audit import Audit, Entry
from memory.database import open_database
from memory.ids import PersonId, WorkspaceId

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
REN = PersonId("T1:UREN")
DONE = Entry(
    workspace=WorkspaceId("T1"),
    at=NOW,
    person=REN,
    actor=REN,
    action="tool.done",
    tool="comment",
    account="ren-k",
    verdict="allow",
    reason="You asked for this.\x1b[2J\r\nok T1",
    target="TRAIL-140",
)
SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "ANTHROPIC_API_KEY": "sk-1",
    "OPENAI_API_KEY": "",
    "PINYON_PUBLIC_URL": "",
}


@pytest.fixture
def pinyon(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner(env={**SETTINGS, "PINYON_DATABASE_URL": database_url, "PINYON_SECRET_KEY": new_key()})


def with_log(url: str, work: Callable[[Audit], Awaitable[None]]) -> None:
    async def opened() -> None:
        database = open_database(url)
        await work(Audit(database))
        await database.close()

    asyncio.run(opened())


def enter(url: str, count: int, workspace: str = "T1") -> None:
    async def entered(log: Audit) -> None:
        for number in range(count):
            at = NOW + timedelta(days=number)
            await log.enter(replace(DONE, workspace=WorkspaceId(workspace), at=at, outcome=f"n{number}"))

    with_log(url, entered)


def tamper(url: str, statement: str) -> None:
    async def tampered(log: Audit) -> None:
        async with log.database.engine.begin() as connection:
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            await connection.execute(text(statement))

    with_log(url, tampered)


def run(pinyon: CliRunner, *words: str) -> Result:
    return pinyon.invoke(app, ["audit", *words])


def test_without_entries_there_is_nothing_to_check(pinyon: CliRunner) -> None:
    found = run(pinyon, "verify")
    assert (found.exit_code, found.stdout) == (0, "Nothing is in the log yet.\n")


def test_a_whole_log_ends_with_0_and_says_where_it_ends(pinyon: CliRunner, database_url: str) -> None:
    """audit_chain"""
    enter(database_url, 2)
    enter(database_url, 1, "T2")
    found = run(pinyon, "verify")
    assert found.exit_code == 0
    assert "ok      T1  2 entries, unbroken. Ends with 2:" in found.stdout
    assert "ok      T2  1 entry, unbroken. Ends with 1:" in found.stdout


def test_a_changed_row_ends_with_1_and_is_named_first(pinyon: CliRunner, database_url: str) -> None:
    """audit_chain"""
    enter(database_url, 2)
    enter(database_url, 3, "T2")
    tamper(database_url, "UPDATE audit SET person = 'T2:UX' WHERE workspace = 'T2' AND seq = 2")
    found = run(pinyon, "verify")
    assert found.exit_code == 1
    assert found.stdout.splitlines()[0] == "broken  T2  Broken after 1 entry. Row 2 is not what was entered."
    assert run(pinyon, "verify", "--workspace", "T1").exit_code == 0


def test_a_log_that_was_written_anew_differs_from_what_was_noted(pinyon: CliRunner, database_url: str) -> None:
    """audit_chain"""
    enter(database_url, 2)
    noted = run(pinyon, "verify").stdout.partition("Ends with ")[2].split()[0]
    assert run(pinyon, "verify", "--workspace", "T1", "--noted", noted).exit_code == 0
    tamper(database_url, "DELETE FROM audit")
    tamper(database_url, "DELETE FROM audit_heads")
    enter(database_url, 1)
    assert run(pinyon, "verify").exit_code == 0
    found = run(pinyon, "verify", "--workspace", "T1", "--noted", noted)
    assert found.exit_code == 1
    assert "The log was cut off after row 1; row 2 was noted." in found.stdout


@pytest.mark.parametrize("words", [["--noted", "2:abc"], ["--workspace", "T1", "--noted", "abc"]])
def test_what_was_noted_has_to_be_of_one_workspace_and_whole(pinyon: CliRunner, words: list[str]) -> None:
    assert run(pinyon, "verify", *words).exit_code == 2


def test_an_export_is_lines_of_json_in_which_nothing_hides(pinyon: CliRunner, database_url: str) -> None:
    """audit_chain"""
    enter(database_url, 3)
    found = run(pinyon, "export", "--since", "2026-11-22", "--until", "2026-11-23T10:00:00")
    assert "\x1b" not in found.stdout
    [said] = [json.loads(line) for line in found.stdout.splitlines()]
    assert (said["outcome"], said["reason"], said["seq"]) == ("n1", DONE.reason, 2)


def test_an_export_can_be_a_table(pinyon: CliRunner, database_url: str) -> None:
    """audit_chain"""
    enter(database_url, 2)
    header, *rows = run(pinyon, "export", "--format", "csv", "--workspace", "T1").stdout.splitlines()
    assert header.startswith("seq,workspace,at,person,actor,action")
    assert len(rows) == 2
    assert all("You asked for this.\\u001b[2J\\r\\nok T1" in row for row in rows)


def test_the_last_entries_are_shown_a_line_each(pinyon: CliRunner, database_url: str) -> None:
    """audit_chain"""
    enter(database_url, 3)
    shown = run(pinyon, "show", "--last", "2").stdout.splitlines()
    assert shown == [
        "T1",
        "  2  2026-11-22 10:00:00Z  T1:UREN  tool.done  comment  TRAIL-140  as ren-k"
        "  allow: You asked for this.\\u001b[2J\\r\\nok T1  n1",
        "  3  2026-11-23 10:00:00Z  T1:UREN  tool.done  comment  TRAIL-140  as ren-k"
        "  allow: You asked for this.\\u001b[2J\\r\\nok T1  n2",
    ]
