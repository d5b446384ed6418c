"""The container's files agree with the project they are built from."""

import re
from pathlib import Path
from typing import Any

import yaml

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())


def copied() -> list[str]:
    """What the Dockerfile copies from the checkout."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return [path for line in lines for path in line.split()[:-1] if not path.startswith("--")]


def test_everything_that_is_copied_exists() -> None:
    assert copied()
    assert [path for path in copied() if not (ROOT / path).exists()] == []


def test_everything_that_runs_is_copied_and_the_playground_is_not() -> None:
    folders = {path.rstrip("/") for path in copied()}
    assert {"bot", "skills", "integrations", "memory", "configs"} <= folders
    assert not folders & {"playground", "tests", ".env", "."}


def test_what_is_not_copied_is_kept_out_of_the_build() -> None:
    ignored = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().split()
    assert {".git", ".venv", ".env", ".pinyon"} <= set(ignored)


def test_it_does_not_run_as_root() -> None:
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users
    assert users[-1] != "root"


def test_compose_passes_only_settings_that_exist() -> None:
    passed: dict[str, Any] = COMPOSE["services"]["pinyon"]["environment"]
    assert {name for name in passed if name.lower() not in Settings.model_fields} == set()
    required = {name for name, value in passed.items() if ":?" in str(value)}
    assert {"SLACK_BOT_TOKEN", "PINYON_SECRET_KEY"} <= required


def test_the_database_is_waited_for_and_kept() -> None:
    assert COMPOSE["services"]["pinyon"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert COMPOSE["services"]["postgres"]["image"].startswith("postgres:17")
    assert COMPOSE["services"]["postgres"]["volumes"]
