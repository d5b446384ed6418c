"""The person's own words for somebody or something, "my manager" or "the usual repo", put into what they stand for."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import JsonValue

from bot.provenance import norm, plain
from memory.parameters.lesson import Meant
from skills.skill import Tool

_MINE = re.compile(
    r"(?:my|our|mein\w{0,2}|unser\w{0,2}|mon|ma|mes|notre|nos|mi|mis|nuestr[oa]s?|mijn|ons|onze)\s+\S"
    r"|(?:the|der|die|das|den|dem|le|la|les|el|los|las|de|het)\s.*\b"
    r"(?:usual|two|three|four|team|same|leads?|ubliche\w*|gewohnte\w*|beiden|habituel\w*|habitual\w*|siempre|gebruikelijke"
    r"|vaste|twee|deux|dos)\b"
)
_NAMED = frozenset({"person", "project", "board", "repository", "channel", "room", "group", "component", "label"})
"""Kinds of what people have lasting words for. "My ticket" is another one next month."""
_MOST_WORDS = 6
Meaning = Callable[[str, str], Awaitable[Sequence[str]]]
"""(phrase, kind) → what it stood for the last time; empty when it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Words of which nobody knows yet what they stand for."""

    phrase: str
    parameter: str
    kind: str

    @property
    def is_many(self) -> bool:
        """Whether the words speak of several."""
        return _MANY.search(plain(self.phrase)) is not None


_MANY = re.compile(r"\b(?:two|three|four|five|beiden|drei|deux|trois|dos|tres|twee|drie)\b|[^s]s$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """Arguments with the person's own words replaced."""

    arguments: dict[str, JsonValue]
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """parameter → the values that memory put in."""
    phrases: Mapping[str, str] = field(default_factory=dict[str, str])
    """parameter → the person's own words in it that memory knew."""
    meant: tuple[Meant, ...] = ()
    """What the person has said now that their words stand for: to be kept once the call ran."""
    unknown: tuple[Unknown, ...] = ()


async def spelled_out(
    tool: Tool,
    arguments: Mapping[str, JsonValue],
    *,
    words: str,
    meaning: Meaning,
    answers: Mapping[str, Sequence[str]],
    people: str = "person",
) -> Spelled:
    """`arguments` with the person's own words replaced by what they stand for.

    Only words that stand in what the person wrote count: a document cannot call somebody "my manager". `answers` is
    what they said, when asked, that a phrase stands for. `people` is how the service takes them: the words that mean an
    address to one mean a login to another.
    """
    out: dict[str, JsonValue] = dict(arguments)
    known: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, str] = {}
    meant: list[Meant] = []
    unknown: list[Unknown] = []
    for name in dict.fromkeys((*tool.targets, *tool.remembers)):
        kind = tool.kinds.get(name, name)
        given = arguments.get(name)
        singles = given if isinstance(given, list) else [given]
        found: list[JsonValue] = []
        for single in singles:
            phrase = str(single)
            if norm(phrase) not in answers and (kind not in _NAMED or not is_own_word(single, words)):
                found.append(single)
                continue
            known_as = people if kind == "person" else kind
            if norm(phrase) in answers:
                told = answers[norm(phrase)]
                meant.append(Meant(phrase=phrase, kind=known_as, parameter=name, first=len(found), count=len(told)))
                found += told
            elif stands_for := await meaning(phrase, known_as):
                known[name] = (*known.get(name, ()), *stands_for)
                phrases[name] = phrase
                found += stands_for
            else:
                unknown.append(Unknown(phrase=phrase, parameter=name, kind=kind))
                found.append(single)
        meant = [replace(one, of=len(found)) if one.parameter == name else one for one in meant]
        if found != singles:
            out[name] = found if isinstance(given, list) else found[0]
    return Spelled(arguments=out, known=known, phrases=phrases, meant=tuple(meant), unknown=tuple(unknown))


def is_own_word(value: Any, words: str) -> bool:
    """Whether `value` is how the person speaks of somebody, rather than a name that others know."""
    if not isinstance(value, str) or "@" in value or len(value.split()) > _MOST_WORDS:
        return False
    return _MINE.match(plain(value)) is not None and plain(value) in plain(words)


def asked_about(unknown: Unknown) -> str:
    """The question for what a phrase stands for."""
    yours = re.sub(r"^(?:my|our)\b", "your", unknown.phrase, flags=re.IGNORECASE)
    if unknown.kind == "person":
        who = yours if yours != unknown.phrase else f"“{unknown.phrase}”"
        return f"Who {'are' if unknown.is_many else 'is'} {who}?"
    return f"Which {unknown.kind.replace('_', ' ')} is “{unknown.phrase}”?"


def listed(answer: str) -> list[str]:
    """The values in an answer, with commas or on lines."""
    return [part for part in re.split(r"\s*[,;\n]\s*", answer.strip()) if part]


def people_in(answer: str) -> list[str]:
    """The people in an answer: "Ren and Sione" are two."""
    return [one for part in listed(answer) for one in re.split(r"\s+(?:and|und|et|y|en|&)\s+", part) if one]
