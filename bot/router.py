"""Which agent answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import JsonValue, TypeAdapter, ValidationError

from bot.llm import RouteName
from bot.messages import IncomingMessage

_ROUTE: TypeAdapter[RouteName] = TypeAdapter(RouteName)
_PARAMETERS: TypeAdapter[dict[str, dict[str, JsonValue]]] = TypeAdapter(dict[str, dict[str, JsonValue]])


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFile:
    """An agent, as its Markdown file with front matter declares it."""

    name: str
    handle: str
    description: str
    route: RouteName
    instructions: str
    parameters: Mapping[str, Mapping[str, JsonValue]] = field(default_factory=dict[str, Mapping[str, JsonValue]])
    """tool → parameter → the value that this agent uses, where the person does not say or always use another."""


def read_agent(path: Path) -> AgentFile:
    """Read one agent file. Raises ValueError naming the file and what is wrong with it."""
    before, _, rest = path.read_text(encoding="utf-8").partition("---\n")
    front, mark, body = rest.partition("\n---\n")
    if before or not mark:
        raise ValueError(f"{path.name} must begin with front matter between two lines of ---")
    try:
        fields = yaml.safe_load(front)
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name}: the front matter is no YAML: {error}") from error
    try:
        return AgentFile(
            name=fields["name"],
            handle=fields["handle"],
            description=fields["description"],
            route=_ROUTE.validate_python(fields.get("route", "default")),
            instructions=body.strip(),
            parameters=_parameters(path, fields.get("parameters")),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name}: the front matter lacks {error}") from error
    except ValidationError as error:
        raise ValueError(f"{path.name}: route must be fast, default or deep, got {fields.get('route')!r}") from error


def _parameters(path: Path, given: object) -> dict[str, dict[str, JsonValue]]:
    try:
        return _PARAMETERS.validate_python(given or {})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ValueError(
            f"{path.name}: parameters must name values by tool and parameter; wrong at {where or 'the top'}"
        ) from error


class Router:
    """Chooses the agent of a turn. This release has one, so everybody gets it."""

    def __init__(self, agent: AgentFile) -> None:
        self._agent = agent

    def choose(self, _message: IncomingMessage) -> AgentFile:
        return self._agent
