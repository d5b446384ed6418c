"""Writes an agent as its file."""

import math
from typing import Any

import yaml

from bot.agents.shape import AgentFile, Source
from bot.agents.tidy import tidied


def write_agent(file: AgentFile) -> str:
    """`file` as text: what is as usual left out, the rest in one order. Reading it gives `tidied(file)` again."""
    kept = tidied(file)
    front = yaml.dump(
        _fields(kept), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=math.inf, default_flow_style=False
    )
    return f"---\n{front}---\n{kept.instructions}\n"


def _fields(file: AgentFile) -> dict[str, Any]:
    given: dict[str, Any] = {
        "icon": file.icon,
        "description": file.description,
        "job": file.job if file.job != "other" else "",
        "roles": [*file.roles],
        "skills": "all" if file.skills is None else {**file.skills},
        "route": file.route if file.route != "default" else "",
        "starters": [*file.starters],
        "knowledge": [_source(one) for one in file.knowledge],
        "parameters": {tool: {**values} for tool, values in file.parameters.items()},
        "must_ask": [*file.must_ask],
    }
    always = {"name": file.name, "handle": file.handle}
    # No skills at all is a decision, other empty fields say nothing.
    return always | {key: value for key, value in given.items() if value or key in ("description", "skills")}


def _source(source: Source) -> dict[str, Any]:
    return {source.kind: {"title": source.at, "words": source.text} if source.kind == "text" else source.at}


class _Dumper(yaml.SafeDumper):
    """Long texts as they are, line by line; the members of a list indented, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - PyYAML's
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value and all(_is_plain(line) for line in value.split("\n")) else None
    if style is None and not value.isprintable():
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style)  # pyright: ignore[reportUnknownMemberType]: PyYAML is untyped


def _is_plain(line: str) -> bool:
    return line.isprintable() and line == line.rstrip() and not line.startswith("---")


_Dumper.add_representer(str, _string)
