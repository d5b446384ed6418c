"""What the model is offered: tools, one line for each skill while there are too many, ways to connect."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart

from bot.toolbox.menu import MOST_TOOLS, OPEN, Available, Menu, opened_by
from bot.toolbox.validate import one_account
from memory.database import Database
from skills.skill import Scopes, Skill
from tests.fakes.rooms import MAIL, NOTES, Bench, bench


def copied(name: str, count: int = 4) -> Skill:
    """`NOTES` under another name, with tools of other names."""
    tools = tuple(replace(NOTES.tools[n % 4], name=f"{name}_{n}") for n in range(count))
    return replace(NOTES, name=name, purpose=f"Work with {name}.", tools=tools)


def called(tool: str, arguments: Any = None) -> ModelMessage:
    return ModelResponse(parts=[ToolCallPart(tool_name=tool, args=arguments or {}, tool_call_id="c")])


def names(menu: Menu, *messages: ModelMessage) -> list[str]:
    return [definition.name for definition in menu.definitions(menu.opened(messages))]


LONG = [Available(skill=copied(name, 8)) for name in ("posts", "walls", "pins", "tacks")]


def test_few_tools_are_all_shown() -> None:
    assert names(Menu([Available(skill=NOTES)], [MAIL])) == [
        *("read_notes", "count_notes", "write_note", "clear"),
        "connect_mail",
    ]


def test_many_tools_are_one_line_for_each_skill_until_they_are_opened() -> None:
    menu = Menu(LONG, [MAIL])
    assert len(menu.tools) > MOST_TOOLS
    assert names(menu) == [OPEN, "connect_mail"]
    [opener, _] = menu.definitions(())
    assert "- posts: Work with posts. Tools: posts_0, posts_1" in (opener.description or "")
    assert opener.parameters_json_schema["properties"]["names"]["items"]["enum"] == ["posts", "walls", "pins", "tacks"]


def test_an_opened_skill_stays_open_in_its_thread_and_leaves_the_list() -> None:
    menu = Menu(LONG, [])
    shown = names(menu, called(OPEN, {"names": ["walls"]}), called("walls_1"))
    assert shown == [OPEN, *(f"walls_{n}" for n in range(8))]
    assert "walls" not in (menu.definitions(menu.opened([called(OPEN, {"names": ["walls"]})]))[0].description or "")


def test_a_skill_that_was_used_or_just_connected_is_open() -> None:
    menu = Menu(LONG, [])
    assert "pins_7" in names(menu, called("pins_3"))
    assert "tacks_0" in names(menu, called("connect_tacks", {"purpose": "pin it"}))


def test_with_all_skills_open_there_is_nothing_left_to_open() -> None:
    menu = Menu(LONG, [])
    assert OPEN not in names(menu, called(OPEN, {"names": [one.skill.name for one in LONG]}))


@pytest.mark.parametrize("arguments", ["{", "[]", {"names": "walls"}, {"names": [1, None]}, {}])
def test_whatever_the_model_sends_to_open_skills_opens_nothing_else(arguments: Any) -> None:
    part = ToolCallPart(tool_name=OPEN, args=arguments, tool_call_id="c")
    assert opened_by(part) == []


def test_who_may_only_read_is_offered_no_write_and_a_way_to_allow_more() -> None:
    one = Available(skill=replace(NOTES, scopes=Scopes(read=("r",), write=("w",))), level="read", widens=True)
    menu = Menu([one], [])
    assert names(menu) == ["read_notes", "count_notes", "connect_notes"]
    widen = menu.definitions(())[-1]
    assert "Notes can only read so far." in (widen.description or "")
    assert "write_note, clear" in (widen.description or "")


def test_who_is_held_back_by_an_admin_is_offered_nothing_to_widen() -> None:
    assert names(Menu([Available(skill=NOTES, level="read")], [])) == ["read_notes", "count_notes"]


def test_several_accounts_are_a_parameter_of_every_tool() -> None:
    menu = Menu([Available(skill=NOTES, accounts=("work", "home"))], [])
    for definition in menu.definitions(()):
        account = definition.parameters_json_schema["properties"]["account"]
        assert account["enum"] == ["work", "home"]
        assert "it is work" in account["description"]
        assert "account" not in definition.parameters_json_schema.get("required", [])
    plain = Menu([Available(skill=NOTES, accounts=("work",))], []).definitions(())
    assert all("account" not in definition.parameters_json_schema["properties"] for definition in plain)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('{"place": "x"}', ("", {"place": "x"})),
        ('{"place": "x", "account": "home"}', ("home", {"place": "x"})),
        ({"place": "x", "account": None}, ("", {"place": "x"})),
        ("[1]", ("", "[1]")),
    ],
)
def test_the_account_is_taken_out_of_the_arguments(given: Any, expected: Any) -> None:
    assert one_account(NOTES.tools[0], given, ("work", "home")) == expected


def test_an_unknown_account_is_named_back_and_one_alone_is_no_choice() -> None:
    with pytest.raises(ValueError, match="`account` must be one of work, home, got 'third'"):
        one_account(NOTES.tools[0], {"account": "third"}, ("work", "home"))
    assert one_account(NOTES.tools[0], {"account": "x"}, ("work",)) == ("", {"account": "x"})


# Through the toolbox.


@pytest.fixture
async def long(database: Database) -> Bench:
    return await bench(database, connected=[replace(one.skill, instructions=NOTES_FILE) for one in LONG], missing=())


NOTES_FILE = NOTES.instructions


async def test_opening_tells_how_the_skills_are_used_well(database: Database, tmp_path: Any) -> None:
    file = tmp_path / "how.md"
    file.write_text("# Notes\nWrite small.")
    desk = await bench(database, connected=[replace(one.skill, instructions=file) for one in LONG], missing=())
    assert desk.tools.instructions == []
    outcome = await desk.call(OPEN, {"names": ["walls", "pins"]})
    assert outcome.kind == "done"
    assert outcome.text.count("Write small.") == 2


async def test_opening_what_does_not_exist_names_what_does(long: Bench) -> None:
    outcome = await long.call(OPEN, {"names": ["cellar"]})
    assert outcome.kind == "invalid"
    assert "posts, walls, pins, tacks" in outcome.text


async def test_a_tool_of_a_closed_skill_may_be_called_by_who_knows_it(long: Bench) -> None:
    assert (await long.call("walls_1", {})).kind == "done"


def test_only_an_admins_decision_holds_a_skill_back() -> None:
    assert Available(skill=NOTES, level="read").is_held_back
    assert not Available(skill=NOTES, level="read", widens=True).is_held_back
    assert not Available(skill=replace(NOTES, changes=""), level="read").is_held_back
    assert not Available(skill=NOTES).is_held_back
