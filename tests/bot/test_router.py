"""Which agent answers, and what an agent's file must say."""

from pathlib import Path

import pytest

from bot.router import Router, read_agent
from tests.fakes.rooms import incoming

GOOD = """---
name: Pinyon
handle: pinyon
description: Helps.
---
You are Pinyon.

Be brief.
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "agent.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_agent_is_its_file(tmp_path: Path) -> None:
    agent = read_agent(written(tmp_path, GOOD))
    assert (agent.name, agent.handle, agent.description, agent.route) == ("Pinyon", "pinyon", "Helps.", "default")
    assert agent.instructions == "You are Pinyon.\n\nBe brief."
    assert Router(agent).choose(incoming()) is agent


def test_an_agent_may_choose_its_route(tmp_path: Path) -> None:
    assert read_agent(written(tmp_path, GOOD.replace("name:", "route: deep\nname:"))).route == "deep"


def test_a_line_of_dashes_in_the_instructions_stays(tmp_path: Path) -> None:
    assert read_agent(written(tmp_path, GOOD + "\n---\nEnd.\n")).instructions.endswith("---\nEnd.")


def test_our_own_agent_can_be_read() -> None:
    assert read_agent(Path(__file__).parents[2] / "configs" / "agents" / "pinyon.md").handle == "pinyon"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "must begin with front matter"),
        ("You are Pinyon.", "must begin with front matter"),
        ("---\nname: Pinyon\n", "must begin with front matter"),
        (f"Hello\n{GOOD}", "must begin with front matter"),
        (GOOD.replace("handle: pinyon\n", ""), "lacks 'handle'"),
        ("---\n- a list\n---\n", "the front matter lacks"),
        ("---\n\n---\n", "the front matter lacks"),
        (GOOD.replace("name: Pinyon", "name: [Pinyon"), "the front matter is no YAML"),
        (GOOD.replace("name:", "route: cheap\nname:"), "route must be fast, default or deep, got 'cheap'"),
        (GOOD.replace("name:", "parameters: {create_ticket: PLAT}\nname:"), "wrong at create_ticket"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"agent\.md") as error:
        read_agent(written(tmp_path, text))
    assert told in str(error.value)


def test_an_agent_brings_values_for_parameters(tmp_path: Path) -> None:
    agent = read_agent(written(tmp_path, GOOD.replace("name:", "parameters: {create_ticket: {project: PLAT}}\nname:")))
    assert agent.parameters == {"create_ticket": {"project": "PLAT"}}
    assert read_agent(written(tmp_path, GOOD)).parameters == {}
