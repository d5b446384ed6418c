"""Which models answer on which route, as configs/models.yaml says it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

Vendor: TypeAlias = Literal["anthropic", "openai"]
RouteName: TypeAlias = Literal["fast", "default", "deep"]
Thinking: TypeAlias = Literal[False, "low", "medium", "high"]

ANTHROPIC_URL = "https://api.anthropic.com"
OPENAI_URL = "https://api.openai.com/v1"


class Candidate(BaseModel):
    """One model that can answer on a route."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vendor: Vendor
    model: str = Field(min_length=1)
    max_tokens: int = Field(default=8192, gt=0)
    thinking: Thinking = False
    """`false` is as little as the model allows; not every model can switch it off."""
    api: Literal["chat", "responses"] = "chat"
    """OpenAI only: servers that speak its format know Chat Completions, not all know Responses."""

    @property
    def name(self) -> str:
        """How logs, usage and errors call it: `anthropic:claude-sonnet-5-5`."""
        return f"{self.vendor}:{self.model}"


Candidates: TypeAlias = tuple[Candidate, ...]


class Routes(BaseModel):
    """The candidates of every route, in the order in which they are asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fast: Candidates = Field(min_length=1)
    default: Candidates = Field(min_length=1)
    deep: Candidates = Field(min_length=1)

    def named(self) -> Iterator[tuple[RouteName, Candidates]]:
        yield "fast", self.fast
        yield "default", self.default
        yield "deep", self.deep


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendors:
    """What the settings say of the vendors."""

    anthropic_key: SecretStr | None = None
    anthropic_base_url: str = ANTHROPIC_URL
    openai_key: SecretStr | None = None
    openai_base_url: str = OPENAI_URL

    def key_of(self, vendor: Vendor) -> SecretStr | None:
        return self.anthropic_key if vendor == "anthropic" else self.openai_key


def key_setting(vendor: Vendor) -> str:
    """The name of the setting that holds the vendor's key."""
    return f"{vendor.upper()}_API_KEY"


def usable(routes: Routes, vendors: Vendors) -> dict[RouteName, Candidates]:
    """The candidates whose vendor has a key. Raises ValueError when a route is left with none, naming the settings."""
    found: dict[RouteName, Candidates] = {}
    for name, candidates in routes.named():
        found[name] = tuple(c for c in candidates if vendors.key_of(c.vendor))
        if not found[name]:
            keys = " or ".join(sorted({key_setting(candidate.vendor) for candidate in candidates}))
            raise ValueError(
                f"No model can answer on the route {name!r}: set {keys}, or add a candidate of another vendor"
            )
    return found


def load_routes(path: Path) -> Routes:
    """Read the routes from `path`. Raises ValueError that names the file, the line and what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"PINYON_MODELS_FILE: cannot read {path}: {error.strerror}") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ValueError(f"{path}{line}: this is no YAML: {error.problem}") from error
    try:
        return Routes.model_validate(content)
    except ValidationError as error:
        raise ValueError("\n".join(_explain(path, root, e["loc"], e["msg"]) for e in error.errors())) from error


def _explain(path: Path, root: yaml.Node | None, where: tuple[int | str, ...], problem: str) -> str:
    spot = ".".join(str(step) for step in where) or "the file"
    return f"{path}, line {_line(root, where)}: {spot}: {problem}"


def _line(node: yaml.Node | None, where: tuple[int | str, ...]) -> int:
    """The line of what `where` points at, or of the innermost thing around it that exists."""
    if node is None:
        return 1
    for step in where:
        inner = _child(node, step)
        if inner is None:
            break
        node = inner
    return node.start_mark.line + 1


def _child(node: yaml.Node, step: int | str) -> yaml.Node | None:
    match node, step:
        case yaml.SequenceNode(), int() if step < len(node.value):
            return node.value[step]
        case yaml.MappingNode(), str():
            return next((value for key, value in node.value if key.value == step), None)
        case _:
            return None
