"""From the words that a person types for a value to the value."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.self_service.known import BLANK, Declared, Known
from bot.toolbox.given import as_value
from memory.parameters.evidence import Value, base_of
from memory.parameters.values import LONGEST, is_learnable


class NotAValue(ValueError):
    """What was typed cannot be used. The message is a sentence to the person, with what to write instead."""


def typed(text: str, known: Known, tool: Declared, words: Mapping[str, str]) -> Value:
    """The value that `text` names: itself, or how the service speaks of it, in any case; lists by commas or lines.

    Raises NotAValue.
    """
    base = base_of(known.parameter)
    text = text.replace("\0", "").strip()
    if text.casefold() in ("", BLANK):
        return _blank(base, known, tool)
    kind = tool.kinds.get(base, "one")
    meant = {said.casefold(): value for value, said in words.items()} | _used(known)
    if kind == "one":
        found = _checked(meant.get(text.casefold(), text), base, known, tool)
    else:
        singles = filter(None, map(str.strip, re.split(r"[,\n]", text)))
        named = dict.fromkeys(str(meant.get(one.casefold(), one)) for one in singles)
        found = _checked([*named], base, known, tool)
    value = as_value(found, kind)
    if not is_learnable(value):
        raise NotAValue(f"Write something shorter, of at most {LONGEST} characters.")
    return value


def _blank(base: str, known: Known, tool: Declared) -> Value:
    fields = tool.tool.arguments.model_fields if tool.tool else {}
    if base in fields and fields[base].is_required():
        raise NotAValue(f"Write a value: {known.doing} needs one. To be asked each time, use “Never fill this in”.")
    return None


def _used(known: Known) -> dict[str, Value]:
    """The values themselves, of those that are no lists."""
    used: Iterable[Value] = (known.value, *(value for value, _ in known.others))
    return {str(value).casefold(): value for value in used if value is not None and not isinstance(value, tuple)}


def _checked(value: Value | list[str], base: str, known: Known, tool: Declared) -> Any:
    """As the tool takes it: a number where it wants one."""
    if tool.tool is None or base not in tool.tool.arguments.model_fields:
        return value
    arguments = tool.tool.arguments.model_construct()
    try:
        tool.tool.arguments.__pydantic_validator__.validate_assignment(arguments, base, value)
    except ValidationError as error:
        raise NotAValue(_sentence(error.errors()[0], known)) from error
    return getattr(arguments, base)


def _sentence(error: ErrorDetails, known: Known) -> str:
    bounds: Mapping[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "literal_error" | "enum":
            return f"Write one of these: {bounds['expected'].replace(' or ', ', ').replace(chr(39), '')}."
        case kind if kind.startswith("int_"):
            return "Write a whole number, such as 30."
        case kind if kind.startswith("float_"):
            return "Write a number, such as 1.5."
        case kind if kind.startswith("bool_"):
            return "Write yes or no."
        case "greater_than_equal" | "greater_than":
            return f"Write a larger number, from {bounds.get('ge', bounds.get('gt'))} on."
        case "less_than_equal" | "less_than":
            return f"Write a smaller number, up to {bounds.get('le', bounds.get('lt'))}."
        case "too_long":
            return f"Write fewer: at most {bounds['max_length']} fit here."
        case "string_too_long":
            return f"Write something shorter, of at most {bounds['max_length']} characters."
        case _:
            return f"Write another value: {known.doing} does not take this one."
