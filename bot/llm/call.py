"""What goes into a model call, and what comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from bot.llm.routes import RouteName
from memory.ids import WorkspaceId

if TYPE_CHECKING:
    # Half a second of imports that `LLM.warm` makes off the event loop.
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.tools import ToolDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One question to a model."""

    route: RouteName
    instructions: str
    """Goes first and is cached: keep what changes from turn to turn in the messages."""
    messages: Sequence[ModelMessage]
    tools: Sequence[ToolDefinition] = ()
    workspace: WorkspaceId
    max_tokens: int | None = None
    """Lowers the candidate's own limit on the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the vendor counted them. `input` includes both cache figures."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            input=self.input + other.input,
            output=self.output + other.output,
            cache_read=self.cache_read + other.cache_read,
            cache_write=self.cache_write + other.cache_write,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer:
    """A model's complete answer."""

    response: ModelResponse
    """As the model gave it: arguments of a tool call may be no JSON, the caller tells the model."""
    usage: Usage
    """Of all attempts, also those that broke off, as far as their vendor had counted."""
    cost_usd: Decimal | None
    """None when the price of a model is not known, which is not the same as free."""
    model: str
    """Vendor and model that answered: `anthropic:claude-sonnet-5-5`."""
    seconds: float
    """From the question to the end of the answer, with every wait and failed attempt."""
    first_token_seconds: float
    """From the request that was answered to its first words or tool call."""
    attempts: int


class Shown(Protocol):
    """Where an answer becomes visible while it is written."""

    async def text(self, delta: str) -> None:
        """Show more of the answer."""
        ...

    async def restarted(self) -> None:
        """Take back what was shown: the model broke off, and the answer begins again."""
        ...
