"""An agent drawn as a form and read back from it."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.agents.file import AgentFile, Job, Role, Source, tidied
from bot.llm import RouteName
from bot.self_service.workshop import Bench
from bot.web.agent_editor import Shown, facts_of
from bot.web.agent_form import Sent, meant, tools_of, value_of
from bot.web.pages import TEMPLATES
from bot.web.visitor import Visitor
from memory.agents import StoredAgent
from memory.ids import AgentId
from skills.catalog import skill_catalog
from tests.bot.web.editing_agents import fields_of
from tests.bot.web.fakes import JAMAL, NOW, person

SKILLS = skill_catalog()
WRITES = sorted(name for name, tool in tools_of(SKILLS).items() if tool.effect == "write")
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
LINE = st.text(LETTERS, max_size=40)
TEXT = st.lists(LINE, max_size=6).map("\n".join)
WORD = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
SOURCE = st.one_of(
    st.builds(Source, kind=st.just("text"), at=LINE, text=TEXT),
    st.builds(Source, kind=st.sampled_from(("file", "drive", "page")), at=LINE),
)
FILE = st.builds(
    AgentFile,
    name=LINE,
    handle=LINE,
    description=LINE,
    instructions=TEXT,
    icon=LINE,
    job=st.sampled_from(get_args(Job)),
    roles=st.lists(st.sampled_from(get_args(Role)), unique=True).map(tuple),
    skills=st.none() | st.dictionaries(st.sampled_from(sorted(SKILLS)) | WORD, st.sampled_from(("read", "write"))),
    route=st.sampled_from(get_args(RouteName)),
    starters=st.lists(LINE, max_size=6).map(tuple),
    knowledge=st.lists(SOURCE, max_size=4).map(tuple),
    parameters=st.dictionaries(WORD, st.dictionaries(WORD, LINE | st.lists(LINE) | st.booleans(), min_size=1)),
    must_ask=st.lists(st.sampled_from(WRITES) | WORD, unique=True, max_size=5).map(tuple),
)


def drawn(file: AgentFile) -> str:
    """The editor's page with `file` in it."""
    stored = StoredAgent(
        id=AgentId("a" * 22),
        workspace=person(JAMAL, "Jamal").workspace,
        owner=JAMAL,
        handle="update",
        name="Update",
        live=None,
        draft="",
        draft_revision=7,
        draft_saved_at=NOW,
        draft_saved_by=JAMAL,
        draft_writer=JAMAL,
        copies_knowledge=False,
        disabled_at=None,
        disabled_why="",
        reports=0,
        created_at=NOW,
        owner_left=False,
    )
    bench = Bench(stored=stored, role="owner", file=file, text="")
    around: dict[str, Any] = {
        "visitor": Visitor(person=person(JAMAL, "Jamal"), workspace_name="Tamarack", csrf="token"),
        "nav": [],
        "when": str,
        "bench": bench,
        "stored": stored,
        "path": "/agents/x",
        "tile": "U",
        "next_version": 1,
        "reads": True,
        "drafts": True,
        "trial": None,
    }
    facts = facts_of(bench, Shown(), SKILLS, file.knowledge)
    return TEMPLATES.get_template("agent.html").render(around, **facts)


@settings(max_examples=60, deadline=None)
@given(FILE)
def test_a_form_that_nobody_touched_means_the_same_agent(file: AgentFile) -> None:
    kept = tidied(file)
    sent = Sent(fields_of(drawn(kept)))
    assert sent.number("revision") == 7
    assert meant(sent, kept, SKILLS).file == kept


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ("name", "do", "every", "skill", "shows", "new_at", "new_value", "title:1", "roles", "starters")
        )
        | LINE,
        st.lists(TEXT, max_size=3),
    ),
    FILE,
)
def test_whatever_is_sent_means_some_agent(fields: dict[str, list[str]], file: AgentFile) -> None:
    """cost_dos"""
    read = meant(Sent({name: values for name, values in fields.items() if values}), file, SKILLS)
    assert read.file == tidied(read.file)


def test_what_is_not_on_the_page_stays_as_it_is() -> None:
    file = AgentFile(
        name="A",
        handle="aa",
        description="D",
        instructions="I",
        roles=("leads",),
        must_ask=("send_mail",),
        skills={"mail": "write"},
    )
    assert meant(Sent({"name": ["B"]}), file, SKILLS).file == replace(file, name="B")


def test_a_value_is_as_its_tool_takes_it() -> None:
    tools = tools_of(SKILLS)
    assert value_of(tools["create_ticket"], "labels", "infra, , weekly") == ["infra", "weekly"]
    assert value_of(tools["create_ticket"], "project", "INFRA, too") == "INFRA, too"
    numbers = [
        (tool, name)
        for tool in tools.values()
        for name in tool.remembers
        if tool.schema["properties"][name].get("type") == "integer"
    ]
    for tool, name in numbers:
        assert value_of(tool, name, "30") == 30
        with pytest.raises(ValueError, match="does not take “many”"):
            value_of(tool, name, "many")
