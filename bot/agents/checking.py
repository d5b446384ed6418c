"""What is wrong with an agent's file, in sentences that say how it is mended."""

import math
import re
from collections.abc import Iterable, Iterator
from typing import get_args

from pydantic import JsonValue

from bot.agents import shape
from bot.agents.graphemes import graphemes
from bot.agents.sentences import again, is_one_of, length, line, near, number, problem, quoted, stopping, twice
from bot.agents.shape import AgentFile, Job, Problem, Role, Source, Vocabulary
from bot.agents.tidy import tidied
from bot.agents.writing import write_agent
from bot.llm import RouteName
from bot.provenance import norm
from documents.visible import visible
from integrations.integration import Level

POSSIBLE = "a text, a number, true, false, or a list of texts"
COMMANDS = frozenset({"agents", "default", "help", "here", "none", "once", "use"})
"""Words that mean something else where people type a handle: `/pinyon use none`."""
# fmt: off
_EVERYDAY = frozenset({
    "answer", "ask", "attention", "bug", "bugs", "channel", "check", "comment", "comments", "create", "draft",
    "drafts", "edit", "email", "event", "events", "fact", "find", "fix", "fyi", "hello", "hey", "hi", "idea",
    "ideas", "important", "info", "issue", "issues", "list", "look", "mail", "mails", "meeting", "meetings",
    "message", "note", "now", "ping", "post", "pr", "prs", "ps", "question", "questions", "re", "read", "remind",
    "reminder", "reply", "reviews", "search", "send", "show", "summarise", "summarize", "summary", "task", "tasks",
    "tell", "ticket", "tickets", "tip", "today", "todo", "todos", "tomorrow", "translate", "urgent", "warning",
    "write",
})
# fmt: on
RESERVED = COMMANDS | _EVERYDAY
"""With those that people begin messages with: "urgent: who is on call?" is for nobody's agent."""
_OURS = "pinyon"
_HANDLE = re.compile(r"[a-z][a-z0-9-]{1,31}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e0fff\ud800-\udfff]")
"""What instructions never hold: controls, what turns the direction of writing around, and letters that nobody sees.
Joiners and marks that some languages are written with may stand there."""
_NOT_KEPT = re.compile("[\0\ud800-\udfff]")
"""What no database keeps."""
_LARGEST = 10**15


def problems_of(file: AgentFile, vocabulary: Vocabulary | None = None) -> list[Problem]:
    """Everything that is wrong with `file`, without lines; with a vocabulary, also what it names and is not there."""
    kept = tidied(file)
    found = [
        *_who_it_is(kept),
        *_instructions(kept.instructions),
        *_chosen(kept),
        *_starters(kept.starters),
        *_skills(kept, vocabulary),
        *_knowledge(kept.knowledge),
        *_parameters(kept, vocabulary),
        *_must_ask(kept.must_ask, vocabulary),
    ]
    return found or list(_size(kept))


def _who_it_is(file: AgentFile) -> Iterator[Problem]:
    if not file.name:
        yield stopping("name", "name is missing. Write one, such as Product update.")
    if norm(file.name) == _OURS and file.handle != _OURS:
        yield stopping(
            "name", "Only Pinyon itself is called Pinyon: its answers would look like this agent's. Choose another."
        )
    yield from line("name", file.name, shape.LONGEST_NAME, stops=True)
    yield from _handle(file.handle)
    if not file.description:
        yield problem("description", "description is missing. Say in one line what the agent does.")
    yield from line("description", file.description, shape.LONGEST_DESCRIPTION)
    yield from _icon(file.icon)


def _handle(handle: str) -> Iterator[Problem]:
    if not handle:
        yield stopping("handle", "handle is missing. Write one, such as product-update.")
    elif handle in RESERVED:
        yield stopping(
            "handle",
            f"handle {quoted(handle)} is a word that people begin messages with, or a command. Use my-{handle}.",
        )
    elif not _HANDLE.fullmatch(handle):
        usable = usable_handle(handle)
        yield stopping(
            "handle",
            f"handle {quoted(handle)} must begin with a letter a to z, and have 2 to 32 of a to z, 0 to 9 and -."
            + (f" Use {usable}." if usable else ""),
        )


def usable_handle(words: str) -> str:
    """A handle made of `words`: "Product update!" is product-update. Empty where they hold no two letters."""
    made = re.sub(r"[^a-z0-9]+", "-", words.lower()).lstrip("-0123456789")[:32].rstrip("-")
    return made if _HANDLE.fullmatch(made) and made not in RESERVED else ""


def _icon(icon: str) -> Iterator[Problem]:
    if visible(icon) != icon or any(char.isspace() for char in icon):
        yield stopping("icon", f"icon {quoted(icon)} holds a character that nobody sees. Use one emoji or two letters.")
    elif graphemes(icon) > shape.MOST_IN_ICON or len(icon) > 12 * shape.MOST_IN_ICON:
        yield stopping("icon", f"icon {quoted(icon)} is too long. Use one emoji or two letters.")


def _instructions(text: str) -> Iterator[Problem]:
    if not text:
        yield problem(
            "instructions", "There are no instructions. Write below the front matter what the agent does and how."
        )
    if hidden := _UNSEEN.search(text):
        yield stopping(
            "instructions", f"The instructions hold a character that nobody sees, {visible(hidden[0])}. Delete it."
        )
    yield from length("instructions", text, shape.LONGEST_INSTRUCTIONS, "The instructions have")


def _chosen(file: AgentFile) -> Iterator[Problem]:
    """What forms send, and no type has checked."""
    if file.job not in get_args(Job):
        yield stopping("job", is_one_of("job", file.job, get_args(Job), "other"))
    if file.route not in get_args(RouteName):
        yield stopping("route", is_one_of("route", file.route, get_args(RouteName), "default"))
    for at, role in enumerate(file.roles, start=1):
        if role not in get_args(Role):
            yield stopping(f"roles.{at}", is_one_of("roles", role, get_args(Role)))
    yield from twice("roles", file.roles)


def _starters(starters: tuple[str, ...]) -> Iterator[Problem]:
    yield from number("starters", len(starters), shape.MOST_STARTERS)
    for at, starter in enumerate(starters, start=1):
        # A tap on one sends it as the person's own words, so nothing may hide in it.
        yield from line(f"starters.{at}", starter, shape.LONGEST_STARTER)
    yield from twice("starters", starters)


def _skills(file: AgentFile, vocabulary: Vocabulary | None) -> Iterator[Problem]:
    skills = file.skills or {}
    yield from number("skills", len(skills), shape.MOST_SKILLS)
    for skill, level in skills.items():
        where = f"skills.{skill}"
        if vocabulary is not None and skill not in vocabulary.skills:
            there = near(skill, sorted(vocabulary.skills), "Skills are")
            yield problem(where, f"There is no skill {quoted(skill)}. {there}")
        elif not _WORD.fullmatch(skill):
            yield stopping(where, f"{quoted(skill)} is no name of a skill. Names are one word, such as mail.")
        if level not in ("read", "write"):
            yield stopping(where, is_one_of(where, level, get_args(Level), "read"))


def _knowledge(sources: tuple[Source, ...]) -> Iterator[Problem]:
    yield from number("knowledge", len(sources), shape.MOST_SOURCES)
    for at, source in enumerate(sources, start=1):
        yield from _source(f"knowledge.{at}", source)
    for at in again([(one.kind, one.at.casefold()) for one in sources]):
        yield problem(
            f"knowledge.{at}", f"{quoted(sources[at - 1].at)} stands twice in knowledge. Keep one, or rename it."
        )


def _source(where: str, source: Source) -> Iterator[Problem]:
    match source.kind:
        case "text":
            yield from _named(where, source.at, "This text has no title. Add one: title: Tone")
            if not source.text:
                yield problem(where, f"The text {quoted(source.at)} has no words. Add them, or delete it.")
            if _NOT_KEPT.search(source.text):
                yield stopping(where, f"The text {quoted(source.at)} holds a character that no text has. Delete it.")
        case "file":
            yield from _named(where, source.at, "This file has no name. Write it as - file: launch-plan.pdf")
            if "/" in source.at or "\\" in source.at:
                yield stopping(where, f"{quoted(source.at)} must be the name of a file alone, without a folder.")
        case "drive" | "page":
            yield from line(where, source.at, shape.LONGEST_ADDRESS)
            if not _ADDRESS.fullmatch(source.at):
                yield stopping(where, f"{quoted(source.at)} is no address. Copy it from the browser: https://…")
        case _:
            yield stopping(where, is_one_of("knowledge", source.kind, get_args(shape.SourceKind)))


def _named(where: str, name: str, missing: str) -> Iterator[Problem]:
    if not name:
        yield problem(where, missing)
    yield from line(where, name, shape.LONGEST_TITLE)


def _parameters(file: AgentFile, vocabulary: Vocabulary | None) -> Iterator[Problem]:
    count = sum(len(values) for values in file.parameters.values())
    yield from number("parameters", count, shape.MOST_PARAMETERS)
    for tool, values in file.parameters.items():
        named = list(_tool(f"parameters.{tool}", tool, vocabulary, vocabulary.tools if vocabulary else ()))
        yield from named
        for name, value in values.items() if _WORD.fullmatch(tool) else ():
            where = f"parameters.{tool}.{name}"
            if not _WORD.fullmatch(name):
                yield stopping(where, f"{quoted(name)} is no name of a value. Names are one word, such as project.")
                continue
            if vocabulary is not None and not named:
                yield from _parameter(where, tool, name, vocabulary)
            yield from _value(where, value)


def _parameter(where: str, tool: str, name: str, vocabulary: Vocabulary) -> Iterator[Problem]:
    there = vocabulary.parameters.get(tool, frozenset())
    if not there:
        yield problem(where, f"{tool} has no values that an agent can set. Delete its part of parameters.")
    elif name not in there:
        yield problem(
            where, f"{tool} has no {quoted(name)} that an agent can set. {near(name, sorted(there), 'It has')}"
        )


def _tool(where: str, tool: str, vocabulary: Vocabulary | None, known: Iterable[str]) -> Iterator[Problem]:
    if not _WORD.fullmatch(tool):
        yield stopping(where, f"{quoted(tool)} is no name of a tool. Names are one word, such as create_ticket.")
    elif vocabulary is not None and tool not in vocabulary.tools:
        yield problem(where, f"There is no tool {quoted(tool)}. {near(tool, sorted(known), 'Tools are')}")


def _value(where: str, value: JsonValue) -> Iterator[Problem]:
    match value:
        case None | bool():
            return
        case str():
            yield from line(where, value, shape.LONGEST_VALUE)
        case int() | float():
            if not math.isfinite(value) or abs(value) >= _LARGEST:
                yield stopping(where, f"{where} is too large a number. Write it as a text, between quotes.")
        case list() if all(isinstance(one, str) for one in value):
            texts = [str(one) for one in value]
            yield from number(where, len(texts), shape.MOST_IN_LIST)
            yield from line(where, "".join(texts), shape.LONGEST_VALUE)
        case _:
            yield stopping(where, f"{where} must be {POSSIBLE}.")


def _must_ask(tools: tuple[str, ...], vocabulary: Vocabulary | None) -> Iterator[Problem]:
    yield from number("must_ask", len(tools), shape.MOST_MUST_ASK)
    for at, tool in enumerate(tools, start=1):
        where = f"must_ask.{at}"
        named = list(_tool(where, tool, vocabulary, vocabulary.writes if vocabulary else ()))
        yield from named
        if vocabulary is not None and not named and tool not in vocabulary.writes:
            yield problem(where, f"{tool} changes nothing, so there is nothing to ask. Delete it from must_ask.")
    yield from twice("must_ask", tools)


def _size(file: AgentFile) -> Iterator[Problem]:
    size = len(write_agent(file).encode())
    if size > shape.LONGEST_FILE:
        yield stopping(
            "knowledge",
            f"The agent has {size:,} bytes as a file, of at most {shape.LONGEST_FILE:,}. Upload long texts as files.",
        )
