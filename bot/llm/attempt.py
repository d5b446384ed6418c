"""How one attempt with one model went."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.llm.call import Usage

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse

Kind: TypeAlias = Literal["passing", "key", "forbidden", "no_such_model", "quota", "malformed", "too_long", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there was no answer.

    `passing` goes away by itself; `key`, `forbidden`, `no_such_model` and `quota` want the operator; `malformed` and
    `declined` belong to this request with this vendor, `too_long` to the request.
    """

    kind: Kind
    reason: str
    """For logs; holds no key and at most a line of what the vendor said."""
    retry_after: float | None = None
    """Seconds, where the vendor said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to one model. Usage and cost are what the vendor had reported when it ended."""

    outcome: ModelResponse | Failure
    usage: Usage = field(default_factory=Usage)
    cost_usd: Decimal | None = Decimal(0)
    first_token_seconds: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """How many seconds of nothing end an attempt."""

    first_token: float
    between_tokens: float
    within_arguments: float
