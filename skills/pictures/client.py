"""What the skill needs of whoever draws."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol, TypeAlias

Shape: TypeAlias = Literal["square", "wide", "tall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as it was drawn."""

    body: bytes
    media: str
    size: str
    """Pixels: "1536 x 1024"."""
    cost_usd: Decimal | None
    """What the one who drew it is paid; None where that is not known."""


class Draws(Protocol):
    """Draws pictures."""

    async def draw(self, description: str, shape: Shape) -> Picture:
        """A picture of what is described.

        Raises what `integrations.errors` has, in sentences: Refused for what the vendor's rules do not allow,
        ServiceUnavailable, Misconfigured.
        """
        ...
