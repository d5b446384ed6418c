"""What the agents that come with Pinyon suggest, tried on the demo model: each leads to work with their own tools."""

from collections.abc import Mapping

import pytest

from bot.agents.file import AgentFile, read_agent
from bot.settings import ROOT
from playground.model.conversation import Plan
from skills.catalog import skill_catalog
from tests.playground.test_model_shaped import offered, planned

OURS = {file.stem: read_agent(file.read_bytes()) for file in sorted((ROOT / "configs" / "agents").glob("*.md"))}
OF_OUR_OWN = ("knowledge",)


def starters() -> Mapping[str, tuple[AgentFile, str]]:
    return {f"{name} {n}": (file, said) for name, file in OURS.items() for n, said in enumerate(file.starters)}


def skills_of(file: AgentFile) -> tuple[str, ...]:
    every = skill_catalog()
    return tuple(name for name in (file.skills if file.skills is not None else every) if name in every)


@pytest.mark.parametrize(("file", "said"), starters().values(), ids=starters().keys())
def test_a_starter_begins_with_a_call_of_the_agents_own_tools(file: AgentFile, said: str) -> None:
    tools = offered(*skills_of(file))
    plan: Plan = planned(said, tools, agent=file)
    assert plan.calls, plan.text
    assert {call.tool for call in plan.calls} <= {tool.name for tool in tools}


@pytest.mark.parametrize("name", OURS)
def test_an_agent_of_ours_has_only_skills_that_there_are(name: str) -> None:
    assert set(OURS[name].skills or ()) <= set(skill_catalog())
