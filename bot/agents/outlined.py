"""A model's draft of an agent, cut to what its person wrote: the model decides nothing that reaches further."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, Field, JsonValue

from bot.agents.checking import problems_of, usable_handle
from bot.agents.shape import (
    LONGEST_STARTER,
    MOST_MUST_ASK,
    MOST_PARAMETERS,
    MOST_SOURCES,
    MOST_STARTERS,
    AgentFile,
    Job,
    Role,
    Source,
    vocabulary_of,
)
from bot.provenance import address, links_in, norm, plain
from integrations.integration import Level
from skills.skill import Skill

_LEFT_OUT = "(an address that you did not name)"
_WHOLE = 3
"""A stem of up to so many letters is a whole word (`skills.verbs`)."""


def _known_job(value: object) -> object:
    return value if value in get_args(Job) else "other"


def _known_roles(value: object) -> object:
    return [one for one in value if one in get_args(Role)] if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]: any JSON


class DraftedSkill(BaseModel):
    skill: str
    level: Literal["read", "write"] = "read"


class DraftedSource(BaseModel):
    kind: Literal["page", "drive"]
    address: str


class DraftedValue(BaseModel):
    tool: str
    parameter: str
    value: str | list[str]


class Draft(BaseModel):
    """The arguments of `write_draft`."""

    name: str = Field(description="What people call it, at most 60 characters: Product update")
    handle: str = Field(description="What they type, a to z, 0 to 9 and -: product-update")
    icon: str = Field(default="", description="One emoji or two letters for its tile; may be empty")
    description: str = Field(description="What it does, in one line of at most 200 characters")
    job: Annotated[Job, BeforeValidator(_known_job)] = "other"
    roles: Annotated[list[Role], BeforeValidator(_known_roles)] = Field(
        default_factory=list[Role], description="Whom it is for; empty is everybody"
    )
    skills: list[DraftedSkill] = Field(description="The few that it needs; write only where it changes something")
    starters: list[str] = Field(description="3 or 4 first messages that its users tap, each complete in itself")
    instructions: str = Field(description="Markdown: what it does, step by step, the form of the result, its limits")
    must_ask: list[str] = Field(default_factory=list, description="Write tools that always show a card")
    knowledge: list[DraftedSource] = Field(
        default_factory=list[DraftedSource], description="Only addresses that the outline holds"
    )
    parameters: list[DraftedValue] = Field(
        default_factory=list[DraftedValue], description="Only values that the outline sets for everybody"
    )


@dataclass(frozen=True)
class Outline:
    """What a person wrote about the agent that they want, without a word of the model's."""

    words: str

    @cached_property
    def _links(self) -> Mapping[str, str]:
        return {address(link): link for link in links_in(self.words)}

    @cached_property
    def _said(self) -> frozenset[str]:
        return frozenset(re.findall(r"\w+", plain(self.words)))

    def link(self, given: str) -> str | None:
        """An address as the person wrote it; None where they did not."""
        return self._links.get(address(given))

    def holds(self, value: str) -> bool:
        """Whether a value stands there, by itself."""
        wanted = norm(value)
        return bool(wanted and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", norm(self.words)))

    def asks_to_change(self, skill: Skill) -> bool:
        """Whether it speaks of anything that the skill's write tools do."""
        stems = frozenset[str]().union(*(tool.asked_as for tool in skill.tools if tool.effect == "write"))
        begins = tuple(stem for stem in stems if len(stem) > _WHOLE)
        return any(word in stems or word.startswith(begins) for word in self._said)

    def without_strangers(self, text: str) -> str:
        """`text`, with a note where it names an address that the person did not."""
        for link in sorted({*links_in(text)}, key=len, reverse=True):
            if address(link) not in self._links:
                text = text.replace(link, _LEFT_OUT)
        return text


def fitted(draft: Draft, outline: Outline, skills: Mapping[str, Skill]) -> AgentFile:
    """`draft` as an agent that reaches no further than its outline. What it names may still be wrong."""
    levels = _levels(draft.skills, outline, skills)
    clean = outline.without_strangers
    return AgentFile(
        name=clean(draft.name),
        handle=usable_handle(draft.handle) or usable_handle(draft.name) or "my-agent",
        icon="" if _is_wrong("icon", draft.icon) else draft.icon,
        description=clean(draft.description),
        job=draft.job,
        roles=tuple(dict.fromkeys(draft.roles)),
        skills=levels,
        starters=_starters(clean(starter) for starter in draft.starters),
        knowledge=_sources(draft.knowledge, outline)[:MOST_SOURCES],
        parameters=_parameters(draft.parameters[:MOST_PARAMETERS], outline, skills),
        must_ask=_must_ask(draft.must_ask, levels, skills),
        instructions=clean(draft.instructions),
    )


def _is_wrong(field: str, icon: str) -> bool:
    probe = AgentFile(name="a", handle="ab", description="a", instructions="a", icon=icon)
    return any(problem.field == field for problem in problems_of(probe))


def _levels(drafted: Sequence[DraftedSkill], outline: Outline, skills: Mapping[str, Skill]) -> dict[str, Level]:
    """Changing only where the person spoke of it. An unknown skill stays, so that it is told as a problem."""
    found: dict[str, Level] = {}
    for one in drafted:
        skill = skills.get(one.skill)
        is_asked = one.level == "write" and skill is not None and outline.asks_to_change(skill)
        found[one.skill] = "write" if is_asked or found.get(one.skill) == "write" else "read"
    return found


def _starters(drafted: Iterable[str]) -> tuple[str, ...]:
    lines = (" ".join(starter.split()) for starter in drafted)
    return tuple(dict.fromkeys(line for line in lines if 0 < len(line) <= LONGEST_STARTER))[:MOST_STARTERS]


def _sources(drafted: Sequence[DraftedSource], outline: Outline) -> tuple[Source, ...]:
    found: dict[Source, None] = {}
    for one in drafted:
        at = outline.link(one.address)
        if at is not None and "://" in at:
            found[Source(kind=one.kind, at=at)] = None
    return tuple(found)


def _parameters(
    drafted: Sequence[DraftedValue], outline: Outline, skills: Mapping[str, Skill]
) -> dict[str, dict[str, JsonValue]]:
    may_be_fixed = vocabulary_of(skills).parameters
    found: dict[str, dict[str, JsonValue]] = {}
    for one in drafted:
        singles = [one.value] if isinstance(one.value, str) else one.value
        if one.parameter in may_be_fixed.get(one.tool, ()) and singles and all(map(outline.holds, singles)):
            found.setdefault(one.tool, {})[one.parameter] = one.value if isinstance(one.value, str) else [*one.value]
    return found


def _must_ask(drafted: Sequence[str], levels: Mapping[str, Level], skills: Mapping[str, Skill]) -> tuple[str, ...]:
    changing = {
        tool.name
        for name, level in levels.items()
        if name in skills and level == "write"
        for tool in skills[name].tools
        if tool.effect == "write"
    }
    return tuple(dict.fromkeys(tool for tool in drafted if tool in changing))[:MOST_MUST_ASK]
