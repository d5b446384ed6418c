"""How the demo model drafts an agent from an outline (pure)."""

from typing import Any

import pytest

from playground.model import DemoModel
from playground.model.conversation import Conversation, Message, OfferedTool, Plan, ToolCall, ToolResult, Words
from playground.model.demo.shaping.wished import wished_in

INFRA = (
    "I want an agent that files infra tickets our way. Titles begin with the system in brackets."
    " It knows the runbook at https://docs.example/document/d/abc/edit. For engineers on call."
)
FIELDS = (
    *("name", "handle", "icon", "description", "job", "roles", "skills", "starters", "instructions"),
    *("must_ask", "knowledge", "parameters"),
)


def tool(name: str, *fields: str, skills: tuple[str, ...] = ()) -> OfferedTool:
    properties: dict[str, Any] = {field: {} for field in fields}
    if skills:
        properties["skills"] = {"items": {"properties": {"skill": {"enum": [*skills]}}}}
    return OfferedTool(name=name, description="", schema={"type": "object", "properties": properties})


ASK, WRITE = tool("ask_back", "questions"), tool("write_draft", *FIELDS)


def said(outline: str, *answers: tuple[str, str]) -> str:
    text = f"Outline, in the person's own words:\n<outline>\n{outline}\n</outline>"
    return text + (
        "\n\nAnswers to your questions:\n" + "\n".join(f"Q: {asked}\nA: {answer}" for asked, answer in answers)
        if answers
        else ""
    )


def planned(text: str, *tools: OfferedTool, after: tuple[Message, ...] = ()) -> Plan:
    messages = (Message("user", (Words(text),)), *after)
    return DemoModel()(Conversation(wire="messages", model="any", system="", messages=messages, tools=tools))


def drafted(outline: str, *answers: tuple[str, str], write: OfferedTool = WRITE) -> dict[str, Any]:
    [call] = planned(said(outline, *answers), write).calls
    assert call.tool == "write_draft"
    assert isinstance(call.arguments, dict)
    return dict(call.arguments)


def test_first_it_asks_back_what_it_has_to_know() -> None:
    [call] = planned(said(INFRA), ASK, WRITE).calls
    assert call.tool == "ask_back"
    assert call.arguments == {
        "questions": [
            "Which board do its tickets go to?",
            "Shall it ask before every change, or only where it was not asked for clearly?",
        ]
    }


def test_an_outline_that_says_nothing_is_asked_about_in_general() -> None:
    [call] = planned(said("help my team"), ASK, WRITE).calls
    assert "with which of your tools?" in str(call.arguments)


def test_the_draft_has_what_was_said_in_all_of_its_fields() -> None:
    found = drafted(
        INFRA, ("Which board do its tickets go to?", "PLAT, always"), ("Shall it ask …?", "before every change")
    )
    assert (found["name"], found["handle"], found["job"]) == ("Infra tickets", "infra-tickets", "tickets")
    assert found["description"] == "Files infra tickets our way."
    assert found["skills"] == [{"skill": "tickets", "level": "write"}, {"skill": "files", "level": "read"}]
    assert found["roles"] == ["engineering"]
    assert "Ticket: renew the wildcard certificate" in found["starters"]
    assert found["instructions"].startswith("Your job: Files infra tickets our way.")
    assert "- Titles begin with the system in brackets." in found["instructions"]
    assert "- Which board do its tickets go to: PLAT, always." in found["instructions"]
    assert found["must_ask"] == ["create_ticket"]
    assert found["parameters"] == [{"tool": "create_ticket", "parameter": "project", "value": "PLAT"}]
    assert found["knowledge"] == [{"kind": "drive", "address": "https://docs.example/document/d/abc/edit"}]


@pytest.mark.parametrize(
    ("outline", "name", "skills"),
    [
        (
            "Write our weekly product update from what was merged and the board",
            "Weekly product update",
            "pull_requests tickets",
        ),
        ("Reviews pull requests for missing tests", "Pull request reviewer", "pull_requests"),
        ("Sort my inbox every morning", "Inbox triage", "mail"),
        ("an agent called Harbour master that reads my calendar", "Harbour master", "calendar"),
        ("Prepare me for meetings from docs and mails", "Meeting prep", "calendar files mail"),
        ("Answer questions about revenue with sql", "Data analyst", "database"),
        ("Tell jokes about cats", "Tell jokes", ""),
    ],
)
def test_name_and_skills_come_from_the_words(outline: str, name: str, skills: str) -> None:
    found = drafted(outline)
    assert found["name"] == name
    assert [one["skill"] for one in found["skills"]] == skills.split()


def test_only_skills_that_there_are_are_named_and_only_fields_that_there_are() -> None:
    write = tool("write_draft", "name", "handle", "description", "instructions", skills=("mail",))
    found = drafted("Prepare me for meetings from docs and mails", write=write)
    assert [one["skill"] for one in found["skills"]] == ["mail"]
    assert set(found) <= {"name", "handle", "description", "instructions", "skills"}


def test_a_draft_that_was_not_right_is_written_again_with_less() -> None:
    answers = ("Which board do its tickets go to?", "PLAT")
    call = ToolCall(id="1", tool="write_draft", arguments={"name": "x"})
    back = (
        Message("assistant", (call,)),
        Message("user", (ToolResult(call="1", text="Not right yet: parameters.create_ticket …"),)),
    )
    [again] = planned(said(INFRA, answers), ASK, WRITE, after=back).calls
    assert again.tool == "write_draft"
    assert not {"parameters", "must_ask", "knowledge"} & set(again.arguments)


def test_instructions_alone_are_written_from_the_outline() -> None:
    text = said("Files tickets. Be brief.") + "\n\nThe agent so far:\n<agent>\n---\nname: X\n---\n</agent>"
    [call] = planned(text, tool("write_instructions", "instructions")).calls
    assert call.tool == "write_instructions"
    assert call.arguments == {
        "instructions": "Your job: Files tickets.\n\nHow you work:\n- Be brief.\n"
        "- Say what is missing instead of guessing, and keep it short."
    }


@pytest.mark.parametrize("outline", ["", "…", "?", "x" * 5000, "an agent", "<outline>\n</outline>", "Q: a\nA: b"])
def test_whatever_was_written_gives_a_draft_with_a_name_and_a_handle(outline: str) -> None:
    found = drafted(outline)
    assert found["name"].strip()
    assert 2 <= len(found["handle"]) <= 32
    assert found["instructions"].strip()
    assert found["description"].strip()


def test_answers_that_were_left_empty_are_none() -> None:
    wished = wished_in(said("Files tickets.", ("Which board?", ""), ("How long?", "short")))
    assert wished.answers == (("How long?", "short"),)
