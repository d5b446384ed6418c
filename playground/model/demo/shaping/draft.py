"""Drafts an agent as its maker would be asked for it: a question or two back, then all of its fields."""

from collections.abc import Sequence

from pydantic import JsonValue

from playground.model.conversation import Conversation, Json, OfferedTool, Plan, PlannedCall
from playground.model.demo.findings import quoted
from playground.model.demo.keywords import has
from playground.model.demo.shaping.fields import (
    Skilled,
    handle_of,
    level_of,
    name_of,
    project_of,
    roles_of,
    skills_of,
    starters_of,
)
from playground.model.demo.shaping.wished import Wished, wished_in
from playground.model.wires.wire import as_object

ASK, WRITE, INSTRUCT = "ask_back", "write_draft", "write_instructions"
_DOCUMENTS = ("/document/d/", "/spreadsheets/d/", "/presentation/d/", "/file/d/")
_SHORT = 60
"""Characters of an outline that says too little of what is wanted."""
_DESCRIPTION = 160


def drafts(conversation: Conversation) -> bool:
    """Whether an agent is to be drafted, and nothing else."""
    return any(conversation.tool(name) for name in (ASK, WRITE, INSTRUCT))


def draft(conversation: Conversation) -> Plan:
    """The next step to an agent."""
    wished = wished_in(conversation.said)
    if conversation.tool(INSTRUCT):
        return _calls(INSTRUCT, instructions=_instructions(wished))
    if conversation.tool(ASK) and not conversation.returned and (questions := _questions(wished)):
        return _calls(ASK, questions=[*questions])
    tool = conversation.tool(WRITE)
    if tool is None:
        return Plan(text="I know enough, but nothing is here to write it down with.")
    return _calls(WRITE, **_fields(wished, tool, is_again=bool(conversation.returned)))


def _calls(tool: str, **arguments: JsonValue) -> Plan:
    return Plan(calls=(PlannedCall(tool=tool, arguments=arguments),))


def _questions(wished: Wished) -> Sequence[str]:
    """What its maker has to say, two at most."""
    skills = skills_of(wished)
    writes = [one for one in skills if level_of(one, wished) == "write"]
    files = any(one.skill == "tickets" for one in writes)
    asked = (
        "Which board do its tickets go to?" if files and not project_of(wished) else "",
        "What does it do, in one or two sentences, and with which of your tools?" if not skills else "",
        "Who reads what it writes, and how long may it be?" if len(wished.outline) < _SHORT and not files else "",
        "Shall it ask before every change, or only where it was not asked for clearly?" if writes else "",
    )
    return [question for question in asked if question][:2]


def _fields(wished: Wished, tool: OfferedTool, *, is_again: bool) -> Json:
    """All that the tool takes; only what cannot be wrong where the first try was."""
    skills = [one for one in skills_of(wished) if one.skill in _allowed(tool)] if _allowed(tool) else skills_of(wished)
    name = name_of(wished, skills)
    fields: Json = {
        "name": name,
        "handle": handle_of(name),
        "description": _description(wished),
        "job": skills[0].job if skills else "other",
        "roles": [*roles_of(wished)],
        "skills": [{"skill": one.skill, "level": level_of(one, wished)} for one in skills],
        "starters": [*starters_of(wished, skills)],
        "instructions": _instructions(wished),
    }
    extra = {} if is_again else _extra(wished, skills)
    return {key: value for key, value in {**fields, **extra}.items() if key in tool.parameters or not tool.parameters}


def _extra(wished: Wished, skills: Sequence[Skilled]) -> Json:
    fields: Json = {}
    if has(
        wished.words,
        "always asks?",
        "asks? (?:me )?(?:before|first|every|each)",
        "before every(?: change)?",
        "every time",
    ):
        asking = [one.must_ask for one in skills if one.must_ask and level_of(one, wished) == "write"]
        fields["must_ask"] = [*asking]
    if key := project_of(wished):
        fields["parameters"] = [{"tool": "create_ticket", "parameter": "project", "value": key}]
    if wished.addresses:
        fields["knowledge"] = [
            {"kind": "drive" if any(part in address for part in _DOCUMENTS) else "page", "address": address}
            for address in wished.addresses
        ]
    return fields


def _allowed(tool: OfferedTool) -> frozenset[str]:
    """The skills that the tool's schema names; empty where it names none."""
    skills = as_object(as_object(tool.schema.get("properties")).get("skills"))
    names = as_object(as_object(as_object(skills.get("items")).get("properties")).get("skill")).get("enum")
    return frozenset(str(name) for name in names) if isinstance(names, list) else frozenset()


def _description(wished: Wished) -> str:
    first = next(iter(wished.sentences), "Does what its maker wrote down.")
    return quoted(first, _DESCRIPTION)


def _instructions(wished: Wished) -> str:
    """Markdown: what it is for, then a line for each thing that was said of it."""
    first, *others = wished.sentences or ["Does what its maker wrote down."]
    answers = [f"{asked.rstrip('?')}: {answer.rstrip('.')}." for asked, answer in wished.answers]
    rules = [*others, *answers, "Say what is missing instead of guessing, and keep it short."]
    return "\n".join([f"Your job: {first}", "", "How you work:", *(f"- {rule}" for rule in rules)])
