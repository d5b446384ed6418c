"""What is wrong with a part of an agent's file, as sentences that say how it is mended."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from bot.agents.shape import Problem
from documents.visible import visible

_FEW = 30
"""So many names a sentence may list."""


def near(given: str, known: Iterable[str], others: str) -> str:
    """What somebody may have meant: "Did you mean mail?", else all there is, after `others`."""
    names = list(known)
    if close := get_close_matches(given.lower(), names, n=1):
        return f"Did you mean {close[0]}?"
    return f"{others}: {', '.join(names)}." if 0 < len(names) <= _FEW else "Check its spelling, or delete it."


def quoted(value: str) -> str:
    """A value in a sentence: short, and with nothing hidden in it."""
    shown = visible(value).replace("\n", " ")
    return f"“{shown if len(shown) <= 60 else shown[:59] + '…'}”"


def is_one_of(name: str, value: str, choices: Sequence[str], usual: str = "") -> str:
    """That a value is not one of a few, with the one that was meant, or the usual one."""
    close = get_close_matches(value.lower(), choices, n=1) or [usual]
    fix = f"Use {close[0]}." if close[0] else "Delete it."
    return f"{name} {quoted(value)} is none of {', '.join(choices)}. {fix}"


def line(where: str, text: str, longest: int, *, stops: bool = False) -> Iterator[Problem]:
    """What is wrong with a text of one line that others are shown."""
    if "\n" in text or "\t" in text or "\r" in text:
        yield Problem(
            line=0, field=where, said=f"{where} must be one line. Delete its line breaks and tabs.", stops=stops
        )
    elif (seen := visible(text)) != text:
        said = f"{where} holds a character that nobody sees: {quoted(seen)}. Delete what stands in ⟨⟩."
        yield Problem(line=0, field=where, said=said, stops=stops)
    yield from length(where, text, longest, f"{where} has")


def length(where: str, text: str, longest: int, begins: str) -> Iterator[Problem]:
    if len(text) > longest:
        over = len(text) - longest
        yield stopping(where, f"{begins} {len(text):,} characters, of at most {longest:,}. Leave out {over:,}.")


def number(where: str, count: int, most: int) -> Iterator[Problem]:
    if count > most:
        yield stopping(where, f"{where} has {count}, of at most {most}. Leave out {count - most}.")


def twice(where: str, values: Sequence[str]) -> Iterator[Problem]:
    for at in again(values):
        yield problem(f"{where}.{at}", f"{quoted(values[at - 1])} stands twice in {where}. Keep one.")


def again(values: Sequence[object]) -> Iterator[int]:
    """Places, from 1, of what stood before."""
    return (at for at, value in enumerate(values, start=1) if value in values[: at - 1])


def problem(where: str, said: str) -> Problem:
    return Problem(line=0, field=where, said=said)


def stopping(where: str, said: str) -> Problem:
    return Problem(line=0, field=where, said=said, stops=True)
