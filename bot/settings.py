"""The only reader of the environment: every setting, checked at start-up; what is wrong is named with its fix."""

import base64
import os
import secrets
import socket
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from integrations.integration import Integration, OAuthApp
from memory.workers import DEAD_AFTER

ROOT = Path(__file__).resolve().parents[1]


IN_PLAIN_WORDS = {
    "int_parsing": "a whole number is needed",
    "float_parsing": "a number is needed",
    "decimal_parsing": "a number is needed",
    "literal_error": "it must be one of {expected}",
    "greater_than_equal": "it must be {ge} or more",
    "less_than_equal": "it must be {le} or less",
}
"""What pydantic finds wrong, for whoever has not heard of pydantic."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one setting, and the fix."""

    setting: str
    said: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.said}"


class Misset(Exception):
    """Settings are missing or malformed; the message is one line for each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))


class Settings(BaseSettings):
    """What an operator sets. Names are the environment variables' names in lower case."""

    # What is set to nothing is not set: compose files and .env.example are full of such lines.
    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"

    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str | None = None
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None

    github_client_id: str | None = None
    github_client_secret: SecretStr | None = None
    github_api_url: str | None = None
    github_authorize_url: str | None = None
    github_token_url: str | None = None
    github_revoke_url: str | None = None

    atlassian_client_id: str | None = None
    atlassian_client_secret: SecretStr | None = None
    atlassian_api_url: str | None = None
    atlassian_authorize_url: str | None = None
    atlassian_token_url: str | None = None
    atlassian_revoke_url: str | None = None
    atlassian_resources_url: str | None = None

    google_client_id: str | None = None
    google_client_secret: SecretStr | None = None
    google_api_url: str | None = None
    google_authorize_url: str | None = None
    google_token_url: str | None = None
    google_revoke_url: str | None = None
    google_userinfo_url: str | None = None
    google_mail_url: str | None = None
    """Where people read a thread of their mail; only the playground has it elsewhere."""

    pinyon_sandbox: Literal["auto", "e2b", "bubblewrap", "off"] = "auto"
    """Where code runs; `auto`: at E2B when its key is set, else in bubblewrap when that works here."""
    e2b_api_key: SecretStr | None = None
    e2b_api_url: str | None = None
    e2b_sandbox_url: str | None = None

    pinyon_search: Literal["off", "anthropic", "openai", "brave"] = "off"
    """Who searches the web: a model vendor's own search, or Brave."""
    brave_api_key: SecretStr | None = None
    brave_api_url: str | None = None
    pinyon_web_hosts: str = ""
    """`wiki.example=http://10.0.0.4,…`: hosts that pages may be read from although they are inside, and where."""

    pinyon_picture_model: str = "gpt-image-2.5-flare"
    pinyon_speech_model: str = "gpt-transcribe"
    pinyon_embedding_model: str = ""
    """Finds passages of agents' knowledge by meaning too; by words alone where it is unset."""
    pinyon_chromium: str = ""
    """The browser that makes PDFs; looked for where it is unset."""

    pinyon_database_url: str | None = None
    pinyon_data_dir: Path = Path(".pinyon")
    pinyon_secret_key: SecretStr | None = None
    pinyon_public_url: str | None = None
    pinyon_host: str = "127.0.0.1"
    pinyon_port: int = Field(default=8080, ge=0, le=65535)
    pinyon_models_file: Path = ROOT / "configs" / "models.yaml"
    pinyon_worker_id: str = ""
    pinyon_slots: int = Field(default=160, ge=1, le=1000)
    """Turns that run in this process at the same time."""
    pinyon_dead_after: float = Field(default=DEAD_AFTER, ge=0.5, le=60)
    """Seconds of silence after which the others take this process's turns; the same in all of them."""
    pinyon_log_format: str = "console"
    pinyon_daily_dollars_person: Decimal | None = Field(default=None, ge=0)
    """What the models may cost for one person in a day (UTC); unset: no limit."""
    pinyon_daily_dollars_workspace: Decimal | None = Field(default=None, ge=0)

    @field_validator("pinyon_worker_id", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        return value or socket.gethostname()

    @field_validator("slack_api_url")
    @classmethod
    def _ends_with_slash(cls, value: str) -> str:
        return value if value.endswith("/") else f"{value}/"

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        given = value.get_secret_value().split(",") if value else ()
        if not all(token.strip().startswith("xox") for token in given):
            raise ValueError("a bot token begins with xoxb-; api.slack.com/apps, your app, OAuth & Permissions")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith("xapp-"):
            raise ValueError("an app token begins with xapp-; api.slack.com/apps, your app, Basic Information")
        return value

    @field_validator("pinyon_database_url")
    @classmethod
    def _postgres(cls, value: str | None) -> str | None:
        if value and not value.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
            raise ValueError(
                "Pinyon keeps everything in PostgreSQL; write it as postgresql://user:password@host/database"
            )
        return value.replace("postgres://", "postgresql://", 1) if value else value

    @field_validator("pinyon_web_hosts")
    @classmethod
    def _hosts(cls, value: str) -> str:
        for one in filter(None, map(str.strip, value.split(","))):
            host, _, origin = one.partition("=")
            there = urlsplit(origin)
            if not host or there.scheme not in ("http", "https") or not there.hostname:
                raise ValueError(f"write each as host=http://address, with commas between, got {one!r}")
        return value

    @field_validator("pinyon_public_url")
    @classmethod
    def _https(cls, value: str | None) -> str | None:
        if value and not value.startswith("https://") and not is_loopback(value):
            raise ValueError(
                f"https is needed outside this machine, got {value}; set it to {value.replace('http://', 'https://')}"
            )
        return value.rstrip("/") if value else value

    @field_validator("pinyon_secret_key")
    @classmethod
    def _keys(cls, value: SecretStr | None) -> SecretStr | None:
        for key in value.get_secret_value().split(",") if value else ():
            try:
                length = len(base64.b64decode(key.strip(), validate=True))
            except ValueError:
                length = 0
            if length != 32:
                raise ValueError("32 bytes in base64, several separated by commas; make one with: pinyon keys new")
        return value

    @property
    def bot_tokens(self) -> tuple[SecretStr, ...]:
        """One bot token for each workspace; several stand in SLACK_BOT_TOKEN with commas between."""
        given = self.slack_bot_token.get_secret_value() if self.slack_bot_token else ""
        return tuple(SecretStr(token.strip()) for token in given.split(",") if token.strip())

    @property
    def web_hosts(self) -> dict[str, str]:
        """Where pages of some hosts are read instead: host → origin."""
        given = (one.strip().partition("=") for one in self.pinyon_web_hosts.split(","))
        return {host.lower(): origin.rstrip("/") for host, _, origin in given if host}

    @property
    def oauth_ready(self) -> bool:
        """Whether people can sign in and connect accounts."""
        return bool(self.pinyon_public_url and self.slack_client_id and self.slack_client_secret)

    def oauth_app(self, integration: Integration) -> OAuthApp | None:
        """Our registration at `integration`, each endpoint as set or the vendor's own; None when it is not set up."""
        name, auth = integration.name, integration.auth
        client_id, secret = getattr(self, f"{name}_client_id", None), getattr(self, f"{name}_client_secret", None)
        if not client_id or secret is None:
            return None
        api_url = getattr(self, f"{name}_api_url", None) or integration.api_url

        def endpoint(what: str, own: str) -> str:
            """As set; or where the vendor has it, beside an API that stands elsewhere if it is part of that API."""
            return getattr(self, f"{name}_{what}", None) or _beside(own, integration.api_url, api_url)

        return OAuthApp(
            name=name,
            client_id=client_id,
            client_secret=secret,
            api_url=api_url,
            authorize_url=endpoint("authorize_url", auth.authorize_url),
            token_url=endpoint("token_url", auth.token_url),
            revoke_url=endpoint("revoke_url", auth.revoke_url or "") or None,
            endpoints={what: endpoint(what, own) for what, own in integration.endpoints},
        )

    def worker(self) -> str:
        """A name for this process that no other ever had: a woken zombie must not meet its own successor."""
        return f"{self.pinyon_worker_id}-{uuid.uuid4().hex[:12]}"

    def secret_key(self) -> SecretStr:
        """The key that seals what people connect; made once in the data folder where none is set."""
        if self.pinyon_secret_key is not None:
            return self.pinyon_secret_key
        file = self.pinyon_data_dir / "secret.key"
        if not file.exists():
            self.pinyon_data_dir.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(new_key())
        return SecretStr(file.read_text().strip())

    @property
    def _search_key(self) -> SecretStr | None:
        match self.pinyon_search:
            case "anthropic":
                return self.anthropic_api_key
            case "openai":
                return self.openai_api_key
            case _:
                return self.brave_api_key

    def missing(self) -> Iterator[Problem]:
        """What Pinyon cannot start without and is not set."""
        if self.slack_bot_token is None:
            yield Problem("SLACK_BOT_TOKEN", "missing; api.slack.com/apps, your app, OAuth & Permissions")
        if self.slack_app_token is None and self.slack_signing_secret is None:
            yield Problem(
                "SLACK_APP_TOKEN",
                "missing (Socket Mode), and so is SLACK_SIGNING_SECRET (events over HTTP);"
                " api.slack.com/apps, your app, Basic Information",
            )
        if self.anthropic_api_key is None and self.openai_api_key is None:
            yield Problem("ANTHROPIC_API_KEY", "missing, and so is OPENAI_API_KEY; Pinyon needs one model vendor")
        if self.pinyon_search != "off" and self._search_key is None:
            name = f"{self.pinyon_search.upper()}_API_KEY"
            yield Problem(name, f"missing; PINYON_SEARCH={self.pinyon_search} searches with it")
        if self.pinyon_sandbox == "e2b" and self.e2b_api_key is None:
            yield Problem("E2B_API_KEY", "missing; PINYON_SANDBOX=e2b runs code with it")
        if self.pinyon_database_url and self.pinyon_secret_key is None:
            yield Problem(
                "PINYON_SECRET_KEY",
                "missing; with a database of your own, the key that seals people's accounts must not live on one"
                " machine's disk; make one with: pinyon keys new",
            )


def _beside(url: str, api_url: str, ours: str) -> str:
    """`url` of the same host as the vendor's API, moved to where we were told that the API is."""
    there, vendor, here = urlsplit(url), urlsplit(api_url), urlsplit(ours)
    if ours == api_url or there.netloc != vendor.netloc:
        return url
    return urlunsplit(there._replace(scheme=here.scheme, netloc=here.netloc))


def new_key() -> str:
    """A fresh value for PINYON_SECRET_KEY."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def is_loopback(url: str) -> bool:
    """Whether `url` is on this machine, where http is no danger."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def read_settings(values: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment and `.env`, or from `values` alone. Raises Misset when anything is wrong."""
    settings, problems = read_with_problems(values)
    if problems:
        raise Misset(problems)
    return settings


def read_with_problems(values: Mapping[str, str] | None = None) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings, with what is malformed left at its default, and everything that is wrong with them."""
    kind = Settings if values is None else _Given
    given: dict[str, object] = {name.lower(): value for name, value in (values or {}).items() if value != ""}
    malformed: dict[str, Problem] = {}
    try:
        settings = kind.model_validate(given)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            name = str(found["loc"][0])
            ours = IN_PLAIN_WORDS.get(found["type"], "").format(**found.get("ctx", {}))
            malformed[name] = Problem(name.upper(), ours or found["msg"].removeprefix("Value error, "))
        settings = kind.model_validate(given | {name: Settings.model_fields[name].default for name in malformed})
    missing = (problem for problem in settings.missing() if problem.setting.lower() not in malformed)
    return settings, (*malformed.values(), *missing)


class _Given(Settings):
    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    @classmethod
    def settings_customise_sources(cls, settings_cls: object, **sources: object) -> tuple[object, ...]:  # type: ignore[override]
        return (sources["init_settings"],)


class ModelKeys(BaseSettings):
    """What the settings say of the model vendors, without the rest of them."""

    model_config = Settings.model_config

    anthropic_api_key: str = ""
    anthropic_base_url: str = ""
    openai_api_key: str = ""
    openai_base_url: str = ""


def model_keys() -> dict[str, str]:
    """The settings of the model vendors that have a key, from the environment and `.env`, by their names."""
    given = ModelKeys()
    found: dict[str, str] = {}
    if given.anthropic_api_key:
        found |= {"ANTHROPIC_API_KEY": given.anthropic_api_key, "ANTHROPIC_BASE_URL": given.anthropic_base_url}
    if given.openai_api_key:
        found |= {"OPENAI_API_KEY": given.openai_api_key, "OPENAI_BASE_URL": given.openai_base_url}
    return found


def environment_without_settings() -> dict[str, str]:
    """The environment of this process without any setting: what a Pinyon with other settings begins with."""
    return {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
