"""What a newcomer is offered first, from configs/onboarding.yaml."""

from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

ONBOARDING = Path(__file__).parents[2] / "configs" / "onboarding.yaml"


class Starter(BaseModel):
    """One first thing to try: a tap posts `message` as the person's own question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str = Field(max_length=75)
    message: str
    needs: str | None = None
    """The skill that must be connected before."""


class Win(BaseModel):
    """One step on the way to being at home here; without `message` there is nothing to tap.

    It is done when one of its `tools` has run; "ask" and "connect" know for themselves.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    message: str | None = None
    tools: tuple[str, ...] = ()


class Onboarding(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompts_title: str
    starters: tuple[Starter, ...]
    wins: tuple[Win, ...]

    def message_of(self, name: str) -> str | None:
        """The words behind a tapped starter or win."""
        return next((step.message for step in (*self.starters, *self.wins) if step.name == name), None)


@cache
def onboarding(path: Path = ONBOARDING) -> Onboarding:
    """Raises pydantic's ValidationError naming the line's field when the file is not as it should be."""
    return Onboarding.model_validate(yaml.safe_load(path.read_text("utf-8")))


def chosen(starters: Iterable[Starter], ready: Collection[str], *, count: int = 3) -> list[Starter]:
    """The `count` best first things: what a connected skill does, what works anyway, then what asks for an account."""
    return sorted(starters, key=lambda starter: 1 if starter.needs is None else 0 if starter.needs in ready else 2)[
        :count
    ]


def suggested_prompts(starters: Iterable[Starter]) -> list[dict[str, str]]:
    """As `assistant.threads.setSuggestedPrompts` and the manifest want them; Slack shows 4."""
    return [{"title": starter.title, "message": starter.message} for starter in starters][:4]
