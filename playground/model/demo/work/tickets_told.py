"""What became of a write, in the person's words."""

from collections.abc import Callable

from playground.model.demo.outcomes import Outcome
from playground.model.demo.run import Run, said_to_people


def told(run: Run, outcome: Outcome, *, done: str, undone: str, look: Callable[[Run], str]) -> str:
    """`look` says what is really there, after an outcome that nobody knows."""
    match outcome.kind:
        case "done":
            return done
        case "denied":
            return f"{undone}. You denied it. Tell me what to change, and I prepare it again."
        case "expired":
            return f"{undone}: nobody decided in time. Ask again and I prepare it anew."
        case "aside":
            return f"{undone}: it was put aside. Ask again and I prepare it anew."
        case "skipped":
            return f"{undone}. Without that account I cannot do it. Ask again when you want to connect it."
        case "unknown":
            return f"The connection broke while I did it. I looked: {look(run.after(outcome))}"
        case _:
            return f"{undone}. {said_to_people(outcome.text)}"
