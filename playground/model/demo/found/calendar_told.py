"""What became of a change to mail, calendar or a file, in one sentence."""

import re

from playground.model.demo.outcomes import Outcome
from playground.model.demo.run import said_to_people

_FOR_MODELS = re.compile(r" (?:The person|Call|Use|Ask|Name|Give) [^.]*`[^`]*`[^.]*\.")
"""Which tool to use instead is nothing that a person can act on."""


def told(outcome: Outcome, *, done: str, undone: str, place: str) -> str:
    """`done` names what was done; `place` is where to look after an unknown outcome."""
    link = outcome.content.get("link")
    match outcome.kind:
        case "done":
            return f"{done} [Look at it]({link})." if isinstance(link, str) and link else done
        case "denied":
            return f"{undone}. You denied it. Tell me what to change, and I prepare it again."
        case "expired":
            return f"{undone}: nobody decided in time. Ask again and I prepare it anew."
        case "aside":
            return f"{undone}: it was put aside. Ask again and I prepare it anew."
        case "skipped":
            return f"{undone}: the account for it is not connected. Ask again when you want to connect it."
        case "unknown":
            return f"The connection broke while I did it, and I do not know whether it happened. Look {place} first."
        case _:
            return f"{undone}. {_FOR_MODELS.sub('', said_to_people(outcome.text))}"
