"""Which arguments of a call the person gave, and in which words they said that it is for this once. Pure."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Literal

from pydantic import JsonValue

from bot.provenance import ATTRIBUTES, Trail, norm, plain
from bot.toolbox.declared import values
from memory.parameters.evidence import How, Kind, Value
from skills.described import Described
from skills.skill import Skill, Tool
from skills.verbs import DENIALS, NOUNS

THEIRS = frozenset({"said", "me"})
"""Origins (`bot.provenance.Origin`) that make a value one to learn. The gate accepts more for a single call: who stands
on a list that the person named, what they approved on a card. But somebody else wrote that list.
"""
_ONCE = re.compile(
    r"\b(?:just|only) (?:this (?:once|time|one)|for (?:now|today|this one))\b|\b(?:for )?this (?:one )?time only\b"
    r"|\bfor this one\b|\bthis once\b|\bone[- ]off\b|\bas an exception\b|\bexceptionally\b"
    r"|\b(?:nur )?dieses (?:eine )?mal\b|\bausnahmsweise\b|\bnur (?:diesmal|heute|hier)\b"
    r"|\bjuste (?:cette fois|pour celui-ci|pour celle-ci)\b|\bcette fois[- ]ci\b|\bexceptionnellement\b"
    r"|\b(?:solo )?(?:por )?esta vez\b|\bsolo por hoy\b|\bexcepcionalmente\b"
    r"|\b(?:alleen )?(?:voor )?deze keer\b|\beenmalig\b|\bbij uitzondering\b"
)
_LENGTHS: Mapping[int, str] = {
    15: r"quarter of an hour|viertelstunde|quart d.heure|cuarto de hora|kwartier",
    30: r"half an hour|half hour|halbe stunde|demi-heure|media hora|half uur",
    60: r"(?:an|one|1) hour|1\s?h|eine stunde|une heure|una hora|een uur",
    90: r"(?:an|one) hour and a half|1[.,]5\s?h|anderthalb stunden|heure et demie|hora y media|anderhalf uur",
    120: r"(?:two|2) hours|2\s?h|zwei stunden|deux heures|dos horas|twee uur",
}
BLANKS = frozenset({"", "none"})
"""What the tools take for "nothing" (`skills.tickets.names.NOBODY`)."""


def teaches(words: str) -> bool:
    """Whether what the person asks for may become a habit: not what they want "just this once"."""
    return _ONCE.search(plain(words)) is None


def how_given(
    tool: Tool, parameter: str, arguments: Mapping[str, JsonValue], trail: Trail, *, known: Collection[str] = ()
) -> How | None:
    """How the person gave the value of a parameter; None when they did not.

    `known` is what memory knew that their own words stand for.
    """
    value = arguments.get(parameter)
    if is_blank(value):
        return "said" if _denies(tool, parameter, trail) else None
    singles = [single for single in values(value) if single not in known]
    if not singles:
        return "remembered"
    if all(norm(single) in trail.answered for single in singles):
        # What there was to tap the model wrote, and it may have read it somewhere.
        return None if trail.tainted else "chose"
    return "said" if all(_is_theirs(tool, parameter, single, arguments, trail) for single in singles) else None


def _is_theirs(tool: Tool, parameter: str, value: str, arguments: Mapping[str, JsonValue], trail: Trail) -> bool:
    kind = tool.kinds.get(parameter, parameter)
    if value.isdecimal():
        return _said_number(int(value), trail)
    if norm(value) in trail.answered:
        return not trail.tainted
    is_word = kind in ATTRIBUTES or kind not in tool.kinds.values()
    if is_word and not _names(tool, parameter, trail) and _is_in_text(tool, value, arguments):
        return False  # "rotate the keys" says nothing of a label `keys`
    return trail.origin((kind, value), private=True) in THEIRS or (is_word and trail.chose(value))


def _is_in_text(tool: Tool, value: str, arguments: Mapping[str, JsonValue]) -> bool:
    words = plain(" ".join(str(arguments.get(name) or "") for name in tool.payload))
    return plain(value) in WORDS.findall(words)


def _said_number(number: int, trail: Trail) -> bool:
    words = trail.own.plain
    if re.search(_LENGTHS.get(number, r"(?!)"), words) or re.search(rf"(?<![\w.,:/#-]){number}[ -]?m(?:in|\b)", words):
        return True
    nouns = "|".join(re.escape(noun) for several in NOUNS.values() for noun in several)
    found = re.search(rf"(\b(?:{nouns})\s*|#\s*)?(?<![\w.,:/-]){number}(?![\w:/]*\d)", words)
    return found is not None and not found[1]


def _names(tool: Tool, parameter: str, trail: Trail) -> bool:
    """Whether the person spoke of the parameter itself: "with the label keys"."""
    label = plain(tool.remembers[parameter].label).rstrip("s") if parameter in tool.remembers else ""
    return bool(label) and re.search(rf"\b{re.escape(label)}\w{{0,2}}\b", trail.own.plain) is not None


def _denies(tool: Tool, parameter: str, trail: Trail) -> bool:
    """Whether a blank is what they want: "without labels"."""
    return _names(tool, parameter, trail) and bool(_NONE & set(WORDS.findall(trail.own.plain)))


WORDS = re.compile(r"[\w-]+")
_NONE = DENIALS | {"without", "ohne", "sans", "sin", "zonder", "blank", "empty", "leer", "vide", "vacio", "leeg"}


def is_missing(value: Any) -> bool:
    """Whether an argument was left out."""
    return not any(values(value))


def is_blank(value: Any) -> bool:
    """Whether an argument says nothing, or says "nothing"."""
    return all(norm(single) in BLANKS for single in values(value))


def as_value(value: Any, kind: Kind) -> Value:
    """An argument as memory keeps it."""
    if is_blank(value):
        return None
    if isinstance(value, list | tuple | set | frozenset):
        singles = values(value)
        return tuple(sorted(set(singles))) if kind == "set" else tuple(singles)
    if isinstance(value, Described):
        return value.plain
    return (str(value),) if kind == "set" else value if isinstance(value, bool | int | float) else str(value)


def as_argument(value: Value) -> JsonValue:
    """What memory keeps, as a tool takes it."""
    return list[JsonValue](value) if isinstance(value, tuple) else value


def words_of(value: Any) -> dict[str, str]:
    """Value → how the service speaks of it, where these differ."""
    if isinstance(value, Described):
        return {value.plain: str(value)} if value.plain != str(value) else {}
    if isinstance(value, list | tuple):
        return {plain_: said for item in value for plain_, said in words_of(item).items()}  # pyright: ignore[reportUnknownVariableType]: any JSON
    return {}


FieldKind = Literal["text", "number", "date", "time", "person", "people"]


def field_of(skill: Skill, tool: Tool, parameter: str) -> FieldKind:
    """In what kind of field another answer is written."""
    shape = tool.schema["properties"].get(parameter, {})
    types = {shape.get("type"), *(one.get("type") for one in shape.get("anyOf", ()))}
    if tool.kinds.get(parameter) == "person" and skill.people == "addresses":
        return "people" if "array" in types else "person"
    return "number" if types & {"integer", "number"} else "text"
