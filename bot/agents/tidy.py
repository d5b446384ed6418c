"""An agent's file without the blanks around its texts."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from bot.agents.shape import AgentFile, Source


def tidied(file: AgentFile) -> AgentFile:
    """`file` as it reads once it was written: no blanks around texts, line feeds only, nothing empty in its lists."""
    return replace(
        file,
        name=file.name.strip(),
        handle=file.handle.strip(),
        icon=file.icon.strip(),
        description=file.description.strip(),
        instructions=_text(file.instructions),
        starters=_list(file.starters),
        knowledge=tuple(_source(one) for one in file.knowledge),
        parameters=_parameters(file.parameters),
        must_ask=_list(file.must_ask),
    )


def with_line_feeds(text: str) -> str:
    """`text` with one line feed wherever a line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(given: str) -> str:
    return with_line_feeds(given).strip()


def _list(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(stripped for one in given if (stripped := one.strip()))


def _source(given: Source) -> Source:
    return replace(given, at=given.at.strip(), text=_text(given.text))


def _parameters(given: Mapping[str, Mapping[str, JsonValue]]) -> dict[str, dict[str, JsonValue]]:
    return {tool: {name: _value(value) for name, value in values.items()} for tool, values in given.items() if values}


def _value(given: JsonValue) -> JsonValue:
    match given:
        case str():
            return given.strip()
        case list():
            return [one.strip() if isinstance(one, str) else one for one in given]
        case _:
            return given
