"""What an agent's file declares, and what it may name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic import JsonValue

from bot.llm import RouteName
from integrations.integration import Level
from skills.skill import Skill

Job: TypeAlias = Literal["updates", "tickets", "reviews", "mail", "meetings", "data", "research", "other"]
"""What an agent is for, as the gallery sorts them."""
Role: TypeAlias = Literal["product", "engineering", "design", "sales", "support", "operations", "people", "leads"]
"""Whom it is for; none is everybody."""
SourceKind: TypeAlias = Literal["text", "file", "drive", "page"]

LONGEST_FILE = 64 * 1024
"""Bytes."""
LONGEST_NAME = 60
"""Characters, as all that follow."""
LONGEST_DESCRIPTION = 200
LONGEST_INSTRUCTIONS = 20_000
LONGEST_STARTER = 150
LONGEST_TITLE = 120
"""Of a text or a file that an agent knows."""
LONGEST_ADDRESS = 2_000
LONGEST_VALUE = 200
"""Of a fixed value; of a list all elements together, as memory keeps them (`memory.parameters.values`)."""
MOST_IN_ICON = 2
"""Characters as people count them: a flag is one."""
MOST_STARTERS = 6
MOST_SOURCES = 50
MOST_PARAMETERS = 40
MOST_IN_LIST = 20
"""Elements of a fixed value that is a list."""
MOST_MUST_ASK = 40
MOST_SKILLS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that an agent knows, as its file names it."""

    kind: SourceKind
    at: str
    """Of a text its title; of a file its name; of a Drive document or a page its address."""
    text: str = ""
    """The words of a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFile:
    """An agent, as its file declares it."""

    name: str
    handle: str
    """`[a-z][a-z0-9-]{1,31}`, what people type."""
    description: str
    instructions: str
    icon: str = ""
    """One or two characters for its tile; empty, and the name's initials stand there."""
    job: Job = "other"
    roles: tuple[Role, ...] = ()
    skills: Mapping[str, Level] | None = None
    """skill → how far it goes; None is all skills, as far as its user lets them."""
    route: RouteName = "default"
    starters: tuple[str, ...] = ()
    knowledge: tuple[Source, ...] = ()
    parameters: Mapping[str, Mapping[str, JsonValue]] = field(default_factory=dict[str, Mapping[str, JsonValue]])
    """tool → parameter → the value that this agent uses, where the person does not say or always use another. A text,
    a number, yes or no, a list of texts; None leaves it blank."""
    must_ask: tuple[str, ...] = ()
    """Tools that its users decide about every time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a file, and how it is mended."""

    line: int
    """From 1; 0 where it belongs to no line."""
    field: str
    """The name in the front matter, dotted within it, with lists counted from 1: `skills.mail`, `starters.2`,
    `knowledge.1`, `parameters.create_ticket.project`; `instructions` for the body."""
    said: str
    """A sentence with the value, and the fix: "route “slow” is none of fast, default, deep. Use default."."""
    stops: bool = False
    """Whether not even a draft is kept with it: what cannot be read, its name, its handle, what is too long or too
    much."""


class Faulty(Exception):
    """A file that is no agent. Its message is all problems, a line each, beginning with "line 7: "."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(f"line {one.line}: {one.said}" if one.line else one.said for one in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What an agent's file may name."""

    skills: Mapping[str, frozenset[str]]
    """skill → its tools."""
    parameters: Mapping[str, frozenset[str]]
    """tool → parameters that may be fixed."""
    writes: frozenset[str]
    """Tools that change something; `must_ask` names these."""

    @property
    def tools(self) -> frozenset[str]:
        return frozenset[str]().union(*self.skills.values())


def vocabulary_of(skills: Mapping[str, Skill]) -> Vocabulary:
    """What files may name where there are these skills. What memory may learn of a tool, an agent may fix."""
    tools = [tool for skill in skills.values() for tool in skill.tools]
    return Vocabulary(
        skills={name: frozenset(tool.name for tool in skill.tools) for name, skill in skills.items()},
        parameters={tool.name: frozenset(tool.remembers) for tool in tools if tool.remembers},
        writes=frozenset(tool.name for tool in tools if tool.effect == "write"),
    )
