"""The front matter of an agent's file: found, and parsed into nodes that know their lines."""

from dataclasses import dataclass
from typing import Any, cast

import yaml

from bot.agents.shape import LONGEST_FILE, Faulty, Problem
from bot.agents.tidy import with_line_feeds

_DEEPEST = 6
"""`knowledge`, its list, one of it, `text`, `words`: five levels. What is nested deeper is no agent."""
_MOST_NODES = 4_000
"""Values and names; what an agent may hold has fewer. It takes a third of a second to read so many."""
_BEGIN = "An agent's file begins with front matter: a line of three dashes (---), the fields, and another such line."


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A file taken apart."""

    front: str
    """What stands between the dashes."""
    fields: yaml.MappingNode
    body: str
    body_line: int
    """The line on which the body begins, from 1."""
    refused: tuple[Problem, ...]
    """What stands in the front matter and is not read, such as anchors."""


def decoded(body: bytes) -> str:
    """A file's bytes as text that gives the same bytes again. Raises Faulty."""
    if len(body) > LONGEST_FILE:
        raise Faulty(_too_large(len(body)))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise Faulty(_problem(line, "This file is no UTF-8 text. Save it as UTF-8, and bring it again.")) from error
    _refuse_unkept(text)
    return text


def take_apart(text: str) -> Parts:
    """Front matter and body of a file, whatever its line ends are. Raises Faulty."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LONGEST_FILE:
        raise Faulty(_too_large(size))
    _refuse_unkept(text)
    lines = with_line_feeds(text.removeprefix("\ufeff")).split("\n")
    if lines[0].rstrip() != "---":
        raise Faulty(_problem(1, _BEGIN))
    end = next((at for at, line in enumerate(lines) if at and line.rstrip() == "---"), None)
    if end is None:
        raise Faulty(_problem(1, "The front matter has no end. Close it with a line of three dashes (---)."))
    front = "\n".join(lines[1:end]) + "\n"
    fields, refused = _parsed(front)
    return Parts(front=front, fields=fields, body="\n".join(lines[end + 1 :]), body_line=end + 2, refused=refused)


def _refuse_unkept(text: str) -> None:
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Faulty(_problem(line, "This line holds a NUL character, which no text has. Delete it."))
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Faulty(_problem(0, "This text holds half a character. Write it anew where it looks broken."))


def _too_large(size: int) -> Problem:
    return _problem(
        0,
        f"The file has {size:,} bytes; an agent has at most {LONGEST_FILE:,}. Move long texts into files or documents"
        " that it knows.",
    )


def _problem(line: int, said: str) -> Problem:
    return Problem(line=line, field="", said=said, stops=True)


class _Loader(yaml.SafeLoader):
    """Composes plain nodes only: an alias can make gigabytes of a few lines, and a tag may mean anything."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.refused: list[Problem] = []
        self._depth = 0
        self._nodes = 0
        super().__init__(text)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = cast("yaml.NodeEvent", self.peek_event())  # pyright: ignore[reportUnknownMemberType]: PyYAML is untyped
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise Faulty(_problem(line_of(event, self.text), _TOO_MANY))
        if event.anchor is not None:
            self._refuse(event, "An agent's file has no anchors (&) and aliases (*). Write the value out.")
            event.anchor = None
        if isinstance(event, yaml.AliasEvent):
            self.get_event()  # pyright: ignore[reportUnknownMemberType]
            return _nothing_at(event)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            self._refuse(event, "An agent's file has no tags. Delete what begins with !.")
            event.tag = None
        if self._depth == _DEEPEST:
            raise Faulty(_problem(line_of(event, self.text), "This is nested too deep for a field of an agent."))
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def _refuse(self, event: yaml.Event, said: str) -> None:
        self.refused.append(_problem(line_of(event, self.text), said))


def _nothing_at(event: yaml.Event) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:null", "", cast("Any", event.start_mark), cast("Any", event.end_mark))


def line_of(marked: yaml.Node | yaml.Event, front: str) -> int:
    """The line of the file, counted as editors do: the parser also ends lines at characters that no editor shows."""
    return front[: marked.start_mark.index].count("\n") + 2 if marked.start_mark else 1


def _parsed(front: str) -> tuple[yaml.MappingNode, tuple[Problem, ...]]:
    try:
        loader = _Loader(front)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = front[: error.problem_mark.index].count("\n") + 2 if error.problem_mark else 1
        raise Faulty(_problem(line, f"This cannot be read: {_in_words(error)}. {_QUOTES}")) from error
    except yaml.reader.ReaderError as error:
        line = front[: int(error.position)].count("\n") + 2
        raise Faulty(_problem(line, f"The character {_number(error)} may not stand here. Delete it.")) from error
    if not isinstance(node, yaml.MappingNode):
        line = line_of(node, front) if node else 1
        raise Faulty(_problem(line, "The front matter must be fields, one a line: name: Product update"))
    return node, tuple(loader.refused)


_TOO_MANY = "From here on this is more than an agent holds. Shorten it."
_QUOTES = "Check the indentation, and put texts with : or # in them between quotes."


def _in_words(error: yaml.MarkedYAMLError) -> str:
    return ", ".join(filter(None, (error.context, error.problem))) or "it is no YAML"


def _number(error: yaml.reader.ReaderError) -> str:
    return f"U+{error.character:04X}" if isinstance(error.character, int) else repr(error.character)
