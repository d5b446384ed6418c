"""What `pinyon keys rotate` does and says."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.keys import told
from bot.settings import new_key
from integrations.integration import Account, Tokens
from memory.crypto import Keyring
from memory.database import open_database
from memory.grants import Grants
from memory.ids import PersonId
from memory.rotation import Rotation, Unreadable

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "ANTHROPIC_API_KEY": "sk-1",
    "OPENAI_API_KEY": "",
    "PINYON_PUBLIC_URL": "",
}


def connect(url: str, key: str) -> None:
    async def grant() -> None:
        database = open_database(url)
        tokens, account = Tokens(access=SecretStr("gho_canary")), Account(id="1", name="octo")
        await Grants(database, Keyring(key)).grant(
            PersonId("T1:UREN"), "github", account=account, tokens=tokens, now=NOW
        )
        await database.close()

    asyncio.run(grant())


def test_an_old_key_is_replaced_and_can_then_be_taken_away(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tok_rotate"""
    monkeypatch.chdir(tmp_path)
    old, new = new_key(), new_key()
    connect(database_url, old)
    pinyon = CliRunner(env={**SETTINGS, "PINYON_DATABASE_URL": database_url})

    first = pinyon.invoke(app, ["keys", "rotate"], env={"PINYON_SECRET_KEY": f"{new},{old}"})
    assert first.exit_code == 0, first.output
    assert "Sealed anew with the first key: 1 row." in first.stdout
    assert "Nothing needs the second key now" in first.stdout
    assert "gho_canary" not in first.output

    again = pinyon.invoke(app, ["keys", "rotate"], env={"PINYON_SECRET_KEY": new})
    assert "Sealed anew with the first key: 0 rows." in again.stdout
    assert "No key here opens" not in again.stdout


def test_rows_that_nobody_can_open_are_named_with_their_person() -> None:
    lost = Unreadable("grants", "T1:UREN", "github", "7c1f")
    said = told(Rotation(resealed=2, unreadable=(lost,), waiting=0), older=2)
    assert "  github of T1:UREN (grants, 7c1f)" in said
    assert "Nothing needs the 2 keys after the first now" in said


def test_no_key_is_said_to_be_free_while_a_row_needs_it() -> None:
    said = told(Rotation(resealed=2, unreadable=(), waiting=3), older=1)
    assert "In use all the time: 3 rows. Run it again" in said
    assert "Nothing needs" not in said


def test_with_one_key_it_says_how_to_change_it() -> None:
    assert "put the new one first" in told(Rotation(resealed=0, unreadable=(), waiting=0), older=0)
