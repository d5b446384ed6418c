"""What the demo model does as an agent that somebody shaped, with some of the tools only (pure)."""

from collections.abc import Mapping
from datetime import date

import pytest

from bot.agents.file import AgentFile
from bot.router import speaking_as
from playground.company import load_company
from playground.model import DemoModel
from playground.model.conversation import Conversation, Message, OfferedTool, Plan, Words
from playground.model.demo.found.shaped import shaped_in
from playground.model.stories import served_stories
from skills.catalog import skill_catalog

TICKETS = AgentFile(
    name="Bjørn's “tickets”",
    handle="infra-tickets",
    description="Files infra tickets our way",
    instructions="Titles begin with the system.\nNo more than one per wish.",
    skills={"tickets": "write"},
)
TODAY = "For them today is Friday, 20 November 2026 (UTC)."


def offered(*skills: str) -> tuple[OfferedTool, ...]:
    """The tools of some skills, as the catalogue has them."""
    return tuple(
        OfferedTool(name=tool.name, description=tool.description, schema=tool.schema)
        for skill in skills
        for tool in skill_catalog()[skill].tools
    )


def connectable(*skills: str) -> tuple[OfferedTool, ...]:
    """Ways to connect some skills, as the menu words them."""
    return tuple(
        OfferedTool(
            name=f"connect_{skill}",
            description=f"Its tools: {', '.join(tool.name for tool in skill_catalog()[skill].tools)}.",
            schema={},
        )
        for skill in skills
    )


def planned(said: str, tools: tuple[OfferedTool, ...], *, agent: AgentFile = TICKETS, trusted: bool = True) -> Plan:
    system = f"{speaking_as(agent, general='You are Pinyon.', trusted=trusted)}\n\n{TODAY}"
    messages = (Message("user", (Words(said),)),)
    return DemoModel()(Conversation(wire="messages", model="any", system=system, messages=messages, tools=tools))


@pytest.mark.parametrize("trusted", [True, False])
def test_it_knows_as_whom_it_answers(*, trusted: bool) -> None:
    shaped = shaped_in(speaking_as(TICKETS, general="You are Pinyon.", trusted=trusted))
    assert shaped is not None
    assert (shaped.name, shaped.description) == ('Bjørn\'s "tickets"', "Files infra tickets our way.")
    assert shaped.begins == "Titles begin with the system."
    assert shaped.is_narrow
    assert shaped_in("You are Pinyon.") is None


def test_a_greeting_says_who_answers_and_what_can_be_tried() -> None:
    text = planned("hello", offered("tickets")).text
    assert 'I answer as Bjørn\'s "tickets": Files infra tickets our way.' in text
    assert "My instructions begin: “Titles begin with the system.”" in text
    assert "- ticket: renew the wildcard certificate" in text
    assert "pull request" not in text


@pytest.mark.parametrize("said", ["which pull requests wait for me?", "what's in my inbox today?"])
def test_what_it_has_no_skill_for_it_says(said: str) -> None:
    plan = planned(said, offered("tickets"))
    assert not plan.calls
    assert "no skill" in plan.text


def test_a_skill_that_is_not_connected_is_connected() -> None:
    plan = planned("ticket: clean up the snapshots", connectable("tickets"))
    assert [call.tool for call in plan.calls] == ["connect_tickets"]


def stories() -> Mapping[str, str]:
    """What is said in every story of the company, by its name and number."""
    company = load_company(today=date(2026, 11, 20))
    return {f"{story.id} {n}": turn.say for story in served_stories(company) for n, turn in enumerate(story.turns)}


@pytest.mark.parametrize("said", stories().values(), ids=stories().keys())
@pytest.mark.parametrize("skill", ["", "tickets", "pull_requests", "mail", "database", "knowledge"])
def test_no_story_breaks_where_an_agent_has_one_skill_only(said: str, skill: str) -> None:
    tools = offered(*([skill] if skill else []))
    plan = planned(said.removeprefix("@Pinyon "), tools)
    assert plan.text or plan.calls
    assert {call.tool for call in plan.calls} <= {tool.name for tool in tools}
