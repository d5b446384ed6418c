"""What the skill needs of whoever runs its code."""

from typing import Protocol

from skills.showing import NewFile


class Ran(Protocol):
    """What came of running code once."""

    @property
    def output(self) -> str:
        """What it printed, and the value of its last expression."""
        ...

    @property
    def error(self) -> str:
        """The traceback, or the limit that it met; empty when it ran to its end."""
        ...

    @property
    def files(self) -> tuple[NewFile, ...]:
        """What it drew and what it wrote; a chart's media type begins with `image/`."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What the model has to know besides: that earlier variables are gone, which file was too large."""
        ...


class RunsPython(Protocol):
    """Runs the code of one person in one conversation, behind walls."""

    @property
    def failures(self) -> int:
        """How many runs of this turn failed so far."""
        ...

    async def run(self, code: str) -> Ran:
        """Run `code` where the conversation's files lie; variables stay from one run to the next.

        Raises skills.errors.ToolFailed when there is nowhere to run it.
        """
        ...
