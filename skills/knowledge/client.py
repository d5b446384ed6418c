"""What the tools for an agent's knowledge act on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from integrations.integration import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPassage:
    """A piece of what an agent knows, and where it stands."""

    title: str
    place: str
    """Heading and page: "Refunds, page 3"; empty in a short text."""
    text: str
    link: str | None
    """Where the asker opens the source; None for texts and uploaded files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassages:
    """What a search brought."""

    passages: tuple[KnownPassage, ...]
    withheld: tuple[str, ...] = ()
    """Why sources were left out, a sentence each: "One Drive document is not open to your Google account." Never with
    the title of what the asker may not see."""
    titles: tuple[str, ...] = ()
    """Where nothing fits: what there is that the asker may read."""
    audience: Audience = "members"
    """Who may hear it."""


class Known(Protocol):
    """What the agent that answers here knows, as far as the asker may read it."""

    async def titles(self) -> Sequence[str]:
        """Of the sources that every user of the agent may know of."""
        ...

    async def search(self, words: str) -> FoundPassages:
        """The passages that fit best, best first."""
        ...

    async def read(self, title: str, place: str) -> FoundPassages:
        """The passages of one source from `place` on. Raises KeyError when there is none that the asker may read."""
        ...
