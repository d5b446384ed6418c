"""The rules of a valid request that hold for every vendor."""

import re
from collections.abc import Collection, Iterable

from playground.model.conversation import VendorError

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def invalid(message: str) -> VendorError:
    """The refusal of a request that the vendor would not take."""
    return VendorError(400, message)


def check_tool_names(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if not _NAME.fullmatch(name):
            raise invalid(f"tools: the name {name!r} does not match ^[a-zA-Z0-9_-]{{1,64}}$")
        if name in seen:
            raise invalid(f"tools: tool names must be unique, {name!r} is offered twice")
        seen.add(name)


def check_answered(place: str, *, called: Collection[str], answered: Collection[str]) -> None:
    """Every call has its one result right after it, and no result is without its call."""
    if missing := [call for call in called if call not in answered]:
        raise invalid(f"{place}: tool calls without a result immediately after: {', '.join(missing)}")
    if unknown := [call for call in answered if call not in called]:
        raise invalid(f"{place}: results for calls that the message before did not make: {', '.join(unknown)}")
    if len(set(answered)) != len(answered):
        raise invalid(f"{place}: a tool call was answered twice: {', '.join(answered)}")
    if len(set(called)) != len(called):
        raise invalid(f"{place}: tool call ids must be unique: {', '.join(called)}")
