"""What a turn needs in order to remember: whose memory it is, and where it is kept."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.toolbox.fill import Fill, Here, Service
from bot.toolbox.trail import Trail
from memory.ids import CallId, TurnId
from memory.parameters.aliases import Aliases
from memory.parameters.store import ParameterMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalling:
    """One person's memory in one turn."""

    memory: ParameterMemory
    aliases: Aliases
    here: Here
    now: Callable[[], datetime]
    always: Callable[[TurnId, CallId], Awaitable[Sequence[str]]]
    """(turn, call) → the parameters whose answer the person wants always by now."""

    def fill(self, trail: Trail, service: Service) -> Fill:
        """The wrapper that puts in what is remembered."""
        return Fill(
            memory=self.memory, aliases=self.aliases, here=self.here, trail=trail, service=service, now=self.now
        )
