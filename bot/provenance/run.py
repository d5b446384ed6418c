"""What counts for what may happen next: the person's words, and every call before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from bot.provenance.words import quoted_words
from skills.record import Record

Target: TypeAlias = tuple[str, str]
"""(kind of the record that it names, value). The kinds `time` and `choice` name no record."""

Origin = Literal["said", "approved", "made", "named", "mentioned", "member", "me", "remembered", "trusted", "foreign"]
"""Of a target: the person wrote it; decided it on a card; it is new from this thread; it belongs to what they named, or
mentioned; it stands on the list of people of what they named; it is the asker; memory filled it in; it stands in a
result that no third party wrote; or none of these.
"""


ATTRIBUTES = frozenset(
    {"choice", "role", "label", "ticket_type", "status", "priority", "component", "version", "emoji", "room"}
)
"""Kinds of targets that come from a list of the service: they say how something is, not who or where it is."""

INSTRUCTED = "agent"
"""Kind of the record that holds the instructions of an agent which somebody else than the asker wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One earlier call of a thread, as the gate remembers it. Journaled and stored as JSON."""

    tool: str
    writes: bool = False
    approved: bool = False
    """Whether the person decided it on a card."""
    targets: tuple[Target, ...] = ()
    texts: tuple[str, ...] = ()
    """The free text that a write carried."""
    edited: tuple[str, ...] = ()
    """Values that the person changed on the card, or wrote as an answer to a question: their own words."""
    lookup: tuple[str, ...] = ()
    """The arguments of a read."""
    records: tuple[Record, ...] = ()
    untrusted: bool = True
    """Whether a third party may have written any of its result. False, too, where it held no text at all."""
    links: tuple[str, ...] = ()
    """Addresses that the service itself gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All that counts for what may happen next in one turn."""

    words: str
    """The person's own words: this message, answers to questions, what they changed on cards. Nothing quoted."""
    me: frozenset[str]
    """The readers (`skills.record.Record`) that are the asker."""
    domain: str = ""
    """The host of their company's addresses, as `bot.provenance.company_domain` tells it; empty where unknown."""
    steps: Sequence[Step] = ()
    """Earlier calls of this turn, in order."""
    past: Sequence[Step] = ()
    """Calls of the person's earlier turns in the thread, which the model still sees."""
    heard: str = ""
    """What others said before the model: quoted and forwarded messages, other people's turns in the thread."""
    remembered: frozenset[Target] = frozenset()
    """Targets that were filled in from the person's memory."""
    permitted: frozenset[str] = frozenset()
    """Lasting permissions of the person: `Deed.permission` of what they need not be asked about."""
    ruled: dict[str, str] = field(default_factory=dict[str, str])
    """tool → `ask` or `forbid`, by the workspace's admins; `must_ask`, by the agent that answers."""


def tainted(run: Run) -> bool:
    """Whether the model has read anything that somebody else may have written."""
    return (
        bool(run.heard.strip())
        or bool(quoted_words(run.words))
        or any(step.untrusted for step in (*run.past, *run.steps))
    )


def instructed(run: Run) -> bool:
    """Whether an agent speaks, or spoke in the thread, whose instructions somebody else than the asker wrote."""
    return any(record.kind == INSTRUCTED for step in (*run.past, *run.steps) for record in step.records)
