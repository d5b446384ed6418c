"""What docs/agents.md says about the file of an agent is so."""

import re
from typing import get_args

import pytest

from bot.agents import shape
from bot.agents.file import COMMANDS, KEYS, Faulty, Job, Role, problems_of, read_agent, rewritten, vocabulary_of
from bot.llm import RouteName
from bot.settings import ROOT
from skills.catalog import skill_catalog

TEXT = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
EXAMPLE = TEXT.partition("```markdown\n")[2].partition("```")[0]
TABLE = dict(re.findall(r"^\| `?(\w+)`? \| (.+?) \|.*\|$", TEXT, re.MULTILINE))


def test_the_example_is_an_agent_with_every_field() -> None:
    agent = read_agent(EXAMPLE, vocabulary_of(skill_catalog()))
    assert problems_of(agent, vocabulary_of(skill_catalog())) == []
    assert re.findall(r"^(\w+):", EXAMPLE, re.MULTILINE) == list(KEYS)
    assert agent.parameters["create_ticket"] == {"project": "WEB", "labels": ["update", "weekly"], "assignee": None}
    assert rewritten(EXAMPLE, agent) == EXAMPLE


def test_only_what_it_calls_necessary_is() -> None:
    front = "\n".join(line for line in EXAMPLE.splitlines() if re.match(r"(?:---|name|handle|description)", line))
    assert read_agent(f"{front}\nWrite it.", vocabulary_of(skill_catalog())).skills is None


def test_the_table_names_all_fields_and_choices() -> None:
    assert [name for name in TABLE if name in KEYS] == list(KEYS)
    for name, choices in (("job", get_args(Job)), ("roles", get_args(Role)), ("route", get_args(RouteName))):
        assert set(re.findall(r"`(\w+)`", TABLE[name])) == set(choices)
    assert set(re.findall(r"`(\w+)`", TABLE["handle"])) == COMMANDS


def test_its_limits_are_the_limits() -> None:
    limits = dict(re.findall(r"^\| `?(\w+)`? \|.*\| ([^|]*) \|$", TEXT, re.MULTILINE))
    assert {field: limit for field, limit in limits.items() if any(char.isdigit() for char in limit)} == {
        "name": f"{shape.LONGEST_NAME} characters",
        "handle": "2 to 32 characters",
        "description": f"{shape.LONGEST_DESCRIPTION} characters",
        "skills": f"{shape.MOST_SKILLS}",
        "starters": f"{shape.MOST_STARTERS} of {shape.LONGEST_STARTER} characters",
        "knowledge": f"{shape.MOST_SOURCES}",
        "parameters": f"{shape.MOST_PARAMETERS} values of {shape.LONGEST_VALUE} characters",
        "must_ask": f"{shape.MOST_MUST_ASK}",
        "below": f"{shape.LONGEST_INSTRUCTIONS:,} characters",
    }
    assert f"at most {shape.LONGEST_FILE:,} bytes" in TEXT


def test_its_problems_are_told_like_that() -> None:
    wrong = [
        "---",
        "name: Product update",
        "handle: Update!",
        "description: Writes it.",
        "job: updates",
        "roles: [leads]",
        "skills:",
        "  mails: write",
        "  tickets: read",
        "",
        "route: slow",
        "",
        "",
        "starter: Write it",
        "---",
        "Write it.",
    ]
    with pytest.raises(Faulty) as error:
        read_agent("\n".join(wrong), vocabulary_of(skill_catalog()))
    assert str(error.value) == TEXT.partition("```text\n")[2].partition("\n```")[0]
