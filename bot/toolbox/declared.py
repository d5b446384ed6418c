"""One call in the gate's terms: what its tool's author declared, with the call's own values put in."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.gate import Deed
from bot.provenance import Target, moments
from bot.toolbox.call import Call
from skills.described import Described
from skills.record import STRANGERS
from skills.skill import Tool

_PARAMETER = re.compile(r"{(\w+)(-?)}")
"""`{key-}` is the part before the last dash: of TRAIL-141 its project."""


def deed_of(call: Call, *, asked: Call | None = None) -> Deed:
    """What `call` would do. `asked` is the same call as the model made it, before its targets were completed."""
    tool, arguments = call.tool, call.arguments
    return Deed(
        tool=tool.name,
        effect=tool.effect,
        egress=tool.egress,
        destroys=tool.destroys,
        can_undo=tool.undo is not None,
        asked_as=tool.asked_as,
        targets=targets_of(tool, arguments),
        texts=tuple(text for name in tool.payload for text in values(arguments.get(name)) if text),
        seen_by=seen_by(tool, arguments),
        into=_named(tool, tool.into, arguments),
        opens=_named(tool, tool.opens, arguments),
        permission=permission(tool, arguments, call.account),
        given=_given(call, asked) if asked is not None else (),
        when=moments(
            value
            for name in arguments
            if name not in (*tool.targets, *tool.payload)
            for value in values(arguments[name])
        ),
    )


def _given(call: Call, asked: Call) -> tuple[tuple[Target, str], ...]:
    """(target as completed, as the model gave it), where these differ."""
    found: list[tuple[Target, str]] = []
    for name in call.tool.targets:
        full, short = values(call.arguments.get(name)), values(asked.arguments.get(name))
        if len(full) == len(short):
            kind = call.tool.kinds.get(name, "")
            found += [((kind, after), before) for after, before in zip(full, short, strict=True) if after != before]
    return tuple(found)


def targets_of(tool: Tool, arguments: Mapping[str, Any]) -> tuple[Target, ...]:
    """Every target of a call, each value of a list by itself."""
    return _named(tool, tool.targets, arguments)


def seen_by(tool: Tool, arguments: Mapping[str, Any]) -> frozenset[str]:
    """The readers whom the arguments name."""
    if tool.seen_by is None:
        return frozenset({STRANGERS}) if tool.effect == "write" or tool.egress else frozenset()
    return frozenset(reader for template in tool.seen_by for reader in _filled(template, arguments))


def permission(tool: Tool, arguments: Mapping[str, Any], account: str) -> str:
    """The name of the lasting permission that would cover a call: its tool as it is now, target and account."""
    if not tool.always or tool.destroys:
        return ""
    said = json.dumps([tool.description, tool.schema], sort_keys=True)
    shape = hashlib.sha256(said.encode()).hexdigest()[:12]
    target = {name: values(arguments.get(name)) for name in tool.always}
    return json.dumps([tool.name, shape, account, target], sort_keys=True)


def values(value: Any) -> list[str]:
    """The single values of an argument, as the service knows them."""
    if value is None or value is False:
        return []
    if isinstance(value, Described):
        return [value.plain]
    if isinstance(value, list | tuple | set | frozenset):
        return [one for item in value for one in values(item)]  # pyright: ignore[reportUnknownVariableType]: any JSON
    if isinstance(value, Mapping):
        return [one for item in value.values() for one in values(item)]  # pyright: ignore[reportUnknownVariableType]: any JSON
    return [str(value)]


def _named(tool: Tool, names: Iterable[str], arguments: Mapping[str, Any]) -> tuple[Target, ...]:
    return tuple(
        (tool.kinds.get(name, ""), value)
        for name in names
        if arguments.get(name) != tool.arguments.model_fields[name].default  # nobody chose that
        for value in values(arguments.get(name))
        if value
    )


def _filled(template: str, arguments: Mapping[str, Any]) -> list[str]:
    """`template` for every value of its parameters; nothing when one of them is empty."""
    filled = [template]
    for name, dash in _PARAMETER.findall(template):
        found = [value.rpartition("-")[0] if dash else value for value in values(arguments.get(name))]
        filled = [one.replace(f"{{{name}{dash}}}", value) for one in filled for value in found]
    return [one.strip().lower() for one in filled]
