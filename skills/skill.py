"""What a skill is: a bundle of typed functions that do one job in one place, as the person who asks."""

import inspect
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, JsonValue, create_model

from integrations.integration import Audience, Level
from memory.ids import PersonId
from skills.own_records import OwnRecords
from skills.record import Record
from skills.showing import NewFile, Table, Working

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
    """All that a tool can reach: a client signed in as the asker, whose account that is, and the time.

    A skill without an integration is given the client that `bot/own_skills` has for it, made for this conversation.
    """

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
    records: tuple[Record, ...] = ()
    """What it showed, thing by thing; of a write, the one thing that it made or changed. What stands in `content` and
    in no record counts as a nameless text that only the asker could see before."""
    links: tuple[str, ...] = ()
    """Addresses that the service itself gives for what was shown; every value called `link` in `content` is one too.
    An answer may hold these and what the person wrote, and no others."""
    undo: dict[str, JsonValue] | None = None
    """Of a write that can be taken back: what the tool's `undo` has to know."""
    files: tuple[NewFile, ...] = ()
    """Files that it brought or made."""
    table: Table | None = None
    """A table that the person gets with the answer; of several of one turn the last one."""
    working: Working | None = None
    """The code behind the result, shown on demand."""
    cost_usd: Decimal | None = None
    """What somebody is paid for it, in US dollars; shown under the answer, and counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The state of a write's target when its card was made, compared again before the write runs."""

    fingerprint: str
    said: str
    """That state in words: "3 commits, checks failing"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """How a tool is spoken of. `{parameter}` is replaced by the argument's value; only `doing`, `labels` and `always`
    may hold any.
    """

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
    always: str = ""
    """Write tools with `always`: what would no longer be asked, after "I will …": "post comments in {repository}"."""
    undo: str = ""
    """Write tools with `undo`: the question before it is taken back: "Delete the comment?"."""
    undone: str = ""
    """The past fact: "Comment deleted"."""
    kept: str = ""
    """What undoing does not take back: "People who were notified keep their notification."."""

    def about(self, arguments: Mapping[str, Any]) -> "Says":
        """The words for one call."""
        words = dict(self.cases).get(str(arguments.get(self.by)))
        return self if words is None else replace(self, ask=words[0], done=words[1], refused=words[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A parameter whose value a person chooses the same way again and again, so that memory may fill it in."""

    label: str
    """What people call it, on cards and in lists: "Board"."""
    ask: str
    """The question for it, when memory does not know: "Which board should this ticket go to?"."""
    is_asked: bool = False
    """Whether it is worth a question although the parameter may be left out: the person may then leave it blank."""
    is_shaping: bool = False
    """Whether it changes a text of the person, as a title's prefix does: one choice is no habit yet, so it is asked
    twice."""
    within: str = ""
    """The parameter on whose value it depends, as the components of a ticket do on its project: what is learned, and
    pinned, for one project says nothing of another."""
    choices: Callable[..., Awaitable[Sequence[str]]] | None = None
    """(context, **the arguments known so far) → values to tap where memory knows none, the likeliest first, at most 5;
    `Described` where they have words. Raises what tools raise; then there is nothing to tap."""
    in_full: Callable[[ToolContext[Any], str], Awaitable[str]] | None = None
    """(context, a value as people say it) → as `settle` leaves it, `Described` where it has words: "platform" → "PLAT".
    Needed where others depend on the parameter: they are known within its full value. Raises what tools raise."""


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
    remembers: Mapping[str, Habit] = field(default_factory=dict[str, Habit])
    """parameter → what parameter memory may learn there. The model may leave these out, required or not."""
    egress: bool = False
    destroys: bool = False
    version: Callable[..., Awaitable[Version]] | None = None
    """Write tools whose target can change between card and click: reads its state with the same arguments."""
    settle: Callable[..., Awaitable[dict[str, Any]]] | None = None
    """Write tools that accept a short name: the same arguments with every target in full, before a card shows them."""
    apart: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
    """(the model's arguments, not yet valid) → the same with each value at its own parameter, where a model writes two
    into one: a prefix into a title. Before memory fills in what is missing."""
    asked_as: frozenset[str] = frozenset()
    """Beginnings of the words by which people ask for this, in all languages of `skills.verbs`."""
    kinds: Mapping[str, str] = field(default_factory=dict[str, str])
    """target → kind of the record that it names."""
    seen_by: tuple[str, ...] | None = None
    """Who sees what it writes, as templates of readers: `{to}`, `github:{repository}`; `()` is the asker alone. None,
    not declared, counts as strangers."""
    into: tuple[str, ...] = ()
    """Targets whose readers see it too: the ticket that is commented, the event that is moved."""
    opens: tuple[str, ...] = ()
    """Targets that become visible, as a whole, to those who see what it writes: a file shared or attached."""
    always: tuple[str, ...] = ()
    """The targets that a lasting permission is for: ("repository",). Empty: it can have none."""
    undo: Callable[..., Awaitable[None]] | None = None
    """Takes a write back: (context, **what `Result.undo` holds). Raises what tools raise."""

    @property
    def schema(self) -> dict[str, Any]:
        """The arguments as JSON schema, as the model sees it. One for all calls: copy it to change it."""
        return _schema_of(self.arguments)

    @property
    def remembered_kinds(self) -> dict[str, Literal["one", "set"]]:
        """What memory learns of each parameter in `remembers`: a single value, or a set of them where it is a list."""
        shapes = self.schema["properties"]
        return {name: "set" if _is_list(shapes[name]) else "one" for name in self.remembers}


def tool(
    effect: Effect,
    *,
    says: Says,
    targets: tuple[str, ...] = (),
    payload: tuple[str, ...] = (),
    remembers: Mapping[str, Habit] | None = None,
    egress: bool = False,
    destroys: bool = False,
    version: Callable[..., Awaitable[Version]] | None = None,
    settle: Callable[..., Awaitable[dict[str, Any]]] | None = None,
    apart: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None,
    asked_as: frozenset[str] = frozenset(),
    kinds: Mapping[str, str] | None = None,
    seen_by: tuple[str, ...] | None = None,
    into: tuple[str, ...] = (),
    opens: tuple[str, ...] = (),
    always: tuple[str, ...] = (),
    undo: Callable[..., Awaitable[None]] | None = None,
) -> Callable[[Callable[..., Awaitable[Result]]], Tool]:
    """Make a tool of a typed async function whose first parameter is the `ToolContext`.

    The function's name is the tool's name, its docstring what the model reads, its signature the schema.
    `targets` name who, where or which object a call acts on, `payload` its free text, `remembers` what parameter
    memory may learn. Raises TypeError when any of these, or another parameter named here, is none of the function's.

    What is left out makes the gate more careful, never less: a write without `asked_as` is one that nobody asked for,
    one without `seen_by` is seen by strangers.
    """

    def declare(function: Callable[..., Awaitable[Result]]) -> Tool:
        arguments = _arguments_of(function)
        for declared in (*targets, *payload, *(remembers or ()), *(kinds or ()), *into, *opens, *always):
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
            remembers=remembers or {},
            egress=egress,
            destroys=destroys,
            version=version,
            settle=settle,
            apart=apart,
            asked_as=asked_as,
            kinds=kinds or {},
            seen_by=seen_by,
            into=into,
            opens=opens,
            always=always,
            undo=undo,
        )

    return declare


def _is_list(shape: Mapping[str, Any]) -> bool:
    return any(one.get("type") == "array" for one in (shape, *shape.get("anyOf", ())))


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
    """What it can change, in a person's words: "Comments and merges, after you asked for it or approved it"."""
    instructions: Path
    """A Markdown file for the model: how to do this job well."""
    scopes: Scopes = Scopes()
    people: Literal["addresses", "logins"] = "addresses"
    """How its tools take people: by e-mail, as a workspace knows everybody, or by the service's own names."""
    audience: Audience = "asker"
    """Who may hear what it finds. An answer in a channel that rests on more private things goes to the asker alone."""
    own_records: OwnRecords | None = None
    """What memory may learn from before the first question, when the person chooses so on connecting."""
    patience: float = 60.0
    """Seconds that one call may take."""
    at_hand: bool = False
    """Whether its tools are shown even where there are too many to show: what a file or a link needs at once."""

    def tools_at(self, level: Level) -> tuple[Tool, ...]:
        """The tools that somebody with this level may use."""
        return tuple(tool for tool in self.tools if level == "write" or tool.effect == "read")
