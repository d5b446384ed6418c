"""What a skill is: a bundle of typed functions that do one job in one place, as the person who asks."""

import inspect
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, JsonValue, create_model

from integrations.integration import Audience, Level
from memory.ids import PersonId

Client = TypeVar("Client")
Effect = Literal["read", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The person a tool acts for."""

    person: PersonId
    name: str
    zone: str = "UTC"
    """IANA time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext(Generic[Client]):
    """All that a tool can reach: a client signed in as the asker, whose account that is, and the time."""

    client: Client
    account: str
    asker: Asker
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a tool brings back."""

    content: JsonValue
    """What the model reads; short and useful."""
    untrusted: bool = True
    """Whether a third party may have written any of it. True unless the tool knows better."""
    link: str | None = None
    """A page where a person can see what was read or done."""
    said: str = ""
    """The fact in a few words, for the list of what a turn did: "Read pull request 417"."""
    audience: Audience | None = None
    """Who may hear it, where the skill's places differ in that; else what the skill declares counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The state of a write's target when its card was made, compared again before the write runs."""

    fingerprint: str
    said: str
    """That state in words: "3 commits, checks failing"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """How a tool is spoken of. `{parameter}` is replaced by the argument's value; only `doing` may hold any."""

    doing: str
    """Status while it runs: "Reading {repository} #{number}"."""
    ask: str = ""
    """Write tools: the card's first sentence, a question: "Post this comment on GitHub?"."""
    done: str = ""
    """Write tools: the past fact: "Comment posted"."""
    refused: str = ""
    """Write tools: the past fact when it did not happen: "Not posted"."""
    labels: tuple[tuple[str, str], ...] = ()
    """Write tools: (label, template) for each card line, covering all targets: ("Issue", "{repository} #{number}")."""
    text: str = ""
    """Write tools with a payload: the line above it: "Text, exactly as it will be posted"."""
    by: str = ""
    """A parameter on whose value the words depend, where a tool does several things."""
    cases: tuple[tuple[str, tuple[str, str, str]], ...] = ()
    """(value of `by`, (ask, done, refused)); for other values the plain ones count."""

    def about(self, arguments: Mapping[str, Any]) -> "Says":
        """The words for one call."""
        words = dict(self.cases).get(str(arguments.get(self.by)))
        return self if words is None else replace(self, ask=words[0], done=words[1], refused=words[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One function that an agent may call, with what the gate, the card and the memory need to know of it."""

    name: str
    description: str
    effect: Effect
    run: Callable[..., Awaitable[Result]]
    arguments: type[BaseModel]
    """Validates the model's arguments; unknown ones are refused."""
    says: Says
    targets: tuple[str, ...] = ()
    payload: tuple[str, ...] = ()
    remembers: tuple[str, ...] = ()
    egress: bool = False
    destroys: bool = False
    version: Callable[..., Awaitable[Version]] | None = None
    """Write tools whose target can change between card and click: reads its state with the same arguments."""
    settle: Callable[..., Awaitable[dict[str, Any]]] | None = None
    """Write tools that accept a short name: the same arguments with every target in full, before a card shows them."""

    @property
    def schema(self) -> dict[str, Any]:
        """The arguments as JSON schema, as the model sees it. One for all calls: copy it to change it."""
        return _schema_of(self.arguments)


def tool(
    effect: Effect,
    *,
    says: Says,
    targets: tuple[str, ...] = (),
    payload: tuple[str, ...] = (),
    remembers: tuple[str, ...] = (),
    egress: bool = False,
    destroys: bool = False,
    version: Callable[..., Awaitable[Version]] | None = None,
    settle: Callable[..., Awaitable[dict[str, Any]]] | None = None,
) -> Callable[[Callable[..., Awaitable[Result]]], Tool]:
    """Make a tool of a typed async function whose first parameter is the `ToolContext`.

    The function's name is the tool's name, its docstring what the model reads, its signature the schema.
    `targets` name who, where or which object a call acts on, `payload` its free text, `remembers` what parameter
    memory may learn. Raises TypeError when any of these is no parameter of the function.
    """

    def declare(function: Callable[..., Awaitable[Result]]) -> Tool:
        arguments = _arguments_of(function)
        for declared in (*targets, *payload, *remembers):
            if declared not in arguments.model_fields:
                raise TypeError(f"{function.__module__}.{function.__name__} has no parameter {declared!r}")
        return Tool(
            name=function.__name__,
            description=inspect.getdoc(function) or "",
            effect=effect,
            run=function,
            arguments=arguments,
            says=says,
            targets=targets,
            payload=payload,
            remembers=remembers,
            egress=egress,
            destroys=destroys,
            version=version,
            settle=settle,
        )

    return declare


@cache
def _schema_of(arguments: type[BaseModel]) -> dict[str, Any]:
    # Half a millisecond for each tool, and a model is offered dozens with each question.
    return arguments.model_json_schema()


def _arguments_of(function: Callable[..., Any]) -> type[BaseModel]:
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    fields: dict[str, Any] = {
        p.name: (hints[p.name], ... if p.default is inspect.Parameter.empty else p.default) for p in parameters
    }
    return create_model(function.__name__, __config__=ConfigDict(extra="forbid"), **fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A first thing to try, offered as a suggested prompt."""

    title: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scopes:
    """The vendor's permissions behind each level; empty where the vendor has none to choose."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    """What reading and changing need together."""

    def of(self, level: Level) -> tuple[str, ...]:
        return self.write if level == "write" else self.read

    def level(self, granted: Collection[str]) -> Level | None:
        """What `granted` allows; None when not even reading."""
        if set(self.write) <= set(granted):
            return "write"
        return "read" if set(self.read) <= set(granted) else None

    def cover(self, level: Level, granted: Collection[str]) -> bool:
        """Whether `granted` is enough for `level`."""
        return self.level(granted) in ("write", level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """4 to 8 tools for one job, with the integration they act through."""

    name: str
    title: str
    purpose: str
    """One sentence to a person: what this skill is for."""
    integration: str | None
    tools: tuple[Tool, ...]
    examples: tuple[Example, ...]
    reads: str
    """What it can read, in a person's words: "Pull requests, reviews, checks"."""
    changes: str
    """What it can change, in a person's words: "Comments, reviews and merges, after you approve each"."""
    instructions: Path
    """A Markdown file for the model: how to do this job well."""
    scopes: Scopes = Scopes()
    audience: Audience = "asker"
    """Who may hear what it finds. An answer in a channel that rests on more private things goes to the asker alone."""

    def tools_at(self, level: Level) -> tuple[Tool, ...]:
        """The tools that somebody with this level may use."""
        return tuple(tool for tool in self.tools if level == "write" or tool.effect == "read")
