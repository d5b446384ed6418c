"""Which agent answers."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from bot.llm import RouteName
from bot.messages import IncomingMessage

_ROUTE: TypeAdapter[RouteName] = TypeAdapter(RouteName)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFile:
    """An agent, as its Markdown file with front matter declares it."""

    name: str
    handle: str
    description: str
    route: RouteName
    instructions: str


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
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name}: the front matter lacks {error}") from error
    except ValidationError as error:
        raise ValueError(f"{path.name}: route must be fast, default or deep, got {fields.get('route')!r}") from error


class Router:
    """Chooses the agent of a turn. This release has one, so everybody gets it."""

    def __init__(self, agent: AgentFile) -> None:
        self._agent = agent

    def choose(self, _message: IncomingMessage) -> AgentFile:
        return self._agent
