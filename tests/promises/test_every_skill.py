"""What every skill promises, whoever wrote it. An exemption is a reasoned line here."""

import inspect
import re
from collections import Counter
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from pydantic import TypeAdapter

from integrations.catalog import integration_catalog
from skills import verbs
from skills.catalog import skill_catalog
from skills.skill import Says, Skill, Tool

SKILLS = list(skill_catalog().values())
TOOLS = [tool for skill in SKILLS for tool in skill.tools]
WRITES = [tool for tool in TOOLS if tool.effect == "write"]
READS = [tool for tool in TOOLS if tool.effect == "read"]

HEARD_BY_MEMBERS = {
    "pull_requests": "the company's own work, which people discuss in channels anyway",
    "issues": "the same",
    "tickets": "the same: boards are made to be looked at by all",
    "people": "profiles are open to every member of the workspace",
}
"""Skills whose findings may be told in a channel of members; all others are answered to the asker alone."""
HEARD_HERE = {
    "attachments": "what was attached stands in the conversation already",
    "data": "computing finds nothing: who may hear it is decided by what was read before",
    "web": "a page is public",
    "reports": "made of what was found before, which decides who may hear it",
    "pictures": "found nowhere",
    "database": "the result says who: members where everybody may ask it, else the asker",
    "knowledge": "the result says who: members where everybody may use the agent, else the asker",
}
"""Skills of our own that find nothing private by themselves, or say with each result who may hear it."""
FEWER_TOOLS = {
    "attachments": "a conversation's files are read and searched, no more",
    "data": "code can do the rest",
    "knowledge": "what an agent knows is searched and read, no more",
    "web": "a page is read or searched for; the web is not changed",
    "database": "one tool shows what there is, one asks",
    "reports": "one for each form in which something is handed back",
    "pictures": "a picture is made, no more",
}
"""Skills with less than four tools: those of our own, where no service has more to offer."""
MAX_WORDS = 400
"""Of a skill's instructions: they stand in every prompt."""
MAX_EXAMPLES = 4
"""Slack takes no more suggested prompts."""

every_skill = pytest.mark.parametrize("skill", SKILLS, ids=[skill.name for skill in SKILLS])
every_tool = pytest.mark.parametrize("tool", TOOLS, ids=[tool.name for tool in TOOLS])
every_write = pytest.mark.parametrize("tool", WRITES, ids=[tool.name for tool in WRITES])
every_read = pytest.mark.parametrize("tool", READS, ids=[tool.name for tool in READS])
SENDS = [tool for tool in READS if tool.egress]
every_read_that_sends = pytest.mark.parametrize("tool", SENDS, ids=[tool.name for tool in SENDS])


def holes(template: str) -> set[str]:
    """The parameters that stand in a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def parameters(tool: Tool) -> set[str]:
    return set(tool.arguments.model_fields)


def is_free_text(tool: Tool, name: str) -> bool:
    """Whether the model may write anything there: a string, or several, not chosen from a list."""
    shape: dict[str, Any] = tool.schema["properties"][name]
    shapes = [shape, *shape.get("anyOf", []), shape.get("items", {})]
    return any(each.get("type") == "string" and not {"enum", "const", "format"} & each.keys() for each in shapes)


def worded(says: Says) -> list[tuple[str, str, str]]:
    return [(says.ask, says.done, says.refused), *(words for _, words in says.cases)]


# Skills


def test_no_two_tools_share_a_name():
    assert [name for name, count in Counter(tool.name for tool in TOOLS).items() if count > 1] == []


@every_skill
def test_it_is_one_job_of_four_to_eight_tools(skill: Skill):
    least = 1 if skill.name in FEWER_TOOLS else 4
    assert least <= len(skill.tools) <= 8
    assert skill.name not in FEWER_TOOLS or skill.integration is None


@every_skill
def test_it_acts_through_an_integration_that_exists(skill: Skill):
    assert skill.integration is None or skill.integration in integration_catalog()


@every_skill
def test_it_tells_people_what_it_is_for(skill: Skill):
    assert skill.purpose.endswith(".")
    assert skill.reads
    assert bool(skill.changes) == any(tool.effect == "write" for tool in skill.tools)
    assert 1 <= len(skill.examples) <= MAX_EXAMPLES
    for example in skill.examples:
        assert 0 < len(example.title) <= 40
        assert example.message


@every_skill
def test_what_it_finds_is_for_the_asker_alone_unless_there_is_a_reason(skill: Skill):
    assert (skill.audience == "members") == (skill.name in HEARD_BY_MEMBERS)
    assert skill.audience != "here" or skill.name in HEARD_HERE


@every_skill
def test_its_instructions_are_there_and_short(skill: Skill):
    assert skill.instructions.parent == Path(inspect.getfile(skill.tools[0].run)).parent
    text = skill.instructions.read_text()
    assert text.startswith("# ")
    assert len(text.split()) <= MAX_WORDS


# Tools


@every_tool
def test_its_name_is_one_that_every_model_takes(tool: Tool):
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool.name)


@every_tool
def test_its_docstring_explains_it_and_every_parameter(tool: Tool):
    assert re.match(r"[A-Z].*\.", tool.description)
    explained, found, arguments = tool.description.partition("\nArgs:\n")
    assert explained
    assert found
    assert set(re.findall(r"^ {4}(\w+): \S", arguments, re.MULTILINE)) == parameters(tool)


@every_tool
def test_its_parameters_are_typed_and_no_others_are_taken(tool: Tool):
    schema = tool.schema
    assert schema["additionalProperties"] is False
    for name, shape in schema["properties"].items():
        assert {"type", "enum", "const", "anyOf", "$ref"} & shape.keys(), name


@every_tool
def test_what_it_says_of_itself_names_its_own_parameters(tool: Tool):
    templates = [tool.says.doing, *(template for _, template in tool.says.labels)]
    assert tool.says.doing
    assert {name for template in templates for name in holes(template)} <= parameters(tool)
    assert {*tool.targets, *tool.payload, *tool.remembers} <= parameters(tool)


@every_read
def test_a_read_declares_nothing_of_a_write(tool: Tool):
    assert not any((tool.destroys, tool.version, tool.settle))
    assert tool.egress or (tool.says, tool.payload) == (Says(doing=tool.says.doing), ())


@every_read_that_sends
def test_a_read_that_tells_others_something_can_be_asked_about(tool: Tool):
    """exfil_fetch: what an address or a query carries stands on the card, whole."""
    says = tool.says
    assert says.ask.endswith("?")
    assert says.done
    assert says.refused
    assert tool.targets or tool.payload
    assert {name for _, template in says.labels for name in holes(template)} == set(tool.targets)
    assert bool(tool.payload) == bool(says.text)
    assert set(tool.kinds) == set(tool.targets)
    assert tool.seen_by is not None
    free = {name for name in parameters(tool) if is_free_text(tool, name)}
    assert free <= {*tool.targets, *tool.payload}


@every_write
def test_a_write_names_all_of_its_targets_on_the_card(tool: Tool):
    assert tool.targets
    shown = {name for _, template in tool.says.labels for name in holes(template)}
    assert shown >= set(tool.targets)
    assert not shown & set(tool.payload)


@every_write
def test_a_write_declares_all_of_its_free_text(tool: Tool):
    free = {name for name in parameters(tool) if is_free_text(tool, name)}
    assert free <= {*tool.targets, *tool.payload}
    assert bool(tool.payload) == bool(tool.says.text)


@every_write
def test_a_write_asks_and_tells_in_our_voice(tool: Tool):
    for ask, done, refused in worded(tool.says):
        assert ask.endswith("?")
        assert done
        assert refused
        assert not any(mark in said for said in (done, refused) for mark in ".!?{")
    fields = tool.schema["properties"]
    choices = fields.get(tool.says.by, {}).get("enum", [])
    assert {value for value, _ in tool.says.cases} <= set(choices)


@every_write
def test_a_write_that_cannot_be_undone_checks_that_nothing_changed(tool: Tool):
    assert tool.version or not tool.destroys


@every_write
def test_a_write_looks_with_the_same_arguments_as_it_acts(tool: Tool):
    arguments = dict.fromkeys(parameters(tool))
    for look in filter(None, (tool.version, tool.settle)):
        inspect.signature(look).bind(None, **arguments)


# What memory may learn

MEANT_AS_IT_IS = {"update_ticket", "update_issue", "move_event"}
"""Tools in which leaving a value out means that it stays as it is: whatever memory put in would change it."""
every_habit = pytest.mark.parametrize(
    ("tool", "name"),
    [(tool, name) for tool in TOOLS for name in tool.remembers],
    ids=[f"{tool.name}-{name}" for tool in TOOLS for name in tool.remembers],
)


@every_habit
def test_what_is_remembered_can_be_called_and_asked_in_our_voice(tool: Tool, name: str):
    habit = tool.remembers[name]
    assert re.fullmatch(r"[A-Z][a-z]+([ -][a-z]+)?", habit.label)
    assert re.fullmatch(r"[A-Z][^?!.…]+\?", habit.ask)
    assert not {"parameter", "argument", "field", "value", "project"} & set(re.findall(r"\w+", habit.ask.lower()))


@every_habit
def test_what_is_remembered_can_be_emptied_on_a_card_where_it_may_be_left_out(tool: Tool, name: str):
    """A dialog sends None for an emptied line (`bot.editing`)."""
    field = tool.arguments.model_fields[name]
    if not field.is_required() and tool.effect == "write" and "enum" not in tool.schema["properties"][name]:
        blank: list[str] | None = [] if tool.remembered_kinds[name] == "set" else None
        assert field.annotation is not None
        assert TypeAdapter[Any](field.annotation).validate_python(blank) == blank


@every_tool
def test_no_two_things_that_it_remembers_are_called_alike(tool: Tool):
    labels = [habit.label for habit in tool.remembers.values()]
    assert len(set(labels)) == len(labels)


@every_habit
def test_a_card_and_a_list_call_what_is_remembered_alike(tool: Tool, name: str):
    alone = [label for label, template in tool.says.labels if template == f"{{{name}}}"]
    assert alone in ([], [tool.remembers[name].label])
    together = any(name in holes(template) for _, template in tool.says.labels)
    assert tool.effect == "read" or together, "what memory put in has to stand on the card"


@every_habit
def test_no_free_text_is_remembered_and_only_plain_values_are(tool: Tool, name: str):
    assert name not in tool.payload
    shape: dict[str, Any] = tool.schema["properties"][name]
    shapes = [each for each in (shape, *shape.get("anyOf", ())) if each.get("type") not in (None, "null")]
    assert shapes
    for each in shapes:
        assert each["type"] in {"string", "integer", "boolean", "array"}
        assert each["type"] != "array" or each["items"]["type"] == "string"
    assert tool.remembered_kinds[name] == ("set" if any(each["type"] == "array" for each in shapes) else "one")


@every_habit
def test_people_are_asked_only_for_what_is_needed_or_worth_it(tool: Tool, name: str):
    habit, is_needed = tool.remembers[name], tool.arguments.model_fields[name].is_required()
    if habit.is_asked:
        assert (tool.name, name) in {("create_ticket", "title_prefix"), ("create_ticket", "components")}
        assert not is_needed
    assert habit.choices is None or is_needed or habit.is_asked, "nobody would see them"


@every_tool
def test_what_depends_on_something_comes_after_it_and_that_has_a_full_name(tool: Tool):
    names = list(tool.remembers)
    for name, habit in tool.remembers.items():
        if habit.within:
            assert habit.within in names[: names.index(name)]
            leader = tool.remembers[habit.within]
            assert leader.in_full is not None
            assert not leader.within


@every_tool
def test_what_is_left_out_stays_as_it_is_where_that_is_what_it_means(tool: Tool):
    """mem_autofill: a change of one thing must not set another by habit."""
    if tool.name in MEANT_AS_IT_IS:
        assert set(tool.remembers) <= {"repository"}


@every_write
def test_memory_lets_nobody_in(tool: Tool):
    """mem_autofill: receivers, guests and who may open a file are never put in by habit; reviewers see it already."""
    people = {name for name, kind in tool.kinds.items() if kind == "person"}
    see = {name for template in tool.seen_by or () for name in re.findall(r"{(\w+)-?}", template)}
    assert not people & see & tool.remembers.keys()
    assert not (tool.opens and people & tool.remembers.keys())


@every_tool
async def test_choices_ask_for_nothing_by_name_but_the_context(tool: Tool):
    for habit in tool.remembers.values():
        if habit.choices is not None:
            inspect.signature(habit.choices).bind(None, **dict.fromkeys(parameters(tool)))


@every_tool
def test_a_model_that_wrote_nothing_into_two_places_is_left_alone(tool: Tool):
    if tool.apart is not None:
        assert tool.apart({}) == {}
        assert set(tool.apart(dict.fromkeys(parameters(tool), "[x] y"))) <= parameters(tool)


# What the gate is told

DECLARED: list[Any] = [getattr(verbs, name) for name in dir(verbs) if name.isupper()]
STEMS: set[str] = {stem for stems in DECLARED if isinstance(stems, frozenset) for stem in stems}  # pyright: ignore[reportUnknownVariableType]: the module's constants


@every_write
def test_a_write_says_by_which_words_people_ask_for_it(tool: Tool):
    assert tool.asked_as
    assert tool.asked_as <= STEMS, "words belong into skills/verbs.py, in all languages"


@every_write
def test_a_write_says_who_will_see_it(tool: Tool):
    assert tool.seen_by is not None, "leave it out, and the gate thinks of strangers"
    named = {name for template in tool.seen_by for name in re.findall(r"{(\w+)-?}", template)}
    assert named <= parameters(tool)
    assert set(tool.into) | set(tool.opens) <= set(tool.targets)


@every_write
def test_a_write_says_what_kind_of_thing_each_target_is(tool: Tool):
    assert set(tool.kinds) == set(tool.targets)


@every_write
def test_a_lasting_permission_is_for_targets_and_never_for_what_cannot_be_undone(tool: Tool):
    assert set(tool.always) <= set(tool.targets)
    assert not (tool.always and tool.destroys)
    assert bool(tool.always) == bool(tool.says.always)
    assert holes(tool.says.always) <= parameters(tool)


@every_write
def test_what_can_be_taken_back_says_how_and_what_it_leaves(tool: Tool):
    says = tool.says
    if tool.undo is None:
        assert (says.undo, says.undone) == ("", "")
        return
    assert not tool.destroys
    assert says.undo.endswith("?")
    assert says.undone
    assert says.undone[-1] not in ".?!"


@every_read
def test_a_read_claims_nothing_of_a_write_before_the_gate(tool: Tool):
    assert not any((tool.asked_as, tool.into, tool.opens, tool.always, tool.undo))
