"""Reads an agent's file: front matter and body into an `AgentFile`, with every problem at its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import get_args

import yaml
from pydantic import JsonValue

from bot.agents.checking import POSSIBLE, problems_of
from bot.agents.front import decoded, line_of, take_apart
from bot.agents.nodes import Reading, chosen
from bot.agents.sentences import near, quoted
from bot.agents.shape import AgentFile, Faulty, Job, Problem, Role, Source, SourceKind, Vocabulary
from bot.agents.tidy import tidied
from bot.llm import RouteName
from integrations.integration import Level

KEYS = (
    "name",
    "handle",
    "icon",
    "description",
    "job",
    "roles",
    "skills",
    "route",
    "starters",
    "knowledge",
    "parameters",
    "must_ask",
)
"""The fields of the front matter, in the order in which they are written."""
_TEXT = "- text: {title: Tone, words: Short sentences.}"
_KNOWLEDGE = "- file: launch-plan.pdf"
_AT: Mapping[SourceKind, str] = {
    "file": "launch-plan.pdf",
    "drive": "https://docs.google.com/document/d/…",
    "page": "https://example.com/handbook",
}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,20}(?:e[+-][0-9]{1,3})?")
_JOBS: tuple[Job, ...] = get_args(Job)
_ROLES: tuple[Role, ...] = get_args(Role)
_ROUTES: tuple[RouteName, ...] = get_args(RouteName)
_LEVELS: tuple[Level, ...] = get_args(Level)
_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
_NOTHING = ("", "~", "null")


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a file says, as far as it can be understood."""

    file: AgentFile
    problems: tuple[Problem, ...]
    """All of them, from the first line to the last."""
    lost: bool
    """Whether something stands in the file that is not in `file`."""


def read_agent(body: bytes | str, vocabulary: Vocabulary | None = None) -> AgentFile:
    """The agent in a file, whatever its line ends are. Raises Faulty with all its problems.

    With a vocabulary the agent must be fit to answer. Without one it may be a draft: unfinished, or naming what is not
    there any more, but nothing of it may be lost.
    """
    understood = read_draft(body, vocabulary)
    if understood.problems if vocabulary is not None else any(one.stops for one in understood.problems):
        raise Faulty(*understood.problems)
    return understood.file


def read_draft(body: bytes | str, vocabulary: Vocabulary | None = None) -> Understood:
    """A file that may still be wrong. Raises Faulty where it has no fields that can be read."""
    text = decoded(body) if isinstance(body, bytes) else body
    return _understood(text) if vocabulary is None else _read(text, vocabulary)


@lru_cache(maxsize=128)
def _understood(text: str) -> Understood:
    # Every turn of an agent begins here, and some milliseconds for each are too many.
    return _read(text, None)


def _read(text: str, vocabulary: Vocabulary | None) -> Understood:
    parts = take_apart(text)
    reading = Reading(front=parts.front, problems=list(parts.refused))
    file = tidied(_file(reading, parts.fields, parts.body))
    lost = bool(reading.problems)
    known = {problem.field for problem in reading.problems}
    reading.lines["instructions"] = parts.body_line
    checked = (one for one in problems_of(file, vocabulary) if one.field not in known)
    found = [*reading.problems, *(replace(one, line=reading.line(one.field)) for one in checked)]
    return Understood(file=file, problems=tuple(sorted(found, key=lambda one: one.line)), lost=lost)


def _file(text: Reading, fields: yaml.MappingNode, body: str) -> AgentFile:
    given = _known(text, fields)
    return AgentFile(
        name=text.one(given, "name"),
        handle=text.one(given, "handle"),
        icon=text.one(given, "icon"),
        description=text.one(given, "description"),
        job=text.choice(given, "job", _JOBS, "other"),
        roles=text.choices(given, "roles", _ROLES),
        skills=_skills(text, given),
        route=text.choice(given, "route", _ROUTES, "default"),
        starters=tuple(text.several(given, "starters")),
        knowledge=_knowledge(text, given),
        parameters=_parameters(text, given),
        must_ask=tuple(text.several(given, "must_ask")),
        instructions=body,
    )


def _known(text: Reading, fields: yaml.MappingNode) -> dict[str, yaml.Node]:
    given = dict(text.entries(fields, ""))
    for key in [key for key in given if key not in KEYS]:
        text.wrong(key, f"An agent's file has no {quoted(key)}. {near(key, KEYS, 'Its fields are')}")
        del given[key]
    return given


def _skills(text: Reading, given: Mapping[str, yaml.Node]) -> dict[str, Level] | None:
    match node := given.get("skills"):
        case None | yaml.ScalarNode(value="all"):
            return None
        case yaml.SequenceNode():
            levels: dict[str, Level] = dict.fromkeys(text.several(given, "skills"), "read")
            return levels
        case yaml.MappingNode():
            return _levels(text, node)
        case _:
            return text.wrong("skills", "skills must be all, or name them, one a line: mail: read", node)


def _levels(text: Reading, node: yaml.MappingNode) -> dict[str, Level]:
    found: dict[str, Level] = {}
    for name, one in text.entries(node, "skills"):
        where = f"skills.{name}"
        value = text.text(one, where, f"{name}: read")
        if value is not None and (level := text.choose(value, where, _LEVELS, "read")):
            found[name] = level
    return found


def _knowledge(text: Reading, given: Mapping[str, yaml.Node]) -> tuple[Source, ...]:
    if "knowledge" not in given:
        return ()
    found: list[Source] = []
    for item in text.items(given["knowledge"], "knowledge", _KNOWLEDGE):
        source = _source(text, item)
        if source is not None:
            found.append(source)
            text.lines[f"knowledge.{len(found)}"] = line_of(item, text.front)
    return tuple(found)


def _source(text: Reading, node: yaml.Node) -> Source | None:
    if not isinstance(node, yaml.MappingNode) or len(node.value) != 1:
        return text.wrong("knowledge", f"Each part of knowledge is one line such as {_KNOWLEDGE}", node)
    for key, value in text.entries(node, "knowledge"):
        if key == "text":
            return _words(text, value)
        if (kind := chosen(key, _KINDS)) is not None:
            at = text.text(value, "knowledge", f"- {kind}: {_AT[kind]}")
            return None if at is None else Source(kind=kind, at=at)
        there = near(key, _KINDS, "Kinds are")
        text.wrong("knowledge", f"There is no knowledge of the kind {quoted(key)}. {there}", node)
    return None


def _words(text: Reading, node: yaml.Node) -> Source | None:
    if not isinstance(node, yaml.MappingNode):
        return text.wrong("knowledge", f"A text has a title and words: {_TEXT}", node)
    told = dict(text.entries(node, "knowledge"))
    for key in [key for key in told if key not in ("title", "words")]:
        text.wrong("knowledge", f"A text has title and words, and no {quoted(key)}. Delete it.", told[key])
    title, words = (
        text.text(told[key], "knowledge", f"{key}: Some words") if key in told else "" for key in ("title", "words")
    )
    return None if title is None or words is None else Source(kind="text", at=title, text=words)


def _parameters(text: Reading, given: Mapping[str, yaml.Node]) -> dict[str, dict[str, JsonValue]]:
    if "parameters" not in given:
        return {}
    found: dict[str, dict[str, JsonValue]] = {}
    for tool, node in text.entries(given["parameters"], "parameters", "create_ticket: {project: INFRA}"):
        where = f"parameters.{tool}"
        values = (
            (name, _value(text, one, f"{where}.{name}")) for name, one in text.entries(node, where, "project: INFRA")
        )
        found[tool] = {name: value[0] for name, value in values if value is not None}
    return found


def _value(text: Reading, node: yaml.Node, where: str) -> tuple[JsonValue] | None:
    """The value, in a tuple, as None is one."""
    match node:
        case yaml.ScalarNode():
            return (_scalar(node),)
        case yaml.SequenceNode() if all(isinstance(item, yaml.ScalarNode) for item in node.value):
            return ([item.value for item in node.value],)
        case _:
            return text.wrong(where, f"{where} must be {POSSIBLE}.", node)


def _scalar(node: yaml.ScalarNode) -> JsonValue:
    """A value as people mean it: `on`, `2026-01-31` and `012` are texts."""
    written = node.value
    if node.style is not None:
        return written
    if written in _NOTHING:
        return None
    if written in ("true", "false"):
        return written == "true"
    if _INTEGER.fullmatch(written):
        return int(written)
    return float(written) if _DECIMAL.fullmatch(written) else written
