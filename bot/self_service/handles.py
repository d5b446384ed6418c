"""Handles of agents: which are never given away, and which are free and near to one that is taken. Pure."""

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from bot.agents.file import RESERVED as NO_HANDLES
from bot.agents.file import usable_handle

COMMANDS = ("connect", "skills", "memory", "agents", "use", "web", "help")
"""What may follow the slash command."""
RESERVED = frozenset(
    (
        *NO_HANDLES,
        *COMMANDS,
        "another",
        *("pinyon", "admin", "admins", "stop", "cancel", "halt", "channel", "everyone"),
        # "note: …" begins a sentence and calls nobody.
        *("yes", "no", "ok", "note", "todo", "re", "fw", "fwd", "http", "https", "mailto"),
    )
)
LONGEST = 32
FREE = 3
"""So many are offered."""
NEAREST = 3
_BEFORE = ("our", "team", "weekly", "my", "new")
_STEM = 24


def free_near(wanted: str, taken: Collection[str], *, name: str = "") -> Sequence[str]:
    """Three handles near to `wanted` that are neither taken nor reserved; with what the agent is called, from that too.

    A name says more than a number: "product-update" comes before "update-2".
    """
    found: list[str] = []
    for one in _candidates(usable_handle(wanted), usable_handle(name)):
        if one and one not in taken and one not in RESERVED and one not in found:
            found.append(one)
        if len(found) == FREE:
            break
    return found


def nearest(wanted: str, known: Collection[str]) -> Sequence[str]:
    """Those of `known` that somebody may have meant, the nearest first."""
    words = wanted.lower()
    holding = sorted(one for one in known if words and (words in one or one in words))
    close = get_close_matches(words, sorted(known), n=NEAREST, cutoff=0.5)
    return list(dict.fromkeys([*close, *holding]))[:NEAREST]


def _candidates(wanted: str, name: str) -> Iterator[str]:
    yield wanted
    yield name
    stem = (wanted or name or "agent")[:_STEM].rstrip("-")
    if name and stem not in name:
        yield usable_handle(f"{name}-{stem}") if len(name) + len(stem) < LONGEST else ""
    yield from (f"{word}-{stem}" for word in _BEFORE)
    yield from (f"{stem}-{number}" for number in range(2, 10_000))
