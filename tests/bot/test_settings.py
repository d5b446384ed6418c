"""What the settings refuse, and what they say then."""

import base64
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import (
    ROOT,
    Misset,
    Settings,
    environment_without_settings,
    is_loopback,
    model_keys,
    new_key,
    read_settings,
    read_with_problems,
)
from integrations.catalog import integration_catalog

ENOUGH = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "ANTHROPIC_API_KEY": "sk-ant-1"}


def refusal(**changed: str) -> str:
    with pytest.raises(Misset) as raised:
        read_settings(ENOUGH | changed)
    return str(raised.value)


def test_slack_tokens_and_one_model_key_are_enough() -> None:
    settings = read_settings(ENOUGH)
    assert not settings.oauth_ready
    assert settings.pinyon_database_url is None


def test_a_signing_secret_stands_in_for_the_app_token() -> None:
    settings = read_settings(ENOUGH | {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "secret"})
    assert settings.slack_app_token is None


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(Misset) as raised:
        read_settings({})
    names = [line.partition(":")[0] for line in str(raised.value).splitlines()]
    assert names == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "ANTHROPIC_API_KEY"]


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "secret-token", "begins with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-1,secret-token", "begins with xoxb-"),
        ("SLACK_APP_TOKEN", "secret-token", "begins with xapp-"),
        ("PINYON_DATABASE_URL", "mysql://root:secret-token@host/db", "PostgreSQL"),
        ("PINYON_PUBLIC_URL", "http://bot.tamarack.example", "set it to https://bot.tamarack.example"),
        ("PINYON_SECRET_KEY", "secret-token", "32 bytes in base64"),
        ("PINYON_PORT", "secret-token", "whole number"),
    ],
)
def test_a_malformed_setting_is_named_and_never_quoted(setting: str, value: str, said: str) -> None:
    message = refusal(**{setting: value})
    assert message.startswith(f"{setting}: ")
    assert said in message
    assert "secret-token" not in message


def test_a_malformed_setting_is_left_out_and_the_others_are_still_read() -> None:
    settings, problems = read_with_problems(ENOUGH | {"SLACK_APP_TOKEN": "x", "PINYON_PORT": "70000"})
    assert {problem.setting for problem in problems} == {"SLACK_APP_TOKEN", "PINYON_PORT"}
    assert settings.slack_app_token is None
    assert settings.pinyon_port == 8080
    assert settings.slack_bot_token == SecretStr("xoxb-1")


def test_a_database_of_ones_own_needs_a_key_of_ones_own() -> None:
    assert refusal(PINYON_DATABASE_URL="postgresql://host/db").startswith("PINYON_SECRET_KEY: missing")
    read_settings(ENOUGH | {"PINYON_DATABASE_URL": "postgresql://host/db", "PINYON_SECRET_KEY": new_key()})


def test_the_short_name_of_postgresql_is_understood() -> None:
    given = ENOUGH | {"PINYON_DATABASE_URL": "postgres://host/db", "PINYON_SECRET_KEY": new_key()}
    assert read_settings(given).pinyon_database_url == "postgresql://host/db"


def test_several_workspaces_have_their_tokens_with_commas_between() -> None:
    settings = read_settings(ENOUGH | {"SLACK_BOT_TOKEN": "xoxb-1, xoxb-2"})
    assert settings.bot_tokens == (SecretStr("xoxb-1"), SecretStr("xoxb-2"))


def test_settings_show_no_secret() -> None:
    assert "xoxb-1" not in repr(read_settings(ENOUGH))


def test_the_key_of_an_embedded_database_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = read_settings(ENOUGH | {"PINYON_DATA_DIR": str(tmp_path / "data")})
    key = settings.secret_key()
    assert settings.secret_key() == key
    assert len(base64.b64decode(key.get_secret_value())) == 32
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600


def test_no_two_processes_have_the_same_name() -> None:
    settings = read_settings(ENOUGH | {"PINYON_WORKER_ID": "host"})
    assert settings.worker().startswith("host-")
    assert settings.worker() != settings.worker()


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "http://a.localhost"])
def test_http_is_allowed_on_this_machine(url: str) -> None:
    assert is_loopback(url)
    assert read_settings(ENOUGH | {"PINYON_PUBLIC_URL": f"{url}/"}).pinyon_public_url == url


def test_an_integration_is_set_up_when_it_has_an_id_and_a_secret() -> None:
    github = integration_catalog()["github"]
    assert read_settings(ENOUGH | {"GITHUB_CLIENT_ID": "Iv1"}).oauth_app(github) is None
    both = {"GITHUB_CLIENT_ID": "Iv1", "GITHUB_CLIENT_SECRET": "s", "GITHUB_TOKEN_URL": "http://127.0.0.1/token"}
    app = read_settings(ENOUGH | both).oauth_app(github)
    assert app is not None
    assert (app.api_url, app.token_url) == (github.api_url, "http://127.0.0.1/token")


def test_what_a_vendor_has_beside_its_api_moves_with_the_api() -> None:
    slack = integration_catalog()["slack"]
    client = {"SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "s"}
    real = read_settings(ENOUGH | client).oauth_app(slack)
    assert real is not None
    assert real.authorize_url == "https://slack.com/oauth/v2/authorize"
    ours = read_settings(ENOUGH | client | {"SLACK_API_URL": "http://127.0.0.1:9/api/"}).oauth_app(slack)
    assert ours is not None
    assert ours.authorize_url == "http://127.0.0.1:9/oauth/v2/authorize"
    assert ours.token_url == "http://127.0.0.1:9/api/oauth.v2.access"


def test_further_endpoints_are_the_vendors_own_unless_set() -> None:
    google = integration_catalog()["google"]
    client = {"GOOGLE_CLIENT_ID": "1", "GOOGLE_CLIENT_SECRET": "s", "GOOGLE_API_URL": "http://127.0.0.1:9"}
    app = read_settings(ENOUGH | client | {"GOOGLE_USERINFO_URL": "http://127.0.0.1:9/me"}).oauth_app(google)
    assert app is not None
    assert app.endpoints["userinfo_url"] == "http://127.0.0.1:9/me"
    assert app.endpoints["mail_url"] == "https://mail.google.com/mail/#all"
    assert app.token_url == google.auth.token_url


def test_the_environment_is_read_and_what_is_set_to_nothing_is_not_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-file\nPINYON_PORT=\nANTHROPIC_API_KEY=sk-file\n")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "")
    for name in ("SLACK_BOT_TOKEN", "OPENAI_API_KEY", "PINYON_PORT"):
        monkeypatch.delenv(name, raising=False)
    settings = read_settings()
    assert settings.pinyon_port == 8080
    assert settings.bot_tokens == (SecretStr("xoxb-file"),)
    assert settings.anthropic_api_key == SecretStr("sk-file")
    assert model_keys() == {"ANTHROPIC_API_KEY": "sk-file", "ANTHROPIC_BASE_URL": ""}
    assert "SLACK_APP_TOKEN" not in environment_without_settings()


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    lines = (ROOT / "configs" / ".env.example").read_text().splitlines()
    named = {line.removeprefix("# ").partition("=")[0] for line in lines if "=" in line}
    assert {name.upper() for name in Settings.model_fields} == {
        name for name in named if name.isupper() and " " not in name
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PINYON_PORT", "abc", "PINYON_PORT: a whole number is needed"),
        ("PINYON_PORT", "70000", "PINYON_PORT: it must be 65535 or less"),
        ("PINYON_SLOTS", "0", "PINYON_SLOTS: it must be 1 or more"),
        ("PINYON_DAILY_DOLLARS_PERSON", "much", "PINYON_DAILY_DOLLARS_PERSON: a number is needed"),
    ],
)
def test_what_is_no_number_is_said_in_plain_words(name: str, value: str, said: str) -> None:
    _, problems = read_with_problems({name: value})
    assert said in map(str, problems)


def test_a_malformed_value_may_hold_braces() -> None:
    _, problems = read_with_problems({"PINYON_PUBLIC_URL": "http://{a}.example"})
    assert "https is needed" in problems[0].said
