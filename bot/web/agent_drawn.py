"""What the editor of an agent shows: its skills, knowledge, fixed values, and what is wrong at each field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.agents.file import AgentFile, Problem, Source
from bot.llm import RouteName
from bot.web.agent_form import value_words
from integrations.integration import Level
from memory.knowledge import KeptSource
from skills.skill import Skill, Tool

ROUTES: Sequence[tuple[RouteName, str, str]] = (
    ("fast", "Quick", "For short jobs that are always alike. Costs least."),
    ("default", "Usual", "Right for most."),
    ("deep", "Deep", "Thinks longer before it answers. Costs more."),
)
KINDS: Mapping[str, str] = {"text": "Text", "file": "File", "drive": "Google Drive", "page": "Web page"}
Reading: TypeAlias = Literal["ready", "waiting", "failed", "unsaved"]


@dataclass(frozen=True, slots=True)
class Marks:
    """What is wrong, by the name of the field."""

    problems: Sequence[Problem]
    names: Mapping[str, str]
    """Other names of fields: "knowledge.3" → "new_page"."""

    def at(self, *fields: str) -> tuple[str, ...]:
        """The sentences for exactly these fields."""
        return tuple(one.said for one in self.problems if self._name(one) in fields)

    def under(self, field: str) -> tuple[str, ...]:
        """Those for a field and everything in it."""
        return tuple(one.said for one in self.problems if f"{self._name(one)}.".startswith(f"{field}."))

    @property
    def by_name(self) -> dict[str, list[str]]:
        """All of them, for a page that is open already."""
        found: dict[str, list[str]] = {}
        for one in self.problems:
            found.setdefault(self._name(one), []).append(one.said)
        return found

    def _name(self, problem: Problem) -> str:
        return self.names.get(problem.field, problem.field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A write that may always be asked about."""

    tool: str
    words: str
    is_ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRow:
    """A skill as an agent may work with it."""

    name: str
    title: str
    purpose: str
    is_chosen: bool
    level: Level
    writes: bool
    """Whether it can change anything."""
    is_here: bool = True
    asks: tuple[Box, ...] = ()
    is_asked: bool = False
    """Whether the agent may change things with it."""

    @property
    def shows_asks(self) -> bool:
        """Whether the writes of this skill are a question now."""
        return bool(self.asks) and (self.is_asked or any(one.is_ticked for one in self.asks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that an agent could fix."""

    at: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedRow:
    """A value that an agent fixes."""

    at: str
    field: str
    words: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """Something that an agent knows."""

    number: int
    """Its place in the file, from 1."""
    source: Source
    title: str
    kind: str
    reading: Reading
    facts: str = ""
    problem: str = ""


def skill_rows(skills: Mapping[str, Skill], file: AgentFile) -> list[SkillRow]:
    """All skills that an agent may choose, and those that its file names and are not here."""
    chosen = file.skills or {}
    # Skills that are at hand in every conversation are nothing to choose.
    shown = [one for one in skills.values() if not one.at_hand or one.name in chosen]
    rows = [
        SkillRow(
            name=one.name,
            title=one.title,
            purpose=one.purpose,
            # Whoever narrows an agent that has all skills begins with none, and ticks what it needs.
            is_chosen=one.name in chosen,
            level=chosen.get(one.name, "read"),
            writes=any(tool.effect == "write" for tool in one.tools),
            asks=tuple(_boxes(one.tools, file.must_ask)),
            is_asked=file.skills is None or chosen.get(one.name) == "write",
        )
        for one in sorted(shown, key=lambda one: one.title)
    ]
    gone = [name for name in chosen if name not in skills]
    return [*rows, *(_gone(name, chosen[name]) for name in gone)]


def _gone(name: str, level: Level) -> SkillRow:
    return SkillRow(name=name, title=name, purpose="", is_chosen=True, level=level, writes=True, is_here=False)


def _boxes(tools: Iterable[Tool], ticked: Sequence[str]) -> Iterable[Box]:
    for tool in tools:
        if tool.effect == "write":
            yield Box(tool=tool.name, words=tool.says.ask or plain(tool.name), is_ticked=tool.name in ticked)


def other_asks(skills: Mapping[str, Skill], file: AgentFile) -> list[Box]:
    """Tools that the file always asks about and that are no writes of a skill here."""
    known = {tool.name for skill in skills.values() for tool in skill.tools if tool.effect == "write"}
    return [Box(tool=name, words=name, is_ticked=True) for name in dict.fromkeys(file.must_ask) if name not in known]


def choices(skills: Mapping[str, Skill]) -> list[tuple[str, list[Choice]]]:
    """What may be fixed: (skill, its values)."""
    found = [
        (
            skill.title,
            [
                Choice(at=f"{tool.name}.{name}", words=f"{plain(tool.name)}: {habit.label}")
                for tool in skill.tools
                for name, habit in tool.remembers.items()
            ],
        )
        for skill in skills.values()
    ]
    return sorted((title, values) for title, values in found if values)


def fixed_rows(skills: Mapping[str, Skill], file: AgentFile) -> list[FixedRow]:
    known = {
        (tool.name, name): f"{skill.title}, {plain(tool.name).lower()}: {habit.label}"
        for skill in skills.values()
        for tool in skill.tools
        for name, habit in tool.remembers.items()
    }
    return [
        FixedRow(
            at=f"{tool}.{name}",
            field=f"parameters.{tool}.{name}",
            words=known.get((tool, name), f"{tool}, {name}"),
            value=value_words(value),
        )
        for tool, values in file.parameters.items()
        for name, value in values.items()
    ]


def plain(tool: str) -> str:
    """A tool's name as words: "Create ticket"."""
    return tool.replace("_", " ").capitalize()


def source_rows(sources: Sequence[KeptSource | Source], declared: Sequence[Source]) -> list[SourceRow]:
    """What an agent knows, as it is kept; `sources` are `declared` in their order."""
    return [_source(at, kept, source) for at, (kept, source) in enumerate(zip(sources, declared, strict=True), start=1)]


def _source(at: int, kept: KeptSource | Source, source: Source) -> SourceRow:
    kind = KINDS.get(source.kind, source.kind)
    if isinstance(kept, Source):
        return SourceRow(number=at, source=source, title=source.at or kind, kind=kind, reading="unsaved")
    return SourceRow(
        number=at,
        source=source,
        title=kept.title or source.at or kind,
        kind=kind,
        reading=kept.state,
        facts=kept.facts,
        problem=kept.problem,
    )
