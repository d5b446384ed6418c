"""What the model is offered: tools, one line for each skill while there are too many, and ways to connect the rest."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.tools import ToolDefinition

from bot.toolbox.call import ACCOUNT
from integrations.integration import Level
from skills.skill import Habit, Skill, Tool

MOST_TOOLS = 30
"""More than these are not shown at once (architecture §6): a long schema costs money and attention."""
OPEN = "open_skills"
CONNECT = "connect_"
PURPOSE = {
    "type": "object",
    "properties": {
        "purpose": {
            "type": "string",
            "description": "What it is needed for, after “I need your own account to …”: “read this pull request”.",
        }
    },
    "required": ["purpose"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """A skill that works for this person now."""

    skill: Skill
    level: Level = "write"
    accounts: tuple[str, ...] = ()
    """What the person calls the accounts that it can act as, the usual one first."""
    widens: bool = False
    """Whether the person could let it change things too."""
    by_agent: bool = False
    """Whether it is the agent that keeps it to reading."""
    without: frozenset[str] = frozenset()
    """The names of tools that are not there as things are set up."""

    @property
    def tools(self) -> tuple[Tool, ...]:
        return tuple(tool for tool in self.skill.tools_at(self.level) if tool.name not in self.without)

    @property
    def is_held_back(self) -> bool:
        """Whether an admin keeps it to reading."""
        return self.level == "read" and not (self.widens or self.by_agent) and bool(self.skill.changes)


class Menu:
    """The tools of one person, and what of them a thread has opened."""

    def __init__(self, usable: Sequence[Available], missing: Sequence[Skill]) -> None:
        self.usable: Mapping[str, Available] = {one.skill.name: one for one in usable}
        self.tools: Mapping[str, tuple[Available, Tool]] = {
            tool.name: (one, tool) for one in usable for tool in one.tools
        }
        widening = (one.skill for one in usable if one.widens)
        self.connects: Mapping[str, Skill] = {f"{CONNECT}{skill.name}": skill for skill in (*missing, *widening)}

    @property
    def is_long(self) -> bool:
        return len(self.tools) > MOST_TOOLS

    def begins_open(self, one: Available) -> bool:
        """Whether a skill is shown before the model opens it.

        Those of our own that are not at hand never are: everybody has them, and each costs words in every turn.
        """
        return one.skill.at_hand or not (self.is_long or one.skill.integration is None)

    @property
    def names(self) -> list[str]:
        """Everything that the model may call."""
        opener = [] if all(map(self.begins_open, self.usable.values())) else [OPEN]
        return [*opener, *self.tools, *self.connects]

    def opened(self, messages: Iterable[ModelMessage]) -> set[str]:
        """The skills that a thread opened or used. Read from its messages, so that a replay finds the same."""
        calls = [
            part
            for message in messages
            if isinstance(message, ModelResponse)
            for part in message.parts
            if isinstance(part, ToolCallPart)
        ]
        used = {self.tools[call.tool_name][0].skill.name for call in calls if call.tool_name in self.tools}
        for call in calls:
            if call.tool_name == OPEN:
                used |= set(opened_by(call))
            # Whoever was just connected was wanted.
            used |= {call.tool_name.removeprefix(CONNECT)} & self.usable.keys()
        return used

    def definitions(self, opened: Collection[str]) -> list[ToolDefinition]:
        """The tools as the model is offered them."""
        shown = [
            ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=schema_of(one, tool))
            for one, tool in self.tools.values()
            if self.begins_open(one) or one.skill.name in opened
        ]
        closed = [one for name, one in self.usable.items() if not self.begins_open(one) and name not in opened]
        return [*([_opener(closed)] if closed else []), *shown, *self._connecting()]

    def _connecting(self) -> list[ToolDefinition]:
        return [
            ToolDefinition(
                name=name,
                description=_connecting(skill, widens=skill.name in self.usable),
                parameters_json_schema=PURPOSE,
            )
            for name, skill in self.connects.items()
        ]


def opened_by(call: ToolCallPart) -> list[str]:
    """The names that a call of `open_skills` gave; whatever else it gave is none."""
    try:
        names = call.args_as_dict().get("names")
    except ValueError:
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []  # pyright: ignore[reportUnknownVariableType]: any JSON


def schema_of(one: Available, tool: Tool) -> dict[str, Any]:
    """A tool's arguments; with several accounts, one of them is which."""
    schema = offered_schema(tool)
    if len(one.accounts) < 2:
        return schema
    usual, *_ = one.accounts
    account = {
        "type": "string",
        "enum": [*one.accounts],
        "description": f"Which of the person's accounts. Leave out unless they said it: then it is {usual}.",
    }
    return {**schema, "properties": {**schema["properties"], ACCOUNT: account}}


def offered_schema(tool: Tool) -> dict[str, Any]:
    """A tool's arguments as the model sees them: what memory may know can be left out. One for all calls."""
    remembered = tuple(habits_of(tool))
    return _offered(tool.arguments, remembered) if remembered else tool.schema


def habits_of(tool: Tool) -> Mapping[str, Habit]:
    """What memory may learn of a tool's calls.

    Of a read only what it needs: a filter that nobody asked for would narrow what is found, and no receipt says so.
    """
    if tool.effect == "write":
        return tool.remembers
    fields = tool.arguments.model_fields
    return {name: habit for name, habit in tool.remembers.items() if fields[name].is_required()}


@cache
def _offered(arguments: type[BaseModel], remembered: tuple[str, ...]) -> dict[str, Any]:
    schema = arguments.model_json_schema()
    properties = {
        name: {**shape, "description": f"{shape.get('description', '')} {REMEMBERED}".strip()}
        if name in remembered
        else shape
        for name, shape in schema["properties"].items()
    }
    required = [name for name in schema.get("required", ()) if name not in remembered]
    return {**schema, "properties": properties, "required": required}


REMEMBERED = "Remembered: leave it out unless the person said it."


def _opener(closed: Sequence[Available]) -> ToolDefinition:
    lines = "\n".join(
        f"- {one.skill.name}: {one.skill.purpose} Tools: {', '.join(tool.name for tool in one.tools)}" for one in closed
    )
    return ToolDefinition(
        name=OPEN,
        description=f"Open the skills that this needs, all in one call; then their tools are here.\n{lines}",
        parameters_json_schema={
            "type": "object",
            "properties": {
                "names": {"type": "array", "items": {"type": "string", "enum": [one.skill.name for one in closed]}}
            },
            "required": ["names"],
            "additionalProperties": False,
        },
    )


def _connecting(skill: Skill, *, widens: bool) -> str:
    if widens:
        changing = ", ".join(tool.name for tool in skill.tools if tool.effect == "write")
        return (
            f"{skill.title} can only read so far. Calling this shows the person a card to let it change things as"
            f" well; afterwards these tools are here and you go on: {changing}."
        )
    return (
        f"{skill.purpose} Not connected yet: calling this shows the person a card to connect their account; afterwards"
        f" its tools are here and you go on: {', '.join(tool.name for tool in skill.tools)}."
    )
