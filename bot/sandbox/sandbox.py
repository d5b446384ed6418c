"""What a code sandbox is: a place where code of one person in one conversation runs, and can reach nothing else."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from memory.ids import ConversationId, FileId, PersonId
from skills.showing import NewFile

SECONDS = 45.0
"""The longest that one run may take; the toolbox waits for a minute, starting and placing files included."""
GONE = "Earlier variables are gone; the files are there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose session it is: two persons in one thread share nothing."""

    conversation: ConversationId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file of the conversation that the person may use."""

    id: FileId
    name: str
    size: int
    """Bytes."""
    read: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of running code once."""

    output: str = ""
    """What it printed, and the value of its last expression."""
    error: str = ""
    """The traceback, or the limit that it met; empty when it ran to its end."""
    files: tuple[NewFile, ...] = ()
    """What it drew and what it wrote; a chart's media type begins with `image/`."""
    notes: tuple[str, ...] = ()
    """What the model has to know besides."""


class Lost(Exception):
    """The session has ended, and all of its variables with it. The message is a sentence for the model: why."""


class Session(Protocol):
    """One warm Python, for one person in one conversation."""

    async def run(self, code: str, files: Sequence[tuple[str, bytes]]) -> Ran:
        """Place `files`, by name, and run `code`. Raises Lost; the session is closed then, or when it is cancelled."""
        ...

    async def close(self) -> None:
        """End it, whatever it does."""
        ...


class Sandboxes(Protocol):
    """All sessions of this process."""

    async def off(self) -> str:
        """Why no code can run here, in a sentence that names the next step; empty when it can. Cheap to ask again."""
        ...

    async def run(self, whose: Whose, code: str, files: Sequence[Given]) -> Ran:
        """Run `code` in their session, which is begun where there is none; only files that it lacks are read.

        Raises Lost when no session can be begun.
        """
        ...

    def warm(self, whose: Whose) -> None:
        """Begin their session in the background, as code is likely to come soon."""
        ...

    async def close(self) -> None:
        """End all sessions."""
        ...
