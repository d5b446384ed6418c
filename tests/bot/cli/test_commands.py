"""What the commands print, and with which code they end."""

import base64
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.slack.manifest import MANIFEST, manifest_yaml

NEEDED = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "ANTHROPIC_API_KEY", "OPENAI_API_KEY")


@pytest.fixture
def pinyon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line in a folder without `.env`, with nothing set."""
    monkeypatch.chdir(tmp_path)
    return CliRunner(env=dict.fromkeys(NEEDED, ""))


def test_without_a_command_the_commands_are_listed(pinyon: CliRunner) -> None:
    said = pinyon.invoke(app, []).output
    assert all(name in said for name in ("serve", "worker", "doctor", "manifest", "migrate", "keys"))


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_a_missing_setting_stops_the_start_with_its_name_and_the_fix(pinyon: CliRunner, command: str) -> None:
    result = pinyon.invoke(app, [command])
    assert result.exit_code == 2
    assert "SLACK_BOT_TOKEN: missing; api.slack.com/apps" in result.stderr
    assert "`pinyon doctor` checks every setting." in result.stderr


def test_the_committed_manifest_is_what_the_command_prints(pinyon: CliRunner) -> None:
    assert pinyon.invoke(app, ["manifest"]).stdout == manifest_yaml() == MANIFEST.read_text()


def test_the_manifest_knows_the_address_and_the_way_of_events(pinyon: CliRunner) -> None:
    said = pinyon.invoke(app, ["manifest", "--url", "https://bot.tamarack.example", "--name", "Jay", "--http"]).stdout
    assert "request_url: https://bot.tamarack.example/slack/events" in said
    assert "name: Jay" in said


def test_events_by_http_need_an_address(pinyon: CliRunner) -> None:
    result = pinyon.invoke(app, ["manifest", "--http"])
    assert result.exit_code == 2
    assert "PINYON_PUBLIC_URL" in result.stderr


def test_a_new_key_is_one_that_the_settings_take(pinyon: CliRunner) -> None:
    assert len(base64.b64decode(pinyon.invoke(app, ["keys", "new"]).stdout)) == 32


def test_the_doctor_ends_with_1_when_something_is_to_be_fixed(pinyon: CliRunner) -> None:
    # Nothing of the network is asked: no token is set, and the embedded database is put where nothing can be.
    Path("file").touch()
    env = {"PINYON_DATA_DIR": "file/data", "SLACK_CLIENT_ID": "", "GITHUB_CLIENT_ID": "", "PINYON_PUBLIC_URL": ""}
    result = pinyon.invoke(app, ["doctor"], env=env)
    assert result.exit_code == 1
    assert "fix   SLACK_BOT_TOKEN" in result.stdout
    assert "fix   PINYON_DATA_DIR" in result.stdout
