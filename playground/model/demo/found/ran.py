"""What came back from the sandbox."""

from dataclasses import dataclass

from playground.model.conversation import Json
from playground.model.demo.found.table import found_in
from playground.model.demo.outcomes import Outcome
from playground.model.wires.wire import text_of

_PRINTED = ("output", "stdout", "printed", "text", "result")
_WRONG = ("error", "traceback", "problem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One program and what it came to."""

    output: str
    error: str
    """The traceback; empty when it ran through."""

    @property
    def found(self) -> Json:
        """What the program says in its last line."""
        return found_in(self.output)


def ran_of(outcome: Outcome) -> Ran:
    content = outcome.content
    printed = [text_of(content.get(key)) for key in _PRINTED]
    wrong = next((text for key in _WRONG if (text := text_of(content.get(key)))), "")
    return Ran(output="\n".join(filter(None, printed)), error=wrong)
