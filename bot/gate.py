"""Whether one tool call may run, must be asked about, or must not happen. Pure."""

from dataclasses import dataclass

from skills.skill import Tool


@dataclass(frozen=True, slots=True)
class Allow:
    """It runs."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The person decides first. `because` is a sentence they understand, empty when a write is simply a write."""

    because: str = ""


@dataclass(frozen=True, slots=True)
class Deny:
    """It does not run, whoever asks."""

    because: str


Verdict = Allow | Ask | Deny


def gate(tool: Tool) -> Verdict:
    """Reading is free, and every write asks. Unasked writes need provenance, which this release does not keep yet."""
    return Allow() if tool.effect == "read" and not tool.destroys else Ask()
