"""The agent as which the model is told to answer, as the instructions name it."""

import ast
import re
from dataclasses import dataclass

from playground.model.demo.findings import quoted

_LITERAL = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_ANSWERS_AS = re.compile(
    rf"You answer as (?P<name>{_LITERAL}), an agent of Pinyon's: (?P<about>{_LITERAL})\.(?P<rest>[^\n]*)"
)
_BEGINS = re.compile(r"\nYour instructions as this agent follow\.[^\n]*\n+(?P<line>[^\n]+)")
_LONGEST = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """An agent that somebody shaped."""

    name: str
    description: str
    """A sentence."""
    begins: str
    """The first line of its instructions."""
    is_narrow: bool
    """Whether it has some of the skills only."""


def shaped_in(system: str) -> Shaped | None:
    """The agent that the instructions name; None for Pinyon itself."""
    if (found := _ANSWERS_AS.search(system)) is None:
        return None
    begins = _BEGINS.search(system, found.end())
    about = quoted(_text(found["about"]), _LONGEST)
    return Shaped(
        name=quoted(_text(found["name"]), _LONGEST),
        description=about if about.endswith((".", "!", "?", "…")) else f"{about}.",
        begins=quoted(begins["line"], _LONGEST) if begins else "",
        is_narrow="You have only the skills" in found["rest"],
    )


def _text(literal: str) -> str:
    value = ast.literal_eval(literal)
    return value if isinstance(value, str) else ""
