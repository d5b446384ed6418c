"""Nodes of a file's front matter turned into values; what cannot be one is a problem, and left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard, TypeVar

import yaml

from bot.agents.front import line_of
from bot.agents.sentences import is_one_of
from bot.agents.shape import Problem

Choice = TypeVar("Choice", bound=str)
_LONGEST_NAME = 64
"""Characters of a key: it is part of the sentences about it."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """What was found so far in one front matter."""

    front: str
    problems: list[Problem]
    lines: dict[str, int] = field(default_factory=dict[str, int])
    """field, as `Problem.field` names it → the line of the file on which it stands."""

    def one(self, given: Mapping[str, yaml.Node], name: str) -> str:
        return self.text(given[name], name, f"{name}: Some words") or "" if name in given else ""

    def choice(self, given: Mapping[str, yaml.Node], name: str, choices: Sequence[Choice], default: Choice) -> Choice:
        if name not in given:
            return default
        value = self.text(given[name], name, f"{name}: {default}")
        return default if value is None else self.choose(value, name, choices, default) or default

    def choices(self, given: Mapping[str, yaml.Node], name: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
        found: list[Choice] = []
        for at, value in enumerate(self.several(given, name), start=1):
            line = self.line(f"{name}.{at}")
            if (one := chosen(value, choices)) is None:
                self.problems.append(Problem(line=line, field=name, said=is_one_of(name, value, choices), stops=True))
            else:
                found.append(one)
                self.lines[f"{name}.{len(found)}"] = line
        return tuple(found)

    def choose(self, value: str, where: str, choices: Sequence[Choice], usual: str) -> Choice | None:
        if (found := chosen(value, choices)) is None:
            self.wrong(where, is_one_of(where, value, choices, usual))
        return found

    def several(self, given: Mapping[str, yaml.Node], name: str) -> list[str]:
        """The texts of a list; one by itself is a list of one."""
        if name not in given:
            return []
        node = given[name]
        if isinstance(node, yaml.ScalarNode):
            return [node.value] if holds(node) else []
        found: list[str] = []
        for item in self.items(node, name, f"{name}: [one, another]"):
            if text := self.text(item, name, "- Some words"):
                found.append(text)
                self.lines[f"{name}.{len(found)}"] = line_of(item, self.front)
        return found

    def text(self, node: yaml.Node, where: str, example: str) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            return node.value if holds(node) else ""
        return self.wrong(where, f"{where} must be one text. Write it as {example}", node)

    def items(self, node: yaml.Node, where: str, example: str) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return node.value
        if holds(node):
            self.wrong(where, f"{where} must be a list. Write it as {example}", node)
        return []

    def entries(self, node: yaml.Node, where: str, example: str = "") -> Iterator[tuple[str, yaml.Node]]:
        """Each key with its value, the first of those that stand twice."""
        if not isinstance(node, yaml.MappingNode):
            if holds(node):
                self.wrong(where, f"{where} must name values, one a line: {example}", node)
            return
        seen: set[str] = set()
        for key, value in node.value:
            if not _is_name(key):
                self.wrong(where, "A name must be a short word before its colon.", key)
                continue
            name = f"{where}.{key.value}" if where else key.value
            if key.value in seen:
                self.wrong("", f"{name} stands twice, first on line {self.lines[name]}. Keep one.", key)
                continue
            seen.add(key.value)
            self.lines[name] = line_of(key, self.front)
            yield key.value, value

    def wrong(self, where: str, said: str, node: yaml.Node | None = None) -> None:
        line = line_of(node, self.front) if node is not None else self.line(where)
        self.problems.append(Problem(line=line, field=where, said=said, stops=True))

    def line(self, where: str) -> int:
        """Where a field stands, or the innermost thing around it; the first line for what is missing."""
        while where not in self.lines and "." in where:
            where = where.rpartition(".")[0]
        return self.lines.get(where, 1)


def _is_name(key: yaml.Node) -> TypeGuard[yaml.ScalarNode]:
    return isinstance(key, yaml.ScalarNode) and len(key.value) <= _LONGEST_NAME and key.value.isprintable()


def chosen(value: str, choices: Sequence[Choice]) -> Choice | None:
    """The one of `choices` that `value` is."""
    return next((one for one in choices if one == value), None)


def holds(node: yaml.Node) -> bool:
    """Whether something stands there."""
    return not (isinstance(node, yaml.ScalarNode) and node.style is None and node.value in ("", "~"))
