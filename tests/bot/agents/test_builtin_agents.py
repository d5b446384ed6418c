"""The agents that come with Pinyon."""

import re

import pytest

from bot.agents.file import AgentFile, read_agent, tidied, vocabulary_of, write_agent
from bot.settings import ROOT
from skills.catalog import skill_catalog

FILES = sorted((ROOT / "configs" / "agents").glob("*.md"))
SKILLS = skill_catalog()
AGENTS = {path.stem: read_agent(path.read_bytes(), vocabulary_of(SKILLS)) for path in FILES}
SHAPED = [agent for handle, agent in AGENTS.items() if handle != "pinyon"]

for_each = pytest.mark.parametrize("agent", SHAPED, ids=lambda agent: agent.handle)


def test_there_are_six_beside_the_default() -> None:
    assert set(AGENTS) == {
        "data-analyst",
        "inbox-triage",
        "meeting-prep",
        "pinyon",
        "pr-reviewer",
        "product-update",
        "ticket-writer",
    }


@pytest.mark.parametrize("handle", AGENTS)
def test_a_file_is_called_as_its_agent(handle: str) -> None:
    assert AGENTS[handle].handle == handle
    assert read_agent(write_agent(AGENTS[handle])) == tidied(AGENTS[handle]) == AGENTS[handle]


def test_the_default_has_all_skills() -> None:
    assert AGENTS["pinyon"].skills is None


@for_each
def test_each_says_what_it_is_for_and_how_to_begin(agent: AgentFile) -> None:
    assert agent.job != "other"
    assert 3 <= len(agent.starters) <= 4
    assert agent.icon
    assert 200 <= len(agent.instructions.split()) <= 500


@for_each
def test_each_has_a_few_skills_and_changes_things_only_where_that_is_its_job(agent: AgentFile) -> None:
    assert agent.skills is not None
    changing = {skill for skill, level in agent.skills.items() if level == "write"}
    assert all(any(tool.effect == "write" for tool in SKILLS[skill].tools) for skill in changing)
    expected = {
        "data-analyst": set[str](),
        "inbox-triage": {"mail"},
        "meeting-prep": set[str](),
        "pr-reviewer": {"pull_requests"},
        "product-update": {"channels", "mail"},
        "ticket-writer": {"tickets"},
    }
    assert changing == expected[agent.handle]


@for_each
def test_what_it_always_asks_about_it_can_do(agent: AgentFile) -> None:
    levels = agent.skills or {}
    able = {tool.name for skill in levels for tool in SKILLS[skill].tools_at(levels[skill])}
    assert set(agent.must_ask) <= able


@for_each
def test_what_reaches_others_for_good_is_always_asked_about(agent: AgentFile) -> None:
    """deputy_owner: a mail that went out as the asker cannot be taken back."""
    levels = agent.skills or {}
    able = {tool.name for skill in levels for tool in SKILLS[skill].tools_at(levels[skill])}
    assert able & {"send_mail", "post_message", "merge_pull_request", "review_pull_request"} <= set(agent.must_ask)


@for_each
def test_it_speaks_as_the_rest_of_pinyon(agent: AgentFile) -> None:
    words = "\n".join([agent.description, *agent.starters, agent.instructions])
    assert re.findall(r"[!—–]|\b(?:please note|simply|just|AI|LLM)\b|[\U0001f300-\U0001faff]", words) == []


@for_each
def test_no_built_in_carries_a_companys_own_values(agent: AgentFile) -> None:
    assert (dict(agent.parameters), agent.knowledge) == ({}, ())
    assert "tamarack" not in write_agent(agent).lower()
