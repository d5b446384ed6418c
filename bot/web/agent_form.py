"""The form in which an agent is edited, read into the agent that it means. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from pydantic import JsonValue, ValidationError

from bot.agents.file import AgentFile, Job, Problem, Role, Source, SourceKind, tidied
from bot.llm import RouteName
from integrations.integration import Level
from skills.skill import Skill, Tool

ADDED: Mapping[str, SourceKind] = {"new_page": "page", "new_drive": "drive"}
"""Fields whose value is the address of something more that the agent knows."""
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a browser sent: field → its values. A field that was not on the page leaves the agent as it was."""

    fields: Mapping[str, Sequence[str]]

    def has(self, name: str) -> bool:
        return name in self.fields

    def one(self, name: str, otherwise: str = "") -> str:
        """The field's value, without what no text of ours holds."""
        return self.all(name)[0] if self.has(name) else otherwise

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value.replace("\0", "") for value in self.fields.get(name, ()))

    def number(self, name: str) -> int:
        """A count or a place; -1 where there is none."""
        given = self.one(name)
        return int(given) if _NUMBER.fullmatch(given) else -1

    def shows(self, boxes: str) -> bool:
        """Whether these boxes were on the page: of those that are not ticked a browser says nothing."""
        return boxes in self.all("shows")

    @property
    def does(self) -> tuple[str, str]:
        """(what the pressed button does, with what): ("drop", "2")."""
        verb, _, what = self.one("do").partition(":")
        return verb, what


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a form means."""

    file: AgentFile
    wrong: tuple[Problem, ...] = ()
    """What of it cannot even be understood; everything else is checked when it is saved."""
    added: Mapping[str, str]
    """Names of problems that belong to fields where something is added: "knowledge.3" → "new_page"."""


def meant(sent: Sent, file: AgentFile, skills: Mapping[str, Skill]) -> Meant:
    """Read a form that was drawn of `file`."""
    knowledge, places = _knowledge(sent, file.knowledge)
    parameters, where, wrong = _parameters(sent, file.parameters, skills)
    verb, handle = sent.does
    read = replace(
        file,
        name=sent.one("name", file.name),
        handle=handle if verb == "handle" else sent.one("handle", file.handle),
        icon=sent.one("icon", file.icon),
        description=sent.one("description", file.description),
        instructions=sent.one("instructions", file.instructions),
        # What a form sends is checked by `problems_of`, whatever it says.
        job=cast("Job", sent.one("job", file.job)),
        roles=cast("tuple[Role, ...]", _ticked(sent, "roles", file.roles)),
        skills=_skills(sent, file.skills),
        route=cast("RouteName", sent.one("route", file.route)),
        starters=_lines(sent.one("starters")) if sent.has("starters") else file.starters,
        knowledge=knowledge,
        parameters=parameters,
        must_ask=_ticked(sent, "must_ask", file.must_ask),
    )
    return Meant(file=tidied(read), wrong=wrong, added={**places, **where})


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.replace("\r\n", "\n").split("\n"))))


def _ticked(sent: Sent, boxes: str, before: Sequence[str]) -> tuple[str, ...]:
    """What is ticked, in the order that the agent has it in: what did not change stays as it is written."""
    return _in_order(sent.all(boxes), before) if sent.shows(boxes) else tuple(before)


def _in_order(now: Iterable[str], before: Iterable[str]) -> tuple[str, ...]:
    ticked = dict.fromkeys(now)
    return (*(one for one in dict.fromkeys(before) if one in ticked), *(one for one in ticked if one not in {*before}))


def _skills(sent: Sent, before: Mapping[str, Level] | None) -> Mapping[str, Level] | None:
    match sent.one("every"):
        case "all":
            return None
        case "chosen":
            chosen = _in_order(sent.all("skill"), before or ())
            return {name: cast("Level", sent.one(f"level:{name}", "read")) for name in chosen}
        case _:
            return before


def _knowledge(sent: Sent, before: Sequence[Source]) -> tuple[tuple[Source, ...], dict[str, str]]:
    verb, what = sent.does
    kept = [_text(sent, at, source) for at, source in enumerate(before, start=1) if (verb, what) != ("drop", str(at))]
    places: dict[str, str] = {}
    for name, kind in ADDED.items():
        if address := sent.one(name).strip():
            kept.append(Source(kind=kind, at=address))
            places[f"knowledge.{len(kept)}"] = name
    title, words = sent.one("new_title").strip(), sent.one("new_words").strip()
    if title or words:
        kept.append(Source(kind="text", at=title, text=words))
        places[f"knowledge.{len(kept)}"] = "new_words"
    return tuple(kept), places


def _text(sent: Sent, at: int, source: Source) -> Source:
    """A text as it was edited; what is read from elsewhere is not edited here."""
    if source.kind != "text":
        return source
    return replace(source, at=sent.one(f"title:{at}", source.at), text=sent.one(f"words:{at}", source.text))


Parameters = Mapping[str, Mapping[str, JsonValue]]


def _parameters(
    sent: Sent, before: Parameters, skills: Mapping[str, Skill]
) -> tuple[Parameters, dict[str, str], tuple[Problem, ...]]:
    verb, what = sent.does
    kept: dict[str, dict[str, JsonValue]] = {
        tool: {name: value for name, value in values.items() if (verb, what) != ("unset", f"{tool}.{name}")}
        for tool, values in before.items()
    }
    at, text = sent.one("new_at"), sent.one("new_value").strip()
    if not text:
        return kept, {}, ()
    tool, _, name = at.partition(".")
    declared = tools_of(skills).get(tool)
    if declared is None or name not in declared.remembers:
        return kept, {}, (_wrong("Pick where this value belongs."),)
    try:
        kept[tool] = {**kept.get(tool, {}), name: value_of(declared, name, text)}
    except ValueError as error:
        return kept, {}, (_wrong(str(error)),)
    return kept, {f"parameters.{tool}.{name}": "new_value"}, ()


def _wrong(said: str) -> Problem:
    return Problem(line=0, field="new_value", said=said, stops=True)


def tools_of(skills: Mapping[str, Skill]) -> dict[str, Tool]:
    return {tool.name: tool for skill in skills.values() for tool in skill.tools}


def value_of(tool: Tool, name: str, text: str) -> JsonValue:
    """What somebody typed for a parameter, as the tool takes it; lists by commas. Raises ValueError, a sentence."""
    is_list = tool.remembered_kinds[name] == "set"
    given: Any = [one.strip() for one in text.split(",") if one.strip()] if is_list else text
    arguments = tool.arguments.model_construct()
    try:
        tool.arguments.__pydantic_validator__.validate_assignment(arguments, name, given)
    except ValidationError as error:
        [first, *_] = error.errors()
        expected = first.get("ctx", {}).get("expected")
        fix = f"Write one of these: {expected}." if expected else f"{first['msg']}."
        raise ValueError(f"{tool.remembers[name].label} does not take “{text[:60]}”. {fix}") from error
    found: Any = getattr(arguments, name)
    return found if isinstance(found, bool | int | float) else given


def value_words(value: JsonValue) -> str:
    """How a fixed value is shown."""
    match value:
        case None | "":
            return "left blank"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(str(one) for one in value) or "none"
        case _:
            return str(value)
